// Releases: how they come about, wait for their release phase, fail, roll back and expire; slugs and OCI images.

import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../../../infra/local/heroku/simulator.ts';
import { A, B, DAY, first, promotionOf, SECOND, startEmpty, startHeroku, virtualClock } from './harness.ts';

describe('a release', () => {
  it('is found by uuid or version', async () => {
    const { get, simulator } = await startHeroku();
    const { id, version } = simulator.deploy('router-qa01', { commit: A });
    expect(version).toBe(3);
    for (const name of [id, '3', 'v3']) {
      expect((await get(`/apps/router-qa01/releases/${name}`)).body['id']).toBe(id);
    }
    expect((await get('/apps/router-qa01/releases/99')).status).toBe(404);
  });

  it('is spelled as recorded', async () => {
    const { get, simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A, user: 'dev@example.com' });
    expect((await get('/apps/router-qa01/releases/3')).body).toMatchObject({
      created_at: '2026-11-02T12:00:00Z',
      description: 'Deploy aaaaaaaa',
      output_stream_url: null,
      user: { email: 'dev@example.com' },
      eligible_for_rollback: true,
    });
  });

  it('before the first deploy has no code', async () => {
    const { get } = await startHeroku();
    expect((await get('/apps/router-qa01/releases/1')).body).toMatchObject({ slug: null, artifacts: [] });
  });

  it('by a config change has the same slug', async () => {
    const { simulator } = await startHeroku();
    const deployed = simulator.deploy('router-qa01', { commit: A });
    const configured = simulator.setConfig('router-qa01', 'ops@example.com');
    expect(configured).toMatchObject({ version: 4, artifactId: deployed.artifactId, kind: 'config' });
  });
});

describe('a slug', () => {
  it('tells its commit to the apps that run it', async () => {
    const { get, simulator } = await startHeroku();
    const { artifactId } = simulator.deploy('router-qa01', { commit: A });
    expect((await get(`/apps/router-qa01/slugs/${artifactId}`)).body['commit']).toBe(A);
    expect((await get(`/apps/router-va01/slugs/${artifactId}`)).status).toBe(404);
  });

  it('is the same for the same commit in a pipeline, unless it is built anew', async () => {
    const { simulator } = await startHeroku();
    const { artifactId } = simulator.deploy('router-qa01', { commit: A });
    expect(simulator.deploy('router-va01', { commit: A }).artifactId).toBe(artifactId);
    expect(simulator.deploy('router-va01', { commit: A, slug: 'new' }).artifactId).not.toBe(artifactId);
  });

  it('can be released by hand, through the API and by the story', async () => {
    const { send, simulator } = await startHeroku();
    const slug = simulator.deploy('router-qa01', { commit: A }).artifactId ?? '';
    const made = await send('POST', '/apps/router-va01/releases', { slug, description: 'hotfix' });
    expect([made.status, made.body['description']]).toEqual([201, 'hotfix']);
    expect(simulator.app('router-va01').commit).toBe(A);
    expect(simulator.release('router-ie01', { slug, user: 'ops@example.com' }).user).toBe('ops@example.com');
    expect((await send('POST', '/apps/router-va01/releases', { slug: 'unknown' })).status).toBe(404);
  });

  it('of an app one cannot access is refused with 403', async () => {
    const { send, simulator } = await startHeroku();
    const slug = simulator.deploy('router-qa01', { commit: A }).artifactId;
    simulator.faults.forbidden('router-qa01');
    expect((await send('POST', '/apps/router-va01/releases', { slug })).status).toBe(403);
  });
});

