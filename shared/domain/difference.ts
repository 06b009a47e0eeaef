// What a wave could be given by the wave before, and what stands in the way that no check has to be asked about. Pure.
//
// The candidate is the newest artifact that completed its soak on every app of the wave before, even if that wave runs
// something newer by now: Heroku promotes a pinned release. An artifact that somebody took back, or that the pipeline
// did not bring to the wave before, is never a candidate.

import type { ArtifactKey } from './artifact.ts';
import { type Attempt, appLedger, lastBrought } from './attempt.ts';
import { type Facts, factsOf, nameOf, openOn, running } from './facts.ts';
import type { AppRef, Pipeline, Step, Wave } from './pipeline.ts';
import { firstIndex, isRolledBack, isWithdrawn, type Stay, stayMs } from './stays.ts';
import { fail, unknown, type Verdict, wait } from './verdict.ts';
import { instant, listOf } from './words.ts';

/** An artifact on the wave before, and how far its soak is. */
export interface Candidate {
  readonly artifact: ArtifactKey;
  /** The app and release a promotion pins. */
  readonly source: AppRef;
  readonly sourceReleaseId: string;
  /** True when Heroku no longer keeps the pinned release. */
  readonly expired: boolean;
  /** The stay of the artifact on each app of the wave before that has run it. */
  readonly stays: readonly { readonly app: AppRef; readonly stay: Stay }[];
  /** Apps of the wave before that have not run it. */
  readonly missing: readonly AppRef[];
  /** Epoch ms at which its soak is, or was, complete; null while an app lacks it or after a stay ended too early. */
  readonly soakedAt: number | null;
  readonly soaked: boolean;
}

export interface Difference {
  readonly step: Step;
  /** What would move: a soaked artifact if there is one the wave lacks, else the newest that is on its way to be one. */
  readonly candidate: Candidate | null;
  /** The artifact that soaks on the wave before for this one right now, if any. */
  readonly soaking: Candidate | null;
  /** Apps of the wave that do not run the candidate. Empty: no difference. */
  readonly targets: readonly AppRef[];
  /** Obstacles that follow from the facts alone. */
  readonly obstacles: readonly Verdict[];
  /** Apps whose artifact a person put there, for `resume`. */
  readonly stands: readonly { readonly app: AppRef; readonly artifact: ArtifactKey }[];
  /** Failures that a `resume` would try again. */
  readonly failures: readonly { readonly app: AppRef; readonly attemptId: string }[];
}

/** The difference of one step. `upstream` is the wave before the step's source, undefined when the source is the head. */
export function differenceOf(pipeline: Pipeline, step: Step, facts: Facts, now: number): Difference {
  const upstream = pipeline.waves[step.index - 2];
  const offered = candidatesOf(step, upstream, facts, now);
  const waves = pipeline.waves.slice(0, step.index);
  const wanted = offered.filter((c) => step.to.apps.some((app) => lacks(facts, waves, app, c.artifact)));
  // With nothing newer to give, a wave that went back is still a difference: it is shown, with what stands in the way.
  const wentBack = offered.find(
    (c) =>
      isOn(facts, step.from, c) && step.to.apps.some((app) => running(facts, app)?.artifact !== c.artifact),
  );
  const candidate = wanted.find((c) => c.soaked) ?? wanted[0] ?? wentBack ?? null;
  const soaking = offered[0] && !offered[0].soaked && isOn(facts, step.from, offered[0]) ? offered[0] : null;
  const targets =
    candidate === null
      ? []
      : step.to.apps.filter((app) => running(facts, app)?.artifact !== candidate.artifact);
  const acts = candidate === null ? [] : humanActs(pipeline, step, facts, candidate);
  const failures = candidate === null ? [] : failuresOf(facts, targets, candidate);
  const obstacles = candidate === null ? [] : obstaclesOf(pipeline, step, facts, candidate, acts, failures);
  return {
    step,
    candidate,
    soaking,
    targets,
    obstacles,
    stands: acts.map(({ app, stay }) => ({ app, artifact: stay.artifact })),
    failures: failures.map(({ app, attemptId }) => ({ app, attemptId })),
  };
}

/** True when the app could be given the artifact: it runs something else, and nothing known to be newer. */
function lacks(facts: Facts, waves: readonly Wave[], app: AppRef, artifact: ArtifactKey): boolean {
  const runs = running(facts, app)?.artifact;
  return runs !== artifact && (runs === undefined || !isOlder(facts, waves, artifact, runs));
}

/** True when any app of the waves ran `a` before it first ran `b`: one is enough, no app is moved to an older artifact. */
function isOlder(facts: Facts, waves: readonly Wave[], a: ArtifactKey, b: ArtifactKey): boolean {
  return waves.some((wave) =>
    wave.apps.some((app) => {
      const { history } = factsOf(facts, app);
      const [indexA, indexB] = [firstIndex(history, a), firstIndex(history, b)];
      return indexA >= 0 && indexB >= 0 && indexA < indexB;
    }),
  );
}

