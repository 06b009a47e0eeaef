// One tick of `scan`: read the configuration and the list of apps, wake the pipelines that need a look.
//
// At rest it makes one call to Heroku for every 1,000 apps; the pipelines it wakes make their own.

import type { Clock } from '../clock.ts';
import { masked } from '../config/masked.ts';
import type { ConfigSource } from '../config/source.ts';
import type { AppRef, Pipeline } from '../domain/pipeline.ts';
import type { Bus, Log, PipelineDue, SignalReceived } from '../events.ts';
import { HerokuError, type HerokuReads, type OddRow } from '../heroku/port.ts';
import type { Measure } from '../metrics.ts';
import { isAbout } from '../promotion/observe.ts';
import type { NameRecord, Table, TickRecord } from '../table/port.ts';
import { affordable } from './afford.ts';
import { bounded } from './bounded.ts';
import { type ReadConfiguration, readConfiguration } from './configured.ts';
import { deliver } from './deliver.ts';
import { dueApps, reasonsFor } from './due.ts';
import { ownerOf, recordOf, strangerOf } from './identity.ts';
import { type Known, type Lasting, lastingOf } from './lasting.ts';
import { type Looked, lookUpKnown, lookUpMissing } from './lookup.ts';
import { TICK_RECORD_MS } from './silence.ts';
import { isTurn, tickNumber } from './sweep.ts';

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

  const configuration = await readConfiguration(ports.config, fleet.tick, ports.table.hadDefaults);
  const { configured, problems, hasDefaults } = configuration;
  // On record before a run goes by them.
  if (hasDefaults && fleet.tick?.hasDefaults !== true) await ports.table.noteDefaults(now);
  const wrong = [...problems];
  const unread: string[] = [];
  const woken: string[] = [];
  const untold: unknown[] = [];
  let record: TickRecord;
  let known: Known = { ...fleet, now, tickMs, apps: new Map(), unread: new Set() };
  try {
    // With nothing to look at, Heroku is not asked and no token is needed.
    const odd: OddRow[] = [];
    const apps = configured.length === 0 ? [] : await ports.heroku.apps((row) => odd.push(row));
    unread.push(...odd.filter(isNameless).map(({ why }) => `One app is left out: ${why}.`));
    known = { ...known, apps: new Map(apps.map((app) => [app.id, app])) };
    const names = configured.length === 0 ? [] : await ports.table.names();
    for await (const look of lookAtAll(configuration, known, odd, names, ports)) {
      known = { ...known, unread: new Set([...known.unread, ...look.unreadKeys]) };
      wrong.push(...look.wrong);
      unread.push(...look.unread);
      const lost = await noteNames(look.noted, names, ports);
      const events = affordable(
        look.due.filter((due) => due.reasons.length > 0 && !lost.has(due.pipeline.name)),
        ports.callsLeft(),
        tickNumber(now, tickMs),
      );
      // One event that the bus does not take keeps no other look from its turn.
      await ports.bus.publish(events).catch((error: unknown) => untold.push(error));
      woken.push(...events.map((due) => due.pipeline.name));
    }
    if (untold.length > 0) throw untold[0];
    record = { ...nothing, problems: [...wrong, ...unread], woken };
  } catch (error) {
    if (!(error instanceof HerokuError)) throw error;
    record = { ...nothing, ok: false, woken, problems: [...wrong, `${error.message} ${error.hint}`.trim()] };
  }
  record = { ...record, herokuCallsLeft: ports.callsLeft(), hasDefaults };
  for (const problem of record.problems) ports.log(record.ok ? 'warn' : 'error', problem);
  record = bounded(record);
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

/** Nobody can tell which app it is about. */
const isNameless = ({ appId, appName }: OddRow): boolean => appId === null && appName === null;

interface Look {
  readonly due: readonly PipelineDue[];
  /** Problems of the configuration. */
  readonly wrong: readonly string[];
  /** What Heroku could not tell this time. */
  readonly unread: readonly string[];
  /** The Heroku pipelines, as the configuration calls them, that are not known for that reason. */
  readonly unreadKeys: ReadonlySet<string>;
  /** What names mean, and is not on record yet. */
  readonly noted: readonly NameRecord[];
}

