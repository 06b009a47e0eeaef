// Signal: what a test suite says about the apps that run the artifact, about the targets, or about the commit.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { signal } from '../../../shared/checks/signal.ts';
import type { Signal } from '../../../shared/signals/signal.ts';
import {
  ask,
  COMMIT,
  HOUR,
  MINUTE,
  NEW,
  OLD,
  portsWith,
  type Situation,
  signalOf,
  stay,
  T0,
} from './question.ts';

const direwolf = (app: string, parts: Partial<Signal> = {}) => signalOf({ name: 'direwolf', app, ...parts });
const answer = (more: object, signals: readonly Signal[], situation: Situation = {}) =>
  ask(signal, { name: 'direwolf', ...more }, situation, portsWith(signals));

describe('A signal of the source', () => {
  test('passes when every app of the wave before has a success from the time it ran the artifact', async () => {
    const signals = [direwolf('router-qa01'), direwolf('id-router-qa02', { at: T0 + 30_000 })];
    expect(await answer({}, signals)).toMatchObject({
      state: 'pass',
      about: 'source',
      reason:
        'direwolf succeeded on router-qa01 with c0ffee01 at 2026-11-23 10:00Z; direwolf succeeded on router-qa02 with c0ffee01 at 2026-11-23 10:00Z.',
      onEvent: false,
    });
  });

  test('that failed is hidden by no success of another sender of its name', async () => {
    const failed = direwolf('router-qa01', { source: 'aa', state: 'failure' });
    const later = { source: 'bb', at: T0 + MINUTE };
    const signals = [failed, direwolf('router-qa01', later), direwolf('router-qa02', later)];
    expect(await answer({}, signals)).toMatchObject({ state: 'fail' });
    expect(await answer({ source: 'bb' }, signals)).toMatchObject({ state: 'pass' });
    const mended = direwolf('router-qa01', { source: 'aa', at: T0 + MINUTE });
    expect(await answer({}, [...signals, mended])).toMatchObject({ state: 'pass' });
  });

  test('waits for the apps that none is about', async () => {
    expect(await answer({}, [direwolf('router-qa01')])).toMatchObject({
      state: 'wait',
      reason: 'No direwolf about router-qa02 with c0ffee01 has come in.',
      onEvent: true,
    });
  });

  test('from before the artifact came does not count', async () => {
    const signals = [direwolf('router-qa01', { at: T0 - 1 }), direwolf('router-qa02')];
    expect(await answer({}, signals)).toMatchObject({
      state: 'wait',
      reason: expect.stringContaining('router-qa01'),
    });
  });

  test('is about the code, which each app of the head runs in a slug of its own', async () => {
    const own = 'slug:33333333' as const;
    const situation = {
      now: T0 + HOUR,
      stays: { 'router-qa01': [stay({})], 'router-qa02': [stay({ artifact: own, startAt: T0 + MINUTE })] },
      commits: { [NEW]: COMMIT, [own]: COMMIT },
    };
    const first = direwolf('router-qa01');
    expect(await answer({}, [first, direwolf('router-qa02', { at: T0 + MINUTE })], situation)).toMatchObject({
      state: 'pass',
    });
    expect(await answer({}, [first, direwolf('router-qa02', { at: T0 })], situation)).toMatchObject({
      state: 'wait',
      reason: expect.stringMatching(/^No direwolf about router-qa02 with c0ffee01/),
    });
  });

  test('is about the last time that the code was there: what failed since it came back is not hidden', async () => {
    const [came, left, back] = [T0, T0 + 30 * MINUTE, T0 + 40 * MINUTE];
    const hotfix = stay({ artifact: 'slug:44444444', startAt: left, endAt: back, version: 13 });
    const past = [
      stay({ startAt: came, endAt: left }),
      hotfix,
      stay({ artifact: 'slug:33333333', startAt: back, version: 14 }),
    ];
    const situation = {
      now: T0 + HOUR,
      soakMs: 20 * MINUTE,
      stays: { 'router-qa01': past },
      commits: { [NEW]: COMMIT, 'slug:33333333': COMMIT, 'slug:44444444': 'd'.repeat(40) },
    };
    const well = [direwolf('router-qa01'), direwolf('router-qa02')];
    const since = direwolf('router-qa01', { at: back + MINUTE, state: 'failure' });
    expect(await answer({}, [...well, since], situation)).toMatchObject({ state: 'fail' });
    expect(await answer({}, well, situation)).toMatchObject({ state: 'wait' });
  });

  test('from after the artifact left does not count', async () => {
    const next = stay({
      artifact: 'slug:22222222',
      startAt: T0 + HOUR,
      version: 13,
      releaseId: 'release-13',
    });
    const left = [stay({ endAt: T0 + HOUR }), next];
    const situation = {
      now: T0 + 2 * HOUR,
      soakMs: HOUR,
      stays: { 'router-qa01': left, 'router-qa02': left },
    };
    const during = [direwolf('router-qa01'), direwolf('router-qa02')];
    const after = [direwolf('router-qa01', { at: T0 + HOUR + 1, state: 'failure' })];
    const commits = { [NEW]: COMMIT };
    const before = { ...situation, now: T0 + HOUR + MINUTE, commits };
    expect(await answer({}, [...after, ...during], before)).toMatchObject({ state: 'pass' });
    expect(await answer({ fresh: '15m' }, during, before)).toMatchObject({
      state: 'wait',
      reason: expect.stringContaining('older than 15m, when it was replaced at 2026-11-23 11:00Z'),
    });
  });

  test('about another commit does not count: the test began before the artifact came', async () => {
    const signals = [
      direwolf('router-qa01', { commit: 'dead' }),
      direwolf('router-qa02', { commit: COMMIT }),
    ];
    expect(await answer({}, signals)).toMatchObject({
      state: 'wait',
      reason: expect.stringMatching(/^No direwolf about router-qa01/),
    });
  });

  test('that is a failure is about the artifact, until a newer one succeeds', async () => {
    const failure = direwolf('router-qa01', { state: 'failure', url: 'https://x/9' });
    const other = direwolf('router-qa02');
    expect(await answer({}, [failure, other])).toMatchObject({
      state: 'fail',
      reason: 'direwolf failed on router-qa01 with c0ffee01 at 2026-11-23 10:00Z (https://x/9).',
      unblock: 'run direwolf again at https://x/9, or merge a fix',
    });
    const success = direwolf('router-qa01', { at: T0 + 1000 });
    expect(await answer({}, [failure, other, success])).toMatchObject({ state: 'pass' });
  });

  test('that has started but not ended waits', async () => {
    const signals = [direwolf('router-qa01', { state: 'pending' }), direwolf('router-qa02')];
    expect(await answer({}, signals)).toMatchObject({
      state: 'wait',
      reason: 'direwolf has been running on router-qa01 with c0ffee01 since 2026-11-23 10:00Z.',
    });
  });

  test.prop([fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 60 })])(
    'is fresh for as long as the configuration says',
    async (age, fresh) => {
      const signals = [direwolf('router-qa01'), direwolf('router-qa02')];
      const verdict = await answer({ fresh: `${fresh}m` }, signals, { now: T0 + age * MINUTE });
      expect(verdict.state).toBe(age <= fresh ? 'pass' : 'wait');
    },
  );

  test('cannot be made to last by a clock that runs ahead', async () => {
    const ahead = { at: T0 + 1000 * HOUR, receivedAt: T0 };
    const signals = [
      direwolf('router-qa01', ahead),
      direwolf('router-qa01', { at: T0 + MINUTE, state: 'failure' }),
      direwolf('router-qa02'),
    ];
    expect(await answer({}, signals, { now: T0 + HOUR })).toMatchObject({ state: 'fail' });
  });

  test('waits for an app that does not run the artifact yet', async () => {
    const stays = { 'router-qa02': [stay({ artifact: OLD, startAt: T0 - HOUR })] };
    expect(await answer({}, [direwolf('router-qa01')], { stays })).toMatchObject({
      state: 'wait',
      reason: 'router-qa02 does not run c0ffee01 yet.',
    });
  });
});

