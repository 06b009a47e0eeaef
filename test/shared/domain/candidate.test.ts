// What a wave can offer to the next: which artifacts, how far their soak is, and from which release.

import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import {
  type Candidate,
  candidatesOf,
  isOfferable,
  isOlder,
  isOn,
  lacks,
} from '../../../shared/domain/candidate.ts';
import { factsOf as appFacts } from '../../../shared/domain/facts.ts';
import type { Counting } from '../../../shared/domain/pipeline.ts';
import type { Stay } from '../../../shared/domain/stays.ts';
import { app, at, attemptOf, broughtTo, factsOf, pipelineOf, stepTo, type Telling, wave } from './fleet.ts';

const admitAll = () => true;

/** What `qa-1` and `qa-2` offer for a soak of ten minutes, an hour after the story began. */
function offered(
  apps: Record<string, string>,
  {
    soak = 10,
    now = 60,
    admits = admitAll,
    counting,
  }: {
    soak?: number;
    now?: number;
    admits?: (app: { name: string }, stay: Stay) => boolean;
    counting?: Counting;
  } = {},
): readonly Candidate[] {
  const canary = { ...wave('canary', 'va-1', soak), ...(counting && { counting }) };
  const pipeline = pipelineOf(wave('qa', Object.keys(apps).join(' ')), canary);
  return candidatesOf(stepTo(pipeline, 'canary'), factsOf({ apps }), at(now), admits, () => true);
}
const names = (candidates: readonly Candidate[]) => candidates.map((c) => c.artifact.slice(-1)).join('');

describe('the candidates of a wave', () => {
  it('are what ran on it, the newest first', () => {
    expect(names(offered({ 'qa-1': 'A@0 B@10 C@20' }))).toBe('CBA');
  });

  it('of which one that came back is as old as when it first came, not as its return', () => {
    expect(names(offered({ 'qa-1': 'B@0 C@20 B@30', 'qa-2': 'C@10' }))).toBe('CB');
  });

  it('are as new as on the app that had them last', () => {
    expect(names(offered({ 'qa-1': 'A@0 B@1 C@30', 'qa-2': 'A@0 C@10 B@40' }))).toBe('BCA');
  });

  it('that came at the same moment go by their order on the app', () => {
    expect(names(offered({ 'qa-1': 'A@0 B@5 C@5' }))).toBe('CBA');
  });

  it('are not what somebody took back', () => {
    expect(names(offered({ 'qa-1': 'A@0 B@10 A@20' }))).toBe('A');
  });

  it('are not what is not admitted', () => {
    const admits = ({ name }: { name: string }, stay: Stay) => name === 'qa-1' && stay.artifact !== 'slug:B';
    expect(names(offered({ 'qa-1': 'A@0 B@10 C@20' }, { admits }))).toBe('CA');
  });

  it('may be missing on an app while they run on another, not once they have been replaced there', () => {
    const [first, ...others] = offered({ 'qa-1': 'A@0 B@10', 'qa-2': 'A@0' });
    expect(first).toMatchObject({
      artifact: 'slug:B',
      missing: [app('qa-2')],
      soakedAt: null,
      soaked: false,
    });
    expect(names(others)).toBe('A');
    const replaced = { 'qa-1': 'A@0 B@10 C@20', 'qa-2': 'A@0 C@20' };
    expect(names(offered(replaced, { counting: 'occupancy' }))).toBe('CA');
    // C contains it.
    expect(names(offered(replaced))).toBe('CBA');
    expect(names(offered({ 'qa-1': '', 'qa-2': 'B@0' }))).toBe('B');
  });

  it('are nothing where nothing ran', () => {
    expect(offered({ 'qa-1': '' })).toEqual([]);
  });
});

