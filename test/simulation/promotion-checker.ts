// Whether a promotion that has reached Heroku was right, as the world was: S1, S2 and S5.

import type { AppView, ReleaseView } from '../../infra/local/heroku/views.ts';
import type { Attempt } from '../../shared/domain/attempt.ts';
import { orderOf, type PipelinePlan, type WavePlan } from './fleet.ts';
import type { Invocation } from './invocation.ts';
import type { CheckerOptions, Known } from './known.ts';
import { containedMs, isTakenBack, spansWith, stayedMs } from './ran.ts';
import { Readiness } from './readiness.ts';
import { SLUICE } from './stands.ts';
import { MINUTE } from './time.ts';
import { isNearEdge, isOpenAt } from './windows.ts';

/** A promotion that has reached Heroku. */
interface Sent {
  readonly run: Invocation;
  readonly attempt: Attempt;
  /** What it pins. */
  readonly pinned: ReleaseView | undefined;
  readonly targets: readonly AppView[];
  readonly claimedAt: number;
  readonly lookedAt: number;
  /** What the pipeline may have been taken for. */
  readonly plans: readonly PipelinePlan[];
}

export class PromotionChecker {
  readonly #options: CheckerOptions;
  readonly #known: Known;
  readonly #readiness: Readiness;

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
    this.#readiness = new Readiness(options, known);
  }

  check(
    run: Invocation,
    attempt: Attempt,
    pinned: ReleaseView | undefined,
    targets: readonly AppView[],
  ): void {
    const claimedAt = this.#known.claimedAt.get(attempt.id) ?? this.#now();
    // The last look comes after the record.
    const lookedAt = this.#known.recordedAt.get(attempt.id) ?? claimedAt;
    const plans = this.#known.plansSince(attempt.pipeline, claimedAt - 5 * MINUTE);
    const sent: Sent = { run, attempt, pinned, targets, claimedAt, lookedAt, plans };
    for (const target of targets) this.#checkTarget(sent, target);
    this.#checkFacts(sent);
    this.#checkMark(sent);
    this.#checkPeople(sent);
    this.#checkRejected(sent);
    this.#checkMode(sent);
    this.#checkSource(sent);
    this.#checkChoice(sent);
    this.#checkChecks(sent);
  }

  /** S2: nothing is under way to the target, and it has not been given the same before. */
  #checkTarget({ run, attempt, pinned }: Sent, target: AppView): void {
    const promotions = this.#options.simulator.promotions();
    const made = promotions.at(-1);
    // A target that has its release, and that has ended well, is done, whatever the promotion still says.
    const isBusy = promotions
      .slice(0, -1)
      .filter(({ user }) => user === SLUICE)
      .flatMap((promotion) => promotion.targets)
      .some(
        ({ status, app, releaseId }) =>
          app === target.name && status === 'pending' && !this.#hasEnded(app, releaseId),
      );
    if (isBusy) this.#violate('S2', `${target.name} is given two promotions at once`);
    // This promotion may be done by now.
    const before = target.releases.filter(({ id }) => made?.targets.every((its) => its.releaseId !== id));
    const ran = before.findLast(({ status }) => status === 'succeeded');
    const isBrought = ran?.kind === 'promotion' && ran.user === SLUICE;
    const isSame = ran?.commit === pinned?.commit || `slug:${ran?.artifactId}` === attempt.artifact;
    if (isBrought && isSame) this.#violate('S2', `${target.name} is given twice what it already runs`);
    const failedAt = this.#failedAt(attempt.pipeline, target, pinned?.commit ?? null);
    if (failedAt !== null && failedAt < run.observedAt - MINUTE)
      this.#violate('S2', `${target.name} is sent again what it failed to take, and nobody said so`);
    const isUnderWay = before.some(
      ({ status, createdAt }) => status === 'pending' && createdAt < run.observedAt,
    );
    if (isUnderWay) this.#violate('S1', `${target.name} had a release under way`);
  }

  /**
   * When the app last failed to take the code by a promotion whose end Sluice was told, epoch ms; null when it never did,
   * has taken something since, or a person has had it tried again since.
   */
  #failedAt(pipeline: string, target: AppView, commit: string | null): number | null {
    const promotions = this.#options.simulator.promotions();
    let failed: { readonly at: number; readonly by: string } | null = null;
    for (const { user, createdAt, commit: made, id, targets } of promotions) {
      const its = targets.find(({ app }) => app === target.name);
      if (user !== SLUICE || its === undefined) continue;
      if (its.status === 'succeeded') failed = null;
      if (its.status !== 'failed' || commit === null || made !== commit) continue;
      const release = target.releases.find((one) => one.id === its.releaseId);
      failed = { at: release?.updatedAt ?? createdAt, by: id };
    }
    if (failed === null) return null;
    if (this.#known.retrying.has(pipeline)) return null;
    const { at, by } = failed;
    const attempt = this.#known.attempts().find(({ promotionId }) => promotionId === by);
    if (attempt === undefined || this.#known.retried.has(`${target.name} ${attempt.id}`)) return null;
    return at;
  }

  /** S1: on facts that were whole, and not old. */
  #checkFacts({ run, attempt, lookedAt, plans }: Sent): void {
    const { pipeline, to } = attempt;
    const ways = plans.map((plan) => upTo(plan, to));
    const unread = ways[0]?.find((app) => {
      const { id } = this.#options.simulator.app(app);
      // What became of an attempt is read by itself, and may stay open.
      return (
        ways.every((way) => way.includes(app)) && run.unread.has(id) && !this.#isSettling(id, attempt.id)
      );
    });
    if (unread !== undefined) this.#violate('S1', `promoted to ${to} although ${unread} could not be read`);
    const oldMs = lookedAt - run.observedAt;
    const told = `${pipeline} ${to} was promoted on what was seen ${Math.round(oldMs / 1000)} s before`;
    if (oldMs > MINUTE + 2 * this.#options.skewMs) this.#violate('S1', told);
  }

  /** S2: what stands still after its mark is sent within thirty seconds, or never: others go by that. */
  #checkMark({ run, attempt }: Sent): void {
    const markedAt = this.#known.markedAt.get(attempt.id) ?? run.sentAt;
    const lateMs = run.sentAt - markedAt;
    const told = `${attempt.pipeline} ${attempt.to} was sent ${Math.round(lateMs / 1000)} s after its mark`;
    // A clock can be put right in between.
    if (lateMs > 30_000 + this.#options.skewMs + 1_000) this.#violate('S2', told);
  }

  /** S5: holds, and what people put on the targets. */
  #checkPeople({ run, attempt, pinned, targets, claimedAt, lookedAt, plans }: Sent): void {
    const { pipeline, to } = attempt;
    const isHeld = this.#known.holds.some(
      (hold) =>
        hold.pipeline === pipeline &&
        (hold.wave === null ||
          hold.wave === to ||
          plans.every((plan) => isGone(hold.wave, plan)) ||
          targets.some(({ name }) => hold.apps.includes(name))) &&
        hold.from < lookedAt &&
        claimedAt < hold.until - this.#options.skewMs,
    );
    if (isHeld) this.#violate('S5', `${pipeline} ${to} was promoted while it was held`);
    const mergedAt = this.#mergedAt(plans, pinned?.commit ?? null);
    for (const target of targets) {
      const tried = this.#triedBefore(target.id, attempt.id);
      const undone = this.#known.stands.against(pipeline, target, run.observedAt, { tried, mergedAt });
      if (undone !== null) this.#violate('S5', undone);
    }
  }

  /** S5: what a person has rejected goes no further, in whatever slug. */
  #checkRejected({ attempt: { pipeline, to }, pinned, claimedAt, lookedAt }: Sent): void {
    const isRejected = this.#known.rejections.some(
      (one) =>
        one.pipeline === pipeline &&
        one.commit === pinned?.commit &&
        one.from < lookedAt &&
        claimedAt < one.until - this.#options.skewMs,
    );
    if (isRejected) this.#violate('S5', `${pinned?.commit} was promoted to ${to} while it was rejected`);
  }

  #checkMode({ attempt: { pipeline, to }, plans }: Sent): void {
    if (plans.every(({ observes }) => observes !== undefined))
      this.#violate('S1', `${pipeline} ${to} was promoted, and is to be observed only`);
  }

  /** When the commit first came to any app of the pipeline, epoch ms. */
  #mergedAt(plans: readonly PipelinePlan[], commit: string | null): number {
    const apps = plans.flatMap(({ waves }) => waves.flatMap((wave) => wave.apps));
    const came = apps.flatMap((app) =>
      this.#options.simulator
        .app(app)
        .releases.filter((release) => commit !== null && release.commit === commit)
        .map(({ updatedAt }) => updatedAt),
    );
    return Math.min(...came);
  }

  /** S1 and S5: the artifact has soaked on the wave before, and nobody has taken its code back on any wave up to here. */
  #checkSource(sent: Sent): void {
    const { run, attempt, pinned, plans } = sent;
    const { artifact, from, to } = attempt;
    const commit = pinned?.commit ?? null;
    const { skewMs } = this.#options;
    const ways = waysTo(plans, to);
    const hasSoaked = ways.some((way) =>
      (way.from?.apps ?? []).every((app) => this.#soakedMs(way, app, sent) >= way.wave.soakMs),
    );
    const isParked = ways.every(({ from, wave }) =>
      (from?.apps ?? []).some(
        (app) => wave.soakMs > 0 && this.#known.dynos.isStopped(app, run.observedAt - skewMs, this.#now()),
      ),
    );
    if (ways.length > 0 && isParked)
      this.#violate('S1', `${artifact} soaked on ${from} for ${to} where no dyno ran`);
    const unread = (ways[0]?.from?.apps ?? []).find((app) =>
      run.unreadDynos.has(this.#options.simulator.app(app).id),
    );
    if (unread !== undefined && ways.every(({ wave }) => wave.soakMs > 0))
      this.#violate('S1', `promoted to ${to} although the dynos of ${unread} could not be read`);
    if (!hasSoaked) this.#violate('S1', `${artifact} had not soaked on ${from} for ${to}`);
    // Whatever clock was right, and whatever came about in that time: a run may have seen it, or not.
    const [since, until] = [run.observedAt - skewMs, run.observedAt + skewMs];
    const wasBack = (name: string): boolean => {
      const app = this.#options.simulator.app(name);
      const changes = app.releases.map(({ updatedAt }) => updatedAt).filter((at) => since < at && at < until);
      return [since, ...changes, until].every((at) => isTakenBack(app, { artifact, commit }, at));
    };
    const back = plans.map((plan) => upTo(plan, to).find(wasBack));
    const isAllowed = this.#known.allowed.some(
      (one) => one.artifact === artifact || (commit !== null && one.commit === commit),
    );
    if (!isAllowed && back.every((app) => app !== undefined))
      this.#violate('S5', `${artifact} was taken back on ${back[0]} and promoted to ${to}`);
  }

  /** The newest that passes is what moves. */
  #checkChoice({ run, attempt: { pipeline, to }, pinned, plans }: Sent): void {
    const order = orderOf(pipeline, pinned?.commit ?? null);
    const [plan, ...others] = plans;
    // What could not be asked about the newest lets an older one pass it by.
    if (run.hasTrouble || plan === undefined || others.length > 0 || order === null) return;
    if (plan.namesRepo === true && this.#options.github.trouble() !== null) return;
    const index = plan.waves.findIndex(({ name }) => name === to);
    const newest = this.#readiness.newest(plan, index, run.observedAt - MINUTE);
    if (newest !== null && newest > order)
      this.#violate(
        'choice',
        `${to} is given merge ${order} of ${pipeline}, and ${newest} passes everything`,
      );
  }

  /** S1: every check was asked, and could pass as the world was. */
  #checkChecks(sent: Sent): void {
    const { run, attempt, pinned, claimedAt, plans } = sent;
    const { to } = attempt;
    const waves = waysTo(plans, to).map(({ wave }) => wave);
    const asked = new Set(attempt.verdicts.map(({ check }) => check.split(' ')[0]));
    const unasked = waves.map((wave) => checksOf(wave).find((check) => !asked.has(check)));
    if (unasked.every((check) => check !== undefined))
      this.#violate('S1', `promoted to ${to} and never asked ${unasked[0]}`);
    const before = run.observedAt - MINUTE;
    const wasRed = this.#known.red.some(({ from, until }) => from < before && until > claimedAt);
    if (waves.every(({ status }) => status) && wasRed)
      this.#violate('S1', 'promoted while Heroku was not well');
    const commit = pinned?.commit ?? '';
    const troubles = waves.map(({ ci }) =>
      ci === null ? null : this.#known.ci.against(commit, ci, claimedAt, run.observedAt),
    );
    if (troubles.length > 0 && troubles.every((trouble) => trouble !== null))
      this.#violate('S1', `promoted to ${to} although ${troubles[0]}: ${commit}`);
    const unsaid = waysTo(plans, to).map((way) => this.#unsaid(way, sent));
    if (unsaid.length > 0 && unsaid.every((one) => one !== null))
      this.#violate('S1', `promoted to ${to} although ${unsaid[0]}`);
    const isClosed = ({ windows }: WavePlan): boolean =>
      !isOpenAt(windows, claimedAt) && !isNearEdge(windows, claimedAt);
    if (waves.length > 0 && waves.every(isClosed)) {
      const at = new Date(claimedAt).toISOString();
      this.#violate('S1', `promoted to ${to} at ${at}, when every window of ${attempt.pipeline} is closed`);
    }
  }

  /** What suites have not said although the wave asks for it, or that somebody works on an app; null: all is well. */
  #unsaid({ wave: { signal, maintenance }, from }: Way, { run, attempt, pinned, targets, claimedAt }: Sent) {
    const { simulator } = this.#options;
    const sources = (from?.apps ?? []).map((app) => simulator.app(app));
    const worked = [
      ...(maintenance === 'source' ? [] : targets),
      ...(maintenance === 'target' ? [] : sources),
    ];
    // What the tick has seen that started the run.
    const isIn = ({ name }: AppView): boolean =>
      (this.#known.inMaintenance.get(name) ?? claimedAt) < claimedAt - 5 * MINUTE;
    const app = maintenance === undefined ? undefined : worked.find(isIn);
    if (app !== undefined) return `${app.name} is in maintenance mode`;
    if (signal === undefined) return null;
    const { suites } = this.#known;
    const commit = pinned?.commit ?? null;
    const then = { lookedAt: run.observedAt, claimedAt, commit };
    if (signal.of === 'commit') return suites.againstCommit(signal, then);
    const code = { artifact: attempt.artifact, commit };
    const found =
      signal.of === 'target'
        ? targets.map((target) => suites.againstTarget(signal, target, then))
        : sources
            .filter(({ pipelineId }) => pipelineId !== null)
            .map((source) => suites.againstSource(signal, source, spansWith(source, code), then));
    return found.find((one) => one !== null) ?? null;
  }

  /** What attempts before this one were to bring to the app, back to the last that did. */
  #triedBefore(appId: string, than: string): readonly string[] {
    const before = this.#attemptsOn(appId)
      .filter(({ id }) => id < than)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const last = before.findLastIndex(({ targets }) =>
      targets.some(({ app, state }) => app.id === appId && state === 'succeeded'),
    );
    return before.slice(Math.max(0, last)).map(({ artifact }) => artifact);
  }

  /** True when another attempt on the app is open, on record or in its ledger alone, or was a minute ago. */
  #isSettling(appId: string, than: string): boolean {
    const since = this.#now() - MINUTE;
    const isOpen = this.#known
      .ledgers()
      .some(({ open }) =>
        open.some(({ id, targets }) => id !== than && targets.some(({ app }) => app.id === appId)),
      );
    if (isOpen) return true;
    return this.#attemptsOn(appId).some(({ id, settledAt }) => id !== than && (settledAt ?? since) >= since);
  }

  #attemptsOn(appId: string): readonly Attempt[] {
    return this.#known.attempts().filter(({ targets }) => targets.some(({ app }) => app.id === appId));
  }

  #hasEnded(app: string, releaseId: string | null): boolean {
    const release = this.#options.simulator.app(app).releases.find(({ id }) => id === releaseId);
    return release !== undefined && release.status !== 'pending';
  }

  /**
   * How long the artifact has proven itself on the app by now, with what clocks may be off: the time that it stayed; on
   * the head, which people merge into, also inside later merges.
   */
  #soakedMs({ isFirst }: Way, app: string, { run, attempt, pinned }: Sent): number {
    const { artifact, pipeline } = attempt;
    const commit = pinned?.commit ?? null;
    const view = this.#options.simulator.app(app);
    const contains = (earlier: number, later: number): boolean =>
      this.#options.github.isInside(pipeline, earlier, later);
    const soakedBy = (at: number, from?: number): number =>
      Math.max(
        stayedMs(view, { artifact, commit }, at, from),
        isFirst ? containedMs(view, pipeline, commit, contains, at, from) : -1,
      );
    // What was taken back since the run looked it may not have seen, nor a stop of dynos.
    const stop = this.#known.dynos.lastSeen(app);
    const soaked = [run.observedAt, this.#now()].map((at) =>
      stop === undefined
        ? soakedBy(at)
        : Math.max(soakedBy(Math.min(at, stop.from)), soakedBy(at, stop.until)),
    );
    return Math.max(...soaked) + 2 * this.#options.skewMs + 1_000;
  }

  #violate(rule: string, what: string): void {
    this.#options.context.violate(rule, what);
  }

  #now(): number {
    return this.#options.context.scheduler.now();
  }
}

