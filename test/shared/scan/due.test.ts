import { describe, expect, it } from 'vitest';
import { wasAsked } from '../../../shared/scan/due.ts';
import type { PipelineView } from '../../../shared/table/port.ts';

const view = (change: Partial<PipelineView>): PipelineView => ({
  pipelineId: 'id-router',
  name: 'router',
  wakeAt: null,
  openAttempts: 0,
  seenAt: 1_000,
  wokenAt: null,
  releasedAt: {},
  concerns: [],
  configDigest: '',
  behindSince: null,
  unknownSince: null,
  ...change,
});

describe('Somebody asked for a look', () => {
  it.each([
    ['later than the last run began', 1_001],
    ['as it began', 1_000],
    ['by a clock that is a minute behind the clock of the run', -59_000],
  ])('%s, and no finished run was told of it: there is one to come', (_, wokenAt) => {
    expect(wasAsked(view({ wokenAt }))).toBe(true);
    expect(wasAsked(view({ wokenAt, heardAt: null }))).toBe(true);
    expect(wasAsked(view({ wokenAt, heardAt: 500 }))).toBe(true);
  });

  it('and the last finished run was told of it, whatever its own clock says', () => {
    expect(wasAsked(view({ wokenAt: 900, heardAt: 900 }))).toBe(false);
    expect(wasAsked(view({ wokenAt: 99_000, heardAt: 99_000 }))).toBe(false);
  });

  it('never', () => {
    expect(wasAsked(view({}))).toBe(false);
  });
});
