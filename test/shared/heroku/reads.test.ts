// What each read asks and what it makes of the answer: paths, ranges, pages, shapes. Loopback only.

import type http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHerokuReads, type HerokuReadsClient } from '../../../shared/heroku/client.ts';
import { json, type Seen, serve, serveRaw, type TestServer, testClock } from './server.ts';

const uuid = '0f1e2d3c-4b5a-4978-8897-a6b5c4d3e2f1';

function readsOf(server: TestServer): HerokuReadsClient {
  const reads = createHerokuReads({
    url: server.url,
    token: () => 'HRKU-x',
    clock: testClock(),
    // Longer than a busy machine needs for fifty pages.
    deadlineMs: 60_000,
  });
  onTestFinished(() => reads.close());
  return reads;
}

async function answering(body: unknown, status = 200): Promise<[HerokuReadsClient, Seen[]]> {
  const server = await serve((_, response) => json(response, status, body));
  return [readsOf(server), server.requests];
}

function release(version: number, more: object = {}): object {
  return {
    id: `r${version}`,
    app: { id: 'a1', name: 'router-qa01' },
    version,
    status: 'succeeded',
    current: true,
    slug: { id: 's1' },
    created_at: '2026-11-20T11:37:58Z',
    updated_at: '2026-11-20T11:38:58Z',
    ...more,
  };
}

/** Pages of `size` over `rows`, with Heroku's own headers; `Next-Range` carries the position as an opaque text. */
function paged(rows: readonly object[], size: number) {
  return (request: Seen, response: http.ServerResponse): void => {
    const from = Number(/\](\d+)\.\./.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = rows.length > from + size;
    const next = rest ? { 'Next-Range': `x ]${from + size}..; max=${size}, order=desc` } : {};
    json(response, rest ? 206 : 200, rows.slice(from, from + size), next);
  };
}

