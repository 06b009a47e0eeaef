// App webhooks: subscriptions, signed events with the commit, one try or many, duplicates and wrong order.

import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { A, B, type Fields, fieldsOf, first, type Heroku, SECOND, startHeroku } from './harness.ts';

interface Received {
  readonly headers: Record<string, unknown>;
  readonly raw: string;
  readonly event: Fields;
}

/** A server on loopback that keeps what it is sent. */
async function startReceiver(): Promise<{
  url: string;
  received: Received[];
  answerWith: (status: number) => void;
}> {
  const received: Received[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, raw, event: fieldsOf(JSON.parse(raw)) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/heroku`,
    received,
    answerWith: (code) => {
      status = code;
    },
  };
}

async function subscribe(heroku: Heroku, url: string, more: Fields = {}) {
  const body = { include: ['api:release'], level: 'sync', url, secret: 's3cret', ...more };
  return heroku.send('POST', '/apps/router-qa01/webhooks', body);
}

describe('a subscription', () => {
  it('never gives its secret back', async () => {
    const heroku = await startHeroku();
    const made = await subscribe(heroku, 'http://127.0.0.1:9/', { authorization: 'Bearer mine' });
    expect(made.status).toBe(201);
    expect(Object.keys(made.body).toSorted()).toEqual([
      'app',
      'created_at',
      'id',
      'include',
      'level',
      'updated_at',
      'url',
    ]);
    expect(made.headers.get('heroku-webhook-secret')).toBeNull();
  });

  it('without a secret is told one, once, in a header', async () => {
    const heroku = await startHeroku();
    const { body, headers } = await subscribe(heroku, 'http://127.0.0.1:9/', { secret: null });
    expect(headers.get('heroku-webhook-secret')).toMatch(/^[0-9a-f]{64}$/);
    const again = await heroku.get(`/apps/router-qa01/webhooks/${body['id']}`);
    expect(again.headers.get('heroku-webhook-secret')).toBeNull();
  });

  it('can be listed, changed and removed', async () => {
    const heroku = await startHeroku();
    const made = await subscribe(heroku, 'http://127.0.0.1:9/');
    const path = `/apps/router-qa01/webhooks/${made.body['id']}`;
    expect((await heroku.get('/apps/router-qa01/webhooks')).rows).toHaveLength(1);
    expect((await heroku.send('PATCH', path, { level: 'notify' })).body['level']).toBe('notify');
    expect((await heroku.send('DELETE', path)).status).toBe(200);
    expect((await heroku.get(path)).status).toBe(404);
  });

  it.each([
    ['an unknown entity', { include: ['api:promotion'] }],
    ['an unknown level', { level: 'eventually' }],
    ['no URL', { url: 'here' }],
  ])('with %s is refused', async (_case, change) => {
    const heroku = await startHeroku();
    expect((await subscribe(heroku, 'http://127.0.0.1:9/', change)).status).toBe(422);
  });

  it('is one per app', async () => {
    const heroku = await startHeroku();
    await subscribe(heroku, 'http://127.0.0.1:9/');
    expect((await subscribe(heroku, 'http://127.0.0.1:9/')).status).toBe(422);
  });
});

describe('an event', () => {
  it('is signed over its raw body, and carries the commit', async () => {
    const heroku = await startHeroku();
    const receiver = await startReceiver();
    await subscribe(heroku, receiver.url, { authorization: 'Bearer mine' });
    const release = heroku.simulator.deploy('router-qa01', { commit: A });
    await heroku.simulator.deliverWebhooks();
    const { event, headers, raw } = first(receiver.received);
    const signature = createHmac('sha256', 's3cret').update(raw).digest('base64');
    expect(headers['heroku-webhook-hmac-sha256']).toBe(signature);
    expect(headers['authorization']).toBe('Bearer mine');
    expect(event).toMatchObject({
      action: 'create',
      resource: 'release',
      sequence: null,
      created_at: '2026-11-02T12:00:00.000000Z',
      data: {
        id: release.id,
        app: { name: 'router-qa01' },
        version: 3,
        status: 'succeeded',
        current: true,
        slug: { id: release.artifactId, commit: A },
      },
      webhook_metadata: { event: { id: event['id'], include: 'api:release' } },
    });
  });

  it('comes at the creation of a release and when it has settled', async () => {
    const heroku = await startHeroku();
    await subscribe(heroku, 'http://127.0.0.1:9/');
    heroku.simulator.setReleasePhase('router-qa01', { seconds: 30, fails: 'always' });
    heroku.simulator.deploy('router-qa01', { commit: A });
    const story = () =>
      heroku.simulator.pendingDeliveries().map(({ body }) => {
        const event = fieldsOf(JSON.parse(body));
        return [event['action'], fieldsOf(event['data'])['status']];
      });
    expect(story()).toEqual([['create', 'pending']]);
    heroku.clock.pass(30 * SECOND);
    expect(story()).toEqual([
      ['create', 'pending'],
      ['update', 'failed'],
    ]);
  });

  it('is not made for an app without a subscription', async () => {
    const heroku = await startHeroku();
    await subscribe(heroku, 'http://127.0.0.1:9/');
    heroku.simulator.deploy('router-va01', { commit: A });
    expect(heroku.simulator.pendingDeliveries()).toEqual([]);
  });
});

describe('delivery', () => {
  it('sends nothing by itself, and each event once', async () => {
    const heroku = await startHeroku();
    const receiver = await startReceiver();
    await subscribe(heroku, receiver.url);
    heroku.simulator.deploy('router-qa01', { commit: A });
    expect(receiver.received).toHaveLength(0);
    expect(await heroku.simulator.deliverWebhooks()).toHaveLength(2);
    expect(await heroku.simulator.deliverWebhooks()).toHaveLength(0);
    expect(receiver.received).toHaveLength(2);
  });

  it('repeats and reorders on request, with the same event id', async () => {
    const heroku = await startHeroku();
    const receiver = await startReceiver();
    await subscribe(heroku, receiver.url);
    heroku.simulator.deploy('router-qa01', { commit: A });
    heroku.simulator.deploy('router-qa01', { commit: B });
    await heroku.simulator.deliverWebhooks({ duplicates: 1, order: 'reversed' });
    const versions = receiver.received.map(({ event }) => fieldsOf(event['data'])['version']);
    expect(versions).toEqual([4, 4, 4, 4, 3, 3, 3, 3]);
    expect(new Set(receiver.received.map(({ event }) => event['id'])).size).toBe(4);
  });

  it('of a sync subscription is tried again, and later events wait behind it', async () => {
    const heroku = await startHeroku();
    const receiver = await startReceiver();
    await subscribe(heroku, receiver.url);
    const log = async () => (await heroku.get('/apps/router-qa01/webhook-deliveries')).rows;
    heroku.simulator.setReleasePhase('router-qa01', { seconds: 1 });
    heroku.simulator.deploy('router-qa01', { commit: A });
    receiver.answerWith(500);
    await heroku.simulator.deliverWebhooks();
    expect(await log()).toMatchObject([{ status: 'retrying', num_attempts: 1, last_attempt: { code: 500 } }]);

    // The release has settled, but its event is not sent before the first one has arrived.
    heroku.clock.pass(SECOND);
    await heroku.simulator.deliverWebhooks();
    heroku.clock.pass(SECOND);
    expect(heroku.simulator.pendingDeliveries()).toEqual([]);
    expect(await log()).toHaveLength(2);

    receiver.answerWith(200);
    heroku.clock.pass(SECOND);
    await heroku.simulator.deliverWebhooks();
    expect((await log()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    const actions = receiver.received.map(({ event }) => event['action']);
    expect(actions).toEqual(['create', 'create', 'create', 'update']);
  });

  it('of a notify subscription is tried once', async () => {
    const heroku = await startHeroku();
    const receiver = await startReceiver();
    await subscribe(heroku, receiver.url, { level: 'notify' });
    receiver.answerWith(500);
    heroku.simulator.setReleasePhase('router-qa01', { seconds: 60 });
    heroku.simulator.deploy('router-qa01', { commit: A });
    await heroku.simulator.deliverWebhooks();
    const failed = (await heroku.get('/apps/router-qa01/webhook-deliveries?eq[status]=failed')).rows;
    expect(failed).toMatchObject([{ num_attempts: 1, next_attempt_at: null }]);
    const event = fieldsOf(first(failed)['event'])['id'];
    const replay = await heroku.get(`/apps/router-qa01/webhook-events/${event}`);
    expect(fieldsOf(replay.body['payload'])['action']).toBe('create');
  });

  it('gives up after 72 hours', async () => {
    const heroku = await startHeroku();
    const receiver = await startReceiver();
    await subscribe(heroku, receiver.url);
    receiver.answerWith(500);
    heroku.simulator.setReleasePhase('router-qa01', { seconds: 1_000_000 });
    heroku.simulator.deploy('router-qa01', { commit: A });
    for (let hour = 0; hour <= 72; hour += 1) {
      await heroku.simulator.deliverWebhooks();
      heroku.clock.pass(3600 * SECOND);
    }
    const log = (await heroku.get('/apps/router-qa01/webhook-deliveries')).rows;
    expect(log).toMatchObject([{ status: 'failed', next_attempt_at: null }]);
  });

  it('goes to loopback only', async () => {
    const heroku = await startHeroku();
    await subscribe(heroku, 'https://example.com/heroku', { level: 'notify' });
    heroku.simulator.deploy('router-qa01', { commit: A });
    await heroku.simulator.deliverWebhooks();
    const log = (await heroku.get('/apps/router-qa01/webhook-deliveries')).rows;
    expect(log).toMatchObject([
      { status: 'failed', last_attempt: { error_class: 'not a loopback address' } },
      { status: 'failed' },
    ]);
  });
});
