// On what terms the printed ceiling holds.

import { describe, expect, it } from 'vitest';
import { ceilingTermsOf } from '../../../shared/domain/ceiling.ts';
import type { Wave } from '../../../shared/domain/pipeline.ts';
import { pipelineOf, wave } from './fleet.ts';

const asking = (one: Wave, ...names: readonly string[]): Wave => ({
  ...one,
  checks: names.map((name) => ({ name, options: {} })),
});

describe('The terms of the ceiling', () => {
  it('name each check that adds its time once, in the order of the waves', () => {
    const waves = [
      wave('qa', 'a'),
      asking(wave('canary', 'b'), 'ci', 'window'),
      asking(wave('world', 'c'), 'ci'),
    ];
    expect(ceilingTermsOf(pipelineOf(...waves))).toEqual({ plus: ['ci', 'window'], deploymentsBelow: 25 });
  });

  it('bound the deployments where a change soaks inside later ones', () => {
    expect(ceilingTermsOf(pipelineOf(wave('qa', 'a'), wave('canary', 'b', 30)))).toEqual({
      plus: [],
      deploymentsBelow: 25,
    });
  });

  it('bound nothing where each wave is given the newest, or keeps what it soaks', () => {
    const terms = ceilingTermsOf(pipelineOf(wave('qa', 'a'), wave('canary', 'b'), wave('world', 'c', 30)));
    expect(terms).toEqual({ plus: [], deploymentsBelow: null });
  });
});
