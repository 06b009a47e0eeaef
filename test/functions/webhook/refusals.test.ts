// What the webhook refuses, in which order, and that a refused request changes nothing.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BODY_BYTES_MAX } from '../../../functions/webhook/handler.ts';
import { signGeneric } from '../../../shared/signals/signature.ts';
import { circleJob, githubStatus, suiteResult, T0 } from '../../shared/signals/payloads.ts';
import { signed } from '../../shared/signals/signing.ts';
import { Receiver, SECRETS } from './receiver.ts';

let receiver: Receiver;
beforeEach(() => {
  receiver = new Receiver();
});

/** Every test here ends so. */
afterEach(() => {
  expect(receiver.isUntouched).toBe(true);
  for (const secret of Object.values(SECRETS)) expect(receiver.logged).not.toContain(secret);
  expect(receiver.logged).not.toMatch(/[0-9a-f]{64}/);
});

const BODY = JSON.stringify(suiteResult());
const DIREWOLF = '/signals/direwolf';

describe('A request is refused', () => {
  test.each([
    '/',
    '',
    '/github/',
    '/GitHub',
    'xgithub',
    '/gitlab',
    '/signals',
    '/signals/',
    '/signals/Dire_Wolf',
    '/signals/a/b',
  ])('at the unknown path %j', async (path) => {
    const answer = await receiver.request({ path, method: 'GET' });
    expect([answer.status, answer.json]).toEqual([
      404,
      { error: 'Post to /github, /circleci, /heroku or /signals/<source>.' },
    ]);
  });

  test.each(['github', 'circleci', 'heroku'])(
    'at the generic path of %s, which has its own',
    async (source) => {
      const headers = signed('generic', SECRETS[source] ?? '', BODY);
      expect((await receiver.request({ path: `/signals/${source}`, headers, body: BODY })).status).toBe(404);
    },
  );

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('with the method %s', async (method) => {
    const answer = await receiver.request({ path: '/github', method });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
  });

  test('when its body is a byte too large, before anything is computed from it', async () => {
    const answer = await receiver.post('direwolf', Buffer.alloc(BODY_BYTES_MAX + 1, '['));
    expect([answer.status, answer.json]).toEqual([413, { error: 'The body is larger than 1048576 bytes.' }]);
    expect(receiver.steps).toEqual([]);
    const largest = await receiver.post('direwolf', Buffer.alloc(BODY_BYTES_MAX, ' '));
    expect(largest.status).toBe(400);
  });

  test.each([
    ['is not JSON', 'name=direwolf'],
    ['is empty', ''],
    ['is JSON cut short', BODY.slice(0, -1)],
    ['is not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ])('when its body %s', async (_, body) => {
    const answer = await receiver.post('direwolf', body);
    expect([answer.status, answer.json]).toEqual([400, { error: 'The body is not JSON in UTF-8.' }]);
  });

  test('when a form holds no JSON', async () => {
    const answer = await receiver.post('github', 'payload=x', { 'x-github-event': 'status' });
    expect([answer.status, answer.json['error']]).toEqual([400, 'The body is not JSON in UTF-8.']);
  });

  test.each([33, 500_000])('when its JSON is %i levels deep', async (depth) => {
    const body = `{"name":"]]]}","a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    const answer = await receiver.post('direwolf', body);
    expect([answer.status, answer.json]).toEqual([400, { error: 'The body nests deeper than 32 levels.' }]);
  });

  test('when its shape is wrong, with path, found and expected for the sender, and only the path for the log', async () => {
    const answer = await receiver.deliver('direwolf', suiteResult({ state: 'hunter2' }));
    expect([answer.status, answer.json]).toEqual([
      400,
      { error: 'body: state: found "hunter2", expected success, failure or pending' },
    ]);
    await receiver.deliver('direwolf', suiteResult({ hunter2: true }));
    expect(receiver.logs.map(({ message }) => message)).toEqual([
      'Webhook of direwolf refused: unexpected shape at state',
      'Webhook of direwolf refused: unexpected shape at the top',
    ]);
  });
});

describe('A refusal', () => {
  test('is counted where somebody posts to a sender’s path', async () => {
    await receiver.post('direwolf', Buffer.alloc(BODY_BYTES_MAX + 1, '['));
    await receiver.request({ path: DIREWOLF, body: BODY });
    await receiver.post('direwolf', 'name=direwolf');
    expect(receiver.measured).toEqual([
      { WebhooksRejected: 1 },
      { WebhooksRejected: 1 },
      { WebhooksRejected: 1 },
    ]);
  });

  test('of what the internet sends to any address is not', async () => {
    await receiver.request({ path: '/wp-login.php', method: 'POST' });
    await receiver.request({ path: '/github', method: 'GET' });
    expect(receiver.measured).toEqual([]);
  });
});

describe('A request that is not signed by a live secret', () => {
  const good = signGeneric(SECRETS['direwolf'] ?? '', BODY, T0 / 1000);

  test.each([
    ['has no signature', undefined, 'no signature'],
    ['has a signature of another form', 'v1=abc', 'malformed signature'],
    ['is signed with another secret', signGeneric('guess', BODY, T0 / 1000), 'wrong signature'],
    [
      'is signed over another body',
      signGeneric(SECRETS['direwolf'] ?? '', '{}', T0 / 1000),
      'wrong signature',
    ],
    [
      'was signed more than five minutes ago',
      signGeneric(SECRETS['direwolf'] ?? '', BODY, T0 / 1000 - 301),
      'stale timestamp',
    ],
    [
      'is signed more than five minutes ahead',
      signGeneric(SECRETS['direwolf'] ?? '', BODY, T0 / 1000 + 301),
      'stale timestamp',
    ],
  ])('because it %s gets the one answer; the log knows why', async (_, signature, why) => {
    const headers = signature === undefined ? {} : { 'x-sluice-signature': signature };
    const answer = await receiver.request({ path: DIREWOLF, body: BODY, headers });
    expect([answer.status, answer.json]).toEqual([401, { error: 'The signature could not be verified.' }]);
    expect(receiver.logs).toEqual([
      {
        level: 'warn',
        message: `Webhook of direwolf refused: ${why}`,
        fields: { source: 'direwolf', outcome: why },
      },
    ]);
  });

  test('because no secret is set gets the same answer; the log has the command that sets it', async () => {
    receiver.secrets = { github: '  \n' };
    const headers = { 'x-sluice-signature': good };
    const answer = await receiver.request({ path: DIREWOLF, body: BODY, headers });
    expect([answer.status, answer.json]).toEqual([401, { error: 'The signature could not be verified.' }]);
    expect(receiver.logs[0]?.message).toBe(
      'There is no secret for direwolf, so nothing it sends can be verified. Set it: sluice secrets set webhooks/direwolf',
    );
    receiver.logs.length = 0;
    expect((await receiver.deliver('github', githubStatus())).status).toBe(401);
    expect(receiver.logs[0]?.message).toContain('There is no secret for github');
  });

  test('costs no look at the secrets as long as it has no signature that could be one', async () => {
    await receiver.request({ path: '/signals/nobody-knows-me', body: BODY });
    await receiver.request({ path: '/github', body: BODY, headers: { 'x-hub-signature-256': 'sha256=1' } });
    expect(receiver.steps).toEqual([]);
  });

  test('is refused before its body is parsed, be it JSON or not', async () => {
    const headers = { 'x-sluice-signature': signGeneric('guess', '{', T0 / 1000) };
    expect((await receiver.request({ path: DIREWOLF, body: '{', headers })).status).toBe(401);
  });

  test('is refused when it was signed for another sender’s path', async () => {
    receiver.secrets = { circleci: 'shared', heroku: 'shared', github: 'shared' };
    const body = JSON.stringify(circleJob());
    const headers = signed('circleci', 'shared', body);
    for (const path of ['/github', '/heroku', DIREWOLF]) {
      expect((await receiver.request({ path, body, headers })).status).toBe(401);
    }
  });
});

describe('The bytes that were signed are the bytes that came in', () => {
  // A lone 0xFF is no UTF-8: read as text and written again it becomes three other bytes.
  const raw = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff]), Buffer.from('"}')]);

  test('so a body that is not UTF-8 verifies as it is, and is then refused for not being JSON', async () => {
    const answer = await receiver.post('direwolf', raw);
    expect([answer.status, receiver.steps]).toEqual([400, ['secret']]);
  });

  test('and a signature over the re-encoded text does not verify', async () => {
    const headers = signed('generic', SECRETS['direwolf'] ?? '', raw.toString('utf8'));
    expect((await receiver.request({ path: DIREWOLF, body: raw, headers })).status).toBe(401);
  });
});