describe('a release phase', () => {
  it('keeps the release pending, and the old one current, until it is over', async () => {
    const { clock, get, simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A });
    simulator.setReleasePhase('router-qa01', { seconds: 30 });
    simulator.deploy('router-qa01', { commit: B });
    clock.pass(29 * SECOND);
    expect((await get('/apps/router-qa01/releases/4')).body).toMatchObject({
      status: 'pending',
      current: false,
    });
    expect(simulator.app('router-qa01').commit).toBe(A);
    clock.pass(SECOND);
    expect((await get('/apps/router-qa01/releases/4')).body).toMatchObject({
      status: 'succeeded',
      current: true,
      updated_at: '2026-11-02T12:00:30Z',
    });
    expect((await get('/apps/router-qa01/releases/3')).body['current']).toBe(false);
  });

  it('that fails leaves the old release running', async () => {
    const { clock, get, simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A });
    simulator.setReleasePhase('router-qa01', { seconds: 30, fails: [B] });
    simulator.deploy('router-qa01', { commit: B });
    clock.pass(30 * SECOND);
    expect((await get('/apps/router-qa01/releases/4')).body).toMatchObject({
      status: 'failed',
      current: false,
      eligible_for_rollback: false,
    });
    expect(simulator.app('router-qa01').current?.version).toBe(3);
  });

  it('makes the releases after it wait in line', async () => {
    const { clock, simulator } = await startHeroku();
    simulator.setReleasePhase('router-qa01', { seconds: 30 });
    simulator.deploy('router-qa01', { commit: A });
    clock.pass(10 * SECOND);
    simulator.deploy('router-qa01', { commit: B });
    const statuses = () =>
      simulator
        .app('router-qa01')
        .releases.slice(2)
        .map(({ status }) => status);
    clock.pass(20 * SECOND);
    expect(statuses()).toEqual(['succeeded', 'pending']);
    clock.pass(30 * SECOND);
    expect(statuses()).toEqual(['succeeded', 'succeeded']);
    expect(simulator.app('router-qa01').commit).toBe(B);
  });

  it('that ends in the instant of the next release ends before it', () => {
    const clock = virtualClock();
    const simulator = createSimulator({ clock });
    const names = ['router-qa01', 'router-va01'];
    const apps = names.map((name) => ({ name, stage: 'production' as const }));
    simulator.addPipeline({ name: 'router', apps });
    simulator.deploy('router-qa01', { commit: A });
    // A promotion that makes its release at 2 s meets a release phase that ends at 2 s.
    simulator.ask({
      method: 'POST',
      path: '/pipeline-promotions',
      headers: { accept: 'application/vnd.heroku+json; version=3', authorization: 'Bearer token' },
      body: JSON.stringify(promotionOf(simulator, 'router-qa01', ['router-va01'])),
    });
    simulator.setReleasePhase('router-va01', { seconds: 2 });
    simulator.deploy('router-va01', { commit: B });
    simulator.setReleasePhase('router-va01', null);
    clock.pass(10 * SECOND);
    expect(simulator.app('router-va01').current).toMatchObject({ version: 4, commit: A });
  });

  it('streams its output at an absolute URL, 404 until it has begun', async () => {
    const { clock, simulator, get } = await startHeroku();
    simulator.setReleasePhase('router-qa01', { seconds: 30, fails: [B] });
    simulator.deploy('router-qa01', { commit: A });
    simulator.deploy('router-qa01', { commit: B });
    const url = String((await get('/apps/router-qa01/releases/4')).body['output_stream_url']);
    expect(url.startsWith(simulator.url)).toBe(true);
    expect((await fetch(url)).status).toBe(404);
    clock.pass(31 * SECOND);
    expect(await (await fetch(url)).text()).toBe('Running release command...\nnpm run migrate\n');
    clock.pass(30 * SECOND);
    expect(await (await fetch(url)).text()).toContain('failed with exit status 1');
  });
});

describe('a rollback', () => {
  it('makes a new release of the old code', async () => {
    const { send, simulator } = await startHeroku();
    const old = simulator.deploy('router-qa01', { commit: A });
    simulator.deploy('router-qa01', { commit: B });
    const made = await send('POST', '/apps/router-qa01/releases', { release: old.id });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      version: 5,
      description: 'Rollback to v3',
      slug: { id: old.artifactId },
    });
    expect(simulator.app('router-qa01').commit).toBe(A);
  });

  it('goes to the release before the current one when none is named', async () => {
    const { simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A });
    simulator.deploy('router-qa01', { commit: B });
    expect(simulator.rollback('router-qa01', { user: 'ops@example.com' })).toMatchObject({
      commit: A,
      kind: 'rollback',
      user: 'ops@example.com',
    });
    expect(simulator.rollback('router-qa01', { version: 4 }).commit).toBe(B);
  });

  it('to a release that failed or has no code is refused', async () => {
    const { send, simulator } = await startHeroku();
    const initial = first(simulator.app('router-qa01').releases);
    expect((await send('POST', '/apps/router-qa01/releases', { release: initial.id })).status).toBe(422);
    expect(() => simulator.rollback('router-qa01')).toThrow('router-qa01 has no release to roll back to');
  });
});

