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
import type { Attempt, Resume } from '../domain/attempt.ts';
import type { Decision } from '../domain/decision.ts';
import type { Hold } from '../domain/hold.ts';
import type { History } from '../domain/stays.ts';
import type { AppSignals, Signal } from '../signals/signal.ts';
import { bodyOf, type Item, ledgerFrom } from './items.ts';
import {
  ATTEMPT,
  DECISION,
  FLEET,
  HISTORY,
  HOLD,
  HOT,
  instantKey,
  type Key,
  keys,
  MAP,
  pipelineKey,
  RESUME,
  VIEW,
} from './keys.ts';
import type { MapEntry, PipelineRows, PipelineView, Table, TickRecord, Won } from './port.ts';

export interface DynamoOptions {
  readonly tableName: string;
  readonly client: DynamoDBClient;
}

/** What the table sends its commands to. */
export type Documents = Pick<DynamoDBDocumentClient, 'send'>;

/** Far longer than an artifact is in play: what still counts does not expire. */
const SIGNAL_DAYS = 400;
/** GitHub redelivers for three days, Heroku for three. */
const DELIVERY_DAYS = 14;
/** Without what an earlier version did not write. */
type StoredView = Omit<PipelineView, 'wokenAt' | Lasting> & Partial<Pick<PipelineView, Lasting>>;
type Lasting = 'behindSince' | 'unknownSince';
/** More results of one commit are not weighed at all: GitHub allows 256 jobs in one matrix. */
const RESULTS_MAX = 5_000;
/** Results about an app in one page. */
const APP_PAGE = 100;

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
      const { Attributes: before } = await named(db.send(new PutCommand(input)));
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
      const page = items.map((item) => JSON.parse(item.body) as Signal);
      const wanted = page.filter((one) => one.at >= about.from && about.isWanted(one));
      const last = items.at(-1);
      if (wanted.length > 0 || last === undefined || items.length < APP_PAGE) return wanted;
      if ((page.at(-1)?.at ?? 0) < about.from) return wanted;
      after = { pk, sk: last.sk };
    }
  };

  return {
    async pipelineRows(pipelineId) {
      const items = await query(pipelineKey(pipelineId), HOT);
      const one = <T>(key: Key): T | null => bodyOf<T>(items.find((item) => item.sk === key.sk));
      return {
        ledger: ledgerFrom(items.find((item) => item.sk === keys.ledger(pipelineId).sk)),
        holds: items.filter((item) => item.sk.startsWith(HOLD)).flatMap((item) => bodyOf<Hold>(item) ?? []),
        decision: one<Decision>(keys.newestDecision(pipelineId)),
        histories: Object.fromEntries(
          items
            .filter((item) => item.sk.startsWith(HISTORY))
            .map((item) => [item.sk.slice(HISTORY.length), JSON.parse(item.body) as History]),
        ),
        commits: one<PipelineRows['commits']>(keys.commits(pipelineId)) ?? {},
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
    attempt: async (pipelineId, id) => bodyOf<Attempt>(await get(keys.attempt(pipelineId, id))),
    async attempts(pipelineId, { limit, before } = {}) {
      const items = await query(pipelineKey(pipelineId), ATTEMPT, {
        newestFirst: true,
        ...(limit !== undefined && { limit }),
        ...(before !== undefined && { after: keys.attempt(pipelineId, before) }),
      });
      return items.map((item) => JSON.parse(item.body) as Attempt);
    },
    async holds(pipelineId) {
      const items = await query(pipelineKey(pipelineId), HOLD);
      return items.flatMap((item) => bodyOf<Hold>(item) ?? []);
    },
    writeHold: (hold) =>
      put(keys.hold(hold.pipelineId, hold.id), hold, { owner: hold.owner, at: iso(hold.placedAt) }),
    async liftHold(pipelineId, holdId, by, at) {
      const key = keys.hold(pipelineId, holdId);
      const hold = bodyOf<Hold>(await get(key));
      if (hold === null || hold.liftedAt !== null) return 'lost';
      return putIf(
        key,
        { ...hold, liftedAt: at, liftedBy: by },
        { owner: hold.owner, at: iso(hold.placedAt), liftedBy: by },
        { expression: 'attribute_exists(pk) AND attribute_not_exists(liftedBy)' },
      );
    },
    writeResume: (resume) =>
      put(keys.resume(resume.pipelineId, resume.id), resume, { actor: resume.actor, at: iso(resume.at) }),
    async resumes(pipelineId) {
      return (await query(pipelineKey(pipelineId), RESUME)).map((item) => JSON.parse(item.body) as Resume);
    },
    async writeDecision(decision) {
      await put(keys.decision(decision.pipelineId, decision.at), decision, {
        pipeline: decision.pipeline,
        at: iso(decision.at),
      });
      await put(keys.newestDecision(decision.pipelineId), decision);
    },
    async decisions(pipelineId, limit) {
      const items = await query(pipelineKey(pipelineId), DECISION, { newestFirst: true, limit });
      return items.map((item) => JSON.parse(item.body) as Decision);
    },
    async writeHistories(pipelineId, histories) {
      for (const [appId, history] of Object.entries(histories)) {
        await put(keys.history(pipelineId, appId), history);
      }
    },
    writeCommits: (pipelineId, commits) => put(keys.commits(pipelineId), commits),

    async fleet() {
      const items = await query(FLEET, '');
      const views = items
        .filter((item) => item.sk.startsWith(VIEW) && item.body !== undefined)
        .map(
          (item): PipelineView => ({
            // A row of an earlier version lacks them.
            behindSince: null,
            unknownSince: null,
            ...(JSON.parse(item.body) as StoredView),
            wokenAt: typeof item['wokenAt'] === 'number' ? item['wokenAt'] : null,
          }),
        );
      return {
        views,
        map: items.filter((item) => item.sk.startsWith(MAP)).flatMap((item) => bodyOf<MapEntry>(item) ?? []),
        tick: bodyOf<TickRecord>(items.find((item) => item.sk === keys.tick().sk)),
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
      return items.map((item) => JSON.parse(item.body) as Signal).sort((a, b) => b.at - a.at);
    },
    async signalsOfApp(names, about, signal) {
      const found: Signal[] = [];
      for (const name of names) {
        const pk = keys.signalOfApp(name);
        const legacy = await query(pk, '0', { newestFirst: true, limit: APP_PAGE * 2, signal });
        found.push(
          ...legacy.map((item) => JSON.parse(item.body) as Signal).filter((one) => one.name === about.name),
        );
        found.push(...(await newestOfApp(pk, about, signal)));
      }
      const wanted = found.filter(
        (one) => one.at >= about.from && one.at <= about.until && about.isWanted(one),
      );
      const newest = Math.max(...wanted.map((one) => one.at));
      return wanted.filter((one) => one.at === newest);
    },
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
