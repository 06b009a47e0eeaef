// One request in, one reply out: routing, Accept, tokens, rate limit, faults, ETags and the headers of every answer.
// Synchronous and without sockets; `server.ts` puts it on the network.

import type { Calls } from './calls.ts';
import { ApiError, notAcceptable, rateLimited, unauthorized } from './errors.ts';
import type { Faults, Trouble } from './faults.ts';
import { sha256, uuidOf } from './ids.ts';
import { remainingTokens, takeToken } from './limiter.ts';
import type { Answer, Route } from './route.ts';
import { accountRoutes } from './routes/account.ts';
import { appRoutes } from './routes/apps.ts';
import { pipelineRoutes } from './routes/pipelines.ts';
import { promotionRoutes } from './routes/promotions.ts';
import { releaseRoutes } from './routes/releases.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { World } from './world.ts';

export interface Request {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly delayMs: number;
  /** What a fault does to the reply on its way. */
  readonly cut: Trouble['cut'];
}

export interface ApiOptions {
  readonly world: World;
  readonly calls: Calls;
  readonly faults: Faults;
  /** Token to the e-mail address of its account; any token is taken when left out. */
  readonly tokens: Readonly<Record<string, string>> | null;
  /** The account behind any token. */
  readonly account: string;
  /** Token to its scopes, as `Oauth-Scope` writes them; `global` for any other. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly baseUrl: () => string;
}

const ROUTES: readonly Route[] = [
  ...accountRoutes,
  ...appRoutes,
  ...pipelineRoutes,
  ...promotionRoutes,
  ...releaseRoutes,
  ...webhookRoutes,
];
// Any variant: the CLI asks for 3.sdk, 3.pipelines, 3.filters, 3.webhooks (heroku/cli 11.10).
const ACCEPT = /application\/vnd\.heroku\+json;\s*version=(3(?:\.[\w-]+)*)/;
const GARBLED: Answer = { text: '<!DOCTYPE html><title>Application error</title>' };
const UNKNOWN: Route = {
  name: '(unknown)',
  kind: 'api',
  answer: () => {
    throw new ApiError(404, 'not_found', 'The requested API endpoint was not found.');
  },
};

export class Api {
  readonly #options: ApiOptions;
  #served = 0;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  ask(request: Request): Reply {
    const { calls, faults, world } = this.#options;
    const url = new URL(request.path, 'http://simulator');
    const { params, route } = findRoute(request.method, url.pathname);
    if (route.kind === 'api') {
      calls.count({
        at: world.now(),
        method: request.method,
        path: request.path,
        route: route.name,
        body: parsed(request.body),
        requestId: request.headers['request-id'] ?? null,
      });
    }
    const trouble = faults.strike(request.method, route.name, route.kind !== 'open');
    const isCutShort = (trouble.cut === 'reset' || trouble.cut === 'hang') && trouble.when === 'before';
    if (isCutShort) return { status: 0, headers: {}, body: '', delayMs: trouble.delayMs, cut: trouble.cut };

    world.advance();
    const headers = this.#commonHeaders(request, route);
    const answer = this.#answer(request, route, params, url, trouble, headers);
    // Whoever persists the state has it before the client hears of the change.
    world.flush();
    const sent = trouble.isGarbled ? GARBLED : answer;
    return { ...rendered(request, sent, headers), delayMs: trouble.delayMs, cut: trouble.cut };
  }

  #answer(
    request: Request,
    route: Route,
    params: Record<string, string>,
    url: URL,
    trouble: Trouble,
    headers: Record<string, string>,
  ): Answer {
    const { baseUrl, world } = this.#options;
    try {
      if (trouble.error !== null) throw trouble.error;
      const account = route.kind === 'open' ? '' : this.#authenticate(request);
      if (route.kind !== 'open') this.#demandScope(request, route);
      const variant = route.kind === 'open' ? '3' : versionOf(request.headers['accept']);
      if (route.kind !== 'open') this.#charge(account, route, headers);
      const body = bodyOf(request.body);
      return route.answer({
        world,
        variant,
        baseUrl: baseUrl(),
        params,
        query: url.searchParams,
        headers: request.headers,
        body,
        account,
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.status, json: error.body };
    }
  }

  #authenticate(request: Request): string {
    const token = tokenOf(request);
    if (token === '') throw unauthorized();
    const { account, tokens } = this.#options;
    const owner = tokens === null ? account : tokens[token];
    if (owner === undefined) throw unauthorized();
    return owner;
  }

  #scopesOf(request: Request): string {
    return this.#options.scopes[tokenOf(request)] ?? 'global';
  }

  #demandScope(request: Request, route: Route): void {
    const has = this.#scopesOf(request).split(' ');
    if (!acceptedScopes(request, route).some((scope) => has.includes(scope))) {
      throw new ApiError(403, 'forbidden', 'The scope of this token does not allow this request.');
    }
  }

  #charge(account: string, route: Route, headers: Record<string, string>): void {
    const { world } = this.#options;
    const { limiter } = world.state;
    const isPaid = route.kind === 'free' || takeToken(limiter, account, world.now());
    headers['RateLimit-Remaining'] = String(remainingTokens(limiter, account, world.now()));
    headers['RateLimit-Multiplier'] = '1';
    if (!isPaid) throw rateLimited();
  }

  /** On errors too (recorded exchange, 2022-12). */
  #commonHeaders(request: Request, route: Route): Record<string, string> {
    this.#served += 1;
    const own = uuidOf(`request:${this.#served}`);
    const given = request.headers['request-id'];
    return {
      'Cache-Control': 'private, no-cache',
      Date: new Date(this.#options.world.now()).toUTCString(),
      'Oauth-Scope': this.#scopesOf(request),
      'Oauth-Scope-Accepted': acceptedScopes(request, route).join(' '),
      'Request-Id': given === undefined ? own : `${given},${own}`,
      Vary: 'Authorization,Accept-Encoding',
      'X-Runtime': '0.012345678',
    };
  }
}