interface Way {
  readonly wave: WavePlan;
  readonly from: WavePlan | undefined;
  /** True when what is promoted from is the head. */
  readonly isFirst: boolean;
}

/** The hold of a wave that is not there holds the whole pipeline. */
function isGone(wave: string | null, { waves }: PipelinePlan): boolean {
  return waves.slice(1).every(({ name }) => name !== wave);
}

/** The wave in each plan, with the one before it. */
function waysTo(plans: readonly PipelinePlan[], to: string): readonly Way[] {
  return plans.flatMap(({ waves }) =>
    waves.flatMap((wave, index) =>
      wave.name === to ? [{ wave, from: waves[index - 1], isFirst: index === 1 }] : [],
    ),
  );
}

/** The checks that have to be asked before the wave is given anything. */
function checksOf({ ci, status, windows, signal, maintenance }: WavePlan): readonly string[] {
  return [
    'soak',
    'release',
    'hold',
    ...(ci === null ? [] : ['ci']),
    ...(status ? ['heroku-status'] : []),
    ...(windows.length === 0 ? [] : ['window']),
    ...(signal === undefined ? [] : ['signal']),
    ...(maintenance === undefined ? [] : ['maintenance']),
  ];
}

/** The apps of the waves up to that one. */
function upTo({ waves }: PipelinePlan, to: string): readonly string[] {
  const last = waves.findIndex(({ name }) => name === to);
  return waves.slice(0, last + 1).flatMap((wave) => wave.apps);
}
