// Settling: what became of an attempt, as runs, promotions and releases tell it.

import { describe, expect, it } from 'vitest';
import { type Attempt, PROMOTION_MS_MAX, QUIET_MS, SEND_WITHIN_MS } from '../../../shared/domain/attempt.ts';
import {
  refused,
  settleByReleases,
  settleByTargets,
  settleByWhatRuns,
  settleOverdue,
  settleUnsent,
  type TargetReport,
} from '../../../shared/domain/settle.ts';
import type { ReleaseFact } from '../../../shared/domain/stays.ts';
import { app, at, attemptOf, factsOf, releases, T0, target } from './fleet.ts';

const NOW = at(3);
const two = (more: Partial<Attempt> = {}): Attempt =>
  attemptOf({ targets: [target('va-1'), target('va-2')], ...more });
const states = (attempt: Attempt | null) => attempt?.targets.map(({ state }) => state);

const goesOn = { state: 'open', settledAt: null } as const;

describe('what runs', () => {
  const runs = (apps: Readonly<Record<string, string>>) =>
    settleByWhatRuns(two(), factsOf({ apps }).apps, NOW);

  it('tells that every target took it, by a release newer than the claim', () => {
    expect(runs({ 'va-1': 'A@-9 B@1', 'va-2': 'A@-9 A@-8 B@1' })).toMatchObject({
      state: 'succeeded',
      settledAt: NOW,
      outcome: 'va-1 and va-2 took it.',
      targets: [
        { state: 'succeeded', releaseId: 'va-1 v2', error: null },
        { state: 'succeeded', releaseId: 'va-2 v3', error: null },
      ],
    });
  });

  it.each([
    ['one target runs something else', { 'va-1': 'A@-9 B@1', 'va-2': 'A@-9' }],
    ['one ran it already before the claim', { 'va-1': 'A@-9 B@1', 'va-2': 'B@-9' }],
    ['one runs nothing', { 'va-1': 'A@-9 B@1', 'va-2': '' }],
    ['one was not observed', { 'va-1': 'A@-9 B@1' }],
  ])('tells nothing while %s', (_, apps: Record<string, string>) => {
    expect(runs(apps)).toBeNull();
  });
});

describe("a promotion's own targets", () => {
  const report = (name: string, status: TargetReport['status'], more: Partial<TargetReport> = {}) => ({
    appId: app(name).id,
    status,
    releaseId: null,
    errorMessage: null,
    ...more,
  });

  it('tell that it goes on, and where', () => {
    const reports = [report('va-1', 'succeeded', { releaseId: 'va-1 v2' }), report('va-2', 'pending')];
    const told = settleByTargets(two(), reports, NOW);
    expect(told).toMatchObject({ ...goesOn, outcome: 'Heroku is at work on va-2.' });
    expect(states(told)).toEqual(['succeeded', 'open']);
    expect(told.targets[0]?.releaseId).toBe('va-1 v2');
  });

  it('stay open where Heroku does not list them', () => {
    const told = settleByTargets(two(), [report('va-2', 'succeeded')], NOW);
    expect(told).toMatchObject({ ...goesOn, outcome: 'Heroku is at work on va-1.' });
    expect(settleByTargets(two(), [], NOW).outcome).toBe('Heroku is at work on va-1 and va-2.');
  });

  it('tell that all took it', () => {
    const told = settleByTargets(two(), [report('va-1', 'succeeded'), report('va-2', 'succeeded')], NOW);
    expect(told).toMatchObject({ state: 'succeeded', settledAt: NOW, outcome: 'va-1 and va-2 took it.' });
  });

  it('tell that some did not, with the first reason given', () => {
    const reports = [
      report('va-1', 'succeeded'),
      report('va-2', 'failed', { errorMessage: 'No dyno booted.' }),
    ];
    const told = settleByTargets(two(), reports, NOW);
    expect(told.state).toBe('partial');
    expect(told.outcome).toBe('va-1 took it; va-2 did not: No dyno booted.');
    expect(told.targets[1]?.error).toBe('No dyno booted.');
  });

  it('tell that none did', () => {
    const reports = [report('va-1', 'failed', { errorMessage: 'No dyno booted.' }), report('va-2', 'failed')];
    const told = settleByTargets(two(), reports, NOW);
    expect(told.state).toBe('failed');
    expect(told.outcome).toBe('va-1 and va-2 did not take it: No dyno booted.');
  });

  it('tell it without a reason where Heroku gives none', () => {
    const none = settleByTargets(two(), [report('va-1', 'failed'), report('va-2', 'failed')], NOW);
    expect(none.outcome).toBe('va-1 and va-2 did not take it: Heroku gives no reason.');
    const some = settleByTargets(two(), [report('va-1', 'failed'), report('va-2', 'succeeded')], NOW);
    expect(some.outcome).toBe('va-2 took it; va-1 did not: Heroku gives no reason.');
  });
});

