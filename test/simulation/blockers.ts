// Whether what `why` names as a blocker is there, as the world is.

import type { ReleaseView } from '../../infra/local/heroku/views.ts';
import type { Attempt } from '../../shared/domain/attempt.ts';
import type { Decision, StepDecision } from '../../shared/domain/decision.ts';
import type { Verdict } from '../../shared/domain/verdict.ts';
import { orderOf, type PipelinePlan, type WavePlan } from './fleet.ts';
import type { CheckerOptions, Known } from './known.ts';
import { SLUICE } from './stands.ts';
import { MINUTE } from './time.ts';
import { isOpenAt } from './windows.ts';

interface Named {
  readonly verdict: Verdict;
  readonly pipeline: string;
  readonly decision: Decision;
  readonly step: StepDecision;
  readonly known: Known;
  readonly options: CheckerOptions;
  /** The waves as configured: the one promoted from, the one promoted to, the one behind it. */
  readonly from: WavePlan;
  readonly to: WavePlan;
  readonly next: WavePlan | undefined;
  readonly now: number;
}

/** Who does what people do. */
const PERSON = 'dev@example.com';

/** A run may have looked this long before its decision is on record: it can stand still meanwhile. */
const LOOKED_MS = 2 * MINUTE;

/** What a decision says and is not so; null: what it names is there. */
export function lieOf(
  decision: Decision,
  step: StepDecision,
  known: Known,
  options: CheckerOptions,
): string | null {
  const now = options.context.scheduler.now();
  const plan = planFor(known, decision.pipeline, now);
  const index = plan?.waves.findIndex(({ name }) => name === step.to) ?? -1;
  const [from, to, next] = [plan?.waves[index - 1], plan?.waves[index], plan?.waves[index + 1]];
  if (from === undefined || to === undefined) return null;
  for (const verdict of step.verdicts) {
    if (verdict.state === 'pass' || verdict.state === 'unknown') continue;
    const isThere = IS_THERE[verdict.check.split(' ')[0] ?? ''];
    const named = {
      verdict,
      pipeline: decision.pipeline,
      decision,
      step,
      known,
      options,
      from,
      to,
      next,
      now,
    };
    if (isThere !== undefined && !isThere(named)) return `${verdict.check}: ${verdict.reason}`;
    const remedy = uselessRemedy(verdict, plan);
    if (remedy !== null) return `${verdict.check}: ${remedy}`;
  }
  return null;
}

/** A command that would not let go of what a person did, as it is about another wave; null: it would. */
function uselessRemedy({ check, unblock, evidence }: Verdict, plan: PipelinePlan | undefined): string | null {
  const [, wave] = /^sluice accept \S+ --wave (\S+)/.exec(unblock ?? '') ?? [];
  const apps = evidence['apps'];
  if (check !== 'stands' || wave === undefined || !Array.isArray(apps)) return null;
  const its = plan?.waves.find(({ name }) => name === wave)?.apps ?? [];
  return apps.some((app) => its.includes(app)) ? null : `${unblock} is about none of ${apps.join(', ')}`;
}

/** What a decision keeps silent about: a wave that is plainly behind and called the same; null: nothing. */
export function silenceOf(
  decision: Decision,
  step: StepDecision,
  known: Known,
  options: CheckerOptions,
): string | null {
  if (step.state !== 'same') return null;
  const { simulator, context } = options;
  const waves = planFor(known, decision.pipeline, context.scheduler.now())?.waves ?? [];
  const index = waves.findIndex(({ name }) => name === step.to);
  const apps = waves.slice(0, index + 1).flatMap((wave, at) => wave.apps.map((app) => ({ app, at })));
  const before = context.scheduler.now() - 5 * MINUTE;
  // Where people have been at work, or something has just come, there may be nothing to give.
  const isPlain = apps.every(({ app, at }) => {
    const { releases, pipelineId } = simulator.app(app);
    const isCalm = releases.every(
      ({ status, updatedAt, user, kind }) =>
        status === 'succeeded' && updatedAt < before && (user !== PERSON || (at === 0 && kind === 'build')),
    );
    return pipelineId !== null && isCalm;
  });
  if (!isPlain || index < 1) return null;
  const merges = (at: number) =>
    (waves[at]?.apps ?? []).map((app) => orderOf(decision.pipeline, simulator.app(app).commit) ?? 0);
  const [lowest, newest] = [Math.min(...merges(index)), Math.min(...merges(index - 1))];
  return lowest < newest ? `${step.to} runs merge ${lowest} and the wave before ${newest}` : null;
}

