// The earliest time at which everything that blocks can be gone together, against a clock that asks every minute.

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type Hours, nextOpening, openingsAround, recurrenceOf } from '../../../shared/checks/opening.ts';
import { earliestMove, pass, unknowable, type Verdict, wait } from '../../../shared/domain/verdict.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (text: string) => Date.parse(text);
const office: Hours = { days: [1, 2, 3, 4, 5], from: 540, until: 1020, zone: 'UTC', leaveMs: 0 };

/** As the check answers. */
function windowAt(windows: readonly Hours[], now: number): Verdict {
  const { next } = openingsAround(windows, now);
  const parts = { check: 'window', about: 'world', reason: 'R.', hours: windows.map(recurrenceOf) } as const;
  if (next === null) return wait({ ...parts });
  return next.openAt <= now
    ? pass({ ...parts, until: next.closeAt })
    : wait({ ...parts, until: next.openAt });
}

const soak = (until: number) => wait({ check: 'soak', about: 'source', reason: 'R.', until });
const earliest = (verdicts: readonly Verdict[], now: number) => earliestMove(verdicts, now, nextOpening);

describe('The earliest time', () => {
  it('is the next opening when the window closes before the soak is over', () => {
    const now = at('2026-11-23T16:45Z');
    expect(earliest([soak(at('2026-11-23T17:32Z')), windowAt([office], now)], now)).toBe(
      at('2026-11-24T09:00Z'),
    );
  });

  it('is the end of the soak when the window is open then', () => {
    const now = at('2026-11-23T08:00Z');
    expect(earliest([soak(at('2026-11-23T10:15Z')), windowAt([office], now)], now)).toBe(
      at('2026-11-23T10:15Z'),
    );
  });

  it('is the moment at which two windows are open, not the later of their next openings', () => {
    const now = at('2026-11-23T18:00Z');
    const both = [
      windowAt([office], now),
      windowAt([{ ...office, days: [2, 3], from: 1000, until: 1100 }], now),
    ];
    expect(earliest(both, now)).toBe(at('2026-11-24T16:40Z'));
    const apart = [windowAt([office], now), windowAt([{ ...office, days: [2], from: 0, until: 60 }], now)];
    expect(earliest(apart, now)).toBeNull();
  });

  it('sees a window past a hold of weeks', () => {
    const now = at('2026-11-23T10:00Z');
    const hold = wait({ check: 'hold', about: 'world', reason: 'R.', until: at('2027-01-16T12:00Z') });
    expect(earliest([hold, windowAt([office], now)], now)).toBe(at('2027-01-18T09:00Z'));
  });

  it('is a bound only where evidence that passes is no longer fresh by then', () => {
    const fresh = pass({ check: 'signal e2e', about: 'source', reason: 'R.', until: 5 * MINUTE });
    expect(unknowable([fresh, soak(MINUTE)], MINUTE)).toEqual([]);
    expect(unknowable([fresh, soak(HOUR)], HOUR)).toEqual([fresh]);
  });

  const hours = fc
    .record({
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      from: fc.integer({ min: 0, max: 1439 }),
      until: fc.integer({ min: 1, max: 1440 }),
      zone: fc.constantFrom('UTC', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe'),
      leave: fc.constantFrom(0, 0, 30),
    })
    .filter(({ from, until }) => from !== until)
    .map(({ leave, ...rest }): Hours => ({ ...rest, leaveMs: leave * MINUTE }));
  const sets = fc.array(fc.array(hours, { minLength: 1, maxLength: 2 }), { maxLength: 3 });
  const waits = fc.array(fc.integer({ min: 1, max: 3 * 1440 }), { minLength: 1, maxLength: 2 });
  const start = fc
    .tuple(
      fc.constantFrom('2026-03-06', '2026-03-28', '2026-10-24', '2026-10-31', '2026-06-10'),
      fc.integer({ min: 0, max: 1439 }),
    )
    .map(([day, minute]) => at(`${day}T00:00Z`) + minute * MINUTE);

  test.prop([sets, waits, start], { numRuns: 60 })(
    'is the first minute at which all pass, and every minute before it something does not',
    (windows, minutes, now) => {
      const verdicts = (time: number) => [
        ...minutes.map((minute) =>
          time < now + minute * MINUTE
            ? soak(now + minute * MINUTE)
            : pass({ check: 'soak', about: 'source', reason: 'R.' }),
        ),
        ...windows.map((set) => windowAt(set, time)),
      ];
      // Openings of one set, once, in place of asking them anew every minute.
      const open = windows.map((set) => set.flatMap((one) => openingsFrom(one, now, now + 12 * 24 * HOUR)));
      let first: number | null = null;
      for (let time = now; first === null && time < now + 10 * 24 * HOUR; time += MINUTE) {
        const all =
          minutes.every((minute) => time >= now + minute * MINUTE) &&
          open.every((of) => of.some(({ openAt, closeAt }) => openAt <= time && time < closeAt));
        if (all) first = time;
      }
      const found = earliest(verdicts(now), now);
      if (first === null) expect(found === null || found >= now + 10 * 24 * HOUR).toBe(true);
      else expect(found).toBe(first);
    },
  );

  function openingsFrom(one: Hours, from: number, until: number) {
    const found = [];
    for (let time = from; time < until; ) {
      const { next } = openingsAround(one, time);
      if (next === null) break;
      found.push(next);
      time = next.closeAt;
    }
    return found;
  }
});
