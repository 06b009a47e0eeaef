// What rows look like. A cached row that does not is missing, and told anew from the records; a record that does not stops
// what it is about. Pure.

import * as z from 'zod';
import type { Attempt, Ledger } from '../domain/attempt.ts';
import type { Decision } from '../domain/decision.ts';
import type { Word } from '../domain/said.ts';
import type { History } from '../domain/stays.ts';
import type { Signal } from '../signals/signal.ts';
import type { Item } from './items.ts';
import type { MapEntry, NameRecord, PipelineRows, PipelineView, TickRecord } from './port.ts';

/** A shape that rows are checked against and that leaves them as they are. */
export interface Shape<T> {
  readonly is: (value: unknown) => value is T;
}

function shape<T>(type: z.ZodType): Shape<T> {
  return { is: (value): value is T => type.safeParse(value).success };
}

/** A record that cannot be read: nothing is decided about what it is about until a person has seen to it. */
export class UnreadRecord extends Error {
  override readonly name = 'UnreadRecord';
  /** The sort key of its row. */
  readonly row: string;

  constructor(item: Pick<Item, 'pk' | 'sk'>) {
    super(
      `The record ${item.pk} ${item.sk} in the table cannot be read. Nothing is promoted here until it is mended: point-in-time recovery has it as it was, see safety in docs/runbook.md.`,
    );
    this.row = item.sk;
  }
}

function contentOf(item: Item | undefined): unknown {
  if (typeof item?.body !== 'string') return undefined;
  try {
    return JSON.parse(item.body);
  } catch {
    return undefined;
  }
}

/** Null for a row that is not there, or cannot be read. */
export function cached<T>({ is }: Shape<T>, item: Item | undefined): T | null {
  const value = contentOf(item);
  return is(value) ? value : null;
}

/** @throws UnreadRecord for a row that cannot be read. */
export function recorded<T>({ is }: Shape<T>, item: Item): T {
  const value = contentOf(item);
  if (is(value)) return value;
  throw new UnreadRecord(item);
}

const text = z.string();
const id = z.string().min(1);
/** Epoch ms, as far as there are dates. */
export const instant = z.number().nonnegative().max(8.64e15);
const maybe = { text: text.nullable(), instant: instant.nullable() };
const app = z.looseObject({ id, name: text });
const byId = <S extends z.ZodType>(value: S) => z.record(text, value);

const verdict = z.looseObject({
  check: text,
  state: z.enum(['pass', 'wait', 'fail', 'unknown']),
  reason: text,
  until: maybe.instant,
  since: maybe.instant,
  unblock: maybe.text,
  evidence: z.record(text, z.unknown()),
});

const attempt = z.looseObject({
  id,
  pipelineId: id,
  pipeline: text,
  from: text,
  to: text,
  artifact: id,
  commit: maybe.text,
  source: app,
  sourceReleaseId: text,
  targets: z.array(
    z.looseObject({
      app,
      beforeVersion: z.number(),
      state: z.enum(['open', 'succeeded', 'failed', 'not-promoted']),
      releaseId: maybe.text,
      error: maybe.text,
    }),
  ),
  verdicts: z.array(z.looseObject({ check: text })),
  claimedAt: instant,
  sentAt: maybe.instant,
  promotionId: maybe.text,
  state: z.enum(['open', 'succeeded', 'partial', 'failed', 'rejected', 'not-sent']),
  refusal: z.looseObject({ status: z.number(), id: text }).nullable(),
  settledAt: maybe.instant,
  outcome: text,
});

const failure = z.looseObject({
  artifact: id,
  commit: text.exactOptional(),
  at: instant,
  attemptId: id,
  message: text,
});

const ledger = z.looseObject({
  revision: z.number(),
  open: z.array(attempt),
  apps: byId(
    z.looseObject({
      brought: z.array(z.looseObject({ artifact: id, at: instant, knownAt: instant, by: text })),
      failed: failure.nullable(),
      failedBefore: z.array(failure).optional(),
      tried: maybe.text,
      turnedAway: z
        .looseObject({ at: instant, since: instant, times: z.number(), status: z.number(), message: text })
        .optional(),
    }),
  ),
});

