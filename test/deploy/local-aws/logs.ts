// What the functions have written to their log groups: sentences, and metrics in CloudWatch's embedded format.

import type { Aws } from './aws.ts';
import { resourcesOf } from './aws.ts';
import type { Deployed } from './cdk.ts';

export interface LogLine {
  readonly at: number;
  /** As it was written. */
  readonly text: string;
  /** The parsed line; empty for what is not JSON. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type FunctionName = 'scan' | 'promote' | 'webhook';

const GROUPS: Readonly<Record<FunctionName, RegExp>> = {
  scan: /^ScanLogs/,
  promote: /^PromoteLogs/,
  webhook: /^WebhookLogs/,
};

/** Oldest first. */
export async function logOf(aws: Aws, stack: Deployed, name: FunctionName): Promise<readonly LogLine[]> {
  const found = [...(await resourcesOf(aws, stack.name))].find(([id]) => GROUPS[name].test(id));
  if (found === undefined) throw new Error(`The stack ${stack.name} has no log group for ${name}.`);
  return linesOf(aws, found[1]);
}

/** Every log group there is, the stack's or not. */
export async function allLogs(aws: Aws): Promise<readonly LogLine[]> {
  const { logGroups = [] } = (await aws.json('logs', 'Logs_20140328.DescribeLogGroups', {})) as {
    logGroups?: { logGroupName: string }[];
  };
  return (await Promise.all(logGroups.map((group) => linesOf(aws, group.logGroupName)))).flat();
}

async function linesOf(aws: Aws, logGroupName: string): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  let nextToken: string | undefined;
  do {
    const page = (await aws.json('logs', 'Logs_20140328.FilterLogEvents', {
      logGroupName,
      ...(nextToken !== undefined && { nextToken }),
    })) as { events?: { timestamp: number; message: string }[]; nextToken?: string };
    const read = (page.events ?? []).map(({ timestamp, message }) => ({
      at: timestamp,
      text: message,
      fields: fieldsOf(message),
    }));
    lines.push(...read);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines.sort((a, b) => a.at - b.at);
}

function fieldsOf(message: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** The lines that carry metrics of a tick, as the schedule has fired them. */
export async function ticksOf(aws: Aws, stack: Deployed): Promise<readonly LogLine[]> {
  return (await logOf(aws, stack, 'scan')).filter((line) => 'TicksSucceeded' in line.fields);
}
