// The table as the role of a function may use it: every command is held against the policies of the template, and noted.

import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDocumentTable, type Documents } from '../../shared/table/dynamo.ts';
import { type EmbeddedTable, LOCAL_TABLE } from '../../shared/table/embedded.ts';
import type { Table } from '../../shared/table/port.ts';
import { synthesised } from './synthesised.ts';

/** An action on partitions that a pattern names: `dynamodb:Query pipeline#*`. */
export type Grant = string;

export interface Roles {
  /** @throws as DynamoDB does when the role may not. */
  tableAs(role: string, store: Pick<EmbeddedTable, 'client'>): Table;
  readonly granted: Readonly<Record<string, readonly Grant[]>>;
  used(role: string): readonly Grant[];
}

/** `others`: what people are granted, as the pages say. */
export function rolesOf(others: Roles['granted'] = {}, template = synthesised()): Roles {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const granted: Record<string, readonly Grant[]> = { ...others };
  for (const name of ['Scan', 'Promote', 'Webhook', 'Api']) {
    const its = policies.filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(`"${name}`));
    const statements = its.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    granted[name.toLowerCase()] = statements.flatMap(({ Action, Condition }) => {
      const keys: string[] = [Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []].flat();
      return keys.flatMap((key) => [Action].flat().map((action: string) => `${action} ${key}`));
    });
  }
  const used = new Map<string, Set<Grant>>();
  return {
    granted,
    used: (role) => [...(used.get(role) ?? [])],
    tableAs(role, { client }) {
      const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
      const send = async (command: Command, options?: object) => {
        const [action, partition] = [actionOf(command), partitionOf(command)];
        const grant = (granted[role] ?? []).find((one) => matches(one, action, partition));
        if (grant === undefined) throw new Error(`${role} may not ${action} on ${partition}`);
        used.set(role, (used.get(role) ?? new Set()).add(grant));
        return db.send(command as never, options as never);
      };
      return createDocumentTable(LOCAL_TABLE, { send } as unknown as Documents);
    },
  };
}

interface Command {
  readonly input: {
    readonly Key?: { readonly pk: string };
    readonly Item?: { readonly pk: string };
    readonly ExpressionAttributeValues?: { readonly ':pk'?: string };
  };
}

const actionOf = (command: Command): string => `dynamodb:${verbOf(command.constructor.name)}`;

/** The SDK's names of commands on documents are shorter than IAM's of their actions. */
const verbOf = (name: string): string => name.replace('Command', '').replace(/^(Get|Put|Update)$/, '$1Item');

const partitionOf = ({ input }: Command): string =>
  (input.Key ?? input.Item)?.pk ?? input.ExpressionAttributeValues?.[':pk'] ?? '';

function matches(grant: Grant, action: string, partition: string): boolean {
  const [name, pattern = ''] = grant.split(' ');
  const isLike = pattern.endsWith('*') ? partition.startsWith(pattern.slice(0, -1)) : partition === pattern;
  return name === action && isLike;
}
