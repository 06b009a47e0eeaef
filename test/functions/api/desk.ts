// The function `api` on the embedded table, with a clock that stands still: requests go in as Lambda hands them over.

import { monotonicFactory } from 'ulid';
import { onTestFinished } from 'vitest';
import { createApi } from '../../../functions/api/handler.ts';
import type { UrlEvent } from '../../../functions/url.ts';
import type { ChangingVerb } from '../../../shared/operations/verbs.ts';
import { openEmbeddedTable } from '../../../shared/table/embedded.ts';
import type { Table } from '../../../shared/table/port.ts';
import { NOW } from '../../cli/facts.ts';

export const ANA = 'arn:aws:sts::111122223333:assumed-role/Operator/ana';

/** What Lambda hands over beside the event; the function uses none of it. */
const NO_CONTEXT = {} as Parameters<ReturnType<typeof createApi>>[1];

export interface Answered {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Desk {
  readonly table: Table;
  readonly logs: { readonly level: string; readonly message: string; readonly fields: unknown }[];
  /** A request of Ana's. */
  post(path: string, body: unknown): Promise<Answered>;
  /** Any request: without a body it has none, without a caller AWS names none. */
  hand(event: UrlEvent): Promise<Answered>;
}

/** `only`: the verbs that the function does. */
export async function openDesk(only?: readonly ChangingVerb[]): Promise<Desk> {
  const store = await openEmbeddedTable();
  onTestFinished(() => store.close());
  const logs: Desk['logs'] = [];
  const api = createApi(
    {
      table: store.table,
      clock: { now: () => NOW, sleep: async () => {} },
      newId: monotonicFactory(() => 0),
      log: (level, message, fields) => logs.push({ level, message, fields }),
    },
    only,
  );
  const hand = async (event: UrlEvent): Promise<Answered> => {
    const { statusCode, headers, body } = await api(event, NO_CONTEXT);
    return { status: statusCode, headers, json: JSON.parse(body) };
  };
  return {
    table: store.table,
    logs,
    hand,
    post: (path, body) => hand(requestOf(path, typeof body === 'string' ? body : JSON.stringify(body))),
  };
}

export function requestOf(path: string, body: string, userArn: string | null = ANA): UrlEvent {
  return {
    rawPath: path,
    headers: { 'content-type': 'application/json' },
    body,
    isBase64Encoded: false,
    requestContext: {
      http: { method: 'POST' },
      ...(userArn !== null && { authorizer: { iam: { userArn } } }),
    },
  };
}
