// Windows in configuration: lists, windows that never meet, and zones that are of no place.

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canMeet } from '../../../shared/checks/meeting.ts';
import { type Hours, openingsAround } from '../../../shared/checks/opening.ts';
import { parseDefaults, parsePipeline } from '../../../shared/config/parse.ts';

const hours = (days: string, from: string, until: string, zone = 'Europe/Berlin') => ({
  days,
  from,
  until,
  zone,
});
const week = [hours('mon-thu', '09:00', '17:00'), hours('fri', '09:00', '12:00')];
const [early, late] = week;

function problems(
  waveChecks: readonly unknown[],
  common: readonly unknown[] = [],
  defaults: readonly unknown[] = [],
) {
  const waves = [
    { name: 'qa', apps: ['a'] },
    { name: 'world', apps: ['b'], checks: waveChecks },
  ];
  const parsedDefaults = parseDefaults({ parameter: 'd', text: JSON.stringify({ checks: defaults }) });
  if (!parsedDefaults.ok) return parsedDefaults.problems;
  const text = JSON.stringify({ pipeline: 'web', checks: common, waves });
  const parsed = parsePipeline({ parameter: 'p', text, defaults: parsedDefaults.config });
  return parsed.ok ? [] : parsed.problems;
}

describe('Windows', () => {
  it('in one check are a list of which any may be open', () => {
    expect(problems([{ window: week }])).toEqual([]);
    expect(problems([{ window: [] }])).toMatchObject([{ path: 'waves[1].checks[0].window', found: '[]' }]);
    expect(problems([{ window: [early, { ...late, from: '9am' }] }])).toMatchObject([
      { path: 'waves[1].checks[0].window[1].from', found: '"9am"' },
    ]);
  });

  it('in several checks of one list that never meet are refused, all named', () => {
    expect(problems([{ window: early }, { window: late }])).toEqual([
      {
        parameter: 'p',
        path: 'waves[1].checks',
        found:
          '2 windows that are never open at the same time: mon-thu 09:00-17:00 Europe/Berlin; fri 09:00-12:00 Europe/Berlin before wave world',
        expected: expect.stringContaining('window: [{ … }, { … }]'),
        message: expect.stringContaining('p: wave world, checks (line 1): found 2 windows'),
      },
    ]);
  });

  it('of the pipeline or of the defaults that never meet are refused where they stand', () => {
    expect(problems([], [{ window: early }, { window: late }])).toMatchObject([
      { parameter: 'p', path: 'checks' },
    ]);
    expect(problems([], [], [{ window: early }, { window: late }])).toMatchObject([
      { parameter: 'd', path: 'checks' },
    ]);
  });

  it('nearer to the wave replace those further out, so nothing there has to meet', () => {
    expect(problems([{ window: late }], [{ window: early }])).toEqual([]);
    expect(problems([{ window: late }], [], [{ window: early }])).toEqual([]);
  });

  it.each([
    [
      'an office on either side',
      true,
      [
        hours('daily', '09:00', '17:00', 'America/New_York'),
        hours('daily', '09:00', '17:00', 'Europe/London'),
      ],
    ],
    // Five hours apart but for the weeks in March and autumn in which it is four.
    [
      'one hour of a few weeks',
      true,
      [
        hours('daily', '08:00', '09:00', 'America/New_York'),
        hours('daily', '12:00', '13:00', 'Europe/London'),
      ],
    ],
    [
      'that hour, an hour later',
      true,
      [
        hours('daily', '08:00', '09:00', 'America/New_York'),
        hours('daily', '13:00', '14:00', 'Europe/London'),
      ],
    ],
    [
      'two hours of no week',
      false,
      [
        hours('daily', '08:00', '09:00', 'America/New_York'),
        hours('daily', '14:00', '15:00', 'Europe/London'),
      ],
    ],
    [
      'a month of Ramadan',
      true,
      [hours('daily', '09:00', '10:00', 'Africa/Casablanca'), hours('daily', '09:00', '10:00', 'UTC')],
    ],
    [
      'touching ones',
      false,
      [hours('daily', '09:00', '12:00', 'UTC'), hours('daily', '12:00', '17:00', 'UTC')],
    ],
    [
      'a night and a morning',
      true,
      [hours('fri', '22:00', '06:00', 'UTC'), hours('sat', '05:00', '08:00', 'UTC')],
    ],
    [
      'the leave of one',
      false,
      [{ ...hours('mon', '09:00', '17:00', 'UTC'), leave: '4h' }, hours('mon', '13:00', '17:00', 'UTC')],
    ],
    [
      'three, of which each two meet',
      false,
      [
        hours('mon,tue', '09:00', '17:00', 'UTC'),
        hours('tue,wed', '09:00', '17:00', 'UTC'),
        hours('mon,wed', '09:00', '17:00', 'UTC'),
      ],
    ],
  ] as const)('that must all be open: %s', (_name, meet, windows) => {
    expect(problems(windows.map((window) => ({ window })))).toHaveLength(meet ? 0 : 1);
  });

  const zones = ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Jerusalem', 'UTC'];
  const window = fc
    .record({
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 2 }),
      from: fc.integer({ min: 0, max: 1439 }),
      length: fc.integer({ min: 1, max: 180 }),
      zone: fc.constantFrom(...zones),
    })
    .map(({ length, ...rest }): Hours => ({ ...rest, until: (rest.from + length) % 1440, leaveMs: 0 }));

  test.prop([window, window], { numRuns: 40 })(
    'meet exactly when an opening of one in a year holds the start of one of the other',
    (one, other) => {
      const starts = (a: Hours, b: Hours) => {
        let now = Date.UTC(2026, 0, 5);
        while (now < Date.UTC(2027, 0, 18)) {
          const { next } = openingsAround(a, now);
          if (next === null) break;
          const at = openingsAround(b, next.openAt).next;
          if (at !== null && at.openAt <= next.openAt) return true;
          now = next.closeAt;
        }
        return false;
      };
      expect(canMeet([[one], [other]])).toBe(starts(one, other) || starts(other, one));
    },
  );
});

