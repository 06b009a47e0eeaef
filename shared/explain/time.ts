// Times as people read them: exact, in UTC, and beside it how far from now. Pure.

import { duration, instant } from '../domain/words.ts';

const MINUTE_MS = 60_000;

/** `in 26m`, `3h 5m ago`, `now`. What lies ahead is rounded up: nothing is promised too early. */
export function relative(at: number, now: number): string {
  const far = at - now;
  if (Math.abs(far) < 1000) return 'now';
  return far > 0 ? `in ${rounded(far, Math.ceil)}` : `${rounded(-far, Math.floor)} ago`;
}

/** `2026-11-23 12:30Z (in 26m)`. */
export function when(at: number, now: number): string {
  return `${instant(at)} (${relative(at, now)})`;
}

/** `12:30Z (in 26m)` for the day of `now`, with the date for another one. */
export function shortly(at: number, now: number): string {
  const [day, time] = instant(at).split(' ');
  return day === instant(now).split(' ')[0] ? `${time} (${relative(at, now)})` : when(at, now);
}

/** `3h 20m`: how long something has lasted. */
export function lasted(since: number, now: number): string {
  return rounded(Math.max(0, now - since), Math.floor);
}

/** Seconds below a minute, else whole minutes, and hours only from a day on. */
function rounded(ms: number, round: (units: number) => number): string {
  const unit = ms < MINUTE_MS ? 1000 : MINUTE_MS;
  return duration(round(ms / unit) * unit);
}
