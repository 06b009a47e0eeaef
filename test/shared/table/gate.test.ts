// Who may talk to the embedded table of a local run: a page in a browser may not, nor may a process without the key.

import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedTable, LOCAL_TABLE, openEmbeddedTable } from '../../../shared/table/embedded.ts';

let store: EmbeddedTable;
beforeAll(async () => {
  store = await openEmbeddedTable();
});
afterAll(() => store.close());

const signedWith = (key: string) =>
  `AWS4-HMAC-SHA256 Credential=${key}/20261123/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Asks for every row of the table, as `sluice` would but for `headers`. */
async function ask(headers: OutgoingHttpHeaders, method = 'POST', path = '/'): Promise<Answer> {
  const { hostname, port, host } = new URL(store.endpoint);
  const ours = {
    host,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.Scan',
    'x-amz-date': '20261123T120000Z',
    authorization: signedWith(store.key),
  };
  const given = Object.entries({ ...ours, ...headers }).filter(([, value]) => value !== undefined);
  const sent = request({ hostname, port, method, path, headers: Object.fromEntries(given) });
  sent.end(method === 'POST' ? JSON.stringify({ TableName: LOCAL_TABLE }) : undefined);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer) body += String(chunk);
  return { status: answer.statusCode, headers: answer.headers, body };
}

it('answers whoever has the key of this run', async () => {
  expect(await ask({})).toMatchObject({ status: 200, body: expect.stringContaining('"Items"') });
});

it.each([
  { who: 'a page of another site', headers: { origin: 'https://example.com' } },
  { who: 'a page that hides where it is from', headers: { origin: 'null' } },
  { who: 'a page of this machine', headers: { origin: 'http://localhost:3000' } },
  { who: 'a request that a browser marks', headers: { 'sec-fetch-site': 'cross-site' } },
  { who: 'a page whose own name points here', headers: { host: 'rebound.example.com' } },
  { who: 'another name of this machine', headers: { host: 'localhost' } },
  { who: 'another port', headers: { host: '127.0.0.1:1' } },
  { who: 'somebody with another key', headers: { authorization: signedWith('local') } },
  { who: 'somebody with an empty key', headers: { authorization: signedWith('') } },
  { who: 'somebody without a key', headers: { authorization: undefined } },
])('refuses $who', async ({ headers }) => {
  const answer = await ask(headers);
  expect(answer.status).toBe(403);
  expect(answer.body).toContain('AccessDeniedException');
  expect(answer.body).not.toContain(store.key);
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
});

it('gives no browser leave to ask, and tells nobody that it is there', async () => {
  const asked = { origin: 'https://example.com', 'access-control-request-method': 'POST' };
  const preflight = await ask({ ...asked, authorization: undefined }, 'OPTIONS');
  expect(preflight.status).toBe(403);
  expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
  expect((await ask({ authorization: undefined }, 'GET')).status).toBe(403);
});

it('takes no key from the address, where logs would keep it', async () => {
  const path = `/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${store.key}%2F20261123`;
  expect((await ask({ authorization: undefined }, 'POST', path)).status).toBe(403);
});

it('goes on when somebody hangs up in the middle', async () => {
  const { hostname, port, host } = new URL(store.endpoint);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`POST / HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${signedWith(store.key)}\r\n`);
  socket.write('content-length: 100\r\n\r\n{"Table');
  // Whoever comes later is answered later: what was written has been read by then.
  expect(await ask({})).toMatchObject({ status: 200 });
  socket.resetAndDestroy();
  await once(socket, 'close');
  expect(await ask({})).toMatchObject({ status: 200 });
});

it('has another key each time it is opened', async () => {
  const other = await openEmbeddedTable();
  expect(other.key).not.toBe(store.key);
  await other.close();
});
