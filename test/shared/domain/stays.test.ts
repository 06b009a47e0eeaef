// Stays: what ran on an app and for how long.

import { describe, expect, it } from 'vitest';
import {
  currentStay,
  type History,
  historyOf,
  mayHaveForgotten,
  observe,
  type ReleaseFact,
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

  it('begins a stay with the release, unless that waited in line behind the release phase of another', () => {
    const slow = release(1, 'A', { hasReleasePhase: true, updatedAt: 50 * MINUTE });
    const waited = release(2, 'B', { updatedAt: 50 * MINUTE });
    expect(told([slow, waited, release(60, 'C')])).toEqual([
      ['slug:A', 1, 50],
      ['slug:B', 2, 50],
      ['slug:C', 60, 60],
    ]);
  });

  it('begins a stay no sooner than with the release, whatever is told of its end, nor when it expires', () => {
    const early = release(1, 'A', { hasReleasePhase: true, updatedAt: 0 });
    const expired = release(2, 'B', { status: 'expired', updatedAt: 50 * MINUTE });
    expect(told([early, expired])).toEqual([
      ['slug:A', 1, 1],
      ['slug:B', 2, 2],
    ]);
  });

  it('tells of each stay who made it, by which release, and whether Heroku still keeps that', () => {
    const by = { userEmail: 'ops@example.com' };
    const { history } = historyOf([release(1, 'A', { status: 'expired' }), release(2, 'B', by)], true);
    expect(history).toEqual({
      through: 2,
      codeless: null,
      isSettled: true,
      complete: true,
      stays: [
        {
          artifact: 'slug:A',
          releaseId: 'r1',
          version: 1,
          startAt: MINUTE,
          endAt: 2 * MINUTE,
          userEmail: null,
          expired: true,
        },
        {
          artifact: 'slug:B',
          releaseId: 'r2',
          version: 2,
          startAt: 2 * MINUTE,
          endAt: null,
          userEmail: 'ops@example.com',
          expired: false,
        },
      ],
    });
  });

  it('takes account of every release, in whatever order, also of those that change nothing', () => {
    const through = (...releases: readonly ReleaseFact[]) => historyOf(releases, true).history.through;
    expect(through(release(1, 'A'), release(2, 'A'))).toBe(2);
    expect(through(release(1, 'A'), release(2, 'B', { status: 'failed' }))).toBe(2);
    expect(through(release(3, 'B'), release(2, 'A'))).toBe(3);
    expect(through()).toBe(0);
  });

  it('tells a pending release apart: what runs is what ran before it', () => {
    const { history, pending } = historyOf([release(1, 'A'), release(2, 'B', { status: 'pending' })], true);
    expect(currentStay(history)?.artifact).toBe('slug:A');
    expect(pending?.id).toBe('r2');
  });

  it('settles nothing after a pending release but what is current', () => {
    const pending = release(2, 'B', { status: 'pending' });
    const tell = (more: Partial<ReleaseFact>) =>
      historyOf([release(1, 'A'), pending, release(3, 'C', more)], true);
    expect(tell({}).history).toMatchObject({ through: 1, stays: [{ artifact: 'slug:A' }] });
    expect(tell({ status: 'failed', current: true }).history.through).toBe(1);
    expect(tell({ current: true }).history.stays.map((s) => s.artifact)).toEqual(['slug:A', 'slug:C']);
    expect(tell({ status: 'pending' }).pending?.id).toBe('r3');
    expect(historyOf([release(1, 'A')], true).pending).toBeNull();
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
    expect(history.stays[0]?.artifact).toBe('slug:c5');
    expect(history.complete).toBe(false);
  });

  it('is the whole past as long as every stay is kept and the list of releases was whole', () => {
    const full = Array.from({ length: STAYS_MAX }, (_, n) => release(n + 1, `c${n}`));
    expect(historyOf(full, true).history.complete).toBe(true);
    expect(historyOf(full, false).history.complete).toBe(false);
  });

  it('may have forgotten only what ran when its oldest stay began or before', () => {
    const of = (releases: readonly ReleaseFact[], complete = false) => historyOf(releases, complete).history;
    const stayAt = (version: number) => of([release(version, 'X')]).stays[0] as History['stays'][number];
    const partly = of([release(5, 'A'), release(9, 'B')]);
    expect([4, 5, 6].map((version) => mayHaveForgotten(partly, stayAt(version)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(mayHaveForgotten(of([release(5, 'A')], true), stayAt(4))).toBe(false);
    expect(mayHaveForgotten(of([]), stayAt(4))).toBe(true);
  });
});

describe('code that cannot be compared', () => {
  it('ends the stay before it, and nothing that is known runs', () => {
    const container = release(3, 'C', { artifact: null, current: true });
    const { history } = historyOf([release(1, 'A'), release(2, 'B'), container], true);
    expect(history.stays.at(-1)).toMatchObject({ artifact: 'slug:B', endAt: 3 * MINUTE });
    expect(currentStay(history)).toBeUndefined();
    expect(history.codeless).toMatchObject({ releaseId: 'r3', version: 3, startAt: 3 * MINUTE });
  });

  it('is over when a slug runs again: a stay of its own, of the same slug too', () => {
    const container = release(2, 'C', { artifact: null });
    const { history } = historyOf([release(1, 'A'), container, release(3, 'A', { current: true })], true);
    expect(history.codeless).toBeNull();
    expect(history.stays.map(({ startAt, endAt }) => [startAt, endAt])).toEqual([
      [MINUTE, 2 * MINUTE],
      [3 * MINUTE, null],
    ]);
  });

  it('is seen of the newest release alone', () => {
    const known = historyOf([release(1, 'A', { current: true })], true).history;
    const seen = observe(known, release(2, 'C', { artifact: null, current: true }));
    expect(seen).toMatchObject({ kind: 'known', history: { codeless: { version: 2 } } });
  });
});

describe('a stay', () => {
  it('lasts until its end, or until now while it goes on; never less than nothing', () => {
    const [first, second] = historyOf([release(1, 'A'), release(5, 'B')], true).history.stays;
    if (first === undefined || second === undefined) throw new Error('There must be two stays.');
    expect(stayMs(first, 9 * MINUTE)).toBe(4 * MINUTE);
    expect(stayMs(second, 9 * MINUTE)).toBe(4 * MINUTE);
    expect(stayMs(second, 4 * MINUTE)).toBe(0);
  });
});

describe('keeping up', () => {
  const first = release(1, 'A', { current: true });
  const known = () => historyOf([first], true).history;
  const read = { kind: 'read' };

  it('with nothing known means to read, even where there is nothing', () => {
    expect(observe(null, null)).toEqual(read);
    expect(observe(null, first)).toEqual(read);
  });

  it('with what is known already costs nothing', () => {
    expect(observe(known(), first)).toEqual({ kind: 'known', history: known(), pending: null });
    const none = historyOf([], true).history;
    expect(observe(none, null)).toEqual({ kind: 'known', history: none, pending: null });
  });

  it('with a release that goes on behind the newest means to read until it has ended', () => {
    const phase = release(2, 'B', { status: 'pending' });
    const config = release(3, 'A', { current: true });
    const meanwhile = historyOf([first, phase, config], true).history;
    expect(meanwhile).toMatchObject({ isSettled: false, through: 3 });
    expect(observe(meanwhile, config)).toEqual(read);
    const after = historyOf([first, { ...phase, status: 'succeeded' }, config], true).history;
    expect(observe(after, config)).toEqual({ kind: 'known', history: after, pending: null });
    // While the newest alone goes on, looking at it is enough.
    const alone = historyOf([first, phase], true).history;
    expect(observe(alone, phase)).toEqual({ kind: 'known', history: known(), pending: phase });
  });

  it('with a release phase that ends out of turn knows what runs then', () => {
    const phase = release(2, 'B', { hasReleasePhase: true, updatedAt: 9 * MINUTE, current: true });
    const addOn = release(3, 'A');
    const { history } = historyOf([{ ...first, current: false }, phase, addOn], true);
    expect(history).toMatchObject({ through: 3, isSettled: false });
    expect(history.stays.map(({ artifact, startAt, endAt }) => [artifact, startAt, endAt])).toEqual([
      ['slug:A', MINUTE, 9 * MINUTE],
      ['slug:B', 9 * MINUTE, null],
    ]);
    expect(observe(history, addOn)).toEqual(read);
    // One that has succeeded and does not run yet will be looked at again, too.
    const notYet = historyOf([first, release(2, 'B')], true).history;
    expect(currentStay(notYet)?.artifact).toBe('slug:A');
    expect(observe(notYet, release(2, 'B', { current: true }))).toEqual(read);
  });

  it('with a history of which is not known whether it was settled means to read', () => {
    const { isSettled: _, ...written } = known();
    expect(observe(written as History, first)).toEqual(read);
  });

  it('with nothing on an app that did run something means to read', () => {
    expect(observe(known(), null)).toEqual(read);
    // Nor is one empty that has releases.
    expect(observe(historyOf([{ ...first, artifact: null }], true).history, null)).toEqual(read);
  });

  it('with the version that comes next appends it', () => {
    const next = release(2, 'B', { current: true });
    const seen = observe(known(), next);
    expect(seen).toMatchObject({ kind: 'known', pending: null, history: { through: 2, isSettled: true } });
    expect(seen.kind === 'known' && currentStay(seen.history)?.artifact).toBe('slug:B');
    const failed = observe(known(), release(2, 'B', { status: 'failed' }));
    expect(failed).toMatchObject({ history: { through: 2, stays: [{ artifact: 'slug:A' }] } });
  });

  it('with a config change goes on with the same stay', () => {
    const seen = observe(known(), release(2, 'A', { current: true }));
    expect(seen).toEqual({ kind: 'known', pending: null, history: { ...known(), through: 2 } });
  });

  it('with a version that comes next and is still pending leaves what is known', () => {
    const pending = release(2, 'B', { status: 'pending' });
    expect(observe(known(), pending)).toEqual({ kind: 'known', history: known(), pending });
  });

  it('with anything that came in between, or after, or an older one, means to read', () => {
    expect(observe(known(), release(3, 'B', { current: true }))).toEqual(read);
    expect(observe(known(), release(2, 'B'))).toEqual(read);
    const two = historyOf([first, release(2, 'B', { current: true })], true).history;
    expect(observe(two, first)).toEqual(read);
  });
});
