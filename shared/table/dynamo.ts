// The table on DynamoDB: one table, string keys pk and sk, each item's content as JSON in `body` beside the few
// attributes that conditions and people look at. Strongly consistent reads, conditional writes; no transactions, no
// reliance on TTL (`expiresAt` only sweeps old signals away), no leases.

import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Item, ledgerFrom, NO_WRITER } from './items.ts';
import {
  ATTEMPT,
  DECISION,
  DYNOS,
  FLEET,
  HISTORY,
  HOT,
  type Key,
  keys,
  MAP,
  pipelineKey,
  STAND,
  VIEW,
} from './keys.ts';
import { nameRows, sharesOf } from './names.ts';
import { peopleRows } from './people.ts';
import type { PipelineView, Table, Won } from './port.ts';
import { cached, recorded, type Shape, shapes } from './shapes.ts';
import { signalRows } from './signals.ts';
import { dynosFrom, standingsFrom, stopsFrom } from './stops.ts';

export interface DynamoOptions {
  readonly tableName: string;
  readonly client: DynamoDBClient;
}

/** What the table sends its commands to. */
export type Documents = Pick<DynamoDBDocumentClient, 'send'>;

/** GitHub redelivers for three days, Heroku for three. */
const DELIVERY_DAYS = 14;
export function createDynamoTable({ tableName, client }: DynamoOptions): Table {
  const marshallOptions = { removeUndefinedValues: true };
  return createDocumentTable(tableName, DynamoDBDocumentClient.from(client, { marshallOptions }));
}

