// When a weekly window opens and closes, on the clock of its own zone. Pure.
//
// A window opens at the first moment at which its zone's clock shows `from` or later, and closes at the first at which
// it shows `until` or later. So a time that the clock skips in spring is the moment of the skip, and a time it shows
// twice in autumn is the first of the two.

import { Temporal } from 'temporal-polyfill';
import type { NextOpening, Opening, Recurrence } from '../domain/verdict.ts';

export interface Hours {
  /** Days of the week on which it opens: 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight. `until` before `from` is on the next day; 1440 is the day's end. */
  readonly from: number;
  readonly until: number;
  /** IANA time zone. */
  readonly zone: string;
  /** How long before the close it already counts as closed, ms. */
  readonly leaveMs: number;
}

/** How far ahead and back an opening is looked for: two weeks see past one that a clock change swallows. */
const SEARCH_DAYS = 15;

/**
 * The opening that goes on or comes next, and the last one that is over, of a window or of a list of windows, which is
 * open when any of them is. Null where there is none within two weeks.
 */
export function openingsAround(
  windows: Hours | readonly Hours[],
  now: number,
): { readonly next: Opening | null; readonly last: Opening | null } {
  const all = [windows].flat() as readonly Hours[];
  const each = all.map((hours) => openingsOnDays(hours, dateOn(hours.zone, now)));
  const openings = each.length === 1 ? each.flat() : joined(each.flat());
  return {
    next: openings.find((opening) => now < opening.closeAt) ?? null,
    last: openings.findLast((opening) => opening.closeAt <= now) ?? null,
  };
}

/** As a verdict carries them. */
export function recurrenceOf({ from, until, ...hours }: Hours): Recurrence {
  return { ...hours, startMinute: from, endMinute: until };
}

/** Of any of the hours, the opening that goes on at that instant, or else the first that begins after it. */
export const nextOpening: NextOpening = (recurrences, at) => {
  const [first = null] = recurrences
    .flatMap(({ startMinute, endMinute, ...hours }) =>
      firstOpening({ ...hours, from: startMinute, until: endMinute }, at),
    )
    .sort((a, b) => a.openAt - b.openAt);
  return first;
};

function firstOpening(hours: Hours, at: number): readonly Opening[] {
  const today = dateOn(hours.zone, at);
  // What began two days ago may still go on, where a day is left out.
  for (let day = -2; day <= SEARCH_DAYS; day++) {
    const opening = openingOn(hours, today.add({ days: day }));
    if (opening !== null && at < opening.closeAt) return [opening];
  }
  return [];
}

/** The openings that begin on the dates from so many days after `now`, on the zone's calendar, to so many. */
export function openingsOf(hours: Hours, now: number, from: number, to: number): readonly Opening[] {
  return openingsFrom(hours, dateOn(hours.zone, now), from, to);
}

function openingsFrom(hours: Hours, today: Temporal.PlainDate, from: number, to: number): readonly Opening[] {
  return Array.from({ length: to - from + 1 }, (_, index) =>
    openingOn(hours, today.add({ days: from + index })),
  ).filter((opening) => opening !== null);
}

const searched = new Map<string, readonly Opening[]>();
const SEARCHED_MAX = 500;

/** All that are looked for from a date. Worked out once a day and window: it is asked every minute, of every candidate. */
function openingsOnDays(hours: Hours, today: Temporal.PlainDate): readonly Opening[] {
  const { days, from, until, zone, leaveMs } = hours;
  const key = [today, zone, from, until, leaveMs, ...days].join(' ');
  const known = searched.get(key);
  if (known !== undefined) return known;
  if (searched.size >= SEARCHED_MAX) searched.clear();
  const found = openingsFrom(hours, today, -SEARCH_DAYS, SEARCH_DAYS);
  searched.set(key, found);
  return found;
}

function dateOn(zone: string, at: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

/** Openings in order, those that overlap or touch as one. */
export function joined(openings: readonly Opening[]): readonly Opening[] {
  const found: Opening[] = [];
  for (const one of [...openings].sort((a, b) => a.openAt - b.openAt)) {
    const last = found.at(-1);
    if (last === undefined || one.openAt > last.closeAt) found.push(one);
    else found[found.length - 1] = { ...last, closeAt: Math.max(last.closeAt, one.closeAt) };
  }
  return found;
}

/** The opening that begins on a date of the zone; null when the window does not open that day. */
function openingOn(hours: Hours, date: Temporal.PlainDate): Opening | null {
  if (!hours.days.includes(date.dayOfWeek)) return null;
  const openAt = firstMoment(date, hours.from, hours.zone);
  const end = hours.until > hours.from ? date : date.add({ days: 1 });
  const closeAt = firstMoment(end, hours.until, hours.zone) - hours.leaveMs;
  return closeAt > openAt ? { openAt, closeAt } : null;
}

/** The first moment, epoch ms, at which the zone's clock shows that time of that date or later. */
export function firstMoment(date: Temporal.PlainDate, minutes: number, zone: string): number {
  const wanted = date.toPlainDateTime().add({ minutes });
  // Of a time that comes twice, the first.
  const before = wanted.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (before.toPlainDateTime().equals(wanted)) return before.epochMilliseconds;
  // A time that is skipped lies between these two; the clock jumps over it at one moment in between, to the second.
  const after = wanted.toZonedDateTime(zone, { disambiguation: 'later' });
  let early = before.epochMilliseconds;
  let late = after.epochMilliseconds;
  while (late - early > 1000) {
    const middle = early + Math.floor((late - early) / 2000) * 1000;
    const clock = Temporal.Instant.fromEpochMilliseconds(middle).toZonedDateTimeISO(zone).toPlainDateTime();
    if (Temporal.PlainDateTime.compare(clock, wanted) < 0) early = middle;
    else late = middle;
  }
  return late;
}

/** How long it stays open on a day without a clock change, ms, `leave` not taken off. */
export function lengthMs(hours: Pick<Hours, 'from' | 'until'>): number {
  return (hours.until - hours.from + (hours.until > hours.from ? 0 : 1440)) * 60_000;
}
