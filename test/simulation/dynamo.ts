// DynamoDB as the table's adapter speaks to it, in memory: items by key, the conditions the adapter writes, consistent
// reads and others, pages, and rows that have expired. Held to dynalite by dynamo.test.ts.

import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  type GetCommandInput,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';

export type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

export interface Written {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** How reads go: with nothing said, each is the newest, on one page. */
export interface Reading {
  /** How many items there are on a page at most, whatever limit is asked for. */
  readonly pageMax: number;
  /** How old what is read may be where nobody asks for the newest, ms. */
  readonly staleMs: () => number;
}

/** For so long what was there before a change is kept, ms. */
const BEFORE_MS = 15_000;

interface Change {
  readonly at: number;
  readonly pk: string;
  readonly sk: string;
  readonly before: Item | undefined;
}

/** The items of a table. `onWrite` is told of every change. */
export class Items {
  readonly #items = new Map<string, Map<string, Item>>();
  /** The sort keys of each partition, in their order. */
  readonly #keys = new Map<string, string[]>();
  /** Those with a time from which they may be gone, epoch seconds. */
  readonly #expiring = new Map<Item, number>();
  /** The last changes, oldest first; none where there is no clock. */
  #changes: Change[] = [];
  readonly #now: (() => number) | null;
  onWrite: (written: Written) => void = () => {};

  constructor(now: (() => number) | null = null) {
    this.#now = now;
  }

  get(pk: string, sk: string): Item | undefined {
    return this.#items.get(pk)?.get(sk);
  }

