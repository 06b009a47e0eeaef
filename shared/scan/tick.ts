// One tick of `scan`: read the configuration and the list of apps, wake the pipelines that need a look.
//
// At rest it makes one call to Heroku for every 1,000 apps; the pipelines it wakes make their own.

import type { Clock } from '../clock.ts';
import type { ConfigProblem } from '../config/problem.ts';
import type { ConfigSource } from '../config/source.ts';
import type { Pipeline } from '../domain/pipeline.ts';
import type { Bus, Log, PipelineDue, SignalReceived } from '../events.ts';
import { type HerokuApp, HerokuError, type HerokuReads } from '../heroku/port.ts';
import type { Measure } from '../metrics.ts';
import { stopsTheTick } from '../promotion/observe.ts';
import type { MapEntry, PipelineView, Table, TickRecord } from '../table/port.ts';
import { type Configured, readConfiguration, resolveBy } from './configured.ts';
import { reasonsFor } from './due.ts';
import { type Lasting, lastingOf } from './lasting.ts';
import { readPipeline } from './resolve-fleet.ts';
import { TICK_RECORD_MS } from './silence.ts';
import { isTurn } from './sweep.ts';

export interface ScanPorts {
  readonly clock: Clock;
  readonly config: ConfigSource;
  readonly heroku: HerokuReads;
  /** What is left of Heroku's rate limit, null while no answer has told. */
  readonly callsLeft: () => number | null;
  readonly table: Table;
  readonly bus: Bus;
  readonly log: Log;
  readonly measure: Measure;
  /** The distance of ticks, ms: what the sweep's turns are counted in. */
  readonly tickMs: number;
}

/** A map entry is read again after this long, one at a tick that has calls to spare. */
const MAP_AGE_MS = 30 * 60_000;
/** How many pipelines may be swept in a tick that also refreshes a map entry. */
const SWEPT_WITH_REFRESH = 1;

/**
 * A scheduled tick, or, given a signal, a look at the pipelines the signal concerns and no others.
 * Never throws for what Heroku answers: the record says what stopped it, and the next tick starts anew. What a
 * scheduled tick measures is told at its end, so that a tick that fails tells nothing.
 */
export async function tick(ports: ScanPorts, signal?: SignalReceived): Promise<TickRecord> {
  const now = ports.clock.now();
  const fleet = await ports.table.fleet();
  const concerned = signal === undefined ? null : concernedBy(signal, fleet.views);
  const { tickMs } = ports;
  const nothing = { at: now, ok: true, problems: [], woken: [], herokuCallsLeft: null, tickMs };
  if (concerned?.size === 0) return nothing;

  const { configured, problems, hasDefaults } = await readConfiguration(ports.config, fleet.tick);
  const wrong = [...problems];
  let record: TickRecord;
  try {
    // With nothing to look at, Heroku is not asked and no token is needed.
    const apps = configured.length === 0 ? [] : await ports.heroku.apps();
    const look = await lookAtAll(configured, apps, fleet.map, fleet.views, ports, now);
    const woken = look.due.filter((due) => concerned === null || concerned.has(due.pipeline.id));
    const events = woken.map((due) =>
      concerned === null ? due : { ...due, reasons: [...new Set([...due.reasons, 'asked' as const])] },
    );
    await ports.bus.publish(events.filter((due) => due.reasons.length > 0));
    const names = events.filter((due) => due.reasons.length > 0).map((due) => due.pipeline.name);
    wrong.push(...look.wrong);
    record = { ...nothing, problems: [...wrong, ...look.unread], woken: names };
  } catch (error) {
    if (!(error instanceof HerokuError)) throw error;
    record = { ...nothing, ok: false, problems: [...wrong, `${error.message} ${error.hint}`.trim()] };
  }
  record = { ...record, herokuCallsLeft: ports.callsLeft(), hasDefaults };
  for (const problem of record.problems) ports.log(record.ok ? 'warn' : 'error', problem);
  if (signal !== undefined) return record;
  await writeIfNews(record, fleet.tick, ports);
  measureTick(record, wrong.length, lastingOf(configured, fleet, now), ports);
  return record;
}

/** A pipeline that is behind is counted at every tick and told of in its turn of the sweep. */
function measureTick(record: TickRecord, problems: number, lasting: Lasting, ports: ScanPorts): void {
  for (const { pipeline, index, message } of lasting.behind) {
    if (isTurn(index, record.at, ports.tickMs)) ports.log('warn', message, { pipeline });
  }
  ports.measure({
    TicksSucceeded: record.ok ? 1 : 0,
    ConfigurationProblems: problems,
    PipelinesBehind: lasting.behind.length,
    OutcomesUnknown: lasting.unknown,
    ...(record.herokuCallsLeft !== null && { HerokuCallsLeft: record.herokuCallsLeft }),
  });
}

function concernedBy(signal: SignalReceived, views: readonly PipelineView[]): ReadonlySet<string> {
  const about = new Set(signal.concerns.map((concern) => concern.toLowerCase()));
  const isAbout = (view: PipelineView) => view.concerns.some((concern) => about.has(concern.toLowerCase()));
  return new Set(views.filter(isAbout).map((view) => view.pipelineId));
}

