// DynamoDB as the table's adapter speaks to it, in memory: items by key, the conditions the adapter writes, consistent
// reads. Held to dynalite by dynamo.test.ts.

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

/** The items of a table. `onWrite` is told of every change. */
export class Items {
  readonly #items = new Map<string, Map<string, Item>>();
  /** The sort keys of each partition, in their order. */
  readonly #keys = new Map<string, string[]>();
  onWrite: (written: Written) => void = () => {};

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
    this.onWrite({ before, after: item });
  }

  delete(pk: string, sk: string): void {
    const before = this.get(pk, sk);
    if (before === undefined) return;
    this.#items.get(pk)?.delete(sk);
    const keys = this.#keys.get(pk) ?? [];
    keys.splice(placeOf(keys, sk), 1);
    this.onWrite({ before, after: undefined });
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
export function carryOut(items: Items, command: unknown): Record<string, unknown> {
  if (command instanceof PutCommand) return put(items, command.input);
  if (command instanceof GetCommand) return get(items, command.input);
  if (command instanceof QueryCommand) return query(items, command.input);
  if (command instanceof UpdateCommand) return update(items, command.input);
  throw new Error(`The simulated table knows no ${String(command?.constructor.name)}.`);
}

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

function get(items: Items, { Key }: GetCommandInput): Record<string, unknown> {
  const { pk, sk } = Key as Item;
  return { Item: items.get(pk, sk) };
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

function query(items: Items, input: QueryCommandInput): Record<string, unknown> {
  const values = (input.ExpressionAttributeValues ?? {}) as Record<string, string>;
  const prefix = values[':prefix'] ?? '';
  const forward = input.ScanIndexForward !== false;
  const found = items.partition(values[':pk'] ?? '', prefix);
  const ordered = forward ? found : [...found].reverse();
  const after = (input.ExclusiveStartKey as Item | undefined)?.sk;
  const rest =
    after === undefined ? ordered : ordered.filter(({ sk }) => (forward ? sk > after : sk < after));
  const page = rest.slice(0, input.Limit ?? rest.length);
  const last = page.at(-1);
  const more = last !== undefined && page.length < rest.length;
  return { Items: page, LastEvaluatedKey: more ? { pk: last.pk, sk: last.sk } : undefined };
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
