// Holds and rejections as their rows tell them. What cannot be read holds the whole pipeline: whom it was meant to stop,
// nobody can tell. Pure.

import * as z from 'zod';
import type { Dynos } from '../domain/dynos.ts';
import { type Hold, isActive } from '../domain/hold.ts';
import { isRejecting, type Rejection } from '../domain/rejection.ts';
import type { Standing } from '../domain/standing.ts';
import type { Item } from './items.ts';
import { DYNOS, HOLD, REJECTION, STAND } from './keys.ts';
import type { Stops } from './port.ts';
import { instant } from './shapes.ts';

/** The clocks of those who write differ. */
const OVER_MS = 60 * 60_000;

const text = z.string().min(1);
const app = z.object({ id: text, name: text });
const record = { id: text, pipelineId: text, liftedAt: instant.nullable(), liftedBy: text.nullable() };

const hold: z.ZodType<Hold> = z.object({
  ...record,
  wave: text.nullable(),
  apps: z.array(app).exactOptional(),
  reason: z.string(),
  owner: z.string(),
  placedAt: instant,
  expiresAt: instant.nullable(),
  liftReason: z.string().exactOptional(),
});

const rejection: z.ZodType<Rejection> = z
  .object({
    ...record,
    artifact: text.nullable(),
    commit: text.nullable(),
    why: z.enum(['person', 'rollback']),
    actor: z.string(),
    reason: z.string(),
    at: instant,
    app: app.nullable(),
    releaseId: text.nullable(),
    liftReason: z.string().exactOptional(),
  })
  .refine(({ artifact, commit }) => artifact !== null || commit !== null);

const dynos = z.object({ since: instant.nullable(), seenAt: instant.exactOptional() });
const standing = z.object({ wasKnown: z.boolean() });

/** The body of a row whose record has moved on. */
export const LEFT = { moved: true } as const;

export function stopsFrom(pipelineId: string, items: readonly Item[]): Stops {
  const holds: Hold[] = [];
  const rejections: Rejection[] = [];
  for (const item of items) {
    if (item.body === JSON.stringify(LEFT)) continue;
    if (item.sk.startsWith(HOLD)) holds.push(read(hold, item) ?? unread(pipelineId, item, HOLD, 'hold'));
    if (!item.sk.startsWith(REJECTION)) continue;
    const one = read(rejection, item);
    if (one === null) holds.push(unread(pipelineId, item, REJECTION, 'rejection'));
    // A person's that was lifted is on its way out of what a run reads.
    else if (isRejecting(one) || one.why === 'rollback') rejections.push(one);
  }
  return { holds: holds.filter(({ liftedAt }) => liftedAt === null), rejections };
}

/** What a standing is about lies in its key: a row whose body cannot be read stands all the same. */
export function standingsFrom(pipelineId: string, items: readonly Item[]): Standing[] {
  return items.flatMap((item) => {
    if (!item.sk.startsWith(STAND) || item.body === JSON.stringify(LEFT)) return [];
    const [appId = '', artifact = ''] = item.sk.slice(STAND.length).split(/#(.*)/s);
    return [{ pipelineId, appId, artifact, wasKnown: read(standing, item)?.wasKnown ?? true }];
  });
}

/**
 * What was seen last of each app, by `rows` of one pipeline or another, the present one's last. A row that cannot be read
 * says that none runs, until they are looked at again; it has no time, nor has one of an earlier version.
 */
export function dynosFrom(rows: readonly Item[]): Dynos[] {
  const seen = new Map<string, { readonly since: number | null; readonly seenAt?: number }>();
  for (const row of rows.filter(({ sk }) => sk.startsWith(DYNOS))) {
    const appId = row.sk.slice(DYNOS.length);
    const one = read(dynos, row) ?? { since: null };
    const other = seen.get(appId)?.seenAt;
    if (other === undefined || one.seenAt === undefined || one.seenAt >= other) seen.set(appId, one);
  }
  return [...seen].map(([appId, { since }]) => ({ appId, since }));
}

/** Holds that were lifted, or have moved on; a row that cannot be read is none. Each once, wherever it lies. */
export function endedHolds(items: readonly Item[]): readonly Hold[] {
  const all = items.flatMap((item) => {
    const one = read(hold, item);
    return one === null || (one.liftedAt === null && item.sk.startsWith(HOLD)) ? [] : [one];
  });
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** The holds among what a run reads that have been over for a while, by any clock. */
export function overdueHolds(items: readonly Item[], now: number): readonly Hold[] {
  return items.flatMap((item) => {
    const one = read(hold, item);
    return one !== null && !isActive(one, now - OVER_MS) ? [one] : [];
  });
}

export function endedRejections(items: readonly Item[]): readonly Rejection[] {
  return items.flatMap((item) => read(rejection, item) ?? []);
}

function read<T>(shape: z.ZodType<T>, { body }: Item): T | null {
  try {
    return shape.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

function unread(pipelineId: string, item: Item, prefix: string, what: string): Hold {
  return {
    id: item.sk.slice(prefix.length) || what,
    pipelineId,
    wave: null,
    reason: `the ${what} in the table's row ${item.sk} cannot be read; whatever it was meant to stop, everything is stopped until somebody lifts it`,
    owner: 'somebody',
    placedAt: 0,
    expiresAt: null,
    liftedAt: null,
    liftedBy: null,
    row: item.sk,
  };
}
