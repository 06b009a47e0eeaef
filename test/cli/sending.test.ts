// What people say to a deployed Sluice: sent to the function `api`, signed; the actor is AWS's to say.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSender } from '../../cli/sender.ts';
import { openEmbeddedTable } from '../../shared/table/embedded.ts';
import { openSsmServer } from '../shared/parameters/ssm-server.ts';
import {
  type Answering,
  behindIam,
  CALLER,
  expectedSignature,
  openApiServer,
  partOf,
  SECRET,
  signatureOf,
} from './api-server.ts';
import { answers, app, calm, decision, hold, NEW, NOW, put, ROUTER, withAnswers } from './facts.ts';
import { openTerminal } from './terminal.ts';

const still = { now: () => NOW, sleep: async () => {} };
const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: SECRET };

const senderTo = (url: string, sessionToken?: string, verbUrls: Record<string, string> = {}) =>
  createSender({
    url,
    verbUrls,
    region: 'eu-west-1',
    credentials: { ...CREDENTIALS, ...(sessionToken !== undefined && { sessionToken }) },
    where: '--prefix /sluice in eu-west-1',
    tableName: 'sluice',
    sleep: async () => {},
  });

/** A terminal whose changes go to the address, and the address; without answers, to the function itself. */
async function deployed(answering?: Answering) {
  const terminal = await openTerminal();
  await put(terminal.table, decision());
  const server = await openApiServer(answering ?? behindIam(terminal.table, still));
  terminal.sendBy(senderTo(server.url));
  const holds = async () => (await terminal.table.pipelineRows(ROUTER)).holds;
  return { terminal, server, type: terminal.type, holds };
}

describe('What is sent', () => {
  it('is one POST with what was typed, and nobody’s name', async () => {
    const { type, server } = await deployed();
    await type('sluice hold router --wave world --reason "waiting for legal" --for 2h');
    await type('sluice hold router --reason x --no-expiry');
    await type('sluice unhold router --wave world --reason "legal is done"');
    await type('sluice reject router 3f2a91bc --reason "it loses orders"');
    await type('sluice allow router 3f2a91bc --reason "it does not"');
    expect(server.sent.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      [
        'POST',
        '/hold',
        {
          pipeline: ROUTER,
          wave: 'world',
          reason: 'waiting for legal',
          expiresAt: '2026-11-23T14:00:00.000Z',
        },
      ],
      ['POST', '/hold', { pipeline: ROUTER, reason: 'x', expiresAt: null }],
      ['POST', '/unhold', { pipeline: ROUTER, wave: 'world', reason: 'legal is done' }],
      ['POST', '/reject', { pipeline: ROUTER, commit: NEW.commit, reason: 'it loses orders' }],
      ['POST', '/allow', { pipeline: ROUTER, commit: NEW.commit, reason: 'it does not' }],
    ]);
    expect(JSON.stringify(server.sent)).not.toContain('ana@laptop');
  });

  it('is signed as AWS has it: for Lambda, in the stack’s region, over the body', async () => {
    const { type, server } = await deployed();
    await type('sluice hold router --reason "größer als ASCII"');
    const [sent] = server.sent;
    if (sent === undefined) throw new Error('Nothing was sent.');
    expect(partOf(sent.headers, 'Credential')).toMatch(/^a\/\d{8}\/eu-west-1\/lambda\/aws4_request$/);
    const signed = partOf(sent.headers, 'SignedHeaders').split(';');
    expect(signed).toEqual(
      expect.arrayContaining(['content-type', 'host', 'x-amz-content-sha256', 'x-amz-date']),
    );
    const digest = createHash('sha256').update(sent.body).digest('hex');
    expect(sent.headers['x-amz-content-sha256']).toBe(digest);
    expect(signatureOf(sent)).toBe(expectedSignature(sent));
  });

  it('carries the session of a role', async () => {
    const server = await openApiServer(() => ({ status: 200, body: '{}' }));
    await senderTo(server.url, 'session')('hold', {});
    const [sent] = server.sent;
    expect(sent?.headers['x-amz-security-token']).toBe('session');
    expect(sent && partOf(sent.headers, 'SignedHeaders')).toContain('x-amz-security-token');
    expect(sent && signatureOf(sent)).toBe(sent && expectedSignature(sent));
  });

  it('is nothing where the command can tell by itself that it makes no sense', async () => {
    const { terminal, type, server } = await deployed();
    expect(await type('sluice hold router --wave qa --reason x')).toContain('a hold would stop nothing');
    expect(await type('sluice hold ruter --reason x')).toContain('Did you mean router?');
    expect(terminal.status).toBe(1);
    expect(await type('sluice hold router --reason x --as bo')).toMatchInlineSnapshot(`
      "--as: found "bo", expected nothing: of a deployed Sluice, AWS says who asks, by the credentials. Leave it out, or ask as another: AWS_PROFILE=… ./sluice …
      "
    `);
    expect(terminal.status).toBe(2);
    expect(await type('sluice unhold router --reason x --as bo')).toContain('--as: found "bo"');
    expect(server.sent).toEqual([]);
  });
});

