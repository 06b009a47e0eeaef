// What people said, in the table: holds, rejections, and words that change what a pipeline goes on from.

import type { Hold } from '../domain/hold.ts';
import type { Rejection } from '../domain/rejection.ts';
import type { Word } from '../domain/said.ts';
import { bodyOf, type Item, wordsFromResume } from './items.ts';
import { HOLD, type Key, keys, pipelineKey, RESUME, WORD } from './keys.ts';
import type { Table, Won } from './port.ts';

interface Reach {
  readonly put: (key: Key, body: unknown, attributes: Record<string, unknown>) => Promise<void>;
  readonly putIf: (
    key: Key,
    body: unknown,
    attributes: Record<string, unknown>,
    condition: { expression: string },
  ) => Promise<Won>;
  readonly get: (key: Key) => Promise<Item | undefined>;
  readonly query: (pk: string, prefix: string) => Promise<Item[]>;
}

type People = Pick<
  Table,
  'holds' | 'writeHold' | 'liftHold' | 'writeRejection' | 'liftRejection' | 'writeWord' | 'words'
>;

const iso = (ms: number): string => new Date(ms).toISOString();
const IS_NOT_LIFTED = { expression: 'attribute_exists(pk) AND attribute_not_exists(liftedBy)' };

export function peopleRows({ put, putIf, get, query }: Reach): People {
  return {
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
      const attributes = { owner: hold.owner, at: iso(hold.placedAt), liftedBy: by };
      return putIf(key, { ...hold, liftedAt: at, liftedBy: by }, attributes, IS_NOT_LIFTED);
    },
    writeRejection: (rejection) =>
      putIf(
        keys.rejection(rejection.pipelineId, rejection.id),
        rejection,
        { actor: rejection.actor, at: iso(rejection.at) },
        { expression: 'attribute_not_exists(pk)' },
      ),
    async liftRejection(pipelineId, id, by, at) {
      const key = keys.rejection(pipelineId, id);
      const rejection = bodyOf<Rejection>(await get(key));
      if (rejection === null || rejection.liftedAt !== null) return 'lost';
      const attributes = { actor: rejection.actor, at: iso(rejection.at), liftedBy: by };
      return putIf(key, { ...rejection, liftedAt: at, liftedBy: by }, attributes, IS_NOT_LIFTED);
    },
    writeWord: (word) => {
      const { kind, actor } = word;
      return put(keys.word(word.pipelineId, word.id), word, { kind, actor, at: iso(word.at) });
    },
    async words(pipelineId) {
      const [older, items] = await Promise.all([
        query(pipelineKey(pipelineId), RESUME),
        query(pipelineKey(pipelineId), WORD),
      ]);
      return [...older.flatMap(wordsFromResume), ...items.flatMap((item) => bodyOf<Word>(item) ?? [])];
    },
  };
}
