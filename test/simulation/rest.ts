// How a simulation ends: nothing goes wrong any more, people let go of everything, and every merge must arrive where it
// should. L1 and L2.

import { LINT } from './ci.ts';
import type { CiJob } from './deliveries.ts';
import { commitOf, orderOf, type PipelinePlan, type WavePlan } from './fleet.ts';
import type { Random } from './random.ts';
import { HOUR, MINUTE } from './time.ts';
import { opensAt } from './windows.ts';
import type { World } from './world.ts';

/** A wave's tick, run, release phase (at most 15 minutes), and ticks until it has settled. */
const WAVE_MS = 25 * MINUTE;
/** How often it is looked whether everything has arrived. */
const LOOK_EVERY_MS = 5 * MINUTE;
/** Merges do not come faster than this. */
const MERGES_EVERY_MS = 7 * MINUTE;
/** What CI takes while they do. */
const CI_MS = 16 * MINUTE;

/** L1 and, now and then, L2. Gives when it ended, epoch ms. */
export async function comeToRest(world: World, random: Random): Promise<number> {
  world.context.trace('calm');
  world.letAllPromote();
  for (const plan of world.fleet) mend(world, plan);
  world.unmute();
  world.simulator.setStatus({ Apps: 'green', Tools: 'green', Data: 'green' });
  for (const span of world.known.red) span.until = Math.min(span.until, world.now());
  // A lost answer takes five minutes to be given up, a release phase at most fifteen.
  await world.runUntil(world.now() + 25 * MINUTE);
  world.checker.outcomes.checkSettled((name) => world.isLeft(name));
  await world.runUntil(world.now() + (random.chance(0.3) ? 3 * HOUR : HOUR));
  for (const { name } of world.fleet) await world.finish(world.letGo(name, null));
  await world.runUntil(world.now() + 15 * MINUTE);
  await runUntilReleased(world);
  for (const { name } of world.fleet) await world.finish(world.letGo(name, null));
  if (random.chance(0.3)) await mergeFasterThanSoaks(world);
  for (const plan of world.fleet) mergeAndSucceed(world, plan);
  await runUntilArrived(world, Math.max(...world.fleet.map((plan) => arrivesBy(plan, world.now()))));
  for (const plan of world.fleet) checkArrived(world, plan);
  // The last runs settle what they have sent.
  await world.runUntil(world.now() + WAVE_MS);
  return conclude(world);
}

/** L1 for one promotion: whatever went wrong, it has arrived half an hour later, and its record says so. */
export async function waitForArrival(world: World): Promise<number> {
  await runUntilArrived(world, world.now() + 30 * MINUTE);
  // What has no answer is given up after five minutes, and a run that takes it for lost would send it again.
  await world.runUntil(world.now() + 8 * MINUTE);
  // What Heroku refused stays refused until somebody lets go of it.
  if (world.isRefused()) {
    for (const { name } of world.fleet) await world.finish(world.letGo(name, null));
    await world.runUntil(world.now() + 30 * MINUTE);
  }
  for (const plan of world.fleet) checkArrived(world, plan);
  return conclude(world);
}

function conclude(world: World): number {
  world.checker.outcomes.checkReleases();
  world.checker.outcomes.checkRecords();
  return world.now();
}

function mend(world: World, plan: PipelinePlan): void {
  world.renameAtHeroku(plan.name, plan.name);
  world.configure(plan);
  const { simulator } = world;
  for (const app of plan.waves.flatMap((wave) => wave.apps)) {
    simulator.failTarget(app, null);
    world.setMaintenance(app, false);
    if (world.known.dynos.isStopped(app, world.now(), world.now())) world.scale(plan, app, 1);
    if (simulator.app(app).pipelineId === null) world.couple(plan, app);
    simulator.setReleasePhase(app, null);
  }
}

function mergeAndSucceed(world: World, plan: PipelinePlan, ciMs = 0): void {
  const order = world.merge(plan);
  const tell = (): void => {
    for (const job of jobsAsked(plan))
      world.tellOfCi(plan.name, order, { job, run: 9, state: 'success', word: 'success', at: world.now() });
  };
  if (ciMs === 0) tell();
  else world.context.scheduler.after(ciMs, tell);
}