/** First what is known, then what has to be read: a pipeline that Heroku is slow about keeps no other waiting. */
async function* lookAtAll(
  configuration: ReadConfiguration,
  { now, map, views, apps }: Known,
  odd: readonly OddRow[],
  names: readonly NameRecord[],
  ports: ScanPorts,
): AsyncGenerator<Look> {
  const { configured } = configuration;
  const turns = configured.map((_, index) => isTurn(index, now, ports.tickMs));
  const told = { now, apps, map, turns };
  const owners = new Map<string, string>();
  const lookAt = (looked: readonly Looked[], notRead: readonly string[]): Look => {
    const due: PipelineDue[] = [];
    const wrong: string[] = [];
    const unread = [...notRead];
    const unreadKeys = new Set<string>();
    const noted: NameRecord[] = [];
    for (const { item, found } of looked) {
      if (!found.ok) {
        (found.isUnread ? unread : wrong).push(...found.problems);
        if (found.isUnread) unreadKeys.add(item.config.pipeline);
        continue;
      }
      const { pipeline } = found;
      const record = names.find((one) => one.name === item.name);
      const stranger = strangerOf(pipeline, record, item.parameter);
      if (stranger !== null) {
        wrong.push(stranger);
        const told = { pipelineId: pipeline.id, herokuName: found.herokuName };
        if (
          record !== undefined &&
          record.unread === undefined &&
          record.stranger?.pipelineId !== told.pipelineId
        )
          noted.push({ ...record, stranger: told });
        continue;
      }
      const recorded = ownerOf({ id: pipeline.id, herokuName: found.herokuName }, configuration, names);
      const owner = recorded?.parameter ?? owners.get(pipeline.id) ?? item.parameter;
      if (owner !== item.parameter) {
        const why =
          recorded?.isSettled === false
            ? `${owner} may mean it, too, and has had one of that name. Settle that first: sluice why ${recorded.name}`
            : `${owner} has it already.`;
        wrong.push(
          `${item.parameter}: pipeline: found ${masked(item.config.pipeline)}, expected a Heroku pipeline of its own: ${why}`,
        );
        continue;
      }
      owners.set(pipeline.id, item.parameter);
      // It means its own again: nobody has to say anything any more.
      if (record?.stranger !== undefined) {
        const { stranger: _, ...own } = record;
        noted.push(own);
      }
      const view = views.find((v) => v.pipelineId === pipeline.id) ?? null;
      const oddities = oddApps(pipeline, found.unread, odd);
      unread.push(
        ...oddities.map(({ app, why }) => `${item.parameter}: ${app.name} cannot be read: ${why}.`),
      );
      const its = dueApps(pipeline, apps, Object.fromEntries(oddities.map(({ app, why }) => [app.id, why])));
      const configDigest = item.digest;
      const turn = turns[configured.indexOf(item)] === true;
      const reasons = reasonsFor({ pipeline, view, configDigest, apps: its, now, isTurn: turn });
      if (record === undefined) noted.push(recordOf(pipeline, found.herokuName, undefined, now));
      const predecessors = record?.predecessors ?? [];
      const known = predecessors.length === 0 ? pipeline : { ...pipeline, predecessors };
      due.push({ type: 'PipelineDue', at: now, pipeline: known, apps: its, configDigest, reasons, view });
    }
    return { due, wrong, unread, unreadKeys, noted };
  };
  const { looked, missing } = lookUpKnown(configured, told);
  yield lookAt(looked, []);
  const read = await lookUpMissing(configured, missing, told, ports);
  yield lookAt(read.looked, read.unread);
}

/** Its apps of which Heroku lists something that cannot be read, and what. */
function oddApps(
  { waves }: Pipeline,
  unread: Readonly<Record<string, string>>,
  odd: readonly OddRow[],
): readonly { readonly app: AppRef; readonly why: string }[] {
  const apps = waves.flatMap((wave) => wave.apps);
  return apps.flatMap((app) => {
    const row = odd.find((one) => isAbout(one, app));
    const why = row?.why ?? unread[app.id];
    return why === undefined ? [] : [{ app, why }];
  });
}

/** On record before a run goes by it. Gives the names that another tick has written meanwhile: the next one knows. */
async function noteNames(
  noted: readonly NameRecord[],
  names: readonly NameRecord[],
  { table }: ScanPorts,
): Promise<ReadonlySet<string>> {
  const lost = new Set<string>();
  for (const record of noted) {
    const before = names.find(({ name }) => name === record.name)?.pipelineId ?? null;
    if ((await table.writeName(record, before)) === 'lost') lost.add(record.name);
  }
  return lost;
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
