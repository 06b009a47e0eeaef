// The record of a tick has a bound, however much is wrong: a row of the table holds 400 KB, and every tick reads it. Pure.

import { shortened } from '../domain/words.ts';
import type { TickRecord } from '../table/port.ts';

const PROBLEMS_MAX = 200;
const NAMES_MAX = 500;
const TEXT_MAX = 500;

/** The record with what fits, and how much is left out. */
export function bounded(record: TickRecord): TickRecord {
  const { problems, woken } = record;
  const told = problems.slice(0, PROBLEMS_MAX).map((text) => shortened(text, TEXT_MAX));
  const more = problems.length - told.length;
  const isMore = woken.length > NAMES_MAX;
  return {
    ...record,
    problems:
      more === 0 ? told : [...told, `${more} more problems are left out here: the log of scan has them.`],
    woken: isMore ? woken.slice(0, NAMES_MAX) : woken,
    ...(isMore && { wokenCount: woken.length }),
  };
}
