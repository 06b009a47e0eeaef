// `plan`: what the next tick promotes, what moves after it and when at the earliest, and how long soaks can keep a
// change at most. Pure.

import { nextOpening } from '../checks/opening.ts';
import type { CeilingTerms } from '../domain/ceiling.ts';
import type { Decision, PassedOver, StepDecision } from '../domain/decision.ts';
import { holdsOn } from '../domain/hold.ts';
import { earliestMove, unknowable, wait } from '../domain/verdict.ts';
import { duration, listOf } from '../domain/words.ts';
import { type Account, holdableWaves, onlyObserves, openTo, shortName } from './account.ts';
import { passedOverWords } from './besides.ts';
import {
  type Block,
  type Explanation,
  moving,
  quiet,
  type Row,
  row,
  type Section,
  strong,
  type Words,
  words,
} from './text.ts';
import { when } from './time.ts';

interface Move {
  readonly pipeline: string;
  readonly wave: string;
  readonly step: StepDecision;
}

/** A move that every blocker lets go at a known time, at the earliest. */
interface TimedMove extends Move {
  readonly notBeforeAt: number;
  readonly blockers: readonly string[];
}

/** A move that waits for something nobody knows the time of. */
interface OpenMove extends Move {
  readonly notBeforeAt: number | null;
  readonly blockers: readonly string[];
}

export interface Plan {
  readonly underWay: readonly Move[];
  /** Every check passed: the next tick promotes it. */
  readonly ready: readonly Move[];
  /** The same, where nothing is promoted: `mode: observe`, or a run without `--live`. */
  readonly observed: readonly Move[];
  readonly timed: readonly TimedMove[];
  readonly open: readonly OpenMove[];
  /** Newer than what moves, but something about them did not pass. */
  readonly passedOver: readonly (PassedOver & { readonly pipeline: string; readonly wave: string })[];
  readonly notes: readonly { readonly pipeline: string; readonly note: string }[];
  readonly ceilings: readonly ({
    readonly pipeline: string;
    readonly soakCeilingMs: number | null;
  } & Partial<CeilingTerms>)[];
}

export function planOf(accounts: readonly Account[], now: number): Plan {
  const plan = {
    underWay: [] as Move[],
    ready: [] as Move[],
    observed: [] as Move[],
    timed: [] as TimedMove[],
    open: [] as OpenMove[],
  };
  for (const account of accounts) {
    const { decision, name } = account;
    if (decision === null) continue;
    for (const step of decision.steps) {
      const move = { pipeline: name, wave: step.to, step };
      if (openTo(account, step.to) !== undefined) plan.underWay.push(move);
      else if (step.candidate === null) continue;
      else sort(account, decision, move, plan);
    }
  }
  const ceilings = accounts.flatMap(({ name, decision }) =>
    decision === null || decision.steps.length === 0
      ? []
      : [{ pipeline: name, soakCeilingMs: decision.soakCeilingMs, ...decision.ceilingTerms }],
  );
  const timed = plan.timed.sort((a, b) => Math.max(a.notBeforeAt, now) - Math.max(b.notBeforeAt, now));
  const open = plan.open.sort((a, b) => (a.notBeforeAt ?? Infinity) - (b.notBeforeAt ?? Infinity));
  const passedOver = accounts.flatMap(({ name: pipeline, decision }) =>
    (decision?.steps ?? []).flatMap(({ to: wave, passedOver: its = [] }) =>
      its.map((one) => ({ pipeline, wave, ...one })),
    ),
  );
  const notes = accounts.flatMap(({ name: pipeline, decision }) =>
    (decision?.notes ?? []).map((note) => ({ pipeline, note })),
  );
  return { ...plan, timed, open, passedOver, notes, ceilings };
}

function sort(
  { holds, now }: Account,
  decision: Decision,
  move: Move,
  plan: { ready: Move[]; observed: Move[]; timed: TimedMove[]; open: OpenMove[] },
): void {
  const { step, wave } = move;
  // A hold that was placed after the decision counts already: the next tick will see it.
  const waves = holdableWaves(decision);
  const its = waves.filter(({ name }) => name === wave);
  const late = its
    .flatMap((one) => holdsOn(holds, waves, one, now))
    .filter((hold) => hold.placedAt > decision.at);
  const verdicts = [
    ...step.verdicts,
    ...late.map(({ expiresAt }) =>
      wait({ check: 'hold', about: 'world', reason: 'Placed since.', until: expiresAt }),
    ),
  ];
  const blocking = verdicts.filter((verdict) => verdict.state !== 'pass');
  // As of the decision: a time that it named and that is over is the next tick's.
  const notBeforeAt = earliestMove(verdicts, decision.at, nextOpening);
  const open = unknowable(verdicts, notBeforeAt);
  const blockers = [...new Set([...blocking, ...open].map(({ check }) => check))];
  if (blocking.length === 0) (onlyObserves(decision) ? plan.observed : plan.ready).push(move);
  else if (notBeforeAt !== null && open.length === 0) plan.timed.push({ ...move, notBeforeAt, blockers });
  else plan.open.push({ ...move, notBeforeAt, blockers });
}