describe('Who may do one verb and not another', () => {
  const forbidden = { status: 403, body: '{"Message":"Forbidden"}' };

  it('is asked by the address: each verb has its own', async () => {
    const every = await openApiServer(() => forbidden);
    const holds = await openApiServer(() => ({ status: 200, body: '{"hold":{}}' }));
    const accepts = await openApiServer(() => forbidden);
    const send = senderTo(every.url, undefined, { hold: holds.url, accept: accepts.url });
    expect(await send('hold', { pipeline: 'router', reason: 'x' })).toEqual({ hold: {} });
    expect([holds.sent, every.sent].map((sent) => sent.map(({ path }) => path))).toEqual([['/hold'], []]);
    await expect(send('accept', {})).rejects.toThrow(
      `AWS refuses: Forbidden. To accept takes lambda:InvokeFunctionUrl and lambda:InvokeFunction on the function behind ${accepts.url}`,
    );
    expect(holds.sent).toHaveLength(1);
  });

  it('and whoever may do every verb is let in where all are done', async () => {
    const every = await openApiServer(() => ({ status: 200, body: '{"hold":{}}' }));
    const holds = await openApiServer(() => forbidden);
    expect(await senderTo(every.url, undefined, { hold: holds.url })('hold', {})).toEqual({ hold: {} });
    expect([holds.sent.length, every.sent.length]).toEqual([1, 1]);
  });

  it.each([
    { status: 403, body: '{"error":"AWS does not say who asks."}' },
    { status: 403, body: '{"Message":"The security token included in the request is expired"}' },
    { status: 502, body: '' },
    { status: 429, body: '{}' },
  ])('nothing goes to a second function that the first may have had: $status $body', async (answer) => {
    const every = await openApiServer(() => ({ status: 200, body: '{}' }));
    const holds = await openApiServer(() => answer);
    await expect(senderTo(every.url, undefined, { hold: holds.url })('hold', {})).rejects.toThrow();
    expect(every.sent).toEqual([]);
  });

  it('an older stack has one address for all', async () => {
    const every = await openApiServer(() => ({ status: 200, body: '{"hold":{}}' }));
    await senderTo(every.url)('hold', {});
    expect(every.sent).toHaveLength(1);
  });
});

