// What `api` refuses, in a sentence, without having changed anything.

import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { BODY_BYTES_MAX } from '../../../functions/api/handler.ts';
import { CHANGING_VERBS } from '../../../shared/operations/verbs.ts';
import { decision, put, ROUTER } from '../../cli/facts.ts';
import { ANA, openDesk, requestOf } from './desk.ts';

async function aDesk() {
  const desk = await openDesk();
  await put(desk.table, decision());
  const before = await desk.table.pipelineRows(ROUTER);
  return { ...desk, isUntouched: async () => expect(await desk.table.pipelineRows(ROUTER)).toEqual(before) };
}

const GOOD = { pipeline: 'router', reason: 'x' };
const HOLD = JSON.stringify(GOOD);

describe('Who asks', () => {
  it.each([
    { why: 'nobody', event: requestOf('/hold', HOLD, null) },
    { why: 'a caller without a name', event: requestOf('/hold', HOLD, '') },
    {
      why: 'a signature of another kind',
      event: { ...requestOf('/hold', HOLD), requestContext: { http: { method: 'POST' }, authorizer: {} } },
    },
  ])('is refused when AWS names $why', async ({ event }) => {
    const { hand, logs, isUntouched } = await aDesk();
    const { status, json } = await hand(event);
    expect([status, json]).toEqual([
      403,
      { error: 'AWS does not say who asks, and nobody else is believed: nothing was changed.' },
    ]);
    expect(logs).toMatchObject([{ level: 'warn' }]);
    await isUntouched();
  });

  it.each(['actor', 'owner', 'as', 'userArn'])('is not said by the body: %s', async (key) => {
    const { post, isUntouched } = await aDesk();
    const { status, json } = await post('/hold', { ...GOOD, [key]: 'arn:aws:iam::111122223333:user/bo' });
    expect([status, json['error']]).toEqual([
      400,
      expect.stringContaining(`body: ${key}: found an unknown key`),
    ]);
    await isUntouched();
  });

  it('is not said by a header either', async () => {
    const { hand, table } = await aDesk();
    const headers = { 'x-amz-user': 'bo', 'x-amzn-iam-userarn': 'bo' };
    await hand({ ...requestOf('/hold', HOLD), headers });
    expect((await table.pipelineRows(ROUTER)).holds).toMatchObject([{ owner: ANA }]);
  });
});

describe('A body', () => {
  it.each([
    { body: {}, status: 400, says: 'body: pipeline: found nothing, expected a text' },
    { body: { pipeline: 'router' }, status: 400, says: 'body: reason: found nothing, expected a text' },
    { body: { ...GOOD, reason: '  ' }, status: 400, says: 'body: reason: found "  ", expected a few words' },
    { body: { ...GOOD, reason: 7 }, status: 400, says: 'body: reason: found 7, expected a text' },
    { body: { ...GOOD, wave: '' }, status: 400, says: 'body: wave: found "", expected a few words' },
    {
      body: { ...GOOD, waves: 'world' },
      status: 400,
      says: 'body: waves: found an unknown key, expected the key wave',
    },
    { body: [], status: 400, says: 'body: found [], expected a mapping of keys to values' },
    { body: '', status: 400, says: 'The body is not JSON in UTF-8.' },
    { body: '{', status: 400, says: 'The body is not JSON in UTF-8.' },
    {
      body: `${'['.repeat(40)}${']'.repeat(40)}`,
      status: 400,
      says: 'The body nests deeper than 32 levels.',
    },
    {
      body: { ...GOOD, expiresAt: '2026-11-24T09:00' },
      status: 400,
      says: 'body: expiresAt: found "2026-11-24T09:00", expected an instant with its zone, such as 2026-11-24T12:00Z',
    },
    {
      body: { ...GOOD, expiresAt: '2026-11-23T11:59Z' },
      status: 400,
      says: 'body: expiresAt: found "2026-11-23T11:59Z", expected an instant that is still to come, such as 2026-11-24T12:00Z',
    },
    {
      body: { ...GOOD, expiresAt: 1 },
      status: 400,
      says: 'body: expiresAt: found 1, expected an instant with its zone, or null for never',
    },
    {
      body: { ...GOOD, pipeline: 'ruter' },
      status: 404,
      says: 'Pipeline "ruter": not found, expected one of router. Did you mean router?',
    },
    {
      body: { ...GOOD, wave: 'wrold' },
      status: 404,
      says: 'Wave "wrold" of router: not found, expected one of qa, canary, world. Did you mean world?',
    },
    {
      body: { ...GOOD, wave: 'qa' },
      status: 400,
      says: 'Wave qa of router is the first: Heroku deploys to it, and a hold would stop nothing. To stop what leaves it: sluice hold router --wave canary --reason "…"',
    },
  ])('is refused with $status: $says', async ({ body, status, says }) => {
    const { post, isUntouched } = await aDesk();
    const answer = await post('/hold', body);
    expect([answer.status, answer.json]).toEqual([status, { error: says }]);
    await isUntouched();
  });

  it('of an accept has no expiry', async () => {
    const { post } = await aDesk();
    const { status, json } = await post('/accept', { ...GOOD, expiresAt: null });
    expect([status, json['error']]).toEqual([
      400,
      expect.stringContaining('body: expiresAt: found an unknown key'),
    ]);
  });

  it('is at most 64 KB, however it comes', async () => {
    const { post, hand } = await aDesk();
    const large = JSON.stringify({ ...GOOD, reason: 'x'.repeat(BODY_BYTES_MAX) });
    expect((await post('/hold', large)).status).toBe(413);
    const body = Buffer.from(large).toString('base64');
    expect((await hand({ ...requestOf('/hold', body), isBase64Encoded: true })).status).toBe(413);
  });

  it('may come in base64, as Lambda hands over what is not plain text', async () => {
    const { hand } = await aDesk();
    const body = Buffer.from(HOLD).toString('base64');
    expect((await hand({ ...requestOf('/hold', body), isBase64Encoded: true })).status).toBe(200);
  });

  it('before any run has looked may name the pipeline, and no wave', async () => {
    const desk = await openDesk();
    await put(desk.table, null);
    expect((await desk.post('/hold', { ...GOOD, wave: 'world' })).json['error']).toContain(
      'no run has looked',
    );
    expect((await desk.post('/hold', GOOD)).status).toBe(200);
  });
});

