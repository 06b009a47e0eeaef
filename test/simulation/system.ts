// Sluice, deployed into the simulated world: the real functions, the real adapters of the table and of Heroku, on a
// table, a bus, a schedule and a Heroku that are not to be relied on.

import { monotonicFactory } from 'ulid';
import { createDeployedHeroku } from '../../functions/heroku.ts';
import { createPromoteFunction } from '../../functions/promote/handler.ts';
import { createScan, type ScanEvent } from '../../functions/scan/handler.ts';
import type { UrlEvent } from '../../functions/url.ts';
import { createWebhook } from '../../functions/webhook/handler.ts';
import type { Simulator } from '../../infra/local/heroku/simulator.ts';
import type { Clock } from '../../shared/clock.ts';
import { defaultsPlace } from '../../shared/config/parameters.ts';
import type { ConfigSource } from '../../shared/config/source.ts';
import type { Bus, Log, PipelineDue, SluiceEvent } from '../../shared/events.ts';
import type { GitHub } from '../../shared/github/port.ts';
import type { After } from '../../shared/heroku/reader.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import { createDocumentTable, type Documents } from '../../shared/table/dynamo.ts';
import type { Table } from '../../shared/table/port.ts';
import type { Context } from './context.ts';
import { carryOut, type Items, nameOf, type Reading } from './dynamo.ts';
import { herokuPosts, herokuReads, herokuStatus, type OnPost } from './heroku.ts';
import { Invocation } from './invocation.ts';
import { LambdaFunction } from './lambda.ts';
import { createRandom } from './random.ts';

export interface SystemOptions {
  readonly context: Context;
  readonly simulator: Simulator;
  readonly items: Items;
  readonly github: GitHub;
  /** How the table's reads go. */
  readonly reading: Reading;
  /** The parameters now, by name. */
  readonly parameters: () => Readonly<Record<string, string>>;
  /** What goes for every pipeline that does not say otherwise; null: there is no such parameter. */
  readonly defaults: () => string | null;
  readonly secrets: Readonly<Record<string, string>>;
  readonly onPost: OnPost;
  readonly onEvent: (event: SluiceEvent) => void;
  /** True when Heroku has no answer to anything about the path now. */
  readonly isMute: (path: string) => boolean;
  /** A run was told that no dyno of the app runs. */
  readonly onParked: (run: Invocation, appId: string) => void;
  /** Deletes every cached row. */
  readonly forget: () => void;
  /** How far the clocks of machines may be off, ms. */
  readonly skewMs: number;
}

export interface System {
  /** The schedule fires. */
  tick(): void;
  deliver(event: UrlEvent): void;
  /** What a person at a terminal uses: the table as it is, with nothing going wrong. */
  readonly operator: { readonly table: Table; readonly clock: Clock; readonly newId: (at: number) => string };
}

const URLS = { api: 'https://api.heroku.com', status: 'https://status.heroku.com' };
const ACCESS = { urls: async () => URLS, tokenFor: () => () => 'HRKU-sluice' };
/** Of the SDK: three tries of five seconds. */
const AWS_TRY_MS = 5_000;
const AWS_PATIENCE_MS = 3 * AWS_TRY_MS;

