// Whether windows that must all be open are ever open together. Pure.
//
// Windows repeat every week as long as the clocks of their zones keep their distance. So one week is looked at for each
// set of clocks that a reference of years holds, and every week in which a clock is changed.

import { Temporal } from 'temporal-polyfill';
import type { Opening } from '../domain/verdict.ts';
import { type Hours, joined, openingsOf } from './opening.ts';

/** The years looked at: all that summer time and Ramadan do to a pair of zones comes within a few. */
const FIRST_WEEK = Date.UTC(2026, 0, 5);
const WEEKS = 4 * 53;
const WEEK_MS = 7 * 86_400_000;
const KNOWN_MAX = 500;

const known = new Map<string, boolean>();

/** A set of windows is open when any of it is; true when every set is open at some same moment. */
export function canMeet(sets: readonly (readonly Hours[])[]): boolean {
  const key = JSON.stringify(sets);
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= KNOWN_MAX) known.clear();
  const answer = meet(sets);
  known.set(key, answer);
  return answer;
}

function meet(sets: readonly (readonly Hours[])[]): boolean {
  const zones = [...new Set(sets.flat().map(({ zone }) => zone))];
  const clocksAt = (now: number) =>
    zones
      .map((zone) => Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).offsetNanoseconds)
      .join();
  const seen = new Set<string>();
  for (let week = 0; week < WEEKS; week++) {
    const start = FIRST_WEEK + week * WEEK_MS;
    // Two days more on either side, as windows begin the day before and end the day after.
    const clocks = clocksAt(start - 2 * 86_400_000);
    const isEven = clocks === clocksAt(start + WEEK_MS + 2 * 86_400_000);
    if (isEven && seen.has(clocks)) continue;
    if (isEven) seen.add(clocks);
    if (meetIn(sets, start)) return true;
  }
  return false;
}

function meetIn(sets: readonly (readonly Hours[])[], start: number): boolean {
  const [first = [], ...others] = sets.map((windows) =>
    joined(windows.flatMap((hours) => openingsOf(hours, start, -2, 9))),
  );
  return others.reduce(common, first).length > 0;
}

/** When both are open. */
function common(these: readonly Opening[], those: readonly Opening[]): readonly Opening[] {
  return these.flatMap((one) =>
    those.flatMap((other) => {
      const openAt = Math.max(one.openAt, other.openAt);
      const closeAt = Math.min(one.closeAt, other.closeAt);
      return closeAt > openAt ? [{ openAt, closeAt }] : [];
    }),
  );
}
