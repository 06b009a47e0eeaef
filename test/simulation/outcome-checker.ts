// Whether what promotions made, and what the records say of them, is right: S4 and S6, and that every attempt ends (L1).

import type { ReleaseView } from '../../infra/local/heroku/views.ts';
import type { Attempt, TargetState } from '../../shared/domain/attempt.ts';
import { orderOf } from './fleet.ts';
import type { CheckerOptions, Known } from './known.ts';
import { SLUICE } from './stands.ts';
import { MINUTE } from './time.ts';

export class OutcomeChecker {
  readonly #options: CheckerOptions;
  readonly #known: Known;
  /** How many releases of each app have been looked at. */
  readonly #checked = new Map<string, number>();

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
  }

  /** S4, of every release that promotions of Sluice's have made since the last look. */
  checkReleases(): void {
    const { simulator, fleet } = this.#options;
    for (const { name, waves } of fleet) {
      for (const app of waves.flatMap((wave) => wave.apps)) {
        const { releases } = simulator.app(app);
        for (const release of releases.slice(this.#checked.get(app) ?? 0)) {
          if (release.kind === 'promotion' && release.user === SLUICE) {
            this.#checkOrder(name, app, releases, release);
          }
        }
        this.#checked.set(app, releases.length);
      }
    }
  }

  #checkOrder(pipeline: string, app: string, releases: readonly ReleaseView[], made: ReleaseView): void {
    const order = orderOf(pipeline, made.commit);
    // What people put on a wave and let count goes on like a merge.
    if (order === null) return;
    // What a person does between a run's look and Heroku's release cannot be seen by anybody in time.
    const seenAt = this.#lookedAt(made.id);
    let newest = -1;
    const had = new Set<number>();
    /** What was the newest when the app was first given an artifact. */
    const newestWith = new Map<string, number>();
    for (const release of releases.slice(0, made.version - 1)) {
      if (release.status === 'failed' || release.artifactId === null) continue;
      if (release.user !== SLUICE && release.createdAt >= seenAt) continue;
      // A rollback takes back what came after what it goes back to; so does a config change during a release phase.
      const isBack = release.kind === 'rollback' || release.kind === 'config';
      const its = orderOf(pipeline, release.commit);
      // So does a person who deploys an older merge again, not one who gives the app an older one that it never had.
      const isOlderAgain = release.user !== SLUICE && its !== null && its < newest && had.has(its);
      const then = isBack ? newestWith.get(release.artifactId) : isOlderAgain ? its : undefined;
      newest = then ?? Math.max(newest, its ?? -1);
      if (its !== null) had.add(its);
      if (!newestWith.has(release.artifactId)) newestWith.set(release.artifactId, newest);
    }
    if (order < newest) this.#violate('S4', `${app} was moved from merge ${newest} back to merge ${order}`);
  }

  /** When the run that asked for the release had looked. */
  #lookedAt(releaseId: string): number {
    const made = this.#options.simulator
      .promotions()
      .find(({ targets }) => targets.some((target) => target.releaseId === releaseId));
    return this.#known.posts.find(({ promotionId }) => promotionId === made?.id)?.observedAt ?? this.#now();
  }

  /** L1: what Heroku has ended, or what never reached it, is settled by now. `isLeft`: nobody looks at the pipeline yet. */
  checkSettled(isLeft: (pipeline: string) => boolean): void {
    const pending = this.#options.simulator
      .promotions()
      .filter(({ targets }) => targets.some(({ status }) => status === 'pending'));
    for (const { sk, body } of this.#options.items.all()) {
      if (!sk.startsWith('attempt#')) continue;
      const { id, state, claimedAt, pipeline } = JSON.parse(String(body)) as Attempt;
      if (claimedAt > this.#now() - 10 * MINUTE || isLeft(pipeline)) continue;
      const { promotionId } = this.#known.posts.find(({ attemptId }) => attemptId === id) ?? {};
      if (state === 'open' && pending.every((promotion) => promotion.id !== promotionId)) {
        this.#violate('L1', `attempt ${id} is not settled although nothing goes wrong any more`);
      }
    }
  }

  /** At the end: what the records say is what happened. */
  checkRecords(): void {
    for (const item of this.#options.items.all()) {
      if (!item.sk.startsWith('attempt#')) continue;
      const attempt = JSON.parse(String(item['body'])) as Attempt;
      const posts = this.#known.posts.filter(({ attemptId }) => attemptId === attempt.id);
      const accepted = posts.some((post) => post.accepted);
      const told = `${attempt.id} says ${attempt.state}`;
      if (attempt.state === 'open') this.#violate('L1', `attempt ${attempt.id} was never settled`);
      // A promotion that failed before it made a release leaves no trace that could be read.
      const { promotionId } = posts.find((post) => post.accepted) ?? { promotionId: null };
      const made = this.#options.simulator.promotions().find(({ id }) => id === promotionId);
      const hadEffect = made?.targets.some(({ releaseId }) => releaseId !== null) === true;
      if (attempt.state === 'not-sent' && hadEffect) this.#violate('S6', `${told}, and Heroku released it`);
      if (attempt.state === 'rejected' && accepted) this.#violate('S6', `${told}, and Heroku took it`);
      if (attempt.state === 'succeeded' && !accepted && !this.#ranAll(attempt)) {
        this.#violate('S6', `${told}, and Heroku never got it`);
      }
      const ended = stateOf(attempt.targets.map((target) => target.state));
      if (ended !== null && attempt.state !== ended)
        this.#violate('S6', `${told}, and its targets make it ${ended}`);
      for (const { app, state } of attempt.targets) {
        const became = made?.targets.find((target) => target.app === app.name);
        const isWrong =
          (became?.status === 'succeeded' && state === 'failed') ||
          (became?.status === 'failed' && state === 'succeeded' && !this.#ran(app.id, attempt.artifact));
        if (isWrong)
          this.#violate('S6', `${attempt.id} says ${app.name} ${state}, and to Heroku it ${became?.status}`);
      }
    }
  }

  /** True when every target has run the artifact: somebody else may have brought it. */
  #ranAll({ targets, artifact }: Attempt): boolean {
    return targets.every(({ app }) => this.#ran(app.id, artifact));
  }

  #ran(appId: string, artifact: string): boolean {
    return this.#options.simulator
      .app(appId)
      .releases.some(({ artifactId, status }) => `slug:${artifactId}` === artifact && status !== 'failed');
  }

  #violate(rule: string, what: string): void {
    this.#options.context.violate(rule, what);
  }

  #now(): number {
    return this.#options.context.scheduler.now();
  }
}

/** How an attempt ended whose targets ended so; null where they do not tell. */
function stateOf(targets: readonly TargetState[]): Attempt['state'] | null {
  const took = targets.filter((state) => state === 'succeeded').length;
  if (took === targets.length) return 'succeeded';
  if (took > 0) return 'partial';
  return targets.every((state) => state === 'failed') ? 'failed' : null;
}
