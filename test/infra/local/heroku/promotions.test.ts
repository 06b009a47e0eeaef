// Promotions: accepted, followed to their end, partly failed, and refused.

import { describe, expect, it } from 'vitest';
import {
  A,
  B,
  DAY,
  type Fields,
  fieldsOf,
  type Heroku,
  promotionOf,
  SECOND,
  startEmpty,
  startHeroku,
} from './harness.ts';

/** router-qa01 runs A; a target takes four seconds. */
async function withSource(): Promise<Heroku> {
  const heroku = await startHeroku();
  heroku.simulator.deploy('router-qa01', { commit: A });
  return heroku;
}

async function promote(heroku: Heroku, targets: string[], releaseId?: string): Promise<Fields> {
  const body = promotionOf(heroku.simulator, 'router-qa01', targets, releaseId);
  const answer = await heroku.send('POST', '/pipeline-promotions', body);
  expect(answer.status).toBe(201);
  return answer.body;
}

const targetsOf = async (heroku: Heroku, promotion: Fields) =>
  (await heroku.get(`/pipeline-promotions/${promotion['id']}/promotion-targets`)).rows;

const statusOf = async (heroku: Heroku, promotion: Fields) =>
  (await heroku.get(`/pipeline-promotions/${promotion['id']}`)).body['status'];

describe('a promotion', () => {
  it('is answered at once, pending, with the release it takes', async () => {
    const heroku = await withSource();
    const source = heroku.simulator.app('router-qa01');
    expect(await promote(heroku, ['router-va01'])).toMatchObject({
      pipeline: { id: heroku.simulator.pipeline('router').id },
      source: { app: { id: source.id }, release: { id: source.current?.id } },
      status: 'pending',
      created_at: '2026-11-02T12:00:00+00:00',
      updated_at: null,
    });
  });

  it('has targets without a release, then with a pending one, then an outcome', async () => {
    const heroku = await withSource();
    const promotion = await promote(heroku, ['router-va01']);
    expect(await targetsOf(heroku, promotion)).toMatchObject([{ status: 'pending', release: null }]);
    heroku.clock.pass(2 * SECOND);
    const id = heroku.simulator.app('router-va01').releases.at(-1)?.id;
    expect(await targetsOf(heroku, promotion)).toMatchObject([{ status: 'pending', release: { id } }]);
    expect(await statusOf(heroku, promotion)).toBe('pending');
    heroku.clock.pass(2 * SECOND);
    expect(await targetsOf(heroku, promotion)).toMatchObject([
      { status: 'succeeded', release: { id }, error_message: null },
    ]);
    expect(await statusOf(heroku, promotion)).toBe('completed');
  });

  it('makes on each target a new release of the same slug, in the name of the token', async () => {
    const heroku = await withSource();
    await promote(heroku, ['router-va01', 'router-ie01']);
    heroku.clock.pass(4 * SECOND);
    const slug = heroku.simulator.app('router-qa01').current?.artifactId;
    for (const name of ['router-va01', 'router-ie01']) {
      expect(heroku.simulator.app(name).current).toMatchObject({
        kind: 'promotion',
        version: 3,
        artifactId: slug,
        user: 'sluice@example.com',
      });
      expect((await heroku.get(`/apps/${name}/slugs/${slug}`)).body['commit']).toBe(A);
    }
  });

  it('takes the pinned release although the source has moved on', async () => {
    const heroku = await withSource();
    const pinned = heroku.simulator.app('router-qa01').current?.id ?? '';
    heroku.simulator.deploy('router-qa01', { commit: B });
    const promotion = await promote(heroku, ['router-va01'], pinned);
    expect(fieldsOf(fieldsOf(promotion['source'])['release'])['id']).toBe(pinned);
    heroku.clock.pass(4 * SECOND);
    expect(heroku.simulator.app('router-va01').commit).toBe(A);
  });

  it('takes as long as it is told to', async () => {
    const heroku = await withSource();
    heroku.simulator.setPromotionSeconds(60);
    const promotion = await promote(heroku, ['router-va01']);
    heroku.clock.pass(59 * SECOND);
    expect(await statusOf(heroku, promotion)).toBe('pending');
    heroku.clock.pass(SECOND);
    expect(await statusOf(heroku, promotion)).toBe('completed');
  });

  it('is told to the story too', async () => {
    const heroku = await withSource();
    await promote(heroku, ['router-va01']);
    expect(heroku.simulator.promotions()).toMatchObject([
      {
        pipeline: 'router',
        source: 'router-qa01',
        commit: A,
        targets: [{ app: 'router-va01', status: 'pending' }],
      },
    ]);
  });
});

