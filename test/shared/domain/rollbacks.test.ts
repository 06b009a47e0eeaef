// What people took back is rejected for the whole pipeline, until somebody allows it or the app is given it again.

import { describe, expect, it } from 'vitest';
import { choiceOf } from '../../../shared/domain/difference.ts';
import type { AppFacts, Facts } from '../../../shared/domain/facts.ts';
import type { Rejection } from '../../../shared/domain/rejection.ts';
import { rollbacksSeen, rollbacksUndone } from '../../../shared/domain/rollbacks.ts';
import { historyOf } from '../../../shared/domain/stays.ts';
import { app, at, broughtTo, factsOf, pipelineOf, stepTo, wave } from './fleet.ts';

const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1'), wave('world', 'ie-1'));
const after = { 'va-1': 'A@1 B@11', 'ie-1': 'A@2' };
const ledger = broughtTo({ 'va-1': 'A@1 B@11', 'ie-1': 'A@2' });
const facts = (apps: Record<string, string>, rejections: readonly Rejection[] = []) =>
  factsOf({ apps: { ...after, ...apps }, ledger, by: 'ops@example.com', rejections });
const seen = (apps: Record<string, string>, known: readonly Rejection[] = []) =>
  rollbacksSeen(pipeline, facts(apps, known));
const factsWith = (all: Facts, id: string): AppFacts => {
  const its = all.apps[id];
  if (its === undefined) throw new Error(`Nothing is told of ${id}.`);
  return its;
};
const only = (all: readonly Rejection[]): Rejection => {
  expect(all).toHaveLength(1);
  return all[0] as Rejection;
};

describe('what was taken back', () => {
  it('on a wave before is rejected, with who did it, where and when', () => {
    expect(only(seen({ 'qa-1': 'A@0 B@10 A@40' }))).toMatchObject({
      artifact: 'slug:B',
      commit: 'b'.repeat(40),
      why: 'rollback',
      actor: 'ops@example.com',
      app: app('qa-1'),
      releaseId: 'qa-1 v3',
      at: at(40),
      liftedAt: null,
    });
  });

  it('on the very apps it would go to is rejected, too', () => {
    expect(only(seen({ 'qa-1': 'A@0 B@10', 'va-1': 'A@1 B@11 A@40' })).app).toEqual(app('va-1'));
  });

  it('is rejected also where somebody went back to a release without a slug, whatever runs there since', () => {
    const told = (releases: readonly [string | null, number?][]) => {
      const all = facts({ 'qa-1': 'A@0 B@10 C@50' });
      const its = releases.map(([code, rollbackTo], index) => ({
        id: `va-1 v${index + 1}`,
        version: index + 1,
        status: 'succeeded' as const,
        current: index === releases.length - 1,
        artifact: code === null ? null : { type: 'slug' as const, id: code },
        createdAt: at(index * 10),
        updatedAt: at(index * 10),
        hasReleasePhase: false,
        userEmail: 'ops@example.com',
        ...(rollbackTo !== undefined && { rollbackTo }),
      }));
      const id = app('va-1').id;
      const va1 = { ...factsWith(all, id), ...historyOf(its, true) };
      return rollbacksSeen(pipeline, { ...all, apps: { ...all.apps, [id]: va1 } });
    };
    const back = { artifact: 'slug:B', reason: 'va-1 went back to code without a slug', at: at(20) };
    expect(only(told([[null], ['B'], [null, 1]]))).toMatchObject({ ...back, releaseId: 'va-1 v3' });
    expect(only(told([[null], ['B'], [null, 1], ['C']]))).toMatchObject(back);
    expect(told([[null], ['B'], [null, 1], ['B']])).toEqual([]);
    // A container that is deployed says nothing of what it replaces.
    expect(told([[null], ['B'], [null]])).toEqual([]);
  });

  it('is nothing that something newer has replaced, or that was given again', () => {
    expect(seen({ 'qa-1': 'A@0 B@10 C@40' })).toEqual([]);
    expect(seen({ 'qa-1': 'A@0 B@10 A@40 B@50' })).toEqual([]);
  });

  it('is concluded once: on record, allowed or not, it is not concluded anew', () => {
    const first = only(seen({ 'qa-1': 'A@0 B@10 A@40' }));
    expect(seen({ 'qa-1': 'A@0 B@10 A@40' }, [first])).toEqual([]);
    expect(seen({ 'qa-1': 'A@0 B@10 A@40' }, [{ ...first, liftedAt: at(50), liftedBy: 'ana' }])).toEqual([]);
  });

  it('is no candidate until it is allowed; something newer passes it by', () => {
    const first = only(seen({ 'qa-1': 'A@0 B@10 A@40' }));
    const choice = (head: string, rejection: Rejection) =>
      choiceOf(pipeline, stepTo(pipeline, 'world'), facts({ 'qa-1': head }, [rejection]), at(60));
    expect(choice('A@0 B@10 A@40', first).eligible).toEqual([]);
    expect(choice('A@0 B@10 A@40', first).shown?.artifact).toBe('slug:B');
    const allowed = { ...first, liftedAt: at(50), liftedBy: 'ana' };
    expect(choice('A@0 B@10 A@40', allowed).eligible.map(({ artifact }) => artifact)).toEqual(['slug:B']);
  });

  it('counts no more when the app was given it again', () => {
    const first = only(seen({ 'qa-1': 'A@0 B@10 A@40' }));
    expect(rollbacksUndone(pipeline, facts({ 'qa-1': 'A@0 B@10 A@40' }, [first]))).toEqual([]);
    expect(rollbacksUndone(pipeline, facts({ 'qa-1': 'A@0 B@10 A@40 B@50' }, [first]))).toEqual([first]);
  });
});
