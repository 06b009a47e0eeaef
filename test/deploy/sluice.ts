// One deployed Sluice as its operator has it: parameters, table, logs, and the `sluice` command.

import { join } from 'node:path';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { inject, type ProvidedContext } from 'vitest';
import { type ParameterNames, parameterNames } from '../../shared/parameters/names.ts';
import { createDynamoTable } from '../../shared/table/dynamo.ts';
import type { Table, TickRecord } from '../../shared/table/port.ts';
import { type Aws, createAws, rowsOf } from './local-aws/aws.ts';
import type { Deployed } from './local-aws/cdk.ts';
import { type Ended, ROOT, run } from './local-aws/child.ts';
import { localEnvironment } from './local-aws/environment.ts';
import { eventually } from './local-aws/eventually.ts';
import { allLogs, type LogLine, ticksOf } from './local-aws/logs.ts';

export interface DeployedSluice {
  readonly stack: Deployed;
  readonly aws: Aws;
  readonly table: Table;
  readonly names: ParameterNames;
  put(name: string, value: string): Promise<void>;
  putSecret(name: string, value: string): Promise<void>;
  deleteParameter(name: string): Promise<void>;
  /** Runs `sluice …` on it; `input` is typed in. */
  sluice(line: string, input?: string): Promise<Ended>;
  /** The metrics of the next tick that the schedule fires. */
  nextTick(): Promise<LogLine>;
  /** How the newest tick on record went. */
  record(): Promise<TickRecord | null>;
  /** Where the texts are found: `log`, `table`. */
  leaksOf(secrets: readonly string[]): Promise<readonly string[]>;
  close(): void;
}

const SLUICE = join(ROOT, 'cli', 'sluice.mjs');
/** Longer than a tick takes. */
const A_TICK_MS = 2_000;

export function deployedSluice(name: keyof ProvidedContext['stacks']): DeployedSluice {
  const stack = inject('stacks')[name];
  const endpoint = inject('endpoint');
  const aws = createAws(endpoint);
  const tableName = outputOf(stack, 'TableName');
  const table = createDynamoTable({ tableName, client: aws.dynamo });
  const put = async (Name: string, Value: string, Type: 'String' | 'SecureString'): Promise<void> => {
    await aws.ssm.send(new PutParameterCommand({ Name, Value, Type, Overwrite: true }));
  };
  return {
    stack,
    aws,
    table,
    names: parameterNames(stack.prefix),
    put: (name, value) => put(name, value, 'String'),
    putSecret: (name, value) => put(name, value, 'SecureString'),
    deleteParameter: async (Name) => {
      await aws.ssm.send(new DeleteParameterCommand({ Name }));
    },
    sluice: (line, input) =>
      run(process.execPath, [SLUICE, ...line.split(' '), '--prefix', stack.prefix], {
        env: localEnvironment(endpoint, process.env, inject('home')),
        seconds: 60,
        ...(input !== undefined && { input }),
      }),
    nextTick() {
      // One that ends now may have begun before.
      const after = Date.now() + A_TICK_MS;
      return eventually(`a tick of ${stack.name}`, async () =>
        (await ticksOf(aws, stack)).find(({ at }) => at > after),
      );
    },
    record: async () => (await table.fleet()).tick,
    async leaksOf(secrets) {
      const logged = (await allLogs(aws)).map((line) => ['log', line.text] as const);
      const rows = (await rowsOf(aws, tableName)).map((row) => ['table', JSON.stringify(row)] as const);
      return [...logged, ...rows]
        .filter(([, text]) => secrets.some((one) => text.includes(one)))
        .map(([where]) => where);
    },
    close: () => aws.close(),
  };
}

export function outputOf({ name, outputs }: Deployed, output: string): string {
  const value = outputs[output];
  if (value === undefined) throw new Error(`The stack ${name} has no output ${output}.`);
  return value;
}