describe('a target', () => {
  it('stays pending while its release phase runs, and follows it', async () => {
    const heroku = await withSource();
    heroku.simulator.setReleasePhase('router-va01', { seconds: 600 });
    heroku.simulator.setReleasePhase('router-ie01', { seconds: 600, fails: [A] });
    const promotion = await promote(heroku, ['router-va01', 'router-ie01']);
    heroku.clock.pass(601 * SECOND);
    expect((await targetsOf(heroku, promotion)).map(({ status }) => status)).toEqual(['pending', 'pending']);
    heroku.clock.pass(2 * SECOND);
    expect(await targetsOf(heroku, promotion)).toMatchObject([
      { status: 'succeeded' },
      { status: 'failed', error_message: 'Release command failed' },
    ]);
    expect((await heroku.get(`/pipeline-promotions/${promotion['id']}`)).body).toMatchObject({
      status: 'completed',
      updated_at: '2026-11-02T12:10:02+00:00',
    });
    expect(heroku.simulator.app('router-ie01').commit).toBeNull();
  });

  it('can fail while another succeeds', async () => {
    const heroku = await withSource();
    heroku.simulator.failTarget('router-va01', 'Could not verify slug checksum');
    const promotion = await promote(heroku, ['router-va01', 'router-ie01']);
    heroku.clock.pass(4 * SECOND);
    expect(await targetsOf(heroku, promotion)).toMatchObject([
      { status: 'failed', release: null, error_message: 'Could not verify slug checksum' },
      { status: 'succeeded', error_message: null },
    ]);
    expect(await statusOf(heroku, promotion)).toBe('completed');
    heroku.simulator.failTarget('router-va01', null);
    await promote(heroku, ['router-va01']);
    heroku.clock.pass(4 * SECOND);
    expect(heroku.simulator.app('router-va01').commit).toBe(A);
  });

  it('without access fails on its own', async () => {
    const heroku = await withSource();
    const body = promotionOf(heroku.simulator, 'router-qa01', ['router-va01']);
    heroku.simulator.faults.forbidden('router-va01');
    const promotion = (await heroku.send('POST', '/pipeline-promotions', body)).body;
    heroku.clock.pass(4 * SECOND);
    expect(await targetsOf(heroku, promotion)).toMatchObject([
      { status: 'failed', error_message: 'User does not have access to that app' },
    ]);
  });
});