export function createSystem(options: SystemOptions): System {
  const { context, items } = options;
  const { scheduler, random } = context;

  /** The clock of one machine: it drifts, is put right with a jump, and drifts again. */
  const machine = (current: () => Invocation, name: string): Clock => {
    const own = createRandom(name, random.next());
    const skew = own.between(-options.skewMs, options.skewMs);
    const bootedAt = scheduler.now();
    const everyMs = own.between(60_000, 3_600_000);
    const skewNow = () => Math.round((skew * ((scheduler.now() - bootedAt) % everyMs)) / everyMs);
    const now = () => scheduler.now() + skewNow();
    return { now, sleep: (ms, signal) => current().clock(skewNow).sleep(ms, signal) };
  };
  const tableOf = (current: () => Invocation): Table =>
    createDocumentTable('sluice', {
      send: (command: unknown, sending?: { abortSignal?: AbortSignal }) =>
        current().exchange({
          ...(sending?.abortSignal && { signal: sending.abortSignal }),
          peer: 'table',
          what: nameOf(command),
          patienceMs: AWS_PATIENCE_MS,
          tryMs: AWS_TRY_MS,
          forget: options.forget,
          act: () => carryOut(items, command, options.reading),
          refusal: () => {
            throw new Error('ThrottlingException: Rate exceeded');
          },
          silence: () => {
            throw new Error('TimeoutError: no answer');
          },
        }),
    } as unknown as Documents);
  const busOf = (current: () => Invocation): Bus => ({
    publish: (events) =>
      events.length === 0
        ? Promise.resolve()
        : current().exchange({
            peer: 'bus',
            what: `publish ${events.map(({ type }) => type).join(' ')}`,
            patienceMs: AWS_PATIENCE_MS,
            tryMs: AWS_TRY_MS,
            latestMs: 60_000,
            act: () => {
              for (const event of events) route(event);
            },
            refusal: () => {
              throw new Error('The bus did not take 1 of 1 events');
            },
            silence: () => {
              throw new Error('TimeoutError: no answer');
            },
          }),
  });
  const log: Log = (level, message) => {
    if (level === 'error') context.trace(`log: ${message}`);
  };
  const herokuOf = (current: () => Invocation, clock: Clock, seed: string) =>
    createDeployedHeroku(ACCESS, parameterNames(), clock, {
      reads: {
        random: createRandom(seed, random.next()).next,
        send: herokuReads(options, current),
        after: afterOf(clock),
      },
      post: herokuPosts(options, current, options.onPost),
      status: herokuStatus(options, current),
    });

  const scan = new LambdaFunction<ScanEvent>(
    {
      name: 'scan',
      timeoutMs: 60_000,
      boot: (current, number) => {
        const clock = machine(current, `scan ${number}`);
        const heroku = herokuOf(current, clock, 'scan');
        return asHandler(
          createScan({
            clock,
            config: configOf(current, options),
            heroku: heroku.reads,
            callsLeft: heroku.callsLeft,
            table: tableOf(current),
            bus: busOf(current),
            log,
            measure: () => {},
            tickMs: 60_000,
          }),
        );
      },
    },
    context,
  );
  const promote = new LambdaFunction<{ detail: PipelineDue }>(
    {
      name: 'promote',
      timeoutMs: 120_000,
      boot: (current, number) => {
        const clock = machine(current, `promote ${number}`);
        const table = tableOf(current);
        const ids = createRandom('ids', number, random.next());
        const heroku = herokuOf(current, clock, 'promote');
        return asHandler(
          createPromoteFunction({
            clock,
            newId: monotonicFactory(ids.next),
            heroku: heroku.reads,
            promote: heroku.promote,
            github: options.github,
            table,
            checks: { signals: table, status: heroku.status },
            bus: busOf(current),
            log,
            dryRun: false,
          }),
        );
      },
    },
    context,
  );
  const webhook = new LambdaFunction<UrlEvent>(
    {
      name: 'webhook',
      timeoutMs: 10_000,
      boot: (current, number) => {
        const bus = busOf(current);
        return asHandler(
          createWebhook({
            secrets: { webhookSecret: async (source) => options.secrets[source] ?? null },
            table: tableOf(current),
            bus: { signalReceived: (signal) => bus.publish([{ type: 'SignalReceived', ...signal }]) },
            clock: machine(current, `webhook ${number}`),
            log,
            measure: () => {},
          }),
        );
      },
    },
    context,
  );

  function route(event: SluiceEvent): void {
    // What travels is JSON.
    const told = JSON.parse(JSON.stringify(event)) as SluiceEvent;
    options.onEvent(told);
    if (told.type === 'PipelineDue') promote.invoke({ detail: told });
    if (told.type === 'SignalReceived') scan.invoke({ detail: told });
  }

  const operator = new Invocation('operator', { ...context, faults: NOTHING_GOES_WRONG }, () => {});
  return {
    tick: () => scan.invoke({}),
    deliver: (event) => webhook.invoke(event),
    operator: {
      table: tableOf(() => operator),
      clock: operator.clock(() => 0),
      newId: monotonicFactory(createRandom('operator', random.next()).next),
    },
  };
}

const NOTHING_GOES_WRONG = {
  happened: [],
  next: (_peer: unknown, what: string, now: number) => ({ fault: null, random: createRandom(what, now) }),
};

function configOf(current: () => Invocation, { parameters, defaults }: SystemOptions): ConfigSource {
  return {
    defaultsPlace: defaultsPlace(parameterNames()),
    read: () =>
      current().exchange({
        peer: 'table',
        what: 'read parameters',
        patienceMs: AWS_PATIENCE_MS,
        tryMs: AWS_TRY_MS,
        act: () => {
          const entries = Object.entries(parameters()).sort(([a], [b]) => (a < b ? -1 : 1));
          const pipelines = entries.map(([name, text]) => ({
            name,
            text,
            parameter: `/sluice/pipelines/${name}`,
          }));
          const text = defaults();
          return { pipelines, defaults: text === null ? null : { parameter: '/sluice/defaults', text } };
        },
        refusal: () => {
          throw new Error('ThrottlingException: Rate exceeded');
        },
        silence: () => {
          throw new Error('TimeoutError: no answer');
        },
      }),
  };
}

/** Deadlines in virtual time: they pass while a run stands still, and are noticed when it goes on. */
function afterOf(clock: Clock): After {
  return (ms, work) => {
    const cancelled = new AbortController();
    void clock.sleep(ms, cancelled.signal).then(() => {
      if (!cancelled.signal.aborted) work();
    });
    return () => cancelled.abort('cancelled');
  };
}

function asHandler<Event>(handler: (event: Event, context: never) => unknown) {
  return async (event: Event): Promise<unknown> => handler(event, {} as never);
}
