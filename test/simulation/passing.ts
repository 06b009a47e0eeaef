// Whether what is asked of a promotion could pass, as the world was. Each question gives what speaks against it, in words;
// null: it could pass.

import type { AppView } from '../../infra/local/heroku/views.ts';
import type { Attempt } from '../../shared/domain/attempt.ts';
import type { PipelinePlan, WavePlan } from './fleet.ts';
import type { CheckerOptions, Known } from './known.ts';
import { containedMs, isTakenBack, spansWith, stayedMs } from './ran.ts';
import { SLUICE } from './stands.ts';
import { MINUTE } from './time.ts';
import { isNearEdge, isOpenAt } from './windows.ts';

/** What was asked about, and when: everything that the answer goes by was read from `since` to `until`, epoch ms. */
export interface Asked {
  readonly pipeline: string;
  readonly from: string;
  readonly to: string;
  readonly artifact: string;
  readonly commit: string | null;
  readonly targets: readonly AppView[];
  readonly since: number;
  readonly until: number;
  /** What the pipeline may have been taken for. */
  readonly plans: readonly PipelinePlan[];
}

interface Way {
  readonly wave: WavePlan;
  readonly from: WavePlan | undefined;
  /** True when what is promoted from is the head. */
  readonly isFirst: boolean;
}

