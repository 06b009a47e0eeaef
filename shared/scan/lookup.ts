// What the configured pipelines are at Heroku: told by their map entries, which are read anew where they do not serve.
// Reading them ends in time, so that pipelines which Heroku is slow about do not keep the others from being woken.

import type { Clock } from '../clock.ts';
import type { Pipeline } from '../domain/pipeline.ts';
import { type HerokuApp, HerokuError, type HerokuReads } from '../heroku/port.ts';
import { stopsTheTick } from '../promotion/observe.ts';
import type { MapEntry, Table } from '../table/port.ts';
import { type Configured, resolveBy } from './configured.ts';
import { readPipeline } from './resolve-fleet.ts';
import { sweepTicks, tickNumber } from './sweep.ts';

/** How long one tick may read map entries, ms: well inside the function's time limit, with time left to publish. */
export const LOOKUP_MS_MAX = 25_000;
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
  | { readonly ok: true; readonly pipeline: Pipeline }
  /** `isUnread`: Heroku could not tell this time; else the configuration is at fault. */
  | { readonly ok: false; readonly isUnread: boolean; readonly problems: readonly string[] };

export interface Looked {
  readonly item: Configured;
  readonly found: Found;
}

/**
 * Every configured pipeline, in their order, and what else could not be read.
 * @throws HerokuError only for what stops the tick.
 */
export async function lookUpAll(
  configured: readonly Configured[],
  told: Told,
  ports: LookupPorts,
): Promise<{ readonly looked: readonly Looked[]; readonly unread: readonly string[] }> {
  const endsAt = ports.clock.now() + LOOKUP_MS_MAX;
  const { map, unread } = await refreshOne(configured, told, ports, endsAt);
  const byItem = new Map(configured.map((item, index) => [item, byMap(item, map, told, index)]));
  const missing = configured.filter((item) => byItem.get(item) === null);
  // Begun at another place at each tick: those that always hang do not use up the time before the others every time.
  const start = tickNumber(told.now, ports.tickMs) % Math.max(1, missing.length);
  for (const item of [...missing.slice(start), ...missing.slice(0, start)]) {
    byItem.set(item, await byHeroku(item, told, ports, endsAt));
  }
  const looked = [...byItem].flatMap(([item, found]) => (found === null ? [] : [{ item, found }]));
  return { looked, unread };
}

/** What the map entry tells; null where it has to be read first. */
function byMap(item: Configured, map: readonly MapEntry[], told: Told, index: number): Found | null {
  const known = map.find(({ key }) => key === item.config.pipeline);
  if (known === undefined) return null;
  const found = lookedBy(item, known, told.apps);
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
  const resolved = resolveBy(item, entry, appsOf(entry, apps));
  if (resolved.ok) return { ok: true, pipeline: resolved.pipeline };
  const problems = resolved.problems.map((problem) => problem.message);
  return { ok: false, isUnread: false, problems };
}

/** The entry's apps, as the list of apps has them. */
export function appsOf(entry: Pick<MapEntry, 'apps'>, apps: Told['apps']): readonly HerokuApp[] {
  return entry.apps.flatMap(({ id }) => apps.get(id) ?? []);
}

/** At a tick with calls to spare, reads the oldest map entry again: apps are added to and removed from pipelines. */
async function refreshOne(
  configured: readonly Configured[],
  { apps, now, turns, ...told }: Told,
  { clock, heroku, table, tickMs }: LookupPorts,
  endsAt: number,
): Promise<{ readonly map: readonly MapEntry[]; readonly unread: readonly string[] }> {
  const keys = new Set(configured.map((item) => item.config.pipeline));
  const map = told.map.filter((entry) => keys.has(entry.key));
  const oldest = [...map].sort((a, b) => a.readAt - b.readAt)[0];
  if (oldest === undefined || now - oldest.readAt < MAP_AGE_MS) return { map, unread: [] };
  // Not where the sweep has more to do than at other ticks.
  const swept = turns.filter(Boolean).length;
  if (swept > Math.max(1, Math.floor(configured.length / sweepTicks(tickMs)))) return { map, unread: [] };
  // What cannot be read has its turn again after the others.
  const unreadable = (why: string) => ({
    map,
    unread: [`${oldest.key}: its apps could not be read: ${why}`],
  });
  try {
    const couplings = await inTime(clock, endsAt, (signal) => heroku.couplings(oldest.id, signal));
    if (couplings === LATE) {
      await table.writeMapEntry({ ...oldest, readAt: now });
      return unreadable('no answer in time.');
    }
    const names = new Map([...oldest.apps, ...apps.values()].map((app) => [app.id, app.name]));
    const entry: MapEntry = {
      ...oldest,
      readAt: now,
      apps: couplings.map(({ appId, stage }) => ({ id: appId, stage, name: names.get(appId) ?? null })),
    };
    await table.writeMapEntry(entry);
    return { map: map.map((other) => (other.key === entry.key ? entry : other)), unread: [] };
  } catch (error) {
    if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;
    await table.writeMapEntry({ ...oldest, readAt: now });
    if (error.code !== 'not-found') return unreadable(error.message);
    // The pipeline is gone, or its name now belongs to another: it is looked up by name again.
    return { map: map.filter((other) => other.key !== oldest.key), unread: [] };
  }
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
    ended.abort();
  }
}
