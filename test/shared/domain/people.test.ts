// What people did, read from what runs: what a promotion would undo (S5), and what goes no further by itself.

import { describe, expect, it } from 'vitest';
import { humanActs, strangersOn } from '../../../shared/domain/obstacles.ts';
import { app, at, attemptOf, broughtTo, factsOf, pipelineOf, stepTo, type Telling, wave } from './fleet.ts';

const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1 va-2'), wave('world', 'ie-1 ie-2'));
const everyApp = { 'qa-1': '', 'va-1': '', 'va-2': '', 'ie-1': '', 'ie-2': '' };
const facts = (telling: Telling) => factsOf({ ...telling, apps: { ...everyApp, ...telling.apps } });

describe('what a person did', () => {
  const acts = (telling: Telling, to = 'canary') => humanActs(pipeline, stepTo(pipeline, to), facts(telling));
  const whats = (telling: Telling, to?: string) => acts(telling, to).map(({ what }) => what);
  const brought = broughtTo({ 'va-1': 'A@1 B@11', 'ie-1': 'A@2 B@12' });
  const head = { 'qa-1': 'A@0 B@10' };

  it('is nothing where the app runs what the pipeline brought it last', () => {
    expect(acts({ apps: { ...head, 'va-1': 'A@1 B@11' }, ledger: brought })).toEqual([]);
    expect(acts({ apps: head, ledger: brought })).toEqual([]);
    const thrice = broughtTo({ 'va-1': 'Z@-9 A@1 B@11' });
    expect(acts({ apps: { ...head, 'va-1': 'A@1 B@11' }, ledger: thrice })).toEqual([]);
  });

  it('is a rollback where the app has run something newer', () => {
    expect(
      whats({ apps: { ...head, 'va-1': 'A@1 B@11 A@30' }, ledger: brought, by: 'ops@example.com' }),
    ).toEqual(['va-1 was rolled back to aaaaaaaa at 2026-11-23 10:30Z by ops@example.com']);
    expect(whats({ apps: { ...head, 'va-1': 'A@1 B@11 A@30' } })).toEqual([
      'va-1 was rolled back to aaaaaaaa at 2026-11-23 10:30Z',
    ]);
  });

  it('is passed by when it went back, and not when it went forth again from an older commit', () => {
    const apps = { 'qa-1': 'A@0 B@10 C@15', 'va-1': 'A@1 B@11 C@20 a@25 C@30' };
    // Another build of A.
    const builds = ['A', 'B', 'C', 'a'].map((slug) => [`slug:${slug}`, slug.toLowerCase().repeat(40)]);
    const commits = Object.fromEntries(builds);
    const [forth] = acts({ apps, ledger: brought, commits });
    expect(forth).toMatchObject({ app: app('va-1'), stay: { artifact: 'slug:C', releaseId: 'va-1 v5' } });
    expect(forth?.isRollback).toBeUndefined();
    const [back] = acts({ apps: { ...apps, 'va-1': 'A@1 B@11 C@20 a@25' }, ledger: brought, commits });
    expect(back?.isRollback).toBe(true);
  });

  it('is not passed by where what it went back to had been put there by a person, unless that was let count', () => {
    // C is newer than D to the app, and older to the wave before.
    const apps = { 'qa-1': 'A@0 B@10 C@15 D@18', 'va-1': 'A@1 B@11 D@20 C@25 D@30' };
    const standings = [
      { pipelineId: pipeline.id, appId: app('va-1').id, artifact: 'slug:D', wasKnown: true } as const,
    ];
    const isRollback = (told: Telling) => acts(told).map((act) => act.isRollback === true);
    expect(isRollback({ apps, ledger: brought, standings })).toEqual([false]);
    // The same where what ran before that is forgotten.
    const partly = { ...apps, 'va-1': 'D@20 C@25 D@30' };
    expect(isRollback({ apps: partly, partly: ['va-1'], ledger: brought, standings })).toEqual([false]);
    const accepted = broughtTo({ 'va-1': 'D@20 C@25' });
    expect(isRollback({ apps, ledger: accepted, standings })).toEqual([true]);
    // The same with another build of D.
    const again = { ...apps, 'va-1': 'A@1 B@11 D@20 C@25 d@30' };
    const builds = ['A', 'B', 'C', 'D', 'd'].map((slug) => [`slug:${slug}`, slug.toLowerCase().repeat(40)]);
    const commits = Object.fromEntries(builds);
    expect(isRollback({ apps: again, ledger: brought, standings, commits })).toEqual([false]);
    expect(isRollback({ apps: again, ledger: accepted, standings, commits })).toEqual([true]);
  });

  it('is a release straight to the app where no wave before has run it', () => {
    const [act] = acts({ apps: { ...head, 'va-1': 'A@1 B@11 H@30' }, ledger: brought });
    expect(act).toMatchObject({ app: app('va-1'), stay: { artifact: 'slug:H', releaseId: 'va-1 v3' } });
    expect(act?.what).toBe('hhhhhhhh was released straight to va-1 at 2026-11-23 10:30Z');
  });

  it('is a promotion by hand where a wave before has run it', () => {
    const apps = { 'qa-1': 'A@0 B@10 C@20', 'va-1': 'A@1 B@11 C@30', 'ie-1': 'A@2 B@12 C@31' };
    expect(whats({ apps, ledger: brought })).toEqual([
      'cccccccc was promoted by hand to va-1 at 2026-11-23 10:30Z',
    ]);
    // Any wave before counts, not only the one right before.
    const skipped = { 'qa-1': 'A@0 B@10 C@20', 'va-1': 'A@1 B@11', 'ie-1': 'A@2 B@12 C@31' };
    expect(whats({ apps: skipped, ledger: brought }, 'world')).toEqual([
      'cccccccc was promoted by hand to ie-1 at 2026-11-23 10:31Z',
    ]);
  });

  it('is not the very stay that was brought, or that somebody has let count, whatever has settled since', () => {
    const apps = { ...head, 'va-1': 'A@1 H@20 C@25 H@30' };
    const last = { artifact: 'slug:C', releaseId: 'va-1 v3', at: at(24), knownAt: at(40), by: 'attempt-1' };
    const vouched = (releaseId: string) => {
      const word = { artifact: 'slug:H', releaseId, at: at(35), knownAt: at(34), by: 'resume-1' };
      const entry = { brought: [word, last], failed: null, tried: null };
      return acts({ apps, ledger: { ...brought, apps: { [app('va-1').id]: entry } } });
    };
    expect(vouched('va-1 v4')).toEqual([]);
    // That it was let count before is no word about going back to it.
    expect(vouched('va-1 v2')).toMatchObject([{ app: app('va-1'), stay: { releaseId: 'va-1 v4' } }]);
  });

  it('is not what somebody has let count, though a promotion that was under way then has settled since', () => {
    const apps = { ...head, 'va-1': 'A@1 B@11 H@30' };
    const saidAt = (minute: number) =>
      broughtTo({ 'va-1': `H@${minute} B@10` }, { apps: broughtTo({ 'va-1': `H@${minute} B@10` }).apps });
    expect(acts({ apps, ledger: saidAt(30) })).toEqual([]);
    expect(whats({ apps, ledger: saidAt(29) })).toEqual([
      'hhhhhhhh was released straight to va-1 at 2026-11-23 10:30Z',
    ]);
  });

  it('is told all the same when a word was about what came through the app alone', () => {
    const [entry] = Object.values(broughtTo({ 'va-1': 'A@1 B@11' }).apps);
    const aside = { artifact: 'slug:A', at: at(40), knownAt: at(40), by: 'resume-1', isAside: true } as const;
    const ledger = broughtTo(
      {},
      { apps: { 'id-va-1': { brought: [...(entry?.brought ?? []), aside], failed: null, tried: null } } },
    );
    expect(whats({ apps: { ...head, 'va-1': 'A@1 B@11 A@30' }, ledger })).toEqual([
      'va-1 was rolled back to aaaaaaaa at 2026-11-23 10:30Z',
    ]);
  });

  it('is not what an open attempt does, nor what one was to do and did after all', () => {
    const open = [attemptOf({ artifact: 'slug:C' })];
    const apps = { 'qa-1': 'A@0 B@10 C@20', 'va-1': 'A@1 B@11 C@30' };
    expect(acts({ apps, ledger: { ...brought, open } })).toEqual([]);
    const entry = brought.apps['id-va-1'] ?? { brought: [], failed: null };
    const tried = { ...brought, apps: { 'id-va-1': { ...entry, tried: 'slug:C' } } };
    expect(acts({ apps, ledger: tried })).toEqual([]);
  });

  describe('before Sluice ever promoted to the app', () => {
    it('is where Sluice starts from, when a wave before has run the same', () => {
      expect(acts({ apps: { ...head, 'va-1': 'A@1' } })).toEqual([]);
    });

    it('stands all the same when no wave before has run it', () => {
      expect(whats({ apps: { ...head, 'va-1': 'H@1' } })).toEqual([
        'hhhhhhhh was released straight to va-1 at 2026-11-23 10:01Z',
      ]);
    });

    it('is given the benefit of the doubt where a wave before may have forgotten it', () => {
      expect(acts({ apps: { ...head, 'va-1': 'H@-5' }, partly: ['qa-1'] })).toEqual([]);
      expect(acts({ apps: { ...head, 'va-1': 'H@5' }, partly: ['qa-1'] })).toHaveLength(1);
      // One of the apps before is enough: it may have been the one.
      const all = { ...head, 'va-1': 'A@1', 'va-2': 'A@1', 'ie-1': 'H@-5' };
      expect(acts({ apps: all, partly: ['qa-1'] }, 'world')).toEqual([]);
    });
  });

  it('is told of every app of the wave', () => {
    const apps = { ...head, 'va-1': 'A@1 B@11 A@30', 'va-2': 'H@40' };
    expect(acts({ apps, ledger: brought }).map((act) => act.app.name)).toEqual(['va-1', 'va-2']);
  });
});

describe('a stranger', () => {
  it('is what the pipeline did not bring to a wave', () => {
    const ledger = broughtTo({ 'va-1': 'A@1', 'va-2': 'A@1' });
    const strangers = strangersOn(
      wave('canary', 'va-1 va-2 va-3'),
      wave('qa', 'qa-1'),
      factsOf({
        apps: { 'qa-1': 'A@0', 'va-1': 'A@1 H@20', 'va-2': 'A@1', 'va-3': '' },
        ledger,
        by: 'ops@example.com',
      }),
    );
    expect(strangers).toEqual([
      {
        app: app('va-1'),
        stay: expect.objectContaining({ artifact: 'slug:H' }),
        what: 'hhhhhhhh was put on va-1 at 2026-11-23 10:20Z by ops@example.com',
      },
    ]);
  });
});
