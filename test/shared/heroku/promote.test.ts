// The promotion: one request in every case, an outcome in every case, nothing left open. Loopback only.

import diagnostics from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import net from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PromotionOutcome, PromotionRequest } from '../../../shared/heroku/port.ts';
import { createPromote } from '../../../shared/heroku/promote.ts';
import type { TokenSource } from '../../../shared/heroku/secret.ts';
import { deadUrl, json, rawAnswer, serve, serveRaw, type TestServer } from './server.ts';

const token = 'HRKU-5e1f0c2a-0000-4000-8000-00000000feed';
const request: PromotionRequest = {
  pipelineId: '11111111-1111-4111-8111-111111111111',
  sourceAppId: '22222222-2222-4222-8222-222222222222',
  sourceReleaseId: '33333333-3333-4333-8333-333333333333',
  targetAppIds: ['44444444-4444-4444-8444-444444444444', '55555555-5555-4555-8555-555555555555'],
  attemptId: '66666666-6666-4666-8666-666666666666',
  notAfter: Number.POSITIVE_INFINITY,
};
const made = {
  id: '77777777-7777-4777-8777-777777777777',
  source: { release: { id: request.sourceReleaseId } },
};

/** Every client socket this process opens while the tests run. */
const sockets: Socket[] = [];
const remember = (message: unknown): void => {
  sockets.push((message as { socket: Socket }).socket);
};
beforeAll(() => diagnostics.subscribe('net.client.socket', remember));
afterAll(() => {
  diagnostics.unsubscribe('net.client.socket', remember);
});
beforeEach(() => {
  sockets.length = 0;
});

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

async function promoteTo(url: string, deadlineMs = 2_000): Promise<PromotionOutcome> {
  const before = timers();
  const outcome = await createPromote({ url, token: () => token, deadlineMs })(request);
  expect(sockets.every((socket) => socket.destroyed && socket.closed)).toBe(true);
  expect(timers()).toBeLessThanOrEqual(before);
  expect(JSON.stringify(outcome)).not.toContain(token);
  return outcome;
}

function expectOneRequest(server: TestServer): void {
  expect(server.requests.map((seen) => `${seen.method} ${seen.path}`)).toEqual(['POST /pipeline-promotions']);
  expect(server.connections()).toBe(1);
}

describe('The promotion request', () => {
  test('names pipeline, source app, pinned release and targets by id and nothing else', async () => {
    const server = await serve((_, response) => json(response, 201, made));
    expect(await promoteTo(server.url)).toEqual({
      kind: 'accepted',
      promotionId: made.id,
      sourceReleaseId: request.sourceReleaseId,
    });
    expectOneRequest(server);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      pipeline: { id: request.pipelineId },
      source: { app: { id: request.sourceAppId }, release: { id: request.sourceReleaseId } },
      targets: request.targetAppIds.map((id) => ({ app: { id } })),
    });
  });

  test('carries the attempt as Request-Id, the API version, the token, and closes its connection', async () => {
    const server = await serve((_, response) => json(response, 201, made));
    await promoteTo(server.url);
    expect(server.requests[0]?.headers).toMatchObject({
      accept: 'application/vnd.heroku+json; version=3',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'request-id': request.attemptId,
      connection: 'close',
      'user-agent': expect.stringMatching(/^sluice\/\d/),
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('range');
  });

  test('takes a new connection for each promotion, even where the server would keep one', async () => {
    const server = await serve((_, response) => json(response, 201, made, { Connection: 'keep-alive' }));
    await promoteTo(server.url);
    await promoteTo(server.url);
    expect(server.connections()).toBe(2);
  });

  test('is not sent without a source release, since an unpinned promotion takes whatever runs by then', async () => {
    const server = await serve((_, response) => json(response, 201, made));
    const promote = createPromote({ url: server.url, token: () => token });
    for (const hole of [
      { sourceReleaseId: '' },
      { targetAppIds: [] },
      { targetAppIds: [''] },
      { pipelineId: '' },
    ]) {
      expect(await promote({ ...request, ...hole })).toMatchObject({
        kind: 'unknown',
        message: expect.stringContaining('Nothing was sent'),
      });
    }
    expect(server.requests).toEqual([]);
  });
});

