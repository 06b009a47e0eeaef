// Durations as they are written.

import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { durationSchema, formatDuration, parseDuration } from '../../../shared/config/duration.ts';

describe('A duration', () => {
  test.for([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1d', 86_400_000],
    ['0s', 0],
    [0, 0],
  ] as const)('%s', ([written, ms]) => {
    expect(durationSchema.parse(written)).toBe(ms);
  });

  test.for([
    '',
    ' ',
    '30',
    '30 m',
    'm',
    '-5m',
    '1.5h',
    '30m2h',
    '5m5m',
    '2w',
    '367d',
    '30M',
    '999999999999d',
  ])('%j is none', (written) => {
    expect(durationSchema.safeParse(written).success).toBe(false);
  });

  test.for([30, null, {}, [], true])('%j is none', (written) => {
    expect(durationSchema.safeParse(written).success).toBe(false);
  });

  property.prop([fc.integer({ min: 0, max: 366 * 86_400 })])('is read as it was written', (seconds) => {
    expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
  });
});
