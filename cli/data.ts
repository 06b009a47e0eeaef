// Where a command finds Sluice's table and its parameters: the local run of this folder, a run's data folder, a deployed
// Sluice or its table. The AWS SDK and the embedded table are loaded only when they are used, so that help comes at once.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../shared/clock.ts';
import { clockOf, RUN_FOLDER, type RunFile, readRunFile } from '../shared/local/run-file.ts';
import { DEFAULT_PREFIX, deployCommand } from '../shared/parameters/names.ts';
import { isPrefix, PREFIX_EXPECTED } from '../shared/parameters/prefix.ts';
import type { Table } from '../shared/table/port.ts';
import { Refusal, UsageError } from './errors.ts';
import type { DeployedParameters } from './parameters.ts';
import type { Send } from './sender.ts';

export interface Data {
  readonly table: Table;
  /** The time of whoever writes the table: a story's clock runs faster than the machine's. */
  readonly clock: Clock;
  /** What sends changes to who may write them; null: the command writes them itself. */
  readonly sender: (() => Promise<Send>) | null;
  /** For people: `the local run in .sluice`. */
  readonly where: string;
  /** What an error of the table means here, and what to do; null for one that is none of the table's. */
  refusal(error: unknown): Refusal | null;
  close(): Promise<void>;
}

/** Where to look; at most one of them. */
export interface Source {
  readonly data?: string | undefined;
  readonly table?: string | undefined;
  readonly prefix?: string | undefined;
}

/** @throws Refusal when there is nothing to read. */
export async function openData(source: Source, env: NodeJS.ProcessEnv): Promise<Data> {
  const [first, second] = optionsOf(source);
  if (first !== undefined && second !== undefined) {
    throw new UsageError(
      `${first} and ${second}: found both, expected one of them: each names another table.`,
    );
  }
  if (source.data !== undefined) return openFolder(source.data);
  if (source.table !== undefined) return openTable(source.table, env);
  if (source.prefix !== undefined) return openByPrefix(source, env);
  if (env['SLUICE_TABLE']) return openTable(env['SLUICE_TABLE'], env);
  if (env['SLUICE_PREFIX']) return openByPrefix(source, env);
  const run = readRunFile(RUN_FOLDER);
  if (run !== null) return connect(run, RUN_FOLDER);
  throw new Refusal(
    [
      'No Sluice was found: no run has left word in .sluice/run.json of this folder, and no deployed one is named.',
      '  npm start                    starts one here (in another terminal)',
      '  sluice … --data DIR        reads the data folder of a run that was started with --data DIR',
      '  sluice … --prefix /sluice  reads a deployed Sluice; the prefix is that of its parameters',
      "  sluice … --table NAME      reads a deployed table; the stack's output TableName is its name",
    ].join('\n'),
  );
}

/** @throws Refusal when region or credentials are missing. There may be no parameter yet. */
export async function openParameters(source: Source, env: NodeJS.ProcessEnv): Promise<DeployedParameters> {
  const other = optionsOf(source).find((option) => option !== '--prefix');
  if (other !== undefined) {
    throw new UsageError(
      `${other}: names a table, and this is about parameters. They are found by --prefix (default: ${DEFAULT_PREFIX}).`,
    );
  }
  const prefix = prefixOf(source, env);
  const { openDeployedParameters } = await import('./parameters.ts');
  return openDeployedParameters(prefix, env);
}

function optionsOf(source: Source): readonly string[] {
  return (['data', 'table', 'prefix'] as const).flatMap((key) =>
    source[key] === undefined ? [] : [`--${key}`],
  );
}

/** The prefix that is asked for, by option or environment, or Sluice's own. */
function prefixOf(source: Source, env: NodeJS.ProcessEnv): string {
  const prefix = source.prefix ?? (env['SLUICE_PREFIX'] || DEFAULT_PREFIX);
  if (isPrefix(prefix)) return prefix;
  const where = source.prefix === undefined ? 'SLUICE_PREFIX' : '--prefix';
  throw new UsageError(`${where}: found ${JSON.stringify(prefix)}, expected ${PREFIX_EXPECTED}.`);
}

async function openTable(tableName: string, env: NodeJS.ProcessEnv): Promise<Data> {
  const { namedTable, openDeployedTable } = await import('./deployed.ts');
  return openDeployedTable(namedTable(tableName), env);
}

async function openByPrefix(source: Source, env: NodeJS.ProcessEnv): Promise<Data> {
  const deployed = await openParameters(source, env);
  const { openSender, stackParts } = await import('./parameters.ts');
  const { openDeployedTable } = await import('./deployed.ts');
  const { prefix, stack } = deployed.names;
  try {
    const parts = await stackParts(deployed);
    const { tableName } = parts;
    const hint = `found no table ${tableName}, which the parameter ${stack} names. Was it deleted? A stack makes it: ${deployCommand(prefix)}`;
    const data = await openDeployedTable({ tableName, asked: `--prefix ${prefix}`, hint }, env);
    return { ...data, sender: () => openSender(deployed, parts) };
  } catch (error) {
    throw deployed.refusal(error) ?? error;
  } finally {
    await deployed.close();
  }
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
  const where = `the data in ${folder}`;
  return { table, clock: systemClock, sender: null, where, refusal: () => null, close };
}

async function connect(run: RunFile, folder: string): Promise<Data> {
  const { LOCAL_TABLE, localClient } = await import('../shared/table/embedded.ts');
  const { createDynamoTable } = await import('../shared/table/dynamo.ts');
  const client = localClient(run.tableEndpoint, run.tableKey);
  return {
    table: createDynamoTable({ tableName: LOCAL_TABLE, client }),
    clock: clockOf(run, systemClock),
    sender: null,
    where: `the local run in ${folder}`,
    refusal: (error) =>
      ['ECONNREFUSED', 'ECONNRESET'].includes(String(codeOf(error))) || isAnothers(error)
        ? new Refusal(
            `The local run in ${folder} (process ${run.pid}) no longer answers on ${run.tableEndpoint}. Start it again: npm start`,
          )
        : null,
    close: async () => client.destroy(),
  };
}

/** Another run may have the port by now, and another key. */
const isAnothers = (error: unknown): boolean =>
  error instanceof Error && error.name === 'AccessDeniedException';

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
