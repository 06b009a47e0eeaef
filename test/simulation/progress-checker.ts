// L1, at every moment: what a wave should be given, and nothing in the world speaks against, is on its way within minutes in
// which nothing goes wrong. Merges are nothing that goes wrong.

import type { PipelinePlan, WavePlan } from './fleet.ts';
import type { CheckerOptions, Known, KnownHold } from './known.ts';
import { Readiness } from './readiness.ts';
import { MINUTE } from './time.ts';
import { isOpenAt } from './windows.ts';

/** What changes slowly is looked at every five minutes; a tick, a run, and a tick whose events were under way. */
const LATE_MS = 8 * MINUTE;
/** What Heroku has refused is asked again within ten minutes. */
const REFUSED_MS = 10 * MINUTE;

/** So long after its soak a wave is kept for what suites have still to say. */
const KEPT_MS = 60 * MINUTE;

/** In a path, or in a key of the table. */
const PIPELINE_ID = /(?<=pipelines\/|pipeline#|view#)[0-9a-f-]{36}/;

export class ProgressChecker {
  readonly #options: CheckerOptions;
  readonly #known: Known;
  readonly #readiness: Readiness;
  /** When something last went wrong with it, by the pipeline's id. */
  readonly #troubledAt = new Map<string, number>();
  /** When something last went wrong that may concern all. */
  #allTroubledAt = Number.NEGATIVE_INFINITY;
  #faultsSeen = 0;

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
    this.#readiness = new Readiness(options, known);
  }

  /** Something goes wrong with the pipeline now. */
  trouble(pipelineId: string): void {
    this.#troubledAt.set(pipelineId, Math.max(this.#now(), this.#troubledAt.get(pipelineId) ?? 0));
  }

  /** `idOf`: of the pipeline's name. `isMute`: Heroku has no answer about it now. */
  check(
    plans: readonly PipelinePlan[],
    idOf: (name: string) => string,
    isMute: (name: string) => boolean,
  ): void {
    this.#hearOfFaults();
    const by = this.#now() - LATE_MS;
    for (const plan of plans) {
      const id = idOf(plan.name);
      if (isMute(plan.name)) this.trouble(id);
      const troubledAt = Math.max(this.#allTroubledAt, this.#troubledAt.get(id) ?? 0);
      if (plan.observes !== undefined || troubledAt > by) continue;
      for (let index = plan.waves.length - 1; index > 0; index -= 1) this.#checkStep(plan, index, by);
    }
  }

  #hearOfFaults(): void {
    const { happened } = this.#options.context.faults;
    for (const { what } of happened.slice(this.#faultsSeen)) {
      const [id] = PIPELINE_ID.exec(what) ?? [];
      if (id === undefined) this.#allTroubledAt = this.#now();
      else this.trouble(id);
    }
    this.#faultsSeen = happened.length;
  }

  #checkStep(plan: PipelinePlan, index: number, by: number): void {
    const to = plan.waves[index];
    if (to === undefined || this.#isStopped(plan, to, by)) return;
    const order = this.#readiness.newest(plan, index, by);
    if (order === null || this.#isKept(plan, index, by) || this.#isAtWork(plan, to, by)) return;
    this.#options.context.violate(
      'L1',
      `${plan.name} ${to.name} is not given merge ${order}, and for ${LATE_MS / MINUTE} minutes nothing has spoken against it`,
    );
  }

  /** Held, or closed, or Heroku not well, at any time since then. */
  #isStopped(plan: PipelinePlan, to: WavePlan, by: number): boolean {
    const now = this.#now();
    if (this.#known.holds.some((hold) => hold.latest > by && this.#mayHold(hold, plan, to))) return true;
    if (to.status && this.#known.red.some(({ until }) => until > by)) return true;
    for (let at = by; at <= now; at += MINUTE) if (!isOpenAt(to.windows, at)) return true;
    return false;
  }

  /** The hold of another wave stops nothing here, unless that has been another wave since, or has had these apps. */
  #mayHold({ pipeline, wave, apps }: KnownHold, { name }: PipelinePlan, to: WavePlan): boolean {
    if (pipeline !== name) return false;
    const others = (this.#known.plans.get(name) ?? []).map(({ plan }) =>
      plan.waves.slice(1).find((one) => one.name === wave),
    );
    return (
      wave === to.name ||
      others.some((other) => other === undefined || other.apps.some((app) => to.apps.includes(app))) ||
      apps.some((app) => to.apps.includes(app))
    );
  }

  /** The wave keeps what it runs for the one behind it, or has just been given it, or has a release under way. */
  #isKept({ waves }: PipelinePlan, index: number, by: number): boolean {
    const [to, next] = [waves[index], waves[index + 1]];
    const views = [...(to?.apps ?? []), ...(next?.apps ?? [])].map((app) => this.#options.simulator.app(app));
    const isNew = views.some(({ releases }) =>
      releases.some(({ status, updatedAt }) => status === 'pending' || updatedAt > by),
    );
    if (isNew || next === undefined) return isNew;
    // For evidence it is kept an hour after its soak, and no longer (L2).
    const since = by - next.soakMs - KEPT_MS;
    const isOver = (to?.apps ?? []).every(
      (app) =>
        this.#options.simulator.app(app).releases.every(({ updatedAt }) => updatedAt < since) &&
        this.#known.dynos.runsSince(app) < since,
    );
    return !isOver && new Set(views.map(({ commit }) => commit)).size > 1;
  }

  /** An attempt was under way, or one to the wave did not end well. */
  #isAtWork({ name }: PipelinePlan, { apps }: WavePlan, by: number): boolean {
    const isOpen = this.#known.openOrLeftSince(by).some(({ pipeline }) => pipeline === name);
    if (isOpen) return true;
    return this.#known.attempts().some(({ pipeline, state, settledAt, targets, refusal }) => {
      if (pipeline !== name) return false;
      if (settledAt === null || settledAt > by - REFUSED_MS) return true;
      // Heroku's 422 may be about the artifact, which then waits for a person; other refusals pass.
      const isForAPerson = state === 'rejected' && refusal?.status === 422;
      const hasFailed = isForAPerson || !['succeeded', 'not-sent', 'rejected'].includes(state);
      return hasFailed && targets.some(({ app }) => apps.includes(app.name));
    });
  }

  #now(): number {
    return this.#options.context.scheduler.now();
  }
}
