// A table and a Heroku that are asked without sockets, which makes stories eight times as fast. Only the way there differs: the
// adapters are the real ones, and the table in memory is held to dynalite by the simulation's tests.

import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Simulator } from '../infra/local/heroku/simulator.ts';
import type { exchangeOnce } from '../shared/heroku/exchange.ts';
import type { readOnce } from '../shared/heroku/transport.ts';
import { createDocumentTable, type Documents } from '../shared/table/dynamo.ts';
import { type EmbeddedTable, LOCAL_TABLE, openEmbeddedTable } from '../shared/table/embedded.ts';
import type { Key } from '../shared/table/keys.ts';
import type { Table } from '../shared/table/port.ts';
import { carryOut, type Item, Items } from './simulation/dynamo.ts';
import { answerOf, requestOf } from './simulation/heroku.ts';

/** Told of each command that the table has carried out, and of its answer. */
export type OnCommand = (command: unknown, answer: Record<string, unknown>) => void;

/** A table, and what lies in it past everything that would keep it in order. */
export interface Store {
  readonly table: Table;
  /** @throws Error in process: there is none. */
  readonly client: EmbeddedTable['client'];
  rows(): Promise<readonly Row[]>;
  putRow(row: Row): Promise<void>;
  deleteRow(key: Key): Promise<void>;
  close(): Promise<void>;
}

export type Row = Readonly<Record<string, unknown>>;

export function storeInProcess(onCommand: OnCommand = () => {}): Store {
  const items = new Items();
  // As over the wire: nobody keeps what was handed over.
  const send = async (command: unknown) => {
    const answer = structuredClone(carryOut(items, command));
    onCommand(command, answer);
    return answer;
  };
  return {
    table: createDocumentTable('sluice', { send } as unknown as Documents),
    get client(): never {
      throw new Error('There is no client in process: open the world with onSockets.');
    },
    rows: async () => items.all(),
    putRow: async (row) => items.set(structuredClone(row) as Item),
    deleteRow: async ({ pk, sk }) => items.delete(pk, sk),
    close: async () => {},
  };
}

/** The embedded table, over its socket. */
export async function storeOnSockets(): Promise<Store> {
  const { table, client, close } = await openEmbeddedTable();
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    table,
    client,
    close,
    async rows() {
      const rows: Row[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const from = start === undefined ? {} : { ExclusiveStartKey: start };
        const page = await db.send(new ScanCommand({ TableName: LOCAL_TABLE, ...from }));
        rows.push(...(page.Items ?? []));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return rows;
    },
    putRow: async (Item) => void (await db.send(new PutCommand({ TableName: LOCAL_TABLE, Item }))),
    deleteRow: async ({ pk, sk }) =>
      void (await db.send(new DeleteCommand({ TableName: LOCAL_TABLE, Key: { pk, sk } }))),
  };
}

export function waysInProcess(heroku: Simulator): {
  readonly reads?: { readonly send: typeof readOnce };
  readonly posts?: { readonly send: typeof exchangeOnce };
} {
  return {
    reads: {
      send: async ({ path, token, range }) => answerOf(heroku.ask(requestOf('GET', path, token, range))),
    },
    posts: {
      send: async ({ path, headers, body }) => {
        const lower = Object.fromEntries(
          Object.entries(headers).map(([name, it]) => [name.toLowerCase(), it]),
        );
        const reply = heroku.ask({ method: 'POST', path, headers: lower, body: body ?? '' });
        return { kind: 'answer', status: reply.status, headers: reply.headers, text: reply.body };
      },
    },
  };
}