describe('A promotion is accepted', () => {
  test.for([
    ['whose answer does not say which release it takes', 201, { id: 'p' }, null],
    ['whose answer has an odd source', 200, { id: 'p', source: 'staging' }, null],
    ['that Heroku has only taken note of', 202, { id: 'p', source: { release: { id: 'r' } } }, 'r'],
  ] as const)('%s', async ([, status, body, sourceReleaseId]) => {
    const server = await serve((_, response) => json(response, status, body));
    expect(await promoteTo(server.url)).toEqual({ kind: 'accepted', promotionId: 'p', sourceReleaseId });
    expectOneRequest(server);
  });

  test('after early hints', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n';
    const server = await serveRaw((socket) => socket.write(hints + rawAnswer(201, JSON.stringify(made))));
    expect(await promoteTo(server.url)).toMatchObject({ kind: 'accepted' });
    expectOneRequest(server);
  });
});

describe('A definite refusal is told as Heroku told it', () => {
  test.for([400, 401, 402, 403, 404, 406, 409, 410, 412, 422, 429])('status %i', async (status) => {
    const server = await serve((_, response) =>
      json(response, status, { id: 'some_id', message: 'No,\nreally not.' }),
    );
    expect(await promoteTo(server.url)).toMatchObject({
      kind: 'rejected',
      status,
      id: 'some_id',
      message: 'No, really not.',
    });
    expectOneRequest(server);
  });

  test.for([
    [401, 'unauthorized', /heroku authorizations:create/],
    [402, 'delinquent', /Settle the bill/],
    [403, 'forbidden', /heroku access:add USER -a web-2 -p view,deploy/],
    [403, 'two_factor', /^App web-2 asks for a second factor/],
    [404, 'not_found', /heroku apps --all/],
    [422, 'verification_needed', /^Verify the account/],
    [429, 'rate_limit', /^Wait a few minutes/],
  ] as const)('with what a person can do, as for reads: %i %s', async ([status, id, hint]) => {
    const server = await serve((_, response) =>
      json(response, status, { id, message: 'No.', app: { name: 'web-2' } }),
    );
    expect(await promoteTo(server.url)).toMatchObject({ hint: expect.stringMatching(hint) });
  });

  test('about what was to be promoted has none', async () => {
    const server = await serve((_, response) =>
      json(response, 422, { id: 'invalid_params', message: 'No.' }),
    );
    expect(await promoteTo(server.url)).not.toHaveProperty('hint');
  });

  test('and gets an id from its status when a proxy refused it', async () => {
    const server = await serveRaw((socket) => socket.end(rawAnswer(403, '<html>Forbidden</html>')));
    expect(await promoteTo(server.url)).toMatchObject({ kind: 'rejected', status: 403, id: 'http_403' });
    expectOneRequest(server);
  });

  test('but never repeats the token, not even when the server does', async () => {
    const server = await serve((seen, response) =>
      json(response, 401, { id: 'unauthorized', message: `Bad credentials: ${seen.headers.authorization}` }),
    );
    expect(await promoteTo(server.url)).toMatchObject({ message: 'Bad credentials: Bearer [token]' });
  });
});

