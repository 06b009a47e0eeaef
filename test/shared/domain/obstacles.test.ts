// What stands in the way by the facts alone, and in which words it is told.

import { describe, expect, it } from 'vitest';
import { type Attempt, emptyLedger } from '../../../shared/domain/attempt.ts';
import { differenceOf } from '../../../shared/domain/difference.ts';
import type { Rejection } from '../../../shared/domain/rejection.ts';
import { unknownsOf } from '../../../shared/domain/unknowns.ts';
import type { Verdict } from '../../../shared/domain/verdict.ts';
import {
  at,
  attemptOf,
  broughtTo,
  factsOf,
  pipelineOf,
  stepTo,
  type Telling,
  target,
  wave,
} from './fleet.ts';

const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1 va-2'), wave('world', 'ie-1 ie-2'));
const everyApp = { 'qa-1': '', 'va-1': '', 'va-2': '', 'ie-1': '', 'ie-2': '' };
const facts = (telling: Telling) => factsOf({ ...telling, apps: { ...everyApp, ...telling.apps } });

const REJECTED_B: Rejection = {
  id: 'rejection-1',
  pipelineId: 'id-router',
  artifact: 'slug:B',
  commit: 'b'.repeat(40),
  why: 'rollback',
  actor: 'ops@example.com',
  reason: 'va-1 went back to aaaaaaaa',
  at: at(30),
  app: null,
  releaseId: null,
  liftedAt: null,
  liftedBy: null,
};

