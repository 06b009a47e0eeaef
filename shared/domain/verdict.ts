// A check's answer, and what an answer means for a step. Pure.

import { shortened } from './words.ts';

/**
 * `pass`; `wait`: not yet, and it will pass without anyone acting on the code; `fail`: this artifact will not pass as
 * things are; `unknown`: the question could not be asked. Only `pass` lets a promotion through.
 */
export type VerdictState = 'pass' | 'wait' | 'fail' | 'unknown';

/**
 * What the answer depends on. `source` means the evidence is gathered while the artifact runs on the wave before, so
 * that wave keeps it while the answer is still open (L2).
 */
export type VerdictSubject = 'artifact' | 'source' | 'target' | 'world';

/** Hours that come again every week, on the clock of a zone. */
export interface Recurrence {
  /** Days of the week on which they begin: 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight; an end before the start is on the next day. */
  readonly startMinute: number;
  readonly endMinute: number;
  /** IANA time zone. */
  readonly zone: string;
  /** How much sooner they end, ms. */
  readonly leaveMs: number;
}

/** Goes on for every `openAt <= now < closeAt`, epoch ms. */
export interface Opening {
  readonly openAt: number;
  readonly closeAt: number;
}

/** The first opening of any of the hours that ends after an instant; null where none can be seen. Pure. */
export type NextOpening = (hours: readonly Recurrence[], at: number) => Opening | null;

export interface Verdict {
  /** The check's name as configured, with its argument where it has one: `ci`, `signal direwolf`. */
  readonly check: string;
  readonly state: VerdictState;
  readonly about: VerdictSubject;
  /** What tells this answer from another for the record, where the sentence varies while nothing changes (an id in it). */
  readonly key?: string;
  /** One sentence for a person. Holds instants, never durations up to now, so that it stays true while nothing changes. */
  readonly reason: string;
  /** The earliest epoch ms at which the answer can change, of a pass too; null when nobody can know. */
  readonly until: number | null;
  /** Present where the answer is a pass during these hours and at no other time: it can pass and wait again. */
  readonly hours?: readonly Recurrence[];
  /** Since when the answer is what it is, epoch ms. Null: not known by the check; the decision fills it in. */
  readonly since: number | null;
  /** The command to type, or the person to ask, that would unblock it. Null for a pass or where only time helps. */
  readonly unblock: string | null;
  /** True when only an event that Sluice is told about (a webhook, a command) can change the answer. */
  readonly onEvent: boolean;
  /** True when the answer changes seldom and is the same for many pipelines: asked again every few minutes. */
  readonly isSlow?: boolean;
  /** The facts the answer rests on, for `why --json` and the audit. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** The parts of a verdict that a check usually has to say. */
export type VerdictParts = Pick<Verdict, 'check' | 'about' | 'reason'> & Partial<Verdict>;

function verdict(state: VerdictState, parts: VerdictParts): Verdict {
  return { until: null, since: null, unblock: null, onEvent: false, evidence: {}, ...parts, state };
}

export const pass = (parts: VerdictParts): Verdict => verdict('pass', parts);
export const wait = (parts: VerdictParts): Verdict => verdict('wait', parts);
export const fail = (parts: VerdictParts): Verdict => verdict('fail', parts);
export const unknown = (parts: VerdictParts): Verdict => verdict('unknown', parts);

/** What every run reads, and every event carries, has a bound; people read no more. */
const REASON_MAX = 2_000;
const EVIDENCE_MAX = 20_000;

/** The verdict with a reason and evidence of bounded length. */
export function boundedVerdict(verdict: Verdict): Verdict {
  const characters = JSON.stringify(verdict.evidence).length;
  const isLong = verdict.reason.length > REASON_MAX;
  if (!isLong && characters <= EVIDENCE_MAX) return verdict;
  return {
    ...verdict,
    reason: shortened(verdict.reason, REASON_MAX),
    evidence: characters > EVIDENCE_MAX ? { leftOut: `${characters} characters` } : verdict.evidence,
  };
}

/** The first verdict that blocks, in the order the checks are listed; undefined when all pass. */
export function firstBlocker(verdicts: readonly Verdict[]): Verdict | undefined {
  return verdicts.find((v) => v.state !== 'pass');
}

/** How many openings are tried for one at which all hours meet; a year of daily ones, several times over. */
const TRIES_MAX = 2_000;

/**
 * The earliest time at which every answer can be a pass at once, as far as anyone can know; null when all pass, when
 * no time is known, or when hours never meet. Never too early. It is that time exactly when `unknowable` names nothing.
 */
export function earliestMove(
  verdicts: readonly Verdict[],
  now: number,
  nextOpening: NextOpening,
): number | null {
  const known = verdicts.flatMap((v) => (v.state !== 'pass' && v.until !== null ? [v.until] : []));
  if (known.length === 0) return null;
  const sets = verdicts.flatMap((v) => (v.hours === undefined ? [] : [v.hours]));
  // A wait for hours is over at its first opening: later ones may be needed, so only the others bound it from below.
  const fixed = verdicts.flatMap((v) =>
    v.state !== 'pass' && v.until !== null && v.hours === undefined ? [v.until] : [],
  );
  let at = Math.max(...fixed, sets.length === 0 ? -Infinity : now);
  let met = 0;
  for (let tries = 0; met < sets.length; tries++) {
    const opening = nextOpening(sets[tries % sets.length] ?? [], at);
    if (opening === null || tries >= TRIES_MAX) return null;
    // Once all in turn were open at the same instant, it is found.
    met = opening.openAt <= at ? met + 1 : 1;
    at = Math.max(at, opening.openAt);
  }
  return at;
}

/**
 * What nobody can know the end of: what blocks without a time, and what passes now but may not any more at that time,
 * as evidence that must be fresh.
 */
export function unknowable(verdicts: readonly Verdict[], earliestAt: number | null): readonly Verdict[] {
  return verdicts.filter((v) =>
    v.state === 'pass'
      ? v.hours === undefined && v.until !== null && earliestAt !== null && v.until <= earliestAt
      : v.until === null,
  );
}
