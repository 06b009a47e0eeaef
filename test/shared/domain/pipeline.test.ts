// Pipelines: steps, and how long soaks alone can keep a change.

import { describe, expect, it } from 'vitest';
import { soakCeilingMs, steps } from '../../../shared/domain/pipeline.ts';
import { MINUTE, pipelineOf, wave } from './fleet.ts';

const waves = (...soaks: readonly number[]) =>
  pipelineOf(...soaks.map((soak, index) => wave(`w${index}`, `app-${index}`, soak)));

describe('a step', () => {
  it('leads from each wave to the next; the head is given nothing', () => {
    expect(steps(waves(0, 0, 0)).map(({ index, from, to }) => [index, from.name, to.name])).toEqual([
      [1, 'w0', 'w1'],
      [2, 'w1', 'w2'],
    ]);
    expect(steps(waves(0))).toEqual([]);
  });
});

describe('the lead time that soaks alone can add up to', () => {
  const STEP = 3 * MINUTE;

  it('counts for each wave the soak it asks for and the one it is asked for, and three minutes a step', () => {
    expect(soakCeilingMs(waves(0, 0, 10, 5))).toBe((0 + 10 + 10 + 5 + 5) * MINUTE + 3 * STEP);
  });

  it('is a few minutes a step without soaks, nothing without a second wave', () => {
    expect(soakCeilingMs(waves(0, 0, 0))).toBe(2 * STEP);
    expect(soakCeilingMs(waves(0))).toBe(0);
  });

  it('has a bound with one promotion, too: merges do not cut the soak on the head short', () => {
    expect(soakCeilingMs(waves(0, 30))).toBe(30 * MINUTE + STEP);
  });

  it('has none where the head has to keep the artifact itself', () => {
    const [head, next] = waves(0, 30).waves;
    if (head === undefined || next === undefined) throw new Error('There must be two waves.');
    const asked = { ...waves(0), waves: [head, { ...next, counting: 'occupancy' as const }] };
    expect(soakCeilingMs(asked)).toBeNull();
  });
});
