// A simulator on loopback with a clock that only moves when told, and a small client. For tests.

import { onTestFinished } from 'vitest';
import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../../../infra/local/heroku/simulator.ts';

export const NOON = Date.parse('2026-11-02T12:00:00Z');
export const SECOND = 1000;
export const DAY = 24 * 60 * 60 * SECOND;
export const A = 'a'.repeat(40);
export const B = 'b'.repeat(40);

export type Fields = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as one object. */
  readonly body: Fields;
  /** The body as a list. */
  readonly rows: Fields[];
  readonly text: string;
}

export interface Heroku {
  readonly simulator: Simulator;
  readonly clock: { now: () => number; pass: (ms: number) => void };
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export function virtualClock(start = NOON): Heroku['clock'] {
  let now = start;
  return {
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
}

/** A pipeline `router`: router-qa01 in staging, router-va01 and router-ie01 in production, nothing deployed. */
export async function startHeroku(options: Partial<SimulatorOptions> = {}): Promise<Heroku> {
  const heroku = await startEmpty(options);
  heroku.simulator.addPipeline({
    name: 'router',
    apps: [
      { name: 'router-qa01', stage: 'staging' },
      { name: 'router-va01', stage: 'production' },
      { name: 'router-ie01', stage: 'production' },
    ],
  });
  return heroku;
}

export async function startEmpty(options: Partial<SimulatorOptions> = {}): Promise<Heroku> {
  const clock = virtualClock();
  const simulator = createSimulator({ clock, ...options });
  await simulator.listen();
  onTestFinished(() => simulator.close());
  const send: Heroku['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${simulator.url}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: 'Bearer token',
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return readAnswer(response);
  };
  return { simulator, clock, send, get: (path, headers) => send('GET', path, undefined, headers) };
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json' && text !== '';
  const parsed: unknown = isJson ? JSON.parse(text) : null;
  const rows = Array.isArray(parsed) ? parsed.map(fieldsOf) : [];
  return { status: response.status, headers: response.headers, body: fieldsOf(parsed), rows, text };
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The one thing of that list; fails when it is empty. */
export function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error('the list is empty');
  return one;
}

/** A promotion body, by names. */
export function promotionOf(
  simulator: Simulator,
  source: string,
  targets: readonly string[],
  releaseId?: string,
): Fields {
  const release = releaseId === undefined ? {} : { release: { id: releaseId } };
  return {
    pipeline: { id: simulator.pipeline('router').id },
    source: { app: { id: simulator.app(source).id }, ...release },
    targets: targets.map((name) => ({ app: { id: simulator.app(name).id } })),
  };
}