describe('the releases of the targets', () => {
  const QUIET = T0 + 1000 + QUIET_MS;
  const lost = (more: Partial<Attempt> = {}) => two({ promotionId: null, ...more });
  const last = (name: string, past: string, more: Partial<ReleaseFact> = {}): readonly ReleaseFact[] =>
    releases(name, past).map((release, index, all) =>
      index === all.length - 1 ? { ...release, ...more } : release,
    );
  const byReleases = (attempt: Attempt, all: readonly (readonly ReleaseFact[])[], now = NOW) =>
    settleByReleases(
      attempt,
      Object.fromEntries(all.map((list, index) => [app(`va-${index + 1}`).id, list])),
      now,
    );
  const before = releases('va-1', 'A@-9');

  it('tell that it happened, though nobody ever heard its id: it is adopted', () => {
    const told = byReleases(lost(), [last('va-1', 'A@-9 B@1'), last('va-2', 'A@-9 B@1')]);
    expect(told).toMatchObject({
      state: 'succeeded',
      outcome: 'va-1 and va-2 took it (its answer was lost; the targets tell it).',
      targets: [
        { state: 'succeeded', releaseId: 'va-1 v2', error: null },
        { state: 'succeeded', releaseId: 'va-2 v2', error: null },
      ],
    });
  });

  it('tell that it is under way, and that it failed', () => {
    const told = byReleases(lost(), [
      last('va-1', 'A@-9 B@1', { status: 'pending' }),
      last('va-2', 'A@-9 B@1', { status: 'failed' }),
    ]);
    expect(told).toMatchObject({ ...goesOn, outcome: 'Heroku is at work on va-1.' });
    expect(told.targets).toMatchObject([
      { state: 'open', releaseId: 'va-1 v2', error: null },
      { state: 'failed', releaseId: 'va-2 v2', error: 'The release failed; what ran before still runs.' },
    ]);
  });

  it('tell nothing before the quiet time is over, and that it was never sent after it', () => {
    const attempt = lost();
    expect(byReleases(attempt, [before, before], QUIET - 1)).toBe(attempt);
    const told = byReleases(attempt, [before, before], QUIET);
    expect(told.state).toBe('not-sent');
    expect(states(told)).toEqual(['not-promoted', 'not-promoted']);
    expect(told.targets.map((t) => t.error)).toEqual([null, null]);
    expect(told.outcome).toBe('Nothing came of it: no app had a release from it by 2026-11-23 10:05Z.');
  });

  it('are quiet from the claim on where no mark was made', () => {
    expect(byReleases(lost({ sentAt: null }), [before, before], QUIET - 1000).state).toBe('not-sent');
  });

  it('do not count when they are older than the claim, carry something else, or no code at all', () => {
    const attempt = lost();
    const older = releases('va-1', 'B@-9');
    const other = last('va-2', 'A@-9 C@1');
    expect(byReleases(attempt, [older, other])).toBe(attempt);
    expect(byReleases(attempt, [last('va-1', 'A@-9 B@1', { artifact: null }), other])).toBe(attempt);
    expect(byReleases(attempt, [])).toBe(attempt);
  });

  it('follow one another: once one target has it, the others are waited for, but not for ever', () => {
    const one = [last('va-1', 'A@-9 B@1'), before];
    const waiting = byReleases(lost(), one, QUIET - 1);
    expect(waiting).toMatchObject({ ...goesOn, outcome: 'Heroku is at work on va-2.' });
    expect(states(waiting)).toEqual(['succeeded', 'open']);
    const over = byReleases(lost(), one, QUIET);
    expect(over.state).toBe('partial');
    expect(over.targets[1]).toMatchObject({ state: 'failed', error: 'Heroku made no release for it.' });
  });

  it('never tell that a promotion whose id is known was not sent', () => {
    const known = two();
    expect(byReleases(known, [before, before], QUIET)).toBe(known);
    expect(states(byReleases(known, [last('va-1', 'A@-9 B@1'), before], QUIET))).toEqual([
      'succeeded',
      'open',
    ]);
  });
});

describe('an attempt that was never marked as being sent', () => {
  const unsent = attemptOf({ sentAt: null, promotionId: null });

  it('is given up once its run has had the time to do so', () => {
    expect(settleUnsent(unsent, T0 + SEND_WITHIN_MS - 1)).toBeNull();
    const told = settleUnsent(unsent, T0 + SEND_WITHIN_MS);
    expect(told?.state).toBe('not-sent');
    expect(states(told)).toEqual(['not-promoted']);
  });

  it('is not one that was marked, however long ago', () => {
    expect(settleUnsent(attemptOf(), at(1_000_000))).toBeNull();
  });
});

describe('an attempt that Heroku has been at work on for too long', () => {
  it('has failed where it is open, and only there', () => {
    const attempt = two({ targets: [target('va-1', { state: 'succeeded' }), target('va-2')] });
    expect(settleOverdue(attempt, T0 + PROMOTION_MS_MAX - 1)).toBeNull();
    const told = settleOverdue(attempt, T0 + PROMOTION_MS_MAX);
    expect(states(told)).toEqual(['succeeded', 'failed']);
    expect(told?.outcome).toBe('va-1 took it; va-2 did not: Heroku has not ended it in two hours.');
  });
});

describe('a request that Heroku refused', () => {
  it('promoted nothing, and says why', () => {
    const told = refused(two(), { status: 422, id: 'invalid_params', message: 'No such source.' }, NOW);
    expect(told).toMatchObject({
      state: 'rejected',
      refusal: { status: 422, id: 'invalid_params' },
      settledAt: NOW,
      outcome: 'Heroku refused it (422 invalid_params): No such source.',
    });
    expect(told.refusal).not.toHaveProperty('message');
    expect(states(told)).toEqual(['not-promoted', 'not-promoted']);
  });
});
