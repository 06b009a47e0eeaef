// Trouble on demand: which requests it hits, how often, and whether they have had their effect.

import { describe, expect, it } from 'vitest';
import { A, type Heroku, promotionOf, startHeroku } from './harness.ts';

const PROMOTE = 'POST /pipeline-promotions';

async function withSource(): Promise<Heroku> {
  const heroku = await startHeroku();
  heroku.simulator.deploy('router-qa01', { commit: A });
  return heroku;
}

const promote = (heroku: Heroku) =>
  heroku.send('POST', '/pipeline-promotions', promotionOf(heroku.simulator, 'router-qa01', ['router-va01']));

describe('a fault', () => {
  it.each([
    ['unauthorized', 401, 'unauthorized'],
    ['rateLimited', 429, 'rate_limit'],
    ['unavailable', 503, 'maintenance'],
  ] as const)('%s answers %i and has no effect', async (fault, status, id) => {
    const heroku = await withSource();
    heroku.simulator.faults[fault]();
    const answer = await promote(heroku);
    expect([answer.status, answer.body['id']]).toEqual([status, id]);
    expect(heroku.simulator.promotions()).toEqual([]);
  });

  it('hits one route, the next n requests of it, after sparing some', async () => {
    const { get, simulator } = await withSource();
    simulator.faults.unavailable({ route: 'GET /apps/{app}', skip: 1, times: 2 });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await get('/apps/router-qa01')).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect((await get('/apps')).status).toBe(200);
  });

  it('hits one method', async () => {
    const heroku = await withSource();
    heroku.simulator.faults.unavailable({ method: 'POST' });
    expect((await promote(heroku)).status).toBe(503);
    expect((await heroku.get('/apps')).status).toBe(200);
  });

  it('leaves the status API alone unless that is named', async () => {
    const { get, simulator } = await withSource();
    simulator.faults.unavailable();
    expect((await get('/api/v4/current-status')).status).toBe(200);
    simulator.faults.unavailable({ route: 'GET /api/v4/current-status' });
    expect((await get('/api/v4/current-status')).status).toBe(503);
  });

  it('is lifted one by one or all at once', async () => {
    const { get, simulator } = await withSource();
    const lift = simulator.faults.unavailable();
    simulator.faults.rateLimited();
    lift();
    expect((await get('/apps')).status).toBe(429);
    simulator.faults.clear();
    expect((await get('/apps')).status).toBe(200);
  });

  it('counts as a call all the same', async () => {
    const heroku = await withSource();
    heroku.simulator.faults.reset('before', { route: PROMOTE });
    await expect(promote(heroku)).rejects.toThrow();
    expect(heroku.simulator.calls.byRoute[PROMOTE]).toBe(1);
  });
});

describe('a reset connection', () => {
  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('%s the effect leaves the client without an answer', async (when, made) => {
    const heroku = await withSource();
    heroku.simulator.faults.reset(when, { route: PROMOTE, times: 1 });
    await expect(promote(heroku)).rejects.toThrow();
    expect(heroku.simulator.promotions()).toHaveLength(made);
    expect(heroku.simulator.calls.byRoute[PROMOTE]).toBe(1);
  });
});

describe('a truncated body', () => {
  it('comes after the effect', async () => {
    const heroku = await withSource();
    heroku.simulator.faults.truncate({ route: PROMOTE });
    await expect(promote(heroku)).rejects.toThrow();
    expect(heroku.simulator.promotions()).toHaveLength(1);
  });
});

describe('a garbled answer', () => {
  it('is a web page with status 200, after the effect', async () => {
    const heroku = await withSource();
    heroku.simulator.faults.garble({ route: PROMOTE });
    const answer = await promote(heroku);
    expect([answer.status, answer.text.slice(0, 15)]).toEqual([200, '<!DOCTYPE html>']);
    expect(heroku.simulator.promotions()).toHaveLength(1);
  });
});

describe('a refusal of any kind', () => {
  it.each([
    [402, 'delinquent'],
    [403, 'suspended'],
  ])('%i %s has no effect', async (status, id) => {
    const heroku = await withSource();
    heroku.simulator.faults.refuse(status, id, 'Pay your bill.', { route: PROMOTE });
    const answer = await promote(heroku);
    expect([answer.status, answer.body]).toEqual([status, { id, message: 'Pay your bill.' }]);
    expect(heroku.simulator.promotions()).toEqual([]);
  });
});

describe('a request that hangs', () => {
  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('%s the effect is never answered', async (when, made) => {
    const heroku = await withSource();
    heroku.simulator.faults.hang(when, { route: PROMOTE });
    const answer = promote(heroku).catch(() => 'the simulator was closed');
    await expect.poll(() => heroku.simulator.calls.byRoute[PROMOTE]).toBe(1);
    expect(heroku.simulator.promotions()).toHaveLength(made);
    await heroku.simulator.close();
    expect(await answer).toBe('the simulator was closed');
  });
});

describe('a slow answer', () => {
  it('has had its effect before it leaves', async () => {
    const heroku = await withSource();
    heroku.simulator.faults.slow(20, { route: PROMOTE });
    const answer = promote(heroku);
    await expect.poll(() => heroku.simulator.promotions().length).toBe(1);
    expect((await answer).status).toBe(201);
  });
});

describe('without a socket', () => {
  it('the same request gives the same reply, and says how it would be cut', async () => {
    const { simulator } = await withSource();
    const request = {
      method: 'GET',
      path: '/apps/router-qa01',
      headers: { accept: 'application/vnd.heroku+json; version=3', authorization: 'Bearer token' },
      body: '',
    };
    expect(simulator.ask(request)).toMatchObject({ status: 200, cut: null });
    simulator.faults.truncate();
    expect(simulator.ask(request)).toMatchObject({ status: 200, cut: 'truncate' });
  });
});