describe('Every read', () => {
  test('asks for version 3 with the token, as Sluice, and keeps its connection', async () => {
    const [reads, requests] = await answering([]);
    await reads.apps();
    expect(requests[0]?.headers).toMatchObject({
      accept: 'application/vnd.heroku+json; version=3',
      authorization: 'Bearer HRKU-x',
      'user-agent': expect.stringMatching(/^sluice\/\d/),
      connection: 'keep-alive',
    });
  });

  test('reuses one connection for calls made one after the other, and close() ends it', async () => {
    const server = await serve((_, response) => json(response, 200, []));
    const reads = readsOf(server);
    for (let i = 0; i < 10; i += 1) await reads.apps();
    expect([server.connections(), reads.callCount()]).toEqual([1, 10]);
    reads.close();
    await expect.poll(() => server.open()).toBe(0);
    expect(await reads.apps()).toEqual([]);
    expect(server.connections()).toBe(2);
  });

  test('asks for the token again, so that a rotated one is used without a restart', async () => {
    const server = await serve((_, response) => json(response, 200, []));
    const tokens = ['old', 'new\n'];
    const reads = createHerokuReads({
      url: server.url,
      token: async () => tokens.shift() ?? '',
      clock: testClock(),
    });
    onTestFinished(() => reads.close());
    await reads.apps();
    await reads.apps();
    expect(server.requests.map((seen) => seen.headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  test('keeps characters whole that arrive in two pieces', async () => {
    const body = Buffer.from(JSON.stringify([{ id: 'p', name: 'déploiement 🚀' }]));
    const server = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      const middle = body.indexOf(Buffer.from('🚀')) + 2;
      socket.write(body.subarray(0, middle), () => setTimeout(() => socket.write(body.subarray(middle)), 10));
    });
    expect(await readsOf(server).pipelines('déploiement 🚀')).toEqual([{ id: 'p', name: 'déploiement 🚀' }]);
  });

  test('is told to the log without the token', async () => {
    const server = await serve((_, response) =>
      json(response, 200, [], { 'RateLimit-Remaining': 4000, 'Request-Id': 'HRKU-x,abc' }),
    );
    const lines: unknown[] = [];
    const reads = createHerokuReads({
      url: server.url,
      token: () => 'HRKU-x',
      clock: testClock(),
      log: (call) => lines.push(call),
    });
    onTestFinished(() => reads.close());
    await reads.apps();
    expect(lines).toEqual([
      {
        method: 'GET',
        path: '/apps',
        attempt: 1,
        status: 200,
        tookMs: expect.any(Number),
        remaining: 4000,
        requestId: '[token],abc',
      },
    ]);
  });
});

describe('Apps', () => {
  test('are read over all pages, whatever size the server gives them', async () => {
    const rows = Array.from({ length: 450 }, (_, i) => ({
      id: `a${i}`,
      name: `app-${i}`,
      maintenance: false,
      released_at: i === 0 ? null : '2026-11-20T11:37:58Z',
      generation: i === 0 ? 'cedar' : { id: 'g', name: 'fir' },
      something_new: true,
    }));
    const server = await serve(paged(rows, 200));
    const apps = await readsOf(server).apps();
    expect(apps).toHaveLength(450);
    expect(apps[0]).toEqual({
      id: 'a0',
      name: 'app-0',
      maintenance: false,
      releasedAt: null,
      generation: 'cedar',
    });
    expect(apps[449]?.generation).toBe('fir');
    expect(apps[449]?.releasedAt).toBe(Date.parse('2026-11-20T11:37:58Z'));
    expect(server.requests.map((seen) => seen.headers.range)).toEqual([
      'id ..; max=1000',
      'x ]200..; max=200, order=desc',
      'x ]400..; max=200, order=desc',
    ]);
  });

  test('that two pages both hold are counted once', async () => {
    const app = { id: 'a', name: 'app', maintenance: true };
    const server = await serve((_, response, index) =>
      json(response, 206, [app], index === 0 ? { 'Next-Range': 'id [a..' } : {}),
    );
    expect(await readsOf(server).apps()).toEqual([
      { id: 'a', name: 'app', maintenance: true, releasedAt: null },
    ]);
  });

  test.for([
    ['repeats itself', () => 'id ]a..', 2],
    ['always names another page', (index: number) => `id ]${index}..`, 50],
  ] as const)(
    'of a list that %s are not read for ever, and half a list is no answer',
    async ([, next, pages]) => {
      const server = await serve((_, response, index) =>
        json(response, 206, [], { 'Next-Range': next(index) }),
      );
      await expect(readsOf(server).apps()).rejects.toMatchObject({ code: 'unavailable' });
      expect(server.requests).toHaveLength(pages);
    },
  );
});

describe('Pipelines', () => {
  test('are found by uuid with one call', async () => {
    const [reads, requests] = await answering({ id: uuid, name: 'router', owner: null, generation: 'fir' });
    expect(await reads.pipelines(uuid)).toEqual([{ id: uuid, name: 'router' }]);
    expect(requests.map((seen) => [seen.path, seen.headers.range])).toEqual([
      [`/pipelines/${uuid}`, undefined],
    ]);
  });

  test('that are gone are an empty list', async () => {
    const [reads] = await answering({ id: 'not_found', message: 'Couldn’t find that pipeline.' }, 404);
    expect(await reads.pipelines(uuid)).toEqual([]);
  });

  test('are found by their exact name, even where the server ignores the filter', async () => {
    const [reads, requests] = await answering([
      { id: 'p1', name: 'a & b' },
      { id: 'p2', name: 'A & B' },
      { id: 'p3', name: 'a & b' },
    ]);
    expect((await reads.pipelines('a & b')).map((pipeline) => pipeline.id)).toEqual(['p1', 'p3']);
    expect(requests[0]?.path).toBe('/pipelines?eq[name]=a%20%26%20b');
  });

  test('with a name that is no text find nothing and break nothing', async () => {
    const [reads] = await answering([]);
    expect(await reads.pipelines('\ud800')).toEqual([]);
  });
});

describe('Couplings', () => {
  test('say which app is at which stage', async () => {
    const row = { id: 'c', app: { id: 'a1' }, pipeline: { id: uuid, name: 'router' }, stage: 'production' };
    const [reads, requests] = await answering([row]);
    expect(await reads.couplings(uuid)).toEqual([{ appId: 'a1', pipelineId: uuid, stage: 'production' }]);
    expect(requests[0]?.path).toBe(`/pipelines/${uuid}/pipeline-couplings`);
  });

  test('of a stage unknown to Sluice are an error that names it, not a guess', async () => {
    const [reads] = await answering([{ app: { id: 'a' }, pipeline: { id: 'p' }, stage: 'canary' }]);
    await expect(reads.couplings('p')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/\/pipelines\/p\/pipeline-couplings.*\[0\]\.stage: expected one of/),
    });
  });
});

describe('The newest releases', () => {
  test('are read with one call', async () => {
    const [reads, requests] = await answering([
      release(7, { output_stream_url: 'https://x', user: { id: 'u', email: 'a@b.c' } }),
    ]);
    expect(await reads.latestReleases(uuid)).toEqual([
      {
        id: 'r7',
        appId: 'a1',
        appName: 'router-qa01',
        version: 7,
        status: 'succeeded',
        current: true,
        artifact: { type: 'slug', id: 's1' },
        createdAt: Date.parse('2026-11-20T11:37:58Z'),
        updatedAt: Date.parse('2026-11-20T11:38:58Z'),
        hasReleasePhase: true,
        userEmail: 'a@b.c',
      },
    ]);
    expect(requests.map((seen) => seen.path)).toEqual([`/pipelines/${uuid}/latest-releases`]);
  });
});

