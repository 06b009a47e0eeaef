// The embedded table keeps the contract, and its folder keeps what was written.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import { createDynamoTable } from '../../../shared/table/dynamo.ts';
import { type EmbeddedTable, LOCAL_TABLE, openEmbeddedTable } from '../../../shared/table/embedded.ts';
import { keys } from '../../../shared/table/keys.ts';
import { tableContract } from './contract.ts';

let store: EmbeddedTable;
beforeAll(async () => {
  store = await openEmbeddedTable();
});
afterAll(() => store.close());

describe('in memory', () => tableContract(() => store.table));

describe('a view of an earlier version', () => {
  it('is read: what it lacks is not known', async () => {
    const old = { pipelineId: 'old', name: 'old', wakeAt: null, openAttempts: 0, seenAt: 1, releasedAt: {} };
    const item = { ...keys.view('old'), body: JSON.stringify({ ...old, concerns: [], configDigest: 'd' }) };
    await DynamoDBDocumentClient.from(store.client).send(
      new PutCommand({ TableName: LOCAL_TABLE, Item: item }),
    );
    const { views } = await store.table.fleet();
    const found = views.find((view) => view.pipelineId === 'old');
    expect(found).toMatchObject({ ...old, behindSince: null, unknownSince: null, wokenAt: null });
  });
});

describe('a resume of an earlier version', () => {
  it('is read as the two words that it was', async () => {
    const said = { id: '01A', pipelineId: 'old', actor: 'ana', reason: 'ok', at: 5 };
    const accepted = [{ app: { id: 'a', name: 'web' }, artifact: 'slug:1' }];
    const retried = [{ app: { id: 'b', name: 'web-2' }, attemptId: '01B' }];
    const body = JSON.stringify({ ...said, seenAt: 4, accepted, retried });
    await DynamoDBDocumentClient.from(store.client).send(
      new PutCommand({ TableName: LOCAL_TABLE, Item: { pk: 'pipeline#old', sk: 'resume#01A', body } }),
    );
    expect(await store.table.words('old')).toEqual([
      { ...said, kind: 'accept', seenAt: 4, accepted },
      { ...said, kind: 'retry', retried },
    ]);
  });
});

describe('a table that is not there', () => {
  it('is named by the error of every read and write', async () => {
    const gone = createDynamoTable({ tableName: 'sluice-gone', client: store.client });
    const said = 'The table sluice-gone does not exist.';
    await expect(gone.fleet()).rejects.toThrow(said);
    await expect(gone.writeLedger('web', { ...emptyLedger, revision: 1, writer: 'a' }, null)).rejects.toThrow(
      said,
    );
    await expect(gone.wake('web', 1)).rejects.toThrow(said);
    await expect(gone.writeCommits('web', {})).rejects.toThrow(said);
  });
});

describe('in a folder', () => {
  it('keeps what was written, for one process at a time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-table-'));
    try {
      const first = await openEmbeddedTable(folder);
      await expect(openEmbeddedTable(folder)).rejects.toThrow(
        `The embedded table in ${folder} is in use by process ${process.pid}; one at a time may have it.`,
      );
      await first.table.writeLedger('p', { ...emptyLedger, revision: 1, writer: 'a' }, null);
      await first.close();
      const second = await openEmbeddedTable(folder);
      expect((await second.table.pipelineRows('p')).ledger?.revision).toBe(1);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
      rmSync(`${folder}.pid`, { force: true });
    }
  });
});