function isOn(facts: Facts, wave: Wave, candidate: Candidate): boolean {
  return wave.apps.every((app) => running(facts, app)?.artifact === candidate.artifact);
}

/** Every artifact the source wave can offer, newest first: by its first appearance there. */
function candidatesOf(
  step: Step,
  upstream: Wave | undefined,
  facts: Facts,
  now: number,
): readonly Candidate[] {
  const seen = new Map<ArtifactKey, { stays: { app: AppRef; stay: Stay }[]; order: number }>();
  for (const app of step.from.apps) {
    const { history } = factsOf(facts, app);
    for (const [index, stay] of history.stays.entries()) {
      if (isWithdrawn(history, index) || !isOfferable(facts, upstream, app, stay)) continue;
      const entry = seen.get(stay.artifact) ?? { stays: [], order: 0 };
      const others = entry.stays.filter((other) => other.app.id !== app.id);
      const same = entry.stays.find((other) => other.app.id === app.id);
      // Of several stays on one app, the newest that completed its soak, else the newest.
      const done = same !== undefined && stayMs(same.stay, now) >= step.to.soakMs;
      const better = done && stayMs(stay, now) < step.to.soakMs ? same : { app, stay };
      const first = history.stays[firstIndex(history, stay.artifact)]?.startAt ?? stay.startAt;
      seen.set(stay.artifact, { stays: [...others, better], order: Math.max(entry.order, first) });
    }
  }
  return [...seen]
    .map(([artifact, entry]) => ({
      candidate: candidateOf(step, artifact, entry.stays, now),
      order: entry.order,
    }))
    .filter(({ candidate }) => candidate.missing.length === 0 || isRunningOnSome(facts, step.from, candidate))
    .sort((a, b) => b.order - a.order)
    .map(({ candidate }) => candidate);
}

function isRunningOnSome(facts: Facts, wave: Wave, candidate: Candidate): boolean {
  return wave.apps.some((app) => running(facts, app)?.artifact === candidate.artifact);
}

function candidateOf(
  step: Step,
  artifact: ArtifactKey,
  found: readonly { app: AppRef; stay: Stay }[],
  now: number,
): Candidate {
  const stays = step.from.apps.flatMap((app) => found.find((entry) => entry.app.id === app.id) ?? []);
  const missing = step.from.apps.filter((app) => !found.some((entry) => entry.app.id === app.id));
  // Any app of the wave can be the source; one whose release Heroku still keeps.
  const first = stays.find(({ stay }) => !stay.expired) ?? stays[0];
  if (first === undefined) throw new Error(`A candidate without a stay: ${artifact}.`);
  const { soakMs } = step.to;
  const cutShort = stays.some(({ stay }) => stay.endAt !== null && stayMs(stay, now) < soakMs);
  const soakedAt =
    missing.length > 0 || cutShort ? null : Math.max(...stays.map(({ stay }) => stay.startAt + soakMs));
  return {
    artifact,
    source: first.app,
    sourceReleaseId: first.stay.releaseId,
    expired: first.stay.expired,
    stays,
    missing,
    soakedAt,
    soaked: soakedAt !== null && soakedAt <= now,
  };
}

/**
 * True when the stay came to the source by the pipeline's own way. The head is Heroku's to deploy. On another wave the
 * pipeline brought it, or a person let it count, or it was there before Sluice and the wave before has run it too.
 */
function isOfferable(facts: Facts, upstream: Wave | undefined, app: AppRef, stay: Stay): boolean {
  if (upstream === undefined) return true;
  const underWay = facts.ledger.open.some(
    (attempt) => attempt.artifact === stay.artifact && attempt.targets.some((t) => t.app.id === app.id),
  );
  const { brought } = appLedger(facts.ledger, app.id);
  if (underWay || brought.some((entry) => entry.artifact === stay.artifact)) return true;
  const [first] = brought;
  if (first !== undefined && stay.startAt > first.at) return false;
  return upstream.apps.some((source) => {
    const { history } = factsOf(facts, source);
    return firstIndex(history, stay.artifact) >= 0 || !history.complete;
  });
}

interface HumanAct {
  readonly app: AppRef;
  readonly stay: Stay;
  readonly what: string;
}