describe('the soak of a candidate', () => {
  const soakOf = (
    apps: Record<string, string>,
    options: { soak?: number; now?: number; counting?: Counting } = {},
  ) => {
    const candidate = offered(apps, options).find((c) => c.artifact === 'slug:B');
    return { at: candidate?.soakedAt, is: candidate?.soaked };
  };

  it('is complete when it has stayed on every app, the last one counting', () => {
    expect(soakOf({ 'qa-1': 'A@0 B@20', 'qa-2': 'A@0 B@45' })).toEqual({ at: at(55), is: true });
    expect(soakOf({ 'qa-1': 'A@0 B@45', 'qa-2': 'A@0 B@20' })).toEqual({ at: at(55), is: true });
  });

  it('goes by code: an app of the wave may have it in a slug of its own', () => {
    const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1 va-2'), wave('world', 'jp-1', 10));
    const facts = factsOf({
      apps: { 'qa-1': 'A@0', 'va-1': 'A@0', 'va-2': 'X@5', 'jp-1': '' },
      commits: { 'slug:A': 'a'.repeat(40), 'slug:X': 'a'.repeat(40) },
    });
    const [first] = candidatesOf(stepTo(pipeline, 'world'), facts, at(60), admitAll, () => true);
    expect(first).toMatchObject({ missing: [], soakedAt: at(15) });
  });

  it('is complete to the millisecond', () => {
    expect(soakOf({ 'qa-1': 'B@50' }, { now: 60 })).toEqual({ at: at(60), is: true });
    expect(soakOf({ 'qa-1': 'B@50' }, { now: 60 - 1 / 60_000 })).toEqual({ at: at(60), is: false });
  });

  it('stays complete after something newer has come', () => {
    expect(soakOf({ 'qa-1': 'A@0 B@20 C@30' })).toEqual({ at: at(30), is: true });
  });

  it('never ends when it was replaced too early on one app, where it has to stay itself', () => {
    const apps = { 'qa-1': 'A@0 B@20 C@29', 'qa-2': 'A@0 B@5 C@29' };
    expect(soakOf(apps, { counting: 'occupancy' })).toEqual({ at: null, is: false });
  });

  it('goes on inside what is deployed to the head after it', () => {
    const apps = { 'qa-1': 'A@0 B@20 C@29', 'qa-2': 'A@0 B@5 C@29' };
    expect(soakOf(apps)).toEqual({ at: at(30), is: true });
    expect(soakOf({ 'qa-1': 'A@0 B@20 C@25 D@28' }, { now: 29 })).toEqual({ at: at(30), is: false });
  });

  it('begins anew on the head when something was taken back', () => {
    expect(soakOf({ 'qa-1': 'A@0 B@20 C@25 B@28' }, { now: 35 })).toEqual({ at: at(38), is: false });
    // And it is no candidate when it was taken back itself.
    expect(soakOf({ 'qa-1': 'A@0 B@20 A@25' }, { now: 60 })).toEqual({ at: undefined, is: undefined });
    // What came before a deploy of older code is not inside what came after it.
    expect(soakOf({ 'qa-1': 'A@0 B@20 A@25 C@28' }, { now: 60 })).toEqual({ at: undefined, is: undefined });
  });

  it('goes on, with a known end, while it still runs', () => {
    expect(soakOf({ 'qa-1': 'A@0 B@55' })).toEqual({ at: at(65), is: false });
  });

  it('counts the newest stay of several, unless that is too short and an earlier one was long enough', () => {
    const startOf = (past: string) =>
      offered({ 'qa-1': past })
        .find((c) => c.artifact === 'slug:B')
        ?.stays.map(({ stay }) => stay.startAt);
    expect(startOf('B@0 C@20 B@30')).toEqual([at(30)]);
    expect(startOf('B@0 C@20 B@55')).toEqual([at(0)]);
    expect(startOf('B@0 C@5 B@55')).toEqual([at(55)]);
    // Ten minutes are just enough, for the earlier stay as for the newer one.
    expect(startOf('B@0 C@10 B@55')).toEqual([at(0)]);
    expect(startOf('B@0 C@20 B@50')).toEqual([at(50)]);
  });

  it('is told app by app, in the order of the wave', () => {
    const [candidate] = offered({ 'qa-1': 'B@5', 'qa-2': 'A@0 B@1 C@20 B@55' });
    expect(candidate?.stays.map((s) => [s.app.name, s.stay.startAt])).toEqual([
      ['qa-1', at(5)],
      ['qa-2', at(1)],
    ]);
  });
});

