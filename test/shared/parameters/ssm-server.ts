// As much of SSM as Sluice uses, on loopback: pages of at most ten, names that are missing, a record of every call.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

interface Kept {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  /** Epoch seconds. */
  readonly LastModifiedDate: number;
}

interface Call {
  /** `PutParameter`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface SsmServer {
  readonly endpoint: string;
  readonly calls: readonly Call[];
  seed(name: string, value: string, type?: string): void;
  /** Every call from now on is refused with this error. */
  refuse(error: string, message: string): void;
  /** The caller may not use the key of this secret: whatever call would decrypt it is refused as a whole. */
  lock(name: string, error?: string): void;
  /** With which key `DescribeParameters` says that it is encrypted. */
  encrypt(name: string, keyId: string): void;
}

export async function openSsmServer(): Promise<SsmServer> {
  const kept = new Map<string, Kept>();
  const calls: Call[] = [];
  const locked = new Map<string, string>();
  const keyIds = new Map<string, string>();
  let refusal: Answer | null = null;
  const put = (Name: string, Value: string, Type: string): number => {
    const Version = (kept.get(Name)?.Version ?? 0) + 1;
    kept.set(Name, { Name, Type, Value, Version, LastModifiedDate: 1_795_000_000.5 });
    return Version;
  };
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const input = JSON.parse(await text(request)) as Call['input'];
    calls.push({ action, input });
    const { status, body } =
      refusal ?? lockedAnswer(input, locked) ?? answer(action, input, kept, put, keyIds);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    seed: (name, value, type = 'String') => void put(name, value, type),
    refuse(error, message) {
      refusal = { status: 400, body: { __type: error, message } };
    },
    lock: (name, error = 'AccessDeniedException') => void locked.set(name, error),
    encrypt: (name, keyId) => void keyIds.set(name, keyId),
  };
}

function lockedAnswer(input: Call['input'], locked: ReadonlyMap<string, string>): Answer | null {
  if (input['WithDecryption'] !== true) return null;
  const names = (input['Names'] ?? []) as readonly string[];
  const path = typeof input['Path'] === 'string' ? `${input['Path']}/` : null;
  const hit = [...locked].find(([name]) => names.includes(name) || (path !== null && name.startsWith(path)));
  if (hit === undefined) return null;
  const message = 'The ciphertext refers to a customer master key that you are not allowed to access.';
  return { status: 400, body: { __type: hit[1], message } };
}

function answer(
  action: string,
  input: Call['input'],
  kept: Map<string, Kept>,
  put: (name: string, value: string, type: string) => number,
  keyIds: ReadonlyMap<string, string>,
): Answer {
  const shown = (one: Kept) =>
    one.Type === 'SecureString' && input['WithDecryption'] !== true ? { ...one, Value: 'AQICAH' } : one;
  const name = String(input['Name']);
  switch (action) {
    case 'GetParametersByPath': {
      // SSM promises no order: this one gives the newest first.
      const all = [...kept.values()].reverse().filter((one) => one.Name.startsWith(`${input['Path']}/`));
      const start = Number(input['NextToken'] ?? 0);
      const end = start + Number(input['MaxResults']);
      const page = all.slice(start, end).map(shown);
      return ok({ Parameters: page, ...(end < all.length && { NextToken: String(end) }) });
    }
    case 'GetParameters': {
      const names = input['Names'] as readonly string[];
      const found = [...kept.values()].reverse().filter((one) => names.includes(one.Name));
      return ok({ Parameters: found.map(shown), InvalidParameters: names.filter((one) => !kept.has(one)) });
    }
    case 'DescribeParameters': {
      const all = [...kept.values()].filter((one) => one.Type === 'SecureString');
      const start = Number(input['NextToken'] ?? 0);
      const end = start + Number(input['MaxResults']);
      const page = all
        .slice(start, end)
        .map(({ Name }) => ({ Name, KeyId: keyIds.get(Name) ?? 'alias/aws/ssm' }));
      return ok({ Parameters: page, ...(end < all.length && { NextToken: String(end) }) });
    }
    case 'PutParameter':
      return ok({ Version: put(name, String(input['Value']), String(input['Type'])), Tier: 'Standard' });
    case 'DeleteParameter':
      return kept.delete(name) ? ok({}) : { status: 400, body: { __type: 'ParameterNotFound' } };
    default:
      return { status: 400, body: { __type: 'UnknownOperationException' } };
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body });
