// What people put on apps is concluded while the pasts tell it, recorded, and not concluded anew from what they have
// forgotten: a history keeps 60 stays.

import { describe, expect, it } from 'vitest';
import { isOfferable } from '../../../shared/domain/candidate.ts';
import { running } from '../../../shared/domain/facts.ts';
import { humanActs } from '../../../shared/domain/obstacles.ts';
import type { Rejection } from '../../../shared/domain/rejection.ts';
import { rollbacksSeen } from '../../../shared/domain/rollbacks.ts';
import type { Standing } from '../../../shared/domain/standing.ts';
import { standingsOver, standingsSeen } from '../../../shared/domain/standings.ts';
import { app, broughtTo, factsOf, pipelineOf, stepTo, type Telling, wave } from './fleet.ts';

const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1'), wave('world', 'ie-1'));
const quiet = { 'qa-1': 'A@0', 'va-1': 'A@1', 'ie-1': 'A@2' };
/** Merges on the head from minute 100 on, a minute apart. */
const merges = (count: number) =>
  Array.from({ length: count }, (_, index) => `m${index}@${100 + index}`).join(' ');

/** Facts with a commit for every artifact; `H` and the like get theirs, and so do the merges. */
function facts(apps: Record<string, string>, more: Omit<Telling, 'apps'> = {}) {
  const all = { ...quiet, ...apps };
  const codes = Object.values(all).flatMap((past) => past.match(/[A-Za-z]\d*(?=@)/g) ?? []);
  const commits = Object.fromEntries(
    codes.map((code) => [`slug:${code}`, Buffer.from(code).toString('hex').padEnd(40, '0')]),
  );
  return factsOf({ apps: all, commits, ...more });
}

const H_ON = (name: string): Standing => ({
  pipelineId: 'id-router',
  appId: app(name).id,
  artifact: 'slug:H',
  wasKnown: false,
});

describe('A hotfix on an app that Sluice never promoted to', () => {
  const acts = (head: string, standings: readonly Standing[]) =>
    humanActs(
      pipeline,
      stepTo(pipeline, 'world'),
      facts({ 'qa-1': head, 'ie-1': 'A@2 H@50' }, { standings }),
    );

  it('is recorded when it is first seen, and once', () => {
    const seen = standingsSeen(pipeline, facts({ 'ie-1': 'A@2 H@50' }));
    expect(seen).toEqual([H_ON('ie-1')]);
    expect(standingsSeen(pipeline, facts({ 'ie-1': 'A@2 H@50' }, { standings: seen }))).toEqual([]);
  });

  it.each([1, 59, 60, 61, 200])('stands after %i merges, by its record', (count) => {
    expect(acts(`A@0 ${merges(count)}`, [H_ON('ie-1')])).toMatchObject([
      { app: { name: 'ie-1' }, what: expect.stringContaining('was released straight to ie-1') },
    ]);
  });

  it('has to be on record for that: the past of the wave before tells it no more', () => {
    expect(acts(`A@0 ${merges(58)}`, [])).toHaveLength(1);
    // What was there before all that a past tells is where Sluice starts from.
    expect(acts(`A@0 ${merges(61)}`, [])).toEqual([]);
  });

  it('stands no more once it was accepted, or the wave before runs its code', () => {
    const head = `A@0 ${merges(61)}`;
    const accepted = broughtTo({ 'ie-1': 'H@60' });
    const known = { ...quiet, 'qa-1': `${head} H@300`, 'ie-1': 'A@2 H@50' };
    const standings = [H_ON('ie-1')];
    const step = stepTo(pipeline, 'world');
    const after = facts({ 'qa-1': head, 'ie-1': 'A@2 H@50' }, { standings, ledger: accepted });
    expect(humanActs(pipeline, step, after)).toEqual([]);
    expect(humanActs(pipeline, step, facts(known, { standings }))).toEqual([]);
  });

  it('is put on record of nothing that could only be half read', () => {
    const apps = { 'ie-1': 'A@2 H@50' };
    expect(standingsSeen(pipeline, facts(apps, { unreadable: { 'qa-1': 'Heroku says no.' } }))).toEqual([]);
    const { commits, ...rest } = facts(apps);
    const { 'slug:A': _, ...some } = commits;
    expect(standingsSeen(pipeline, { ...rest, commits: some })).toEqual([]);
  });

  it('is over when the app has not run it for as long as its past is told', () => {
    const standings = [H_ON('ie-1')];
    expect(standingsOver(pipeline, facts({ 'ie-1': 'A@2 H@50 A@60' }, { standings }))).toEqual([]);
    expect(standingsOver(pipeline, facts({ 'ie-1': `A@2 H@50 ${merges(61)}` }, { standings }))).toEqual(
      standings,
    );
    const elsewhere = [{ ...H_ON('ie-1'), pipelineId: 'id-before' }];
    expect(
      standingsOver(pipeline, facts({ 'ie-1': `A@2 H@50 ${merges(61)}` }, { standings: elsewhere })),
    ).toEqual([]);
  });
});

