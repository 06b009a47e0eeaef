// Passes at certain hours of certain days, on the clock of a named zone.

import * as z from 'zod';
import { durationSchema, formatDuration } from '../config/duration.ts';
import { expectedOf } from '../config/problem.ts';
import { pass, unknown, wait } from '../domain/verdict.ts';
import { instant } from '../domain/words.ts';
import type { Check } from './check.ts';
import { canMeet } from './meeting.ts';
import { type Hours, lengthMs, openingsAround, recurrenceOf } from './opening.ts';
import { ZONE_EXPECTED, zoneExpected } from './zone.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAYS_DEFAULT = [1, 2, 3, 4, 5];
const DAYS_EXPECTED = 'days such as mon-thu, mon,wed, [sat, sun] or daily';
const FROM_EXPECTED = 'a time of day from 00:00 to 23:59, in quotes';
const UNTIL_EXPECTED = 'a time of day from 00:00 to 24:00, in quotes';

const days = z
  .union([z.string(), z.array(z.string())], { error: DAYS_EXPECTED })
  .transform((written, context) => {
    const found = daysOf([written].flat().join(','));
    if (found !== undefined) return found;
    context.issues.push({ code: 'custom', message: DAYS_EXPECTED, input: written });
    return z.NEVER;
  });

/** `mon-thu,sat` as numbers, 1 for Monday, in the order of the week; undefined when it names no day, or one that is none. */
function daysOf(text: string): readonly number[] | undefined {
  if (text.trim().toLowerCase() === 'daily') return [1, 2, 3, 4, 5, 6, 7];
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const ends = part.split('-').map((day) => DAYS.indexOf(day.trim()));
    const [first = -1, last = first] = ends;
    if (ends.length > 2 || first < 0 || last < 0) return undefined;
    // From a later day to an earlier one leads over the weekend: fri-mon.
    const count = ((last - first + 7) % 7) + 1;
    for (let step = 0; step < count; step++) found.add(((first + step) % 7) + 1);
  }
  return [...found].sort((a, b) => a - b);
}

function timeOfDay(expected: string, latest: number) {
  return z.string({ error: expected }).transform((written, context) => {
    const [, hours, minutes] = /^(\d{1,2}):([0-5]\d)$/.exec(written) ?? [];
    const time = Number(hours) * 60 + Number(minutes);
    if (time <= latest) return time;
    context.issues.push({ code: 'custom', message: expected, input: written });
    return z.NEVER;
  });
}

const zone = z.string({ error: ZONE_EXPECTED }).transform((written, context) => {
  const expected = zoneExpected(written);
  if (expected === null) return written;
  context.issues.push({ code: 'custom', message: expected, input: written });
  return z.NEVER;
});

const oneWindow = z
  .strictObject({
    days: days
      .default([...DAYS_DEFAULT])
      .describe('The days on which the window opens: a range, a list of days or ranges, or `daily`.')
      .meta({ title: 'days', default: 'mon-fri', examples: ['mon-thu'] }),
    from: timeOfDay(FROM_EXPECTED, 1439)
      .describe('When it opens.')
      .meta({ title: 'time of day', examples: ['"09:00"'] }),
    until: timeOfDay(UNTIL_EXPECTED, 1440)
      .describe('When it closes. A time before `from` is on the next day; `24:00` is the end of the day.')
      .meta({ title: 'time of day', examples: ['"17:00"'] }),
    zone: zone
      .describe('The IANA time zone whose clock is meant; summer time is followed.')
      .meta({ title: 'time zone', examples: ['America/New_York'] }),
    leave: durationSchema
      .default(0)
      .describe('How much of the window must be left: nothing starts later than this before it closes.')
      .meta({ title: 'duration', default: '0s', examples: ['3h'] }),
  })
  .transform(({ days: on, from, until, zone: where, leave }, context): Hours => {
    const hours = { days: on, from, until, zone: where, leaveMs: leave };
    const refuse = (key: string, message: string) =>
      context.issues.push({ code: 'custom', message, path: [key], input: until });
    if (from === until) {
      refuse('until', 'another time than from; a whole day is from "00:00" until "24:00"');
    } else if (leave >= lengthMs(hours)) {
      refuse('leave', `less than the window lasts, ${formatDuration(lengthMs(hours))}`);
    }
    return hours;
  });

