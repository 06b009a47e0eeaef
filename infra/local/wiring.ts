// The functions of the stack, wired on one machine: an embedded table, a bus in process, HTTP for the webhooks.

import { monotonicFactory } from 'ulid';
import { createDeployedHeroku } from '../../functions/heroku.ts';
import { createPromoteFunction } from '../../functions/promote/handler.ts';
import { createScan } from '../../functions/scan/handler.ts';
import { createWebhook } from '../../functions/webhook/handler.ts';
import type { Remedies } from '../../shared/checks/check.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ConfigSource } from '../../shared/config/source.ts';
import type { Log } from '../../shared/events.ts';
import { createGitHub } from '../../shared/github/compare.ts';
import type { Measure } from '../../shared/metrics.ts';
import { tokenIn } from '../../shared/parameters/github-token.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import type { Table, TickRecord } from '../../shared/table/port.ts';
import { createLocalBus, type LocalBus } from './bus.ts';
import { listenForWebhooks, type WebhookServer } from './webhook-server.ts';

export interface WiringOptions {
  readonly herokuUrl: string;
  readonly statusUrl: string;
  readonly token: string;
  /** Empty: none. */
  readonly githubToken: string;
  readonly config: ConfigSource;
  readonly webhookSecret: (source: string) => Promise<string | null>;
  readonly table: Table;
  readonly clock: Clock;
  readonly dryRun: boolean;
  readonly tickMs: number;
  readonly port: number;
  readonly log: Log;
}

export interface LocalRun {
  readonly bus: LocalBus;
  readonly webhooks: WebhookServer;
  /** One tick of the schedule, and everything it sets off. Never throws: the record says what stopped it. */
  tick(): Promise<TickRecord>;
  /** Requests sent to Heroku so far. */
  herokuCalls(): number;
  close(): Promise<void>;
}

export async function wire(options: WiringOptions): Promise<LocalRun> {
  const { clock, table, log } = options;
  const bus = createLocalBus();
  const access = {
    urls: async () => ({ api: options.herokuUrl, status: options.statusUrl }),
    tokenFor: () => () => options.token,
  };
  let calls = 0;
  const count = () => {
    calls += 1;
  };
  const heroku = createDeployedHeroku(access, parameterNames(), clock, { reads: { log: count } });

  const github = createGitHub({
    token: async () => tokenIn(options.githubToken, 'GITHUB_TOKEN'),
    clock,
  });

  const scan = createScan({
    clock,
    config: options.config,
    heroku: heroku.reads,
    callsLeft: heroku.callsLeft,
    table,
    bus,
    log,
    measure,
    tickMs: options.tickMs,
  });
  const promote = createPromoteFunction({
    clock,
    newId: monotonicFactory(),
    heroku: heroku.reads,
    promote: (request) => {
      count();
      return heroku.promote(request);
    },
    github,
    table,
    checks: { signals: table, status: heroku.status, remedies: remediesOf(options) },
    bus,
    log,
    dryRun: options.dryRun,
  });
  const webhook = createWebhook({
    secrets: { webhookSecret: options.webhookSecret },
    table,
    bus: { signalReceived: (signal) => bus.publish([{ type: 'SignalReceived', ...signal }]) },
    clock,
    log,
    measure,
  });

  bus.deliver((event) => {
    if (event.type === 'PipelineDue') return promote({ detail: event }, LOCAL_CONTEXT);
    if (event.type === 'SignalReceived') return scan({ detail: event }, LOCAL_CONTEXT);
    return undefined;
  });
  const webhooks = await listenForWebhooks(options.port, (event) => webhook(event, LOCAL_CONTEXT));
  return {
    bus,
    webhooks,
    async tick() {
      const at = clock.now();
      // In the words in which the function has logged it.
      const record = await scan({}, LOCAL_CONTEXT).catch((error: unknown) =>
        stopped(`scan: ${error instanceof Error ? error.message : String(error)}`, at, options.tickMs),
      );
      await bus.idle();
      return record;
    },
    herokuCalls: () => calls,
    async close() {
      await bus.idle();
      await webhooks.close();
      heroku.close();
    },
  };
}

/** Here secrets are files and variables of the environment. */
export function remediesOf({ webhookSecret }: Pick<WiringOptions, 'webhookSecret'>): Remedies {
  return {
    async webhook(source) {
      const file = `webhooks/${source} of the configuration folder`;
      return (await webhookSecret(source)) === null
        ? `put the secret of ${source} into ${file}, and a webhook with it at the sender (docs/install.md)`
        : `make a webhook at the sender (docs/install.md) with the secret that is in ${file}`;
    },
    github: 'start the run again with a GITHUB_TOKEN that GitHub takes and that may read the repository',
  };
}

function stopped(problem: string, at: number, tickMs: number): TickRecord {
  return { at, ok: false, problems: [problem], woken: [], herokuCallsLeft: null, tickMs };
}

/** One machine has nowhere to put metrics. */
const measure: Measure = () => {};

/** What Lambda gives a handler beside the event; the functions use none of it. */
const LOCAL_CONTEXT = {} as Parameters<ReturnType<typeof createScan>>[1];
