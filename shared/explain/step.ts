// Why a wave has not got what the wave before could give it: what would move, every check's answer, the first that
// blocks, since when, until when, and what lets it go on. Pure.

import type { Attempt } from '../domain/attempt.ts';
import type { Decision, StepDecision } from '../domain/decision.ts';
import type { Verdict } from '../domain/verdict.ts';
import { listOf } from '../domain/words.ts';
import { type Account, onlyObserves, openTo, shortName } from './account.ts';
import { movingMark, passMark, verdictMark } from './marks.ts';
import { advice, type Block, quiet, row, type Section, strong, type Words, words } from './text.ts';
import { when } from './time.ts';

/** One step of a pipeline that is behind. For a wave that is not, see `explainSame`. */
export function explainStep(account: Account, decision: Decision, step: StepDecision): Section {
  const open = openTo(account, step.to);
  if (open !== undefined) return explainOpen(account, step, open);
  const { candidate } = step;
  if (candidate === null)
    return [[row(0, strong(step.to), quiet('a promotion has just ended; the next tick looks again'))]];
  const headline = words(strong(step.to), '  ', headlineOf(account, decision, step, shortName(candidate)));
  return [[row(0, headline)], facts(account, decision, step), answers(account, step)];
}

function explainOpen(account: Account, step: StepDecision, open: Attempt): Section {
  const { now } = account;
  const name = shortName(open);
  const headline = words(strong(step.to), '  ', movingMark(`is being given ${name}`));
  const next = step.candidate !== null && step.candidate.artifact !== open.artifact ? step.candidate : null;
  const facts: Block = [
    row(
      1,
      quiet('moves'),
      `${name} from ${open.source.name} to ${listOf(open.targets.map((t) => t.app.name))}`,
    ),
    row(1, quiet('since'), words(when(open.claimedAt, now), quiet(`, asked by ${open.actor}`))),
    row(1, quiet('so far'), open.outcome),
    row(1, quiet('attempt'), open.id),
    ...(next === null ? [] : [row(1, quiet('after it'), `${shortName(next)} is next`)]),
  ];
  return next === null ? [[row(0, headline)], facts] : [[row(0, headline)], facts, answers(account, step)];
}

function headlineOf(account: Account, decision: Decision, step: StepDecision, name: string): Words {
  const blocker = firstOf(step);
  if (blocker === undefined) {
    return onlyObserves(decision)
      ? words(passMark(`would be given ${name}`), ': every check passes, but nothing is promoted here')
      : words(passMark(`ready for ${name}`), ': every check passes, the next tick promotes it');
  }
  const since = blocker.since === null ? '' : `, since ${when(blocker.since, account.now)}`;
  const what =
    blocker.state === 'unknown' ? 'could not be asked' : blocker.state === 'fail' ? 'fails' : 'blocks first';
  const verb = blocker.state === 'fail' ? 'does not get' : 'waits for';
  return words(verdictMark(blocker.state, `${verb} ${name}`), `: ${blocker.check} ${what}${since}`);
}

function firstOf(step: StepDecision): Verdict | undefined {
  return step.verdicts.find((verdict) => verdict.state !== 'pass');
}

function facts(account: Account, decision: Decision, step: StepDecision): Block {
  const { candidate } = step;
  if (candidate === null) return [];
  const targets = listOf(step.targets.map((app) => app.name));
  const release = quiet(` (release ${candidate.sourceReleaseId.slice(0, 8)})`);
  const moves = words(shortName(candidate), ` from ${candidate.source.name}`, release, ` to ${targets}`);
  return [
    row(1, quiet('moves'), moves),
    ...earliest(account, step),
    ...step.verdicts.flatMap((verdict) => (verdict.state === 'pass' ? [] : [goOn(verdict, account.now)])),
    ...(step.state === 'ready' && onlyObserves(decision)
      ? [row(1, quiet('to go on'), howToPromote(decision))]
      : []),
  ];
}

/** The first time it can move, as far as anyone can know: a lower bound, and it says so. */
function earliest({ now }: Account, step: StepDecision): Block {
  const blockers = step.verdicts.filter((verdict) => verdict.state !== 'pass');
  if (blockers.length === 0) return [];
  const open = blockers.filter((verdict) => verdict.until === null).map((verdict) => verdict.check);
  const label = quiet('not before');
  if (step.earliestAt === null)
    return [row(1, label, `${listOf(open)} ${open.length === 1 ? 'passes' : 'pass'}; nobody can know when`)];
  const at = step.earliestAt <= now ? 'the next tick, which asks again' : when(step.earliestAt, now);
  return [
    row(
      1,
      label,
      open.length === 0
        ? at
        : `${at}, and not before ${listOf(open)} ${open.length === 1 ? 'passes' : 'pass'}`,
    ),
  ];
}

/** What would unblock one check: a command, a person, an event, or time. */
function goOn(verdict: Verdict, now: number): Block[number] {
  const how = (): Words => {
    if (verdict.unblock !== null) return advice(verdict.unblock);
    if (verdict.until !== null && verdict.until > now)
      return words(`by itself, at ${when(verdict.until, now)}`);
    if (verdict.onEvent) return words('as soon as news of it comes in');
    return words('asked again at the next tick');
  };
  return row(1, quiet('to go on'), verdict.check, how());
}

export function howToPromote(decision: Decision): Words {
  return decision.mode === 'observe'
    ? words(`set \`mode: promote\` in the configuration of ${decision.pipeline}`)
    : words('this run only observes; it promotes when it is started with ', {
        text: '--live',
        tone: 'command',
      });
}

function answers({ now }: Account, step: StepDecision): Block {
  const first = firstOf(step);
  return step.verdicts.map((verdict) => {
    const mark = words(verdict === first ? strong('> ') : '  ', verdictMark(verdict.state));
    const label = verdict === first ? strong(verdict.check) : verdict.check;
    return row(1, mark, label, words(verdict.reason, sinceWords(verdict, now)));
  });
}

function sinceWords(verdict: Verdict, now: number): Words {
  if (verdict.state === 'pass' || verdict.since === null) return [];
  const stop = /[.!?]$/.test(verdict.reason) ? '' : '.';
  return words(stop, quiet(` Since ${when(verdict.since, now)}.`));
}