describe('A zone', () => {
  const problemOf = (zone: string) =>
    problems([{ window: { ...hours('mon', '09:00', '17:00'), zone } }])[0]?.expected;

  it.each([
    'America/New_York',
    'america/new_york',
    'US/Eastern',
    'Asia/Calcutta',
    'Japan',
    'UTC',
    'Etc/UTC',
    'Zulu',
  ])('is a place, in any case, by an older name too, or universal time: %s', (zone) =>
    expect(problemOf(zone)).toBeUndefined(),
  );

  it.each([
    ['EST', 'America/New_York'],
    ['est5edt', 'America/New_York'],
    ['MST', 'America/Denver, or America/Phoenix'],
    ['HST', 'Pacific/Honolulu'],
    ['CST6CDT', 'America/Chicago'],
    ['PST8PDT', 'America/Los_Angeles'],
    ['CET', 'Europe/Paris or Europe/Berlin'],
    ['EET', 'Europe/Athens'],
    ['GMT', 'Europe/London, or UTC'],
    ['Etc/GMT0', 'Europe/London, or UTC'],
    ['Etc/GMT+5', '5h behind UTC, the winter time of America/New_York'],
    ['Etc/GMT-1', '1h ahead of UTC, the winter time of Europe/Paris'],
    ['GMT+1', 'a fixed offset'],
    ['UTC+2', 'a fixed offset'],
    ['+05:30', 'a fixed offset'],
    ['-8', 'a fixed offset'],
    ['PST', 'America/Los_Angeles'],
    ['BST', 'Europe/London'],
    ['America/NewYork', 'the IANA time zone America/New_York'],
    ['', 'an IANA time zone such as'],
  ])('of a fixed offset or of no place is refused with the one that was meant: %s', (zone, expected) => {
    expect(problemOf(zone)).toContain(expected);
  });
});
