// Pipelines, couplings, apps, and the reads of a whole pipeline at once.

import { describe, expect, it } from 'vitest';
import { A, B, fieldsOf, first, SECOND, startEmpty, startHeroku } from './harness.ts';

describe('pipelines', () => {
  it('are found by name or uuid', async () => {
    const { get, simulator } = await startHeroku();
    const { id } = simulator.pipeline('router');
    expect((await get('/pipelines/router')).body['id']).toBe(id);
    expect((await get(`/pipelines/${id}`)).body['name']).toBe('router');
    expect((await get('/pipelines?eq[name]=router')).rows).toHaveLength(1);
    expect((await get('/pipelines?eq[name]=nothing')).rows).toEqual([]);
  });

  it('may share a name', async () => {
    const { get, simulator } = await startHeroku();
    simulator.addPipeline({ name: 'router', apps: [] });
    expect((await get('/pipelines?eq[name]=router')).rows).toHaveLength(2);
  });

  it('are spelled as recorded: offset timestamps, owner, generation', async () => {
    const { get } = await startHeroku();
    expect((await get('/pipelines/router')).body).toMatchObject({
      created_at: '2026-11-02T12:00:00+00:00',
      owner: { type: 'team' },
      generation: { name: 'cedar' },
    });
  });
});

describe('couplings', () => {
  it('are listed for a pipeline and for the whole fleet, with the name of the pipeline', async () => {
    const { get, simulator } = await startHeroku();
    simulator.addPipeline({ name: 'web', apps: [{ name: 'web-qa01', stage: 'staging' }] });
    const { id } = simulator.pipeline('router');
    const { rows } = await get(`/pipelines/${id}/pipeline-couplings`);
    expect(rows.map(({ stage }) => stage).toSorted()).toEqual(['production', 'production', 'staging']);
    expect(first(rows)['pipeline']).toEqual({ id, name: 'router' });
    for (const path of [
      '/pipeline-couplings',
      '/users/~/pipeline-couplings',
      '/teams/acme/pipeline-couplings',
    ]) {
      expect((await get(path)).rows).toHaveLength(4);
    }
  });

  it('of one app are a single object, and 404 for an app in no pipeline', async () => {
    const { get, simulator } = await startHeroku();
    expect((await get('/apps/router-qa01/pipeline-couplings')).body).toMatchObject({
      app: { id: simulator.app('router-qa01').id },
      stage: 'staging',
    });
    simulator.removeApp('router-qa01');
    expect((await get('/apps/router-qa01/pipeline-couplings')).status).toBe(404);
    expect((await get('/pipeline-couplings')).rows).toHaveLength(2);
  });

  it('can be made, moved and taken away', async () => {
    const { get, send, simulator } = await startHeroku();
    const app = simulator.addApp({ name: 'router-jp01' });
    const pipeline = simulator.pipeline('router').id;
    const made = await send('POST', '/pipeline-couplings', { app: app.id, pipeline, stage: 'staging' });
    expect(made.status).toBe(201);
    const path = `/pipeline-couplings/${made.body['id']}`;
    expect((await send('PATCH', path, { stage: 'production' })).body['stage']).toBe('production');
    expect((await get(path)).body['stage']).toBe('production');
    expect((await send('DELETE', path)).status).toBe(200);
    expect((await get(path)).status).toBe(404);
  });

  it('refuse an app that is in a pipeline already, an unknown stage, and another generation', async () => {
    const { send, simulator } = await startHeroku();
    simulator.addPipeline({ name: 'image', generation: 'fir', apps: [] });
    simulator.addApp({ name: 'loose' });
    for (const [app, pipeline, stage] of [
      ['router-qa01', 'router', 'staging'],
      ['loose', 'router', 'canary'],
      ['loose', 'image', 'staging'],
    ]) {
      const answer = await send('POST', '/pipeline-couplings', { app, pipeline, stage });
      expect([answer.status, answer.body['id']]).toEqual([422, 'invalid_params']);
    }
  });
});

