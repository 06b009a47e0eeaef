// Stays: keeping up with an app by its newest release alone says what reading every release says.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { historyOf, observe, type ReleaseFact, stayMs } from '../../../shared/domain/stays.ts';

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
    /** After how many more releases its phase ends; 0: it has none. */
    phase: fc.constantFrom(0, 0, 1, 2, 4),
    /** Whether Sluice looks after this release, or misses it. */
    isSeen: fc.boolean(),
  });

  test.prop([fc.array(kinds, { minLength: 1, maxLength: 25 })])(
    'by the newest release alone says what reading every release says, whatever was missed',
    (steps) => {
      let known = historyOf([], true).history;
      for (const [index, { isSeen }] of steps.entries()) {
        if (!isSeen) continue;
        const all = releasesAfter(steps.slice(0, index + 1));
        const full = historyOf(all, true);
        const seen = observe(known, all.at(-1) ?? null);
        known = seen.kind === 'known' ? seen.history : full.history;
        expect(known.stays.map(({ artifact, startAt, endAt }) => [artifact, startAt, endAt])).toEqual(
          full.history.stays.map(({ artifact, startAt, endAt }) => [artifact, startAt, endAt]),
        );
        if (seen.kind === 'known') expect(seen.pending?.id).toBe(full.pending?.id);
        const runs = all.find(({ current }) => current)?.artifact?.id;
        expect(known.stays.at(-1)?.artifact).toBe(runs === undefined ? undefined : `slug:${runs}`);
      }
    },
  );

  test.prop([fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 10_000 })])(
    'a stay never lasts less than nothing, whatever the clocks say',
    (now, at) => {
      const [stay] = historyOf([release(1, 'A', { createdAt: at, updatedAt: at })], true).history.stays;
      if (stay === undefined) throw new Error('There must be a stay.');
      expect(stayMs(stay, now)).toBe(Math.max(0, now - at));
    },
  );
});

interface Step {
  readonly code: string;
  readonly status: 'succeeded' | 'failed';
  readonly isDeployment: boolean;
  readonly phase: number;
}

/** An app's releases after these steps: what is no deployment carries what runs; what ended last and well is what runs. */
function releasesAfter(steps: readonly Step[]): readonly ReleaseFact[] {
  const releases: ReleaseFact[] = [];
  const endsAt = (index: number): number => index + (steps[index]?.phase ?? 0);
  for (const [at, { code, isDeployment }] of steps.entries()) {
    const ended = releases.flatMap((r, index) =>
      endsAt(index) < at && steps[index]?.status === 'succeeded' ? [{ r, index }] : [],
    );
    const running = ended.sort((a, b) => endsAt(a.index) - endsAt(b.index) || a.index - b.index).at(-1)?.r;
    releases.push(release(at + 1, isDeployment ? code : (running?.artifact?.id ?? code)));
  }
  const now = steps.length - 1;
  const told = releases.map((r, index): ReleaseFact => {
    const status = endsAt(index) > now ? 'pending' : (steps[index]?.status ?? 'failed');
    const hasReleasePhase = (steps[index]?.phase ?? 0) > 0;
    return { ...r, status, hasReleasePhase, updatedAt: (Math.min(endsAt(index), now) + 1) * MINUTE };
  });
  const [current] = told
    .filter(({ status }) => status === 'succeeded')
    .sort((a, b) => endsAt(b.version - 1) - endsAt(a.version - 1) || b.version - a.version);
  return told.map((r) => ({ ...r, current: r === current }));
}