describe('an old release', () => {
  it('expires after 30 days and 20 releases, and takes its slug with it', async () => {
    const { clock, get, send, simulator } = await startHeroku();
    const old = simulator.deploy('router-qa01', { commit: A });
    simulator.deploy('router-qa01', { commit: B });
    for (let n = 0; n < 18; n += 1) simulator.setConfig('router-qa01');
    clock.pass(31 * DAY);
    expect((await get('/apps/router-qa01/releases/3')).body['status']).toBe('succeeded');
    simulator.setConfig('router-qa01');
    expect((await get('/apps/router-qa01/releases/3')).body).toMatchObject({
      status: 'expired',
      eligible_for_rollback: false,
    });
    expect((await get(`/apps/router-qa01/slugs/${old.artifactId}`)).status).toBe(404);
    expect((await send('POST', '/apps/router-qa01/releases', { release: old.id })).status).toBe(422);
  });

  it('does not expire while its code runs', async () => {
    const { clock, get, simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A });
    for (let n = 0; n < 30; n += 1) simulator.setConfig('router-qa01');
    clock.pass(60 * DAY);
    expect((await get('/apps/router-qa01/releases/3')).body['status']).toBe('succeeded');
  });

  it('does not expire by age alone', async () => {
    const { clock, get, simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A });
    simulator.deploy('router-qa01', { commit: B });
    clock.pass(365 * DAY);
    expect((await get('/apps/router-qa01/releases/3')).body['status']).toBe('succeeded');
  });
});

describe('on Fir', () => {
  it('a release carries an OCI image, and its slug is null', async () => {
    const { get, simulator } = await startEmpty();
    simulator.addPipeline({
      name: 'image',
      generation: 'fir',
      apps: [{ name: 'image-qa01', stage: 'staging' }],
    });
    const { artifactId } = simulator.deploy('image-qa01', { commit: A });
    const release = await get('/apps/image-qa01/releases/3');
    expect(release.body).toMatchObject({ slug: null, artifacts: [{ type: 'oci-image', id: artifactId }] });
    expect(release.body).not.toHaveProperty('oci_image');
    const sdk = await get('/apps/image-qa01/releases/3', {
      accept: 'application/vnd.heroku+json; version=3.sdk',
    });
    expect(sdk.body['oci_image']).toEqual({ id: artifactId });
  });

  it('an image is found by uuid or digest, as a list of one', async () => {
    const { get, simulator } = await startEmpty();
    simulator.addPipeline({
      name: 'image',
      generation: 'fir',
      apps: [{ name: 'image-qa01', stage: 'staging' }],
    });
    const { artifactId } = simulator.deploy('image-qa01', { commit: A });
    const image = first((await get(`/apps/image-qa01/oci-images/${artifactId}`)).rows);
    expect(image['commit']).toBe(A);
    expect((await get(`/apps/image-qa01/oci-images/${image['digest']}`)).rows).toEqual([image]);
  });
});

describe('a Docker app on Cedar', () => {
  it('has releases without a slug', async () => {
    const { get, simulator } = await startEmpty();
    simulator.addApp({ name: 'docker-qa01', stack: 'container' });
    simulator.deploy('docker-qa01', { commit: A });
    expect((await get('/apps/docker-qa01/releases/3')).body).toMatchObject({ slug: null, artifacts: [] });
    expect((await get('/apps/docker-qa01')).body['stack']).toMatchObject({ name: 'container' });
  });
});