/** What the pipeline's waves wait for by name, `build` at least. */
function jobsAsked({ waves }: PipelinePlan): readonly CiJob[] {
  const names = waves.flatMap(({ ci }) => ci?.context ?? []);
  return [
    { kind: 'status', name: 'build' },
    ...(names.includes(LINT) ? [{ kind: 'status', name: LINT } as const] : []),
    ...(names.some((name) => name.startsWith('ci/circleci'))
      ? [{ kind: 'circle_job', name: 'build' } as const]
      : []),
  ];
}

/** The soaks, and what a wave takes. */
function longestMs({ waves }: PipelinePlan): number {
  return waves.reduce((sum, wave) => sum + wave.soakMs + WAVE_MS, 0);
}

/** When a merge has arrived everywhere, by what its windows allow: after what is in line before it. Epoch ms. */
function arrivesBy({ waves }: PipelinePlan, mergedAt: number): number {
  let at = mergedAt;
  for (const { soakMs, windows } of [...waves, ...waves]) at = opensAt(windows, at + soakMs) + WAVE_MS;
  return at;
}

/** Release phases that take longer than merges come leave a long line behind them. */
async function runUntilReleased(world: World): Promise<void> {
  const apps = world.fleet.flatMap(({ waves }) => waves.flatMap((wave) => wave.apps));
  const isInLine = (app: string): boolean =>
    world.simulator.app(app).releases.some(({ status }) => status === 'pending');
  while (apps.some(isInLine)) await world.runUntil(world.now() + LOOK_EVERY_MS);
}

/** Most arrive long before the latest time that is allowed, and what comes after that is a quiet world. */
async function runUntilArrived(world: World, latest: number): Promise<void> {
  const isMissing = (): boolean => world.fleet.some((plan) => missingOf(world, plan).length > 0);
  while (world.now() < latest && isMissing())
    await world.runUntil(Math.min(latest, world.now() + LOOK_EVERY_MS));
}

function checkArrived(world: World, plan: PipelinePlan): void {
  const wanted = commitOf(plan.name, world.merged(plan.name));
  for (const { app, wave } of missingOf(world, plan)) {
    const told = `${app} runs ${world.simulator.app(app).commit?.slice(0, 14)} and not ${wanted.slice(0, 14)}`;
    world.context.violate('L1', `${told}: ${world.why(plan.name, wave)}`);
  }
}

/** Apps that the newest merge has not reached. */
function missingOf(
  world: World,
  { name, waves }: PipelinePlan,
): readonly { readonly app: string; readonly wave: string }[] {
  const wanted = commitOf(name, world.merged(name));
  return waves.flatMap((wave) =>
    wave.apps.flatMap((app) =>
      world.simulator.app(app).commit === wanted ? [] : [{ app, wave: wave.name }],
    ),
  );
}

/** Suites speak about the newest merges: what they said of one that soaks is too old for some when it has soaked. */
function isAnyTime({ windows, signal }: WavePlan): boolean {
  return windows.length === 0 && (signal?.freshMinutes ?? null) === null;
}

/** L2: merges come all the time, faster than anything soaks, on the head as well, and each wave is given one of them. */
async function mergeFasterThanSoaks(world: World): Promise<void> {
  const { context, fleet } = world;
  const plans = fleet.filter(({ waves }) => waves.every(isAnyTime));
  if (plans.length === 0) return;
  context.trace('merges all the time');
  const begun = world.now();
  const before = new Map(plans.map(({ name }) => [name, world.merged(name)]));
  // Each wave may have begun to soak something just before, and has to end that first.
  const until = begun + CI_MS + 2 * Math.max(...plans.map(longestMs));
  for (const plan of plans) {
    for (let at = begun; at < until; at += MERGES_EVERY_MS) {
      // CI takes longer than the next merge.
      context.scheduler.at(at, () => mergeAndSucceed(world, plan, CI_MS));
    }
  }
  await world.runUntil(until);
  for (const { name, waves } of plans) {
    for (const app of waves.flatMap((wave) => wave.apps)) {
      const order = orderOf(name, world.simulator.app(app).commit) ?? -1;
      if (order > (before.get(name) ?? 0)) continue;
      context.violate('L2', `${app} was given none of ${world.merged(name)} merges`);
    }
  }
}
