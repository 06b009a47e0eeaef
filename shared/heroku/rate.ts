// How much of Heroku's rate limit is left, and whether a read may be sent. Pure but for the clock it is given.
// Facts: 4,500 calls an account, refilled at 75 a minute, both times `RateLimit-Multiplier`; a refused call says so too.

import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../clock.ts';

const poolSize = 4500;
const refillPerMs = 75 / 60_000;

export interface RateMeter {
  /** Takes note of an answer, errors included. */
  note(status: number, headers: IncomingHttpHeaders): void;
  /** `RateLimit-Remaining` of the newest answer, null before the first. */
  remaining(): number | null;
  /** Null when a read may be sent; else what is left now, by our count, and the time until the floor is reached again. */
  shortfall(): { readonly remaining: number; readonly waitMs: number } | null;
}

interface Seen {
  readonly remaining: number;
  readonly multiplier: number;
  readonly at: number;
}

/** The floor is what reads leave for promotions and for the people who share the account. */
export function createRateMeter(clock: Clock, floor: number): RateMeter {
  let seen: Seen | null = null;
  return {
    note(status, headers) {
      const said = numberOf(headers['ratelimit-remaining']);
      // A refusal that does not say what is left means that nothing is.
      const remaining = said ?? (status === 429 ? 0 : null);
      if (remaining === null) return;
      const multiplier = numberOf(headers['ratelimit-multiplier']) || 1;
      seen = { remaining, multiplier, at: clock.now() };
    },
    remaining: () => seen?.remaining ?? null,
    shortfall() {
      if (seen === null) return null;
      const now = clock.now();
      // A clock that was set back must not stretch the refusal.
      if (now < seen.at) seen = { ...seen, at: now };
      const perMs = refillPerMs * seen.multiplier;
      const refilled = seen.remaining + (now - seen.at) * perMs;
      const remaining = Math.min(refilled, Math.max(seen.remaining, poolSize * seen.multiplier));
      if (remaining >= floor) return null;
      return { remaining: Math.floor(remaining), waitMs: Math.ceil((floor - remaining) / perMs) };
    },
  };
}

function numberOf(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string' || header.trim() === '') return null;
  const value = Number(header);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
