// Deciding: a pure function of configuration, facts, verdicts and now. The heart of Sluice.
//
// A step is ready when it has a candidate and every verdict about it is a pass. Steps are taken from the last to the
// first, so that a wave which an artifact is just leaving is not given another one in the same run.

import type { ArtifactKey } from './artifact.ts';
import { type Candidate, isOn } from './candidate.ts';
import { ceilingTermsOf } from './ceiling.ts';
import type { Decision, PassedOver, Promotion, StepDecision, StepState, WaveView } from './decision.ts';
import type { Difference } from './difference.ts';
import { type Facts, isParked, nameOf, openOn, running, uncomparedOn } from './facts.ts';
import { notesOf } from './notes.ts';
import { type Pipeline, soakCeilingMs } from './pipeline.ts';
import {
  boundedVerdict,
  earliestMove,
  firstBlocker,
  type NextOpening,
  type Verdict,
  wait,
} from './verdict.ts';
import { instant } from './words.ts';

export interface Deliberation {
  readonly difference: Difference;
  /** The answers of the checks, asked in this run about this candidate. Empty when there is no difference. */
  readonly answers: readonly Verdict[];
  /** Newer candidates that were asked about and did not pass, newest first. */
  readonly passedOver?: readonly PassedOver[];
  /** Other candidates that were asked about and lack something: an answer about one of them is news. */
  readonly lacking?: readonly ArtifactKey[];
}

export interface DecideInput {
  readonly pipeline: Pipeline;
  readonly facts: Facts;
  /** One per step, in order. */
  readonly deliberations: readonly Deliberation[];
  readonly now: number;
  readonly dryRun: boolean;
  /** The decision before this one: only for since when an answer has been what it is. */
  readonly previous: Decision | null;
  readonly nextOpening: NextOpening;
}

/** How soon a pipeline is looked at again when only an event can change things: events can be lost (L1). */
export const LOOK_AGAIN_MS = 5 * 60_000;
/** How long after its soak a wave keeps an artifact for evidence that is still to come: evidence can fail to come. */
export const KEEP_FOR_EVIDENCE_MS = 60 * 60_000;
/** No pipeline that is behind goes unseen for longer. */
export const LOOK_AT_LEAST_MS = 15 * 60_000;

export function decide(input: DecideInput): {
  readonly decision: Decision;
  readonly promotions: readonly Promotion[];
} {
  const { pipeline, facts, deliberations, now } = input;
  const decided: StepDecision[] = [];
  for (let index = deliberations.length - 1; index >= 0; index--) {
    const here = deliberations[index] as Deliberation;
    const reserved = reservation(facts, deliberations[index + 1], decided[0], now);
    decided.unshift(decideStep(here, reserved, input));
  }
  const promotes = pipeline.mode === 'promote' && !input.dryRun;
  const promotions = promotes ? decided.flatMap((step, index) => promotionOf(step, index + 1)) : [];
  const notes = notesOf(pipeline, facts);
  const decision: Decision = {
    pipelineId: pipeline.id,
    pipeline: pipeline.name,
    mode: pipeline.mode,
    dryRun: input.dryRun,
    at: now,
    waves: pipeline.waves.map((wave) => waveView(wave, facts)),
    steps: decided,
    ...(notes.length > 0 && { notes }),
    wakeAt: nextLook(decided, deliberations, now, promotes),
    soakCeilingMs: soakCeilingMs(pipeline),
    ceilingTerms: ceilingTermsOf(pipeline),
  };
  // Taken from the last wave to the first, as they were decided: a failure to send one leaves the others apart.
  return { decision, promotions: promotions.reverse() };
}