  all(): readonly Item[] {
    return [...this.#items.values()].flatMap((partition) => [...partition.values()]);
  }

  set(item: Item): void {
    const partition = this.#items.get(item.pk) ?? new Map<string, Item>();
    this.#items.set(item.pk, partition);
    const before = partition.get(item.sk);
    if (before === undefined) {
      const keys = this.#keys.get(item.pk) ?? [];
      this.#keys.set(item.pk, keys);
      keys.splice(placeOf(keys, item.sk), 0, item.sk);
    }
    partition.set(item.sk, item);
    this.#note(item, before);
    const expiresAt = item['expiresAt'];
    if (typeof expiresAt === 'number') this.#expiring.set(item, expiresAt);
    this.onWrite({ before, after: item });
  }

  delete(pk: string, sk: string): void {
    const before = this.get(pk, sk);
    if (before === undefined) return;
    this.#items.get(pk)?.delete(sk);
    const keys = this.#keys.get(pk) ?? [];
    keys.splice(placeOf(keys, sk), 1);
    this.#note(before, before);
    this.onWrite({ before, after: undefined });
  }

  #note({ pk, sk }: Item, before: Item | undefined): void {
    if (before !== undefined) this.#expiring.delete(before);
    if (this.#now === null) return;
    const at = this.#now();
    this.#changes.push({ at, pk, sk, before });
    if (this.#changes.length > 500) this.#changes = this.#changes.filter((one) => one.at > at - BEFORE_MS);
  }

  /** Those that may be gone by then: DynamoDB takes them out some day later, and reads give them until it does. */
  expired(now: number): readonly Item[] {
    const found: Item[] = [];
    for (const [item, expiresAt] of this.#expiring) if (expiresAt * 1_000 <= now) found.push(item);
    return found;
  }

  /** As the partition was so long ago: what is read where nobody asks for the newest. */
  partitionBefore(pk: string, prefix: string, agoMs: number): readonly Item[] {
    const since = (this.#now?.() ?? 0) - agoMs;
    const changes = this.#changes.filter((one) => one.pk === pk && one.at > since);
    if (changes.length === 0) return this.partition(pk, prefix);
    const then = new Map(this.#items.get(pk));
    for (const { sk, before } of changes.reverse()) {
      if (before === undefined) then.delete(sk);
      else then.set(sk, before);
    }
    const sorted = [...then].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.flatMap(([sk, item]) => (sk.startsWith(prefix) ? [item] : []));
  }

  /** Those whose sort keys begin so, in the keys' order. */
  partition(pk: string, prefix = ''): readonly Item[] {
    const items = this.#items.get(pk);
    if (items === undefined) return [];
    const keys = this.#keys.get(pk) ?? [];
    const found: Item[] = [];
    for (let at = placeOf(keys, prefix); keys[at]?.startsWith(prefix) === true; at++) {
      const item = items.get(keys[at] ?? '');
      if (item !== undefined) found.push(item);
    }
    return found;
  }
}

/** Where a key is, or would be, among keys in their order. */
function placeOf(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Carries out one command. Throws what DynamoDB throws; a command that it does not know is a mistake of the test. */
export function carryOut(
  items: Items,
  command: unknown,
  reading: Reading = ON_ONE_PAGE,
): Record<string, unknown> {
  if (command instanceof PutCommand) return put(items, command.input);
  if (command instanceof GetCommand) return get(items, command.input, reading);
  if (command instanceof QueryCommand) return query(items, command.input, reading);
  if (command instanceof UpdateCommand) return update(items, command.input);
  throw new Error(`The simulated table knows no ${String(command?.constructor.name)}.`);
}

export const ON_ONE_PAGE: Reading = { pageMax: Number.POSITIVE_INFINITY, staleMs: () => 0 };

/** What a command is about, for the trace: `put pipeline#… hot#ledger`. */
export function nameOf(command: unknown): string {
  const { input } = command as { input: { Item?: Item; Key?: Item; ExpressionAttributeValues?: object } };
  const verb = String(command?.constructor.name).replace('Command', '').toLowerCase();
  const key = input.Item ?? input.Key;
  const values = Object.values(input.ExpressionAttributeValues ?? {}).map(String);
  return key === undefined ? `${verb} ${values.join(' ')}` : `${verb} ${key.pk} ${key.sk}`;
}

function put(items: Items, { Item, ...condition }: PutCommandInput): Record<string, unknown> {
  const item = clean(Item as Item);
  const before = items.get(item.pk, item.sk);
  demand(before, condition);
  items.set(item);
  return condition.ReturnValues === 'ALL_OLD' && before !== undefined ? { Attributes: before } : {};
}

function get(
  items: Items,
  { Key, ConsistentRead }: GetCommandInput,
  reading: Reading,
): Record<string, unknown> {
  const { pk, sk } = Key as Item;
  if (ConsistentRead === true) return { Item: items.get(pk, sk) };
  return { Item: items.partitionBefore(pk, sk, reading.staleMs()).find((item) => item.sk === sk) };
}

function update(
  items: Items,
  { Key, UpdateExpression, ...rest }: UpdateCommandInput,
): Record<string, unknown> {
  const { pk, sk } = Key as Item;
  const before = items.get(pk, sk);
  demand(before, rest);
  const set = /^SET (\w+) = (:\w+)$/.exec(UpdateExpression ?? '');
  if (set === null) throw new Error(`The simulated table knows no update like ${UpdateExpression}.`);
  const [, attribute = '', value = ''] = set;
  items.set({ ...before, pk, sk, [attribute]: rest.ExpressionAttributeValues?.[value] });
  return {};
}

const KEY_CONDITIONS: readonly (string | undefined)[] = ['pk = :pk', 'pk = :pk AND begins_with(sk, :prefix)'];

function query(items: Items, input: QueryCommandInput, reading: Reading): Record<string, unknown> {
  const { KeyConditionExpression: keys, FilterExpression: filter, ConsistentRead } = input;
  if (!KEY_CONDITIONS.includes(keys)) throw new Error(`The simulated table knows no key like ${keys}.`);
  const values = (input.ExpressionAttributeValues ?? {}) as Record<string, string>;
  const [pk, prefix] = [values[':pk'] ?? '', values[':prefix'] ?? ''];
  const forward = input.ScanIndexForward !== false;
  const found =
    ConsistentRead === true
      ? items.partition(pk, prefix)
      : items.partitionBefore(pk, prefix, reading.staleMs());
  const ordered = forward ? found : [...found].reverse();
  const after = (input.ExclusiveStartKey as Item | undefined)?.sk;
  const rest =
    after === undefined ? ordered : ordered.filter(({ sk }) => (forward ? sk > after : sk < after));
  const page = rest.slice(0, Math.min(input.Limit ?? rest.length, reading.pageMax));
  const last = page.at(-1);
  const more = last !== undefined && page.length < rest.length;
  return {
    // What is filtered out counts for the limit and for the page.
    Items: filter === undefined ? page : page.filter((item) => holds(filter, item, input)),
    LastEvaluatedKey: more ? { pk: last.pk, sk: last.sk } : undefined,
  };
}

function clean(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) as Item;
}

type Condition = Pick<
  PutCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

function demand(item: Item | undefined, condition: Condition): void {
  const { ConditionExpression: expression } = condition;
  if (expression === undefined || holds(expression, item, condition)) return;
  throw new ConditionalCheckFailedException({ $metadata: {}, message: 'The conditional request failed' });
}

/** OR of ANDs of `attribute_exists(x)`, `attribute_not_exists(x)`, `NOT attribute_type(x, :text)`, `x = :value`, `x < :value`. */
function holds(expression: string, item: Item | undefined, condition: Condition): boolean {
  return expression
    .split(' OR ')
    .some((all) => all.split(' AND ').every((term) => holdsTerm(term.trim(), item, condition)));
}

function holdsTerm(term: string, item: Item | undefined, condition: Condition): boolean {
  const name = (text: string): string => condition.ExpressionAttributeNames?.[text] ?? text;
  const exists = /^attribute_(not_)?exists\((\S+)\)$/.exec(term);
  if (exists !== null) {
    const isThere = item?.[name(exists[2] ?? '')] !== undefined;
    return exists[1] === undefined ? isThere : !isThere;
  }
  const noText = /^NOT attribute_type\((\S+), :text\)$/.exec(term);
  if (noText !== null) return typeof item?.[name(noText[1] ?? '')] !== 'string';
  const earlier = /^(\S+) < (:\w+)$/.exec(term);
  if (earlier !== null) {
    const stored = item?.[name(earlier[1] ?? '')];
    return (
      stored !== undefined && String(stored) < String(condition.ExpressionAttributeValues?.[earlier[2] ?? ''])
    );
  }
  const equal = /^(\S+) = (:\w+)$/.exec(term);
  if (equal === null) throw new Error(`The simulated table knows no condition like ${term}.`);
  return item?.[name(equal[1] ?? '')] === condition.ExpressionAttributeValues?.[equal[2] ?? ''];
}
