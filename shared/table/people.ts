// What people said, in the table: holds, rejections, and words that change what a pipeline goes on from. Holds and
// rejections that count lie where a run reads them; what has been lifted moves on to where only `history` looks.

import type { Hold } from '../domain/hold.ts';
import type { Rejection } from '../domain/rejection.ts';
import { type Item, wordsFromResume } from './items.ts';
import {
  ENDED_HOLD,
  ENDED_REJECTION,
  HOLD,
  type Key,
  keys,
  pipelineKey,
  REJECTION,
  RESUME,
  WORD,
} from './keys.ts';
import type { Lift, Stops, Table, Won } from './port.ts';
import { recorded, shapes } from './shapes.ts';
import { endedHolds, endedRejections, LEFT, overdueHolds, stopsFrom } from './stops.ts';

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
  | 'stops'
  | 'ended'
  | 'writeHold'
  | 'liftHold'
  | 'retireHolds'
  | 'writeRejection'
  | 'liftRejection'
  | 'writeStanding'
  | 'retireStanding'
  | 'writeWord'
  | 'words'
>;

/** A day, seconds. */
const SWEPT_AFTER_S = 86_400;

const iso = (ms: number): string => new Date(ms).toISOString();
const IS_NOT_LIFTED = { expression: 'attribute_exists(pk) AND attribute_not_exists(liftedBy)' };

export function peopleRows({ put, putIf, get, query }: Reach): People {
  // One after the other: where one fails, none may still be under way when a run returns.
  const all = async (ids: readonly string[], ...prefixes: readonly string[]): Promise<readonly Item[]> => {
    const items: Item[] = [];
    for (const id of ids)
      for (const prefix of prefixes) items.push(...(await query(pipelineKey(id), prefix)));
    return items;
  };
  const holdAttributes = ({ owner, placedAt, liftedBy }: Hold) => ({
    owner,
    at: iso(placedAt),
    ...(liftedBy !== null && { liftedBy }),
  });
  const rejectionAttributes = ({ actor, at, liftedBy }: Rejection) => ({
    actor,
    at: iso(at),
    ...(liftedBy !== null && { liftedBy }),
  });

  /** What is left where a run reads: nothing to read, and the table's TTL sweeps it away. Functions can delete nothing. */
  const leave = (key: Key, { by, at }: Pick<Lift, 'by' | 'at'>): Promise<void> =>
    put(key, LEFT, { liftedBy: by, expiresAt: Math.floor(at / 1000) + SWEPT_AFTER_S });
  /** Its record is there before its row is let go of. */
  const retire = async (hold: Hold, at: number): Promise<void> => {
    const { row, ...kept } = hold;
    const key =
      row === undefined
        ? keys.hold(hold.pipelineId, hold.id)
        : { ...keys.hold(hold.pipelineId, ''), sk: row };
    // The row that could not be read is kept as it was.
    const unread = row === undefined ? undefined : (await get(key))?.body;
    await put(keys.endedHold(hold.pipelineId, hold.id), kept, {
      ...holdAttributes(hold),
      ...(unread !== undefined && { unread }),
    });
    await leave(key, { by: hold.liftedBy ?? 'its end', at });
  };

  return {
    async stops(pipelineId, predecessors = []) {
      const stops: Stops[] = [];
      for (const id of [pipelineId, ...predecessors]) {
        stops.push(stopsFrom(id, await all([id], HOLD, REJECTION)));
      }
      return {
        holds: stops.flatMap(({ holds }) => holds),
        rejections: stops.flatMap(({ rejections }) => rejections),
      };
    },
    async ended(pipelineId, predecessors = []) {
      const ids = [pipelineId, ...predecessors];
      const holds = await all(ids, HOLD, ENDED_HOLD);
      const rejections = await all(ids, ENDED_REJECTION);
      return { holds: endedHolds(holds), rejections: endedRejections(rejections) };
    },
    writeHold: (hold) => put(keys.hold(hold.pipelineId, hold.id), hold, holdAttributes(hold)),
    async liftHold(hold, { by, reason, at }) {
      const lifted: Hold = { ...hold, liftedAt: at, liftedBy: by, liftReason: reason };
      if (hold.row === undefined) {
        const key = keys.hold(hold.pipelineId, hold.id);
        const won = await putIf(key, lifted, holdAttributes(lifted), IS_NOT_LIFTED);
        if (won === 'lost') return 'lost';
      }
      await retire(lifted, at);
      return 'won';
    },
    async retireHolds(pipelineId, now) {
      for (const hold of overdueHolds(await query(pipelineKey(pipelineId), HOLD), now))
        await retire(hold, now);
    },
    writeRejection: (rejection) =>
      putIf(keys.rejection(rejection.pipelineId, rejection.id), rejection, rejectionAttributes(rejection), {
        expression: 'attribute_not_exists(pk)',
      }),
    async liftRejection(rejection, { by, reason, at }) {
      const key = keys.rejection(rejection.pipelineId, rejection.id);
      const lifted: Rejection = { ...rejection, liftedAt: at, liftedBy: by, liftReason: reason };
      const won = await putIf(key, lifted, rejectionAttributes(lifted), IS_NOT_LIFTED);
      // One of a rollback stays: the next run would conclude it anew.
      if (won === 'lost' || rejection.why === 'rollback') return won;
      await put(keys.endedRejection(rejection.pipelineId, rejection.id), lifted, rejectionAttributes(lifted));
      await leave(key, { by, at });
      return 'won';
    },
    writeStanding: (standing, at) => put(keys.standing(standing), standing, { at: iso(at) }),
    retireStanding: (standing, at) => leave(keys.standing(standing), { by: 'its end', at }),
    writeWord: (word) => {
      const { kind, actor } = word;
      return put(keys.word(word.pipelineId, word.id), word, { kind, actor, at: iso(word.at) });
    },
    async words(pipelineId, predecessors = []) {
      const ids = [pipelineId, ...predecessors];
      const older = await all(ids, RESUME);
      const items = await all(ids, WORD);
      return [...older.flatMap(wordsFromResume), ...items.map((item) => recorded(shapes.word, item))];
    },
  };
}