function decideStep(
  { difference, answers, passedOver = [] }: Deliberation,
  reserved: Verdict | null,
  { facts, now, previous, nextOpening }: DecideInput,
): StepDecision {
  const { step, candidate, targets } = difference;
  const before = previous?.steps.find((s) => s.to === step.to.name);
  const isSame = candidate === null && difference.obstacles.length === 0;
  const all = isSame ? [] : [...difference.obstacles, ...answers, ...(reserved === null ? [] : [reserved])];
  const verdicts = all.map((verdict) => boundedVerdict(withSince(verdict, before, candidate, now)));
  const blocker = firstBlocker(verdicts);
  const state: StepState = openOn(facts, step.to)
    ? 'promoting'
    : isSame
      ? 'same'
      : blocker
        ? 'blocked'
        : 'ready';
  return {
    from: step.from.name,
    to: step.to.name,
    state,
    candidate:
      candidate === null
        ? null
        : {
            artifact: candidate.artifact,
            commit: facts.commits[candidate.artifact] ?? null,
            source: candidate.source,
            sourceReleaseId: candidate.sourceReleaseId,
          },
    targets,
    verdicts,
    blocker: blocker?.check ?? null,
    earliestAt: earliestMove(verdicts, now, nextOpening),
    ...(passedOver.length > 0 && { passedOver }),
    stands: difference.stands,
    failures: difference.failures,
  };
}

/** An answer that has not changed since the last decision keeps its age. */
function withSince(
  verdict: Verdict,
  before: StepDecision | undefined,
  candidate: Candidate | null,
  now: number,
): Verdict {
  if (verdict.since !== null) return verdict;
  const same =
    before?.candidate?.artifact === candidate?.artifact
      ? before?.verdicts.find((v) => v.check === verdict.check && v.state === verdict.state)
      : undefined;
  return { ...verdict, since: same?.since ?? now };
}

/**
 * Why the step's target wave must keep what it runs for the step after it (L2), null when it need not. `next` is the
 * deliberation of the step that leads out of the wave, `nextDecided` what was decided about it.
 *
 * It keeps an artifact while that one soaks, while its other evidence is still being gathered on the wave, and while
 * it is on its way. Once the soak is complete, what holds the next wave back for its own reasons (a window, a hold)
 * holds back nobody else: the artifact can still be promoted by its pinned release.
 */
function reservation(
  facts: Facts,
  next: Deliberation | undefined,
  nextDecided: StepDecision | undefined,
  now: number,
): Verdict | null {
  if (next === undefined || nextDecided === undefined) return null;
  const { difference } = next;
  const { from: wave, to } = difference.step;
  const keep = (name: string, why: string, until: number | null): Verdict =>
    wait({
      check: 'turn',
      about: 'world',
      reason: `${wave.name} keeps ${name} ${why}.`,
      until,
      evidence: { wave: wave.name, for: to.name },
    });
  const leaving = facts.ledger.open.find((attempt) => attempt.from === wave.name && attempt.to === to.name);
  if (leaving !== undefined) {
    return keep(nameOf(facts, leaving.artifact), `until its promotion to ${to.name} has ended`, null);
  }
  const { candidate, soaking } = difference;
  if (candidate === null) return null;
  const name = nameOf(facts, candidate.artifact);
  if (nextDecided.state === 'ready') return keep(name, `until its promotion to ${to.name} has ended`, null);
  const isBad = nextDecided.verdicts.some((v) => v.state === 'fail');
  if (soaking !== null && !(isBad && soaking.artifact === candidate.artifact)) {
    const soakingName = nameOf(facts, soaking.artifact);
    const until = soaking.soakedAt;
    return keep(
      soakingName,
      `to soak for ${to.name}${until === null ? '' : ` until ${instant(until)}`}`,
      until,
    );
  }
  const open = nextDecided.verdicts.filter((v) => v.about === 'source' && v.state !== 'pass');
  const [first] = open;
  if (!isOn(facts, wave, candidate) || isBad || first === undefined || isParked(facts, wave)) return null;
  const keptUntil = (candidate.soakedAt ?? now) + KEEP_FOR_EVIDENCE_MS;
  if (keptUntil <= now) return null;
  const gatheredAt = Math.max(...open.map(({ until }) => until ?? keptUntil));
  return keep(
    name,
    `while ${first.check} is gathered on it for ${to.name}, until ${instant(keptUntil)} at the latest`,
    Math.min(keptUntil, gatheredAt),
  );
}

