// What Heroku says beside its answers: which scopes a token has and which would do, what is left of the rate limit, what
// time it is. For `sluice doctor`. Touches the network: GETs only, each sent once, their bodies dropped.

import http from 'node:http';
import https from 'node:https';
import * as z from 'zod';
import { apiOrigin } from './origin.ts';
import { HerokuError, type HerokuErrorCode } from './port.ts';
import { refusalOf, unavailableHint } from './refusal.ts';
import { readToken } from './secret.ts';
import { type Answer, readOnce } from './transport.ts';

/** One GET as it was answered. Holds no secret. */
export interface Heard {
  /** Null when no whole answer came. */
  readonly status: number | null;
  /** Null for a 2xx; else what kind of refusal, what to tell of it, and what to do. */
  readonly refusal: {
    readonly code: HerokuErrorCode;
    readonly message: string;
    readonly hint: string;
  } | null;
  /** `Oauth-Scope`: what the token may do. Null when the answer does not say. */
  readonly scopes: readonly string[] | null;
  /** `Oauth-Scope-Accepted`: the scopes of which one suffices for this call. Null when the answer does not say. */
  readonly accepted: readonly string[] | null;
  /** `RateLimit-Remaining`, or what `/account/rate-limits` says. */
  readonly remaining: number | null;
  /** The server's `Date`, epoch ms in whole seconds. */
  readonly date: number | null;
}

export interface HerokuProbe {
  /** Sends one GET. `range` for a list. Never throws. */
  ask(path: string, range?: string): Promise<Heard>;
  close(): void;
}

export interface HerokuProbeOptions {
  readonly url: string;
  readonly token: string;
  readonly deadlineMs?: number;
}

/** Throws a TypeError when `url` is not an origin. */
export function createHerokuProbe({ url, token, deadlineMs = 10_000 }: HerokuProbeOptions): HerokuProbe {
  const origin = apiOrigin(url, 'the Heroku API address');
  const settings = { keepAlive: true };
  const agent = origin.protocol === 'https:' ? new https.Agent(settings) : new http.Agent(settings);
  return {
    async ask(path, range) {
      try {
        const clean = await readToken(() => token);
        const signal = AbortSignal.timeout(deadlineMs);
        const answer = await readOnce({ origin, path, range: range ?? null, token: clean, agent, signal });
        return heard(`GET ${path}`, answer, clean);
      } catch (error) {
        return unheard(`GET ${path}`, error);
      }
    },
    close: () => agent.destroy(),
  };
}

const rateLimits = z.object({ remaining: z.number() });

function heard(call: string, answer: Answer, token: string): Heard {
  const { status, headers, body } = answer;
  const said = rateLimits.safeParse(body);
  const date = Date.parse(headers.date ?? '');
  return {
    status,
    refusal: status >= 200 && status < 300 ? null : toldOf(refusalOf(call, answer, token)),
    scopes: wordsOf(headers['oauth-scope']),
    accepted: wordsOf(headers['oauth-scope-accepted']),
    remaining: said.success ? said.data.remaining : numberOf(headers['ratelimit-remaining']),
    date: Number.isNaN(date) ? null : date,
  };
}

function unheard(call: string, error: unknown): Heard {
  const reason = error instanceof Error ? error.message : 'no answer';
  const said = `${call} was not answered: ${reason}.`;
  const told = error instanceof HerokuError ? error : new HerokuError('unavailable', said, unavailableHint);
  return { status: null, refusal: toldOf(told), scopes: null, accepted: null, remaining: null, date: null };
}

const toldOf = ({ code, message, hint }: HerokuError) => ({ code, message, hint });

function wordsOf(header: string | string[] | undefined): readonly string[] | null {
  const words = [header ?? []].flat().flatMap((text) => text.split(/[\s,]+/).filter((word) => word !== ''));
  return words.length === 0 ? null : words;
}

function numberOf(header: string | string[] | undefined): number | null {
  const value = typeof header === 'string' && header.trim() !== '' ? Number(header) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}
