// What a wave can offer to the next: artifacts that ran on it, and how far their soak is. Pure.
//
// An artifact that somebody took back, or that the pipeline did not bring to the wave, is never offered.

import type { Pair } from './ancestry.ts';
import type { ArtifactKey } from './artifact.ts';
import { appLedger, isOf, ownBrought } from './attempt.ts';
import { contained, NOWHERE, saidBy } from './contained.ts';
import { countedSince, isLongEnough, lastTimeOf, timeOf } from './counted.ts';
import {
  codeOf,
  type Facts,
  factsOf,
  firstRanAt,
  isUnderWay,
  pastOn,
  running,
  runsCode,
  standingOf,
} from './facts.ts';
import { type Code, ranBefore } from './past.ts';
import { type AppRef, countingOf, type Step, type Wave } from './pipeline.ts';
import { mayHaveForgotten, type Stay, stayMs } from './stays.ts';

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
  /** When its code was last there, in whatever slugs: on each app of the wave before that has run it. Epoch ms; null: it is. */
  readonly times: readonly {
    readonly app: AppRef;
    readonly startAt: number;
    readonly endAt: number | null;
  }[];
  /** Apps of the wave before that have not run it, nor, where descendants count, anything that contains it. */
  readonly missing: readonly AppRef[];
  /** Since when the soak counts on each app of the wave before, epoch ms; null: it does not count there. */
  readonly counted: readonly { readonly app: AppRef; readonly since: number | null }[];
  /** Epoch ms at which its soak is, or was, complete; null while an app lacks it or after a stay ended too early. */
  readonly soakedAt: number | null;
  readonly soaked: boolean;
  /** `soakedAt`, were all of it so that GitHub was to be asked and has not said: what it has not said counts for nothing. */
  readonly supposedAt: number | null;
  /** What its soak rests on and GitHub has not said, in the order of asking. Empty where nobody asks GitHub. */
  readonly untold: readonly Pair[];
}

/**
 * The artifacts of the source wave whose stays are admitted, newest first: by first appearance there. Of a long past most
 * are of no use to anybody: after the newest only those that `isOfUse`, and what runs there now, are worked out.
 */
export function candidatesOf(
  step: Step,
  facts: Facts,
  now: number,
  admits: (app: AppRef, stay: Stay) => boolean,
  isOfUse: (artifact: ArtifactKey) => boolean,
): readonly Candidate[] {
  const seen = new Map<ArtifactKey, { stays: { app: AppRef; stay: Stay }[]; order: number }>();
  for (const app of step.from.apps) {
    const { history } = factsOf(facts, app);
    const past = pastOn(facts, app);
    const firsts = new Map<Code, number>();
    for (const [index, stay] of history.stays.entries()) {
      const code = past.codes[index] ?? stay.artifact;
      if (!firsts.has(code)) firsts.set(code, stay.startAt);
      if (past.withdrawn[index] || !admits(app, stay)) continue;
      const entry = seen.get(stay.artifact) ?? { stays: [], order: 0 };
      const others = entry.stays.filter((other) => other.app.id !== app.id);
      const same = entry.stays.find((other) => other.app.id === app.id);
      // Of several stays on one app, the newest that completed its soak, else the newest.
      const done = same !== undefined && stayMs(same.stay, now) >= step.to.soakMs;
      const better = done && stayMs(stay, now) < step.to.soakMs ? same : { app, stay };
      const order = Math.max(entry.order, firsts.get(code) ?? stay.startAt);
      seen.set(stay.artifact, { stays: [...others, better], order });
    }
  }
  // Newest first; of two that came in the same second, the one that came later on the app.
  const newestFirst = [...seen].reverse().sort(([, a], [, b]) => b.order - a.order);
  const candidates: Candidate[] = [];
  for (const [artifact, { stays }] of newestFirst) {
    const runs = step.from.apps.some((app) => runsCode(facts, app, artifact));
    if (candidates.length > 0 && !runs && !isOfUse(artifact)) continue;
    const candidate = candidateOf(step, facts, artifact, stays, now);
    if (isThere(facts, step.from, candidate) || hangsOnGitHub(candidate)) candidates.push(candidate);
  }
  return candidates;
}

/** True when every app of the wave has it, or some run it. */
export function isThere(facts: Facts, wave: Wave, { missing, artifact }: Candidate): boolean {
  return missing.length === 0 || wave.apps.some((app) => running(facts, app)?.artifact === artifact);
}

/** True when how far its soak is depends on what GitHub has not said. */
export function hangsOnGitHub({ soakedAt, supposedAt }: Candidate): boolean {
  return supposedAt !== null && (soakedAt === null || supposedAt < soakedAt);
}