describe('The newest releases of an app', () => {
  const history = (length: number): object[] => Array.from({ length }, (_, i) => release(length - i));
  const versions = (read: Awaited<ReturnType<HerokuReadsClient['releases']>>): number[] =>
    read.releases.map((row) => row.version);

  test('are asked for by version, newest first, and no more than wanted', async () => {
    const server = await serve(paged(history(30), 5));
    const read = await readsOf(server).releases('a1', 5);
    expect([versions(read), read.complete]).toEqual([[30, 29, 28, 27, 26], false]);
    expect(server.requests.map((seen) => seen.headers.range)).toEqual(['version ..; order=desc, max=5']);
  });

  test('follow the server over smaller pages, with the range it sent', async () => {
    const server = await serve(paged(history(30), 4));
    const read = await readsOf(server).releases('a1', 10);
    expect([versions(read), read.complete]).toEqual([[30, 29, 28, 27, 26, 25, 24, 23, 22, 21], false]);
    expect(server.requests.map((seen) => seen.headers.range)).toEqual([
      'version ..; order=desc, max=10',
      'x ]4..; max=4, order=desc',
      'x ]8..; max=4, order=desc',
    ]);
  });

  test('are complete when the list reaches the first release', async () => {
    const server = await serve(paged(history(3), 200));
    expect(await readsOf(server).releases('a1', 3)).toMatchObject({ complete: true });
    expect(await readsOf(server).releases('a1', 2)).toMatchObject({ complete: false });
  });

  test('are sorted by Sluice where the server does not, after reading all of them', async () => {
    const shuffled = [3, 6, 1, 5, 2, 4].map((version) => release(version));
    const server = await serve(paged(shuffled, 2));
    const read = await readsOf(server).releases('a1', 3);
    expect([versions(read), read.complete]).toEqual([[6, 5, 4], false]);
  });

  test('are not believed where the second page goes back up, which would hide the oldest ones', async () => {
    const server = await serve((_, response, index) =>
      index === 0
        ? json(response, 206, [release(9), release(8)], { 'Next-Range': 'version ]8..; max=2' })
        : json(response, 200, [release(9)]),
    );
    await expect(readsOf(server).releases('a1', 5)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('version ]8..; max=2'),
    });
  });
});

describe('The commit of an artifact', () => {
  test.for([
    ['a slug', { commit: 'abc', blob: { url: 'https://secret' } }, 'abc'],
    ['a slug without one', { commit: null }, null],
    ['a slug with a blank one', { commit: '' }, null],
  ] as const)('is read from %s', async ([, body, commit]) => {
    const [reads, requests] = await answering(body);
    expect(await reads.commit('a1', { type: 'slug', id: 's1' })).toBe(commit);
    expect(requests[0]?.path).toBe('/apps/a1/slugs/s1');
  });

  test.for([
    [
      'of its id',
      [
        { id: 'other', commit: 'no' },
        { id: 'i1', commit: 'abc' },
      ],
      'abc',
    ],
    ['that comes first', [{ digest: 'sha256:1', commit: 'abc' }], 'abc'],
    ['that is not there', [], null],
  ] as const)('is read from the image %s', async ([, body, commit]) => {
    const [reads, requests] = await answering(body);
    expect(await reads.commit('a1', { type: 'oci-image', id: 'i1' })).toBe(commit);
    expect(requests[0]?.path).toBe('/apps/a1/oci-images/i1');
  });
});

describe('The targets of a promotion', () => {
  test('say where each app stands', async () => {
    const target = { id: 't', pipeline_promotion: { id: 'p' } };
    const [reads, requests] = await answering([
      { ...target, app: { id: 'a1' }, status: 'pending', release: null, error_message: null },
      { ...target, app: { id: 'a2' }, status: 'failed', error_message: 'Could not verify slug checksum' },
      { ...target, app: { id: 'a3' }, status: 'succeeded', release: { id: 'r' } },
      { ...target, app: { id: 'a4' }, status: 'paused', release: { id: 'r' } },
    ]);
    expect(await reads.promotionTargets('p')).toEqual([
      { appId: 'a1', status: 'pending', releaseId: null, errorMessage: null },
      { appId: 'a2', status: 'failed', releaseId: null, errorMessage: 'Could not verify slug checksum' },
      { appId: 'a3', status: 'succeeded', releaseId: 'r', errorMessage: null },
      { appId: 'a4', status: 'pending', releaseId: 'r', errorMessage: null },
    ]);
    expect(requests[0]?.path).toBe('/pipeline-promotions/p/promotion-targets');
  });
});