describe('What is printed', () => {
  it('of a hold is what a local one prints, with the caller that AWS names', async () => {
    const { type, terminal, holds } = await deployed();
    expect(await type('sluice hold router --reason "database migration"')).toMatchInlineSnapshot(`
      "Holding router: nothing more is promoted to it.
      Held: router
        until    2026-11-24 12:00Z (in 1d), a day, as nothing else was said: --for, --until, --no-expiry
        by       arn:aws:sts::111122223333:assumed-role/Operator/ana
        reason   database migration
        lift it  ./sluice unhold router --reason "…"
        next     Nothing moves there until then.
      "
    `);
    expect(terminal.status).toBe(0);
    expect(await holds()).toMatchObject([{ owner: CALLER, placedAt: NOW }]);
    expect(await terminal.json('sluice hold router --reason x --for 1h')).toMatchObject({
      done: [
        {
          hold: {
            owner: CALLER,
            placedAt: '2026-11-23T12:00:00.000Z',
            expiresAt: '2026-11-23T13:00:00.000Z',
          },
          openAttempts: [],
        },
      ],
    });
  });

  it('of an unhold is what AWS says is the caller’s; nothing else is lifted', async () => {
    const { type, terminal, holds } = await deployed();
    await terminal.table.writeHold(hold({ owner: CALLER }));
    await terminal.table.writeHold(hold({ id: '01KAX5T0Q8HHHHHHHHHH000002', reason: 'incident 42' }));
    expect(await type('sluice unhold router --reason ok')).toMatchInlineSnapshot(`
      "Lifting the holds that AWS says are yours, on router
        · if yours  the hold on router by arn:aws:sts::111122223333:assumed-role/Operator/ana, since
                    2026-11-23 11:30Z (30m ago): database migration
        · if yours  the hold on router by bo@example.com, since 2026-11-23 11:30Z (30m ago): incident 42
      Lifted on router:
        ✓ lifted  the hold on router by arn:aws:sts::111122223333:assumed-role/Operator/ana, since
                  2026-11-23 11:30Z (30m ago): database migration
        ! stays  the hold on router by bo@example.com, since 2026-11-23 11:30Z (30m ago): incident 42. To
                 lift it: ./sluice unhold router --hold HH000002 --reason "…"
        next  3f2a91bc to canary, when soak and hold pass at 2026-11-23 13:30Z (in 1h 30m) at the earliest
      "
    `);
    expect(await holds()).toMatchObject([{ reason: 'incident 42' }]);
    expect(await type('sluice unhold router --reason ok')).toContain('Nothing to lift on router');
    expect(terminal.status).toBe(1);
    expect(await type('sluice unhold --all --reason ok')).toContain(
      'bo@example.com holds router: incident 42',
    );
    expect(terminal.status).toBe(1);
  });

  it('of an accept is refused when things were decided anew after they were shown', async () => {
    const [step] = withAnswers(answers.stands).steps;
    if (step === undefined) throw new Error('a step');
    const stands = [{ app: app('router-va01'), artifact: NEW.artifact }];
    const made = decision({ steps: [{ ...step, stands }] });
    let isLate = true;
    const { terminal, type } = await deployed(async (sent) => {
      if (isLate) await terminal.table.writeDecision({ ...made, at: NOW });
      return behindIam(terminal.table, still)(sent);
    });
    await terminal.table.writeDecision(made);
    expect(await type('sluice accept router --reason ok')).toContain(
      'router has been decided about anew since you looked, and nothing is accepted unseen.',
    );
    expect([terminal.status, await terminal.table.words(ROUTER)]).toEqual([1, []]);
    isLate = false;
    await type('sluice accept router --reason ok');
    expect(await terminal.table.words(ROUTER)).toMatchObject([
      { kind: 'accept', actor: CALLER, seenAt: NOW },
    ]);
  });
});

