// One simulation: a fleet, a deployed Sluice, people, faults, hours of virtual time; then calm, in which everything must
// come to rest where it should. The same options give the same steps.

import { createHash } from 'node:crypto';
import { doAct } from './acts.ts';
import type { Context } from './context.ts';
import { ON_ONE_PAGE } from './dynamo.ts';
import { type FaultPlan, type Happened, seededFaults } from './faults.ts';
import { drawFleet, type PipelinePlan } from './fleet.ts';
import type { Aim } from './more-aims.ts';
import { oddsOf, readingOf, troubleOf } from './odds.ts';
import { type Act, drawActs } from './people.ts';
import { createRandom } from './random.ts';
import { comeToRest, waitForArrival } from './rest.ts';
import { Scheduler } from './scheduler.ts';
import { startSuites } from './suites.ts';
import { beginningOf, HOUR, MINUTE } from './time.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly seed: string | number;
  readonly hours: number;
  readonly pipelines: number;
  /** Faults and acts that are left out, by id. */
  readonly without?: ReadonlySet<string>;
  /** Where faults strike again and again; drawn from the seed unless given. */
  readonly aim?: Aim | undefined;
  /** In place of faults drawn from the seed. */
  readonly faults?: FaultPlan;
  /** In place of acts drawn from the seed. */
  readonly acts?: readonly Act[];
  readonly fleet?: readonly PipelinePlan[];
  /** When it begins, epoch ms; drawn from the seed unless given. */
  readonly start?: number;
  /** Every how many minutes decisions are compared with those without caches (S8); never: infinity. */
  readonly compareEvery?: number;
  /** `short`: half an hour, after which the merges so far must have arrived; nobody lets go of anything. */
  readonly rest?: 'long' | 'short';
  readonly onTrace?: (line: string) => void;
}

export interface Violation {
  readonly rule: string;
  readonly what: string;
  /** Epoch ms, virtual. */
  readonly at: number;
}

export interface SimulationReport {
  readonly violation: Violation | null;
  /** Of virtual time, calm included, times pipelines. */
  readonly pipelineHours: number;
  /** Those in which things go wrong. */
  readonly troubledHours: number;
  readonly steps: number;
  readonly promotions: number;
  /** Promotions made when `why` had said they would be. */
  readonly foretold: number;
  /** Decisions that were compared with what they are without the cached rows. */
  readonly compared: number;
  readonly happened: readonly Happened[];
  /** Of every line of the trace. */
  readonly hash: string;
  /** The last lines of the trace. */
  readonly tail: readonly string[];
}

class Violated extends Error {}

const TAIL = 60;

export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { seed, hours, pipelines, without = new Set() } = options;
  const hash = createHash('sha256');
  const tail: string[] = [];
  let violation: Violation | null = null;
  const random = createRandom(seed, 'world');
  const trouble = troubleOf(seed, options.aim);
  const start = options.start ?? beginningOf(seed).at;
  const calmAt = start + hours * HOUR;
  const faults =
    options.faults ?? seededFaults({ seed, odds: oddsOf(seed, trouble), until: calmAt, without });
  const scheduler = new Scheduler(start, createRandom(seed, 'order'), () => {
    if (violation !== null) throw new Violated();
  });
  const trace = (line: string): void => {
    const told = `${new Date(scheduler.now()).toISOString().slice(5, 23)} ${line}`;
    hash.update(`${told}\n`);
    tail.push(told);
    if (tail.length > TAIL) tail.shift();
    options.onTrace?.(told);
  };
  const context: Context = {
    scheduler,
    faults,
    random,
    trace,
    onExchange: (what) => world.onExchange(what),
    violate: (rule, what) => {
      if (violation !== null) return;
      violation = { rule, what, at: scheduler.now() };
      trace(`VIOLATION ${rule}: ${what}`);
    },
  };
  const fleet = options.fleet ?? drawFleet(seed, pipelines, trouble);
  const world = new World(
    context,
    fleet,
    createRandom(seed, 'install'),
    options.faults ? ON_ONE_PAGE : readingOf(seed),
  );
  // Where faults are chosen, nothing else goes wrong.
  if (options.faults === undefined) world.github.wellFrom = calmAt;
  world.compareEvery = options.compareEvery ?? world.compareEvery;
  startSuites(world, createRandom(seed, 'suites'), () => scheduler.now() >= calmAt);
  const drawn = { seed, from: start + 10 * MINUTE, until: calmAt, pipelines: fleet.length, trouble };
  const acts = (options.acts ?? drawActs(drawn)).filter(({ id }) => !without.has(id));
  const done: Happened[] = [];
  for (const act of acts) {
    const work = (): void => {
      if (scheduler.now() >= calmAt) return;
      const what = doAct(world, act);
      if (what === null) return;
      done.push({ id: act.id, what });
      trace(`people ${what}`);
    };
    const { waitsFor, pipeline, random: its } = act;
    scheduler.at(act.at, () => (waitsFor ? world.inNextRun(waitsFor, pipeline, its, work) : work()));
  }
  let end = calmAt;
  try {
    await world.runUntil(calmAt);
    end =
      options.rest === 'short'
        ? await waitForArrival(world)
        : await comeToRest(world, createRandom(seed, 'rest'));
  } catch (error) {
    if (!(error instanceof Violated)) throw error;
  }
  return {
    violation,
    pipelineHours: ((end - start) / HOUR) * fleet.length,
    troubledHours: hours * fleet.length,
    steps: scheduler.steps,
    promotions: world.known.posts.filter(({ accepted }) => accepted).length,
    foretold: world.checker.why.confirmed,
    compared: world.checker.forgetting.compared,
    happened: [...faults.happened, ...done],
    hash: hash.digest('hex').slice(0, 16),
    tail,
  };
}
