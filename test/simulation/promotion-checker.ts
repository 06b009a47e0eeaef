// Whether a promotion that has reached Heroku was right, as the world was: S1, S2 and S5.

import type { AppView, ReleaseView } from '../../infra/local/heroku/views.ts';
import type { Attempt } from '../../shared/domain/attempt.ts';
import { orderOf, type PipelinePlan, type WavePlan } from './fleet.ts';
import type { Invocation } from './invocation.ts';
import type { CheckerOptions, Known } from './known.ts';
import { type Asked, Passing, upTo, waysTo } from './passing.ts';
import { Readiness } from './readiness.ts';
import { SLUICE } from './stands.ts';
import { MINUTE } from './time.ts';

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

function askedOf({ run, attempt, pinned, targets, claimedAt, plans }: Sent): Asked {
  const { pipeline, from, to, artifact } = attempt;
  const commit = pinned?.commit ?? null;
  return { pipeline, from, to, artifact, commit, targets, since: run.observedAt, until: claimedAt, plans };
}

export class PromotionChecker {
  readonly #options: CheckerOptions;
  readonly #known: Known;
  readonly #passing: Passing;
  readonly #readiness: Readiness;

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
    this.#passing = new Passing(options, known);
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
    const failed = this.#passing.failedAt(attempt.pipeline, target, pinned?.commit ?? null);
    if (failed !== null && failed.at < run.observedAt - MINUTE)
      this.#violate('S2', `${target.name} is sent again what it failed to take, and nobody said so`);
    const isUnderWay = before.some(
      ({ status, createdAt }) => status === 'pending' && createdAt < run.observedAt,
    );
    if (isUnderWay) this.#violate('S1', `${target.name} had a release under way`);
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

  /** S5: holds, what people put on the targets, and what they rejected. */
  #checkPeople(sent: Sent): void {
    const { attempt, claimedAt, lookedAt } = sent;
    const { pipeline, to } = attempt;
    // Both are read again in the last look.
    const last = { ...askedOf(sent), since: lookedAt, until: claimedAt + this.#options.skewMs };
    if (this.#passing.held(last) !== null)
      this.#violate('S5', `${pipeline} ${to} was promoted while it was held`);
    const undone = this.#passing.undone(askedOf(sent), attempt.id);
    if (undone !== null) this.#violate('S5', undone);
    const rejected = this.#passing.rejected(last);
    if (rejected !== null) this.#violate('S5', `promoted to ${to}, and ${rejected}`);
  }

  #checkMode({ attempt: { pipeline, to }, plans }: Sent): void {
    if (plans.every(({ observes }) => observes !== undefined))
      this.#violate('S1', `${pipeline} ${to} was promoted, and is to be observed only`);
  }

  /** S1 and S5: the artifact has soaked on the wave before, and nobody has taken its code back on any wave up to here. */
  #checkSource(sent: Sent): void {
    const { run, attempt, plans } = sent;
    const { artifact, from, to } = attempt;
    const { skewMs } = this.#options;
    const ways = waysTo(plans, to);
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
    const unsoaked = this.#passing.unsoaked({ ...askedOf(sent), until: this.#now() });
    if (unsoaked !== null) this.#violate('S1', unsoaked);
    const seen = { since: run.observedAt - skewMs, until: run.observedAt + skewMs };
    const back = this.#passing.takenBack({ ...askedOf(sent), ...seen });
    if (back !== null) this.#violate('S5', `${back} and promoted to ${to}`);
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
    const { attempt, plans } = sent;
    const { to } = attempt;
    const waves = waysTo(plans, to).map(({ wave }) => wave);
    const asked = new Set(attempt.verdicts.map(({ check }) => check.split(' ')[0]));
    const unasked = waves.map((wave) => checksOf(wave).find((check) => !asked.has(check)));
    if (unasked.every((check) => check !== undefined))
      this.#violate('S1', `promoted to ${to} and never asked ${unasked[0]}`);
    const all = askedOf(sent);
    const passing = this.#passing;
    const found = [
      passing.unwell(all),
      passing.red(all),
      passing.unsaid(all),
      passing.maintained(all),
      passing.closed(all),
    ].find((one) => one !== null);
    if (found !== undefined) this.#violate('S1', `promoted to ${to} although ${found}: ${all.commit}`);
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

  #violate(rule: string, what: string): void {
    this.#options.context.violate(rule, what);
  }

  #now(): number {
    return this.#options.context.scheduler.now();
  }
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