describe('What comes back in place of a record', () => {
  const API = 'http://127.0.0.1:PORT';

  it.each([
    {
      status: 403,
      body: '{"Message":"Forbidden"}',
      says: `AWS refuses: Forbidden. To hold takes lambda:InvokeFunctionUrl and lambda:InvokeFunction on the function behind ${API}: docs/runbook.md, "Who may".`,
    },
    {
      status: 403,
      body: '{"message":"The security token included in the request is expired"}',
      says: 'AWS does not take these credentials: The security token included in the request is expired. Sign in again: aws sso login',
    },
    {
      status: 429,
      body: '{"Reason":"ConcurrentInvocationLimitExceeded"}',
      says: 'Lambda has too many requests at the moment. Type it again in a minute.',
    },
    {
      status: 502,
      body: 'Internal Server Error',
      says: `${API} answered 502, which is no answer of Sluice's to this. Whether it was done: ./sluice status. Why: the log of the function api, docs/runbook.md, "Logs". When it cannot wait, write the table yourself: ./sluice … --table sluice`,
    },
    { status: 500, body: '{"error":"This could not be handled. Try again later."}', says: 'answered 500' },
    { status: 200, body: '<html>', says: 'answered 200' },
    { status: 302, body: '', says: 'answered 302' },
  ])('$status $body is explained', async ({ status, body, says }) => {
    const { terminal, type, server } = await deployed(() => ({ status, body }));
    await type('sluice hold router --reason x');
    const told = terminal.errors.replace(server.url, API);
    expect(told).toContain(says);
    expect(told).toMatch(/^--prefix \/sluice in eu-west-1: /);
    expect(terminal.status).toBe(1);
    // Whatever came, it may have been done: nothing is sent twice, but what Lambda has started no function for.
    expect(server.sent).toHaveLength(status === 429 ? 5 : 1);
  });

  it('is asked for again while Lambda starts no function: a hold on many pipelines gets through a small reserve', async () => {
    let busy = 3;
    const server = await openApiServer(() =>
      busy-- > 0
        ? { status: 429, body: '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"}' }
        : { status: 200, body: '{"hold":{}}' },
    );
    expect(await senderTo(server.url)('hold', { pipeline: 'router' })).toEqual({ hold: {} });
    expect(server.sent).toHaveLength(4);
  });

  it('a refusal of the function is told in its own words', async () => {
    const { terminal, type } = await deployed(() => ({ status: 409, body: '{"error":"Others write."}' }));
    await type('sluice hold router --reason x');
    expect(terminal.errors).toBe('Others write.\n');
    expect(terminal.status).toBe(1);
  });

  it('a record that is none is not printed as one', async () => {
    const { type } = await deployed(() => ({ status: 200, body: '{"held":true}' }));
    expect(await type('sluice hold router --reason x')).toContain(
      'answered with something else than its record',
    );
    expect(await type('sluice reject router 3f2a91bc --reason x')).toContain(
      'Is the stack of another version?',
    );
  });

  it('nothing at all: says whether anything was sent', async () => {
    const terminal = await openTerminal();
    await put(terminal.table, decision());
    const url = await anEmptyPlace();
    terminal.sendBy(senderTo(url));
    await terminal.type('sluice hold router --reason x');
    const told = terminal.errors.replaceAll(url.slice(7), 'HOST:PORT');
    expect(told).toMatchInlineSnapshot(`
      "--prefix /sluice in eu-west-1: http://HOST:PORT cannot be reached from here: connect ECONNREFUSED HOST:PORT. Nothing was sent. When it cannot wait, write the table yourself: ./sluice … --table sluice
      "
    `);
    expect(terminal.status).toBe(1);
  });
});

/** An address on which nothing listens. */
async function anEmptyPlace(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
}

describe('The command by itself', () => {
  it('finds the address by the prefix; an older stack has none', async () => {
    const store = await openEmbeddedTable();
    onTestFinished(store.close);
    await put(store.table, calm);
    const { url } = await openApiServer(behindIam(store.table));
    const ssm = await openSsmServer();
    ssm.seed('/sluice/stack', JSON.stringify({ tableName: 'sluice', apiUrl: url }));
    ssm.seed('/old/stack', JSON.stringify({ tableName: 'sluice' }));
    const env = {
      AWS_ACCESS_KEY_ID: store.key,
      AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
      AWS_ENDPOINT_URL_SSM: ssm.endpoint,
    };
    const [sent, old, byTable] = await Promise.all([
      sluice(['hold', 'edge', '--reason', 'x', '--prefix', '/sluice'], env),
      sluice(['hold', 'edge', '--reason', 'x', '--prefix', '/old'], env),
      sluice(['hold', 'edge', '--reason', 'y', '--table', 'sluice', '--as', 'bo'], env),
    ]);
    expect(sent).toMatchObject({ err: '', status: 0 });
    expect(sent.out).toContain(`by       ${CALLER}`);
    expect(old.status).toBe(1);
    expect(old.err).toMatchInlineSnapshot(`
      "--prefix /old in eu-west-1: found no apiUrl in /old/stack, so the stack is older than this command, and has nothing that takes a hold. Deploy this version: npx cdk deploy -c prefix=/old. Until then, write the table yourself: /CHECKOUT/sluice … --table sluice
      "
    `);
    expect(byTable.status).toBe(0);
    const { holds } = await store.table.pipelineRows(calm.pipelineId);
    expect(holds.map(({ owner, reason }) => [owner, reason]).sort()).toEqual([
      [CALLER, 'x'],
      ['bo', 'y'],
    ]);
  });
});

async function sluice(args: readonly string[], env: Record<string, string>) {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../cli/sluice.mjs'), ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      ...env,
    },
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err: err.replaceAll(join(import.meta.dirname, '../..'), '/CHECKOUT'), status };
}
