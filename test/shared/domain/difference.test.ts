// Differences: what a wave could be given, by which of several reasons it is shown, and to which apps.

import { describe, expect, it } from 'vitest';
import { emptyLedger, type Ledger } from '../../../shared/domain/attempt.ts';
import { type Difference, differenceOf } from '../../../shared/domain/difference.ts';
import { app, at, broughtTo, factsOf, pipelineOf, stepTo, type Telling, wave } from './fleet.ts';

const pipeline = (soak: number) =>
  pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1 va-2'), wave('world', 'ie-1 ie-2', soak));

/**
 * The step to canary (no soak) or to world (a soak of 30 minutes), an hour after the story began; ie-2 runs what ie-1
 * runs unless said otherwise.
 */
function difference(telling: Telling, to = 'canary', soak = 30): Difference {
  const all = pipeline(soak);
  const apps = {
    'qa-1': '',
    'va-1': '',
    'va-2': '',
    'ie-1': '',
    'ie-2': telling.apps['ie-1'] ?? '',
    ...telling.apps,
  };
  return differenceOf(all, stepTo(all, to), factsOf({ ...telling, apps }), at(60));
}
const told = ({ candidate, soaking, targets }: Difference) => ({
  candidate: candidate?.artifact ?? null,
  soaking: soaking?.artifact ?? null,
  targets: targets.map(({ name }) => name),
});
const checks = ({ obstacles }: Difference) => obstacles.map(({ check }) => check);

describe('a wave that runs what the wave before runs', () => {
  it('is given nothing', () => {
    const same = difference({ apps: { 'qa-1': 'A@0', 'va-1': 'A@1', 'va-2': 'A@1' } });
    expect(same).toEqual({
      step: same.step,
      candidate: null,
      soaking: null,
      targets: [],
      obstacles: [],
      stands: [],
      failures: [],
    });
  });

  it('says all the same what could not be read', () => {
    const apps = { 'qa-1': 'A@0', 'va-1': 'A@1', 'va-2': 'A@1' };
    expect(checks(difference({ apps, unreadable: { 'va-2': '503 from Heroku' } }))).toEqual(['facts']);
  });

  it('says it of every wave before: what is older, and what came by the pipeline, is told by their pasts', () => {
    const apps = { 'qa-1': 'A@0', 'va-1': 'A@1', 'va-2': 'A@1', 'ie-1': 'A@2' };
    const unreadable = { 'qa-1': '503 from Heroku' };
    expect(checks(difference({ apps, unreadable }, 'world'))).toEqual(['facts']);
    expect(checks(difference({ apps, unreadable: { 'ie-1': '503 from Heroku' } }))).toEqual([]);
  });
});

describe('what moves', () => {
  it('is the newest artifact that completed its soak and that the wave lacks, even if something newer runs', () => {
    const ledger = broughtTo({ 'va-1': 'B@5 C@50', 'va-2': 'B@5 C@50', 'ie-1': 'A@0' });
    const apps = { 'qa-1': 'A@0 B@1 C@45', 'va-1': 'A@0 B@5 C@50', 'va-2': 'A@0 B@5 C@50', 'ie-1': 'A@0' };
    expect(told(difference({ apps, ledger }, 'world'))).toEqual({
      candidate: 'slug:B',
      soaking: 'slug:C',
      targets: ['ie-1', 'ie-2'],
    });
  });

  it('is the newest that is on its way to be one while none has completed its soak', () => {
    const ledger = broughtTo({ 'va-1': 'B@50', 'va-2': 'B@50', 'ie-1': 'A@0' });
    const apps = { 'qa-1': 'A@0 B@1', 'va-1': 'A@0 B@50', 'va-2': 'A@0 B@50', 'ie-1': 'A@0' };
    expect(told(difference({ apps, ledger }, 'world'))).toEqual({
      candidate: 'slug:B',
      soaking: 'slug:B',
      targets: ['ie-1', 'ie-2'],
    });
  });

  it('goes to the apps that do not run it, those that run nothing included', () => {
    const apps = { 'qa-1': 'A@0 B@10', 'va-1': 'A@1 B@11', 'va-2': 'A@1' };
    expect(told(difference({ apps })).targets).toEqual(['va-2']);
    expect(told(difference({ apps: { 'qa-1': 'B@10' } })).targets).toEqual(['va-1', 'va-2']);
  });

  it('does not soak for a wave while an app of the wave before lacks it', () => {
    const ledger = broughtTo({ 'va-1': 'B@50', 'va-2': 'A@0' });
    const apps = { 'qa-1': 'A@0 B@1', 'va-1': 'A@0 B@50', 'va-2': 'A@0', 'ie-1': 'A@0' };
    expect(told(difference({ apps, ledger }, 'world'))).toEqual({
      candidate: 'slug:B',
      soaking: null,
      targets: ['ie-1', 'ie-2'],
    });
  });

  it('soaks no more once it has', () => {
    const apps = { 'qa-1': 'A@0 B@1', 'va-1': 'A@0', 'va-2': 'A@0' };
    expect(told(difference({ apps })).soaking).toBeNull();
  });
});

