// The answers of checks in rows: how each answered, why, and since when. The first that blocks is marked. Pure.

import type { Verdict } from '../domain/verdict.ts';
import { verdictMark } from './marks.ts';
import { advice, type Block, quiet, row, strong, type Words, words } from './text.ts';
import { when } from './time.ts';

export function explainVerdicts(verdicts: readonly Verdict[], now: number): Block {
  const first = verdicts.find((verdict) => verdict.state !== 'pass');
  return verdicts.map((verdict) => {
    const isFirst = verdict === first;
    const mark = words(isFirst ? strong('> ') : '  ', verdictMark(verdict.state));
    // Since when the first blocks is said where the wave is named.
    const since = isFirst ? [] : sinceWords(verdict, now);
    return row(1, mark, isFirst ? strong(verdict.check) : verdict.check, words(verdict.reason, since));
  });
}

function sinceWords(verdict: Verdict, now: number): Words {
  if (verdict.state === 'pass' || verdict.since === null) return [];
  const stop = /[.!?]$/.test(verdict.reason) ? '' : '.';
  return words(stop, quiet(` Since ${when(verdict.since, now)}.`));
}

/**
 * What would let each check that blocks go on: a command, a person, an event, or time. `isSaid`: a person has said what
 * it takes.
 */
export function explainUnblocking(
  verdicts: readonly Verdict[],
  now: number,
  isSaid: (verdict: Verdict) => boolean,
): Block {
  return verdicts
    .filter((verdict) => verdict.state !== 'pass')
    .map((verdict, index) =>
      row(
        1,
        quiet(index === 0 ? 'to go on' : ''),
        verdict.check,
        isSaid(verdict) ? 'said since then: the next tick looks again' : unblocking(verdict, now),
      ),
    );
}

function unblocking({ unblock, until, onEvent }: Verdict, now: number): Words {
  const time = until !== null && until > now ? `by itself at ${when(until, now)}` : null;
  if (unblock !== null) return words(advice(unblock), time === null ? '' : `, or ${time}`);
  if (time !== null) return words(time);
  return words(onEvent ? 'as soon as news of it comes in' : 'nothing to type: the next tick asks again');
}