describe('the release that is pinned', () => {
  it('is the one that brought the artifact to the first app of the wave', () => {
    expect(offered({ 'qa-1': 'A@0 B@10 B@20', 'qa-2': 'A@0 B@10' })[0]).toMatchObject({
      source: app('qa-1'),
      sourceReleaseId: 'qa-1 v2',
      expired: false,
    });
  });

  it('is of another app where Heroku no longer keeps the first', () => {
    expect(offered({ 'qa-1': 'A@0 B!@10', 'qa-2': 'A@0 B@10' })[0]).toMatchObject({
      source: app('qa-2'),
      sourceReleaseId: 'qa-2 v2',
      expired: false,
    });
  });

  it('is known to be gone where no app has it any more', () => {
    expect(offered({ 'qa-1': 'A@0 B!@10' })[0]).toMatchObject({ source: app('qa-1'), expired: true });
  });
});

describe('a stay can be offered', () => {
  const upstream = wave('qa', 'qa-1 qa-2');
  const isOffered = (telling: Telling, wave = upstream): boolean => {
    const facts = factsOf(telling);
    const stay = appFacts(facts, app('va-1')).history.stays.at(-1);
    if (stay === undefined) throw new Error('Something must run on va-1.');
    return isOfferable(facts, wave, app('va-1'), stay);
  };
  const quiet = { 'qa-1': 'A@-60', 'qa-2': 'A@-60' };

  it('on the head, which is for Heroku to deploy', () => {
    const facts = factsOf({ apps: { 'qa-1': 'H@0' } });
    const stay = appFacts(facts, app('qa-1')).history.stays.at(-1) as Stay;
    expect(isOfferable(facts, undefined, app('qa-1'), stay)).toBe(true);
  });

  it('where an open attempt brings it', () => {
    const ledger = broughtTo({ 'va-1': 'A@-50' }, { open: [attemptOf({ artifact: 'slug:H' })] });
    expect(isOffered({ apps: { ...quiet, 'va-1': 'A@-50 H@0' }, ledger })).toBe(true);
  });

  it('where the pipeline brought it, or a person let it count', () => {
    const ledger = broughtTo({ 'va-1': 'A@-50 H@0 C@5' });
    expect(isOffered({ apps: { ...quiet, 'va-1': 'A@-50 H@10' }, ledger })).toBe(true);
  });

  it('where an attempt was to bring it, and it came after all', () => {
    const { brought } = broughtTo({ 'va-1': 'A@-50' }).apps['id-va-1'] ?? { brought: [] };
    const ledger = { ...emptyLedger, apps: { 'id-va-1': { brought, failed: null, tried: 'slug:H' } } };
    expect(isOffered({ apps: { ...quiet, 'va-1': 'A@-50 H@0' }, ledger })).toBe(true);
  });

  it('where it was before Sluice, and a wave before has run it', () => {
    const apps = { 'qa-1': 'A@-60', 'qa-2': 'H@-70 A@-60', 'va-1': 'H@-50' };
    expect(isOffered({ apps })).toBe(true);
    expect(isOffered({ apps: { ...quiet, 'va-1': 'H@-50' } })).toBe(false);
  });

  it('not where an open attempt brings something else', () => {
    const ledger = broughtTo({ 'va-1': 'A@-50' }, { open: [attemptOf({ artifact: 'slug:C' })] });
    expect(isOffered({ apps: { ...quiet, 'va-1': 'A@-50 H@0' }, ledger })).toBe(false);
  });

  it('not where it came by another way, even if a wave before has run it', () => {
    const apps = { 'qa-1': 'A@-60 H@-1', 'qa-2': 'A@-60', 'va-1': 'A@-50 H@0' };
    const ledger = broughtTo({ 'va-1': 'A@-50' });
    expect(isOffered({ apps, ledger })).toBe(false);
    // What came up to the moment of the first promotion was there before Sluice.
    expect(isOffered({ apps, ledger: broughtTo({ 'va-1': 'A@0 A@5' }) })).toBe(true);
  });

  it('where a wave before may have run it so long ago that it is forgotten', () => {
    const apps = { ...quiet, 'va-1': 'H@-90' };
    expect(isOffered({ apps, partly: ['qa-2'] })).toBe(true);
    expect(isOffered({ apps: { ...quiet, 'va-1': 'H@-50' }, partly: ['qa-2'] })).toBe(false);
  });
});

