// What holds for every request: Accept, tokens, error bodies, headers, ETags, the rate limit.

import { describe, expect, it } from 'vitest';
import { A, SECOND, startHeroku } from './harness.ts';

describe('a request', () => {
  it('must ask for version 3', async () => {
    const heroku = await startHeroku();
    const answer = await heroku.get('/apps', { accept: 'application/json' });
    expect(answer.status).toBe(406);
    expect(answer.body['id']).toBe('not_acceptable');
  });

  it.each(['3', '3.sdk', '3.pipelines', '3.filters', '3.webhooks', '3.repositories-api'])(
    'may ask for the variant %s',
    async (version) => {
      const heroku = await startHeroku();
      const answer = await heroku.get('/apps', { accept: `application/vnd.heroku+json; version=${version}` });
      expect(answer.status).toBe(200);
    },
  );

  it('must carry a token', async () => {
    const heroku = await startHeroku();
    const answer = await heroku.get('/apps', { authorization: '' });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ id: 'unauthorized', message: 'Invalid credentials provided.' });
  });

  it('may carry it as Bearer or as a Basic password', async () => {
    const heroku = await startHeroku({ tokens: { good: 'sluice@example.com' } });
    const basic = `Basic ${Buffer.from(':good').toString('base64')}`;
    expect((await heroku.get('/account', { authorization: 'Bearer good' })).body['email']).toBe(
      'sluice@example.com',
    );
    expect((await heroku.get('/account', { authorization: basic })).status).toBe(200);
    expect((await heroku.get('/account', { authorization: 'Bearer bad' })).status).toBe(401);
  });

  it('for something unknown gets 404 with what was not found', async () => {
    const heroku = await startHeroku();
    expect((await heroku.get('/apps/nobody')).body).toEqual({
      id: 'not_found',
      message: "Couldn't find that app.",
      resource: 'app',
    });
    expect((await heroku.get('/nowhere')).status).toBe(404);
  });

  it('with a body that is not JSON gets 400', async () => {
    const heroku = await startHeroku();
    const answer = await heroku.send('POST', '/filters/apps', '{');
    expect([answer.status, answer.body['id']]).toEqual([400, 'bad_request']);
  });
});

describe('an answer', () => {
  it.each(['/apps', '/apps/nobody'])('to %s tells scopes, request ids and tokens left', async (path) => {
    const heroku = await startHeroku();
    const { headers } = await heroku.get(path, { 'request-id': 'mine' });
    expect(headers.get('oauth-scope')).toBe('global');
    expect(headers.get('oauth-scope-accepted')).toContain('read');
    expect(headers.get('request-id')).toMatch(/^mine,[0-9a-f-]{36}$/);
    expect(headers.get('ratelimit-remaining')).toBe('4499');
    expect(headers.get('ratelimit-multiplier')).toBe('1');
  });

  it('is 304 and empty when nothing has changed since its ETag', async () => {
    const heroku = await startHeroku();
    const etag = (await heroku.get('/apps')).headers.get('etag') ?? '';
    const unchanged = await heroku.get('/apps', { 'if-none-match': etag });
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    heroku.simulator.setMaintenance('router-qa01', true);
    expect((await heroku.get('/apps', { 'if-none-match': etag })).status).toBe(200);
  });
});

describe('the rate limit', () => {
  it('is a pool of 4,500 that gets 75 back a minute', async () => {
    const heroku = await startHeroku();
    heroku.simulator.setRateLimitRemaining(2);
    expect((await heroku.get('/apps')).headers.get('ratelimit-remaining')).toBe('1');
    expect((await heroku.get('/apps')).status).toBe(200);
    const refused = await heroku.get('/apps');
    expect([refused.status, refused.body['id']]).toEqual([429, 'rate_limit']);
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    heroku.clock.pass(60 * SECOND);
    expect((await heroku.get('/account/rate-limits')).body).toEqual({ remaining: 75 });
  });

  it('is free to look at, and the status API costs nothing either', async () => {
    const heroku = await startHeroku();
    await heroku.get('/account/rate-limits');
    await heroku.get('/api/v4/current-status');
    expect((await heroku.get('/account/rate-limits')).body).toEqual({ remaining: 4500 });
    expect(heroku.simulator.calls.total).toBe(0);
  });

  it('is per account', async () => {
    const heroku = await startHeroku({ tokens: { one: 'one@example.com', two: 'two@example.com' } });
    await heroku.get('/apps', { authorization: 'Bearer one' });
    const answer = await heroku.get('/account/rate-limits', { authorization: 'Bearer two' });
    expect(answer.body).toEqual({ remaining: 4500 });
  });
});

describe('calls', () => {
  it('are counted by route and logged without the token', async () => {
    const { get, send, simulator } = await startHeroku();
    simulator.deploy('router-qa01', { commit: A });
    await get(`/pipelines/${simulator.pipeline('router').id}/latest-deployments`);
    await get('/apps/router-qa01/releases');
    await send('PATCH', '/apps/router-qa01', { maintenance: true }, { 'request-id': 'attempt-1' });
    expect(simulator.calls.total).toBe(3);
    expect(simulator.calls.byRoute).toEqual({
      'GET /pipelines/{id}/latest-deployments': 1,
      'GET /apps/{app}/releases': 1,
      'PATCH /apps/{app}': 1,
    });
    expect(simulator.calls.log.at(-1)).toMatchObject({
      method: 'PATCH',
      path: '/apps/router-qa01',
      body: { maintenance: true },
      requestId: 'attempt-1',
    });
    expect(JSON.stringify(simulator.calls.log)).not.toContain('Bearer');
    simulator.calls.reset();
    expect(simulator.calls.total).toBe(0);
  });
});

describe('the status API', () => {
  it('tells the colours, without a token', async () => {
    const heroku = await startHeroku();
    heroku.simulator.setStatus({ Tools: 'red' });
    const answer = await heroku.get('/api/v4/current-status', { authorization: '', accept: '*/*' });
    expect(answer.body).toEqual({
      status: [
        { system: 'Apps', status: 'green' },
        { system: 'Tools', status: 'red' },
        { system: 'Data', status: 'green' },
      ],
      incidents: [],
      scheduled: [],
    });
  });
});