describe('A signal of the targets', () => {
  test('passes when the newest about each is a success', async () => {
    const signals = [direwolf('router-va01', { at: T0 - HOUR }), direwolf('router-va02')];
    expect(await answer({ of: 'target' }, signals)).toMatchObject({ state: 'pass', about: 'target' });
  });

  test("that is a failure waits: it is not the artifact's fault", async () => {
    const signals = [direwolf('router-va01', { state: 'failure' }), direwolf('router-va02')];
    expect(await answer({ of: 'target' }, signals)).toMatchObject({
      state: 'wait',
      about: 'target',
      reason: 'direwolf failed on router-va01 at 2026-11-23 10:00Z.',
    });
  });
});

describe('A signal of the commit', () => {
  test('passes, waits and fails as its newest one says', async () => {
    const of = { of: 'commit' };
    const one = (state: Signal['state'], at = T0) =>
      signalOf({ name: 'direwolf', commit: COMMIT, state, at });
    expect(await answer(of, [one('success')])).toMatchObject({ state: 'pass', about: 'artifact' });
    expect(await answer(of, [one('success'), one('failure', T0 + 1)])).toMatchObject({ state: 'fail' });
    expect(await answer(of, [])).toMatchObject({ state: 'wait', onEvent: true });
    expect(await answer(of, [], { commits: {} })).toMatchObject({ state: 'unknown' });
  });

  test('from another source than the named one does not count', async () => {
    const signals = [signalOf({ name: 'direwolf', commit: COMMIT, source: 'github' })];
    expect(await answer({ of: 'commit', source: 'ghost' }, signals)).toMatchObject({ state: 'wait' });
  });
});

test('A signal that names a commit is not weighed while the artifact’s own could not be read', async () => {
  const signals = [direwolf('router-qa01', { commit: COMMIT }), direwolf('router-qa02', { commit: COMMIT })];
  expect(await answer({}, signals, { commits: {} })).toMatchObject({ state: 'unknown' });
});