function candidateOf(
  step: Step,
  facts: Facts,
  artifact: ArtifactKey,
  found: readonly { app: AppRef; stay: Stay }[],
  now: number,
): Candidate {
  const stays = step.from.apps.flatMap((app) => found.find((entry) => entry.app.id === app.id) ?? []);
  // Any app of the wave can be the source; one whose release Heroku still keeps.
  const first = stays.find(({ stay }) => !stay.expired) ?? stays[0];
  if (first === undefined) throw new Error(`A candidate without a stay: ${artifact}.`);
  const { soakMs } = step.to;
  const inside = countingOf(step) === 'descendants';
  const all = step.from.apps.map((app) => {
    const own = stays.find((entry) => entry.app.id === app.id)?.stay;
    const stay = timeOf(step, facts, app, artifact, own, now);
    const { dynosSince } = factsOf(facts, app);
    const isDone = stay !== undefined && isLongEnough(stay, soakMs, dynosSince);
    const within = inside && !isDone ? contained(step, facts, app, artifact, now) : NOWHERE;
    const since = countedSince(stay, within.since, soakMs, dynosSince);
    // Where its own stay is enough, over or not, it does not matter what contains it.
    const isEnough = countedSince(stay, null, soakMs, dynosSince) !== null;
    const supposed = isEnough ? since : countedSince(stay, within.supposed, soakMs, dynosSince);
    return {
      app,
      since,
      supposed,
      time: lastTimeOf(facts, app, artifact) ?? stay,
      isMissing: stay === undefined && within.since === null,
      untold: isEnough ? [] : within.untold,
    };
  });
  const missing = all.flatMap(({ app, isMissing }) => (isMissing ? [app] : []));
  const counted = all.map(({ app, since }) => ({ app, since }));
  const completeAt = (since: readonly (number | null)[]) =>
    since.some((at) => at === null) ? null : Math.max(...since.map((at) => (at ?? 0) + soakMs));
  const soakedAt = completeAt(all.map(({ since }) => since));
  return {
    artifact,
    source: first.app,
    sourceReleaseId: first.stay.releaseId,
    expired: first.stay.expired,
    stays,
    times: all.flatMap(({ app, time }) =>
      time === undefined ? [] : [{ app, startAt: time.startAt, endAt: time.endAt }],
    ),
    missing,
    counted,
    soakedAt,
    soaked: soakedAt !== null && soakedAt <= now,
    supposedAt: completeAt(all.map(({ supposed }) => supposed)),
    untold: all.flatMap(({ untold }) => untold),
  };
}

/**
 * True when the stay came to the source by the pipeline's own way. The head is Heroku's to deploy. On another wave the
 * pipeline brought it, or a person let it count, or it was there before Sluice and the wave before has run it too.
 */
export function isOfferable(facts: Facts, upstream: Wave | undefined, app: AppRef, stay: Stay): boolean {
  if (upstream === undefined || isUnderWay(facts, app, stay.artifact)) return true;
  const { tried } = appLedger(facts.ledger, app.id);
  const brought = ownBrought(facts.ledger, app.id);
  if (tried === stay.artifact || brought.some((entry) => entry.artifact === stay.artifact)) return true;
  if (brought.some((entry) => isOf(entry, stay))) return true;
  // What was concluded while the pasts told it is not concluded anew from what they have forgotten since.
  const stood = standingOf(facts, app, stay.artifact);
  if (stood?.wasKnown || stay.startAt > Math.min(...brought.map(({ at }) => at))) return false;
  const code = codeOf(facts, stay.artifact);
  return upstream.apps.some(
    (source) =>
      // Only what came before the oldest release that is known can have been forgotten.
      pastOn(facts, source).rank.has(code) ||
      (stood === undefined && mayHaveForgotten(factsOf(facts, source).history, stay)),
  );
}

/**
 * True when the app could be given the artifact: it runs other code, and has had nothing known to be newer, unless
 * that was taken back. What it runs now is not enough to ask: a hotfix may lie on top of something newer.
 */
export function lacks(facts: Facts, waves: readonly Wave[], app: AppRef, artifact: ArtifactKey): boolean {
  if (runsCode(facts, app, artifact)) return false;
  const code = codeOf(facts, artifact);
  if (isForgotten(facts, waves, code) && !isAfterAllHad(facts, waves, app, code)) return false;
  if (isBehindAcross(facts, waves, app, code)) return false;
  const ranAt = firstRanAt(facts, code);
  return newestHad(facts, waves, app).every(({ rank, newest, toldFrom, untoldAt }) => {
    const its = rank.get(code);
    if (its === undefined && ranAt < untoldAt) return false;
    return (its ?? (ranAt < toldFrom ? -1 : newest)) >= newest;
  });
}