describe('which of two artifacts is older', () => {
  const waves = [wave('qa', 'qa-1'), wave('canary', 'va-1')];
  const older = (apps: Record<string, string>, a: string, b: string) =>
    isOlder(factsOf({ apps: { 'qa-1': '', 'va-1': '', 'ie-1': '', ...apps } }), waves, app('ie-1'), a, b);

  it('is told by the app itself, or by any app of a wave before', () => {
    expect(older({ 'ie-1': 'A@0 B@1' }, 'slug:A', 'slug:B')).toBe(true);
    expect(older({ 'qa-1': 'A@0 B@1' }, 'slug:A', 'slug:B')).toBe(true);
    expect(older({ 'va-1': 'A@0 B@1' }, 'slug:A', 'slug:B')).toBe(true);
    expect(older({ 'va-1': 'A@0 B@1' }, 'slug:B', 'slug:A')).toBe(false);
  });

  it('cannot be told by an app that has run only one of them', () => {
    expect(older({ 'qa-1': 'A@0', 'va-1': 'B@1' }, 'slug:A', 'slug:B')).toBe(false);
    expect(older({ 'qa-1': 'C@-1 A@0', 'va-1': 'C@-1 B@1' }, 'slug:B', 'slug:A')).toBe(false);
    expect(older({ 'qa-1': 'A@0' }, 'slug:A', 'slug:A')).toBe(false);
  });
});

