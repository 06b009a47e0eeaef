// The world that the tests tell their stories in: the real functions on a simulated Heroku, an embedded table and a
// virtual clock. Its verbs are the domain's.

import { monotonicFactory } from 'ulid';
import { createDeployedHeroku } from '../functions/heroku.ts';
import { createPromoteFunction } from '../functions/promote/handler.ts';
import { createScan, type ScanEvent } from '../functions/scan/handler.ts';
import type { UrlAnswer, UrlEvent } from '../functions/url.ts';
import { createWebhook } from '../functions/webhook/handler.ts';
import { createSimulator, type Simulator } from '../infra/local/heroku/simulator.ts';
import { measuredBus } from '../shared/bus/measured.ts';
import type { Clock } from '../shared/clock.ts';
import { defaultsPlace } from '../shared/config/parameters.ts';
import type { ConfigSource } from '../shared/config/source.ts';
import type { Attempt } from '../shared/domain/attempt.ts';
import type { Decision, StepDecision } from '../shared/domain/decision.ts';
import type { PipelineDue, SignalReceived, SluiceEvent } from '../shared/events.ts';
import type { GitHub } from '../shared/github/port.ts';
import type { Promote } from '../shared/heroku/port.ts';
import type { TokenSource } from '../shared/heroku/secret.ts';
import { readOnce } from '../shared/heroku/transport.ts';
import type { Measure } from '../shared/metrics.ts';
import { parameterNames } from '../shared/parameters/names.ts';
import { isCache, type Key } from '../shared/table/keys.ts';
import type { Table, TickRecord } from '../shared/table/port.ts';
import {
  type OnCommand,
  type Row,
  type Store,
  storeInProcess,
  storeOnSockets,
  waysInProcess,
} from './in-process.ts';
import { Operator } from './operator.ts';

export const MINUTE = 60_000;
export const T0 = Date.parse('2026-11-23T10:00:00Z');

export interface WorldOptions {
  /** Pipeline parameters by name. */
  readonly config: Record<string, string>;
  readonly defaults?: string;
  readonly dryRun?: boolean;
  /** Wraps the one write, for a process that dies around it. */
  readonly promote?: (real: Promote) => Promote;
  /** Wraps the table, for a process that dies around a write. */
  readonly table?: (real: Table) => Table;
  /** The table as a function may use it: each has a role of its own. */
  readonly tableAs?: (role: 'scan' | 'promote' | 'webhook', store: Store) => Table;
  /** What Heroku lists instead of what it would, by the path that is asked. */
  readonly alter?: (path: string, body: unknown) => unknown;
  /** Where the token comes from; there is a good one unless said otherwise. */
  readonly token?: TokenSource;
  /** Nothing answers for GitHub unless said otherwise. */
  readonly github?: GitHub;
  /** True: table and Heroku are asked over sockets, in place of in process. */
  readonly onSockets?: boolean;
  /** Told of what a table in process is asked. */
  readonly onCommand?: OnCommand;
}

const UNASKED: GitHub = { contains: async () => ({ kind: 'unread', why: 'nothing answers for GitHub' }) };

export class World extends Operator {
  readonly heroku: Simulator;
  readonly store: Store;
  readonly events: SluiceEvent[] = [];
  readonly logs: string[] = [];
  /** What was measured, in order. */
  readonly measured: Parameters<Measure>[0][] = [];
  /** False: events for `promote` are lost, and nothing says so: a bus that is gone, a rule that is disabled. */
  delivers = true;
  config: Record<string, string>;
  /** Null: there is no parameter for them. */
  defaults: string | null;
  #now = T0;
  readonly #options: WorldOptions;

  static async open(options: WorldOptions): Promise<World> {
    const store = options.onSockets === true ? await storeOnSockets() : storeInProcess(options.onCommand);
    const world = new World(options, store);
    await world.heroku.listen();
    return world;
  }

