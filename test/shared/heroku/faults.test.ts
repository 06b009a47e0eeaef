// Reads when Heroku or the way to it is broken: what is tried again, what error comes out, that nothing hangs.

import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHerokuReads, type HerokuReadsClient } from '../../../shared/heroku/client.ts';
import { HerokuError } from '../../../shared/heroku/port.ts';
import { deadUrl, json, rawAnswer, serve, serveRaw, testClock } from './server.ts';

const token = 'HRKU-5e1f0c2a-0000-4000-8000-00000000feed';
const clock = testClock();

function readsAt(url: string, deadlineMs = 2_000): HerokuReadsClient {
  const reads = createHerokuReads({ url, token: () => token, clock, random: () => 0.5, deadlineMs });
  onTestFinished(() => reads.close());
  return reads;
}

async function errorOf(promise: Promise<unknown>): Promise<HerokuError> {
  const error = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof HerokuError)) throw new Error(`expected a HerokuError, found ${inspect(error)}`);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token);
  return error;
}

const ok = rawAnswer(200, '[]');
const passing: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['a connection reset', (socket) => socket.resetAndDestroy()],
  ['a connection closed without an answer', (socket) => socket.end()],
  ['a body cut short', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[')],
  [
    'a chunked body cut short',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n['),
  ],
  ['something that is not HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ['a 503', (socket) => socket.end(rawAnswer(503, '{"id":"maintenance"}'))],
];

describe('A read', () => {
  test.for(passing)('is tried again after %s', async ([, behave]) => {
    let served = 0;
    const server = await serveRaw((socket) => {
      served += 1;
      if (served < 3) behave(socket);
      else socket.end(ok);
    });
    expect(await readsAt(server.url).apps()).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  test.for(passing)('gives up after three times of %s', async ([, behave]) => {
    const server = await serveRaw(behave);
    const reads = readsAt(server.url);
    const error = await errorOf(reads.apps());
    expect([error.code, error.message]).toEqual(['unavailable', expect.stringMatching(/^GET \/apps was /)]);
    expect([server.requests.length, reads.callCount()]).toEqual([3, 3]);
  });

  test('waits a random part of a growing time between tries', async () => {
    const own = testClock();
    const server = await serve((_, response) => json(response, 500, {}));
    const reads = createHerokuReads({ url: server.url, token: () => token, clock: own, random: () => 0.5 });
    onTestFinished(() => reads.close());
    await errorOf(reads.apps());
    expect(own.slept).toEqual([125, 250]);
  });

  test('does not start a wait that would outlast its deadline', async () => {
    const own = testClock();
    const server = await serve((_, response) => json(response, 500, {}));
    const reads = createHerokuReads({
      url: server.url,
      token: () => token,
      clock: own,
      // So long a wait that also on a busy machine the answer comes well within the deadline.
      random: () => 240,
      deadlineMs: 30_000,
    });
    onTestFinished(() => reads.close());
    expect(await errorOf(reads.apps())).toMatchObject({ message: expect.stringContaining('500') });
    expect([own.slept, server.requests.length]).toEqual([[], 1]);
  });

  test('takes no connection for a retry that was kept from before', async () => {
    const server = await serve((_, response, index) => {
      if (index === 1) response.socket?.resetAndDestroy();
      else json(response, 200, [], { 'X-Index': index });
    });
    const reads = readsAt(server.url);
    await reads.apps();
    expect(await reads.apps()).toEqual([]);
    expect(server.requests.map((seen) => seen.headers.connection)).toEqual([
      'keep-alive',
      'keep-alive',
      'close',
    ]);
  });

  test.for([
    ['nothing is answered', () => {}],
    [
      'the body does not come',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n['),
    ],
    [
      'the body drips for ever',
      (socket: Socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        const drip = setInterval(() => socket.write('1\r\n \r\n'), 10);
        socket.on('close', () => clearInterval(drip));
      },
    ],
  ] as const)('ends at its deadline when %s', async ([, behave]) => {
    const server = await serveRaw(behave);
    expect(await errorOf(readsAt(server.url, 120).apps())).toMatchObject({ code: 'unavailable' });
    expect(server.requests).toHaveLength(1);
    await expect.poll(() => server.open()).toBe(0);
  });

  test('ends at its deadline when the token does not come, and sends nothing', async () => {
    const server = await serve((_, response) => json(response, 200, []));
    const reads = createHerokuReads({
      url: server.url,
      token: () => new Promise(() => {}),
      clock,
      deadlineMs: 50,
    });
    expect(await errorOf(reads.apps())).toMatchObject({ code: 'unavailable' });
    expect(server.requests).toEqual([]);
  });

  test('says when no connection can be made', async () => {
    const error = await errorOf(readsAt(await deadUrl()).apps());
    expect([error.code, error.message]).toEqual(['unavailable', expect.stringContaining('ECONNREFUSED')]);
  });

  test('survives a 304 it never asked for', async () => {
    const server = await serveRaw((socket) => socket.write('HTTP/1.1 304 Not Modified\r\n\r\n'));
    expect(await errorOf(readsAt(server.url).apps())).toMatchObject({ code: 'unavailable' });
    expect(server.requests).toHaveLength(1);
  });

  test('survives a change of protocol', async () => {
    const upgrade = 'HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';
    const server = await serveRaw((socket) => socket.write(upgrade));
    expect(await errorOf(readsAt(server.url).apps())).toMatchObject({ code: 'unavailable' });
  });

  test('refuses an answer too large for the memory of a function', async () => {
    const chunk = ' '.repeat(1024 * 1024);
    const server = await serve((_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', more);
      };
      more();
    });
    const error = await errorOf(readsAt(server.url, 5_000).apps());
    expect(error.message).toContain('longer than');
  });
});

describe('A refusal', () => {
  test.for([
    [401, 'unauthorized', 'unauthorized'],
    [402, 'delinquent', 'forbidden'],
    [403, 'suspended', 'forbidden'],
    [404, 'not_found', 'not-found'],
    [406, 'not_acceptable', 'refused'],
    [408, 'timeout', 'unavailable'],
    [416, 'requested_range_not_satisfiable', 'refused'],
    [422, 'invalid_params', 'refused'],
    [429, 'rate_limit', 'rate-limited'],
    [301, 'moved', 'unavailable'],
  ] as const)(
    '%i %s is %s, names all there is to know, and is not tried again',
    async ([status, id, code]) => {
      const server = await serve((_, response) =>
        json(response, status, { id, message: 'No.\nNever.' }, { 'Request-Id': 'a,b' }),
      );
      const error = await errorOf(readsAt(server.url).couplings('p'));
      expect([error.code, error.message]).toEqual([
        code,
        `GET /pipelines/p/pipeline-couplings was answered ${status}, ${id}: "No. Never." (Request-Id a,b).`,
      ]);
      expect(error.hint).not.toBe('');
      expect(server.requests).toHaveLength(1);
    },
  );

  test('for want of a second factor names the app and says what to do', async () => {
    const body = {
      id: 'two_factor',
      message: 'A second factor is required.',
      app: { id: 'a', name: 'router-va01' },
    };
    const server = await serve((_, response) => json(response, 403, body));
    const error = await errorOf(readsAt(server.url).releases('a', 5));
    expect([error.code, error.message, error.hint]).toEqual([
      'forbidden',
      expect.stringContaining('for app router-va01'),
      expect.stringContaining('router-va01'),
    ]);
  });

  test('that names no app is told of the app that was asked for', async () => {
    const server = await serve((_, response) => json(response, 403, { id: 'forbidden', message: 'No.' }));
    const error = await errorOf(readsAt(server.url).releases('app-1', 5));
    expect([error.message, error.hint]).toEqual([
      expect.stringContaining('for app app-1'),
      expect.stringContaining('heroku access:add USER -a app-1'),
    ]);
  });

  test('of the token says how to make a new one', async () => {
    const server = await serve((_, response) => json(response, 401, { id: 'unauthorized', message: 'No.' }));
    expect((await errorOf(readsAt(server.url).apps())).hint).toContain(
      'heroku authorizations:create -s write',
    );
  });

  test('never repeats the token, wherever the server puts it', async () => {
    const server = await serve((_, response) =>
      json(response, 403, { id: token, message: token, app: { name: token } }, { 'Request-Id': token }),
    );
    const error = await errorOf(readsAt(server.url).releases('a', 5));
    expect(`${error.message}${error.hint}${error.stack}`).not.toContain('feed');
  });

  test('in HTML is a refusal all the same', async () => {
    const server = await serveRaw((socket) => socket.end(rawAnswer(404, '<html></html>')));
    expect(await errorOf(readsAt(server.url).apps())).toMatchObject({ code: 'not-found' });
  });
});

describe('A token', () => {
  test.for([
    ['is empty', ' \n', 'unauthorized'],
    ['holds a line break', `${token}\r\nX: y`, 'unauthorized'],
    ['is not ASCII', 'tökén', 'unauthorized'],
  ] as const)('that %s is refused before anything is sent', async ([, value, code]) => {
    const server = await serve((_, response) => json(response, 200, []));
    const reads = createHerokuReads({ url: server.url, token: () => value, clock });
    expect(await errorOf(reads.apps())).toMatchObject({ code });
    expect(server.requests).toEqual([]);
  });

  test('that cannot be read says so without quoting the failure', async () => {
    const source = (): string => {
      throw new TypeError(`cannot decrypt ${token}`);
    };
    const error = await errorOf(
      createHerokuReads({ url: 'http://127.0.0.1:1', token: source, clock }).apps(),
    );
    expect([error.code, error.message]).toEqual([
      'unavailable',
      'The Heroku token could not be read (TypeError).',
    ]);
  });

  test('source that explains itself is heard', async () => {
    const own = new HerokuError('unauthorized', 'No token is stored.', 'Store one.');
    const source = () => Promise.reject(own);
    expect(await errorOf(createHerokuReads({ url: 'http://127.0.0.1:1', token: source, clock }).apps())).toBe(
      own,
    );
  });
});
