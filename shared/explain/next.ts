// What moves next, as the newest decision saw it, less what a person's word has taken out of the way since. Nothing is
// promised that another answer forbids. Pure.

import { nextOpening } from '../checks/opening.ts';
import type { Stand } from '../domain/attempt.ts';
import type { Decision, StepDecision } from '../domain/decision.ts';
import { holdsOn, unholdCommand } from '../domain/hold.ts';
import { allowCommand, rejectionsOf } from '../domain/rejection.ts';
import type { Retry } from '../domain/said.ts';
import { earliestMove, fail, type Verdict, wait } from '../domain/verdict.ts';
import { listOf } from '../domain/words.ts';
import { type Account, holdableWaves, onlyObserves, openTo, shortName } from './account.ts';
import { advice, type Block, quiet, row, type Words, words } from './text.ts';
import { when } from './time.ts';

/** What the decision does not know of yet. */
export interface Cleared {
  readonly accepted?: readonly Stand[];
  readonly retried?: Retry['retried'];
}

/** One wave, and what it would be given next. */
export interface Next {
  readonly wave: string;
  readonly artifact: string;
  readonly commit: string | null;
  /** `ready`: every check passed when it was asked last. */
  readonly state: 'promoting' | 'ready' | 'observed' | 'waits';
  /** The earliest time at which what blocks it can have gone; null: it cannot be known, or nothing blocks. */
  readonly notBeforeAt: number | null;
  /** The checks that block it. */
  readonly blockers: readonly string[];
  /** What lets the first of them go on that time does not. */
  readonly remedy: string | null;
}

export function nextMoves(
  account: Account,
  cleared: Cleared = {},
  wave: string | null = null,
): readonly Next[] {
  const { decision } = account;
  if (decision === null) return [];
  return decision.steps
    .filter((step) => wave === null || step.to === wave)
    .flatMap((step) => nextMove(account, decision, step, cleared) ?? []);
}

function nextMove(account: Account, decision: Decision, step: StepDecision, cleared: Cleared): Next | null {
  const open = openTo(account, step.to);
  const moving = open ?? step.candidate;
  if (moving === null) return null;
  const { artifact, commit } = moving;
  const next = { wave: step.to, artifact, commit, notBeforeAt: null, blockers: [], remedy: null };
  if (open !== undefined) return { ...next, state: 'promoting' };
  const blocking = blockingOf(account, decision, step, cleared);
  if (blocking.length === 0) return { ...next, state: onlyObserves(decision) ? 'observed' : 'ready' };
  const isOpen = blocking.some(({ until }) => until === null);
  const stuck = blocking.find(({ until, unblock }) => until === null && unblock !== null);
  return {
    ...next,
    state: 'waits',
    notBeforeAt: isOpen ? null : earliestMove([...blocking, ...hoursOf(step)], account.now, nextOpening),
    blockers: [...new Set(blocking.map(({ check }) => check))],
    remedy: stuck?.unblock ?? null,
  };
}

/** Windows that are open now, and may close before the rest is over. */
function hoursOf({ verdicts }: StepDecision): readonly Verdict[] {
  return verdicts.filter(({ state, hours }) => state === 'pass' && hours !== undefined);
}

/** What blocks the step still: holds and rejections as they are by now, the rest as the decision has it. */
function blockingOf(
  { name, holds, rejections, now }: Account,
  decision: Decision,
  { to, candidate, verdicts }: StepDecision,
  cleared: Cleared,
): readonly Verdict[] {
  const waves = holdableWaves(decision);
  const held = waves.filter((wave) => wave.name === to).flatMap((wave) => holdsOn(holds, waves, wave, now));
  const ends = held.map(({ expiresAt }) => expiresAt);
  const rejected = candidate === null ? [] : rejectionsOf(rejections, candidate);
  const asked = verdicts.filter(
    (verdict) =>
      verdict.state !== 'pass' &&
      !['hold', 'rejected'].includes(verdict.check) &&
      !isCleared(verdict, cleared),
  );
  return [
    ...asked,
    ...(rejected.length === 0 || candidate === null
      ? []
      : [
          fail({
            check: 'rejected',
            about: 'artifact',
            reason: 'It is rejected.',
            unblock: allowCommand(name, shortName(candidate)),
          }),
        ]),
    ...(held.length === 0
      ? []
      : [
          wait({
            check: 'hold',
            about: 'world',
            reason: 'It is held.',
            until: ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0)),
            unblock: unholdCommand(name, held),
          }),
        ]),
  ];
}

/** What people's words have let go on since the decision. */
export function clearedBy({ said = [] }: Pick<Account, 'said'>): Cleared {
  return {
    accepted: said.flatMap((word) => (word.kind === 'accept' ? word.accepted : [])),
    retried: said.flatMap((word) => (word.kind === 'retry' ? word.retried : [])),
  };
}

/** Whether a person's word since the decision has answered it. */
export function isCleared(
  { check, state, evidence }: Verdict,
  { accepted = [], retried = [] }: Cleared,
): boolean {
  const all = (found: unknown, known: readonly string[]) =>
    Array.isArray(found) && found.length > 0 && found.every((one) => known.includes(one as string));
  if (check === 'stands')
    return all(
      evidence['apps'],
      accepted.map(({ app }) => app.name),
    );
  return (
    check === 'attempt' &&
    state === 'fail' &&
    all(
      evidence['attempts'],
      retried.map(({ attemptId }) => attemptId),
    )
  );
}

/** `next  3333aaaa to production, when soak passes at …`; a row a wave. */
export function explainNext(account: Account, moves: readonly Next[]): Block {
  if (account.decision === null)
    return [row(1, quiet('next'), 'No run has looked at it yet: the next tick does.')];
  if (moves.length === 0) return [row(1, quiet('next'), 'Nothing moves: no wave is behind.')];
  return moves.map((move, index) => row(1, quiet(index === 0 ? 'next' : ''), sentence(move, account.now)));
}

function sentence({ wave, state, blockers, notBeforeAt, remedy, ...code }: Next, now: number): Words {
  const what = `${shortName(code)} to ${wave}`;
  switch (state) {
    case 'promoting':
      return words(`${what} is under way: Heroku finishes what it has begun`);
    case 'ready':
      return words(`${what}, at the next tick, when every check still passes`);
    case 'observed':
      return words(`${what} would go, but it is only observed: nothing is promoted`);
    case 'waits':
      break;
  }
  const passes = `${listOf(blockers)} ${blockers.length === 1 ? 'passes' : 'pass'}`;
  if (notBeforeAt !== null) {
    const at =
      notBeforeAt > now
        ? `at ${when(notBeforeAt, now)} at the earliest`
        : 'at the next tick, which asks again';
    return words(`${what}, when ${passes} ${at}`);
  }
  return words(`${what} waits for ${listOf(blockers)}`, remedy === null ? '' : words(': ', advice(remedy)));
}