function promotionOf(step: StepDecision, index: number): readonly Promotion[] {
  if (step.state !== 'ready' || step.candidate === null) return [];
  const { candidate, targets, verdicts, from, to } = step;
  return [{ step: index, from, to, ...candidate, targets, verdicts }];
}

function waveView(wave: Pipeline['waves'][number], facts: Facts): WaveView {
  return {
    name: wave.name,
    apps: wave.apps.map((app) => {
      const stay = running(facts, app);
      const codeless = uncomparedOn(facts, app);
      return {
        app,
        artifact: stay?.artifact ?? null,
        commit: stay === undefined ? null : (facts.commits[stay.artifact] ?? null),
        since: stay?.startAt ?? codeless?.startAt ?? null,
        ...(codeless !== null && { codeless: codeless.version }),
      };
    }),
  };
}

/**
 * When to look again at the latest; null when nothing is to be waited for. An open attempt is not: it is settled at
 * every tick by itself. Every known time at which an answer can change counts, so that the account stays true.
 */
function nextLook(
  decided: readonly StepDecision[],
  deliberations: readonly Deliberation[],
  now: number,
  promotes: boolean,
): number | null {
  const looks = decided.flatMap((step, index) => {
    if (step.state === 'same' || step.state === 'promoting') return [];
    if (step.state === 'ready') return [promotes ? now : now + LOOK_AGAIN_MS];
    const soaked = deliberations[index]?.difference.soaking?.soakedAt ?? null;
    const known = [soaked, ...step.verdicts.map((v) => v.until)].filter((at) => at !== null && at > now);
    const blockers = step.verdicts.filter((v) => v.state !== 'pass');
    const unknowable = blockers.filter((v) => v.until === null || v.until <= now);
    if (unknowable.length === 0) return [...known, now + LOOK_AT_LEAST_MS] as number[];
    return [
      ...known,
      unknowable.every((v) => v.onEvent || v.isSlow === true) ? now + LOOK_AGAIN_MS : now,
    ] as number[];
  });
  return looks.length === 0 ? null : Math.min(...looks);
}

/**
 * What makes two decisions the same for the record: what is where, what would move, and every answer but the wording
 * of passes. Instants of `at`, `since` and `wakeAt` do not count.
 */
export function outcomeOf(decision: Decision): string {
  return JSON.stringify([
    decision.mode,
    decision.dryRun,
    decision.notes,
    decision.soakCeilingMs,
    decision.ceilingTerms,
    decision.waves.map((wave) =>
      wave.apps.map((entry) => [entry.app.id, entry.artifact, entry.commit, entry.codeless]),
    ),
    decision.steps.map((step) => [
      step.from,
      step.to,
      step.state,
      step.candidate?.artifact,
      step.targets.map((app) => app.id),
      // What an `accept` would let count, and a `retry` try again, is what somebody was shown.
      step.stands.map(({ app, artifact, releaseId }) => [app.id, artifact, releaseId]),
      step.failures.map(({ app, attemptId }) => [app.id, attemptId]),
      step.passedOver?.map(({ artifact, check, state }) => [artifact, check, state]),
      step.verdicts.map((v) =>
        v.state === 'pass' ? [v.check] : [v.check, v.state, v.key ?? v.reason, v.until],
      ),
    ]),
  ]);
}

/** How a decision tells what blocks, where the words may vary while nothing changes. */
export function wordingOf({ steps }: Decision): string {
  const told = steps.map(({ verdicts, passedOver = [] }) => [
    ...verdicts.flatMap(({ check, state, key, reason, unblock }) =>
      state === 'pass' || key === undefined ? [] : [[check, reason, unblock]],
    ),
    ...passedOver.map(({ check, reason }) => [check, reason]),
  ]);
  return JSON.stringify(told);
}