function tokenOf({ headers }: Request): string {
  const [scheme = '', credentials = ''] = (headers['authorization'] ?? '').split(' ');
  return scheme.toLowerCase() === 'basic'
    ? (Buffer.from(credentials, 'base64').toString().split(':').at(-1) ?? '')
    : credentials;
}

function acceptedScopes({ method }: Request, { name }: Route): readonly string[] {
  const isRead = method === 'GET' || name === 'POST /filters/apps';
  const writes = ['write', 'write-protected'];
  return isRead ? ['global', 'read', 'read-protected', ...writes] : ['global', ...writes];
}

function rendered(request: Request, answer: Answer, common: Record<string, string>) {
  const body = answer.text ?? JSON.stringify(answer.json);
  const etag = `"${sha256(body).slice(0, 32)}"`;
  const type = answer.text === undefined ? 'application/json' : 'text/plain; charset=utf-8';
  const headers = { ...common, ...answer.headers, 'Content-Type': type, Etag: etag };
  const status = answer.status ?? 200;
  const isUnchanged = request.method === 'GET' && status < 300 && request.headers['if-none-match'] === etag;
  return isUnchanged ? { status: 304, headers, body: '' } : { status, headers, body };
}

const SPLIT_ROUTES = ROUTES.map((route) => {
  const [verb = '', pattern = ''] = route.name.split(' ');
  return { route, verb, parts: pattern.split('/') };
});

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } {
  const asked = path.split('/').map(decoded);
  let best: { route: Route; params: Record<string, string> } | null = null;
  for (const { route, verb, parts } of SPLIT_ROUTES) {
    const params = verb === method ? match(parts, asked) : null;
    // `/account/rate-limits` and `/users/~/apps` win over patterns with more braces.
    if (params !== null && (best === null || size(params) < size(best.params))) best = { route, params };
  }
  return best ?? { route: { ...UNKNOWN, name: `${method} (unknown)` }, params: {} };
}

const size = (params: Record<string, string>): number => Object.keys(params).length;

function match(parts: readonly string[], asked: readonly string[]): Record<string, string> | null {
  if (parts.length !== asked.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const given = asked[index] ?? '';
    if (part.startsWith('{') && given !== '') params[part.slice(1, -1)] = given;
    else if (part !== given) return null;
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function versionOf(accept: string | undefined): string {
  const variant = ACCEPT.exec(accept ?? '')?.[1];
  if (variant === undefined) throw notAcceptable();
  return variant;
}

function parsed(body: string): unknown {
  try {
    return bodyOf(body);
  } catch {
    return body;
  }
}

function bodyOf(body: string): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, 'bad_request', 'Unable to parse the request body as JSON.');
  }
}
