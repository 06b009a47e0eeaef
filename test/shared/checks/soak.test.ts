// Soak: how long the artifact has to have stayed on every app of the wave before.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { soak } from '../../../shared/checks/soak.ts';
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
    const candidate = { ...question.candidate, stays, soakedAt: null, soaked: false };
    expect(await soak.ask({ ...question, candidate }, portsWith())).toMatchObject({
      state: 'wait',
      reason:
        'c0ffee01 was replaced on router-qa02 at 2026-11-23 10:10Z, before its soak of 30m was complete.',
      until: null,
      since: T0 + 10 * MINUTE,
      onEvent: true,
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
