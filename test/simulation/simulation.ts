// One simulation: a fleet, a deployed Sluice, people, faults, hours of virtual time; then calm, in which everything must
// come to rest where it should. The same options give the same steps.

import { createHash } from 'node:crypto';
import { createSimulator } from '../../infra/local/heroku/simulator.ts';
import type { SluiceEvent } from '../../shared/events.ts';
import { placeHold, resume } from '../../shared/operations/stop.ts';
import { isCache } from '../../shared/table/keys.ts';
import { Checker } from './checker.ts';
import type { Context } from './context.ts';
import { deliveryOf } from './deliveries.ts';
import { Items } from './dynamo.ts';
import { type FaultPlan, type Happened, seededFaults } from './faults.ts';
import { commitOf, drawFleet, installFleet, type PipelinePlan, parameterOf } from './fleet.ts';
import { oddsOf } from './odds.ts';
import { type Act, drawActs } from './people.ts';
import { createRandom } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { createSystem, type System } from './system.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const START = Date.parse('2026-11-23T10:00:00Z');
/** Machines of AWS keep their clocks within milliseconds; this is generous. */
const SKEW_MS = 5_000;

export interface SimulationOptions {
  readonly seed: string | number;
  readonly hours: number;
  readonly pipelines: number;
  /** Faults and acts that are left out, by id. */
  readonly without?: ReadonlySet<string>;
  /** In place of faults drawn from the seed. */
  readonly faults?: FaultPlan;
  /** In place of acts drawn from the seed. */
  readonly acts?: readonly Act[];
  readonly fleet?: readonly PipelinePlan[];
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
  readonly pipelineHours: number;
  readonly steps: number;
  readonly promotions: number;
  /** Promotions made when `why` had said they would be. */
  readonly foretold: number;
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
  const calmAt = START + hours * HOUR;
  const faults = options.faults ?? seededFaults({ seed, odds: oddsOf(seed), until: calmAt, without });
  const scheduler = new Scheduler(START, createRandom(seed, 'order'), () => {
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
    violate: (rule, what) => {
      if (violation !== null) return;
      violation = { rule, what, at: scheduler.now() };
      trace(`VIOLATION ${rule}: ${what}`);
    },
  };
  const fleet = options.fleet ?? drawFleet(seed, pipelines);
  const world = new SimulatedWorld(context, fleet, createRandom(seed, 'install'));
  const acts = (
    options.acts ?? drawActs({ seed, from: START + 10 * MINUTE, until: calmAt, pipelines: fleet.length })
  ).filter(({ id }) => !without.has(id));
  const done: Happened[] = [];
  for (const act of acts) {
    scheduler.at(act.at, () => {
      const what = world.act(act);
      if (what === null) return;
      done.push({ id: act.id, what });
      trace(`people ${what}`);
    });
  }
  let end = calmAt;
  try {
    await world.runUntil(calmAt);
    end = options.rest === 'short' ? await world.waitForArrival() : await world.comeToRest();
  } catch (error) {
    if (!(error instanceof Violated)) throw error;
  }
  return {
    violation,
    pipelineHours: ((end - START) / HOUR) * fleet.length,
    steps: scheduler.steps,
    promotions: world.checker.posts.filter(({ accepted }) => accepted).length,
    foretold: world.checker.why.confirmed,
    happened: [...faults.happened, ...done],
    hash: hash.digest('hex').slice(0, 16),
    tail,
  };
}

/** The world of one simulation and what can be done to it. */
class SimulatedWorld {
  readonly checker: Checker;
  readonly #context: Context;
  readonly #fleet: readonly PipelinePlan[];
  readonly #ids: ReadonlyMap<string, string>;
  readonly #items = new Items();
  readonly #simulator;
  readonly #system: System;
  readonly #parameters: Record<string, string> = {};
  readonly #plans = new Map<string, PipelinePlan>();
  readonly #merges = new Map<string, number>();
  readonly #secret = 'webhook-secret';
  #nextTick = START;

