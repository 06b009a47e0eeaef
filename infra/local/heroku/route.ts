// What a route is, what it is asked and how it answers; finding things by name or uuid; checking request bodies.

import { forbidden, invalid, notFound, twoFactor } from './errors.ts';
import { type Orders, pageOf } from './lists.ts';
import type { Json, View } from './serialise.ts';
import type { AppState, PipelineState } from './state.ts';

export interface Ask extends View {
  /** The parts of the path in braces, as they are named in the pattern. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON, `undefined` when there is none. */
  readonly body: unknown;
  /** The e-mail address of the account behind the token. */
  readonly account: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** JSON, unless it is given as text. */
  readonly json?: unknown;
  readonly text?: string;
}

export interface Route {
  /** `GET /pipelines/{id}/latest-deployments`; also its name in `calls.byRoute`. */
  readonly name: string;
  readonly answer: (ask: Ask) => Answer;
  /** `api` is Platform API: headers checked, calls counted. `free` costs no token. `open` is another host: no token at all. */
  readonly kind: 'api' | 'free' | 'open';
}

export function route(name: string, answer: Route['answer'], kind: Route['kind'] = 'api'): Route {
  return { name, answer, kind };
}

export function list<T>(ask: Ask, items: readonly T[], orders: Orders<T>, shape: (item: T) => Json): Answer {
  const { headers, items: page, status } = pageOf(items, orders, ask.headers['range']);
  return { status, headers, json: page.map(shape) };
}

export const param = (ask: Ask, name: string): string => ask.params[name] ?? '';

/** The app in the path. Two-factor apps are found too: not everything about them is guarded. */
export function findApp(ask: Ask): AppState {
  const app = ask.world.app(param(ask, 'app'));
  if (app === undefined) throw notFound('app');
  if (app.forbidden) throw forbidden(app);
  return app;
}

/** The app in the path, for what a second factor guards: reading releases too (heroku-pipelines issue 16). */
export function findGuardedApp(ask: Ask): AppState {
  const app = findApp(ask);
  demandSecondFactor(ask, app);
  return app;
}

export function demandSecondFactor(ask: Ask, app: AppState): void {
  if (app.twoFactor && ask.headers['heroku-two-factor-code'] === undefined) throw twoFactor(app);
}

export function visibleApps(ask: Ask): AppState[] {
  return ask.world.apps().filter((app) => !app.forbidden);
}

export function findPipeline(ask: Ask): PipelineState {
  const pipeline = ask.world.pipeline(param(ask, 'id'));
  if (pipeline === undefined) throw notFound('pipeline');
  return pipeline;
}

/** Where the schema's link takes the uuid only. */
export function findPipelineById(ask: Ask): PipelineState {
  const pipeline = ask.world.state.pipelines[param(ask, 'id')];
  if (pipeline === undefined) throw notFound('pipeline');
  return pipeline;
}

/** An object with no other keys than those allowed. `path` is for the message. */
export function fields(value: unknown, path: string, required: string[], optional: string[] = []): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`Invalid params: ${path} must be an object.`);
  }
  const object: Json = { ...value };
  const unknown = Object.keys(object).find((key) => !required.includes(key) && !optional.includes(key));
  if (unknown !== undefined) throw invalid(`Invalid params: "${unknown}" is not a permitted key of ${path}.`);
  const missing = required.find((key) => !(key in object));
  if (missing !== undefined) throw invalid(`Invalid params: ${path} requires "${missing}".`);
  return object;
}

export function text(value: unknown, path: string): string {
  if (typeof value !== 'string') throw invalid(`Invalid params: ${path} must be a string.`);
  return value;
}
