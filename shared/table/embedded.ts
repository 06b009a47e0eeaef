// The embedded DynamoDB of `npm start` and of the tests: dynalite on loopback, in memory or in a folder. The way to the
// table is the deployed one: the AWS SDK, over HTTP.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createDynamoTable } from './dynamo.ts';
import { gate } from './gate.ts';
import type { Table } from './port.ts';

export const LOCAL_TABLE = 'sluice';

export interface EmbeddedTable {
  readonly table: Table;
  readonly client: DynamoDBClient;
  /** `http://127.0.0.1:PORT`, for other processes while this one lives. */
  readonly endpoint: string;
  /** What it asks of whoever talks to it, made anew each time it is opened: the access key id. */
  readonly key: string;
  close(): Promise<void>;
}

/**
 * Starts an embedded table. `path`: a folder that keeps it between runs; one process at a time may have it open.
 * @throws Error naming the folder when another process has it.
 */
export async function openEmbeddedTable(path?: string): Promise<EmbeddedTable> {
  const release = path === undefined ? () => {} : takeFolder(path);
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  const key = randomBytes(16).toString('hex');
  gate(server, key);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = localClient(endpoint, key);
  const close = async (): Promise<void> => {
    client.destroy();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    release();
  };
  try {
    await createTable(client);
  } catch (error) {
    await close();
    throw new Error(`The embedded table in ${path ?? 'memory'} could not be opened.`, { cause: error });
  }
  return { table: createDynamoTable({ tableName: LOCAL_TABLE, client }), client, endpoint, key, close };
}

/**
 * Takes the folder for this process, by a file with its id beside it: LevelDB has a lock of its own, but dynalite ends
 * the process over it. A process that was killed leaves its file behind, which nobody minds.
 */
function takeFolder(path: string): () => void {
  const file = `${path}.pid`;
  mkdirSync(path, { recursive: true });
  const owner = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
  if (isAlive(owner)) {
    throw new Error(
      `The embedded table in ${path} is in use by process ${owner}; one at a time may have it. End that one, or delete ${file} if it is not a run of Sluice.`,
    );
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A client for an embedded table that any process of this machine has open. */
export function localClient(endpoint: string, key: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: key, secretAccessKey: key },
  });
}

async function createTable(client: DynamoDBClient): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: LOCAL_TABLE,
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists(
    { client, minDelay: 0.01, maxDelay: 0.1, maxWaitTime: 60 },
    { TableName: LOCAL_TABLE },
  );
}
