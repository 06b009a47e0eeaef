// What a month of Sluice costs: quantities that were measured or are assumed, times AWS's prices. docs/costs.md shows the
// table and says which is which. Pure.

import { alarmTable } from '../../infra/alarms/table.ts';
import { METRICS } from '../../shared/metrics.ts';
import { sweepTicks } from '../../shared/scan/sweep.ts';

/** US dollars, us-east-1, 2026-11-21. */
const PRICE = {
  lambdaRequest: 0.2e-6,
  /** arm64 */
  lambdaGbSecond: 1.33334e-5,
  tableRead: 0.125e-6,
  tableWrite: 0.625e-6,
  /** A month, point-in-time recovery included. */
  tableGb: 0.25 + 0.2,
  event: 1e-6,
  logGb: 0.5,
  decryption: 3e-6,
  metric: 0.3,
  alarm: 0.1,
  dashboard: 3,
} as const;

/** A month, for the whole account. */
const FREE = {
  lambdaRequests: 1e6,
  lambdaGbSeconds: 400_000,
  tableGb: 25,
  logGb: 5,
  decryptions: 20_000,
  metrics: 10,
  alarms: 10,
} as const;

const TICKS = 43_800;
/** A tick a minute. */
const SWEEP_TICKS = sweepTicks(60_000);
/** The functions keep a token for five minutes. */
const TOKEN_READS = TICKS / 5;
const MEMORY_GB = 0.5;

/** Of one pipeline in a month. */
const APPS = 12;
const PROMOTIONS = 44;
const DELIVERIES = 100;

const RUNS_PER_PROMOTION = 3;

export interface Cost {
  readonly lambda: number;
  readonly table: number;
  readonly events: number;
  readonly logs: number;
  readonly keys: number;
  readonly watching: number;
  readonly total: number;
  readonly totalWithFreeTier: number;
  /** Calls to Heroku a minute, at rest. */
  readonly herokuCalls: number;
}

const over = (amount: number, free: number): number => Math.max(0, amount - free);

export function monthOf(pipelines: number): Cost {
  const promotions = pipelines * PROMOTIONS;
  const deliveries = pipelines * DELIVERIES;
  const runs = (pipelines * TICKS) / SWEEP_TICKS + promotions * RUNS_PER_PROMOTION;
  // A delivery wakes scan too.
  const scans = TICKS + deliveries;

  const parameterPages = Math.ceil((pipelines + 5) / 10);
  const appPages = Math.ceil((pipelines * APPS) / 1000);
  const scanSeconds = 0.5 + 0.05 * parameterPages + 0.5 * (appPages - 1);
  const requests = scans + runs + deliveries;
  const gbSeconds = MEMORY_GB * (scans * scanSeconds + runs * 1.5 + deliveries * 0.2);

  const reads = scans * Math.max(1, 0.75 * pipelines) + runs * 49;
  const writes = TICKS * 0.2 + Math.min(TICKS, pipelines * 1460) * 2 + promotions * 147 + deliveries * 4;
  // The record of a year.
  const gb = (pipelines * 4.4e6) / 1e9;

  const events = runs + promotions * 3.2 + deliveries;
  const logGb = (scans * 1100 + runs * 600 + promotions * 600 + deliveries * 1000) / 1e9;
  // As many runs at once as have their turn; each keeps a token of its own.
  const decryptions = TOKEN_READS * (3 + Math.ceil(pipelines / SWEEP_TICKS));

  const metrics = Object.keys(METRICS).length;
  const alarms = alarmTable(1).length;

  const parts = {
    lambda: requests * PRICE.lambdaRequest + gbSeconds * PRICE.lambdaGbSecond,
    table: reads * PRICE.tableRead + writes * PRICE.tableWrite + gb * PRICE.tableGb,
    events: events * PRICE.event,
    logs: logGb * PRICE.logGb,
    keys: decryptions * PRICE.decryption,
    watching: metrics * PRICE.metric + alarms * PRICE.alarm + PRICE.dashboard,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  // Point-in-time recovery and requests of an on-demand table have no free part.
  const freePart =
    Math.min(requests, FREE.lambdaRequests) * PRICE.lambdaRequest +
    Math.min(gbSeconds, FREE.lambdaGbSeconds) * PRICE.lambdaGbSecond +
    Math.min(gb, FREE.tableGb) * 0.25 +
    Math.min(logGb, FREE.logGb) * PRICE.logGb +
    Math.min(decryptions, FREE.decryptions) * PRICE.decryption +
    Math.min(metrics, FREE.metrics) * PRICE.metric +
    Math.min(alarms, FREE.alarms) * PRICE.alarm +
    PRICE.dashboard;
  const herokuCalls = appPages + pipelines / SWEEP_TICKS;
  return { ...parts, total, totalWithFreeTier: over(total, freePart), herokuCalls };
}

const dollars = (amount: number): string => amount.toFixed(2);

/** The table of the page. */
export function costTable(): string {
  const rows = [5, 25, 100, 1000].map((pipelines) => {
    const cost = monthOf(pipelines);
    const { lambda, table, events, logs, keys, watching, total, totalWithFreeTier, herokuCalls } = cost;
    const parts = [lambda, table, events, logs, keys, watching].map(dollars);
    return [
      pipelines.toLocaleString('en'),
      ...parts,
      `**${dollars(total)}**`,
      `**${dollars(totalWithFreeTier)}**`,
      herokuCalls.toFixed(1),
    ];
  });
  const head = [
    'pipelines',
    'Lambda',
    'table',
    'bus',
    'logs',
    'KMS',
    'metrics, alarms, dashboard',
    'total',
    'with the free tier',
    'Heroku calls a minute',
  ];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