/** One window, or a list of which any may be open. */
const schema = z
  .unknown()
  .transform((written, context): Windows => {
    const read = (one: unknown, path: readonly number[]): Hours => {
      const parsed = oneWindow.safeParse(one, { error: expectedOf });
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) {
        const moved = { ...issue, path: [...path, ...issue.path], input: one };
        context.issues.push(moved as z.core.$ZodRawIssue);
      }
      return z.NEVER;
    };
    if (!Array.isArray(written)) return read(written, []);
    if (written.length > 0) return written.map((one, index) => read(one, [index]));
    context.issues.push({ code: 'custom', message: 'a window, or a list of windows', input: written });
    return z.NEVER;
  })
  .meta({ item: oneWindow });

/** What stays open for longer than a week never closes: windows repeat every week. */
const ALWAYS_MS = 8 * 86_400_000;

type Windows = Hours | readonly Hours[];

export const window: Check<Windows> = {
  name: 'window',
  about: 'world',
  summary: 'Passes at certain hours of certain days, so that a promotion starts while people are there.',
  always: false,
  schema,
  example: '- window: { days: mon-thu, from: "09:00", until: "17:00", zone: America/New_York, leave: 3h }',
  conflict: (all) => {
    const sets = all.map((windows) => [windows].flat() as readonly Hours[]);
    if (sets.length < 2 || canMeet(sets)) return null;
    return {
      found: `${sets.length} windows that are never open at the same time: ${sets.map(windowsText).join('; ')}`,
      expected:
        'hours that meet, as several windows of a list of checks must all be open; for hours of which any will do, one window with a list: window: [{ … }, { … }]',
    };
  },
  ask: ({ options, now }) => {
    const windows = [options].flat() as readonly Hours[];
    const { next, last } = openingsAround(windows, now);
    const parts = { check: 'window', about: 'world' as const, hours: windows.map(recurrenceOf) };
    const words = windowsText(windows);
    if (next === null)
      return unknown({ ...parts, reason: `The window ${words} opens at no time that can be seen.` });
    const evidence = { openAt: next.openAt, closeAt: next.closeAt };
    if (next.openAt <= now) {
      const isAlways = next.closeAt - now > ALWAYS_MS;
      const reason = `The window ${words} is ${isAlways ? 'always open' : `open until ${instant(next.closeAt)}`}.`;
      return pass({ ...parts, reason, until: isAlways ? null : next.closeAt, since: next.openAt, evidence });
    }
    return wait({
      ...parts,
      reason: `The window ${words} opens at ${instant(next.openAt)}.`,
      until: next.openAt,
      since: last?.closeAt ?? null,
      evidence,
    });
  },
};

const windowsText = (windows: readonly Hours[]) => windows.map(hoursText).join(' or ');

/** `mon-thu 09:00-17:00 America/New_York, 3h before its close at the latest`. */
function hoursText({ days: on, from, until, zone: where, leaveMs }: Hours): string {
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const leave = leaveMs === 0 ? '' : `, less its last ${formatDuration(leaveMs)},`;
  return `${daysText(on)} ${clock(from)}-${clock(until)} ${where}${leave}`;
}

/** Runs of days as ranges: `mon-thu,sat`. */
function daysText(on: readonly number[]): string {
  if (on.length === 7) return 'daily';
  const runs: number[][] = [];
  for (const day of on) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const name = (day: number | undefined) => DAYS[(day ?? 1) - 1] ?? '';
  return runs
    .map((run) => (run.length === 1 ? name(run[0]) : `${name(run[0])}-${name(run.at(-1))}`))
    .join(',');
}