describe('apps', () => {
  it('are found by name or uuid, and keep their uuid when renamed', async () => {
    const { get, simulator } = await startHeroku();
    const { id } = simulator.app('router-qa01');
    simulator.renameApp('router-qa01', 'router-test01');
    expect((await get(`/apps/${id}`)).body['name']).toBe('router-test01');
    expect((await get('/apps/router-qa01')).status).toBe(404);
  });

  it('are listed under /apps, /users/~/apps and their team', async () => {
    const { get } = await startHeroku();
    for (const path of ['/apps', '/users/~/apps', '/teams/acme/apps']) {
      expect((await get(path)).rows.map(({ name }) => name)).toContain('router-ie01');
    }
    expect((await get('/teams/nobody/apps')).status).toBe(404);
  });

  it('are filtered by uuid; unknown ones are left out', async () => {
    const { send, simulator } = await startHeroku();
    const { id } = simulator.app('router-qa01');
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { rows } = await send('POST', '/filters/apps', { in: { id: [id, unknown] } });
    expect(rows.map(({ name }) => name)).toEqual(['router-qa01']);
  });

  it('go into maintenance by PATCH', async () => {
    const { get, send } = await startHeroku();
    expect((await send('PATCH', '/apps/router-qa01', { maintenance: true })).body['maintenance']).toBe(true);
    expect((await get('/apps/router-qa01')).body['maintenance']).toBe(true);
    expect((await send('PATCH', '/apps/router-qa01', { colour: 'red' })).status).toBe(422);
  });

  it('tell their generation as an object, and as a string under 3.sdk', async () => {
    const { get } = await startHeroku();
    const sdk = { accept: 'application/vnd.heroku+json; version=3.sdk' };
    expect((await get('/apps/router-qa01')).body['generation']).toMatchObject({ name: 'cedar' });
    expect((await get('/apps/router-qa01', sdk)).body['generation']).toBe('cedar');
  });

  it('move released_at when a release succeeds, not while it is pending or when it fails', async () => {
    const { clock, get, simulator } = await startHeroku();
    const releasedAt = async () => (await get('/apps/router-qa01')).body['released_at'];
    simulator.setReleasePhase('router-qa01', { seconds: 60, fails: [B] });
    clock.pass(10 * SECOND);
    simulator.deploy('router-qa01', { commit: A });
    expect(await releasedAt()).toBe('2026-11-02T12:00:00Z');
    clock.pass(60 * SECOND);
    expect(await releasedAt()).toBe('2026-11-02T12:01:10Z');
    simulator.deploy('router-qa01', { commit: B });
    clock.pass(60 * SECOND);
    expect(await releasedAt()).toBe('2026-11-02T12:01:10Z');
  });

  it('without access answer 403 and are in no list', async () => {
    const { get, simulator } = await startHeroku();
    const lift = simulator.faults.forbidden('router-va01');
    const refused = await get('/apps/router-va01');
    expect([refused.status, refused.body['id']]).toEqual([403, 'forbidden']);
    expect((await get('/apps')).rows).toHaveLength(2);
    lift();
    expect((await get('/apps')).rows).toHaveLength(3);
  });

  it('run one web dyno on their current release', async () => {
    const { get, simulator } = await startHeroku();
    expect((await get('/apps/router-qa01/dynos')).rows).toEqual([]);
    const release = simulator.deploy('router-qa01', { commit: A });
    const dynos = (await get('/apps/router-qa01/dynos')).rows;
    expect(dynos).toMatchObject([{ name: 'web.1', state: 'up', release: { version: release.version } }]);
    expect((await get('/apps/router-qa01/dynos/web.1')).body['type']).toBe('web');
  });

  it('show a release process in the formation when they have a release phase', async () => {
    const { get, simulator } = await startHeroku();
    const types = async () => (await get('/apps/router-qa01/formation')).rows.map(({ type }) => type);
    expect(await types()).toEqual(['web']);
    simulator.setReleasePhase('router-qa01', { seconds: 5 });
    expect(await types()).toEqual(['release', 'web']);
  });

  it('tell whether they preboot', async () => {
    const { get, simulator } = await startHeroku();
    simulator.setPreboot('router-qa01', true);
    expect((await get('/apps/router-qa01/features/preboot')).body['enabled']).toBe(true);
    expect((await get('/apps/router-qa01/features')).rows).toHaveLength(1);
    expect((await get('/apps/router-qa01/features/other')).status).toBe(404);
  });
});

