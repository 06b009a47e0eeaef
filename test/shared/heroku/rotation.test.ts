// A token that is replaced while Sluice runs: reads go on with the new one at once, the promotion at the next run.

import { describe, expect, onTestFinished, test } from 'vitest';
import { createHerokuReads } from '../../../shared/heroku/client.ts';
import { HerokuError } from '../../../shared/heroku/port.ts';
import { createPromote } from '../../../shared/heroku/promote.ts';
import type { TokenSource } from '../../../shared/heroku/secret.ts';
import { json, serve, type TestServer, testClock } from './server.ts';

/** Heroku, for which only `good` is a token. */
function heroku(good: string): Promise<TestServer> {
  return serve((request, response) =>
    request.headers.authorization === `Bearer ${good}`
      ? json(response, 200, [])
      : json(response, 401, { id: 'unauthorized', message: 'Invalid credentials.' }),
  );
}

function readsAt(server: TestServer, token: TokenSource) {
  const reads = createHerokuReads({ url: server.url, token, clock: testClock(), random: () => 0 });
  onTestFinished(() => reads.close());
  return reads;
}

const sentTo = (server: TestServer) => server.requests.map((seen) => seen.headers.authorization);

describe('A read whose token is refused', () => {
  test('is sent once more with the token that has taken its place', async () => {
    const server = await heroku('new');
    const asked: (string | undefined)[] = [];
    const source: TokenSource = (refused) => {
      asked.push(refused);
      return refused === 'old' ? 'new\n' : 'old\n';
    };
    expect(await readsAt(server, source).apps()).toEqual([]);
    expect(asked).toEqual([undefined, 'old']);
    expect(sentTo(server)).toEqual(['Bearer old', 'Bearer new']);
  });

  test.for([
    ['has no other', () => 'old'],
    ['fails by then', (refused) => (refused === undefined ? 'old' : Promise.reject(new Error('no SSM')))],
    ['is empty by then', (refused) => (refused === undefined ? 'old' : '')],
  ] as [string, TokenSource][])('is refused as Heroku says when the source %s', async ([, source]) => {
    const server = await heroku('new');
    const error = await readsAt(server, source)
      .apps()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HerokuError);
    expect(error).toMatchObject({
      code: 'unauthorized',
      message: 'GET /apps was answered 401, unauthorized: "Invalid credentials.".',
      hint: expect.stringContaining('sluice secrets set heroku/token'),
    });
    expect(sentTo(server)).toEqual(['Bearer old']);
  });

  test('is not sent a third time when the newer one is refused too', async () => {
    const server = await heroku('newest');
    let count = 0;
    const error = await readsAt(server, () => `t${++count}`)
      .apps()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'unauthorized' });
    expect(sentTo(server)).toEqual(['Bearer t1', 'Bearer t2']);
  });
});

describe('A promotion whose token is refused', () => {
  const request = {
    pipelineId: 'p',
    sourceAppId: 'a',
    sourceReleaseId: 'r',
    targetAppIds: ['b'],
    attemptId: '01A',
    notAfter: Number.POSITIVE_INFINITY,
  };

  test.for([
    ['has another', () => 'new'],
    ['fails', () => Promise.reject(new Error('no SSM'))],
    ['never answers', () => new Promise<string>(() => {})],
  ] as [string, () => Promise<string> | string][])(
    'is never sent again, though the source, which is told, %s; and nothing stays open',
    async ([, then]) => {
      const server = await heroku('new');
      const asked: (string | undefined)[] = [];
      const source: TokenSource = (refused) => {
        asked.push(refused);
        return refused === undefined ? 'old' : then();
      };
      const outcome = await createPromote({ url: server.url, token: source, deadlineMs: 300 })(request);
      expect(outcome).toMatchObject({ kind: 'rejected', status: 401 });
      expect(asked).toEqual([undefined, 'old']);
      expect(sentTo(server)).toEqual(['Bearer old']);
    },
  );
});
