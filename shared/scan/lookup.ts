// What the configured pipelines are at Heroku: told by their map entries, which are read anew where they do not serve.
// Reading them ends in time, so that pipelines which Heroku is slow about do not keep the others from being woken.

import type { Clock } from '../clock.ts';
import { problem } from '../config/problem.ts';
import type { Resolved } from '../config/resolve.ts';
import type { Pipeline } from '../domain/pipeline.ts';
import { shortened } from '../domain/words.ts';
import type { HerokuApp, HerokuReads } from '../heroku/port.ts';
import type { MapEntry, Table } from '../table/port.ts';
import { type Configured, resolveBy } from './configured.ts';
import { readPipeline } from './resolve-fleet.ts';
import { sweepTicks, tickNumber } from './sweep.ts';

/** How long one tick may read map entries, ms: well inside the function's time limit, with time left to publish. */
export const LOOKUP_MS_MAX = 25_000;
/** How many pipelines are read at the same time: those that hang take the time of others. */
const LOOKUPS_AT_ONCE = 4;
/** A map entry is read again after this long, one at a tick that has calls to spare. */
const MAP_AGE_MS = 30 * 60_000;

export interface LookupPorts {
  readonly clock: Clock;
  readonly heroku: HerokuReads;
  readonly table: Pick<Table, 'writeMapEntry'>;
  readonly tickMs: number;
}

/** What one tick goes by. */
export interface Told {
  readonly now: number;
  /** Heroku's apps, by id. */
  readonly apps: ReadonlyMap<string, HerokuApp>;
  readonly map: readonly MapEntry[];
  /** Whose turn in the sweep it is, one for each configured pipeline. */
  readonly turns: readonly boolean[];
}

export type Found =
  | {
      readonly ok: true;
      readonly pipeline: Pipeline;
      /** As Heroku calls it. */
      readonly herokuName: string;
      /** Why what Heroku lists of an app cannot be read, by app id. */
      readonly unread: Readonly<Record<string, string>>;
    }
  /** `isUnread`: Heroku could not tell this time; else the configuration is at fault. */
  | { readonly ok: false; readonly isUnread: boolean; readonly problems: readonly string[] };

export interface Looked {
  readonly item: Configured;
  readonly found: Found;
}

/** What the map entries tell, in the order of the configuration; `missing` have to be read first. No call. */
export function lookUpKnown(
  configured: readonly Configured[],
  told: Told,
): { readonly looked: readonly Looked[]; readonly missing: readonly Configured[] } {
  const all = configured.map((item, index) => ({ item, found: byMap(item, told.map, told, index) }));
  return {
    looked: all.flatMap(({ item, found }) => (found === null ? [] : [{ item, found }])),
    missing: all.flatMap(({ item, found }) => (found === null ? [item] : [])),
  };
}

/**
 * Reads what is missing, some at a time, and the oldest map entry again: what that tells counts from the next tick on.
 * @throws HerokuError only for what stops the tick, when nothing is under way any more.
 */
export async function lookUpMissing(
  configured: readonly Configured[],
  missing: readonly Configured[],
  told: Told,
  ports: LookupPorts,
): Promise<{ readonly looked: readonly Looked[]; readonly unread: readonly string[] }> {
  const endsAt = ports.clock.now() + LOOKUP_MS_MAX;
  // Begun at another place at each tick: those that always hang do not use up the time before the others every time.
  const start = tickNumber(told.now, ports.tickMs) % Math.max(1, missing.length);
  const waiting = [...missing.slice(start), ...missing.slice(0, start)];
  const byItem = new Map<Configured, Found>();
  let unread: readonly string[] = [];
  let stopped: { readonly error: unknown } | null = null;
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      stopped ??= { error };
    }
  };
  const worker = () =>
    guarded(async () => {
      for (let item = waiting.shift(); item !== undefined && stopped === null; item = waiting.shift()) {
        byItem.set(item, await byHeroku(item, told, ports, endsAt));
      }
    });
  const refresh = guarded(async () => {
    unread = await refreshOne(configured, told, ports, endsAt);
  });
  await Promise.all([refresh, ...Array.from({ length: LOOKUPS_AT_ONCE }, worker)]);
  if (stopped !== null) throw (stopped as { readonly error: unknown }).error;
  return {
    looked: missing.flatMap((item) => {
      const found = byItem.get(item);
      return found === undefined ? [] : [{ item, found }];
    }),
    unread,
  };
}

