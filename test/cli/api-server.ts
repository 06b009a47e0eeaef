// The function `api` behind an address on loopback: it keeps what it was sent, checks that AWS's signature is right, and
// answers as told, or as the function itself would on a table.

import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { monotonicFactory } from 'ulid';
import { onTestFinished } from 'vitest';
import { createApi } from '../../functions/api/handler.ts';
import { systemClock } from '../../shared/clock.ts';
import type { Table } from '../../shared/table/port.ts';

export const CALLER = 'arn:aws:sts::111122223333:assumed-role/Operator/ana';
export const SECRET = 'b';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface ApiServer {
  readonly url: string;
  readonly sent: readonly Sent[];
}

export type Answering = (sent: Sent) => Promise<Answer> | Answer;

export async function openApiServer(answering: Answering): Promise<ApiServer> {
  const sent: Sent[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, body: await text(request) };
    sent.push(one);
    const { status, body } = await answering(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
  const server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent };
}

/** As the function answers whom AWS has let in; an unsigned or wrongly signed request it does not see. */
export function behindIam(table: Table, clock = systemClock): Answering {
  const api = createApi({ table, clock, newId: monotonicFactory(), log: () => {} });
  return async (sent) => {
    if (signatureOf(sent) !== expectedSignature(sent))
      return { status: 403, body: '{"Message":"Forbidden"}' };
    const { method, path, body } = sent;
    const requestContext = { http: { method }, authorizer: { iam: { userArn: CALLER } } };
    const context = {} as Parameters<typeof api>[1];
    const answer = await api({ rawPath: path, headers: {}, body, requestContext }, context);
    return { status: answer.statusCode, body: answer.body };
  };
}

export const signatureOf = ({ headers }: Sent): string => partOf(headers, 'Signature');

/**
 * What AWS computes from a request and the secret it has for the access key.
 * Source: AWS, "Create a signed AWS API request" (Signature Version 4).
 */
export function expectedSignature({ method, path, headers, body }: Sent): string {
  const names = partOf(headers, 'SignedHeaders');
  const [, day = '', region = '', service = ''] = partOf(headers, 'Credential').split('/');
  const canonical = [
    method,
    path,
    '',
    ...names.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${SECRET}`);
  return hmac(key, toSign).toString('hex');
}

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** `Credential`, `SignedHeaders` or `Signature` of the authorization. */
export function partOf({ authorization = '' }: IncomingMessage['headers'], name: string): string {
  return new RegExp(`${name}=([^,\\s]+)`).exec(authorization)?.[1] ?? '';
}
