// What `why` says must be true: the blocker that it names is there, and the earliest time that it gives is when the
// promotion is made, if nothing else changes meanwhile.

import type { Attempt } from '../../shared/domain/attempt.ts';
import type { Decision, StepDecision } from '../../shared/domain/decision.ts';
import type { Checker, CheckerOptions } from './checker.ts';
import type { Item } from './dynamo.ts';

const MINUTE = 60_000;
/** A tick, a run, and a tick whose events were under way. */
const LATE_MS = 4 * MINUTE;

interface Prediction {
  readonly pipeline: string;
  readonly wave: string;
  readonly earliestAt: number;
  readonly blockers: string;
  /** How much had happened when it was made. */
  readonly faults: number;
  readonly disturbances: number;
}

export class WhyChecker {
  readonly #options: CheckerOptions;
  readonly #checker: Checker;
  readonly #predictions = new Map<string, Prediction>();
  readonly #disturbances = new Map<string, number>();
  /** How many predictions came true. */
  confirmed = 0;

  constructor(options: CheckerOptions, checker: Checker) {
    this.#options = options;
    this.#checker = checker;
  }

  #now(): number {
    return this.#options.context.scheduler.now();
  }

  /** Something else changes about the pipeline: what was predicted for it holds no longer. */
  disturb(pipelineId: string | undefined): void {
    if (pipelineId !== undefined) this.#disturbances.set(pipelineId, this.#disturbed(pipelineId) + 1);
  }

  /** News of a kind that may concern any pipeline has arrived. */
  disturbAll(): void {
    this.#predictions.clear();
  }

  #disturbed(pipelineId: string): number {
    return this.#disturbances.get(pipelineId) ?? 0;
  }

  #isValid(pipelineId: string, { faults, disturbances }: Prediction): boolean {
    return (
      this.#options.context.faults.happened.length === faults && this.#disturbed(pipelineId) === disturbances
    );
  }

  onDecision(item: Item): void {
    const decision = JSON.parse(String(item['body'])) as Decision;
    // What could not be asked may let go of a wave as soon as it can be.
    const isUnsure = decision.steps.some(({ verdicts }) => verdicts.some(({ state }) => state === 'unknown'));
    for (const step of decision.steps) {
      const key = `${decision.pipelineId} ${step.to}`;
      this.#predictions.delete(key);
      if (step.state !== 'blocked') continue;
      this.#checkBlockers(decision, step);
      const blockers = step.verdicts.filter(({ state }) => state !== 'pass');
      // A blocker without a time may hold for ever.
      if (isUnsure || step.earliestAt === null || blockers.some(({ until }) => until === null)) continue;
      this.#predictions.set(key, {
        pipeline: decision.pipeline,
        wave: step.to,
        earliestAt: step.earliestAt,
        blockers: blockers.map(({ check }) => check).join(),
        faults: this.#options.context.faults.happened.length,
        disturbances: this.#disturbed(decision.pipelineId),
      });
    }
  }

  /** The named blocker is there, as the world is. */
  #checkBlockers(decision: Decision, step: StepDecision): void {
    const { context, simulator, skewMs } = this.#options;
    const now = this.#now();
    const lie = (what: string): void =>
      context.violate('why', `${decision.pipeline} ${step.to}: ${what}, and that is not so`);
    for (const { check, state, until } of step.verdicts) {
      if (state === 'pass') continue;
      if (check === 'hold') {
        const isHeld = this.#checker.holds.some(
          (hold) =>
            hold.pipeline === decision.pipeline && hold.from - MINUTE <= now && now <= hold.until + MINUTE,
        );
        // One that was just placed is known to the checker when its command has ended.
        if (!isHeld && until !== null && until < now - MINUTE) lie('it is held');
      }
      if (check === 'soak' && until !== null && step.candidate !== null) {
        const { artifact } = step.candidate;
        const plan = this.#checker.plans.get(decision.pipeline)?.at(-1)?.plan;
        const index = plan?.waves.findIndex(({ name }) => name === step.to) ?? -1;
        const [from, to] = [plan?.waves[index - 1], plan?.waves[index]];
        const isDone =
          from !== undefined &&
          to !== undefined &&
          from.apps.every((app) => this.#runsForMs(app, artifact, now) > to.soakMs + 4 * skewMs + 5 * MINUTE);
        if (isDone) lie(`${artifact} has not soaked`);
      }
      if (check === 'heroku-status' && state !== 'unknown') {
        const isRed = this.#checker.red.some(
          (span) => span.from - MINUTE <= now && now <= span.until + MINUTE,
        );
        if (!isRed) lie('Heroku is not well');
      }
      if (check === 'release' && state === 'wait') {
        const isBusy = step.targets.some((target) => {
          const { releases } = simulator.app(target.id);
          return releases.some(
            ({ status, updatedAt }) => status === 'pending' || updatedAt > now - 2 * MINUTE,
          );
        });
        if (!isBusy) lie('a release of a target has not ended');
      }
    }
  }

  /** How long the artifact has been what the app runs, 0 when it is not; a release phase does not count. */
  #runsForMs(app: string, artifact: string, now: number): number {
    const { releases } = this.#options.simulator.app(app);
    const ran = releases.filter(({ status, artifactId }) => status === 'succeeded' && artifactId !== null);
    const since = ran.slice(ran.findLastIndex(({ artifactId }) => `slug:${artifactId}` !== artifact) + 1);
    return since[0] === undefined ? 0 : now - since[0].updatedAt;
  }

  onClaim({ pipelineId, pipeline, to }: Attempt): void {
    const key = `${pipelineId} ${to}`;
    const prediction = this.#predictions.get(key);
    this.#predictions.delete(key);
    if (prediction !== undefined && this.#isValid(pipelineId, prediction)) {
      const early = prediction.earliestAt - this.#now();
      if (early > 2 * this.#options.skewMs + 1_000) {
        this.#options.context.violate(
          'why',
          `${pipeline} ${to} was promoted ${early} ms before the earliest time that was told (${prediction.blockers})`,
        );
      } else this.confirmed += 1;
    }
    // One promotion changes when the others can be.
    this.disturb(pipelineId);
  }

  /** Nothing else has changed, and the time has passed. */
  checkOverdue(): void {
    for (const [key, prediction] of this.#predictions) {
      const [pipelineId = ''] = key.split(' ');
      if (!this.#isValid(pipelineId, prediction)) this.#predictions.delete(key);
      else if (this.#now() > prediction.earliestAt + LATE_MS) {
        const { pipeline, wave, blockers } = prediction;
        this.#options.context.violate(
          'why',
          `${pipeline} ${wave} was not promoted within ${LATE_MS / MINUTE} minutes of the time that was told (${blockers})`,
        );
      }
    }
  }
}
