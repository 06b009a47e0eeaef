// The rows of what is on record about the installation (what configured names mean, that there are defaults), and of what
// deliveries may spend.

import { randomUUID } from 'node:crypto';
import type { Item } from './items.ts';
import { INSTALLATION, type Key, keys, NAME, SHARE } from './keys.ts';
import type { NameRecord, Table, Won } from './port.ts';
import { cached, shapes, UnreadRecord } from './shapes.ts';

interface Rows {
  readonly query: (pk: string, prefix: string) => Promise<Item[]>;
  readonly putIf: (
    key: Key,
    body: unknown,
    attributes: Record<string, unknown>,
    condition: { expression: string; values?: Record<string, unknown> },
  ) => Promise<Won>;
}

/** It means no pipeline, so none is looked at under the name. */
const UNREAD: Omit<NameRecord, 'name'> = { pipelineId: '', herokuName: '', since: 0, predecessors: [] };

export function nameRows({
  query,
  putIf,
}: Rows): Pick<Table, 'names' | 'writeName' | 'writeShare' | 'hadDefaults' | 'noteDefaults'> {
  const unless = (attribute: string, before: unknown) =>
    before === null
      ? { expression: 'attribute_not_exists(pk)' }
      : { expression: `${attribute} = :before`, values: { ':before': before } };
  return {
    // Whatever the row says: that it is there is what counts.
    hadDefaults: async () => (await query(INSTALLATION, keys.defaults().sk)).length > 0,
    async noteDefaults(at) {
      await putIf(keys.defaults(), { since: at }, {}, { expression: 'attribute_not_exists(pk)' });
    },
    async names() {
      return (await query(INSTALLATION, NAME)).map((item) => {
        const name = item.sk.slice(NAME.length);
        const record = cached(shapes.name, item);
        return record?.name === name ? record : { ...UNREAD, name, unread: new UnreadRecord(item).message };
      });
    },
    writeName: (record, before) =>
      putIf(keys.name(record.name), record, { pipelineId: record.pipelineId }, unless('pipelineId', before)),
    // Two deliveries at one instant write the same: the writer tells them apart.
    writeShare: (key, fullAt, before) =>
      putIf(keys.share(key), {}, { fullAt, writer: randomUUID() }, unless('fullAt', before)),
  };
}

export function sharesOf(items: readonly Item[]): Readonly<Record<string, number>> {
  const shares = items.flatMap((item): [string, number][] =>
    item.sk.startsWith(SHARE) && typeof item['fullAt'] === 'number'
      ? [[item.sk.slice(SHARE.length), item['fullAt']]]
      : [],
  );
  return Object.fromEntries(shares);
}
