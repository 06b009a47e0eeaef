// The pipelines of one simulation, drawn from its seed: how many waves and apps, what soaks, which checks. And their
// parameters as texts, which people change while it runs.

import type { Simulator } from '../../infra/local/heroku/simulator.ts';
import type { Asked } from './aims.ts';
import { askedText, type CiAsked, drawAsked } from './ci.ts';
import type { Drawn } from './odds.ts';
import { createRandom, type Random } from './random.ts';
import { drawSignal, type SignalAsked, signalText } from './suites.ts';
import { beginningOf, MINUTE } from './time.ts';
import { drawAtSkip, drawWindows, type WindowPlans, windowText } from './windows.ts';

export interface WavePlan {
  readonly name: string;
  readonly apps: readonly string[];
  readonly soakMs: number;
  readonly ci: CiAsked | null;
  readonly status: boolean;
  /** When the wave may be given something. */
  readonly windows: WindowPlans;
  /** What suites have to have said. */
  readonly signal?: SignalAsked;
  /** Whose maintenance it waits for. */
  readonly maintenance?: 'target' | 'source' | 'both';
}

export interface PipelinePlan {
  readonly name: string;
  readonly waves: readonly WavePlan[];
  /** True: its repository is named, and GitHub says which commit contains which. */
  readonly namesRepo?: true;
  /** It is to be told what would be promoted, and nothing is: by its own parameter, or by what goes for all. */
  readonly observes?: 'itself' | 'by-default';
  /** Its parameter says that it is to promote, whatever goes for all. */
  readonly saysPromote?: true;
}

const SOAKS_MS = [0, 0, 5 * MINUTE, 20 * MINUTE, 45 * MINUTE] as const;

/** Drawn, but for what the trouble gives. */
export function drawFleet(
  seed: string | number,
  count: number,
  { waves: ofThese, ci, isAtSkips, asks: ofAll, people }: Partial<Drawn> = {},
): readonly PipelinePlan[] {
  const { zones } = beginningOf(seed);
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(seed, 'fleet', index);
    const drawn = drawPipeline(random, `p${index}`, ofThese ?? random.between(2, 4), zones);
    const waves = drawn.waves.map((wave, at) => ({
      ...wave,
      ...(at > 0 && ci && { ci }),
      ...(at > 0 && isAtSkips && { windows: drawAtSkip(random, zones) }),
    }));
    const asks = people?.(index).asks ?? ofAll ?? [];
    const asking = createRandom(seed, 'asks', index);
    const plan = {
      ...drawn,
      ...(createRandom(seed, 'mode', index).chance(0.3) && { saysPromote: true as const }),
      waves: waves.map((wave, at) => (at === 0 ? wave : withAsked(wave, asks, asking, drawn.name))),
    };
    const namesRepo = createRandom(seed, 'repo', index).chance(0.45);
    return namesRepo ? { ...plan, namesRepo } : plan;
  });
}

function drawMaintenance(random: Random): 'target' | 'source' | 'both' {
  return random.pick(['target', 'source', 'both', 'both'] as const);
}

/** The wave, which asks these things now if it did not before. */
function withAsked(wave: WavePlan, asks: readonly Asked[], random: Random, pipeline: string): WavePlan {
  const isAsked = (one: Asked): boolean => asks.includes(one);
  return {
    ...wave,
    ...(isAsked('soak') && wave.soakMs === 0 && { soakMs: random.pick([5, 20] as const) * MINUTE }),
    ...(isAsked('ci') && wave.ci === null && { ci: drawAsked(random) }),
    ...(isAsked('heroku-status') && { status: true }),
    ...(isAsked('signal') && wave.signal === undefined && { signal: drawSignal(random, pipeline) }),
    ...(isAsked('maintenance') && wave.maintenance === undefined && { maintenance: drawMaintenance(random) }),
  };
}

function drawPipeline(random: Random, name: string, ofThese: number, zones: readonly string[]): PipelinePlan {
  const waves = Array.from({ length: ofThese }, (_, index): WavePlan => {
    const size = index === 0 ? random.pick([1, 1, 2]) : random.between(1, 3);
    const apps = Array.from({ length: size }, (_, app) => `${name}-w${index}-${app}`);
    const base = { name: `w${index}`, apps, soakMs: 0, ci: null, status: false, windows: [] };
    if (index === 0) return base;
    return {
      ...base,
      soakMs: random.pick(SOAKS_MS),
      ci: random.chance(0.5) ? drawAsked(random) : null,
      status: random.chance(0.4),
      windows: random.chance(0.3) ? drawWindows(random, zones) : [],
      ...(random.chance(0.25) && { signal: drawSignal(random, name) }),
      ...(random.chance(0.4) && { maintenance: drawMaintenance(random) }),
    };
  });
  return { name, waves };
}

/** The pipeline's parameter. `herokuName`: what Heroku calls it. */
export function parameterOf(
  { name, waves, namesRepo, observes, saysPromote }: PipelinePlan,
  herokuName: string = name,
): string {
  const lines = waves.map((wave) => {
    const checks = [
      ...(wave.ci === null ? [] : [askedText(wave.ci)]),
      ...(wave.status ? ['heroku-status'] : []),
      ...(wave.windows.length === 0 ? [] : [windowText(wave.windows)]),
      ...(wave.signal === undefined ? [] : [signalText(wave.signal)]),
      ...(wave.maintenance === undefined ? [] : [`{ maintenance: { of: ${wave.maintenance} } }`]),
    ];
    return [
      `  - name: ${wave.name}`,
      `    apps: [${wave.apps.join(', ')}]`,
      ...(wave.soakMs > 0 ? [`    soak: ${wave.soakMs / MINUTE}m`] : []),
      ...(checks.length > 0 ? [`    checks: [${checks.join(', ')}]`] : []),
    ].join('\n');
  });
  const own = observes === 'itself' ? 'observe' : saysPromote === true ? 'promote' : undefined;
  const mode = own === undefined ? '' : `mode: ${own}\n`;
  const repo = namesRepo === true ? `repo: sluice/${name}\n` : '';
  return `pipeline: ${herokuName}\n${repo}${mode}waves:\n${lines.join('\n')}\n`;
}

/** Puts the fleet on Heroku, every app on the pipeline's first commit. Gives each pipeline's id. */
export function installFleet(
  simulator: Simulator,
  fleet: readonly PipelinePlan[],
  random: Random,
): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { name, waves } of fleet) {
    const apps = waves.flatMap((wave, index) =>
      wave.apps.map((app) => ({ name: app, stage: index === 0 ? 'staging' : 'production' }) as const),
    );
    ids.set(name, simulator.addPipeline({ name, apps }).id);
    for (const app of apps) {
      simulator.deploy(app.name, { commit: commitOf(name, 0), slug: 'new' });
      if (random.chance(0.3)) simulator.setReleasePhase(app.name, { seconds: random.between(20, 600) });
    }
  }
  simulator.setPromotionSeconds(random.pick([0, 2, 10, 60]));
  return ids;
}

/** The commit of the pipeline's merge number `order`; the order is in it, for the checker. */
export function commitOf(pipeline: string, order: number): string {
  return `${Buffer.from(pipeline).toString('hex')}00${String(order).padStart(6, '0')}`.padEnd(40, '0');
}

/** The number of the merge that made the commit; null for a commit that no merge of the pipeline made. */
export function orderOf(pipeline: string, commit: string | null): number | null {
  const head = `${Buffer.from(pipeline).toString('hex')}00`;
  if (commit === null || !commit.startsWith(head)) return null;
  return Number(commit.slice(head.length, head.length + 6));
}