describe('a promotion is refused', () => {
  const elsewhere = { app: { id: '00000000-0000-4000-8000-000000000000' } };
  const cases: [string, (body: Fields, heroku: Heroku) => Fields, number][] = [
    ['with an unknown key', (body) => ({ ...body, force: true }), 422],
    [
      'with a name beside an id',
      (body) => ({ ...body, pipeline: { ...fieldsOf(body['pipeline']), name: 'router' } }),
      422,
    ],
    ['with a name for an id', (body) => ({ ...body, source: { app: { id: 'router-qa01' } } }), 422],
    ['without targets', (body) => ({ ...body, targets: [] }), 422],
    ['without a source', ({ pipeline, targets }) => ({ pipeline, targets }), 422],
    ['to itself', (body) => ({ ...body, targets: [body['source']] }), 422],
    [
      'to the same app twice',
      (body) => ({ ...body, targets: [body['targets'], body['targets']].flat() }),
      422,
    ],
    ['to an app that does not exist', (body) => ({ ...body, targets: [elsewhere] }), 404],
    ['in a pipeline that does not exist', (body) => ({ ...body, pipeline: elsewhere.app }), 404],
    [
      'to an app outside the pipeline',
      (body, { simulator }) => ({
        ...body,
        targets: [{ app: { id: simulator.addApp({ name: 'loose' }).id } }],
      }),
      422,
    ],
    [
      "with another app's release",
      (body, { simulator }) => {
        const { id } = simulator.deploy('router-ie01', { commit: B });
        return { ...body, source: { ...fieldsOf(body['source']), release: { id } } };
      },
      422,
    ],
    [
      'with a release that is pending',
      (body, { simulator }) => {
        simulator.setReleasePhase('router-qa01', { seconds: 60 });
        const { id } = simulator.deploy('router-qa01', { commit: B });
        return { ...body, source: { ...fieldsOf(body['source']), release: { id } } };
      },
      422,
    ],
    [
      'with a release that failed',
      (body, { clock, simulator }) => {
        simulator.setReleasePhase('router-qa01', { seconds: 1, fails: 'always' });
        const { id } = simulator.deploy('router-qa01', { commit: B });
        clock.pass(SECOND);
        return { ...body, source: { ...fieldsOf(body['source']), release: { id } } };
      },
      422,
    ],
    [
      'with a release that has expired',
      (body, { clock, simulator }) => {
        const id = simulator.app('router-qa01').current?.id;
        simulator.deploy('router-qa01', { commit: B });
        for (let n = 0; n < 20; n += 1) simulator.setConfig('router-qa01');
        clock.pass(31 * DAY);
        return { ...body, source: { ...fieldsOf(body['source']), release: { id } } };
      },
      422,
    ],
    [
      'from an app without code',
      (body, { simulator }) => ({
        ...promotionOf(simulator, 'router-va01', ['router-ie01']),
        pipeline: body['pipeline'],
      }),
      422,
    ],
  ];

  it.each(cases)('%s', async (_case, change, status) => {
    const heroku = await withSource();
    const body = change(promotionOf(heroku.simulator, 'router-qa01', ['router-va01']), heroku);
    const answer = await heroku.send('POST', '/pipeline-promotions', body);
    expect([answer.status, answer.body['id']]).toEqual([
      status,
      status === 404 ? 'not_found' : 'invalid_params',
    ]);
    expect(heroku.simulator.promotions()).toEqual([]);
  });

  it('from a Docker app', async () => {
    const heroku = await startEmpty();
    heroku.simulator.addPipeline({
      name: 'router',
      apps: [
        { name: 'router-qa01', stage: 'staging', stack: 'container' },
        { name: 'router-va01', stage: 'production', stack: 'container' },
      ],
    });
    heroku.simulator.deploy('router-qa01', { commit: A });
    const body = promotionOf(heroku.simulator, 'router-qa01', ['router-va01']);
    expect((await heroku.send('POST', '/pipeline-promotions', body)).status).toBe(422);
  });

  it('without a second factor where one is wanted', async () => {
    const heroku = await withSource();
    heroku.simulator.faults.twoFactor('router-va01');
    const body = promotionOf(heroku.simulator, 'router-qa01', ['router-va01']);
    const refused = await heroku.send('POST', '/pipeline-promotions', body);
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ id: 'two_factor', app: { name: 'router-va01' } });
    expect((await heroku.get('/apps/router-va01/releases')).status).toBe(403);
    const code = { 'heroku-two-factor-code': '123456' };
    expect((await heroku.send('POST', '/pipeline-promotions', body, code)).status).toBe(201);
  });

  it('by 404 when asked after a promotion that never was', async () => {
    const heroku = await withSource();
    expect((await heroku.get('/pipeline-promotions/unknown')).status).toBe(404);
    expect((await heroku.get('/pipeline-promotions/unknown/promotion-targets')).status).toBe(404);
  });
});
