// A deployed table, with the credentials and the region that every AWS tool uses; and what AWS's refusals mean here.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../shared/clock.ts';
import { createDynamoTable } from '../shared/table/dynamo.ts';
import type { Data } from './data.ts';
import { Refusal } from './errors.ts';

/** @throws Refusal when region or credentials are missing. */
export async function openDeployedTable(tableName: string): Promise<Data> {
  const client = new DynamoDBClient({});
  const region = await client.config.region().catch(() => {
    throw new Refusal(
      `--table ${tableName}: found no AWS region. Name the one the stack is in: AWS_REGION=eu-west-1 sluice …`,
    );
  });
  await client.config.credentials().catch((error: unknown) => {
    throw new Refusal(
      `--table ${tableName} in ${region}: found no AWS credentials (${messageOf(error)}). Sign in (aws sso login), or name a profile: AWS_PROFILE=… sluice …`,
    );
  });
  return {
    table: createDynamoTable({ tableName, client }),
    clock: systemClock,
    where: `table ${tableName} in ${region}`,
    refusal: (error) => refusalOf(error, tableName, region),
    close: async () => client.destroy(),
  };
}

function refusalOf(error: unknown, tableName: string, region: string): Refusal | null {
  const where = `--table ${tableName} in ${region}`;
  switch (error instanceof Error ? error.name : '') {
    case 'ResourceNotFoundException':
      return new Refusal(
        `${where}: found no such table. Its name is the stack's output TableName: aws cloudformation describe-stacks --query "Stacks[].Outputs[?OutputKey=='TableName']". Is it another region? AWS_REGION=… sluice …`,
      );
    case 'AccessDeniedException':
      return new Refusal(
        `${where}: AWS refuses: ${messageOf(error)}. Reading needs dynamodb:GetItem and dynamodb:Query, hold and resume also dynamodb:PutItem and dynamodb:UpdateItem.`,
      );
    case 'ExpiredTokenException':
    case 'UnrecognizedClientException':
    case 'InvalidSignatureException':
    case 'CredentialsProviderError':
      return new Refusal(
        `${where}: AWS does not take these credentials: ${messageOf(error)}. Sign in again: aws sso login`,
      );
    case 'TimeoutError':
      return unreachable(where, error);
    default:
      return isNetwork(error) ? unreachable(where, error) : null;
  }
}

function unreachable(where: string, error: unknown): Refusal {
  return new Refusal(
    `${where}: DynamoDB cannot be reached from here: ${messageOf(error)}. Is AWS_REGION right?`,
  );
}

function isNetwork(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return (
    typeof code === 'string' &&
    /^(ENOTFOUND|EAI_AGAIN|ECONN[A-Z]+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code)
  );
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