/** What people did on the step's target apps that a promotion would undo (S5). */
function humanActs(pipeline: Pipeline, step: Step, facts: Facts, candidate: Candidate): readonly HumanAct[] {
  return step.to.apps.flatMap((app) => {
    const stay = running(facts, app);
    if (stay === undefined || stay.artifact === candidate.artifact || isUnderWay(facts, app, stay)) return [];
    const { history } = factsOf(facts, app);
    const last = lastBrought(facts.ledger, app.id);
    const name = nameOf(facts, stay.artifact);
    const who = stay.userEmail === null ? '' : ` by ${stay.userEmail}`;
    const when = `at ${instant(stay.startAt)}${who}`;
    const isKnown = pipeline.waves
      .slice(0, step.index)
      .some((wave) => wave.apps.some((a) => firstIndex(factsOf(facts, a).history, stay.artifact) >= 0));
    const rolledBack = isRolledBack(history) ? `${app.name} was rolled back to ${name} ${when}` : null;
    if (last !== undefined) {
      if (stay.artifact === last.artifact) return [];
      const moved = isKnown ? 'promoted by hand to' : 'released straight to';
      return [{ app, stay, what: rolledBack ?? `${name} was ${moved} ${app.name} ${when}` }];
    }
    if (rolledBack !== null) return [{ app, stay, what: rolledBack }];
    // Sluice never promoted to this app: what it found there is where it starts from, unless it is a hotfix that came
    // after the candidate did.
    const since = Math.min(...candidate.stays.map((entry) => entry.stay.startAt));
    const isHotfix = !isKnown && stay.startAt > since;
    return isHotfix ? [{ app, stay, what: `${name} was released straight to ${app.name} ${when}` }] : [];
  });
}

function isUnderWay(facts: Facts, app: AppRef, stay: Stay): boolean {
  return facts.ledger.open.some(
    (attempt) => attempt.artifact === stay.artifact && attempt.targets.some((t) => t.app.id === app.id),
  );
}

function failuresOf(facts: Facts, targets: readonly AppRef[], candidate: Candidate) {
  return targets.flatMap((app) => {
    const { failed } = appLedger(facts.ledger, app.id);
    return failed?.artifact === candidate.artifact ? [{ app, ...failed }] : [];
  });
}

function obstaclesOf(
  pipeline: Pipeline,
  step: Step,
  facts: Facts,
  candidate: Candidate,
  acts: readonly HumanAct[],
  failures: ReturnType<typeof failuresOf>,
): readonly Verdict[] {
  const obstacles: Verdict[] = [];
  const resume = `sluice resume ${pipeline.name} --wave ${step.to.name} --reason "…"`;
  const name = nameOf(facts, candidate.artifact);
  const waves = pipeline.waves.slice(0, step.index);

  const arriving = openOn(facts, step.from);
  if (arriving?.artifact === candidate.artifact) obstacles.push(underWay(facts, arriving));
  const open = openOn(facts, step.to);
  if (open !== undefined) obstacles.push(underWay(facts, open));

  if (acts.length > 0) {
    obstacles.push(
      wait({
        check: 'stands',
        about: 'target',
        reason: `${listOf(acts.map((act) => act.what))}; the pipeline did not bring it, so it stands until a person lets go.`,
        since: Math.min(...acts.map((act) => act.stay.startAt)),
        unblock: resume,
        onEvent: true,
        evidence: { apps: acts.map((act) => act.app.name) },
      }),
    );
  }

  if (failures.length > 0) {
    obstacles.push(
      fail({
        check: 'attempt',
        about: 'artifact',
        reason: `${listOf(failures.map((f) => f.app.name))} failed to take ${name} at ${instant(Math.max(...failures.map((f) => f.at)))}: ${failures[0]?.message ?? ''}`,
        since: Math.min(...failures.map((f) => f.at)),
        unblock: `${resume}   (tries ${name} again; a newer artifact goes ahead by itself)`,
        onEvent: true,
        evidence: { attempts: [...new Set(failures.map((f) => f.attemptId))] },
      }),
    );
  }

  const ahead = step.to.apps.filter((app) => {
    const runs = running(facts, app)?.artifact;
    return (
      runs !== undefined && runs !== candidate.artifact && isOlder(facts, waves, candidate.artifact, runs)
    );
  });
  if (ahead.length > 0) {
    obstacles.push(
      wait({
        check: 'order',
        about: 'target',
        reason: `${listOf(ahead.map((app) => app.name))} runs something newer than ${name}; no app is moved to an older artifact.`,
        unblock: `deploy something newer, or go back by hand: heroku rollback --app ${ahead[0]?.name}`,
        onEvent: true,
        evidence: { apps: ahead.map((app) => app.name) },
      }),
    );
  }

  const unreadable = [...step.from.apps, ...step.to.apps].filter(
    (app) => factsOf(facts, app).unreadable !== null,
  );
  if (unreadable.length > 0) {
    obstacles.push(
      unknown({
        check: 'facts',
        about: 'world',
        reason: `What ${listOf(unreadable.map((app) => app.name))} runs could not be read: ${factsOf(facts, unreadable[0] as AppRef).unreadable}`,
        evidence: { apps: unreadable.map((app) => app.name) },
      }),
    );
  }
  return obstacles;
}

function underWay(facts: Facts, attempt: Attempt): Verdict {
  return wait({
    check: 'attempt',
    about: 'target',
    reason: `${nameOf(facts, attempt.artifact)} has been on its way to ${attempt.to} since ${instant(attempt.claimedAt)}. ${attempt.outcome}`,
    since: attempt.claimedAt,
    evidence: { attempt: attempt.id, promotion: attempt.promotionId },
  });
}
