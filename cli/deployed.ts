// A deployed table, with the credentials and the region that every AWS tool uses; and what AWS's refusals mean here.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../shared/clock.ts';
import { createDynamoTable } from '../shared/table/dynamo.ts';
import { awsRefusal, signIn } from './aws.ts';
import type { Data } from './data.ts';
import { Refusal } from './errors.ts';

const SERVICE = {
  name: 'DynamoDB',
  needs:
    'Reading needs dynamodb:Query; with --table, what changes something also dynamodb:GetItem, dynamodb:PutItem and dynamodb:UpdateItem.',
} as const;

export interface NamedTable {
  readonly tableName: string;
  /** How it was asked for: messages begin with it. */
  readonly asked: string;
  /** What to do when there is no such table. */
  readonly hint: string;
}

/** By its own name. */
export function namedTable(tableName: string): NamedTable {
  return {
    tableName,
    asked: `--table ${tableName}`,
    hint: `found no such table. Its name is the stack's output TableName: aws cloudformation describe-stacks --query "Stacks[].Outputs[?OutputKey=='TableName']". Is it another region? AWS_REGION=… sluice …`,
  };
}

/** @throws Refusal when region or credentials are missing. */
export async function openDeployedTable(named: NamedTable, env: NodeJS.ProcessEnv): Promise<Data> {
  const { tableName, asked, hint } = named;
  const client = new DynamoDBClient({});
  const region = await signIn(client, asked);
  const where = `${asked} in ${region}`;
  return {
    table: createDynamoTable({ tableName, client }),
    clock: systemClock,
    sender: null,
    where: `table ${tableName} in ${region}`,
    refusal: (error) =>
      error instanceof Error && error.name === 'ResourceNotFoundException'
        ? new Refusal(`${where}: ${hint}`)
        : awsRefusal(error, where, SERVICE, env),
    close: async () => client.destroy(),
  };
}