async function lookAtAll(
  configured: readonly Configured[],
  apps: readonly HerokuApp[],
  map: readonly MapEntry[],
  views: readonly PipelineView[],
  ports: ScanPorts,
  now: number,
): Promise<{
  readonly due: readonly PipelineDue[];
  /** Problems of the configuration. */
  readonly wrong: readonly string[];
  /** What Heroku could not tell this time. */
  readonly unread: readonly string[];
}> {
  const due: PipelineDue[] = [];
  const wrong: string[] = [];
  const unread: string[] = [];
  const owners = new Map<string, string>();
  const turns = configured.map((_, index) => isTurn(index, now, ports.tickMs));
  const keys = new Set(configured.map((item) => item.config.pipeline));
  const known = map.filter((entry) => keys.has(entry.key));
  const fresh = await refreshOne(known, apps, turns.filter(Boolean).length, ports, now, unread);
  for (const [index, item] of configured.entries()) {
    const isItsTurn = turns[index] === true;
    const entry = fresh.find(({ key }) => key === item.config.pipeline);
    const resolved = await resolve(item, entry, isItsTurn, apps, ports, now);
    if (!resolved.ok) {
      (resolved.isUnread ? unread : wrong).push(...resolved.problems);
      continue;
    }
    const { pipeline } = resolved;
    const owner = owners.get(pipeline.id);
    if (owner !== undefined) {
      wrong.push(
        `${item.parameter}: pipeline: found ${item.config.pipeline}, expected a Heroku pipeline of its own: ${owner} has it already.`,
      );
      continue;
    }
    owners.set(pipeline.id, item.parameter);
    const view = views.find((v) => v.pipelineId === pipeline.id) ?? null;
    const its = appsOf(pipeline, apps);
    const reasons = reasonsFor({
      pipeline,
      view,
      configDigest: item.digest,
      apps: its,
      now,
      isTurn: isItsTurn,
    });
    due.push({ type: 'PipelineDue', at: now, pipeline, apps: its, configDigest: item.digest, reasons, view });
  }
  return { due, wrong, unread };
}

/** The configured pipeline with Heroku's ids; a map entry that does not serve is read again, at most once a tick. */
async function resolve(
  item: Configured,
  known: MapEntry | undefined,
  isItsTurn: boolean,
  apps: readonly HerokuApp[],
  ports: ScanPorts,
  now: number,
): Promise<{ ok: true; pipeline: Pipeline } | { ok: false; isUnread: boolean; problems: readonly string[] }> {
  const wrong = (problems: readonly ConfigProblem[]) =>
    ({ ok: false, isUnread: false, problems: problems.map((p) => p.message) }) as const;
  const first = known === undefined ? null : resolveBy(item, known, apps);
  if (first?.ok) return first;
  // A configuration that stays wrong costs its calls in its turn of the sweep, not at every tick.
  const mayRead = known === undefined || isItsTurn || now - known.readAt >= MAP_AGE_MS || isNew(item, known);
  if (!mayRead && first !== null) return wrong(first.problems);
  const read = await readPipeline(item.config.pipeline, apps, ports.heroku, now);
  if (!read.ok) {
    const { isUnread } = read;
    return { ok: false, isUnread, problems: [`${item.parameter}: pipeline: ${read.problem}`] };
  }
  await ports.table.writeMapEntry({ ...read.entry, triedDigest: item.digest });
  const second = resolveBy(item, read.entry, apps);
  return second.ok ? second : wrong(second.problems);
}

/** True when the configuration is another one than the entry was last read for. */
function isNew(item: Configured, known: MapEntry): boolean {
  return known.triedDigest !== item.digest;
}

/** At a tick with calls to spare, reads the oldest map entry again: apps are added to and removed from pipelines. */
async function refreshOne(
  map: readonly MapEntry[],
  apps: readonly HerokuApp[],
  swept: number,
  ports: ScanPorts,
  now: number,
  unread: string[],
): Promise<readonly MapEntry[]> {
  const oldest = [...map].sort((a, b) => a.readAt - b.readAt)[0];
  if (oldest === undefined || swept > SWEPT_WITH_REFRESH || now - oldest.readAt < MAP_AGE_MS) return map;
  try {
    const couplings = await ports.heroku.couplings(oldest.id);
    const names = new Map([...oldest.apps, ...apps].map((app) => [app.id, app.name]));
    const entry: MapEntry = {
      ...oldest,
      readAt: now,
      apps: couplings.map(({ appId, stage }) => ({ id: appId, stage, name: names.get(appId) ?? null })),
    };
    await ports.table.writeMapEntry(entry);
    return map.map((other) => (other.key === entry.key ? entry : other));
  } catch (error) {
    if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;
    // Its turn comes again after the others'.
    await ports.table.writeMapEntry({ ...oldest, readAt: now });
    if (error.code !== 'not-found') {
      unread.push(`${oldest.key}: its apps could not be read: ${error.message}`);
      return map;
    }
    // The pipeline is gone, or its name now belongs to another: it is looked up by name again.
    return map.filter((other) => other.key !== oldest.key);
  }
}

function appsOf(pipeline: Pipeline, apps: readonly HerokuApp[]): PipelineDue['apps'] {
  const ids = new Set(pipeline.waves.flatMap((wave) => wave.apps.map((app) => app.id)));
  return Object.fromEntries(
    apps
      .filter((app) => ids.has(app.id))
      .map((app) => [app.id, { maintenance: app.maintenance, releasedAt: app.releasedAt }]),
  );
}

async function writeIfNews(record: TickRecord, before: TickRecord | null, ports: ScanPorts): Promise<void> {
  const isNews =
    before === null ||
    before.ok !== record.ok ||
    before.hasDefaults !== record.hasDefaults ||
    JSON.stringify(before.problems) !== JSON.stringify(record.problems) ||
    record.at - before.at >= TICK_RECORD_MS;
  if (isNews) await ports.table.writeTick(record);
}
