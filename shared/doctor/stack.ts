// Is the stack there, is it of this version, and does its table answer? Pure but for the table it is given.

import * as z from 'zod';
import { deployCommand, type ParameterNames, type StackParts } from '../parameters/names.ts';
import type { Parameter } from '../parameters/port.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';
import type { DoctorTable } from './ports.ts';

const { ok, warning, problem } = findingsOf('stack');

const parts = z.object({
  tableName: z.string().min(1),
  busName: z.string().min(1),
  webhookUrl: z.string().min(1),
  apiUrl: z.string().min(1).exactOptional(),
  verbUrls: z.record(z.string(), z.string().min(1)).exactOptional(),
  secretKeys: z.array(z.string()).exactOptional(),
  version: z.string().min(1),
});

/** The stack's own word on where its parts are; null when there is none that can be read. */
export function stackParts(parameters: readonly Parameter[], names: ParameterNames): StackParts | null {
  const text = parameters.find(({ name }) => name === names.stack)?.value;
  try {
    return parts.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

export function examineStack(
  parameters: readonly Parameter[],
  names: ParameterNames,
  version: string,
): readonly Finding[] {
  const todo = deployCommand(names.prefix);
  if (!parameters.some(({ name }) => name === names.stack)) {
    const nothing = parameters.length === 0 ? `nothing under ${names.prefix}` : 'no such parameter';
    return [
      problem(names.stack, nothing, {
        expected: 'the parameter that the stack writes when it is deployed, in this account and region',
        todo,
      }),
    ];
  }
  const stack = stackParts(parameters, names);
  if (stack === null) {
    return [
      problem(names.stack, 'a text that cannot be read', {
        expected: 'tableName, busName, webhookUrl and version, as the stack writes them',
        todo,
      }),
    ];
  }
  return [versionFinding(stack.version, version, todo), ...apiFindings(stack, todo)];
}

function apiFindings({ apiUrl, verbUrls }: StackParts, todo: string): readonly Finding[] {
  if (apiUrl !== undefined && verbUrls !== undefined) return [];
  if (apiUrl !== undefined) {
    const expected = 'an address for each verb, so that each can be allowed by itself';
    return [
      warning('api', 'no verbUrls: an older stack, where one permission allows every verb', {
        expected,
        todo,
      }),
    ];
  }
  return [
    warning('api', 'no apiUrl: an older stack, with nothing that takes a hold', {
      expected: 'the function api, which records who AWS says it was',
      todo,
    }),
  ];
}

function versionFinding(deployed: string, own: string, todo: string): Finding {
  if (deployed === own) return ok('version', deployed);
  const isOlder = comparable(deployed) < comparable(own);
  return warning('version', `${deployed} is deployed`, {
    expected: `${own}, the version of this command`,
    todo: isOlder ? todo : 'git pull && npm ci   (this checkout is older than the stack)',
  });
}

const comparable = (version: string): string =>
  version
    .split(/[.+-]/)
    .map((part) => part.padStart(8, '0'))
    .join('.');

export type Fleet = Awaited<ReturnType<DoctorTable['fleet']>>;

/** What a tick starts from, or why it could not be read. */
export type FleetRead =
  | { readonly ok: true; readonly table: DoctorTable; readonly fleet: Fleet }
  | { readonly ok: false; readonly error: unknown };

export async function readFleet(open: () => Promise<DoctorTable>): Promise<FleetRead> {
  try {
    const table = await open();
    return { ok: true, table, fleet: await table.fleet() };
  } catch (error) {
    return { ok: false, error };
  }
}

export function examineTable(tableName: string, read: FleetRead): Finding {
  if (read.ok) {
    const count = read.fleet.views.length;
    return ok('table', `${tableName} answers; ${count} ${count === 1 ? 'pipeline' : 'pipelines'} in it`);
  }
  const { error } = read;
  switch (error instanceof Error ? error.name : '') {
    case 'ResourceNotFoundException':
      return problem('table', `${tableName} does not exist`, {
        expected: 'the table that the stack made',
        todo: `aws dynamodb list-backups --table-name ${tableName} --backup-type SYSTEM   (AWS keeps one of a deleted table for 35 days: restore it under the same name)`,
      });
    case 'AccessDeniedException':
      return problem('table', `AWS refuses to show ${tableName}: ${reasonOf(error)}`, {
        expected: 'credentials with dynamodb:Query on it',
      });
    default:
      return problem('table', `${tableName} does not answer: ${reasonOf(error)}`);
  }
}