describe('What somebody put on a wave in between', () => {
  const apps = (count: number) => ({ 'qa-1': `A@0 ${merges(count)}`, 'va-1': 'A@1 H@50' });
  const isOffered = (count: number, more: Omit<Telling, 'apps'>): boolean => {
    const known = facts(apps(count), more);
    const stay = running(known, app('va-1'));
    if (stay === undefined) throw new Error('It must run something.');
    return isOfferable(known, pipeline.waves[0], app('va-1'), stay);
  };

  it.each([1, 60, 61, 200])('goes no further after %i merges', (count) => {
    expect(isOffered(count, { standings: [H_ON('va-1')] })).toBe(false);
  });

  it('is recorded with the step that leads to that wave, and goes on when it was accepted', () => {
    expect(standingsSeen(pipeline, facts(apps(1)))).toEqual([H_ON('va-1')]);
    const standings = [H_ON('va-1')];
    expect(isOffered(61, { standings, ledger: broughtTo({ 'va-1': 'H@60' }) })).toBe(true);
  });

  it('goes no further however much was brought after it, when it was promoted there by hand', () => {
    const ledger = broughtTo({ 'va-1': Array.from({ length: 10 }, (_, n) => `m${n}@${200 + n}`).join(' ') });
    const byHand = { ...H_ON('va-1'), wasKnown: true };
    const known = facts({ 'qa-1': `A@0 H@40 ${merges(10)}`, 'va-1': 'A@1 H@50 m9@209' }, { ledger });
    const stay = known.apps[app('va-1').id]?.history.stays[1];
    if (stay === undefined) throw new Error('It must have run it.');
    expect(isOfferable({ ...known, standings: [byHand] }, pipeline.waves[0], app('va-1'), stay)).toBe(false);
  });
});

describe('What was taken back on the head', () => {
  /** B, then A again from a new build: a rollback by deploying, after which the merges go on. */
  const head = (count: number) => `A@0 B@10 C@20 ${merges(count)}`;
  const builtAgain = (count: number) => {
    const { commits, ...rest } = facts({ 'qa-1': head(count) });
    return { ...rest, commits: { ...commits, 'slug:C': commits['slug:A'] ?? null } };
  };

  it('is rejected while its past tells so, though no wave would be given it now', () => {
    expect(rollbacksSeen(pipeline, builtAgain(1)).map(({ artifact }) => artifact)).toContain('slug:B');
  });

  it('is on record when what it was taken back to is forgotten', () => {
    const [rejection] = rollbacksSeen(pipeline, builtAgain(1));
    const later = { ...builtAgain(58), rejections: [rejection as Rejection] };
    expect(rollbacksSeen(pipeline, later)).toEqual([]);
    expect(later.rejections.map(({ artifact }) => artifact)).toEqual(['slug:B']);
  });
});
