// Stays: what ran on an app and for how long.

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  currentStay,
  historyOf,
  isRolledBack,
  isWithdrawn,
  observe,
  type ReleaseFact,
  readFor,
  STAYS_MAX,
  stayMs,
} from '../../../shared/domain/stays.ts';

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

const told = (releases: readonly ReleaseFact[]) =>
  historyOf(releases, true).history.stays.map((s) => [s.artifact, s.version, s.startAt / MINUTE]);

describe('a history', () => {
  it('counts releases of the same artifact as one stay: a config change is no deployment', () => {
    expect(told([release(1, 'A'), release(2, 'A'), release(3, 'B'), release(4, 'B')])).toEqual([
      ['slug:A', 1, 1],
      ['slug:B', 3, 3],
    ]);
  });

  it('leaves out releases that failed, and those without code', () => {
    const failed = release(2, 'B', { status: 'failed' });
    expect(told([release(1, 'A'), failed, release(3, 'C'), release(4, '', { artifact: null })])).toEqual([
      ['slug:A', 1, 1],
      ['slug:C', 3, 3],
    ]);
  });

  it('begins a stay when the release phase has ended, which can take an hour', () => {
    const slow = release(2, 'B', { hasReleasePhase: true, updatedAt: 50 * MINUTE });
    const { history } = historyOf([release(1, 'A'), slow], true);
    expect(currentStay(history)?.startAt).toBe(50 * MINUTE);
    expect(history.stays[0]?.endAt).toBe(50 * MINUTE);
  });

  it('tells a pending release apart: what runs is what ran before it', () => {
    const { history, pending } = historyOf([release(1, 'A'), release(2, 'B', { status: 'pending' })], true);
    expect(currentStay(history)?.artifact).toBe('slug:A');
    expect(pending?.id).toBe('r2');
  });

  it('reads releases in any order, and those that Heroku has let expire', () => {
    expect(told([release(3, 'C'), release(1, 'A', { status: 'expired' }), release(2, 'B')])).toEqual([
      ['slug:A', 1, 1],
      ['slug:B', 2, 2],
      ['slug:C', 3, 3],
    ]);
  });

  it('keeps the newest stays, and knows that it is not the whole past any more', () => {
    const many = Array.from({ length: STAYS_MAX + 5 }, (_, n) => release(n + 1, `c${n}`));
    const { history } = historyOf(many, true);
    expect(history.stays).toHaveLength(STAYS_MAX);
    expect(history.complete).toBe(false);
  });
});

describe('an artifact that was taken back', () => {
  const history = (codes: string) =>
    historyOf(
      [...codes].map((code, n) => release(n + 1, code)),
      true,
    ).history;

  it.each([
    { codes: 'ABA', withdrawn: [false, true, false], rolledBack: true },
    { codes: 'ABC', withdrawn: [false, false, false], rolledBack: false },
    { codes: 'ABAC', withdrawn: [false, true, false, false], rolledBack: false },
    { codes: 'ABAB', withdrawn: [false, true, false, false], rolledBack: false },
    { codes: 'ABCB', withdrawn: [false, false, true, false], rolledBack: true },
  ])('is withdrawn, wherever it was: $codes', ({ codes, withdrawn, rolledBack }) => {
    const h = history(codes);
    expect(h.stays.map((_, index) => isWithdrawn(h, index))).toEqual(withdrawn);
    expect(isRolledBack(h)).toBe(rolledBack);
  });
});

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
