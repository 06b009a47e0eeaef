// Reads one thing from Heroku: asks the rate meter first, sends a GET, repeats it after a passing fault, and turns
// everything that is not a 2xx into a HerokuError, all within one deadline. A refused token is exchanged once for a
// newer one, if there is one. Touches the network.

import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Clock } from '../clock.ts';
import { apiOrigin } from './origin.ts';
import { HerokuError } from './port.ts';
import type { RateMeter } from './rate.ts';
import { refusalOf, unavailableHint } from './refusal.ts';
import type { TokenSource } from './secret.ts';
import { cleanText, readToken } from './secret.ts';
import type { Answer, readOnce } from './transport.ts';

/** Does the work after so many ms of the network's time, unless what it gives is called before. */
export type After = (ms: number, work: () => void) => () => void;

/** The machine's own time, whatever the clock says. */
export const afterReal: After = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

export interface ReaderOptions {
  readonly url: string;
  readonly token: TokenSource;
  readonly clock: Clock;
  /** From 0 up to 1; spreads the retries. */
  readonly random: () => number;
  readonly deadlineMs: number;
  readonly floor: number;
  readonly meter: RateMeter;
  readonly log: (call: HerokuCall) => void;
  readonly send: typeof readOnce;
  readonly after: After;
}

/** One request as it went, for a log. Holds no secret. */
export interface HerokuCall {
  readonly method: 'GET';
  readonly path: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Null when no whole answer came. */
  readonly status: number | null;
  readonly tookMs: number;
  readonly remaining: number | null;
  readonly requestId: string | null;
}

export interface Reply {
  /** Method and path, for messages. */
  readonly call: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Reader {
  /** One page or one object. `signal` ends it before its time. Throws only HerokuError. */
  get(path: string, range: string | null, signal?: AbortSignal): Promise<Reply>;
  callCount(): number;
  close(): void;
}

const maxTries = 3;
const backoffMs = 250;

export function createReader(options: ReaderOptions): Reader {
  const origin = apiOrigin(options.url, 'the Heroku API address');
  const secure = origin.protocol === 'https:';
  const makeAgent = (settings: http.AgentOptions) =>
    secure ? new https.Agent(settings) : new http.Agent(settings);
  const kept = makeAgent({ keepAlive: true, maxSockets: 32 });
  // After a function was frozen every kept connection may be dead, so a retry never takes one of them.
  const fresh = makeAgent({ keepAlive: false });
  let calls = 0;

  async function once(
    path: string,
    range: string | null,
    token: string,
    attempt: number,
    signal: AbortSignal,
  ) {
    refuseBelowFloor(options, `GET ${path}`);
    calls += 1;
    const started = performance.now();
    const agent = attempt === 1 ? kept : fresh;
    let answer: Answer | null = null;
    try {
      answer = await options.send({ origin, path, range, token, agent, signal });
      options.meter.note(answer.status, answer.headers);
      return answer;
    } finally {
      const requestId = answer?.headers['request-id'];
      options.log({
        method: 'GET',
        path,
        attempt,
        status: answer?.status ?? null,
        tookMs: Math.round(performance.now() - started),
        remaining: options.meter.remaining(),
        requestId: typeof requestId === 'string' ? cleanText(requestId, token) : null,
      });
    }
  }

  async function get(path: string, range: string | null, signal?: AbortSignal): Promise<Reply> {
    const call = `GET ${path}`;
    const deadline = new AbortController();
    const endsAt = performance.now() + options.deadlineMs;
    const end = () => deadline.abort();
    const cancel = options.after(options.deadlineMs, end);
    signal?.addEventListener('abort', end, { once: true });
    try {
      if (signal?.aborted) throw new Error('stopped');
      let token = await until(deadline.signal, readToken(options.token));
      let isFirstToken = true;
      for (let attempt = 1; ; attempt += 1) {
        const sent = token;
        const outcome = await tried(call, sent, () => once(path, range, sent, attempt, deadline.signal));
        if (outcome.kind === 'answer') return { call, headers: outcome.headers, body: outcome.body };
        if (outcome.error.code === 'unauthorized' && isFirstToken) {
          isFirstToken = false;
          // A source that fails now has no better token: Heroku's answer stands.
          token = await until(deadline.signal, readToken(options.token, sent)).catch(() => sent);
          if (token !== sent) continue;
        }
        const wait = options.random() * backoffMs * 2 ** (attempt - 1);
        const inTime = !deadline.signal.aborted && performance.now() + wait < endsAt;
        if (!outcome.passing || attempt >= maxTries || !inTime) throw outcome.error;
        await until(deadline.signal, options.clock.sleep(wait));
      }
    } catch (error) {
      if (error instanceof HerokuError) throw error;
      const said = signal?.aborted
        ? `${call} was given up before its answer came.`
        : `${call} had no answer within ${options.deadlineMs} ms.`;
      throw new HerokuError('unavailable', said, unavailableHint);
    } finally {
      cancel();
      signal?.removeEventListener('abort', end);
    }
  }

  const close = (): void => {
    kept.destroy();
    fresh.destroy();
  };
  return { get, callCount: () => calls, close };
}

type Outcome =
  | { readonly kind: 'answer'; readonly headers: IncomingHttpHeaders; readonly body: unknown }
  /** `passing`: the same request may fare better in a moment, which is so for a 5xx and for no answer. */
  | { readonly kind: 'error'; readonly passing: boolean; readonly error: HerokuError };

async function tried(call: string, token: string, send: () => Promise<Answer>): Promise<Outcome> {
  try {
    const answer = await send();
    if (answer.status >= 200 && answer.status < 300) return { kind: 'answer', ...answer };
    return { kind: 'error', passing: answer.status >= 500, error: refusalOf(call, answer, token) };
  } catch (error) {
    if (error instanceof HerokuError) return { kind: 'error', passing: false, error };
    const reason = error instanceof Error ? cleanText(error.message, token) : 'no answer';
    const said = `${call} was not answered: ${reason}.`;
    return { kind: 'error', passing: true, error: new HerokuError('unavailable', said, unavailableHint) };
  }
}

function refuseBelowFloor(options: ReaderOptions, call: string): void {
  const short = options.meter.shortfall();
  if (short === null) return;
  const seconds = Math.ceil(short.waitMs / 1000);
  throw new HerokuError(
    'rate-limited',
    `${call} was not sent: ${short.remaining} calls of Heroku's rate limit remain, and reads leave ${options.floor} for promotions and people; that many are there again in ${seconds} s.`,
    'Nothing to do: Sluice asks again at the next tick. If it lasts, give Sluice a machine user of its own.',
  );
}

/** What the promise gives, or a rejection when the signal comes first. */
async function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('deadline'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