/** True when no past of the head tells any more when the code came. */
function isForgotten(facts: Facts, [head]: readonly Wave[], code: Code): boolean {
  const isTold = (app: AppRef): boolean =>
    factsOf(facts, app).history.complete || pastOn(facts, app).rank.has(code);
  return head !== undefined && !head.apps.some(isTold);
}

/** The latest code that the app has had and that nobody took back. */
function latestHad(facts: Facts, app: AppRef): Code | undefined {
  const { codes, withdrawn } = pastOn(facts, app);
  return codes.findLast((_, index) => !withdrawn[index]);
}

/** True when some past tells that the code came after the latest that the app has had and that nobody took back. */
function isAfterAllHad(facts: Facts, waves: readonly Wave[], app: AppRef, code: Code): boolean {
  const latest = latestHad(facts, app);
  if (latest === undefined) return true;
  return waves.flatMap((wave) => wave.apps).some((other) => ranBefore(pastOn(facts, other), latest, code));
}

/**
 * True when the code is older than the latest that the app has had, where the waves before tell of both and no app of them
 * has run both: by what GitHub has said, else by which came first.
 */
function isBehindAcross(facts: Facts, waves: readonly Wave[], app: AppRef, code: Code): boolean {
  const latest = latestHad(facts, app);
  if (latest === undefined || latest === code) return false;
  const ranks = waves.flatMap((wave) => wave.apps).map((other) => pastOn(facts, other).rank);
  const isTold = ranks.some((rank) => rank.has(latest)) && ranks.some((rank) => rank.has(code));
  if (!isTold || ranks.some((rank) => rank.has(latest) && rank.has(code))) return false;
  return saidBy(facts, code, latest)?.isSo ?? firstRanAt(facts, code) < firstRanAt(facts, latest);
}

interface Had {
  readonly rank: ReadonlyMap<Code, number>;
  /**
   * When the oldest stay began that the past still tells of, epoch ms; what ran anywhere before it and is not in it is
   * older than all of it. Minus infinity for a past that tells everything.
   */
  readonly toldFrom: number;
  /** The rank, on this past, of the newest thing that the app has had and that was not taken back; -1 for none. */
  readonly newest: number;
  /** When the latest that the app has had, and this past may have forgotten, first ran, epoch ms: what ran before may be older. */
  readonly untoldAt: number;
}

const hads = new WeakMap<Facts, Map<string, readonly Had[]>>();

/** For the app itself and every app of the waves before it. Made once for each facts: it is asked of every artifact. */
function newestHad(facts: Facts, waves: readonly Wave[], app: AppRef): readonly Had[] {
  const kept = hads.get(facts) ?? new Map<string, readonly Had[]>();
  hads.set(facts, kept);
  // The waves before are the first ones of the one pipeline that the facts are of.
  const key = `${app.id} ${waves.length}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const others = waves.flatMap((wave) => wave.apps);
  const own = pastOn(facts, app);
  const had = own.codes.filter((_, index) => !own.withdrawn[index]);
  const all = [app, ...others].map((other): Had => {
    const { rank } = pastOn(facts, other);
    const { complete, stays } = factsOf(facts, other).history;
    return {
      rank,
      toldFrom: complete ? Number.NEGATIVE_INFINITY : (stays[0]?.startAt ?? Number.NEGATIVE_INFINITY),
      newest: Math.max(-1, ...had.map((code) => rank.get(code) ?? -1)),
      untoldAt: complete
        ? Number.NEGATIVE_INFINITY
        : Math.max(
            ...had.map((code) => (rank.has(code) ? Number.NEGATIVE_INFINITY : firstRanAt(facts, code))),
          ),
    };
  });
  kept.set(key, all);
  return all;
}

/**
 * True when `a` is older than `b` for the app: it ran `a` before it first ran `b` itself, or any app of the waves before
 * it did. One is enough: no app is moved to an older artifact, and a past that is known in part only may mislead.
 */
export function isOlder(
  facts: Facts,
  waves: readonly Wave[],
  app: AppRef,
  a: ArtifactKey,
  b: ArtifactKey,
): boolean {
  const [codeA, codeB] = [codeOf(facts, a), codeOf(facts, b)];
  return [app, ...waves.flatMap((wave) => wave.apps)].some((other) =>
    ranBefore(pastOn(facts, other), codeA, codeB),
  );
}

export function isOn(facts: Facts, wave: Wave, candidate: Candidate): boolean {
  return wave.apps.every((app) => runsCode(facts, app, candidate.artifact));
}