describe('a wave of several apps', () => {
  const apps = { 'qa-1': 'A@0 B@1 C@45', 'va-1': 'A@0 B@5 C@50', 'va-2': 'A@0 B@5 C@50', 'ie-1': 'A@0' };

  it('is given what one of them lacks', () => {
    const ledger = broughtTo({ 'va-1': 'B@5 C@50', 'va-2': 'B@5 C@50', 'ie-1': 'A@0 B@40', 'ie-2': 'A@0' });
    expect(
      told(difference({ apps: { ...apps, 'ie-1': 'A@0 B@40', 'ie-2': 'A@0' }, ledger }, 'world')),
    ).toEqual({
      candidate: 'slug:B',
      soaking: 'slug:C',
      targets: ['ie-2'],
    });
  });

  it('is shown when one of them is ahead of a wave that went back', () => {
    const back = { 'qa-1': 'A@0 B@10 A@20', 'va-1': 'A@1 B@11', 'va-2': 'A@1' };
    expect(told(difference({ apps: back }))).toEqual({
      candidate: 'slug:A',
      soaking: null,
      targets: ['va-1'],
    });
  });
});

describe('what runs on later waves', () => {
  it('says nothing about which artifact is older: only the waves before and the app itself do', () => {
    const apps = { 'qa-1': 'X@0 A@50', 'va-1': 'X@1 B@10', 'va-2': 'X@1 B@10', 'ie-1': 'A@-9 B@12' };
    const ledger = broughtTo({ 'va-1': 'B@10', 'va-2': 'B@10' });
    const forth = difference({ apps, ledger });
    expect(told(forth)).toEqual({ candidate: 'slug:A', soaking: null, targets: ['va-1', 'va-2'] });
    expect(checks(forth)).toEqual([]);
  });

  it('keeps nothing from a wave that completed its soak before something newer came', () => {
    const soaking = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1', 30), wave('world', 'ie-1'));
    const apps = { 'qa-1': 'X@0 A@10 D@55', 'va-1': 'X@1 B@20', 'ie-1': 'A@-9 B@21' };
    const facts = factsOf({ apps, ledger: broughtTo({ 'va-1': 'B@20' }) });
    const pinned = differenceOf(soaking, stepTo(soaking, 'canary'), facts, at(60));
    expect(told(pinned)).toEqual({ candidate: 'slug:A', soaking: 'slug:D', targets: ['va-1'] });
  });
});

