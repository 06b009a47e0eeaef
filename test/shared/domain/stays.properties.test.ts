// Stays: keeping up with an app by its newest deployment alone says what reading every release says.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { historyOf, observe, type ReleaseFact, readFor, stayMs } from '../../../shared/domain/stays.ts';

const MINUTE = 60_000;

/** A release of slug `code` at a version; each version is created a minute after the one before. */
function release(version: number, code: string, more: Partial<ReleaseFact> = {}): ReleaseFact {
  return {
    id: `r${version}`,
    version,
    status: 'succeeded',
    current: false,
    artifact: { type: 'slug', id: code },
    createdAt: version * MINUTE,
    updatedAt: version * MINUTE,
    hasReleasePhase: false,
    userEmail: null,
    ...more,
  };
}

describe('keeping up', () => {
  const kinds = fc.record({
    code: fc.constantFrom('A', 'B', 'C', 'D'),
    status: fc.constantFrom('succeeded' as const, 'succeeded' as const, 'failed' as const),
    isDeployment: fc.boolean(),
    /** Whether Sluice looks after this release, or misses it. */
    isSeen: fc.boolean(),
  });

  test.prop([fc.array(kinds, { minLength: 1, maxLength: 25 })])(
    'by the newest deployment alone says what reading every release says, whatever was missed',
    (steps) => {
      const releases: ReleaseFact[] = [];
      let known = historyOf([], true).history;
      for (const [index, step] of steps.entries()) {
        const running = releases.findLast((r) => r.status === 'succeeded');
        const code = step.isDeployment ? step.code : (running?.artifact?.id ?? step.code);
        releases.push(release(index + 1, code, { status: step.status }));
        if (!step.isSeen) continue;
        const current = releases.findLast((r) => r.status === 'succeeded');
        const all = releases.map((r) => ({ ...r, current: r === current }));
        const newest = newestDeployment(all);
        const full = historyOf(all, true).history;
        const seen = observe(known, newest);
        known = seen.kind === 'known' ? seen.history : readFor(full, newest);
        expect(known.stays.map(({ artifact, startAt, endAt }) => [artifact, startAt, endAt])).toEqual(
          full.stays.map(({ artifact, startAt, endAt }) => [artifact, startAt, endAt]),
        );
      }
    },
  );

  test.prop([fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 10_000 })])(
    'a stay never lasts less than nothing, whatever the clocks say',
    (now, at) => {
      const [stay] = historyOf([release(1, 'A', { createdAt: at })], true).history.stays;
      if (stay === undefined) throw new Error('There must be a stay.');
      expect(stayMs(stay, now)).toBe(Math.max(0, now - at));
    },
  );
});

/** As Heroku answers latest-deployments: the newest release that changed the code, failed ones too. */
function newestDeployment(releases: readonly ReleaseFact[]): ReleaseFact | null {
  let running: string | undefined;
  let newest: ReleaseFact | null = null;
  for (const r of releases) {
    if (r.artifact?.id !== running) newest = r;
    if (r.status === 'succeeded') running = r.artifact?.id;
  }
  return newest;
}
