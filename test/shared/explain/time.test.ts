// Times as people read them.

import { expect, it } from 'vitest';
import { lasted, relative, shortly, when } from '../../../shared/explain/time.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const S = 1000;
const M = 60 * S;
const H = 60 * M;

it.each([
  { ms: 0, expected: 'now' },
  { ms: 500, expected: 'now' },
  { ms: 20 * S, expected: 'in 20s' },
  { ms: -20 * S, expected: '20s ago' },
  { ms: -20_400, expected: '20s ago' },
  { ms: 25 * M + 1, expected: 'in 26m' },
  { ms: -(25 * M + 59 * S), expected: '25m ago' },
  { ms: 59 * S + 1, expected: 'in 1m' },
  { ms: 3 * H + 5 * M, expected: 'in 3h 5m' },
  { ms: -(50 * H), expected: '2d 2h ago' },
])('rounds what is to come up and what is past down: $ms ms is $expected', ({ ms, expected }) => {
  expect(relative(NOW + ms, NOW)).toBe(expected);
});

it('gives an instant exactly, in UTC, and how far it is', () => {
  expect(when(NOW + 26 * M, NOW)).toBe('2026-11-23 12:26Z (in 26m)');
});

it('leaves out the date of today', () => {
  expect(shortly(NOW + 26 * M, NOW)).toBe('12:26Z (in 26m)');
  expect(shortly(NOW + 13 * H, NOW)).toBe('2026-11-24 01:00Z (in 13h)');
  expect(shortly(NOW - 13 * H, NOW)).toBe('2026-11-22 23:00Z (13h ago)');
});

it('tells how long something has lasted, also when clocks disagree', () => {
  expect(lasted(NOW - 3 * H - 20 * M, NOW)).toBe('3h 20m');
  expect(lasted(NOW + 5 * S, NOW)).toBe('0s');
});
