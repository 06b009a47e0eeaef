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

/** `stack`: the parameter the stack wrote, which tells since when there is something that could tick. */
export function examineTick(
  tick: TickRecord | null,
  stack: Parameter | undefined,
  now: number,
): readonly Finding[] {
  const { ok, warning, problem } = findingsOf('ticks');
  const looking = {
    expected: 'a record every five minutes at least',
    todo: 'aws events list-rules   (is the rule of the schedule ENABLED? If it is, the log group of the scan function says more)',
  };
  if (tick === null) {
    const isNew = stack !== undefined && now - stack.changedAt < NEW_MS;
    return isNew
      ? [
          warning('last tick', 'none yet: the stack is new', {
            todo: 'npx sluice doctor   (in a minute or two)',
          }),
        ]
      : [problem('last tick', 'none on record: nothing is looking', looking)];
  }
  const ago = `${instant(tick.at)}, ${duration(Math.max(0, roundedDown(now - tick.at)))} ago`;
  if (now - tick.at > silentMs(tick.tickMs))
    return [problem('last tick', `${ago}: nothing is looking since`, looking)];
  if (!tick.ok) {
    const [why = 'it does not say why', ...others] = tick.problems;
    return [
      problem('last tick', `${ago}, was stopped: ${why}`),
      ...others.map((text) => warning('on its way', text)),
    ];
  }
  return [ok('last tick', ago), ...tick.problems.map((text) => warning('on its way', text))];
}

const roundedDown = (ms: number): number => Math.floor(ms / 1000) * 1000;