describe('an app lacks an artifact', () => {
  const lacksIt = (apps: Record<string, string>, artifact = 'slug:B') =>
    lacks(factsOf({ apps }), [wave('qa', 'qa-1')], app('va-1'), artifact);
  const head = { 'qa-1': 'A@0 B@1 C@2' };

  it('not when it runs the same code in another artifact: Heroku builds a slug for every deploy', () => {
    const apps = { 'qa-1': 'A@0 B@1', 'qa-2': 'A@0 X@1', 'va-1': 'A@1 X@3' };
    const commits = { 'slug:A': 'a'.repeat(40), 'slug:B': 'b'.repeat(40), 'slug:X': 'B'.repeat(40) };
    const lacksB = (facts: Telling) =>
      lacks(factsOf(facts), [wave('qa', 'qa-1 qa-2')], app('va-1'), 'slug:B');
    expect(lacksB({ apps, commits })).toBe(false);
    // Of one whose commit is not known nothing but itself is the same.
    expect(lacksB({ apps, commits: { ...commits, 'slug:X': null } })).toBe(true);
  });

  it('when it runs an older one, or nothing', () => {
    expect(lacksIt({ ...head, 'va-1': 'A@1' })).toBe(true);
    expect(lacksIt({ ...head, 'va-1': '' })).toBe(true);
  });

  it('not when it runs it, or has had something newer, even below a hotfix', () => {
    expect(lacksIt({ ...head, 'va-1': 'A@1 B@2' })).toBe(false);
    expect(lacksIt({ ...head, 'va-1': 'A@1 C@3' })).toBe(false);
    expect(lacksIt({ ...head, 'va-1': 'A@1 C@3 H@4' })).toBe(false);
  });

  it('not when it came before all that the head still tells of, and the app has had some of that', () => {
    // The head ran B once, and more has come since than a history keeps; C was put on va-1 by hand.
    const apps = { 'qa-1': 'C@50 D@60', 'dev-1': 'A@1 B@10', 'va-1': 'A@1 C@55' };
    const waves = [wave('qa', 'qa-1'), wave('dev', 'dev-1')];
    expect(lacks(factsOf({ apps, partly: ['qa-1'] }), waves, app('va-1'), 'slug:B')).toBe(false);
    // Nor where it came to the wave between only later: when it was on the head, nobody can tell.
    const later = { ...apps, 'dev-1': 'A@1 B@52' };
    expect(lacks(factsOf({ apps: later, partly: ['qa-1'] }), waves, app('va-1'), 'slug:B')).toBe(false);
  });

  it('not when the head has forgotten when it came, and no past tells that it came after what the app has had', () => {
    const waves = [wave('qa', 'qa-1'), wave('dev', 'dev-1')];
    const told = (apps: Record<string, string>, partly = ['qa-1']) =>
      lacks(factsOf({ apps: { 'qa-1': 'E@90 F@95', ...apps }, partly }), waves, app('va-1'), 'slug:B');
    // C was put on va-1 by hand, after B had come to the wave between, or before: it may have been newer all the same.
    expect(told({ 'dev-1': 'A@1 B@10', 'va-1': 'A@2 C@20' })).toBe(false);
    expect(told({ 'dev-1': 'A@1 B@30', 'va-1': 'A@2 C@20' })).toBe(false);
    expect(told({ 'dev-1': 'A@1 C@15 B@30', 'va-1': 'A@2 C@20' })).toBe(true);
    expect(told({ 'dev-1': 'A@1 B@30', 'va-1': 'A@2' })).toBe(true);
    expect(told({ 'dev-1': 'A@1 B@10', 'va-1': 'A@2 C@20' }, [])).toBe(true);
  });

  it('not when it is older than what the app has had, and no app of the head has run both', () => {
    // Release phases failed: qa-1 never ran C, and qa-2 never ran B.
    const apps = { 'qa-1': 'A@0 B@10 D@60', 'qa-2': 'A@0 C@30', 'va-1': 'A@1 C@50' };
    const of = (artifact: string, more: Partial<Telling> = {}) =>
      lacks(factsOf({ apps, ...more }), [wave('qa', 'qa-1 qa-2')], app('va-1'), artifact);
    expect(of('slug:B')).toBe(false);
    expect(of('slug:D')).toBe(true);
    // What somebody put there by hand was on no app of the head: which is older, nobody can tell.
    expect(of('slug:B', { apps: { ...apps, 'va-1': 'A@1 H@50' } })).toBe(true);
  });

  it('again when the newer one was taken back', () => {
    expect(lacksIt({ ...head, 'va-1': 'A@1 C@3 A@4' })).toBe(true);
  });
});

describe('a candidate is on a wave', () => {
  it('when every app of it runs it', () => {
    const [candidate] = offered({ 'qa-1': 'B@0' });
    if (candidate === undefined) throw new Error('There must be a candidate.');
    const on = (apps: Record<string, string>) =>
      isOn(factsOf({ apps }), wave('canary', 'va-1 va-2'), candidate);
    expect(on({ 'va-1': 'B@1', 'va-2': 'A@0 B@1' })).toBe(true);
    expect(on({ 'va-1': 'B@1', 'va-2': 'B@0 A@1' })).toBe(false);
    expect(on({ 'va-1': 'B@1', 'va-2': '' })).toBe(false);
  });
});
