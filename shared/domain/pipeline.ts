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
  /** What is asked before this wave is given an artifact, the pipeline's checks first. Empty for the head. */
  readonly checks: readonly CheckConfig[];
}

export type Mode = 'promote' | 'observe';

export interface Pipeline {
  /** Heroku's uuid: the key of everything Sluice stores about the pipeline. */
  readonly id: string;
  /** The name people type: the last part of the parameter's path. */
  readonly name: string;
  /** Heroku's uuids of the pipelines that this name meant before: what people said of those counts for this one. */
  readonly predecessors?: readonly string[];
  readonly mode: Mode;
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

/**
 * The longest a change that has soaked on the head can be kept by soaks alone, ms; null when nothing bounds it.
 * A wave may first have to finish soaking an earlier artifact for the next one (L2), so each wave counts the soak it
 * asks for and the one it is asked for. Windows, holds and other checks add their own time.
 */
export function soakCeilingMs(pipeline: Pipeline): number | null {
  const all = steps(pipeline);
  // Nobody but Heroku decides when the head is replaced: a soak on the head can be cut short by every merge.
  if ((all[0]?.to.soakMs ?? 0) > 0) return null;
  return all.reduce((sum, step) => sum + step.to.soakMs + (all[step.index]?.to.soakMs ?? 0), 0);
}