  constructor(context: Context, fleet: readonly PipelinePlan[], random: ReturnType<typeof createRandom>) {
    this.#context = context;
    this.#fleet = fleet;
    const simulator = createSimulator({ clock: context.scheduler });
    this.#simulator = simulator;
    this.#ids = installFleet(simulator, fleet, random);
    for (const plan of fleet) this.#configure(plan);
    this.checker = new Checker({ context, simulator, items: this.#items, fleet, skewMs: SKEW_MS });
    this.#system = createSystem({
      context,
      simulator,
      items: this.#items,
      parameters: () => this.#parameters,
      secrets: { github: this.#secret },
      onPost: (run, request, reply) => this.checker.onPost(run, request, reply),
      onEvent: (event) => this.#onEvent(event),
      skewMs: SKEW_MS,
    });
  }

  async runUntil(instant: number): Promise<void> {
    for (; this.#nextTick < instant; this.#nextTick += MINUTE) {
      this.#context.scheduler.at(this.#nextTick, () => this.#system.tick());
      await this.#context.scheduler.runUntil(this.#nextTick + MINUTE);
      this.checker.checkReleases();
      this.checker.why.checkOverdue();
    }
    await this.#context.scheduler.runUntil(instant);
  }

  #onEvent(event: SluiceEvent): void {
    if (event.type === 'SafetyAlarm') this.#context.violate('S3', `alarm: ${event.message}`);
  }

  #configure(plan: PipelinePlan): void {
    this.checker?.why.disturb(this.#ids.get(plan.name));
    this.#plans.set(plan.name, plan);
    this.#parameters[plan.name] = parameterOf(plan);
    this.checker?.plans.get(plan.name)?.push({ at: this.#context.scheduler.now(), plan });
  }

  /** L1 and L2: nothing goes wrong any more, people let go of everything, and a last merge must arrive everywhere. */
  async comeToRest(): Promise<number> {
    const { scheduler, trace } = this.#context;
    trace('calm');
    for (const plan of this.#fleet) this.#mend(plan);
    this.#simulator.setStatus({ Apps: 'green', Tools: 'green', Data: 'green' });
    for (const hold of this.checker.red) hold.until = Math.min(hold.until, scheduler.now());
    await this.runUntil(scheduler.now() + 3 * HOUR);
    for (const plan of this.#fleet) await this.#letGo(plan.name);
    await this.runUntil(scheduler.now() + 15 * MINUTE);
    for (const plan of this.#fleet) await this.#letGo(plan.name);
    const lastAt = scheduler.now();
    for (const plan of this.#fleet) this.#merge(plan);
    for (const plan of this.#fleet) this.#signal(plan.name, this.#merges.get(plan.name) ?? 0, 'success');
    const longest = Math.max(...this.#fleet.map((plan) => this.#longestMs(plan)));
    await this.runUntil(lastAt + longest);
    for (const plan of this.#fleet) this.#checkArrived(plan);
    this.checker.checkReleases();
    this.checker.checkRecords();
    return scheduler.now();
  }

  /** L1 for one promotion: whatever went wrong, it has arrived half an hour later, and its record says so. */
  async waitForArrival(): Promise<number> {
    const { scheduler } = this.#context;
    await this.runUntil(scheduler.now() + 30 * MINUTE);
    for (const plan of this.#fleet) this.#checkArrived(plan);
    this.checker.checkReleases();
    this.checker.checkRecords();
    return scheduler.now();
  }

  /** The soaks, ten minutes a wave, release phases, and the longest time that a window stays closed. */
  #longestMs({ waves }: PipelinePlan): number {
    const soaks = waves.reduce((sum, wave) => sum + wave.soakMs, 0);
    const closed = waves.some(({ window }) => window !== null) ? 11 * HOUR : 0;
    return soaks + closed + waves.length * 25 * MINUTE;
  }

  #checkArrived({ name, waves }: PipelinePlan): void {
    const wanted = commitOf(name, this.#merges.get(name) ?? 0);
    for (const wave of waves) {
      for (const app of wave.apps) {
        const { commit } = this.#simulator.app(app);
        if (commit === wanted) continue;
        const why = this.#why(name, wave.name);
        this.#context.violate(
          'L1',
          `${app} runs ${commit?.slice(0, 14)} and not ${wanted.slice(0, 14)}: ${why}`,
        );
      }
    }
  }

  /** What Sluice says of it, for the report of a violation. */
  #why(pipeline: string, wave: string): string {
    const item = this.#items.get(`pipeline#${this.#ids.get(pipeline)}`, 'hot#decision');
    if (item === undefined) return 'no decision';
    const { steps } = JSON.parse(String(item['body'])) as {
      steps: { to: string; verdicts: { check: string; state: string; reason: string }[] }[];
    };
    const step = steps.find(({ to }) => to === wave);
    return (step?.verdicts ?? [])
      .filter(({ state }) => state !== 'pass')
      .map(({ check, reason }) => `${check}: ${reason}`)
      .join(' ');
  }

  #mend(plan: PipelinePlan): void {
    this.#configure(plan);
    for (const app of plan.waves.flatMap((wave) => wave.apps)) {
      this.#simulator.failTarget(app, null);
      this.#simulator.setMaintenance(app, false);
      const { pipelineId } = this.#simulator.app(app);
      if (pipelineId === null) this.#couple(plan, app);
      this.#simulator.setReleasePhase(app, null);
    }
  }

  #couple(plan: PipelinePlan, app: string): void {
    const isHead = plan.waves[0]?.apps.includes(app) === true;
    const { id } = this.#simulator.app(app);
    this.#simulator.ask({
      method: 'POST',
      path: '/pipeline-couplings',
      headers: { accept: 'application/vnd.heroku+json; version=3', authorization: 'Bearer HRKU-person' },
      body: JSON.stringify({
        app: id,
        pipeline: this.#ids.get(plan.name),
        stage: isHead ? 'staging' : 'production',
      }),
    });
  }

  async #letGo(pipeline: string): Promise<void> {
    await this.#finish(this.#resume(pipeline, null));
  }

  /** Runs the world on until what a person began is done. */
  async #finish(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    void work.finally(() => {
      isDone = true;
    });
    while (!isDone) await this.#context.scheduler.runUntil(this.#context.scheduler.now() + 50);
    await work;
  }

