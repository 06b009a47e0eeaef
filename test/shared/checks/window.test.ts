// Window: certain hours of certain days on the clock of a zone, also when that clock is changed.

import { fc, test } from '@fast-check/vitest';
import { Temporal } from 'temporal-polyfill';
import { describe, expect } from 'vitest';
import { type Hours, openingsAround } from '../../../shared/checks/opening.ts';
import { window } from '../../../shared/checks/window.ts';
import { ask, HOUR, MINUTE } from './question.ts';

const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;
const answer = (written: object, now: number) => ask(window, written, { now, stays: {} });
const office = { days: 'mon-thu', from: '09:00', until: '17:00', zone: 'America/New_York', leave: '3h' };

describe('A window', () => {
  test('is open from its hour until its last start, on its days', async () => {
    // 2026-11-23 is a Monday; New York is five hours behind UTC.
    expect(await answer(office, at('2026-11-23T14:00Z'))).toMatchObject({
      state: 'pass',
      about: 'world',
      since: at('2026-11-23T14:00Z'),
      reason:
        'The window mon-thu 09:00-17:00 America/New_York, less its last 3h, is open until 2026-11-23 19:00Z.',
    });
    expect(await answer(office, at('2026-11-23T18:59Z'))).toMatchObject({ state: 'pass' });
    expect(await answer(office, at('2026-11-23T19:00Z'))).toMatchObject({
      state: 'wait',
      since: at('2026-11-23T19:00Z'),
      until: at('2026-11-24T14:00Z'),
      onEvent: false,
      reason:
        'The window mon-thu 09:00-17:00 America/New_York, less its last 3h, opens at 2026-11-24 14:00Z.',
    });
  });

  test('that closed on Thursday opens on Monday', async () => {
    expect(await answer(office, at('2026-11-27T15:00Z'))).toMatchObject({
      state: 'wait',
      since: at('2026-11-26T19:00Z'),
      until: at('2026-11-30T14:00Z'),
    });
  });

  test('over midnight belongs to the day it opens on', async () => {
    const night = { days: 'fri', from: '22:00', until: '02:00', zone: 'UTC' };
    expect(await answer(night, at('2026-11-28T01:59Z'))).toMatchObject({ state: 'pass' });
    expect(await answer(night, at('2026-11-28T02:00Z'))).toMatchObject({ state: 'wait' });
    expect(await answer(night, at('2026-11-27T01:00Z'))).toMatchObject({ state: 'wait' });
  });

  test('of a whole day ends with the day', async () => {
    const day = { days: 'sat', from: '00:00', until: '24:00', zone: 'UTC' };
    expect(await answer(day, at('2026-11-28T23:59Z'))).toMatchObject({ state: 'pass' });
    expect(await answer(day, at('2026-11-29T00:00Z'))).toMatchObject({ state: 'wait' });
  });

  test('without days is one of the working week', async () => {
    const always = { from: '00:00', until: '24:00', zone: 'UTC' };
    expect(await answer(always, at('2026-11-28T12:00Z'))).toMatchObject({ until: at('2026-11-30T00:00Z') });
  });
});

describe('A list of windows', () => {
  const week = [
    { days: 'mon-thu', from: '09:00', until: '17:00', zone: 'Europe/Berlin' },
    { days: 'fri', from: '09:00', until: '12:00', zone: 'Europe/Berlin' },
  ];

  test('is open when any of it is', async () => {
    // Thursday 16:59, Friday 11:59 and Friday 12:00 in Berlin, an hour ahead of UTC.
    expect(await ask(window, week, { now: at('2026-11-26T15:59Z'), stays: {} })).toMatchObject({
      state: 'pass',
    });
    expect(await ask(window, week, { now: at('2026-11-27T10:59Z'), stays: {} })).toMatchObject({
      state: 'pass',
    });
    expect(await ask(window, week, { now: at('2026-11-27T11:00Z'), stays: {} })).toMatchObject({
      state: 'wait',
      since: at('2026-11-27T11:00Z'),
      until: at('2026-11-30T08:00Z'),
      reason:
        'The window mon-thu 09:00-17:00 Europe/Berlin or fri 09:00-12:00 Europe/Berlin opens at 2026-11-30 08:00Z.',
    });
  });

  test('of hours that overlap is one opening, each less what is to be left of it', async () => {
    const list = [
      { days: 'mon', from: '09:00', until: '13:00', zone: 'UTC' },
      { days: 'mon', from: '12:00', until: '18:00', zone: 'UTC', leave: '1h' },
    ];
    expect(await ask(window, list, { now: at('2026-11-23T09:30Z'), stays: {} })).toMatchObject({
      state: 'pass',
      since: at('2026-11-23T09:00Z'),
      evidence: { closeAt: at('2026-11-23T17:00Z') },
    });
  });

  test('that leaves no gap says so', async () => {
    const list = [
      { days: 'daily', from: '00:00', until: '12:00', zone: 'UTC' },
      { days: 'daily', from: '12:00', until: '24:00', zone: 'UTC' },
    ];
    expect((await ask(window, list, { now: at('2026-11-23T09:30Z'), stays: {} })).reason).toMatch(
      /is always open\.$/,
    );
  });
});

