// A stop with a reason, an owner and, unless said otherwise, an expiry. Pure.

import type { AppRef, Pipeline } from './pipeline.ts';
import { shortId } from './words.ts';

export interface Hold {
  /** A ULID. */
  readonly id: string;
  readonly pipelineId: string;
  /** The wave that is given nothing meanwhile; null: every wave of the pipeline. */
  readonly wave: string | null;
  /** The apps of that wave when the hold was placed: it goes with them when the wave is split or renamed. */
  readonly apps?: readonly AppRef[];
  readonly reason: string;
  readonly owner: string;
  readonly placedAt: number;
  /** Null: until somebody lifts it. */
  readonly expiresAt: number | null;
  readonly liftedAt: number | null;
  readonly liftedBy: string | null;
  /** Why it was lifted; holds of earlier versions do not say. */
  readonly liftReason?: string;
  /** The sort key of the table's row, where that could not be read: nothing else is known of it then. */
  readonly row?: string;
}

/** How long a hold lasts when nobody says, ms: long enough for a night, short enough not to be forgotten. */
export const HOLD_MS_DEFAULT = 24 * 60 * 60 * 1000;

/** A wave as holds look at it; in order, the first being the head. */
export interface HoldableWave {
  readonly name: string;
  readonly apps: readonly AppRef[];
}

export function isActive(hold: Hold, now: number): boolean {
  return hold.liftedAt === null && (hold.expiresAt === null || now < hold.expiresAt);
}

/** The active holds that stop promotions to a wave, oldest first. `waves`: those of the pipeline, in order. */
export function holdsOn(
  holds: readonly Hold[],
  waves: readonly HoldableWave[],
  wave: HoldableWave,
  now: number,
): readonly Hold[] {
  return holds
    .filter((hold) => isActive(hold, now) && stops(hold, waves, wave))
    .sort((a, b) => a.placedAt - b.placedAt);
}

function stops(hold: Hold, waves: readonly HoldableWave[], wave: HoldableWave): boolean {
  if (hold.wave === wave.name || !isWaveThere(hold, waves)) return true;
  return hold.apps?.some((held) => wave.apps.some(({ id }) => id === held.id)) ?? false;
}

/**
 * False for a hold on no wave, and for one whose wave is gone: renamed, taken out, or by now the first, which nothing is
 * promoted to. Whom it was meant to stop cannot be told then: it holds the whole pipeline.
 */
export function isWaveThere(hold: Hold, waves: readonly HoldableWave[]): boolean {
  return waves.slice(1).some(({ name }) => name === hold.wave);
}

/** What a hold stops, in words. */
export function scopeOf(hold: Pick<Hold, 'wave'>, pipeline: Pick<Pipeline, 'name'>): string {
  return hold.wave === null ? pipeline.name : `${pipeline.name} ${hold.wave}`;
}

/** Lifts these holds and nothing else, whoever placed them. */
export function unholdCommand(pipeline: string, holds: readonly Pick<Hold, 'id' | 'wave'>[]): string {
  const waves = new Set(holds.map(({ wave }) => wave));
  const [wave] = waves;
  const scope = waves.size === 1 && wave ? ` --wave ${wave}` : '';
  return `sluice unhold ${pipeline}${scope}${holds.map(({ id }) => ` --hold ${shortId(id)}`).join('')} --reason "…"`;
}
