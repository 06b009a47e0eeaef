// A row as it is stored: its key, what conditions look at as attributes, and the rest as one JSON. Pure.

import { emptyLedger, type Ledger } from '../domain/attempt.ts';
import type { Accept, Retry, Word } from '../domain/said.ts';
import type { Key } from './keys.ts';
import { cached, shapes } from './shapes.ts';

export interface Item extends Key {
  readonly body: string;
  readonly [attribute: string]: unknown;
}

export function bodyOf<T>(item: Item | undefined): T | null {
  return item?.body === undefined ? null : (JSON.parse(item.body) as T);
}

/** Stands for the writer of a row that names none. */
export const NO_WRITER = '';

/**
 * Ledgers of earlier versions tell their writer beside the body alone. One that cannot be read is to be told anew, by
 * whoever names its writer.
 */
export function ledgerFrom(item: Item | undefined): Ledger | null {
  if (item === undefined) return null;
  const writer = typeof item['writer'] === 'string' ? item['writer'] : NO_WRITER;
  const ledger = cached(shapes.ledger, item);
  return ledger === null || writer === NO_WRITER
    ? { ...emptyLedger, writer, isUnread: true }
    : { ...ledger, writer };
}

/** What earlier versions wrote of a person who let go: both words in one. */
type Resume = Omit<Accept, 'kind'> & Omit<Retry, 'kind'>;

export function wordsFromResume(item: Item): readonly Word[] {
  const resume = bodyOf<Resume>(item);
  if (resume === null) return [];
  const { accepted, retried, seenAt, ...said } = resume;
  const accept: Accept = { ...said, kind: 'accept', seenAt, accepted };
  const retry: Retry = { ...said, kind: 'retry', retried };
  return [...(accepted.length === 0 ? [] : [accept]), ...(retried.length === 0 ? [] : [retry])];
}