export class Passing {
  readonly #options: CheckerOptions;
  readonly #known: Known;

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
  }

  /** S5: somebody held the wave all that time. */
  held({ pipeline, to, targets, plans, since, until }: Asked): string | null {
    const isHeld = this.#known.holds.some(
      (hold) =>
        hold.pipeline === pipeline &&
        (hold.wave === null ||
          hold.wave === to ||
          plans.every((plan) => isGone(hold.wave, plan)) ||
          targets.some(({ name }) => hold.apps.includes(name))) &&
        hold.from < since &&
        until < hold.until,
    );
    return isHeld ? 'it was held' : null;
  }

  /** S5: a person had rejected the commit, in whatever slug. */
  rejected({ pipeline, commit, since, until }: Asked): string | null {
    const isRejected = this.#known.rejections.some(
      (one) => one.pipeline === pipeline && one.commit === commit && one.from < since && until < one.until,
    );
    return isRejected ? `${commit} was rejected` : null;
  }

  /** S5: its code was taken back, whatever clock was right, on a wave up to there, and nobody has allowed it. */
  takenBack({ artifact, commit, to, plans, since, until }: Asked): string | null {
    // Whatever came about in that time a run may have seen, or not.
    const wasBack = (name: string): boolean => {
      const app = this.#options.simulator.app(name);
      const changes = app.releases.map(({ updatedAt }) => updatedAt).filter((at) => since < at && at < until);
      return [since, ...changes, until].every((at) => isTakenBack(app, { artifact, commit }, at));
    };
    const back = plans.map((plan) => upTo(plan, to).find(wasBack));
    const isAllowed = this.#known.allowed.some(
      (one) => one.artifact === artifact || (commit !== null && one.commit === commit),
    );
    return !isAllowed && back.every((app) => app !== undefined)
      ? `${artifact} was taken back on ${back[0]}`
      : null;
  }

  /** S5: what a promotion would undo of what people did. `by`: the attempt that would, when there is one. */
  undone({ pipeline, commit, targets, plans, since }: Asked, by = '\uffff'): string | null {
    const mergedAt = this.#mergedAt(plans, commit);
    const found = targets.map((target) => {
      const tried = this.#triedBefore(target.id, by);
      return this.#known.stands.against(pipeline, target, since, { tried, mergedAt });
    });
    return found.find((one) => one !== null) ?? null;
  }

  /**
   * By which attempt, and when, the app last failed to take the code, as Sluice was told; null when it never did, has
   * taken something since, or a person has had it tried again since.
   */
  failedAt(
    pipeline: string,
    target: AppView,
    commit: string | null,
  ): { readonly at: number; readonly attempt: Attempt } | null {
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
    return { at, attempt };
  }

  /** S1: it has not run long enough on an app of the wave before. */
  unsoaked(asked: Asked): string | null {
    const hasSoaked = waysTo(asked.plans, asked.to).some((way) =>
      (way.from?.apps ?? []).every((app) => this.#soakedMs(way, app, asked) >= way.wave.soakMs),
    );
    return hasSoaked ? null : `${asked.artifact} had not soaked on ${asked.from} for ${asked.to}`;
  }

  /** S1: Heroku was not well all that time. */
  unwell({ to, plans, since, until }: Asked): string | null {
    const wasRed = this.#known.red.some((span) => span.from < since - MINUTE && span.until > until);
    const waves = waysTo(plans, to).map(({ wave }) => wave);
    return wasRed && waves.every(({ status }) => status) ? 'Heroku was not well' : null;
  }

  /** S1: what CI has not said, or that it is bad. */
  red({ commit, to, plans, since, until }: Asked): string | null {
    return inAll(waysTo(plans, to), ({ wave: { ci } }) =>
      ci === null ? null : this.#known.ci.against(commit ?? '', ci, until, since),
    );
  }

  /** S1: every window is closed. */
  closed({ to, plans, until, pipeline }: Asked): string | null {
    return inAll(waysTo(plans, to), ({ wave: { windows } }) =>
      isOpenAt(windows, until) || isNearEdge(windows, until)
        ? null
        : `every window of ${pipeline} is closed at ${new Date(until).toISOString()}`,
    );
  }

  /** S1: somebody works on an app. */
  maintained({ to, plans, targets, since }: Asked): string | null {
    const { simulator } = this.#options;
    // What the tick has seen that started the run.
    const isIn = ({ name }: AppView): boolean =>
      (this.#known.inMaintenance.get(name) ?? since) < since - 5 * MINUTE;
    return inAll(waysTo(plans, to), ({ wave: { maintenance }, from }) => {
      if (maintenance === undefined) return null;
      const worked = [
        ...(maintenance === 'source' ? [] : targets),
        ...(maintenance === 'target' ? [] : (from?.apps ?? []).map((app) => simulator.app(app))),
      ];
      const app = worked.find(isIn);
      return app === undefined ? null : `${app.name} is in maintenance mode`;
    });
  }

  /** S1: what suites have not said although the wave asks for it. */
  unsaid({ artifact, commit, to, plans, targets, since, until }: Asked): string | null {
    const { suites } = this.#known;
    const then = { lookedAt: since, claimedAt: until, commit };
    return inAll(waysTo(plans, to), ({ wave: { signal }, from }) => {
      if (signal === undefined) return null;
      if (signal.of === 'commit') return suites.againstCommit(signal, then);
      const sources = (from?.apps ?? []).map((app) => this.#options.simulator.app(app));
      const found =
        signal.of === 'target'
          ? targets.map((target) => suites.againstTarget(signal, target, then))
          : sources
              .filter(({ pipelineId }) => pipelineId !== null)
              .map((source) =>
                suites.againstSource(signal, source, spansWith(source, { artifact, commit }), then),
              );
      return found.find((one) => one !== null) ?? null;
    });
  }

  /** When the commit was first released to any app of the pipeline, epoch ms. */
  #mergedAt(plans: readonly PipelinePlan[], commit: string | null): number {
    const apps = plans.flatMap(({ waves }) => waves.flatMap((wave) => wave.apps));
    const came = apps.flatMap((app) =>
      this.#options.simulator
        .app(app)
        .releases.filter((release) => commit !== null && release.commit === commit)
        .map(({ createdAt }) => createdAt),
    );
    return Math.min(...came);
  }

  /** What attempts before this one were to bring to the app, back to the last that did. */
  #triedBefore(appId: string, than: string): readonly string[] {
    const before = this.#known
      .attempts()
      .filter(({ id, targets }) => id < than && targets.some(({ app }) => app.id === appId))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const last = before.findLastIndex(({ targets }) =>
      targets.some(({ app, state }) => app.id === appId && state === 'succeeded'),
    );
    return before.slice(Math.max(0, last)).map(({ artifact }) => artifact);
  }

  /**
   * How long the artifact has proven itself on the app by then, with what clocks may be off: the time that it stayed; on
   * the head, which people merge into, also inside later merges.
   */
  #soakedMs({ isFirst }: Way, app: string, { artifact, pipeline, commit, since, until }: Asked): number {
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
    const changes = view.releases.map(({ updatedAt }) => updatedAt - 1);
    const times = [since, ...changes.filter((at) => since < at && at < until), until];
    const soaked = times.map((at) =>
      stop === undefined
        ? soakedBy(at)
        : Math.max(soakedBy(Math.min(at, stop.from)), soakedBy(at, stop.until)),
    );
    return Math.max(...soaked) + 2 * this.#options.skewMs + 1_000;
  }
}

/** What speaks against it, whichever of the waves it was taken for; null: nothing does, by one of them. */
function inAll(ways: readonly Way[], against: (way: Way) => string | null): string | null {
  const found = ways.map(against);
  return found.every((one) => one !== null) ? (found[0] ?? null) : null;
}

/** The hold of a wave that is not there holds the whole pipeline. */
function isGone(wave: string | null, { waves }: PipelinePlan): boolean {
  return waves.slice(1).every(({ name }) => name !== wave);
}

/** The wave in each plan, with the one before it. */
export function waysTo(plans: readonly PipelinePlan[], to: string): readonly Way[] {
  return plans.flatMap(({ waves }) =>
    waves.flatMap((wave, index) =>
      wave.name === to ? [{ wave, from: waves[index - 1], isFirst: index === 1 }] : [],
    ),
  );
}

/** The apps of the waves up to that one. */
export function upTo({ waves }: PipelinePlan, to: string): readonly string[] {
  const last = waves.findIndex(({ name }) => name === to);
  return waves.slice(0, last + 1).flatMap((wave) => wave.apps);
}
