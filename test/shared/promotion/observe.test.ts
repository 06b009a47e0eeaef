// Observing: one call for the pipeline, more only where something is not known, and what cannot be read is told.

import { describe, expect, it } from 'vitest';
import { HerokuError, type HerokuErrorCode } from '../../../shared/heroku/port.ts';
import { observeApps, readCommits, readReleases, stopsTheTick } from '../../../shared/promotion/observe.ts';
import { app, pipelineOf, wave } from '../domain/fleet.ts';
import { herokuError, openDesk } from './desk.ts';

const STOPPING: readonly HerokuErrorCode[] = ['unauthorized', 'rate-limited'];
const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1'));
const running = () => openDesk({ 'qa-1': 'A@0 B@10', 'va-1': 'A@1' });

describe('an error', () => {
  it.each(STOPPING)('that is %s stops the tick: no other call would fare better', (code) => {
    expect(stopsTheTick(herokuError(code))).toBe(true);
  });

  it('of any other kind does not', () => {
    expect(
      (['forbidden', 'not-found', 'refused', 'unavailable'] as const).filter((c) =>
        stopsTheTick(herokuError(c)),
      ),
    ).toEqual([]);
    expect(stopsTheTick(Object.assign(new Error('no'), { code: 'unauthorized' }))).toBe(false);
  });
});

describe('observing', () => {
  it('reads the past of every app that is not known yet', async () => {
    const { heroku } = running();
    const told = { 'id-qa-1': { maintenance: true, releasedAt: null } };
    const { apps, changed } = await observeApps(pipeline, told, {}, heroku.port);
    expect(heroku.calls).toEqual(['newest id-router', 'releases id-qa-1', 'releases id-va-1']);
    expect(apps['id-qa-1']).toMatchObject({
      app: app('qa-1'),
      maintenance: true,
      pending: null,
      unreadable: null,
      history: { through: 2, isSettled: true, complete: true },
    });
    expect(apps['id-va-1']?.maintenance).toBeNull();
    expect(changed).toEqual({ 'id-qa-1': apps['id-qa-1']?.history, 'id-va-1': apps['id-va-1']?.history });
  });

  it('takes one call when nothing is new, and has nothing to cache', async () => {
    const { heroku } = running();
    const { changed: known } = await observeApps(pipeline, {}, {}, heroku.port);
    heroku.calls.splice(0);
    const { apps, changed } = await observeApps(pipeline, {}, known, heroku.port);
    expect(heroku.calls).toEqual(['newest id-router']);
    expect(changed).toEqual({});
    expect(apps['id-qa-1']?.history).toBe(known['id-qa-1']);
  });

  it('takes no more when the next release is a new one', async () => {
    const { heroku } = running();
    const { changed: known } = await observeApps(pipeline, {}, {}, heroku.port);
    heroku.pasts['va-1'] = 'A@1 B@20';
    heroku.calls.splice(0);
    const { apps, changed } = await observeApps(pipeline, {}, known, heroku.port);
    expect(heroku.calls).toEqual(['newest id-router']);
    expect(Object.keys(changed)).toEqual(['id-va-1']);
    expect(apps['id-va-1']?.history.stays.map((stay) => stay.artifact)).toEqual(['slug:A', 'slug:B']);
  });

  it('tells of a release that has not ended, known or read', async () => {
    const { heroku } = running();
    const { changed: known } = await observeApps(pipeline, {}, {}, heroku.port);
    heroku.pasts['va-1'] = 'A@1 B@20';
    heroku.newest['va-1'] = { status: 'pending', current: false };
    for (const before of [known, {}]) {
      const { apps } = await observeApps(pipeline, {}, before, heroku.port);
      expect(apps['id-va-1']).toMatchObject({ pending: { id: 'va-1 v2' }, history: { through: 1 } });
    }
  });

  it('of an app without releases finds nothing', async () => {
    const { heroku } = openDesk({ 'qa-1': 'A@0' });
    const { apps } = await observeApps(pipeline, {}, {}, heroku.port);
    expect(apps['id-va-1']?.history).toEqual({
      through: 0,
      isSettled: true,
      stays: [],
      codeless: null,
      complete: true,
    });
  });

  it('says why an app could not be read, and goes by what was known; nothing is cached of it', async () => {
    const { heroku } = running();
    const { changed: known } = await observeApps(pipeline, {}, {}, heroku.port);
    heroku.pasts['va-1'] = 'A@1 B@20 C@30';
    heroku.errors['releases id-va-1'] = herokuError('forbidden');
    const { apps, changed } = await observeApps(pipeline, {}, known, heroku.port);
    expect(apps['id-va-1']).toMatchObject({ unreadable: 'Heroku says forbidden.', pending: null });
    expect(apps['id-va-1']?.history).toBe(known['id-va-1']);
    expect(changed).toEqual({});
    const unknown = await observeApps(pipeline, {}, {}, heroku.port);
    expect(unknown.apps['id-va-1']).toMatchObject({
      unreadable: 'Heroku says forbidden.',
      history: { through: 0, isSettled: false, stays: [], complete: false },
    });
    expect(Object.keys(unknown.changed)).toEqual(['id-qa-1']);
  });

  it.each(STOPPING)('ends when Heroku says %s', async (code) => {
    const { heroku } = running();
    heroku.errors['releases id-qa-1'] = herokuError(code);
    await expect(observeApps(pipeline, {}, {}, heroku.port)).rejects.toThrow(HerokuError);
  });

  it('ends when the pipeline cannot be read, or with a mistake of ours', async () => {
    const { heroku } = running();
    heroku.errors['releases id-qa-1'] = new TypeError('a mistake');
    await expect(observeApps(pipeline, {}, {}, heroku.port)).rejects.toThrow('a mistake');
    heroku.errors['newest id-router'] = herokuError('unavailable');
    await expect(observeApps(pipeline, {}, {}, heroku.port)).rejects.toThrow('Heroku says unavailable.');
  });
});

