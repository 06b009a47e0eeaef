// Test suites of the simulated world: every few minutes they say how the apps or the commits are that waves ask for, late,
// twice, out of order, by name or uuid, about what runs there or about something older. One may be believed, the other
// speaks about what it is not asked for. And floods: hundreds of results about one thing at once.

import { listText } from './ci.ts';
import type { Told } from './deliveries.ts';
import { commitOf, type PipelinePlan, type WavePlan } from './fleet.ts';
import type { Random } from './random.ts';
import { MINUTE } from './time.ts';
import type { World } from './world.ts';

/** A source, with the apps and names it is believed about; none given: all. */
export interface Believed {
  readonly name: string;
  readonly apps?: readonly string[];
  readonly names?: readonly string[];
}

/** What a wave asks suites for. */
export interface SignalAsked {
  readonly name: string;
  readonly of: 'source' | 'target' | 'commit';
  readonly freshMinutes: number | null;
  /** Null: anybody. */
  readonly source: readonly Believed[] | null;
}

const NAME = 'e2e';

export function drawSignal(random: Random, pipeline: string): SignalAsked {
  const of = random.pick(['source', 'source', 'target', 'commit'] as const);
  const other: Believed = random.pick<Believed>([
    { name: 'other', names: ['smoke*'] },
    { name: 'other', names: [NAME], ...(of !== 'commit' && { apps: ['elsewhere-*'] }) },
  ]);
  const suite: Believed = random.chance(0.5)
    ? { name: 'suite' }
    : { name: 'suite', names: ['e*'], ...(of !== 'commit' && { apps: [`${pipeline}-w*`] }) };
  return {
    name: NAME,
    of,
    freshMinutes: random.pick([null, 12, 20, 45]),
    source: random.pick<readonly Believed[] | null>([null, [suite], [suite], [other, suite]]),
  };
}

/** As the parameter has it. */
export function signalText({ name, of, freshMinutes, source }: SignalAsked): string {
  const options = [
    `name: ${name}`,
    `of: ${of}`,
    ...(freshMinutes === null ? [] : [`fresh: ${freshMinutes}m`]),
    ...(source === null ? [] : [`source: [${source.map(believedText).join(', ')}]`]),
  ];
  return `{ signal: { ${options.join(', ')} } }`;
}

function believedText({ name, apps, names }: Believed): string {
  const limits = [
    ...(apps === undefined ? [] : [`apps: ${listText(apps)}`]),
    ...(names === undefined ? [] : [`names: ${listText(names)}`]),
  ];
  return limits.length === 0 ? name : `{ ${[`name: ${name}`, ...limits].join(', ')} }`;
}

const SENDERS = ['suite', 'other'] as const;
const CALM_EVERY_MS = 5 * MINUTE;

/** Lets suites speak from now on about every pipeline that asks for any; `isCalm`: all is well, and nothing comes late. */
export function startSuites(world: World, random: Random, isCalm: () => boolean): void {
  for (const plan of world.fleet) {
    if (plan.waves.every(({ signal }) => signal === undefined)) continue;
    const everyMs = random.pick([4, 6, 9]) * MINUTE;
    // Some never say a word until all is well.
    const isSilent = random.chance(0.25);
    const round = (): void => {
      for (const about of aboutsOf(world, plan)) {
        if (isCalm())
          for (const source of SENDERS) world.tellOfSuite(plan.name, source, wellOf(about, world.now()));
        else if (!isSilent && random.chance(0.8)) tell(world, plan, random, about);
      }
      world.context.scheduler.after(isCalm() ? CALM_EVERY_MS : everyMs + random.between(0, 60_000), round);
    };
    world.context.scheduler.after(random.between(0, everyMs), round);
  }
}

interface About {
  readonly app: string | null;
  readonly commit: string | null;
}

/** Everything that some wave asks about. */
function aboutsOf(world: World, { name, waves }: PipelinePlan): readonly About[] {
  const newest = commitOf(name, world.merged(name));
  const all = waves.flatMap((wave, index) => aboutsOfWave(wave, waves[index - 1], newest));
  return [...new Map(all.map((about) => [JSON.stringify(about), about])).values()];
}

function aboutsOfWave(
  { signal, apps }: WavePlan,
  before: WavePlan | undefined,
  newest: string,
): readonly About[] {
  if (signal === undefined) return [];
  if (signal.of === 'commit') return [{ app: null, commit: newest }];
  return (signal.of === 'source' ? (before?.apps ?? []) : apps).map((app) => ({ app, commit: null }));
}

const wellOf = (about: About, at: number): Told => ({ ...about, name: NAME, state: 'success', at });

function tell(world: World, plan: PipelinePlan, random: Random, about: About): void {
  const lot = random.next();
  const state = lot < 0.75 ? 'success' : lot < 0.9 ? 'failure' : 'pending';
  const told: Told = {
    name: random.pick([NAME, NAME, NAME, NAME, 'smoke']),
    app: about.app !== null && random.chance(0.2) ? world.simulator.app(about.app).id : about.app,
    commit: about.commit ?? commitFor(world, plan, random, about.app),
    state,
    at: world.now() - random.between(0, 3 * MINUTE),
  };
  const source = random.pick(['suite', 'suite', 'suite', 'other'] as const);
  for (let times = random.pick([1, 1, 1, 2]); times > 0; times -= 1) {
    const lateMs = random.chance(0.5) ? 0 : random.between(0, 4 * MINUTE);
    world.context.scheduler.after(lateMs, () => world.tellOfSuite(plan.name, source, told));
  }
}

/** What the app runs, or ran before; or none is named. */
function commitFor(world: World, { name }: PipelinePlan, random: Random, app: string | null): string | null {
  if (app === null) return null;
  const { commit } = world.simulator.app(app);
  return random.pick([null, commit, commit, commitOf(name, Math.max(0, world.merged(name) - 1))]);
}

/** Hundreds of results within minutes: of a matrix of jobs about a commit, or of a suite about one app. Gives how many. */
export function flood(world: World, plan: PipelinePlan, random: Random, most: number): number {
  const count = Math.min(random.pick([150, 400, 2_000]), most);
  const wave = plan.waves.find(({ signal }) => signal !== undefined && signal.of !== 'commit');
  const [app] = wave?.apps ?? plan.waves[0]?.apps ?? [];
  const isOfCommit = wave === undefined || random.chance(0.5);
  const order = world.merged(plan.name);
  const lasts = random.between(1, 6) * MINUTE;
  for (let number = 0; number < count; number += 1) {
    world.context.scheduler.after(Math.floor((number * lasts) / count), () => {
      const at = world.now();
      if (isOfCommit) {
        const job = { kind: 'check_run', name: `matrix (${number})`, part: 5 } as const;
        world.tellOfCi(plan.name, order, { job, run: 1, state: 'success', word: 'success', at });
      } else if (app !== undefined) {
        world.tellOfSuite(plan.name, 'other', { name: NAME, app, commit: null, state: 'success', at });
      }
    });
  }
  return count;
}