  async #resume(pipeline: string, wave: string | null): Promise<void> {
    const pipelineId = this.#ids.get(pipeline) ?? '';
    this.checker.why.disturb(pipelineId);
    const plan = this.#plans.get(pipeline);
    const apps = (plan?.waves ?? []).flatMap((one) => (wave === null || one.name === wave ? one.apps : []));
    const now = this.#context.scheduler.now();
    for (const hold of this.checker.holds) {
      if (hold.pipeline === pipeline && (wave === null || hold.wave === wave))
        hold.until = Math.min(hold.until, now);
    }
    const rest = this.checker.stands.filter(({ app }) => !apps.includes(app));
    this.checker.stands.splice(0, this.checker.stands.length, ...rest);
    await resume(
      { pipelineId, wave, actor: 'oncall@example.com', reason: 'looked at it' },
      this.#system.operator,
    );
  }

  async #hold(pipeline: string, wave: string | null, minutes: number): Promise<void> {
    const expiresAt = this.#context.scheduler.now() + minutes * MINUTE;
    const pipelineId = this.#ids.get(pipeline) ?? '';
    await placeHold(
      { pipelineId, wave, actor: 'oncall@example.com', reason: 'incident', expiresAt },
      this.#system.operator,
    );
    const from = this.#context.scheduler.now();
    this.checker.holds.push({ pipeline, wave, from, until: expiresAt });
  }

  #merge(plan: PipelinePlan): string {
    this.checker.why.disturb(this.#ids.get(plan.name));
    const order = (this.#merges.get(plan.name) ?? 0) + 1;
    this.#merges.set(plan.name, order);
    for (const app of plan.waves[0]?.apps ?? []) {
      this.#simulator.deploy(app, { commit: commitOf(plan.name, order) });
    }
    return `merges ${plan.name} ${order}`;
  }

  #signal(pipeline: string, order: number, state: 'success' | 'failure'): void {
    const commit = commitOf(pipeline, order);
    this.checker.why.disturb(this.#ids.get(pipeline));
    const { scheduler } = this.#context;
    if (state === 'success' && !this.checker.green.has(commit))
      this.checker.green.set(commit, scheduler.now());
    this.#system.deliver(deliveryOf(commit, state, this.#secret, scheduler.now()));
  }

  /** Does what a person does; gives it in words, null when there was nothing to do. */
  act({ kind, pipeline: number, random }: Act): string | null {
    const plan = this.#plans.get(this.#fleet[number % this.#fleet.length]?.name ?? '');
    if (plan === undefined) return null;
    const simulator = this.#simulator;
    const { scheduler } = this.#context;
    const { name } = plan;
    this.checker.why.disturb(this.#ids.get(name));
    const waves = plan.waves.slice(1);
    const wave = waves[random.between(0, waves.length - 1)];
    const apps = plan.waves.flatMap((one) => one.apps);
    const anyApp = apps[random.between(0, apps.length - 1)] ?? '';
    const app = wave?.apps[random.between(0, wave.apps.length - 1)] ?? '';
    const isDown = wave !== undefined;
    switch (kind) {
      case 'merge': {
        const told = this.#merge(plan);
        const order = this.#merges.get(name) ?? 0;
        const state = random.chance(0.85) ? 'success' : 'failure';
        for (let times = random.between(0, 2); times >= 0; times -= 1) {
          scheduler.after(random.between(1, 15) * MINUTE, () => this.#signal(name, order, state));
        }
        return `${told}, CI says ${state}`;
      }
      case 'rollback': {
        const target = random.chance(0.3) ? anyApp : app;
        const able = simulator
          .app(target)
          .releases.filter(({ status, artifactId }) => status === 'succeeded' && artifactId);
        if (new Set(able.map(({ artifactId }) => artifactId)).size < 2) return null;
        try {
          const { id } = simulator.rollback(target, { user: 'dev@example.com' });
          return this.#stand(plan, target, `the rollback of ${target}`, id);
        } catch {
          return null;
        }
      }
      case 'hotfix': {
        const { id } = simulator.deploy(app, {
          commit: `f${random.between(0, 9_999_999)}`.padEnd(40, 'f'),
          user: 'dev@example.com',
        });
        return this.#stand(plan, app, `the hotfix on ${app}`, id);
      }
      case 'by-hand': {
        const from = simulator.app(plan.waves[0]?.apps[0] ?? '').current?.artifactId;
        if (!from || simulator.app(app).current?.artifactId === from) return null;
        const { id } = simulator.release(app, { slug: from, user: 'dev@example.com' });
        return this.#stand(plan, app, `the release by hand on ${app}`, id);
      }
      case 'set-config':
        simulator.setConfig(anyApp, 'dev@example.com');
        return `changes the config of ${anyApp}`;
      case 'maintenance': {
        const on = random.chance(0.5);
        simulator.setMaintenance(anyApp, on);
        return `turns maintenance of ${anyApp} ${on ? 'on' : 'off'}`;
      }
      case 'status': {
        simulator.setStatus({ Apps: 'red' });
        const minutes = random.between(3, 40);
        const span = { from: scheduler.now(), until: scheduler.now() + minutes * MINUTE };
        this.checker.red.push(span);
        scheduler.at(span.until, () => {
          const isOver = this.checker.red.every(({ until }) => until <= scheduler.now());
          if (isOver) simulator.setStatus({ Apps: 'green' });
        });
        return `Heroku is red for ${minutes} minutes`;
      }
      case 'hold': {
        const held = random.chance(0.5) ? (wave?.name ?? null) : null;
        void this.#hold(name, held, random.between(5, 90));
        return `hold ${name} ${held ?? ''}`;
      }
      case 'resume': {
        const let_ = random.chance(0.4) ? (wave?.name ?? null) : null;
        void this.#resume(name, let_);
        return `resume ${name} ${let_ ?? ''}`;
      }
      case 'change-soak': {
        if (!isDown) return null;
        const soakMs = random.pick([0, 5, 30, 60]) * MINUTE;
        this.#configure({
          ...plan,
          waves: plan.waves.map((one) => (one.name === wave.name ? { ...one, soakMs } : one)),
        });
        return `change the soak of ${name} ${wave.name} to ${soakMs / MINUTE}m`;
      }
      case 'break-parameter':
        this.#parameters[name] = random.pick(['pipeline: [', 'pipeline: nowhere\n', '']);
        return `break the parameter of ${name}`;
      case 'mend-parameter':
        this.#configure(plan);
        return `mend the parameter of ${name}`;
      case 'clear-caches': {
        const caches = this.#items.all().filter((item) => isCache(item) && random.chance(0.7));
        for (const { pk, sk } of caches) this.#items.delete(pk, sk);
        return `delete ${caches.length} cached rows`;
      }
      case 'forged-webhook':
        this.#system.deliver(
          deliveryOf(commitOf(name, this.#merges.get(name) ?? 0), 'success', 'wrong', scheduler.now()),
        );
        return `forge a webhook of ${name}`;
      case 'failing-release-phase': {
        const fails = random.chance(0.5) ? ('always' as const) : [];
        simulator.setReleasePhase(anyApp, { seconds: random.between(10, 900), fails });
        return `the release phase of ${anyApp} ${fails === 'always' ? 'fails' : 'is slow'}`;
      }
      case 'failing-target':
        simulator.failTarget(app, random.chance(0.5) ? 'no' : null);
        return `promotions to ${app} fail or are mended`;
      case 'remove-app': {
        if (simulator.app(app).pipelineId === null) return null;
        simulator.removeApp(app);
        scheduler.after(random.between(5, 60) * MINUTE, () => {
          if (simulator.app(app).pipelineId === null) this.#couple(plan, app);
        });
        return `take ${app} out of the pipeline`;
      }
    }
  }

  /** What a person put on an app stands, unless it is the head: that is theirs and Heroku's to deploy to. */
  #stand(plan: PipelinePlan, app: string, what: string, releaseId: string): string {
    const isHead = plan.waves[0]?.apps.includes(app) === true;
    if (!isHead) this.checker.stands.push({ app, at: this.#context.scheduler.now(), what, releaseId });
    return what;
  }
}
