// Heroku as the real clients reach it, without sockets: every read and the one promotion is an exchange that can go wrong.

import type { Reply, Request } from '../../infra/local/heroku/api.ts';
import type { Simulator } from '../../infra/local/heroku/simulator.ts';
import type { ExchangeResult, exchangeOnce } from '../../shared/heroku/exchange.ts';
import type { Answer, readOnce } from '../../shared/heroku/transport.ts';
import type { Invocation } from './invocation.ts';

/** How long a read waits for its answer, ms: the reader's own deadline for all tries is ten seconds. */
const READ_PATIENCE_MS = 4_000;
/** A request may be carried out this long after its client has given up: Heroku's router lets go after 30 s. */
const LATEST_MS = 45_000;

/** What Heroku, or who stands before it, says of a promotion that it does not make: status and id. */
const REFUSALS: readonly [readonly [number, string], ...(readonly [number, string])[]] = [
  [401, 'unauthorized'],
  [402, 'delinquent'],
  [403, 'forbidden'],
  [403, 'two_factor'],
  [404, 'not_found'],
  [409, 'conflict'],
  [422, 'invalid_params'],
  [422, 'verification_required'],
  [429, 'rate_limit'],
  [500, 'internal_server_error'],
  [503, 'maintenance'],
];
/** What a router says whose backend has taken the request all the same. */
const ROUTER_STATUSES = [500, 502, 503, 504] as const;

export interface SimulatedHeroku {
  readonly simulator: Simulator;
  /** True when nothing about the path is answered now. */
  readonly isMute: (path: string) => boolean;
  /** A run was told that no dyno of the app runs. */
  readonly onParked: (run: Invocation, appId: string) => void;
}

/** `current`: the run that the sandbox is busy with. */
export function herokuReads(
  { simulator, isMute, onParked }: SimulatedHeroku,
  current: () => Invocation,
): typeof readOnce {
  return async (request) => {
    const run = current();
    const what = `GET ${request.path}`;
    const [, app] = /^\/apps\/([^/]+)\/releases/.exec(request.path) ?? [];
    const [, ofDynos] = /^\/apps\/([^/]+)\/formation/.exec(request.path) ?? [];
    if (app !== undefined) run.unread.add(app);
    if (ofDynos !== undefined) run.unreadDynos.add(ofDynos);
    const answer = await run.exchange<Answer>({
      peer: 'heroku',
      what,
      patienceMs: READ_PATIENCE_MS,
      isMute: isMute(request.path),
      signal: request.signal,
      act: () => {
        if (/\/latest-\w+$/.test(request.path)) run.observedAt = run.now();
        return answerOf(simulator.ask(requestOf('GET', request.path, request.token, request.range)));
      },
      refusal: (random) => refused(random.pick([503, 503, 500, 429, 403])),
      silence: () => {
        throw new Error('no complete answer in time');
      },
      garbled: () => ({ status: 200, headers: {}, body: Symbol('not JSON') }),
    });
    const isWhole = answer.status === 200 && Array.isArray(answer.body);
    if (app !== undefined && Array.isArray(answer.body)) run.unread.delete(app);
    if (ofDynos !== undefined && isWhole) {
      run.unreadDynos.delete(ofDynos);
      const rows = answer.body as { readonly quantity: number }[];
      if (rows.every(({ quantity }) => quantity === 0)) onParked(run, ofDynos);
    }
    return answer;
  };
}

/** Told of each promotion request that reaches Heroku: the run that sent it, the request and Heroku's answer. */
export type OnPost = (run: Invocation, request: Request, reply: Reply) => void;

export function herokuPosts(
  { simulator }: SimulatedHeroku,
  current: () => Invocation,
  onPost: OnPost,
): typeof exchangeOnce {
  return (request) => {
    const run = current();
    run.sentAt = run.now();
    const sent: Request = {
      method: 'POST',
      path: request.path,
      headers: lowerCased(request.headers),
      body: request.body ?? '',
    };
    return run.exchange<ExchangeResult>({
      peer: 'promotion',
      what: 'POST /pipeline-promotions',
      patienceMs: 15_000,
      latestMs: LATEST_MS,
      act: () => {
        const reply = simulator.ask(sent);
        onPost(run, sent, reply);
        return { kind: 'answer', status: reply.status, headers: reply.headers, text: reply.body };
      },
      refusal: (random) => {
        const [status, id] = random.pick(REFUSALS);
        return { kind: 'answer', status, headers: {}, text: JSON.stringify({ id, message: 'No.' }) };
      },
      silence: () => ({ kind: 'none', sent: true, reason: 'no complete answer within 15000 ms' }),
      // It was made, and the answer is cut, or is that of a router which has lost its backend.
      garbled: (random) =>
        random.chance(0.4)
          ? { kind: 'answer', status: 201, headers: {}, text: '{"id":' }
          : {
              kind: 'answer',
              status: random.pick(ROUTER_STATUSES),
              headers: {},
              text: '{"id":"maintenance","message":"Try again."}',
            },
    });
  };
}

export function herokuStatus({ simulator }: SimulatedHeroku, current: () => Invocation): typeof exchangeOnce {
  return (request) =>
    current().exchange<ExchangeResult>({
      peer: 'heroku',
      what: `GET ${request.path}`,
      patienceMs: 8_000,
      act: () => {
        const reply = simulator.ask({
          method: 'GET',
          path: request.path,
          headers: lowerCased(request.headers),
          body: '',
        });
        return { kind: 'answer', status: reply.status, headers: reply.headers, text: reply.body };
      },
      refusal: () => ({ kind: 'answer', status: 503, headers: {}, text: '' }),
      silence: () => ({ kind: 'none', sent: true, reason: 'no complete answer' }),
      garbled: () => ({ kind: 'answer', status: 200, headers: {}, text: '{"status":' }),
    });
}

export function requestOf(method: string, path: string, token: string, range: string | null): Request {
  const headers = {
    accept: 'application/vnd.heroku+json; version=3',
    authorization: `Bearer ${token}`,
    ...(range !== null && { range }),
  };
  return { method, path, headers, body: '' };
}

export function answerOf(reply: Reply): Answer {
  const body: unknown = reply.body === '' ? null : JSON.parse(reply.body);
  return { status: reply.status, headers: lowerCased(reply.headers), body };
}

function refused(status: number): Answer {
  return { status, headers: {}, body: { id: 'unavailable', message: 'Try again.' } };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
