// A configured pipeline, after defaults, merging and resolution of names: what every run is given. Pure types.

/** A check as configured: its name and its validated options (each check owns the shape of its options). */
export interface CheckConfig {
  readonly name: string;
  readonly options: unknown;
}

/** One app as Heroku names it. The id survives renames and transfers; the name is for people. */
export interface AppRef {
  readonly id: string;
  readonly name: string;
}

export interface Wave {
  readonly name: string;
  readonly apps: readonly AppRef[];
  /** How long an artifact must have stayed on every app of the wave before, ms. 0 for the head. */
  readonly soakMs: number;
  /**
   * What counts for the soak on the wave before: the artifact itself (`occupancy`), or also later ones that contain it
   * (`descendants`). Left out: descendants where the head is the wave before, else occupancy.
   */
  readonly counting?: Counting;
  /** What is asked before this wave is given an artifact, the pipeline's checks first. Empty for the head. */
  readonly checks: readonly CheckConfig[];
}

export type Mode = 'promote' | 'observe';

export type Counting = 'occupancy' | 'descendants';

export interface Pipeline {
  /** Heroku's uuid: the key of everything Sluice stores about the pipeline. */
  readonly id: string;
  /** The name people type: the last part of the parameter's path. */
  readonly name: string;
  /** Heroku's uuids of the pipelines that this name meant before: what people said of those counts for this one. */
  readonly predecessors?: readonly string[];
  readonly mode: Mode;
  /** The code's repository at GitHub, `owner/name`; absent: GitHub is not asked which commit contains which. */
  readonly repo?: string;
  /** What is true of its apps at Heroku beside its waves, and a person would want to be told; absent: nothing. */
  readonly notes?: readonly string[];
  /** In order of promotion; the first is the head, to which Heroku deploys. At least one. */
  readonly waves: readonly Wave[];
}

/** A step leads from a wave to the next. */
export interface Step {
  readonly index: number;
  readonly from: Wave;
  readonly to: Wave;
}

export function steps(pipeline: Pipeline): readonly Step[] {
  return pipeline.waves.flatMap((to, index) => {
    const from = pipeline.waves[index - 1];
    return from === undefined ? [] : [{ index, from, to }];
  });
}

/** What counts for the step's soak. Merges replace what runs on the head, so there a change counts inside later ones. */
export function countingOf(step: Step): Counting {
  return step.to.counting ?? (step.index === 1 ? 'descendants' : 'occupancy');
}

/** For each step: the tick that sees it, the one that settles the promotion, and a dyno's start, ms. */
const STEP_MS = 3 * 60_000;

/**
 * The longest that soaks and turns alone keep a change that was deployed to the head, ms; null when nothing bounds it. A
 * wave may first have to finish soaking an earlier artifact for the next one (L2), so each wave counts the soak it asks
 * for and the one it is asked for. Windows, holds, other checks and release phases add their own time.
 */
export function soakCeilingMs(pipeline: Pipeline): number | null {
  const all = steps(pipeline);
  const [first] = all;
  // Where the artifact itself has to stay on the head, every merge can cut its soak short.
  if (first !== undefined && first.to.soakMs > 0 && countingOf(first) === 'occupancy') return null;
  return all.reduce((sum, step) => sum + step.to.soakMs + (all[step.index]?.to.soakMs ?? 0) + STEP_MS, 0);
}