describe('A request', () => {
  it.each([
    { path: '/', method: 'POST', status: 404 },
    { path: '/holds', method: 'POST', status: 404 },
    { path: '/__proto__', method: 'POST', status: 404 },
    { path: '/hold', method: 'GET', status: 405 },
    { path: '/allow', method: 'DELETE', status: 405 },
    { path: '/resume', method: 'POST', status: 410 },
  ])('$method $path is answered $status', async ({ path, method, status }) => {
    const { hand } = await aDesk();
    const { requestContext, ...event } = requestOf(path, HOLD);
    const answer = await hand({ ...event, requestContext: { ...requestContext, http: { method } } });
    expect([answer.status, typeof answer.json['error']]).toEqual([status, 'string']);
  });

  it('that others get in the way of, again and again, is answered 409', async () => {
    const { post, table } = await aDesk();
    table.writeLedger = async () => 'lost';
    const { status, json } = await post('/hold', GOOD);
    expect([status, json['error']]).toEqual([
      409,
      expect.stringContaining('Others write about this pipeline'),
    ]);
  });

  it('that fails on our side is answered 500 without details; the log has them', async () => {
    const { post, table, logs } = await aDesk();
    table.writeHold = async () => {
      throw new Error('sluice-prod-Table is gone');
    };
    const { status, json } = await post('/hold', GOOD);
    expect([status, json]).toEqual([500, { error: 'This could not be handled. Try again later.' }]);
    expect(logs).toEqual([
      {
        level: 'error',
        message: 'api failed: Error: sluice-prod-Table is gone',
        fields: { function: 'api' },
      },
    ]);
  });
});

describe('Whatever is asked', () => {
  const text = fc.oneof(fc.constantFrom('router', 'canary', 'world', 'qa', ''), fc.string());
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .record(
        {
          pipeline: text,
          wave: text,
          reason: text,
          commit: fc.oneof(text, fc.constant('3f2a91bc')),
          expiresAt: fc.anything(),
          holds: fc.anything(),
          seenAt: fc.anything(),
          actor: text,
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
  );

  it('gets an answer: done, or a sentence that says why not', async () => {
    const { post, logs } = await aDesk();
    const answered = fc.asyncProperty(
      fc.constantFrom(...CHANGING_VERBS.map((verb) => `/${verb}`)),
      body,
      async (path, sent) => {
        const { status, json } = await post(path, sent);
        if (status === 200) expect(json['next']).toBeDefined();
        else {
          expect([400, 404]).toContain(status);
          expect(json['error']).toMatch(/\w/);
        }
        expect(logs.filter(({ level }) => level === 'error')).toEqual([]);
      },
    );
    await fc.assert(answered, { numRuns: 150 });
  });
});

describe('A reason', () => {
  it.each(['/hold', '/unhold', '/accept', '/retry'])(
    'is of at most 1,000 characters, as every run reads it: %s',
    async (path) => {
      const { post, isUntouched } = await aDesk();
      const { status, json } = await post(path, { ...GOOD, reason: 'x'.repeat(1_001) });
      expect([status, json['error']]).toEqual([
        400,
        expect.stringMatching(/^body: reason: found .*at most 1000 characters/),
      ]);
      await isUntouched();
    },
  );
});