describe('an obstacle', () => {
  const obstacles = (telling: Telling, to = 'canary') => {
    const step = stepTo(pipeline, to);
    return differenceOf(pipeline, step, facts(telling), at(60)).obstacles;
  };
  const only = (verdicts: readonly Verdict[]): Verdict => {
    expect(verdicts).toHaveLength(1);
    return verdicts[0] as Verdict;
  };
  const behind = { 'qa-1': 'A@0 B@10', 'va-1': 'A@1', 'va-2': 'A@1' };

  it('is none when nothing stands in the way', () => {
    expect(obstacles({ apps: behind })).toEqual([]);
  });

  it('is an attempt under way to the wave', () => {
    const open = [attemptOf({ claimedAt: at(59), outcome: 'Heroku is at work on va-1.' })];
    expect(only(obstacles({ apps: behind, ledger: { ...emptyLedger, open } }))).toEqual({
      check: 'attempt',
      state: 'wait',
      about: 'target',
      reason: 'bbbbbbbb has been on its way to canary since 2026-11-23 10:59Z. Heroku is at work on va-1.',
      since: at(59),
      until: null,
      unblock: null,
      onEvent: false,
      evidence: { attempt: 'attempt-1', promotion: 'promotion-1' },
    });
  });

  it('is an attempt that is still bringing the candidate to the wave before, and no other', () => {
    const apps = { ...behind, 'va-1': 'A@1 B@11', 'va-2': 'A@1 B@11', 'ie-1': 'A@2', 'ie-2': 'A@2' };
    const arriving = (more: Partial<Attempt>) => {
      const targets = [target('va-1'), target('va-2')];
      return obstacles(
        { apps, ledger: { ...emptyLedger, open: [attemptOf({ targets, ...more })] } },
        'world',
      );
    };
    expect(only(arriving({})).reason).toMatch(/^bbbbbbbb has been on its way to canary /);
    expect(arriving({ artifact: 'slug:C' })).toEqual([]);
  });

  it('is what a person did on the wave, as long as the candidate would undo it', () => {
    const ledger = broughtTo({ 'va-1': 'A@1', 'va-2': 'A@1' });
    const hotfix = { 'qa-1': 'A@0 B@10', 'va-1': 'A@1 H@20', 'va-2': 'A@1 H@15' };
    expect(only(obstacles({ apps: hotfix, ledger }))).toEqual({
      check: 'stands',
      state: 'wait',
      about: 'target',
      reason:
        'hhhhhhhh was released straight to va-1 at 2026-11-23 10:20Z and hhhhhhhh was released straight to va-2 at 2026-11-23 10:15Z; what a person did stands until somebody lets go.',
      since: at(15),
      until: null,
      unblock:
        'sluice accept router --wave canary --reason "…"   (bbbbbbbb goes there next then, and what was there may go on to world)',
      onEvent: true,
      evidence: { apps: ['va-1', 'va-2'] },
    });
    const same = { 'qa-1': 'A@0 B@10', 'va-1': 'A@1 B@20', 'va-2': 'A@1' };
    expect(obstacles({ apps: same, ledger })).toEqual([]);
  });

  it('promises nothing that the order of artifacts forbids', () => {
    const ledger = broughtTo({ 'va-1': 'A@1 B@11', 'va-2': 'A@1 B@11' });
    const hotfix = { 'qa-1': 'A@0 B@10 A@20', 'va-1': 'A@1 B@11 H@30', 'va-2': 'A@1 B@11' };
    const found = obstacles({ apps: hotfix, ledger });
    expect(found.map(({ check }) => check)).toEqual(['stands', 'order']);
    expect(found[0]?.unblock).toBe(
      'sluice accept router --wave canary --reason "…"   (it counts then, and may go on to world; aaaaaaaa is still too old to go there)',
    );
  });

  it.each([
    {
      what: 'what was taken back, when the rollback is accepted',
      apps: { 'qa-1': 'A@0 B@10', 'va-1': 'A@1 B@11 A@30', 'va-2': 'A@1 B@11 A@30' },
      brought: { 'va-1': 'A@1 B@11', 'va-2': 'A@1 B@11' },
      to: 'canary',
      unblock:
        'sluice accept router --wave canary --reason "…"   (it counts then, and may go on to world; bbbbbbbb stays rejected and does not go there)',
    },
    {
      what: 'what somebody put on the wave before, when that is accepted',
      apps: { 'qa-1': 'A@0', 'va-1': 'A@1 B@20', 'va-2': 'A@1 B@20', 'ie-1': 'A@2', 'ie-2': 'A@2' },
      brought: { 'va-1': 'A@1', 'va-2': 'A@1', 'ie-1': 'A@2', 'ie-2': 'A@2' },
      to: 'world',
      unblock:
        'sluice accept router --wave canary --reason "…"   (bbbbbbbb counts as brought by the pipeline then; bbbbbbbb stays rejected and does not go there)',
    },
    {
      what: 'what failed, when it may be tried again',
      apps: behind,
      failed: { artifact: 'slug:B', at: at(20), attemptId: 'attempt-1', message: 'No dyno booted.' },
      to: 'canary',
      unblock:
        'sluice retry router --wave canary --reason "…"   (bbbbbbbb stays rejected and does not go there; a newer artifact goes ahead by itself)',
    },
  ])('promises nothing that a rejection forbids: $what', ({ apps, brought, failed, to, unblock }) => {
    const tried = { 'id-va-1': { brought: [], failed: failed ?? null, tried: 'slug:B' } };
    const ledger = brought === undefined ? { ...emptyLedger, apps: tried } : broughtTo(brought);
    expect(only(obstacles({ ledger, apps, rejections: [REJECTED_B] }, to)).unblock).toBe(unblock);
    const lifted = [{ ...REJECTED_B, liftedAt: at(50), liftedBy: 'ana@example.com' }];
    expect(only(obstacles({ ledger, apps, rejections: lifted }, to)).unblock).not.toContain('rejected');
  });

  it('is a rollback to what the pipeline had given the app, for what ran anywhere before it, and no later', () => {
    const ledger = broughtTo({ 'va-1': 'A@1 B@11', 'va-2': 'A@1 B@11' });
    const went = (head: string) =>
      obstacles({ ledger, apps: { 'qa-1': head, 'va-1': 'A@1 B@11 A@30', 'va-2': 'A@1 B@11 A@30' } });
    expect(went('A@0 B@10 C@29')).toMatchObject([
      {
        check: 'stands',
        reason: expect.stringMatching(/stands until somebody lets go, or something newer is merged\.$/),
      },
    ]);
    expect(went('A@0 B@10 C@30')).toMatchObject([{ check: 'stands' }]);
    expect(went('A@0 B@10 C@31')).toEqual([]);
    // One app of the wave that runs a hotfix is enough to keep it from all of them.
    const mixed = { 'qa-1': 'A@0 B@10 C@31', 'va-1': 'A@1 B@11 A@30', 'va-2': 'A@1 B@11 H@30' };
    expect(obstacles({ ledger, apps: mixed })).toMatchObject([
      { check: 'stands', evidence: { apps: ['va-2'] } },
    ]);
  });

  it('is a rollback for whatever comes, where it went back to a hotfix, or where no commit says what comes', () => {
    const ledger = broughtTo({ 'va-1': 'A@1', 'va-2': 'A@1' });
    const toHotfix = { 'qa-1': 'A@0 C@31', 'va-1': 'A@1 H@20 I@25 H@30', 'va-2': 'A@1' };
    expect(obstacles({ ledger, apps: toHotfix })).toMatchObject([
      { check: 'stands', reason: expect.stringMatching(/until somebody lets go\.$/) },
    ]);
    const brought = broughtTo({ 'va-1': 'A@1 B@11', 'va-2': 'A@1 B@11' });
    const apps = { 'qa-1': 'A@0 B@10 C@31', 'va-1': 'A@1 B@11 A@30', 'va-2': 'A@1 B@11' };
    const commits = { 'slug:A': 'a'.repeat(40), 'slug:B': 'b'.repeat(40), 'slug:C': 'v1.2.3' };
    expect(obstacles({ ledger: brought, apps, commits })).toMatchObject([{ check: 'stands' }]);
  });

  it('is that somebody put the candidate on the wave before by hand', () => {
    const ledger = broughtTo({ 'va-1': 'A@1', 'va-2': 'A@1', 'ie-1': 'A@2', 'ie-2': 'A@2' });
    const apps = { 'qa-1': 'A@0', 'va-1': 'A@1 H@20', 'va-2': 'A@1 H@20', 'ie-1': 'A@2', 'ie-2': 'A@2' };
    expect(only(obstacles({ apps, ledger }, 'world'))).toMatchObject({
      check: 'stands',
      unblock:
        'sluice accept router --wave canary --reason "…"   (hhhhhhhh counts as brought by the pipeline then, and goes on to world)',
    });
  });

  it('is that the targets failed to take it before', () => {
    const failed = (attemptId: string, minute: number, artifact = 'slug:B') => ({
      brought: [],
      failed: { artifact, at: at(minute), attemptId, message: 'No dyno booted.' },
      tried: artifact,
    });
    const failures = { 'id-va-1': failed('attempt-1', 20), 'id-va-2': failed('attempt-1', 25) };
    expect(only(obstacles({ apps: behind, ledger: { ...emptyLedger, apps: failures } }))).toEqual({
      check: 'attempt',
      state: 'fail',
      about: 'artifact',
      reason: 'va-1 and va-2 failed to take bbbbbbbb at 2026-11-23 10:25Z: No dyno booted.',
      since: at(20),
      until: null,
      unblock:
        'sluice retry router --wave canary --reason "…"   (tries bbbbbbbb again; a newer artifact goes ahead by itself)',
      onEvent: true,
      evidence: { attempts: ['attempt-1'] },
    });
    // That something else failed there since is no reason to try it again.
    const earlier = { artifact: 'slug:B', at: at(20), attemptId: 'attempt-1', message: 'No dyno booted.' };
    const since = { 'id-va-1': { ...failed('attempt-2', 30, 'slug:C'), failedBefore: [earlier] } };
    expect(obstacles({ apps: behind, ledger: { ...emptyLedger, apps: since } })).toMatchObject([
      { check: 'attempt', state: 'fail', evidence: { attempts: ['attempt-1'] } },
    ]);
    // Nor is another build of it, where nothing tells the commit of the first any more.
    const commits = { 'slug:A': 'a'.repeat(40), 'slug:B': 'b'.repeat(40) };
    const build = failed('attempt-1', 20, 'slug:gone');
    const ofCommit = (commit: string) => ({ 'id-va-1': { ...build, failed: { ...build.failed, commit } } });
    const withCommit = (commit: string) =>
      obstacles({ apps: behind, commits, ledger: { ...emptyLedger, apps: ofCommit(commit) } });
    expect(withCommit('b'.repeat(40))).toMatchObject([{ check: 'attempt', state: 'fail' }]);
    expect(withCommit('a'.repeat(40))).toEqual([]);
    const ofAnother = { 'id-va-1': failed('attempt-1', 20, 'slug:A') };
    expect(obstacles({ apps: behind, ledger: { ...emptyLedger, apps: ofAnother } })).toEqual([]);
  });

  it('is that an app runs something newer', () => {
    const ledger = broughtTo({ 'va-1': 'A@1 B@11', 'va-2': 'A@1 B@11' });
    const back = { 'qa-1': 'A@0 B@10 A@20', 'va-1': 'A@1 B@11', 'va-2': 'A@1 B@11' };
    expect(only(obstacles({ apps: back, ledger }))).toEqual({
      check: 'order',
      state: 'wait',
      about: 'target',
      reason: 'va-1 and va-2 run something newer than aaaaaaaa; no app is moved to an older artifact.',
      since: null,
      until: null,
      unblock: 'deploy something newer, or go back by hand: heroku rollback --app va-1',
      onEvent: true,
      evidence: { apps: ['va-1', 'va-2'] },
    });
    // One of the two is enough; one that runs nothing, or the candidate itself, is not ahead.
    const one = { 'qa-1': 'A@0 B@10 C@20 B@30', 'va-1': 'A@1 C@25', 'va-2': '' };
    const ahead = obstacles({ apps: one, ledger: broughtTo({ 'va-1': 'C@25' }) });
    expect(only(ahead).evidence).toEqual({ apps: ['va-1'] });
    expect(only(ahead).reason).toMatch(/^va-1 runs something newer than /);
  });

  it('is that an app has had something newer, whatever lies on top of it', () => {
    const head = 'A@0 B@10 C@20 B@30';
    const reasonOf = (apps: Telling['apps']) =>
      only(obstacles({ apps: { 'qa-1': head, ...apps }, ledger: broughtTo(apps) })).reason;
    expect(reasonOf({ 'va-1': 'C@21 A@25', 'va-2': 'A@1' })).toBe(
      'va-1 has had something newer than bbbbbbbb; no app is moved to an older artifact.',
    );
    const have = /^va-1 and va-2 have had something newer than bbbbbbbb;/;
    expect(reasonOf({ 'va-1': 'C@21 A@25', 'va-2': 'C@21 A@25' })).toMatch(have);
    expect(reasonOf({ 'va-1': 'C@21 A@25', 'va-2': 'A@1 C@22' })).toMatch(have);
  });

  it('is that an app of the wave, or of one before, could not be read', () => {
    const reasons = (unreadable: Readonly<Record<string, string>>, to?: string) =>
      obstacles({ apps: behind, unreadable }, to).map(({ reason }) => reason);
    expect(reasons({ 'va-2': 'No.' })).toEqual(['What va-2 runs could not be read: No.']);
    expect(reasons({ 'qa-1': 'No.', 'ie-1': 'No.' })).toEqual(['What qa-1 runs could not be read: No.']);
  });
});

