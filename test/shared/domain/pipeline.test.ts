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
  it('counts for each wave the soak it asks for and the one it is asked for', () => {
    expect(soakCeilingMs(waves(0, 0, 10, 5))).toBe((0 + 10 + 10 + 5 + 5) * MINUTE);
  });

  it('is nothing without soaks, or without a second wave', () => {
    expect(soakCeilingMs(waves(0, 0, 0))).toBe(0);
    expect(soakCeilingMs(waves(0))).toBe(0);
  });

  it('has no bound when the first soak is on the head, which every merge can cut short', () => {
    expect(soakCeilingMs(waves(0, 1, 10))).toBeNull();
  });
});