describe('latest-deployments', () => {
  it('takes the uuid of the pipeline only', async () => {
    const { get, simulator } = await startHeroku();
    const { id } = simulator.pipeline('router');
    for (const list of ['latest-deployments', 'latest-releases', 'latest-builds']) {
      expect((await get(`/pipelines/router/${list}`)).status).toBe(404);
      expect((await get(`/pipelines/${id}/${list}`)).status).toBe(200);
    }
  });

  it('has one row for each app that has one, without the commit', async () => {
    const { get, simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A });
    const deployed = simulator.deploy('router-qa01', { commit: B });
    const { rows } = await get(`/pipelines/${simulator.pipeline('router').id}/latest-deployments`);
    expect(rows).toHaveLength(1);
    expect(rows).toMatchObject([
      {
        id: deployed.id,
        app: { name: 'router-qa01' },
        version: 4,
        status: 'succeeded',
        current: true,
        slug: { id: deployed.artifactId },
        artifacts: [{ type: 'slug', id: deployed.artifactId }],
      },
    ]);
    expect(JSON.stringify(rows)).not.toContain(B);
  });

  it('leaves out config releases, so its row may not be the current one; latest-releases has them', async () => {
    const { get, simulator } = await startHeroku();
    const { id } = simulator.pipeline('router');
    const deployed = simulator.deploy('router-qa01', { commit: A });
    const configured = simulator.setConfig('router-qa01');
    const deployment = first((await get(`/pipelines/${id}/latest-deployments`)).rows);
    expect(deployment).toMatchObject({ id: deployed.id, current: false, status: 'succeeded' });
    const releases = (await get(`/pipelines/${id}/latest-releases`)).rows;
    expect(releases.find(({ current, version }) => current === true && version === 4)).toMatchObject({
      id: configured.id,
      slug: { id: deployed.artifactId },
    });
  });

  it.each([
    ['pending', 30],
    ['failed', 61],
  ])('shows the newest deployment while it is %s', async (status, seconds) => {
    const { clock, get, simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A });
    simulator.setReleasePhase('router-qa01', { seconds: 60, fails: 'always' });
    simulator.deploy('router-qa01', { commit: B });
    clock.pass(seconds * SECOND);
    const { rows } = await get(`/pipelines/${simulator.pipeline('router').id}/latest-deployments`);
    expect(rows).toMatchObject([{ version: 4, status, current: false }]);
    expect(simulator.app('router-qa01').commit).toBe(A);
  });

  it('counts rollbacks and slugs released by hand', async () => {
    const { get, simulator } = await startHeroku();
    const { id } = simulator.pipeline('router');
    const old = simulator.deploy('router-qa01', { commit: A });
    simulator.deploy('router-qa01', { commit: B });
    const back = simulator.rollback('router-qa01');
    expect((await get(`/pipelines/${id}/latest-deployments`)).rows).toMatchObject([
      { id: back.id, slug: { id: old.artifactId } },
    ]);
  });
});

describe('latest-builds', () => {
  it('tells commit, release and slug of the newest build', async () => {
    const { get, simulator } = await startHeroku();
    const release = simulator.deploy('router-qa01', { commit: A });
    const { rows } = await get(`/pipelines/${simulator.pipeline('router').id}/latest-builds`);
    expect(rows).toMatchObject([
      { status: 'succeeded', release: { id: release.id }, slug: { id: release.artifactId } },
    ]);
    expect(fieldsOf(first(rows)['source_blob'])['version']).toBe(A);
    const path = `/apps/router-qa01/builds/${first(rows)['id']}`;
    expect((await get(path)).body['id']).toBe(first(rows)['id']);
    expect((await get('/apps/router-qa01/builds')).rows).toHaveLength(1);
  });
});

describe('teams and accounts', () => {
  it('own pipelines', async () => {
    const { get, simulator } = await startEmpty();
    simulator.addPipeline({ name: 'team-owned', owner: 'acme', apps: [] });
    simulator.addPipeline({ name: 'mine', owner: 'me@example.com', apps: [] });
    const owner = fieldsOf((await get('/pipelines/team-owned')).body['owner']);
    expect((await get(`/teams/${owner['id']}`)).body['name']).toBe('acme');
    expect((await get('/teams')).rows).toHaveLength(1);
    expect((await get('/pipelines/mine')).body['owner']).toMatchObject({ type: 'user' });
    expect((await get('/account')).body['email']).toBe('sluice@example.com');
  });
});