describe('the releases of targets', () => {
  const apps = [app('qa-1'), app('va-1')];

  it('are read app by app, newest first', async () => {
    const { heroku } = running();
    const found = await readReleases(apps, heroku.port);
    expect(found['id-qa-1']?.map((release) => release.version)).toEqual([2, 1]);
    expect(Object.keys(found)).toEqual(['id-qa-1', 'id-va-1']);
  });

  it('are left out where they cannot be read', async () => {
    const { heroku } = running();
    heroku.errors['releases id-qa-1'] = herokuError('unavailable');
    expect(Object.keys(await readReleases(apps, heroku.port))).toEqual(['id-va-1']);
  });

  it.each([...STOPPING.map(herokuError), new TypeError('a mistake')])('end with %s', async (error) => {
    const { heroku } = running();
    heroku.errors['releases id-va-1'] = error;
    await expect(readReleases(apps, heroku.port)).rejects.toBe(error);
  });
});

describe('commits', () => {
  const wanted = new Map([
    ['slug:A', app('va-1')],
    ['oci-image:B', app('qa-1')],
  ]);

  it('are read of the app that runs the artifact', async () => {
    const { heroku } = running();
    const found = await readCommits(wanted, {}, heroku.port);
    expect(heroku.calls).toEqual(['commit id-va-1 slug A', 'commit id-qa-1 oci-image B']);
    expect(found.commits).toEqual({ 'slug:A': 'a'.repeat(40), 'oci-image:B': 'b'.repeat(40) });
  });

  it('are read once: they never change, not even from having none; what is no longer in play is dropped', async () => {
    const { heroku } = running();
    const known = { 'slug:A': null, 'oci-image:B': 'b0b', 'slug:Z': 'zzz' };
    const { commits } = await readCommits(wanted, known, heroku.port);
    expect(commits).toEqual({ 'slug:A': null, 'oci-image:B': 'b0b' });
    expect(heroku.calls).toEqual([]);
  });

  it('that Heroku does not have are none; those it cannot tell now are asked for again', async () => {
    const { heroku } = running();
    heroku.errors['commit id-va-1 slug A'] = herokuError('not-found');
    heroku.errors['commit id-qa-1 oci-image B'] = herokuError('unavailable');
    expect((await readCommits(wanted, {}, heroku.port)).commits).toEqual({ 'slug:A': null });
  });

  it.each(STOPPING.map(herokuError))('end with %s, and what was read by then is kept', async (error) => {
    const { heroku } = running();
    heroku.errors['commit id-va-1 slug A'] = error;
    const read = await readCommits(wanted, {}, heroku.port);
    expect(read).toEqual({ commits: { 'oci-image:B': 'b'.repeat(40) }, stoppedBy: error });
  });

  it('end with a mistake of ours', async () => {
    const { heroku } = running();
    heroku.errors['commit id-va-1 slug A'] = new TypeError('a mistake');
    await expect(readCommits(wanted, {}, heroku.port)).rejects.toThrow('a mistake');
  });
});