export function createDocumentTable(TableName: string, db: Documents): Table {
  /** DynamoDB does not say which table it has not found. */
  const named = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) {
        error.message = `The table ${TableName} does not exist. If it was deleted by hand, see scan-errors in docs/runbook.md.`;
      }
      throw error;
    }
  };

  const put = async (key: Key, body: unknown, attributes: Record<string, unknown> = {}): Promise<void> => {
    const item = { ...attributes, ...key, body: JSON.stringify(body) } satisfies Item;
    await named(db.send(new PutCommand({ TableName, Item: item })));
  };
  /** A conditional put: `lost` when the condition does not hold, unless the item there is this very write's. */
  const putIf = async (
    key: Key,
    body: unknown,
    attributes: Record<string, unknown>,
    condition: { expression: string; names?: Record<string, string>; values?: Record<string, unknown> },
  ): Promise<Won> => {
    const item: Item = { ...attributes, ...key, body: JSON.stringify(body) };
    try {
      await named(
        db.send(
          new PutCommand({
            TableName,
            Item: item,
            ConditionExpression: condition.expression,
            ...(condition.names && { ExpressionAttributeNames: condition.names }),
            ...(condition.values && { ExpressionAttributeValues: condition.values }),
          }),
        ),
      );
      return 'won';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The SDK sends a write again when its answer was lost; the second then fails on the first's own item.
      const stored = await get(key);
      return stored?.body === item.body && stored['writer'] === item['writer'] ? 'won' : 'lost';
    }
  };
  const get = async (key: Key): Promise<Item | undefined> => {
    const { Item } = await named(db.send(new GetCommand({ TableName, Key: key, ConsistentRead: true })));
    return Item as Item | undefined;
  };
  const update = async (key: Key, expression: string, value: unknown): Promise<void> => {
    const input = {
      TableName,
      Key: key,
      UpdateExpression: expression,
      ExpressionAttributeValues: { ':value': value },
    };
    await named(db.send(new UpdateCommand(input)));
  };
  const query = async (
    pk: string,
    prefix: string,
    options: { newestFirst?: boolean; limit?: number; after?: Key; signal?: AbortSignal | undefined } = {},
  ): Promise<Item[]> => {
    const items: Item[] = [];
    let start: Record<string, unknown> | undefined = options.after && { ...options.after };
    do {
      const input: QueryCommandInput = {
        TableName,
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: prefix === '' ? { ':pk': pk } : { ':pk': pk, ':prefix': prefix },
        ConsistentRead: true,
        ScanIndexForward: options.newestFirst !== true,
        ...(options.limit !== undefined && { Limit: options.limit - items.length }),
        ...(start !== undefined && { ExclusiveStartKey: start }),
      };
      const page = await named(
        db.send(new QueryCommand(input), options.signal && { abortSignal: options.signal }),
      );
      items.push(...((page.Items ?? []) as Item[]));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && (options.limit === undefined || items.length < options.limit));
    return items;
  };

  const people = peopleRows({ put, putIf, get, query });

  return {
    async pipelineRows(pipelineId, predecessors = []) {
      const items = await query(pipelineKey(pipelineId), HOT);
      const stops = [stopsFrom(pipelineId, items)];
      for (const id of predecessors) stops.push(await people.stops(id));
      const standings = standingsFrom(pipelineId, items);
      const dynos: Item[] = [];
      for (const id of predecessors) {
        standings.push(...standingsFrom(id, await query(pipelineKey(id), STAND)));
        dynos.push(...(await query(pipelineKey(id), DYNOS)));
      }
      const one = <T>(key: Key, shape: Shape<T>): T | null =>
        cached(
          shape,
          items.find((item) => item.sk === key.sk),
        );
      return {
        ledger: ledgerFrom(items.find((item) => item.sk === keys.ledger(pipelineId).sk)),
        holds: stops.flatMap(({ holds }) => holds),
        rejections: stops.flatMap(({ rejections }) => rejections),
        standings,
        dynos: dynosFrom([...dynos, ...items]),
        decision: one(keys.newestDecision(pipelineId), shapes.decision),
        histories: Object.fromEntries(
          items
            .filter((item) => item.sk.startsWith(HISTORY))
            .flatMap((item) => {
              const history = cached(shapes.history, item);
              return history === null ? [] : [[item.sk.slice(HISTORY.length), history]];
            }),
        ),
        commits: one(keys.commits(pipelineId), shapes.commits) ?? {},
        ancestry: one(keys.ancestry(pipelineId), shapes.ancestry) ?? {},
      };
    },
    ledger: async (pipelineId) => ledgerFrom(await get(keys.ledger(pipelineId))),
    writeLedger: (pipelineId, ledger, before) =>
      putIf(
        keys.ledger(pipelineId),
        ledger,
        { revision: ledger.revision, writer: ledger.writer },
        before === null
          ? { expression: 'attribute_not_exists(pk)' }
          : before === NO_WRITER
            ? { expression: 'NOT attribute_type(writer, :text)', values: { ':text': 'S' } }
            : { expression: 'writer = :before', values: { ':before': before } },
      ),
    writeAttempt: (attempt) =>
      putIf(
        keys.attempt(attempt.pipelineId, attempt.id),
        attempt,
        { pipeline: attempt.pipeline, wave: attempt.to, state: attempt.state, at: iso(attempt.claimedAt) },
        attempt.sentAt === null
          ? { expression: 'attribute_not_exists(pk)' }
          : {
              expression: 'attribute_not_exists(pk) OR #state = :open',
              names: { '#state': 'state' },
              values: { ':open': 'open' },
            },
      ),
    async attempt(pipelineId, id) {
      const item = await get(keys.attempt(pipelineId, id));
      return item === undefined ? null : recorded(shapes.attempt, item);
    },
    async attempts(pipelineId, { limit, before } = {}) {
      const items = await query(pipelineKey(pipelineId), ATTEMPT, {
        newestFirst: true,
        ...(limit !== undefined && { limit }),
        ...(before !== undefined && { after: keys.attempt(pipelineId, before) }),
      });
      return items.map((item) => recorded(shapes.attempt, item));
    },
    ...people,
    async writeDecision(decision) {
      await put(keys.decision(decision.pipelineId, decision.at), decision, {
        pipeline: decision.pipeline,
        at: iso(decision.at),
      });
      await put(keys.newestDecision(decision.pipelineId), decision);
    },
    rewordDecision: (decision) => put(keys.newestDecision(decision.pipelineId), decision),
    async decisions(pipelineId, limit) {
      const items = await query(pipelineKey(pipelineId), DECISION, { newestFirst: true, limit });
      return items.flatMap((item) => cached(shapes.decision, item) ?? []);
    },
    async writeHistories(pipelineId, histories) {
      for (const [appId, history] of Object.entries(histories)) {
        await put(keys.history(pipelineId, appId), history);
      }
    },
    writeDynos: (pipelineId, dynos, at) => put(keys.dynos(pipelineId, dynos.appId), { ...dynos, seenAt: at }),
    writeCommits: (pipelineId, commits) => put(keys.commits(pipelineId), commits),
    writeAncestry: (pipelineId, contains) => put(keys.ancestry(pipelineId), contains),

    async fleet() {
      const items = await query(FLEET, '');
      const views = items.flatMap((item): PipelineView[] => {
        const stored = item.sk.startsWith(VIEW) ? cached(shapes.view, item) : null;
        if (stored === null) return [];
        const wokenAt = typeof item['wokenAt'] === 'number' ? item['wokenAt'] : null;
        // A row of an earlier version lacks them.
        return [{ behindSince: null, unknownSince: null, ...stored, wokenAt }];
      });
      return {
        views,
        map: items.flatMap((item) => (item.sk.startsWith(MAP) ? (cached(shapes.mapEntry, item) ?? []) : [])),
        tick: cached(
          shapes.tick,
          items.find((item) => item.sk === keys.tick().sk),
        ),
        shares: sharesOf(items),
      };
    },
    async writeView(view) {
      await update(keys.view(view.pipelineId), 'SET body = :value', JSON.stringify(view));
    },
    async wake(pipelineId, at) {
      await update(keys.view(pipelineId), 'SET wokenAt = :value', at);
    },
    writeMapEntry: (entry) => put(keys.map(entry.key), entry),
    writeTick: (tick) => put(keys.tick(), tick, { at: iso(tick.at) }),

    ...nameRows({ putIf, query }),
    ...signalRows({ TableName, send: (command) => named(db.send(command)), put, query }),
    noteDelivery: (source, deliveryId, at) =>
      putIf(
        keys.delivery(source, deliveryId),
        { at },
        { writer: randomUUID(), expiresAt: Math.floor(at / 1000) + DELIVERY_DAYS * 86_400 },
        { expression: 'attribute_not_exists(pk)' },
      ),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
