// Whether a promotion that has reached Heroku was right, as the world was: S1, S2 and S5.

import type { AppView, ReleaseView } from '../../infra/local/heroku/views.ts';
import type { Attempt } from '../../shared/domain/attempt.ts';
import type { PipelinePlan, WavePlan } from './fleet.ts';
import type { Invocation } from './invocation.ts';
import type { CheckerOptions, Known } from './known.ts';
import { SLUICE } from './stands.ts';
import { MINUTE } from './time.ts';

export class PromotionChecker {
  readonly #options: CheckerOptions;
  readonly #known: Known;

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
  }

  /** What the checks should have seen, as the world was. */
  check(
    run: Invocation,
    attempt: Attempt,
    pinned: ReleaseView | undefined,
    targets: readonly AppView[],
  ): void {
    const { pipeline, to } = attempt;
    const made = this.#options.simulator.promotions().at(-1);
    // A target that has its release, and that has ended well, is done, whatever the promotion still says.
    const busy = this.#options.simulator
      .promotions()
      .filter(({ user }) => user === SLUICE)
      .slice(0, -1)
      .flatMap((promotion) => promotion.targets)
      .filter(({ status, app, releaseId }) => status === 'pending' && !this.#hasEnded(app, releaseId))
      .map(({ app }) => app);
    for (const target of targets) {
      if (busy.includes(target.name)) this.#violate('S2', `${target.name} is given two promotions at once`);
      // This promotion may be done by now.
      const ran = target.releases.findLast(
        ({ id, status }) => status === 'succeeded' && made?.targets.every((its) => its.releaseId !== id),
      );
      const since = run.observedAt - this.#options.skewMs - MINUTE;
      const isUnderWay = target.releases.some(
        ({ id, status, kind, createdAt }) =>
          status === 'pending' &&
          (kind === 'build' || kind === 'slug' || kind === 'promotion') &&
          createdAt < since &&
          made?.targets.every((its) => its.releaseId !== id),
      );
      if (isUnderWay) this.#violate('S1', `${target.name} had a release under way`);
      const isBrought = ran?.kind === 'promotion' && ran.user === SLUICE;
      if (isBrought && `slug:${ran.artifactId}` === attempt.artifact)
        this.#violate('S2', `${target.name} is given twice what it already runs`);
    }
    const claimedAt = this.#known.claimedAt.get(attempt.id) ?? this.#now();
    // The last look comes after the record.
    const lookedAt = this.#known.recordedAt.get(attempt.id) ?? claimedAt;
    const ways = this.#known.plansSince(pipeline, claimedAt - 5 * MINUTE).map((plan) => upTo(plan, to));
    const unread = ways[0]?.find((app) => {
      const { id } = this.#options.simulator.app(app);
      // What became of an attempt is read by itself, and may stay open.
      return (
        ways.every((way) => way.includes(app)) && run.unread.has(id) && !this.#isSettling(id, attempt.id)
      );
    });
    if (unread !== undefined) this.#violate('S1', `promoted to ${to} although ${unread} could not be read`);
    const oldMs = lookedAt - run.observedAt;
    if (oldMs > MINUTE + 2 * this.#options.skewMs)
      this.#violate(
        'S1',
        `${pipeline} ${to} was promoted on what was seen ${Math.round(oldMs / 1000)} s before`,
      );
    const held = this.#known.holds.find(
      (hold) =>
        hold.pipeline === pipeline &&
        (hold.wave === null || hold.wave === to) &&
        hold.from < lookedAt &&
        claimedAt < hold.until - this.#options.skewMs,
    );
    if (held !== undefined) this.#violate('S5', `${pipeline} ${to} was promoted while it was held`);
    for (const target of targets) {
      const wasTried = (artifact: string) => this.#wasTried(target.id, artifact);
      const undone = this.#known.stands.against(pipeline, target, run.observedAt, wasTried);
      if (undone !== null) this.#violate('S5', undone);
    }
    const plans = this.#known.plansSince(pipeline, claimedAt - 5 * MINUTE);
    const waves = plans.flatMap((plan) =>
      plan.waves.map((wave, index) => ({ wave, from: plan.waves[index - 1] })),
    );
    const mine = waves.filter(({ wave }) => wave.name === to);
    const soaked = mine.some(({ wave, from }) =>
      (from?.apps ?? []).every((app) => this.#soakedMs(app, attempt.artifact, claimedAt) >= wave.soakMs),
    );
    const back = mine.map(({ from }) =>
      from?.apps.find((app) =>
        this.#isTakenBack(app, attempt.artifact, run.observedAt - this.#options.skewMs),
      ),
    );
    if (back.every((app) => app !== undefined))
      this.#violate('S5', `${attempt.artifact} was taken back on ${back[0]} and promoted to ${to}`);
    if (!soaked) this.#violate('S1', `${attempt.artifact} had not soaked on ${attempt.from} for ${to}`);
    const asked = new Set(attempt.verdicts.map(({ check }) => check.split(' ')[0]));
    const unasked = mine.map(({ wave }) => checksOf(wave).find((check) => !asked.has(check)));
    if (unasked.every((check) => check !== undefined))
      this.#violate('S1', `promoted to ${to} and never asked ${unasked[0]}`);
    const wave = mine.at(-1)?.wave;
    const before = run.observedAt - MINUTE;
    const wasRed = this.#known.red.some(({ from, until }) => from < before && until > claimedAt);
    if (mine.every((one) => one.wave.status) && wasRed)
      this.#violate('S1', 'promoted while Heroku was not well');
    if (mine.every((one) => one.wave.ci)) {
      const trouble = this.#known.ci.against(pinned?.commit ?? '', claimedAt, run.observedAt);
      if (trouble !== null) this.#violate('S1', `promoted although ${trouble}: ${pinned?.commit}`);
    }
    const hour = new Date(claimedAt).getUTCHours();
    if (wave?.window && mine.every((one) => one.wave.window !== null)) {
      const nearEdge = Math.abs(((claimedAt + MINUTE * 30) % (60 * MINUTE)) - 30 * MINUTE) < MINUTE;
      const isOpen = hour >= wave.window.from && hour < wave.window.until;
      if (!isOpen && !nearEdge) this.#violate('S1', `promoted outside of the window, at ${hour}h`);
    }
  }

  /** True when an attempt was to bring the artifact to the app. */
  #wasTried(appId: string, artifact: string): boolean {
    return this.#attemptsOn(appId).some((attempt) => attempt.artifact === artifact);
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

  /** True when the app had gone back by then from the artifact to one that it had run before it, and not forth again. */
  #isTakenBack(app: string, artifact: string, by: number): boolean {
    const { releases } = this.#options.simulator.app(app);
    const ran = releases.filter(
      ({ status, artifactId }) => artifactId !== null && ['succeeded', 'expired'].includes(status),
    );
    const names = ran.map(({ artifactId }) => `slug:${artifactId}`);
    const last = names.lastIndexOf(artifact);
    return ran.some(
      ({ updatedAt }, index) =>
        index > last && updatedAt <= by && names.indexOf(names[index] ?? '') < names.indexOf(artifact),
    );
  }

  #hasEnded(app: string, releaseId: string | null): boolean {
    const release = this.#options.simulator.app(app).releases.find(({ id }) => id === releaseId);
    return release !== undefined && release.status !== 'pending';
  }

  /** The longest time the artifact ran on the app without a break until `now`, with what clocks may be off. */
  #soakedMs(app: string, artifact: string, now: number): number {
    const ran = this.#options.simulator
      .app(app)
      .releases.filter(
        ({ status, artifactId }) => (status === 'succeeded' || status === 'expired') && artifactId,
      );
    let longest = Number.NEGATIVE_INFINITY;
    for (const [index, release] of ran.entries()) {
      if (`slug:${release.artifactId}` !== artifact) continue;
      const next = ran.slice(index + 1).find(({ artifactId }) => artifactId !== release.artifactId);
      longest = Math.max(longest, Math.min(now, next?.updatedAt ?? now) - release.createdAt);
    }
    return longest + 2 * this.#options.skewMs + 1_000;
  }

  #violate(rule: string, what: string): void {
    this.#options.context.violate(rule, what);
  }

  #now(): number {
    return this.#options.context.scheduler.now();
  }
}

/** The checks that have to be asked before the wave is given anything. */
function checksOf({ ci, status, window }: WavePlan): readonly string[] {
  return [
    'soak',
    'release',
    'hold',
    ...(ci ? ['ci'] : []),
    ...(status ? ['heroku-status'] : []),
    ...(window === null ? [] : ['window']),
  ];
}

/** The apps of the waves up to that one. */
function upTo({ waves }: PipelinePlan, to: string): readonly string[] {
  const last = waves.findIndex(({ name }) => name === to);
  return waves.slice(0, last + 1).flatMap((wave) => wave.apps);
}
