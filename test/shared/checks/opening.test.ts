// Every zone that changes its clock, every minute around the change: the edge of a window is where a clock that is read
// minute by minute first shows it or more.

import { Temporal } from 'temporal-polyfill';
import { describe, expect, it, test } from 'vitest';
import { firstMoment, openingsAround } from '../../../shared/checks/opening.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const at = (text: string) => Date.parse(text);

/** The wall clock of a zone as the platform formats it, as epoch ms of the same figures in UTC. */
function wallOf(zone: string): (now: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (now) => {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = format
      .formatToParts(now)
      .flatMap(({ type, value }) => (type === 'literal' ? [] : [Number(value)]));
    return Date.UTC(year, month - 1, day, hour, minute);
  };
}

/** The days, as epoch ms, in which the zone's clock is changed. */
function changesOf(wall: (now: number) => number, from: number, until: number): readonly number[] {
  const found: number[] = [];
  let before = wall(from) - from;
  for (let now = from + DAY; now <= until; now += DAY) {
    const offset = wall(now) - now;
    if (offset !== before) found.push(now - DAY);
    before = offset;
  }
  return found;
}

/** What is wrong with the edges of the three dates around a change: the wanted wall time, and what came of it. */
function wrongEdges(zone: string, wall: (now: number) => number, change: number): readonly string[] {
  const start = change - 2 * DAY;
  const clock = Array.from({ length: 6 * 1440 }, (_, minute) => wall(start + minute * MINUTE));
  // The first minute at which the clock shows that much or more, for ever more wanted.
  let reached = 0;
  const wrong: string[] = [];
  const first = Math.floor((clock[1440] ?? 0) / DAY) * DAY;
  for (let wanted = first; wanted < first + 3 * DAY; wanted += MINUTE) {
    while ((clock[reached] ?? Infinity) < wanted) reached++;
    const isNear = [reached - 180, reached + 180].some(
      (m) => (clock[m] ?? 0) - m * MINUTE !== (clock[reached] ?? 0) - reached * MINUTE,
    );
    if (!isNear && (wanted / MINUTE) % 97 !== 0) continue;
    const date = Temporal.PlainDate.from(new Date(wanted).toISOString().slice(0, 10));
    const found = firstMoment(date, (wanted / MINUTE) % 1440, zone);
    if (found !== start + reached * MINUTE)
      wrong.push(`${new Date(wanted).toISOString()} ${new Date(found).toISOString()}`);
  }
  return wrong;
}

describe('An edge of a window', () => {
  it('is what a clock read minute by minute first shows, in every zone that changes its clock', () => {
    let changes = 0;
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const wall = wallOf(zone);
      for (const change of changesOf(wall, at('2026-01-01T12:00Z'), at('2027-01-01T12:00Z'))) {
        changes++;
        expect.soft(wrongEdges(zone, wall, change), zone).toEqual([]);
      }
    }
    expect(changes).toBeGreaterThan(200);
  });

  test.each([
    ['a day that is left out', 'Pacific/Apia', '2011-12-30T12:00Z'],
    ['a day that is left out, eastward', 'Pacific/Kwajalein', '1993-08-21T12:00Z'],
    ['half an hour', 'Australia/Lord_Howe', '2026-10-03T12:00Z'],
    ['half an hour for good', 'Asia/Pyongyang', '2018-05-04T12:00Z'],
    ['a quarter of an hour', 'Asia/Kathmandu', '1985-12-31T12:00Z'],
    ['winter time that is the exception', 'Europe/Dublin', '2026-03-28T12:00Z'],
    ['two hours', 'Antarctica/Troll', '2026-03-28T12:00Z'],
    ['midnight', 'Africa/Cairo', '2026-04-23T12:00Z'],
    ['the end of Ramadan', 'Africa/Casablanca', '2026-03-21T12:00Z'],
  ])('is right where the clock jumps: %s', (_name, zone, change) => {
    expect(wrongEdges(zone, wallOf(zone), at(change))).toEqual([]);
  });
});

describe('A window whose edge is skipped', () => {
  const opening = (days: number[], from: number, until: number, zone: string, now: string, leave = 0) => {
    const { next } = openingsAround({ days, from, until, zone, leaveMs: leave * MINUTE }, at(now));
    return next && [new Date(next.openAt).toISOString(), new Date(next.closeAt).toISOString()];
  };

  it.each([
    [
      'opens when the clock has jumped',
      [7],
      120,
      240,
      'America/New_York',
      '2026-03-04T15:00Z',
      ['2026-03-08T07:00:00.000Z', '2026-03-08T08:00:00.000Z'],
    ],
    [
      'closes when the clock jumps',
      [7],
      0,
      60,
      'Europe/London',
      '2026-03-25T12:00Z',
      ['2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z'],
    ],
    [
      'at midnight of a day that has none',
      [5],
      0,
      120,
      'Africa/Cairo',
      '2026-04-20T12:00Z',
      ['2026-04-23T22:00:00.000Z', '2026-04-23T23:00:00.000Z'],
    ],
    [
      'is not open on a day that is left out',
      [5],
      540,
      1020,
      'Pacific/Apia',
      '2011-12-28T12:00Z',
      ['2012-01-05T19:00:00.000Z', '2012-01-06T03:00:00.000Z'],
    ],
    [
      'ends with the day before one that is left out',
      [4],
      1320,
      120,
      'Pacific/Apia',
      '2011-12-28T12:00Z',
      ['2011-12-30T08:00:00.000Z', '2011-12-30T10:00:00.000Z'],
    ],
  ] as const)('%s', (_name, days, from, until, zone, now, expected) => {
    expect(opening([...days], from, until, zone, now)).toEqual(expected);
  });

  it('opens a week later where the skip and what is to be left leave nothing of it', () => {
    expect(opening([7], 120, 240, 'America/New_York', '2026-03-04T15:00Z', 60)?.[0]).toBe(
      '2026-03-15T06:00:00.000Z',
    );
  });
});