export function explainPlan(plan: Plan, accounts: readonly Account[], now: number): Explanation {
  const { underWay, ready, observed, timed, open } = plan;
  const title = (text: string): Row => row(0, strong(text));
  const list = (name: string, rows: Block): Section => (rows.length === 0 ? [] : [[title(name)], rows]);
  const isQuiet = [underWay, ready, observed, timed, open].every((moves) => moves.length === 0);
  return [
    list(
      'Under way',
      underWay.map((move) => moveRow(move, [])),
    ),
    list(
      'At the next tick',
      ready.map((move) => moveRow(move, words(moving('every check passes')))),
    ),
    list(
      'Would be promoted, were it not only observed',
      observed.map((move) => moveRow(move, words('every check passes'))),
    ),
    list(
      'Next, not before',
      timed.map((move) => timedRow(move, now)),
    ),
    list(
      'Nobody can know when',
      open.map((move) => openRow(move, now)),
    ),
    list(
      'Passed over',
      plan.passedOver.map((one) => row(1, `${one.pipeline} ${one.wave}`, passedOverWords(one))),
    ),
    list(
      'To be noted',
      plan.notes.map(({ pipeline, note }) => row(1, pipeline, note)),
    ),
    isQuiet ? [[row(0, 'Nothing is about to move: no wave is behind.')]] : [],
    list('The longest until a change has arrived', ceilings(accounts)),
  ];
}

const named = ({ pipeline, wave }: Move) => `${pipeline} ${wave}`;

function moveRow(move: Move, note: Words): Row {
  const { candidate, targets } = move.step;
  if (candidate === null) return row(1, named(move), note);
  const what = `${shortName(candidate)} from ${move.step.from} to ${listOf(targets.map((app) => app.name))}`;
  return row(1, named(move), words(what, note.length === 0 ? '' : ', ', note));
}

function timedRow(move: TimedMove, now: number): Row {
  const time = move.notBeforeAt > now ? when(move.notBeforeAt, now) : 'the next tick, which asks again';
  return row(1, named(move), nameOf(move), words(time, quiet(`  ${listOf(move.blockers)}`)));
}

function openRow(move: OpenMove, now: number): Row {
  const { notBeforeAt } = move;
  const bound =
    notBeforeAt === null || notBeforeAt <= now ? '' : quiet(`, not before ${when(notBeforeAt, now)}`);
  return row(1, named(move), nameOf(move), words(`kept back by ${listOf(move.blockers)}`, bound));
}

function nameOf({ step }: Move): string {
  return step.candidate === null ? '' : shortName(step.candidate);
}

/** How long it can take from the deployment to the head until the last wave runs it, and on what terms. */
function ceilings(accounts: readonly Account[]): Block {
  return accounts.flatMap(({ name, decision }) => {
    const [head, second] = decision?.waves ?? [];
    const last = decision?.waves.at(-1);
    if (decision === null || head === undefined || second === undefined || last === undefined) return [];
    const { soakCeilingMs: ms, ceilingTerms } = decision;
    const text =
      ms === null
        ? `${second.name} asks for a soak of the artifact itself on ${head.name} (counting: occupancy), and a merge before its end cuts it short`
        : `from ${head.name} to ${last.name}${termsText(head.name, ceilingTerms)}`;
    return [row(1, name, ms === null ? 'no ceiling' : duration(ms), quiet(text))];
  });
}

/** Checks about the commit: what fails them goes on inside a later commit that passes. */
const OF_COMMITS = ['ci', 'signal'];

function termsText(head: string, terms: CeilingTerms | undefined): string {
  if (terms === undefined) return '; holds, windows and other checks add their own time';
  const { plus, deploymentsBelow } = terms;
  const added = plus.length === 0 ? '' : `, and what ${listOf(plus)} ${plus.length === 1 ? 'adds' : 'add'}`;
  const red = plus.some((name) => OF_COMMITS.includes(name))
    ? ' (red commits go inside the next green one)'
    : '';
  const unless =
    deploymentsBelow === null
      ? 'nobody steps in and nothing fails'
      : `nobody steps in, nothing fails and fewer than ${deploymentsBelow} deployments to ${head} come in that time`;
  return `${added}${red}; as long as ${unless}`;
}
