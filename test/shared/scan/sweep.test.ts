// The sweep: whatever the schedule, every pipeline has its turn within fifteen minutes.

import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { isTurn, sweepTicks, tickNumber } from '../../../shared/scan/sweep.ts';

const MINUTE = 60_000;

test.prop([fc.integer({ min: 1, max: 15 }), fc.integer({ min: 0, max: 15 * MINUTE - 1 }), fc.nat(2000)])(
  'Every pipeline has a turn in any fifteen minutes, for every schedule, whenever its ticks begin',
  (tickMinutes, begin, index) => {
    const tickMs = tickMinutes * MINUTE;
    const first = Date.parse('2026-11-23T10:00:00Z') + begin;
    const ticks = Array.from({ length: 60 }, (_, tick) => first + tick * tickMs);
    const turns = ticks.filter((now) => isTurn(index, now, tickMs));
    expect((turns[0] ?? Infinity) - first).toBeLessThan(15 * MINUTE);
    const gaps = turns.slice(1).map((at, turn) => at - (turns[turn] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15 * MINUTE);
  },
);

test.prop([fc.integer({ min: 1, max: 15 }), fc.nat(2000)])(
  'A tick sweeps its share of the pipelines and no more',
  (tickMinutes, pipelines) => {
    const tickMs = tickMinutes * MINUTE;
    const swept = Array.from({ length: pipelines }, (_, index) => isTurn(index, 0, tickMs)).filter(Boolean);
    expect(swept.length).toBe(Math.ceil(pipelines / sweepTicks(tickMs)));
  },
);

it.each([
  { tickMinutes: 1, ticks: 15 },
  { tickMinutes: 2, ticks: 7 },
  { tickMinutes: 5, ticks: 3 },
  { tickMinutes: 8, ticks: 1 },
  { tickMinutes: 15, ticks: 1 },
  // On one machine any distance will do.
  { tickMinutes: 60, ticks: 1 },
])('A round is $ticks ticks of $tickMinutes min', ({ tickMinutes, ticks }) => {
  expect(sweepTicks(tickMinutes * MINUTE)).toBe(ticks);
});

it('counts ticks one by one', () => {
  const at = Date.parse('2026-11-23T10:00:30Z');
  expect(tickNumber(at + 7 * MINUTE, 7 * MINUTE) - tickNumber(at, 7 * MINUTE)).toBe(1);
});
