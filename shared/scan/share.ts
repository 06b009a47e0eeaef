// How much of Heroku's calls deliveries may spend: a token bucket for each pipeline and one for all. Pure.

/** Heroku gives an account 75 calls a minute; deliveries may spend a fifth of them. Source: heroku-platform-api, rate limits. */
export const DELIVERY_CALLS_A_MINUTE = 15;
/** What a run that a delivery starts is counted as: what runs, a commit's name, and one call more. */
export const CALLS_A_RUN = 3;

export interface Bucket {
  /** The distance at which it is filled up by one, ms. */
  readonly everyMs: number;
  /** How many it holds. */
  readonly size: number;
}

/** Runs that all deliveries together may start. */
export const ALL_DELIVERIES: Bucket = { everyMs: (60_000 * CALLS_A_RUN) / DELIVERY_CALLS_A_MINUTE, size: 5 };
/** Runs that deliveries about one pipeline may start. */
export const ONE_PIPELINE: Bucket = { everyMs: 30_000, size: 1 };

/**
 * Takes one from the bucket. Gives when it is full again, epoch ms, which is all that has to be kept of it; null: there is none left.
 * `fullAt`: what the last one gave; undefined: none was ever taken.
 */
export function take({ everyMs, size }: Bucket, fullAt: number | undefined, now: number): number | null {
  const next = Math.max(fullAt ?? now, now) + everyMs;
  return next - now > everyMs * size ? null : next;
}