/** The configuration, unless it was changed so lately that a run may still be at work on the one before. */
function planFor(known: Known, pipeline: string, now: number): PipelinePlan | undefined {
  const last = known.plans.get(pipeline)?.at(-1);
  return last !== undefined && last.at < now - 5 * MINUTE ? last.plan : undefined;
}

/** The hold of a wave that is taken out holds the whole pipeline. */
function isGone(known: Known, pipeline: string, wave: string): boolean {
  const plans = known.plans.get(pipeline) ?? [];
  return plans.some(({ plan }) => plan.waves.slice(1).every(({ name }) => name !== wave));
}

/** The apps of a wave as it was held, or ever was. */
function wasOf(known: Known, pipeline: string, wave: string, apps: readonly string[]): readonly string[] {
  const plans = known.plans.get(pipeline) ?? [];
  const all = plans.flatMap(({ plan }) => plan.waves.filter(({ name }) => name === wave));
  return [...apps, ...all.flatMap((one) => one.apps)];
}

const IS_THERE: Readonly<Record<string, (named: Named) => boolean>> = {
  hold: ({ verdict, known, pipeline, to, options, now }) => {
    const isThere = known.holds.some(
      ({ pipeline: its, wave, apps, latest }) =>
        its === pipeline &&
        (wave === null ||
          wave === to.name ||
          isGone(known, pipeline, wave) ||
          wasOf(known, pipeline, wave, apps).some((app) => to.apps.includes(app))) &&
        now <= latest + LOOKED_MS,
    );
    // Of one without an end nobody knows when it is over.
    const isEndless = known.holds.some(
      ({ pipeline: its, wave, from, until }) =>
        its === pipeline &&
        (wave === null || wave === to.name) &&
        from < now - LOOKED_MS - options.skewMs &&
        until === Number.POSITIVE_INFINITY,
    );
    return isThere && !(isEndless && verdict.until !== null);
  },

  /** Something is under way to one of the two waves, or a target has failed to take the candidate. */
  attempt: ({ verdict, pipeline, step, from, to, known, now }) =>
    [...known.attempts(), ...known.openOrLeftSince(now - LOOKED_MS)].some((attempt) => {
      if (attempt.pipeline !== pipeline) return false;
      // Another build of the same commit fails alike.
      const isSame =
        attempt.artifact === step.candidate?.artifact ||
        (attempt.commit !== null && attempt.commit === step.candidate?.commit);
      // Refused for account, access or rate: it is asked again later, and held against no artifact.
      const isTurnedAway = attempt.state === 'rejected' && isOfAccount(attempt);
      if (verdict.state === 'fail') return isSame && isTo(attempt, to) && !isTurnedAway;
      if (isTurnedAway && isTo(attempt, to)) return true;
      const isOpen = attempt.settledAt === null || attempt.settledAt > now - LOOKED_MS;
      return isOpen && (isTo(attempt, from) || isTo(attempt, to));
    }),

  soak: ({ verdict, step, from, to, known, options, now }) => {
    if (verdict.reason.startsWith('No dyno of'))
      return from.apps.some((app) => known.dynos.hasStopped(app, now - LOOKED_MS));
    if (verdict.until === null || step.candidate === null) return true;
    const { artifact } = step.candidate;
    const enoughMs = to.soakMs + 4 * options.skewMs + 5 * MINUTE;
    return from.apps.some(
      (app) => Math.min(runsForMs(options, app, artifact, now), now - known.dynos.runsSince(app)) <= enoughMs,
    );
  },

  /** Somebody has said so, or has gone back on an app of the pipeline. */
  rejected: ({ known, options, step, pipeline, now }) => {
    const commit = step.candidate?.commit ?? null;
    const isSaid = known.rejections.some(
      (one) => one.pipeline === pipeline && one.commit === commit && now <= one.until + LOOKED_MS,
    );
    const apps = options.fleet.find(({ name }) => name === pipeline)?.waves.flatMap((wave) => wave.apps);
    const isBack = ({ kind, user }: ReleaseView): boolean =>
      user !== SLUICE && (kind !== 'build' || user === PERSON);
    return isSaid || (apps ?? []).some((app) => options.simulator.app(app).releases.some(isBack));
  },

  'heroku-status': ({ known, now }) =>
    known.red.some((span) => span.from - MINUTE <= now && now <= span.until + LOOKED_MS),

  release: ({ verdict, step, options, now }) =>
    verdict.state !== 'wait' ||
    step.targets.some(({ id }) =>
      options.simulator
        .app(id)
        .releases.some(({ status, updatedAt }) => status === 'pending' || updatedAt > now - LOOKED_MS),
    ),

  ci: ({ known, step, to, now }) =>
    step.candidate?.commit == null ||
    to.ci === null ||
    !known.ci.isGreen(step.candidate.commit, to.ci, now - LOOKED_MS),

  window: ({ to, now }) => [now - LOOKED_MS, now, now + MINUTE].some((at) => !isOpenAt(to.windows, at)),

  /** A person has been at work on every app that is named; Sluice is none. */
  stands: ({ options, verdict }) =>
    !verdict.reason.includes(SLUICE) &&
    namesIn(verdict.evidence['apps']).every((app) =>
      options.simulator
        .app(app)
        .releases.some(({ user, kind }) => user !== SLUICE && (kind !== 'build' || user === PERSON)),
    ),

  /** One of the targets has had something newer, or something that is no merge. */
  order: ({ step, pipeline, options }) => {
    const order = orderOf(pipeline, step.candidate?.commit ?? null);
    const waves = options.fleet.find(({ name }) => name === pipeline)?.waves ?? [];
    return waves
      .flatMap((wave) => wave.apps)
      .some((app) =>
        options.simulator.app(app).releases.some(({ commit }) => {
          const its = orderOf(pipeline, commit);
          return order === null || its === null || its > order;
        }),
      );
  },

  /** The wave behind lacks something that this one runs, or is being given it. */
  turn: ({ verdict, decision, pipeline, known, to, next, options, now }) => {
    if (next === undefined) return false;
    // Of an app that could not be read it is not known what it lacks.
    const its = decision.steps.find((step) => step.to === next.name);
    if (its?.verdicts.some(({ state }) => state === 'unknown')) return true;
    const runs = (apps: readonly string[]) =>
      new Set(apps.map((app) => options.simulator.app(app).current?.artifactId));
    // What was put there a moment ago the run may not have seen.
    const isNew = [...to.apps, ...next.apps].some((app) =>
      options.simulator.app(app).releases.some(({ updatedAt }) => updatedAt > now - LOOKED_MS),
    );
    if (isNew) return true;
    // Where no dyno runs, nothing soaks, and nothing is kept for that.
    const isParked = to.apps.some((app) => {
      const stop = known.dynos.lastSeen(app, now - LOOKED_MS);
      return stop !== undefined && stop.until > now;
    });
    const behind = runs(next.apps);
    const isBehind = behind.size > 1 || [...runs(to.apps)].some((one) => !behind.has(one));
    if (isBehind && !(isParked && / to soak for /.test(verdict.reason))) return true;
    return options.items.all().some(({ sk, body }) => {
      if (!sk.startsWith('attempt#')) return false;
      const attempt = JSON.parse(String(body)) as Attempt;
      const isOpen = attempt.settledAt === null || attempt.settledAt > now - LOOKED_MS;
      return isOpen && attempt.pipeline === pipeline && isTo(attempt, next);
    });
  },
};

/** True when it is to apps of the wave, whatever that was called then. */
function isTo({ targets }: Attempt, { apps }: WavePlan): boolean {
  return targets.some(({ app }) => apps.includes(app.name));
}

function isOfAccount({ refusal }: Attempt): boolean {
  return refusal?.status !== 422 || refusal.id === 'verification_required';
}

function namesIn(apps: unknown): readonly string[] {
  return Array.isArray(apps) ? apps.map(String) : [];
}

/** How long the artifact has been what the app runs, 0 when it is not; a release phase does not count. */
function runsForMs({ simulator }: CheckerOptions, app: string, artifact: string, now: number): number {
  const ran = simulator
    .app(app)
    .releases.filter(({ status, artifactId }) => status === 'succeeded' && artifactId !== null);
  const since = ran.slice(ran.findLastIndex(({ artifactId }) => `slug:${artifactId}` !== artifact) + 1);
  return since[0] === undefined ? 0 : now - since[0].updatedAt;
}
