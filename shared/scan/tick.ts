// One tick of `scan`: read the configuration and the list of apps, wake the pipelines that need a look.
//
// At rest it makes one call to Heroku for every 1,000 apps; the pipelines it wakes make their own.

import type { Clock } from '../clock.ts';
import type { ConfigSource } from '../config/source.ts';
import type { Bus, Log, PipelineDue, SignalReceived } from '../events.ts';
import { HerokuError, type HerokuReads } from '../heroku/port.ts';
import type { Measure } from '../metrics.ts';
import type { Table, TickRecord } from '../table/port.ts';
import { type Configured, readConfiguration } from './configured.ts';
import { deliver } from './deliver.ts';
import { dueApps, reasonsFor } from './due.ts';
import { type Known, type Lasting, lastingOf } from './lasting.ts';
import { lookUpAll } from './lookup.ts';
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

/**
 * A scheduled tick, or, given a signal, the runs that the signal starts.
 * Never throws for what Heroku answers: the record says what stopped it, and the next tick starts anew. What a
 * scheduled tick measures is told at its end, so that a tick that fails tells nothing.
 */
export async function tick(ports: ScanPorts, signal?: SignalReceived): Promise<TickRecord> {
  if (signal !== undefined) return deliver(signal, ports);
  const now = ports.clock.now();
  const fleet = await ports.table.fleet();
  const { tickMs } = ports;
  const nothing = { at: now, ok: true, problems: [], woken: [], herokuCallsLeft: null, tickMs };

  const { configured, problems, hasDefaults } = await readConfiguration(ports.config, fleet.tick);
  const wrong = [...problems];
  let record: TickRecord;
  let known: Known = { ...fleet, now, tickMs, apps: new Map(), unread: new Set() };
  try {
    // With nothing to look at, Heroku is not asked and no token is needed.
    const apps = configured.length === 0 ? [] : await ports.heroku.apps();
    known = { ...known, apps: new Map(apps.map((app) => [app.id, app])) };
    const look = await lookAtAll(configured, known, ports);
    known = { ...known, unread: look.unreadKeys };
    const events = look.due.filter((due) => due.reasons.length > 0);
    await ports.bus.publish(events);
    wrong.push(...look.wrong);
    record = {
      ...nothing,
      problems: [...wrong, ...look.unread],
      woken: events.map((due) => due.pipeline.name),
    };
  } catch (error) {
    if (!(error instanceof HerokuError)) throw error;
    record = { ...nothing, ok: false, problems: [...wrong, `${error.message} ${error.hint}`.trim()] };
  }
  record = { ...record, herokuCallsLeft: ports.callsLeft(), hasDefaults };
  for (const problem of record.problems) ports.log(record.ok ? 'warn' : 'error', problem);
  await writeIfNews(record, fleet.tick, ports);
  measureTick(record, wrong.length, lastingOf(configured, known), ports);
  return record;
}

/** What lasts is counted at every tick, and told of in its pipeline's turn of the sweep. */
function measureTick(record: TickRecord, problems: number, lasting: Lasting, ports: ScanPorts): void {
  for (const { pipeline, index, message } of lasting.messages) {
    if (isTurn(index, record.at, ports.tickMs)) ports.log('warn', message, { pipeline });
  }
  ports.measure({
    TicksSucceeded: record.ok ? 1 : 0,
    ConfigurationProblems: problems,
    PipelinesBehind: lasting.behind,
    OutcomesUnknown: lasting.unknown,
    PipelinesUnseen: lasting.unseen,
    ...(record.herokuCallsLeft !== null && { HerokuCallsLeft: record.herokuCallsLeft }),
  });
}

async function lookAtAll(
  configured: readonly Configured[],
  { now, map, views, apps }: Known,
  ports: ScanPorts,
): Promise<{
  readonly due: readonly PipelineDue[];
  /** Problems of the configuration. */
  readonly wrong: readonly string[];
  /** What Heroku could not tell this time. */
  readonly unread: readonly string[];
  /** The Heroku pipelines, as the configuration calls them, that are not known for that reason. */
  readonly unreadKeys: ReadonlySet<string>;
}> {
  const turns = configured.map((_, index) => isTurn(index, now, ports.tickMs));
  const { looked, unread: notRefreshed } = await lookUpAll(configured, { now, apps, map, turns }, ports);
  const due: PipelineDue[] = [];
  const wrong: string[] = [];
  const unread = [...notRefreshed];
  const unreadKeys = new Set<string>();
  const owners = new Map<string, string>();
  for (const [index, { item, found }] of looked.entries()) {
    if (!found.ok) {
      (found.isUnread ? unread : wrong).push(...found.problems);
      if (found.isUnread) unreadKeys.add(item.config.pipeline);
      continue;
    }
    const { pipeline } = found;
    const owner = owners.get(pipeline.id);
    if (owner !== undefined) {
      wrong.push(
        `${item.parameter}: pipeline: found ${item.config.pipeline}, expected a Heroku pipeline of its own: ${owner} has it already.`,
      );
      continue;
    }
    owners.set(pipeline.id, item.parameter);
    const view = views.find((v) => v.pipelineId === pipeline.id) ?? null;
    const its = dueApps(pipeline, apps);
    const configDigest = item.digest;
    const reasons = reasonsFor({
      pipeline,
      view,
      configDigest,
      apps: its,
      now,
      isTurn: turns[index] === true,
    });
    due.push({ type: 'PipelineDue', at: now, pipeline, apps: its, configDigest, reasons, view });
  }
  return { due, wrong, unread, unreadKeys };
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