describe('When the clock is changed', () => {
  const zone = 'America/New_York';

  test('a time that is skipped is the moment of the skip', () => {
    // On 2026-03-08 the clock goes from 02:00 to 03:00, at 07:00Z.
    const opening = (from: number, until: number) => {
      const hours: Hours = { days: [7], from, until, zone, leaveMs: 0 };
      return openingsAround(hours, at('2026-03-08T05:00Z')).next;
    };
    expect(opening(150, 240)).toEqual({ openAt: at('2026-03-08T07:00Z'), closeAt: at('2026-03-08T08:00Z') });
    expect(opening(60, 150)).toEqual({ openAt: at('2026-03-08T06:00Z'), closeAt: at('2026-03-08T07:00Z') });
    // Swallowed whole: it opens a week later.
    expect(opening(130, 170)?.openAt).toBe(at('2026-03-15T06:10Z'));
  });

  test('a time that comes twice is the first of the two', () => {
    // On 2026-11-01 the clock goes from 02:00 back to 01:00, at 06:00Z.
    const hours: Hours = { days: [7], from: 0, until: 90, zone, leaveMs: 0 };
    expect(openingsAround(hours, at('2026-11-01T04:00Z')).next).toEqual({
      openAt: at('2026-11-01T04:00Z'),
      closeAt: at('2026-11-01T05:30Z'),
    });
  });
});

describe('At any time, in any zone, for any window', () => {
  const zones = ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
  // Days around the clock changes of 2026, and some ordinary ones.
  const days = [
    '2026-03-08',
    '2026-03-29',
    '2026-04-05',
    '2026-06-10',
    '2026-10-04',
    '2026-10-25',
    '2026-11-01',
  ];
  const moment = fc
    .tuple(fc.constantFrom(...days), fc.integer({ min: -48 * 60, max: 48 * 60 }))
    .map(([day, minutes]) => at(`${day}T00:00Z`) + minutes * MINUTE);
  const hours = fc
    .record({
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      from: fc.integer({ min: 0, max: 1439 }),
      until: fc.integer({ min: 1, max: 1440 }),
      zone: fc.constantFrom(...zones),
      leaveMinutes: fc.integer({ min: 0, max: 300 }),
    })
    .map(({ leaveMinutes, ...rest }): Hours => ({ ...rest, leaveMs: leaveMinutes * MINUTE }))
    .filter((one) => one.from !== one.until && one.leaveMs < lengthOf(one));

  test.prop([hours, moment], { numRuns: 300 })(
    'it passes exactly when the clock on the wall is between the hours',
    async (one, now) => {
      fc.pre(!isNearChange(one.zone, now));
      const verdict = await asked({ ...one, leaveMs: 0 }, now);
      expect(verdict.state).toBe(isOnTheWall(one, now) ? 'pass' : 'wait');
    },
  );

  test.prop([hours, moment], { numRuns: 300 })(
    'until is the first minute at which it passes, and the answer stands until then',
    async (one, now) => {
      const verdict = await asked(one, now);
      fc.pre(verdict.state === 'wait');
      const until = verdict.until ?? 0;
      expect(await asked(one, until)).toMatchObject({ state: 'pass', since: until });
      expect(await asked(one, until - MINUTE)).toEqual(verdict);
      expect(await asked(one, now + Math.floor((until - now) / 2))).toEqual(verdict);
    },
  );

  test.prop([hours, moment], { numRuns: 300 })(
    'what is started as late as it may be is over before the close, leave and all',
    async (one, now) => {
      const { next } = openingsAround(one, now);
      const whole = openingsAround({ ...one, leaveMs: 0 }, next?.openAt ?? 0).next;
      expect(next?.openAt).toBe(whole?.openAt);
      expect(next?.closeAt).toBe((whole?.closeAt ?? 0) - one.leaveMs);
    },
  );

  async function asked(one: Hours, now: number) {
    const question = { options: one, now } as Parameters<typeof window.ask>[0];
    return window.ask(question, {} as Parameters<typeof window.ask>[1]);
  }

  function lengthOf({ from, until }: Hours): number {
    return ((until - from + 1440) % 1440 || 1440) * MINUTE;
  }

  function isOnTheWall({ days: on, from, until, zone }: Hours, now: number): boolean {
    const wall = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
    const minute = wall.hour * 60 + wall.minute;
    const yesterday = wall.subtract({ days: 1 }).dayOfWeek;
    if (until > from) return on.includes(wall.dayOfWeek) && minute >= from && minute < until;
    return (on.includes(wall.dayOfWeek) && minute >= from) || (on.includes(yesterday) && minute < until);
  }

  /** True within two hours of a clock change, where the wall does not tell one time from another. */
  function isNearChange(zone: string, now: number): boolean {
    const wall = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
    const changes = [wall.getTimeZoneTransition('next'), wall.getTimeZoneTransition('previous')];
    return changes.some((change) => change && Math.abs(change.epochMilliseconds - now) < 2 * HOUR);
  }
});