  constructor(options: WorldOptions, store: Store) {
    super();
    this.#options = options;
    this.config = options.config;
    this.defaults = options.defaults ?? null;
    this.store = store;
    this.heroku = createSimulator({ clock: { now: () => this.#now } });
  }

  async close(): Promise<void> {
    await this.heroku.close();
    await this.store.close();
  }

  get table(): Table {
    return this.store.table;
  }

  get clock(): Clock {
    return { now: () => this.#now, sleep: (_ms, signal) => untilAborted(signal) };
  }

  wait(minutes: number): void {
    this.#now += minutes * MINUTE;
  }

  /** A pipeline of apps named `<pipeline>-<n>`, all on one commit, and the parameter that orders them into waves. */
  addPipeline(name: string, waves: readonly number[], more: (wave: number) => string = () => ''): void {
    let next = 1;
    const groups = waves.map((size) => Array.from({ length: size }, () => `${name}-${next++}`));
    const apps = groups.flatMap((group, index) =>
      group.map((app) => ({
        name: app,
        stage: index === 0 ? ('staging' as const) : ('production' as const),
      })),
    );
    this.heroku.addPipeline({ name, apps });
    for (const app of apps) this.heroku.deploy(app.name, { commit: commitOf(`${name} base`) });
    const lines = groups.map(
      (group, index) => `  - name: w${index + 1}\n    apps: [${group.join(', ')}]\n${more(index + 1)}`,
    );
    this.config = { ...this.config, [name]: `pipeline: ${name}\nwaves:\n${lines.join('')}` };
  }

  /** A merge arrives on the app. Gives its commit. */
  merge(app: string, label: string): string {
    const commit = commitOf(label);
    this.heroku.deploy(app, { commit });
    return commit;
  }

  /** One tick and the runs that it starts, each in a new process as on Lambda: nothing is kept in memory. */
  tick(): Promise<TickRecord> {
    return this.#scan({});
  }

  /** A webhook delivery, and everything that it sets off before the next tick. */
  async deliver(event: UrlEvent): Promise<UrlAnswer> {
    const signals: SignalReceived[] = [];
    const webhook = createWebhook({
      secrets: { webhookSecret: async (source) => this.secrets[source] ?? null },
      table: this.#as('webhook', this.table),
      bus: { signalReceived: async (signal) => void signals.push({ type: 'SignalReceived', ...signal }) },
      clock: this.clock,
      log: (_level, message) => void this.logs.push(message),
      measure: this.#measure,
    });
    const answer = await webhook(event, {} as never);
    for (const detail of signals) await this.#scan({ detail });
    return answer;
  }

  readonly secrets: Record<string, string> = {};

  async #scan(event: ScanEvent): Promise<TickRecord> {
    const due: PipelineDue[] = [];
    const { heroku, promote, table, bus, log, close } = this.#process(due);
    const config: ConfigSource = {
      defaultsPlace: defaultsPlace(parameterNames()),
      read: async () => ({
        pipelines: Object.entries(this.config)
          .sort()
          .map(([name, text]) => ({ name, parameter: `/sluice/pipelines/${name}`, text })),
        defaults: this.defaults === null ? null : { parameter: '/sluice/defaults', text: this.defaults },
      }),
    };
    try {
      const { clock } = this;
      const { callsLeft, reads, status } = heroku;
      const measure = this.#measure;
      const scan = createScan({
        clock,
        config,
        heroku: reads,
        callsLeft,
        table: this.#as('scan', table),
        bus,
        log,
        measure,
        tickMs: MINUTE,
      });
      const record = await scan(event, {} as never);
      const run = createPromoteFunction({
        clock,
        newId: this.newId,
        heroku: reads,
        promote,
        github: this.#options.github ?? UNASKED,
        table: this.#as('promote', table),
        checks: { signals: this.#as('promote', table), status },
        bus: measuredBus(bus, measure),
        log,
        dryRun: this.#options.dryRun === true,
      });
      const delivered = this.delivers ? due : [];
      for (const detail of delivered) await run({ detail }, {} as never).catch(() => undefined);
      return record;
    } finally {
      close();
    }
  }

  /** Ticks a minute apart. */
  async ticks(count: number): Promise<void> {
    for (let tick = 0; tick < count; tick++) {
      this.wait(1);
      await this.tick();
    }
  }

  readonly newId = monotonicFactory();
  readonly #measure: Measure = (values) => void this.measured.push(values);

  #as(role: 'scan' | 'promote' | 'webhook', table: Table): Table {
    return this.#options.tableAs?.(role, this.store) ?? table;
  }

  #process(due: PipelineDue[]) {
    const { url } = this.heroku;
    const token = this.#options.token ?? (() => 'HRKU-test');
    const ways = this.#options.onSockets === true ? {} : waysInProcess(this.heroku);
    const { alter = (_path: string, body: unknown) => body } = this.#options;
    const read = ways.reads?.send ?? readOnce;
    const send: typeof readOnce = async (request) => {
      const answer = await read(request);
      return { ...answer, body: alter(request.path, answer.body) };
    };
    const access = { urls: async () => ({ api: url, status: url }), tokenFor: () => token };
    const heroku = createDeployedHeroku(access, parameterNames(), this.clock, {
      reads: { random: () => 0, send },
      ...(ways.posts && { post: ways.posts.send }),
    });
    const real = heroku.promote;
    const table = this.#options.table?.(this.table) ?? this.table;
    return {
      heroku,
      table,
      promote: this.#options.promote?.(real) ?? real,
      bus: {
        publish: async (events: readonly SluiceEvent[]) => {
          this.events.push(...events);
          due.push(...events.filter((event) => event.type === 'PipelineDue'));
        },
      },
      log: (_level: string, message: string) => void this.logs.push(message),
      close: () => heroku.close(),
    };
  }

  /** What each app runs, as the first letters of a label given to `merge`. */
  runs(app: string): string {
    return this.heroku.app(app).commit ?? 'nothing';
  }

  id(pipeline: string): string {
    return this.heroku.pipeline(pipeline).id;
  }

  async decision(pipeline: string): Promise<Decision> {
    const { decision } = await this.table.pipelineRows(this.id(pipeline));
    if (decision === null) throw new Error(`No decision about ${pipeline} yet.`);
    return decision;
  }

  async step(pipeline: string, to: string): Promise<StepDecision> {
    const step = (await this.decision(pipeline)).steps.find((s) => s.to === to);
    if (step === undefined) throw new Error(`${pipeline} has no wave ${to} after its first.`);
    return step;
  }

  async attempts(pipeline: string): Promise<readonly Attempt[]> {
    return [...(await this.table.attempts(this.id(pipeline)))].reverse();
  }

  /** Promotion requests that Heroku has seen. */
  posts(): readonly { body: unknown }[] {
    return this.heroku.calls.log.filter(
      (call) => call.method === 'POST' && call.path === '/pipeline-promotions',
    );
  }

  /** Puts a row into the table past everything that would keep it in order. */
  putRow(row: Row): Promise<void> {
    return this.store.putRow(row);
  }

  /** Makes rows odd: each that is chosen has another body from then on, null: none. Gives how many there were. */
  async spoil(isChosen: (key: Key) => boolean, body: unknown): Promise<number> {
    const rows = (await this.store.rows()).filter((item) => isChosen(keyOf(item)));
    for (const { body: _, ...item } of rows) await this.putRow({ ...item, ...(body !== null && { body }) });
    return rows.length;
  }

  /** Deletes every row that is only a cache. Gives how many there were. */
  async forget(): Promise<number> {
    const caches = (await this.store.rows()).map(keyOf).filter(isCache);
    for (const key of caches) await this.store.deleteRow(key);
    return caches.length;
  }
}

/** Resolves when the signal aborts: in virtual time nobody waits for a limit that is not reached. */
function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal === undefined) return resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

/** A commit for a label: 40 hexadecimal digits that begin with the label's own letters in hexadecimal. */
export function commitOf(label: string): string {
  return Buffer.from(label).toString('hex').padEnd(40, '0').slice(0, 40);
}

const keyOf = (item: Record<string, unknown>): Key => ({ pk: String(item['pk']), sk: String(item['sk']) });
