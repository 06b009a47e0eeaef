// Soak: how long the artifact has to have stayed on every app of the wave before.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Remedies } from '../../../shared/checks/check.ts';
import { soak } from '../../../shared/checks/soak.ts';
import type { Ancestry } from '../../../shared/domain/ancestry.ts';
import { candidatesOf } from '../../../shared/domain/candidate.ts';
import { ancestryOf, at, factsOf, pipelineOf, stepTo, wave } from '../domain/fleet.ts';
import { ask, HOUR, MINUTE, OLD, portsWith, qa2, questionOf, stay, T0 } from './question.ts';

const longBefore = stay({ artifact: OLD, version: 11, startAt: T0 - 9 * HOUR, endAt: T0 });

describe('The soak', () => {
  test('waits for the app that is the last to complete it, and says when that is', async () => {
    const stays = { 'router-qa02': [longBefore, stay({ startAt: T0 + 5 * MINUTE })] };
    const verdict = await ask(soak, {}, { soakMs: 30 * MINUTE, stays, now: T0 + 6 * MINUTE });
    expect(verdict).toMatchObject({
      state: 'wait',
      about: 'source',
      until: T0 + 35 * MINUTE,
      since: T0 + 5 * MINUTE,
      onEvent: false,
      reason:
        'c0ffee01 completes its soak of 30m at 2026-11-23 10:35Z, last on router-qa02, where it has been since 2026-11-23 10:05Z.',
    });
  });

  test.prop([fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 10_000 })])(
    'passes from the instant it is complete, and not before',
    async (soakMinutes, minutes) => {
      const now = T0 + minutes * MINUTE;
      const verdict = await ask(soak, {}, { soakMs: soakMinutes * MINUTE, now });
      expect(verdict.state).toBe(minutes >= soakMinutes ? 'pass' : 'wait');
    },
  );

  test.prop([fc.integer({ min: 0, max: 29 }), fc.integer({ min: 0, max: 29 })])(
    'gives the same answer, word for word, for as long as nothing changes',
    async (first, second) => {
      const at = (minutes: number) => ask(soak, {}, { soakMs: 30 * MINUTE, now: T0 + minutes * MINUTE });
      expect(await at(first)).toEqual(await at(second));
    },
  );

  test('of nothing passes as soon as the artifact is on every app', async () => {
    const verdict = await ask(soak, {}, { soakMs: 0, now: T0 });
    expect(verdict.reason).toBe(
      'c0ffee01 has run on every app of qa since 2026-11-23 10:00Z; no soak is asked for.',
    );
    expect(verdict).toMatchObject({ state: 'pass', since: T0 });
  });

  test('has not begun while an app lacks the artifact; only a deploy can change that', async () => {
    const stays = { 'router-qa02': [{ ...longBefore, endAt: null }] };
    expect(await ask(soak, {}, { stays })).toMatchObject({
      state: 'wait',
      until: null,
      onEvent: true,
      reason: 'router-qa02 of qa does not run c0ffee01 yet; its soak begins when every app does.',
      unblock: 'deploy c0ffee01 to router-qa02',
    });
  });

  test('cannot complete where something newer came too early', async () => {
    const question = questionOf({}, { soakMs: 30 * MINUTE, now: T0 + HOUR });
    const [first] = question.candidate.stays;
    const cut = { app: qa2, stay: stay({ endAt: T0 + 10 * MINUTE }) };
    const stays = [first, cut].filter((entry) => entry !== undefined);
    const candidate = { ...question.candidate, stays, soakedAt: null, supposedAt: null, soaked: false };
    expect(await soak.ask({ ...question, candidate }, portsWith())).toMatchObject({
      state: 'wait',
      reason:
        'c0ffee01 was replaced on router-qa02 at 2026-11-23 10:10Z, before its soak of 30m was complete.',
      until: null,
      since: T0 + 10 * MINUTE,
      onEvent: true,
    });
  });

  describe('where GitHub is asked what contains what', () => {
    const apps = (later: string) => ({ 'qa-1': `A@0 B@20 ${later}`, 'va-1': 'A@1' });
    /** The answer about B at 11:00, for a soak of three quarters of an hour. */
    const told = async (
      past: Record<string, string>,
      ancestry: Ancestry | null,
      soakMinutes = 45,
      more = {},
      dynosAt: number | null = null,
      remedies?: Remedies,
    ) => {
      const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1', soakMinutes));
      const step = stepTo(pipeline, 'canary');
      const known = factsOf({ apps: past, ...(ancestry && { ancestry }), ...more });
      const started = Object.entries(known.apps).map(([id, one]) => [id, { ...one, dynosSince: dynosAt }]);
      const facts = dynosAt === null ? known : { ...known, apps: Object.fromEntries(started) };
      const candidate = candidatesOf(
        step,
        facts,
        at(60),
        () => true,
        () => true,
      ).find((one) => one.artifact === 'slug:B');
      if (candidate === undefined) throw new Error('B must be a candidate.');
      const question = { pipeline, step, facts, candidate, targets: step.to.apps, now: at(60), options: {} };
      return soak.ask(question, { ...portsWith(), ...(remedies && { remedies }) });
    };
    const since =
      'bbbbbbbb completes its soak of 45m at 2026-11-23 11:05Z, last on qa-1, where it has been since 2026-11-23 10:20Z';

    test('says that it goes by what GitHub says', async () => {
      expect(await told(apps('C@30'), ancestryOf({ BC: true }))).toMatchObject({
        state: 'wait',
        reason: `${since}, inside what was deployed after it, as GitHub's compare has it.`,
        evidence: { containment: 'github' },
      });
    });

    test('cannot tell where it hangs on what GitHub has not said; why it has not is no news', async () => {
      const verdict = await told(apps('C@30'), ancestryOf({}, 'GitHub refuses the token (401)'));
      expect(verdict).toMatchObject({
        state: 'unknown',
        until: null,
        isSlow: true,
        unblock: 'sluice doctor   (tells whether GitHub can be asked)',
        reason:
          'GitHub has not said whether cccccccc contains bbbbbbbb, and the soak of bbbbbbbb hangs on it: GitHub refuses the token (401). It is asked again at the next look, and until it has said so no time inside later code counts.',
        evidence: { containment: 'untold' },
      });
      const remedies = { webhook: async () => '', github: 'set another GITHUB_TOKEN' };
      expect(
        await told(apps('C@30'), ancestryOf({}, 'GitHub refuses the token (401)'), 45, {}, null, remedies),
      ).toMatchObject({ unblock: 'set another GITHUB_TOKEN' });
      const passing = { contains: {}, unread: { why: 'GitHub answers 503', isPassing: true } };
      const other = await told(apps('C@30'), passing);
      expect(other).toMatchObject({ state: 'unknown', key: verdict.key, unblock: null });
      expect(await told(apps('C@30'), ancestryOf({}))).toMatchObject({
        key: verdict.key,
        unblock: null,
        reason:
          'GitHub has not been asked yet whether cccccccc contains bbbbbbbb, and the soak of bbbbbbbb hangs on it: more had to be asked than one look asks. The next look goes on.',
      });
    });

    test('names the pair that GitHub had no answer about', async () => {
      const BC = Object.keys(ancestryOf({ BC: true }).contains)[0] ?? '';
      const ancestry = { contains: {}, untold: { [BC]: { why: 'GitHub does not know one of the commits' } } };
      expect((await told(apps('C@30 D@40'), ancestry)).reason).toContain(
        'whether cccccccc contains bbbbbbbb, and the soak of bbbbbbbb hangs on it: GitHub does not know',
      );
    });

    test('passes on what GitHub has said, whatever else it has not', async () => {
      const verdict = await told(
        { 'qa-1': 'A@0 B@5 C@20 D@40', 'va-1': 'A@1' },
        ancestryOf({ CD: true, BD: true }),
        35,
      );
      expect(verdict).toMatchObject({ state: 'unknown' });
      const more = await told(
        { 'qa-1': 'A@0 B@5 C@20 D@40', 'va-1': 'A@1' },
        ancestryOf({ CD: true, BC: true }),
        35,
      );
      expect(more).toMatchObject({ state: 'pass', evidence: { containment: 'github' } });
    });

    test('says that it goes by the order of deployments where no token is set, and why; why is no news', async () => {
      const unset = (why: string) => ({ ...ancestryOf({}, why), byOrder: true });
      const verdict = await told(apps('C@30'), unset('the parameter is not set'));
      expect(verdict).toMatchObject({
        state: 'wait',
        reason: `${since}, inside what was deployed after it; what contains what goes by the order of deployments here: the parameter is not set.`,
        evidence: { containment: 'order' },
      });
      expect((await told(apps('C@30'), unset('GITHUB_TOKEN is not set'))).key).toBe(verdict.key);
      expect((await told(apps('C@30'), ancestryOf({ BC: true }))).key).not.toBe(verdict.key);
    });

    test('says that what replaced it does not contain it', async () => {
      expect((await told(apps('C@30'), ancestryOf({ BC: false }))).reason).toBe(
        "bbbbbbbb was replaced on qa-1 at 2026-11-23 10:30Z, before its soak of 45m was complete; what runs there now does not contain it, as GitHub's compare has it.",
      );
    });

    test('names where it was replaced also where its dynos had run for a part of its stay only', async () => {
      const verdict = await told(apps('C@55'), ancestryOf({ BC: false }), 30, {}, at(40));
      expect(verdict.reason).toBe(
        "bbbbbbbb was replaced on qa-1 at 2026-11-23 10:55Z, before its soak of 30m was complete; what runs there now does not contain it, as GitHub's compare has it.",
      );
    });

    test('does not name GitHub for what it was not asked: one commit in two slugs, or no full commit', async () => {
      const unset = ancestryOf({}, 'the parameter is not set');
      const built = {
        commits: { 'slug:A': 'a'.repeat(40), 'slug:B': 'b'.repeat(40), 'slug:C': 'b'.repeat(40) },
      };
      const twice = await told(apps('C@30'), unset, 45, built);
      expect([twice.key, twice.evidence['containment']]).toEqual([undefined, undefined]);
      const short = { commits: { 'slug:A': 'a'.repeat(40), 'slug:B': 'b'.repeat(40), 'slug:C': 'cccc333' } };
      const guessed = await told(apps('C@30'), ancestryOf({}), 45, short);
      expect(guessed.evidence).toMatchObject({ containment: 'order' });
      expect(guessed.reason).toContain('not every commit is known in full');
    });

    test('says nothing of it where the artifact itself has stayed, or no repository is named', async () => {
      const plain = `${since}.`;
      expect((await told(apps(''), ancestryOf({}, 'GitHub answers 503'))).reason).toBe(plain);
      expect((await told(apps('C@55'), ancestryOf({}), 30)).reason).toBe(
        'bbbbbbbb completed its soak of 30m at 2026-11-23 10:50Z, last on qa-1.',
      );
      const { reason, key, evidence } = await told(apps('C@30'), null);
      expect(reason).toBe(`${since}, inside what was deployed after it.`);
      expect([key, evidence['containment']]).toEqual([undefined, undefined]);
    });
  });

  test('shows what it rests on', async () => {
    const verdict = await ask(soak, {}, { soakMs: HOUR });
    expect(verdict.evidence).toEqual({
      soakMs: HOUR,
      soakedAt: T0 + HOUR,
      stays: [
        { app: 'router-qa01', startAt: T0, endAt: null },
        { app: 'router-qa02', startAt: T0, endAt: null },
      ],
      missing: [],
    });
  });
});
