// Small pieces of sentences.

import { describe, expect, it } from 'vitest';
import { duration, instant, listOf } from '../../../shared/domain/words.ts';

describe('an instant', () => {
  it('is told to the minute, in UTC', () => {
    expect(instant(Date.parse('2026-11-21T10:32:59.999Z'))).toBe('2026-11-21 10:32Z');
  });
});

describe('a duration', () => {
  it.each([
    [0, '0s'],
    [250, '250ms'],
    [999, '999ms'],
    [1000, '1s'],
    [59_999, '59s'],
    [90_000, '1m 30s'],
    [30 * 60_000, '30m'],
    [150 * 60_000, '2h 30m'],
    [86_400_000, '1d'],
    [86_400_000 + 300_000, '1d 5m'],
  ])('of %i ms is told in its units as configuration writes them: %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  it('is told in its two largest units only', () => {
    expect(duration(86_400_000 + 3_600_000 + 60_000 + 1000)).toBe('1d 1h');
  });
});

describe('a list', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('of %j is told as people would', (words, told) => {
    expect(listOf(words)).toBe(told);
  });
});
