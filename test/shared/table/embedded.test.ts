// The embedded table keeps the contract, and its folder keeps what was written.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import { type EmbeddedTable, openEmbeddedTable } from '../../../shared/table/embedded.ts';
import { tableContract } from './contract.ts';

let store: EmbeddedTable;
beforeAll(async () => {
  store = await openEmbeddedTable();
});
afterAll(() => store.close());

describe('in memory', () => tableContract(() => store.table));

describe('in a folder', () => {
  it('keeps what was written, for one process at a time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-table-'));
    try {
      const first = await openEmbeddedTable(folder);
      await expect(openEmbeddedTable(folder)).rejects.toThrow(
        `The embedded table in ${folder} is in use by process ${process.pid}; one at a time may have it.`,
      );
      await first.table.writeLedger('p', { ...emptyLedger, revision: 1 }, 'a');
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
