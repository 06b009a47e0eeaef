// The mark that `sluice config push`, and nothing else, sets before its first write and after its last: what is read
// while it stands at `begun`, or while it changes, may be of two configurations. Pure.

import * as z from 'zod';
import { type ParameterNames, prefixOption } from '../parameters/names.ts';
import type { Parameter } from '../parameters/port.ts';
import { type ConfigProblem, problem, shown } from './problem.ts';

const schema = z.object({
  state: z.enum(['begun', 'done']),
  /** Of the push. */
  id: z.string(),
  /** Who pushed. */
  by: z.string().optional(),
  /** When the push began or was done, ISO 8601. */
  at: z.string(),
});

export type PushMark = z.infer<typeof schema>;

/** What the parameter holds. */
export const pushMarkText = (mark: PushMark): string => JSON.stringify(mark);

/** Whether two readings found the same mark; that there is none is a mark, too. */
export function isSameMark(a: Parameter | undefined, b: Parameter | undefined): boolean {
  return a?.version === b?.version && a?.value === b?.value;
}

/** The problem that a push has begun and is not done. Null: no push is under way, or there never was one. */
export function unfinishedPush(mark: Parameter | undefined, names: ParameterNames): ConfigProblem | null {
  if (mark === undefined) return null;
  const completes = `sluice config push <dir>${prefixOption(names.prefix)}`;
  const read = readMark(mark.value);
  if (read === null) {
    return problem(names.push, [], shown(mark.value), `the mark of a push: ${completes} writes it anew`);
  }
  if (read.state === 'done') return null;
  const who = read.by === undefined ? '' : ` by ${read.by}`;
  const expected = `a push that is done, as no pipeline is looked at before: ${completes} completes it`;
  return problem(names.push, [], `a push begun${who} at ${read.at}`, expected);
}

/** The problem that the mark does not stand still. */
export function movingMark(names: ParameterNames): ConfigProblem {
  const expected = 'one configuration: the next tick reads it again';
  return problem(names.push, [], 'one push after the other while the parameters were read', expected);
}

function readMark(text: string): PushMark | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
