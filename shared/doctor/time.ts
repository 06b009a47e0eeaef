// Is this machine's clock right, and is anybody looking at the pipelines? Pure.

import { duration, instant } from '../domain/words.ts';
import type { Parameter } from '../parameters/port.ts';
import { silentMs } from '../scan/silence.ts';
import type { TickRecord } from '../table/port.ts';
import { type Finding, findingsOf } from './finding.ts';

const MINUTE_MS = 60_000;
/** Heroku tells whole seconds, and an answer takes a moment. */
const CLOCK_OFF_MS = 2 * MINUTE_MS;
/** A new stack's first tick comes within this, unless its schedule says otherwise. */
const NEW_MS = 10 * MINUTE_MS;

export function examineClock({ theirs, ours }: { readonly theirs: number; readonly ours: number }): Finding {
  const { ok, warning } = findingsOf('clock');
  const off = ours - theirs;
  if (Math.abs(off) <= CLOCK_OFF_MS) return ok('this machine', `${instant(ours)}, as Heroku has it`);
  const way = off > 0 ? 'fast' : 'slow';
  return warning('this machine', `${duration(Math.abs(off))} ${way}: it says ${instant(ours)}`, {
    expected: `${instant(theirs)}, as Heroku has it: AWS and webhooks refuse what is signed at a wrong time`,
    todo: 'sudo timedatectl set-ntp true   (or whatever sets the clock of this machine)',
  });
}

/** `stack`: the parameter the stack wrote, which tells since when there is something that could tick.
 * `others`: what the tick said of it too is not told twice. */
export function examineTick(
  tick: TickRecord | null,
  stack: Parameter | undefined,
  now: number,
  others: readonly Finding[] = [],
): readonly Finding[] {
  const { ok, warning, problem } = findingsOf('ticks');
  const said = (text: string) => (isTold(text, others) ? [] : [warning('last tick said', text)]);
  const looking = {
    expected: 'a record every five minutes at least',
    todo: 'aws events list-rules   (is the rule of the schedule ENABLED? If it is, the log group of the scan function says more)',
  };
  if (tick === null) {
    const isNew = stack !== undefined && now - stack.changedAt < NEW_MS;
    return isNew
      ? [
          warning('last tick', 'none yet: the stack is new', {
            todo: 'sluice doctor   (in a minute or two)',
          }),
        ]
      : [problem('last tick', 'none on record: nothing is looking', looking)];
  }
  const ago = `${instant(tick.at)}, ${duration(Math.max(0, roundedDown(now - tick.at)))} ago`;
  if (now - tick.at > silentMs(tick.tickMs))
    return [problem('last tick', `${ago}: nothing is looking since`, looking)];
  if (!tick.ok) {
    const [why = 'it does not say why', ...rest] = tick.problems;
    return [problem('last tick', `${ago}, was stopped: ${why}`), ...rest.flatMap(said)];
  }
  const kept = `${ago} (recorded every 5 minutes while ticks go well)`;
  return [ok('last tick', kept), ...tick.problems.flatMap(said)];
}

/** `/sluice/pipelines/api: waves: found 3, expected …` says what the finding `pipelines/api: waves: found 3` does. */
function isTold(text: string, others: readonly Finding[]): boolean {
  return others.some(({ state, subject, found }) => {
    const [name = '', ...rest] = text.split(': ');
    const isSame = name.endsWith(`/${subject}`) && rest.join(': ').startsWith(found);
    return state !== 'ok' && isSame;
  });
}

const roundedDown = (ms: number): number => Math.floor(ms / 1000) * 1000;
