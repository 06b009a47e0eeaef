// Where a command finds Sluice's table: the local run of this folder, a run's data folder, or a deployed table. The AWS
// SDK and the embedded table are loaded only when they are used, so that help comes at once.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../shared/clock.ts';
import { clockOf, RUN_FOLDER, type RunFile, readRunFile } from '../shared/local/run-file.ts';
import type { Table } from '../shared/table/port.ts';
import { Refusal, UsageError } from './errors.ts';

export interface Data {
  readonly table: Table;
  /** The time of whoever writes the table: a story's clock runs faster than the machine's. */
  readonly clock: Clock;
  /** For people: `the local run in .sluice`. */
  readonly where: string;
  /** What an error of the table means here, and what to do; null for one that is none of the table's. */
  refusal(error: unknown): Refusal | null;
  close(): Promise<void>;
}

export interface Source {
  readonly data?: string | undefined;
  readonly table?: string | undefined;
}

/** @throws Refusal when there is nothing to read. */
export async function openData(source: Source, env: NodeJS.ProcessEnv): Promise<Data> {
  if (source.data !== undefined && source.table !== undefined) {
    throw new UsageError('--data and --table: found both, expected one of them: each names another table.');
  }
  if (source.data !== undefined) return openFolder(source.data);
  const tableName = source.table ?? env['SLUICE_TABLE'];
  if (tableName !== undefined && tableName !== '') {
    const { openDeployedTable } = await import('./deployed.ts');
    return openDeployedTable(tableName);
  }
  const run = readRunFile(RUN_FOLDER);
  if (run !== null) return connect(run, RUN_FOLDER);
  throw new Refusal(
    [
      'No Sluice was found: no run has left word in .sluice/run.json of this folder, and no table is named.',
      '  npm start               starts one here (in another terminal)',
      '  sluice … --data DIR     reads the data folder of a run that was started with --data DIR',
      "  sluice … --table NAME   reads a deployed table; the stack's output TableName is its name",
    ].join('\n'),
  );
}

async function openFolder(folder: string): Promise<Data> {
  const run = readRunFile(folder);
  if (run !== null) return connect(run, folder);
  const path = join(folder, 'table');
  if (!existsSync(path)) {
    throw new Refusal(
      `--data ${folder}: found no table in it, expected the data folder of a run. A run makes one: npm start -- --data ${folder}`,
    );
  }
  const { openEmbeddedTable } = await import('../shared/table/embedded.ts');
  const { table, close } = await openEmbeddedTable(path);
  return { table, clock: systemClock, where: `the data in ${folder}`, refusal: () => null, close };
}

async function connect(run: RunFile, folder: string): Promise<Data> {
  const { LOCAL_TABLE, localClient } = await import('../shared/table/embedded.ts');
  const { createDynamoTable } = await import('../shared/table/dynamo.ts');
  const client = localClient(run.tableEndpoint);
  return {
    table: createDynamoTable({ tableName: LOCAL_TABLE, client }),
    clock: clockOf(run, systemClock),
    where: `the local run in ${folder}`,
    refusal: (error) =>
      codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ECONNRESET'
        ? new Refusal(
            `The local run in ${folder} (process ${run.pid}) no longer answers on ${run.tableEndpoint}. Start it again: npm start`,
          )
        : null,
    close: async () => client.destroy(),
  };
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
