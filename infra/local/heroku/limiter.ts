// Heroku's rate limiter: GCRA, a pool of 4,500 tokens refilled with 75 a minute, per account.
// Source: Heroku engineering blog, 2020-07; headers from a recorded exchange.

const POOL = 4500;
const REFILL_MS = 60_000 / 75;

/** Takes one token; false when there is none, and then nothing is taken. */
export function takeToken(limiter: Record<string, number>, account: string, now: number): boolean {
  if (remainingTokens(limiter, account, now) < 1) return false;
  limiter[account] = Math.max(now, limiter[account] ?? now) + REFILL_MS;
  return true;
}

export function remainingTokens(limiter: Record<string, number>, account: string, now: number): number {
  const debtMs = Math.max(0, (limiter[account] ?? now) - now);
  return Math.floor(POOL - debtMs / REFILL_MS);
}

export function setTokens(
  limiter: Record<string, number>,
  account: string,
  remaining: number,
  now: number,
): void {
  limiter[account] = now + (POOL - remaining) * REFILL_MS;
}
