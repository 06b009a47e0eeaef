// Why a wave has not got what the wave before could give it: what would move, every check's answer, the first that
// blocks, since when, until when, and what lets it go on. Pure.

import type { Attempt } from '../domain/attempt.ts';
import type { Decision, StepDecision } from '../domain/decision.ts';
import { unknowable, type Verdict } from '../domain/verdict.ts';
import { listOf } from '../domain/words.ts';
import { type Account, onlyObserves, openTo, shortName } from './account.ts';
import { passedOverRows } from './besides.ts';
import { clearedBy, isCleared } from './next.ts';
import { waveState } from './state.ts';
import { type Block, command, quiet, row, type Section, strong, type Words, words } from './text.ts';
import { when } from './time.ts';
import { explainUnblocking, explainVerdicts } from './verdicts.ts';

/** One step whose wave is behind. */
export function explainStep(account: Account, decision: Decision, step: StepDecision): Section {
  const open = openTo(account, step.to);
  if (open !== undefined) return explainOpen(account, step, open);
  if (step.candidate === null && step.verdicts.length === 0)
    return [[row(0, strong(step.to), 'A promotion has just ended; the next tick looks.')]];
  if (step.candidate === null) {
    const { mark } = waveState(undefined, decision, step);
    const headline = words(mark, ' until what runs can be read.');
    return [[row(0, strong(step.to), headline)], explainVerdicts(step.verdicts, account.now)];
  }
  const headline = headlineOf(account, decision, step);
  return [
    [row(0, strong(step.to), headline)],
    factsOf(account, decision, step),
    explainVerdicts(step.verdicts, account.now),
  ];
}

/** A promotion that is under way, and, where something else waits behind it, why that waits. */
function explainOpen({ now }: Account, step: StepDecision, open: Attempt): Section {
  const name = shortName(open);
  const { mark } = waveState(open, { mode: 'promote', dryRun: false }, step);
  const targets = listOf(open.targets.map((target) => target.app.name));
  const next = step.candidate?.artifact === open.artifact ? null : step.candidate;
  return [
    [row(0, strong(step.to), mark)],
    [
      row(1, quiet('moves'), `${name} from ${open.source.name} to ${targets}`),
      row(1, quiet('since'), words(when(open.claimedAt, now), `, asked by ${open.actor}`)),
      row(1, quiet('so far'), open.outcome),
      row(1, quiet('attempt'), open.id),
      ...passedOverRows(step),
      ...(next === null ? [] : [row(1, quiet('next'), `${shortName(next)}, after this one:`)]),
    ],
    next === null ? [] : explainVerdicts(step.verdicts, now),
  ];
}

function headlineOf(account: Account, decision: Decision, step: StepDecision): Words {
  const { kind, mark, blocker } = waveState(undefined, decision, step);
  if (blocker === null) {
    const then = kind === 'observed' ? 'but nothing is promoted here' : 'the next tick promotes it';
    return words(mark, `: every check passes, ${then}.`);
  }
  const { check, state, since } = blocker;
  const answer = state === 'unknown' ? 'could not be asked' : 'blocks first';
  return words(mark, `: ${check} ${answer}`, since === null ? '.' : `, since ${when(since, account.now)}.`);
}

function factsOf(account: Account, decision: Decision, step: StepDecision): Block {
  const { candidate, verdicts } = step;
  if (candidate === null) return [];
  const { now } = account;
  const cleared = clearedBy(account);
  const release = quiet(` (release ${candidate.sourceReleaseId.slice(0, 8)})`);
  const targets = listOf(step.targets.map((app) => app.name));
  const isStoppedByMode = step.state === 'ready' && onlyObserves(decision);
  return [
    row(
      1,
      quiet('moves'),
      words(shortName(candidate), ` from ${candidate.source.name}`, release, ` to ${targets}`),
    ),
    ...passedOverRows(step),
    ...(verdicts.every((verdict) => verdict.state === 'pass')
      ? []
      : [row(1, quiet('not before'), earliest(step, now))]),
    ...explainUnblocking(verdicts, now, (verdict) => isCleared(verdict, cleared)),
    ...(isStoppedByMode ? [row(1, quiet('to go on'), howToPromote(decision))] : []),
  ];
}

/** The first time at which every check can pass, as far as anyone can know: a lower bound, and it says so. */
export function earliest(step: StepDecision, now: number): string {
  const { verdicts, earliestAt } = step;
  const blocked = unknowable(verdicts, earliestAt).filter((verdict) => verdict.state !== 'pass');
  const ending = unknowable(verdicts, earliestAt).filter((verdict) => verdict.state === 'pass');
  const checks = `${listOf(blocked.map((verdict) => verdict.check))} ${blocked.length === 1 ? 'passes' : 'pass'}`;
  const bounds = [
    ...(blocked.length === 0 ? [] : [`not before ${checks}`]),
    ...(ending.length === 0 ? [] : [`not before ${listOf(ending.map(({ check }) => check))} passes anew`]),
  ];
  if (earliestAt === null) {
    return blocked.length === 0 ? neverWords(verdicts) : `${checks}, and nobody can know when that is`;
  }
  const at = earliestAt > now ? when(earliestAt, now) : 'the next tick, which asks again';
  return [`${at}${againWords(verdicts, earliestAt)}`, ...bounds].join(', and ');
}

/** Hours that go on now and are over before the others let go. */
function againWords(verdicts: readonly Verdict[], earliestAt: number): string {
  const closing = verdicts.filter(
    ({ state, hours, until }) =>
      state === 'pass' && hours !== undefined && until !== null && until <= earliestAt,
  );
  return closing.length === 0 ? '' : `, as ${listOf(closing.map(({ check }) => check))} closes before`;
}

function neverWords(verdicts: readonly Verdict[]): string {
  const recurring = verdicts.flatMap(({ check, hours }) => (hours === undefined ? [] : [check]));
  return `no time can be seen at which ${listOf([...new Set(recurring)])} can pass with the others`;
}

export function howToPromote(decision: Decision): Words {
  return decision.mode === 'observe'
    ? words(`set \`mode: promote\` in the configuration of ${decision.pipeline}`)
    : words('start the run with ', command('--live'), ': without it nothing is promoted');
}
