// What a wave comes to, in a mark and a few words: the one table that `status`, `why` and a local run share. Pure.

import type { Attempt } from '../domain/attempt.ts';
import type { Decision, StepDecision } from '../domain/decision.ts';
import { firstBlocker, type Verdict } from '../domain/verdict.ts';
import { onlyObserves, shortName } from './account.ts';
import { movingMark, passMark, verdictMark } from './marks.ts';
import type { Span } from './text.ts';

export interface WaveState {
  readonly kind: 'moving' | 'ready' | 'observed' | 'wait' | 'fail' | 'unknown' | 'still';
  readonly mark: Span;
  /** The promotion under way. */
  readonly open: Attempt | null;
  /** The first check that does not pass. */
  readonly blocker: Verdict | null;
}

/** `still`: `words` for a wave that nothing is to be given to. */
export function waveState(
  open: Attempt | undefined,
  decision: Pick<Decision, 'mode' | 'dryRun'>,
  step: Pick<StepDecision, 'candidate' | 'verdicts'>,
  still = 'is not behind',
): WaveState {
  const blocker = firstBlocker(step.verdicts) ?? null;
  const none = { open: null, blocker };
  if (open !== undefined) {
    return { kind: 'moving', mark: movingMark(`is being given ${shortName(open)}`), open, blocker: null };
  }
  if (step.candidate === null) {
    return blocker === null
      ? { ...none, kind: 'still', mark: passMark(still) }
      : { ...none, kind: 'unknown', mark: verdictMark('unknown', 'cannot be told') };
  }
  const name = shortName(step.candidate);
  if (blocker !== null && blocker.state !== 'pass') {
    const { state } = blocker;
    const text = `${state === 'fail' ? 'does not get' : 'waits for'} ${name}`;
    return { ...none, kind: state, mark: verdictMark(state, text) };
  }
  return onlyObserves(decision)
    ? { ...none, kind: 'observed', mark: passMark(`would be given ${name}`) }
    : { ...none, kind: 'ready', mark: passMark(`is ready for ${name}`) };
}

/** True when nobody but a person lets it go on: it was refused, or somebody has to say or do something. */
export function isForAPerson({ kind, blocker }: WaveState): boolean {
  return kind === 'fail' || (blocker !== null && blocker.unblock !== null);
}