/** What the map entry tells; null where it has to be read first. */
function byMap(item: Configured, map: readonly MapEntry[], told: Told, index: number): Found | null {
  const known = map.find(({ key }) => key === item.config.pipeline);
  if (known === undefined) return null;
  const found: Found =
    known.missing === undefined
      ? lookedBy(item, known, told.apps)
      : { ok: false, isUnread: false, problems: [`${item.parameter}: pipeline: ${known.missing}`] };
  // A configuration that stays wrong costs its calls in its turn of the sweep, not at every tick.
  const isNew = known.triedDigest !== item.digest;
  const mayRead = told.turns[index] === true || told.now - known.readAt >= MAP_AGE_MS || isNew;
  return !found.ok && mayRead ? null : found;
}

async function byHeroku(
  item: Configured,
  { apps, now }: Told,
  { clock, heroku, table }: LookupPorts,
  endsAt: number,
): Promise<Found> {
  const failed = (isUnread: boolean, problem: string): Found => ({
    ok: false,
    isUnread,
    problems: [`${item.parameter}: pipeline: ${problem}`],
  });
  const { pipeline } = item.config;
  const list = [...apps.values()];
  const read = await inTime(clock, endsAt, (signal) => readPipeline(pipeline, list, heroku, now, signal));
  if (read === LATE) return failed(true, 'not looked up in time; the next tick goes on.');
  if (!read.ok) return failed(read.isUnread, read.problem);
  await table.writeMapEntry({ ...read.entry, triedDigest: item.digest });
  return lookedBy(item, read.entry, apps);
}

function lookedBy(item: Configured, entry: Omit<MapEntry, 'triedDigest'>, apps: Told['apps']): Found {
  const resolved = resolvedBy(item, entry, apps);
  if (resolved.ok) {
    const unread = Object.fromEntries(
      entry.apps.flatMap((app) => (app.unread === undefined ? [] : [[app.id, app.unread]])),
    );
    return { ok: true, pipeline: resolved.pipeline, herokuName: entry.name, unread };
  }
  const problems = resolved.problems.map((problem) => problem.message);
  return { ok: false, isUnread: false, problems };
}

/** Whatever is thrown on the way is the trouble of this one text. */
function resolvedBy(item: Configured, entry: Omit<MapEntry, 'triedDigest'>, apps: Told['apps']): Resolved {
  try {
    return resolveBy(item, entry, appsOf(entry, apps));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const found = `what cannot be put together with Heroku's apps (${why})`;
    return { ok: false, problems: [problem(item.parameter, [], found, 'a configuration of its apps')] };
  }
}

/** The entry's apps, as the list of apps has them. */
export function appsOf(entry: Pick<MapEntry, 'apps'>, apps: Told['apps']): readonly HerokuApp[] {
  return entry.apps.flatMap(({ id }) => apps.get(id) ?? []);
}

/**
 * At a tick with calls to spare, reads the oldest map entry again, by the name that is configured: apps are added to and
 * removed from pipelines, and a name can become another pipeline's. Gives what could not be read.
 */
async function refreshOne(
  configured: readonly Configured[],
  { apps, now, turns, map }: Told,
  { clock, heroku, table, tickMs }: LookupPorts,
  endsAt: number,
): Promise<readonly string[]> {
  const keys = new Set(configured.map((item) => item.config.pipeline));
  const own = map.filter((entry) => keys.has(entry.key) && entry.missing === undefined);
  const oldest = [...own].sort((a, b) => a.readAt - b.readAt)[0];
  if (oldest === undefined || now - oldest.readAt < MAP_AGE_MS) return [];
  // Not where the sweep has more to do than at other ticks.
  const swept = turns.filter(Boolean).length;
  if (swept > Math.max(1, Math.floor(configured.length / sweepTicks(tickMs)))) return [];
  const list = [...apps.values()];
  const read = await inTime(clock, endsAt, (signal) => readPipeline(oldest.key, list, heroku, now, signal));
  if (read !== LATE && read.ok) {
    await table.writeMapEntry({ ...read.entry, triedDigest: oldest.triedDigest });
    return [];
  }
  const why = read === LATE ? 'no answer in time.' : read.problem;
  const isGone = read !== LATE && read.isGone === true;
  // What cannot be read has its turn again after the others. What is no longer there is so for whoever has no entry, too.
  await table.writeMapEntry({ ...oldest, readAt: now, ...(isGone && { missing: shortened(why, 500) }) });
  return [`${oldest.key}: its apps could not be read: ${why}`];
}

const LATE = Symbol('late');

/** What is read, or `LATE`: what has no answer by then is given up, so that nothing is under way when the tick ends. */
async function inTime<T>(
  clock: Clock,
  endsAt: number,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof LATE> {
  const left = endsAt - clock.now();
  if (left <= 0) return LATE;
  const ended = new AbortController();
  const limit = clock.sleep(left, ended.signal).then((): typeof LATE => LATE);
  try {
    return await Promise.race([read(ended.signal), limit]);
  } finally {
    // Without a reason, `abort` makes an error with its stack.
    ended.abort(LATE);
  }
}
