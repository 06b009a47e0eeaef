// Heroku's answers as data: which of them become a fact, and that all others are one kind of error.

import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHerokuReads, type HerokuReadsClient } from '../../../shared/heroku/client.ts';
import { departure, releaseRow, targetRow } from '../../../shared/heroku/parse.ts';
import { HerokuError } from '../../../shared/heroku/port.ts';
import { rawAnswer, serve, serveRaw, testClock } from './server.ts';

const row = {
  id: 'r',
  app: { id: 'a' },
  version: 1,
  status: 'succeeded',
  current: true,
  created_at: '2017-03-29T21:29:04+00:00',
};

describe('The artifact of a release', () => {
  test.for([
    ['its slug', { slug: { id: 's' }, artifacts: [{ type: 'slug', id: 's' }] }, { type: 'slug', id: 's' }],
    ['its slug in a list', { slug: null, artifacts: [{ type: 'slug', id: 's' }] }, { type: 'slug', id: 's' }],
    ['its image in a list', { artifacts: [{ type: 'oci-image', id: 'i' }] }, { type: 'oci-image', id: 'i' }],
    ['its image alone', { artifacts: { type: 'oci-image', id: 'i' } }, { type: 'oci-image', id: 'i' }],
    ['its image by field', { slug: null, oci_image: { id: 'i' } }, { type: 'oci-image', id: 'i' }],
    ['nothing, before the first deploy', { slug: null }, null],
    ['nothing, with an empty list', { artifacts: [] }, null],
    ['nothing, with an empty object', { artifacts: {} }, null],
    [
      'nothing, with an artifact of a kind unknown to Sluice',
      { artifacts: [{ type: 'wasm', id: 'w' }] },
      null,
    ],
  ] as const)('is %s', ([, fields, artifact]) => {
    expect(releaseRow.parse({ ...row, ...fields }).artifact).toEqual(artifact);
  });

  test('is all of its images, in whatever order Heroku lists them', () => {
    const read = (...ids: readonly string[]) =>
      releaseRow.parse({ ...row, artifacts: ids.map((id) => ({ type: 'oci-image', id })) }).artifact;
    expect(read('b', 'a')).toEqual(read('a', 'b'));
    expect(read('b', 'a', 'b')).toEqual(read('a', 'b'));
    // One that is the same is not enough.
    for (const other of [read('a'), read('b'), read('a', 'c')]) expect(read('a', 'b')).not.toEqual(other);
  });
});

describe('A release', () => {
  test('of a status unknown to Sluice counts as pending: it is not promoted and nothing is promoted onto it', () => {
    expect(releaseRow.parse({ ...row, status: 'verifying' }).status).toBe('pending');
  });

  test('keeps the statuses Heroku documents', () => {
    for (const status of ['pending', 'succeeded', 'failed', 'expired']) {
      expect(releaseRow.parse({ ...row, status }).status).toBe(status);
    }
  });

  test('may give its times in either of two ways', () => {
    const read = (created_at: string) => releaseRow.parse({ ...row, created_at });
    expect(read('2017-03-29T21:29:04Z')).toEqual(read('2017-03-29T21:29:04+00:00'));
    expect(read('2017-03-29T21:29:04.250Z').createdAt - read('2017-03-29T21:29:04Z').createdAt).toBe(250);
  });

  test.for(['yesterday', '2017', '2017-02-30T00:00:00Z', '2017-03-29T21:29:04'])(
    'is not dated "%s"',
    (created_at) => {
      expect(releaseRow.safeParse({ ...row, created_at }).success).toBe(false);
    },
  );

  test('that lacks what decides is an error, not a default', () => {
    for (const field of ['id', 'app', 'version', 'status', 'current', 'created_at']) {
      const result = releaseRow.safeParse({ ...row, [field]: undefined });
      expect(result.success ? '' : departure(result.error, row)).toMatch(new RegExp(`^${field}: `));
    }
  });
});

test('Heroku’s words for a failed target are kept as far as people read them', () => {
  const target = { app: { id: 'a' }, status: 'failed', error_message: 'x'.repeat(100_000) };
  expect(targetRow.parse(target).errorMessage).toHaveLength(1_000);
});

type Read = (reads: HerokuReadsClient) => Promise<unknown>;
const allReads: readonly Read[] = [
  (reads) => reads.apps(),
  (reads) => reads.pipelines('name'),
  (reads) => reads.pipelines('0f1e2d3c-4b5a-4978-8897-a6b5c4d3e2f1'),
  (reads) => reads.couplings('p'),
  (reads) => reads.latestReleases('p'),
  (reads) => reads.releases('a', 10),
  (reads) => reads.commit('a', { type: 'slug', id: 's' }),
  (reads) => reads.commit('a', { type: 'oci-image', id: 'i' }),
  (reads) => reads.promotionTargets('p'),
];

/** JSON that is nearly a row of Heroku's, so that the deeper fields are reached. */
const nearly = fc.record(
  {
    ...Object.fromEntries(
      ['id', 'name', 'maintenance', 'stage', 'slug', 'oci_image', 'artifacts', 'release', 'user'].map(
        (key) => [
          key,
          fc.oneof(fc.constantFrom('x', true, null, 'production', { id: 'x' }, []), fc.jsonValue()),
        ],
      ),
    ),
    app: fc.oneof(fc.constant({ id: 'a' }), fc.jsonValue()),
    pipeline: fc.oneof(fc.constant({ id: 'p' }), fc.jsonValue()),
    version: fc.oneof(fc.nat(), fc.jsonValue()),
    status: fc.oneof(fc.constant('pending'), fc.jsonValue()),
    current: fc.oneof(fc.boolean(), fc.jsonValue()),
    created_at: fc.oneof(fc.constant('2017-03-29T21:29:04Z'), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

describe('Whatever JSON Heroku answers, a read', () => {
  test('gives a value or a HerokuError, never another exception', async () => {
    let body = '';
    const server = await serve((_, response) => response.end(body));
    const reads = createHerokuReads({ url: server.url, token: () => 't', clock: testClock() });
    onTestFinished(() => reads.close());
    const answer = fc.oneof(fc.jsonValue(), nearly, fc.array(nearly, { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(answer, async (value) => {
        body = JSON.stringify(value);
        for (const read of allReads) {
          const error = await read(reads).then(
            () => null,
            (caught: unknown) => caught,
          );
          if (error !== null) expect(error).toBeInstanceOf(HerokuError);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.for([
    ['is not JSON', '<html>hello</html>', 'the body: expected array, found something that is not JSON'],
    ['is empty', '', 'the body: expected array, found something that is not JSON'],
    ['is half of it', '[{"id":', 'the body: expected array, found something that is not JSON'],
    ['is an object', '{"id":"x"}', 'the body: expected array, found a object'],
    ['has a number for a name', '[{"id":"x","name":7}]', '[0].name: expected string, found a number'],
    ['lacks a field', '[{"id":"x"}]', '[0].name: expected string, found nothing'],
  ] as const)(
    'names the call and the field when the body %s, and does not ask again',
    async ([, body, found]) => {
      const server = await serveRaw((socket) => socket.end(rawAnswer(200, body)));
      const reads = createHerokuReads({ url: server.url, token: () => 't', clock: testClock() });
      onTestFinished(() => reads.close());
      await expect(reads.pipelines('x')).rejects.toMatchObject({
        code: 'unavailable',
        message: `GET /pipelines?eq[name]=x: Heroku's answer cannot be read: ${found}.`,
      });
      expect(server.requests).toHaveLength(1);
    },
  );
});
