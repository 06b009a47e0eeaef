// Signals in the table: one row an identity for a commit, a log by name for an app.

import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, type PutCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { AppSignals, Signal } from '../signals/signal.ts';
import type { Item } from './items.ts';
import { instantKey, type Key, keys } from './keys.ts';
import type { Table } from './port.ts';
import { recorded, shapes } from './shapes.ts';

/** Far longer than an artifact is in play: what still counts does not expire. */
const SIGNAL_DAYS = 400;
/** More results of one commit are not weighed at all: GitHub allows 256 jobs in one matrix. */
const RESULTS_MAX = 5_000;
/** Results about an app in one page. */
const APP_PAGE = 100;

interface Reach {
  readonly TableName: string;
  readonly send: (command: PutCommand) => Promise<PutCommandOutput>;
  readonly put: (key: Key, body: unknown) => Promise<void>;
  readonly query: (
    pk: string,
    prefix: string,
    options: { newestFirst?: boolean; limit?: number; after?: Key; signal?: AbortSignal | undefined },
  ) => Promise<Item[]>;
}

type Signals = Pick<
  Table,
  'writeSignal' | 'noteSource' | 'hasDelivered' | 'signalsOfCommit' | 'signalsOfApp'
>;

export function signalRows({ TableName, send, put, query }: Reach): Signals {
  /** Writes a result unless a later one is there. True: the state is another one than before. */
  const putLater = async (key: Key, body: Signal, attributes: Record<string, unknown>): Promise<boolean> => {
    const input = {
      TableName,
      Item: { ...attributes, ...key, body: JSON.stringify(body) },
      ConditionExpression: 'attribute_not_exists(pk) OR ord < :ord',
      ExpressionAttributeValues: { ':ord': attributes['ord'] },
      ReturnValues: 'ALL_OLD' as const,
    };
    try {
      const { Attributes: before } = await send(new PutCommand(input));
      return before?.['state'] !== attributes['state'];
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  /** The newest results of a name that are wanted: pages are read until one is found. */
  const newestOfApp = async (pk: string, about: AppSignals, signal?: AbortSignal): Promise<Signal[]> => {
    const prefix = keys.resultsOfApp(about.name);
    let after: Key = { pk, sk: `${prefix}${instantKey(Math.min(about.until, 8e14) + 1)}` };
    for (;;) {
      const items = await query(pk, prefix, { newestFirst: true, limit: APP_PAGE, after, signal });
      const page = items.map((item) => recorded(shapes.signal, item));
      const wanted = page.filter((one) => one.at >= about.from && about.isWanted(one));
      const last = items.at(-1);
      if (wanted.length > 0 || last === undefined || items.length < APP_PAGE) return wanted;
      if ((page.at(-1)?.at ?? 0) < about.from) return wanted;
      after = { pk, sk: last.sk };
    }
  };

  return {
    async writeSignal(signal) {
      const expiresAt = Math.floor(signal.receivedAt / 1000) + SIGNAL_DAYS * 86_400;
      const attributes = { state: signal.state, ord: signal.order ?? '', expiresAt };
      const rows: Key[] = [];
      if (signal.commit !== null) {
        rows.push({ pk: keys.signalOfCommit(signal.commit), sk: keys.resultOfCommit(signal) });
      }
      if (signal.app !== null) {
        rows.push({ pk: keys.signalOfApp(signal.app), sk: keys.resultOfApp(signal) });
      }
      let changed = false;
      for (const key of rows) changed = (await putLater(key, signal, attributes)) || changed;
      return changed ? 'changed' : 'same';
    },
    async noteSource(source, at) {
      await put(keys.sourceSeen(source), { at });
    },
    async hasDelivered(source, signal) {
      const { pk, sk } = keys.sourceSeen(source);
      return (await query(pk, sk, { limit: 1, signal })).length > 0;
    },
    async signalsOfCommit(commit, signal) {
      const items = await query(keys.signalOfCommit(commit), '', { limit: RESULTS_MAX + 1, signal });
      if (items.length > RESULTS_MAX) {
        throw new Error(`there are more than ${RESULTS_MAX} results of ${commit}`);
      }
      return items.map((item) => recorded(shapes.signal, item)).sort((a, b) => b.at - a.at);
    },
    async signalsOfApp(names, about, signal) {
      const found: Signal[] = [];
      for (const name of names) {
        const pk = keys.signalOfApp(name);
        const legacy = await query(pk, '0', { newestFirst: true, limit: APP_PAGE * 2, signal });
        found.push(
          ...legacy.map((item) => recorded(shapes.signal, item)).filter((one) => one.name === about.name),
        );
        found.push(...(await newestOfApp(pk, about, signal)));
      }
      const wanted = found.filter(
        (one) => one.at >= about.from && one.at <= about.until && about.isWanted(one),
      );
      const newest = Math.max(...wanted.map((one) => one.at));
      return wanted.filter((one) => one.at === newest);
    },
  };
}
