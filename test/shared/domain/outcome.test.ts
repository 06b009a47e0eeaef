// What makes two decisions the same for the record, and what does not.

import { describe, expect, it } from 'vitest';
import { outcomeOf, wordingOf } from '../../../shared/domain/decide.ts';
import type { Decision, StepDecision, WaveView } from '../../../shared/domain/decision.ts';
import { pass, type Verdict, type VerdictParts, wait } from '../../../shared/domain/verdict.ts';
import { deciding } from './deciding.ts';
import { app, at } from './fleet.ts';

const asked = (more: Partial<VerdictParts> = {}): VerdictParts => ({
  check: 'window',
  about: 'world',
  reason: 'As asked.',
  ...more,
});
const apps = { 'qa-1': 'A@0 B@40', 'va-1': 'A@1', 'ie-1': 'A@2' };

const answers = () => ({ canary: [pass(asked({ check: 'soak' })), wait(asked({ until: at(99) }))] });
const one = (): Decision => deciding({ apps, answers: answers() }).decision;

type Change = (decision: Decision) => Decision;
/** Changes the first step, to canary. */
const step =
  (more: Partial<StepDecision>): Change =>
  (decision) => ({
    ...decision,
    steps: decision.steps.map((s, index) => (index === 0 ? { ...s, ...more } : s)),
  });
const entry =
  (more: Partial<WaveView['apps'][number]>): Change =>
  (decision) => ({
    ...decision,
    waves: decision.waves.map((wave) => ({ ...wave, apps: wave.apps.map((e) => ({ ...e, ...more })) })),
  });
/** Changes the answers of a state: there is one that passes, and one that waits. */
const answer =
  (state: Verdict['state'], more: Partial<Verdict>): Change =>
  (decision) => ({
    ...decision,
    steps: decision.steps.map((s) => ({
      ...s,
      verdicts: s.verdicts.map((v) => (v.state === state ? { ...v, ...more } : v)),
    })),
  });

describe('two decisions have the same outcome', () => {
  it('when only time has passed', () => {
    const later = deciding({ apps, answers: answers(), now: 61 }).decision;
    expect(later).not.toEqual(one());
    expect(outcomeOf(later)).toBe(outcomeOf(one()));
  });

  it.each<[string, Change]>([
    ['since when an app runs what it runs', entry({ since: 0 })],
    ['since when an answer is what it is', answer('wait', { since: 0 })],
    ['how a pass is put', answer('pass', { reason: 'In other words.', until: 7 })],
    ['when to look again', (decision) => ({ ...decision, wakeAt: 0 })],
  ])('whatever is said of %s', (_, change) => {
    expect(outcomeOf(change(one()))).toBe(outcomeOf(one()));
  });

  it.each<[string, Change]>([
    ['the mode', (decision) => ({ ...decision, mode: 'observe' })],
    ['whether anything may move', (decision) => ({ ...decision, dryRun: true })],
    ['how long it can take', (decision) => ({ ...decision, soakCeilingMs: 7 })],
    [
      'what adds to that',
      (decision) => ({ ...decision, ceilingTerms: { plus: ['ci'], deploymentsBelow: null } }),
    ],
    ['which app there is', entry({ app: app('another') })],
    ['what runs', entry({ artifact: 'slug:C' })],
    ['a commit', entry({ commit: 'c0c' })],
    ['where a step leads from', step({ from: 'elsewhere' })],
    ['where a step leads to', step({ to: 'elsewhere' })],
    ['a state', step({ state: 'promoting' })],
    ['what would move', step({ candidate: null })],
    ['where to', step({ targets: [app('another')] })],
    ['what stands', step({ stands: [{ app: app('another'), artifact: 'slug:C', releaseId: 'r' }] })],
    ['what failed', step({ failures: [{ app: app('another'), attemptId: '01' }] })],
    ['which check passes', answer('pass', { check: 'ci' })],
    ['which check waits', answer('wait', { check: 'ci' })],
    ['an answer', answer('wait', { state: 'fail' })],
    ['why a check waits', answer('wait', { reason: 'In other words.' })],
    ['until when', answer('wait', { until: at(98) })],
  ])('not when %s is another', (_, change) => {
    expect(outcomeOf(change(one()))).not.toBe(outcomeOf(one()));
  });
});

describe('two decisions tell the same', () => {
  const passing = (reason: string) =>
    step({ passedOver: [{ artifact: 'slug:C', commit: null, check: 'soak', state: 'unknown', reason }] });

  it('not when what was passed over is told otherwise', () => {
    expect(wordingOf(passing('one')(one()))).toBe(wordingOf(passing('one')(one())));
    expect(wordingOf(passing('one')(one()))).not.toBe(wordingOf(passing('other')(one())));
  });
});