const history = z.looseObject({
  through: z.number(),
  isSettled: z.boolean(),
  stays: z.array(
    z.looseObject({
      artifact: id,
      releaseId: id,
      version: z.number(),
      startAt: instant,
      endAt: maybe.instant,
      expired: z.boolean(),
    }),
  ),
  codeless: z.looseObject({ releaseId: id, version: z.number(), startAt: instant }).nullable(),
  complete: z.boolean(),
});

const decision = z.looseObject({
  pipelineId: id,
  pipeline: text,
  mode: z.enum(['promote', 'observe']),
  at: instant,
  waves: z.array(z.looseObject({ name: text, apps: z.array(z.looseObject({ app })) })),
  steps: z.array(
    z.looseObject({
      from: text,
      to: text,
      state: z.enum(['same', 'promoting', 'ready', 'blocked']),
      candidate: z
        .looseObject({ artifact: id, commit: maybe.text, source: app, sourceReleaseId: text })
        .nullable(),
      targets: z.array(app),
      verdicts: z.array(verdict),
      earliestAt: maybe.instant,
      stands: z.array(z.looseObject({ app, artifact: id })),
      failures: z.array(z.looseObject({ app, attemptId: id })),
    }),
  ),
  wakeAt: maybe.instant,
});

const view = z.looseObject({
  pipelineId: id,
  name: text,
  predecessors: z.array(id).optional(),
  wakeAt: maybe.instant,
  openAttempts: z.number(),
  seenAt: instant,
  heardAt: maybe.instant.optional(),
  releasedAt: byId(maybe.instant),
  stacks: byId(text).optional(),
  generations: byId(text).optional(),
  unread: byId(text).optional(),
  concerns: z.array(text),
  configDigest: text,
  behindSince: maybe.instant.optional(),
  unknownSince: maybe.instant.optional(),
});

const mapEntry = z.looseObject({
  key: text,
  readAt: instant,
  triedDigest: text,
  missing: text.optional(),
  id,
  name: text,
  apps: z.array(z.looseObject({ id, stage: text, name: maybe.text, unread: text.optional() })),
});

const tick = z.looseObject({
  at: instant,
  ok: z.boolean(),
  problems: z.array(text),
  woken: z.array(text),
  herokuCallsLeft: z.number().nullable(),
  tickMs: z.number(),
});

const said = { id, pipelineId: id, actor: text, reason: text, at: instant };
const stand = z.looseObject({ app, artifact: id });
const word = z.discriminatedUnion('kind', [
  z.looseObject({ ...said, kind: z.literal('accept'), seenAt: instant, accepted: z.array(stand) }),
  z.looseObject({
    ...said,
    kind: z.literal('retry'),
    retried: z.array(z.looseObject({ app, attemptId: id })),
  }),
]);

const nameRecord = z.looseObject({
  name: text,
  pipelineId: id,
  herokuName: text,
  since: instant,
  predecessors: z.array(id),
});

const signal = z.looseObject({
  source: text,
  name: text,
  commit: maybe.text,
  app: maybe.text,
  state: z.enum(['success', 'failure', 'pending']),
  url: maybe.text,
  at: instant,
  receivedAt: instant,
});

/** Views of earlier versions lack some fields. */
export type StoredView = Omit<PipelineView, 'wokenAt' | 'behindSince' | 'unknownSince'> &
  Partial<Pick<PipelineView, 'behindSince' | 'unknownSince'>>;

export const shapes = {
  attempt: shape<Attempt>(attempt),
  ledger: shape<Ledger>(ledger),
  history: shape<History>(history),
  commits: shape<PipelineRows['commits']>(byId(maybe.text)),
  ancestry: shape<PipelineRows['ancestry']>(byId(z.boolean())),
  decision: shape<Decision>(decision),
  view: shape<StoredView>(view),
  mapEntry: shape<MapEntry>(mapEntry),
  tick: shape<TickRecord>(tick),
  word: shape<Word>(word),
  name: shape<NameRecord>(nameRecord),
  signal: shape<Signal>(signal),
};
