// What `why` says must be true: the blocker that it names is there, and the earliest time that it gives is when the
// promotion is made, if nothing else changes meanwhile.

import type { Attempt } from '../../shared/domain/attempt.ts';
import type { Decision, StepDecision } from '../../shared/domain/decision.ts';
import { lieOf, silenceOf } from './blockers.ts';
import type { Item } from './dynamo.ts';
import { orderOf } from './fleet.ts';
import type { CheckerOptions, Known } from './known.ts';
import { falsePassOf, tooEarly } from './passes.ts';
import { Passing } from './passing.ts';
import { MINUTE } from './time.ts';

/** A tick, a run, and a tick whose events were under way. */
const LATE_MS = 4 * MINUTE;

/** In a path, or in a key of the table. */
const PIPELINE_ID = /(?<=pipelines\/|pipeline#|view#)[0-9a-f-]{36}/;

interface Prediction {
  readonly pipeline: string;
  readonly wave: string;
  readonly earliestAt: number;
  readonly madeAt: number;
  readonly blockers: string;
  /** How much had happened when it was made. */
  readonly faults: number;
  readonly disturbances: number;
}

export class WhyChecker {
  readonly #options: CheckerOptions;
  readonly #known: Known;
  readonly #passing: Passing;
  /** By pipeline and wave: everything that was told and still holds, whatever was told after it. */
  readonly #predictions = new Map<string, readonly Prediction[]>();
  /** By pipeline: how often something changed, and when it last did. */
  readonly #disturbances = new Map<string, { readonly count: number; readonly at: number }>();
  /** How many predictions came true. */
  confirmed = 0;

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
    this.#passing = new Passing(options, known);
  }

  #now(): number {
    return this.#options.context.scheduler.now();
  }

  /** Something else changes about the pipeline: what was predicted for it holds no longer. */
  disturb(pipelineId: string | undefined): void {
    if (pipelineId === undefined) return;
    this.#disturbances.set(pipelineId, { count: this.#disturbed(pipelineId) + 1, at: this.#now() });
  }

  /** News about a commit has arrived, or about an app of a pipeline. */
  onSignal(commit: string | null, of: string | null): void {
    for (const [key, [first]] of this.#predictions) {
      const pipeline = first?.pipeline ?? '';
      const isAbout = of === null ? commit === null || orderOf(pipeline, commit) !== null : pipeline === of;
      if (isAbout) this.#predictions.delete(key);
    }
  }

  #disturbed(pipelineId: string): number {
    return this.#disturbances.get(pipelineId)?.count ?? 0;
  }

  #isValid(pipelineId: string, { faults, disturbances }: Prediction): boolean {
    if (this.#disturbed(pipelineId) !== disturbances) return false;
    const since = this.#options.context.faults.happened.slice(faults);
    return since.every(({ what }) => this.#isAboutAnother(what, pipelineId));
  }

  /** Nothing has been released to the pipeline since, nor has a release phase ended. */
  #isAsThen({ pipeline, madeAt }: Prediction): boolean {
    const waves = this.#options.fleet.find(({ name }) => name === pipeline)?.waves ?? [];
    const apps = waves.flatMap((wave) => wave.apps);
    return apps.every((app) =>
      this.#options.simulator.app(app).releases.every(({ updatedAt }) => updatedAt < madeAt - MINUTE),
    );
  }

  /** What was told of the wave, and nothing has changed since. */
  #validOf(key: string): readonly Prediction[] {
    const [pipelineId = ''] = key.split(' ');
    return (this.#predictions.get(key) ?? []).filter((one) => this.#isValid(pipelineId, one));
  }

  /** A fault at an exchange about one pipeline may neither delay nor change another (S7). */
  #isAboutAnother(what: string, pipelineId: string): boolean {
    const [id] = PIPELINE_ID.exec(what) ?? [];
    return id !== undefined && id !== pipelineId;
  }

  onDecision(item: Item): void {
    const decision = JSON.parse(String(item['body'])) as Decision;
    // A run of the pipeline that had the name before may stand still for long.
    if (this.#options.idOf(decision.pipeline) !== decision.pipelineId) return;
    // What could not be asked may let go of a wave as soon as it can be.
    const isUnsure = decision.steps.some(({ verdicts }) => verdicts.some(({ state }) => state === 'unknown'));
    // What has changed since the run looked it cannot know.
    const changedAt = this.#disturbances.get(decision.pipelineId)?.at ?? 0;
    const isOutdated =
      changedAt > decision.at - this.#options.skewMs ||
      this.#lacksApps(decision.pipeline) ||
      decision.mode === 'observe';
    for (const step of decision.steps) {
      const key = `${decision.pipelineId} ${step.to}`;
      const silence = silenceOf(decision, step, this.#known, this.#options);
      if (silence !== null)
        this.#options.context.violate('why', `${decision.pipeline}: ${silence}; nothing is said of it`);
      const seen = { known: this.#known, passing: this.#passing, options: this.#options };
      const wrong = falsePassOf(decision, step, seen) ?? tooEarly(decision, step, seen);
      if (wrong !== null)
        this.#options.context.violate('why', `${decision.pipeline} ${step.to}, and that is not so: ${wrong}`);
      if (step.state !== 'blocked') continue;
      const lie = lieOf(decision, step, this.#known, this.#options);
      if (lie !== null) {
        this.#options.context.violate('why', `${decision.pipeline} ${step.to}, and that is not so: ${lie}`);
      }
      const blockers = step.verdicts.filter(({ state }) => state !== 'pass');
      // A blocker without a time may hold for ever.
      const isOpen = blockers.some(({ until }) => until === null) || mayKeepOn(decision, step);
      if (isUnsure || isOutdated || step.earliestAt === null || isOpen) continue;
      const told: Prediction = {
        pipeline: decision.pipeline,
        wave: step.to,
        earliestAt: step.earliestAt,
        madeAt: this.#now(),
        blockers: blockers.map(({ check }) => check).join(),
        faults: this.#options.context.faults.happened.length,
        disturbances: this.#disturbed(decision.pipelineId),
      };
      this.#predictions.set(key, [...this.#validOf(key), told]);
    }
  }

  /**
   * An app has left the pipeline, of which Sluice hears within half an hour: it reads the couplings as often. Or it has no
   * dyno, which nobody looks at before something is to move.
   */
  #lacksApps(pipeline: string): boolean {
    const { fleet, simulator } = this.#options;
    const waves = fleet.find(({ name }) => name === pipeline)?.waves ?? [];
    const { dynos } = this.#known;
    return waves.some(({ apps }) =>
      apps.some(
        (app) => simulator.app(app).pipelineId === null || dynos.isStopped(app, this.#now(), this.#now()),
      ),
    );
  }

  onClaim({ pipelineId, pipeline, to }: Attempt): void {
    const key = `${pipelineId} ${to}`;
    // A run that had looked before may have stood still since.
    const told = this.#validOf(key).filter(({ madeAt }) => this.#now() > madeAt + 2 * MINUTE);
    this.#predictions.delete(key);
    const early = told.find(({ earliestAt }) => earliestAt - this.#now() > 2 * this.#options.skewMs + 1_000);
    if (early !== undefined) {
      this.#options.context.violate(
        'why',
        `${pipeline} ${to} was promoted ${early.earliestAt - this.#now()} ms before the earliest time that was told (${early.blockers})`,
      );
    } else if (told.length > 0) this.confirmed += 1;
    // One promotion changes when the others can be.
    this.disturb(pipelineId);
  }

  /** Nothing else has changed, and the time has passed. */
  checkOverdue(): void {
    for (const key of this.#predictions.keys()) {
      const told = this.#validOf(key);
      if (told.length === 0) this.#predictions.delete(key);
      const late = told.find(({ earliestAt }) => this.#now() > earliestAt + LATE_MS);
      if (late === undefined) continue;
      if (!this.#isAsThen(late)) {
        this.#predictions.set(
          key,
          told.filter((one) => one !== late),
        );
        continue;
      }
      const { pipeline, wave, blockers } = late;
      this.#options.context.violate(
        'why',
        `${pipeline} ${wave} was not promoted within ${LATE_MS / MINUTE} minutes of the time that was told (${blockers})`,
      );
    }
  }
}

/** True when the wave waits for its turn, and what it runs for something that nobody knows the end of. */
function mayKeepOn({ steps }: Decision, { to, verdicts }: StepDecision): boolean {
  if (verdicts.every(({ check, state }) => check !== 'turn' || state === 'pass')) return false;
  const behind = steps.find(({ from }) => from === to)?.verdicts ?? [];
  return behind.some(({ state, until }) => state !== 'pass' && until === null);
}