describe('with nothing newer to give', () => {
  it('a wave that the wave before went back behind is shown, and stays where it is', () => {
    const apps = { 'qa-1': 'A@0 B@10 A@20', 'va-1': 'A@1 B@11', 'va-2': 'A@1 B@11' };
    const back = difference({ apps, ledger: broughtTo({ 'va-1': 'B@11', 'va-2': 'B@11' }) });
    expect(told(back)).toEqual({ candidate: 'slug:A', soaking: null, targets: ['va-1', 'va-2'] });
    expect(checks(back)).toEqual(['order']);
  });

  it('something put on the wave before by hand is shown where it stops', () => {
    const ledger = broughtTo({ 'va-1': 'A@1', 'va-2': 'A@1', 'ie-1': 'A@2' });
    const apps = { 'qa-1': 'A@0', 'va-1': 'A@1 H@20', 'va-2': 'A@1 H@20', 'ie-1': 'A@2' };
    const byHand = difference({ apps, ledger }, 'world');
    expect(told(byHand)).toEqual({ candidate: 'slug:H', soaking: null, targets: ['ie-1', 'ie-2'] });
    expect(checks(byHand)).toEqual(['stands']);
    expect(byHand.obstacles[0]?.reason).toContain('hhhhhhhh was put on va-1 at 2026-11-23 10:20Z');
    expect(byHand.obstacles[0]?.unblock).toContain('--wave canary');
    expect(byHand.stands).toEqual([]);
  });

  it('something put there by hand counts from when it came last, not from an earlier time', () => {
    const ledger = broughtTo({ 'va-1': 'A@-200', 'va-2': 'A@-200', 'ie-1': 'A@-200' });
    const past = 'A@-200 H@-100 K@-10 H@50';
    const apps = { 'qa-1': 'A@-300', 'va-1': past, 'va-2': past, 'ie-1': 'A@-200' };
    expect(difference({ apps, ledger }, 'world').candidate).toMatchObject({
      artifact: 'slug:H',
      sourceReleaseId: 'va-1 v4',
      soaked: false,
    });
  });

  it('what lies below a thing put there by hand goes first', () => {
    const ledger = broughtTo({ 'va-1': 'A@1 B@10', 'va-2': 'A@1 B@10', 'ie-1': 'A@2' });
    const apps = { 'qa-1': 'A@0 B@9', 'va-1': 'A@1 B@10 H@50', 'va-2': 'A@1 B@10 H@50', 'ie-1': 'A@2' };
    const below = difference({ apps, ledger }, 'world');
    expect(told(below)).toEqual({ candidate: 'slug:B', soaking: null, targets: ['ie-1', 'ie-2'] });
    expect(checks(below)).toEqual([]);
  });
});

describe('the other way round', () => {
  it('what a person put on the wave stands, and is named for accept with its app', () => {
    const ledger = broughtTo({ 'va-1': 'A@1', 'va-2': 'A@1' });
    const apps = { 'qa-1': 'A@0 B@10', 'va-1': 'A@1 H@20', 'va-2': 'A@1' };
    const stands = difference({ apps, ledger });
    expect(checks(stands)).toEqual(['stands']);
    expect(stands.stands).toEqual([{ app: app('va-1'), artifact: 'slug:H', releaseId: 'va-1 v2' }]);
    for (const head of ['A@0', '']) {
      const quiet = difference({ apps: { ...apps, 'qa-1': head }, ledger });
      expect(quiet.stands).toContainEqual({ app: app('va-1'), artifact: 'slug:H', releaseId: 'va-1 v2' });
    }
  });

  it('each app is named once, and every one of them', () => {
    const ledger = broughtTo({ 'va-1': 'A@1', 'va-2': 'A@1' });
    const apps = { 'qa-1': 'A@0 B@10', 'va-1': 'A@1 H@20', 'va-2': 'A@1 H@21' };
    expect(difference({ apps, ledger }).stands).toEqual([
      { app: app('va-1'), artifact: 'slug:H', releaseId: 'va-1 v2' },
      { app: app('va-2'), artifact: 'slug:H', releaseId: 'va-2 v2' },
    ]);
  });

  it('what failed before is named for retry with its attempt', () => {
    const failed = { artifact: 'slug:B', at: at(20), attemptId: 'attempt-1', message: 'No dyno booted.' };
    const ledger: Ledger = {
      ...emptyLedger,
      apps: { 'id-va-2': { brought: [], failed, tried: 'slug:B' } },
    };
    const apps = { 'qa-1': 'A@0 B@10', 'va-1': 'A@1', 'va-2': 'A@1' };
    const again = difference({ apps, ledger });
    expect(checks(again)).toEqual(['attempt']);
    expect(again.failures).toEqual([{ app: app('va-2'), attemptId: 'attempt-1' }]);
  });
});