describe('what could not be read', () => {
  it('of any of the waves is told, with the first reason', () => {
    const unreadable = {
      'qa-1': 'Heroku answered 503.',
      'va-2': 'Heroku answered 500.',
      'ie-1': 'no matter',
    };
    const [verdict, ...more] = unknownsOf(
      pipeline,
      stepTo(pipeline, 'canary'),
      facts({ apps: {}, unreadable }),
    );
    expect(more).toEqual([]);
    expect(verdict).toEqual({
      check: 'facts',
      state: 'unknown',
      about: 'world',
      key: 'unreadable id-qa-1,id-va-2',
      reason: 'What qa-1 and va-2 run could not be read: Heroku answered 503.',
      since: null,
      until: null,
      unblock: null,
      onEvent: false,
      evidence: { apps: ['qa-1', 'va-2'] },
    });
  });

  it('of one app is told of one app', () => {
    const [verdict] = unknownsOf(
      pipeline,
      stepTo(pipeline, 'canary'),
      facts({ apps: {}, unreadable: { 'va-1': 'No.' } }),
    );
    expect(verdict?.reason).toBe('What va-1 runs could not be read: No.');
  });

  it('is nothing where everything could', () => {
    expect(unknownsOf(pipeline, stepTo(pipeline, 'world'), facts({ apps: {} }))).toEqual([]);
  });
});