const whole = JSON.stringify(made);
const cut = `HTTP/1.1 201 Created\r\nContent-Length: ${whole.length}\r\n\r\n${whole.slice(0, -3)}`;
const faults: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['a connection reset after the request', (socket) => socket.resetAndDestroy()],
  ['a connection closed without an answer', (socket) => socket.end()],
  ['no answer at all', () => {}],
  ['half a status line', (socket) => socket.end('HTTP/1.1 20')],
  ['headers that never end', (socket) => socket.write('HTTP/1.1 201 Created\r\nContent-Le')],
  ['something that is not HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ['an answer cut off by a close', (socket) => socket.end(cut)],
  ['an answer cut off by a reset', (socket) => socket.write(cut, () => socket.resetAndDestroy())],
  ['an answer whose end never comes', (socket) => socket.write(cut)],
  ['a refusal cut off', (socket) => socket.end('HTTP/1.1 422 X\r\nContent-Length: 50\r\n\r\n{"id":"inv')],
  [
    'a change of protocol',
    (socket) => socket.write('HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  ],
  ['a success that is a page of HTML', (socket) => socket.end(rawAnswer(200, '<html>ok</html>'))],
  ['a success without a body', (socket) => socket.end(rawAnswer(201, ''))],
  ['a success with an id that is no text', (socket) => socket.end(rawAnswer(201, '{"id":7}'))],
  ['a success with an empty id', (socket) => socket.end(rawAnswer(201, '{"id":""}'))],
];
const indefinite = [301, 302, 304, 307, 408, 418, 425, 444, 460, 499, 500, 502, 503, 504, 599];

describe('It is unknown whether the promotion was made, and it is not sent again, after', () => {
  test.for(faults)('%s', async ([, behave]) => {
    const server = await serveRaw(behave);
    expect(await promoteTo(server.url, 120)).toMatchObject({ kind: 'unknown' });
    expectOneRequest(server);
  });

  test.for(indefinite)('status %i', async (status) => {
    const server = await serve((_, response) => {
      response.writeHead(status, { Location: '/pipeline-promotions' });
      response.end(status === 304 ? undefined : '{"id":"x","message":"y"}');
    });
    expect(await promoteTo(server.url)).toMatchObject({ kind: 'unknown' });
    expectOneRequest(server);
  });

  test('a connection that drips bytes for longer than the deadline', async () => {
    const server = await serveRaw((socket) => {
      socket.write('HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n');
      const drip = setInterval(() => socket.write('1\r\n \r\n'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await promoteTo(server.url, 120)).toMatchObject({ kind: 'unknown' });
    expectOneRequest(server);
  });
});

describe('Nothing is sent, and the outcome says so,', () => {
  test('when no connection can be made', async () => {
    expect(await promoteTo(await deadUrl())).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('was not sent'),
    });
  });

  test('when the server accepts a connection but never agrees on TLS', async () => {
    const server = await serveRaw(() => {});
    expect(await promoteTo(server.url.replace('http:', 'https:'), 80)).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('was not sent'),
    });
    expect(server.requests).toEqual([]);
  });

  const sources: readonly (readonly [string, TokenSource])[] = [
    ['fails', () => Promise.reject(new Error(`cannot read ${token}`))],
    [
      'throws',
      () => {
        throw new Error(token);
      },
    ],
    ['is empty', () => ' \n'],
    ['holds a line break', () => `${token}\n${token}`],
    ['never comes', () => new Promise<string>(() => {})],
  ];
  test.for(sources)('when the token %s', async ([, source]) => {
    const server = await serve((_, response) => json(response, 201, made));
    const outcome = await createPromote({ url: server.url, token: source, deadlineMs: 60 })(request);
    expect(outcome).toMatchObject({ kind: 'unknown', message: expect.stringContaining('Nothing was sent') });
    expect(JSON.stringify(outcome)).not.toContain(token);
    expect(server.requests).toEqual([]);
  });

  test('when it is too late for it: the attempt may have been settled as never sent by now', async () => {
    const server = await serve((_, response) => json(response, 201, made));
    const promote = createPromote({ url: server.url, token: () => token, now: () => 1001 });
    expect(await promote({ ...request, notAfter: 1000 })).toEqual({
      kind: 'unknown',
      message: 'Nothing was sent: the run stood still for too long after it had marked the attempt.',
    });
    expect(server.requests).toEqual([]);
    expect(await promote({ ...request, notAfter: 1001 })).toMatchObject({ kind: 'accepted' });
  });

  test('when the attempt is no text a header can carry', async () => {
    const server = await serve((_, response) => json(response, 201, made));
    const promote = createPromote({ url: server.url, token: () => token });
    expect(await promote({ ...request, attemptId: 'a\r\nX: y' })).toMatchObject({ kind: 'unknown' });
    expect(server.requests).toEqual([]);
  });
});

describe('Whatever a server answers', () => {
  test('one request is made, and only a whole 2xx with an id is taken for a promotion', async () => {
    const status = fc.integer({ min: 200, max: 599 });
    const body = fc.oneof(fc.json(), fc.string(), fc.constant(whole));
    const cutAt = fc.option(fc.nat({ max: 400 }), { nil: null });
    await fc.assert(fc.asyncProperty(status, body, cutAt, fc.boolean(), answerIsJudged), { numRuns: 150 });
  });
});

async function answerIsJudged(
  status: number,
  body: string,
  cutAt: number | null,
  reset: boolean,
): Promise<void> {
  const answer = rawAnswer(status, body);
  const bytes = cutAt === null ? answer : answer.slice(0, cutAt);
  let requests = 0;
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      requests += 1;
      socket.write(bytes, () => (reset ? socket.resetAndDestroy() : socket.end()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const outcome = await promoteTo(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
    expect(requests).toBe(1);
    if (outcome.kind === 'accepted') {
      expect([status < 300, JSON.parse(body).id]).toEqual([true, outcome.promotionId]);
    }
    if (outcome.kind === 'rejected')
      expect(status).toSatisfy((s: number) => s >= 400 && s < 500 && s !== 408);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
