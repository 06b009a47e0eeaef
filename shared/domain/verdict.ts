// A check's answer, and what an answer means for a step. Pure.

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

export interface Verdict {
  /** The check's name as configured, with its argument where it has one: `ci`, `signal direwolf`. */
  readonly check: string;
  readonly state: VerdictState;
  readonly about: VerdictSubject;
  /** One sentence for a person. Holds instants, never durations up to now, so that it stays true while nothing changes. */
  readonly reason: string;
  /** The earliest epoch ms at which the answer can change, null when nobody can know. */
  readonly until: number | null;
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

/** The first verdict that blocks, in the order the checks are listed; undefined when all pass. */
export function firstBlocker(verdicts: readonly Verdict[]): Verdict | undefined {
  return verdicts.find((v) => v.state !== 'pass');
}

/**
 * The earliest time every blocker can have changed, as far as anyone can know: the latest of the known times, null
 * when none is known. It is a lower bound: a blocker without a known time may hold longer.
 */
export function earliestMove(verdicts: readonly Verdict[]): number | null {
  const known = verdicts.flatMap((v) => (v.state !== 'pass' && v.until !== null ? [v.until] : []));
  return known.length === 0 ? null : Math.max(...known);
}
