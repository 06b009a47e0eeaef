// A stop with a reason, an owner and, unless said otherwise, an expiry. Pure.

import type { Pipeline } from './pipeline.ts';

export interface Hold {
  /** A ULID. */
  readonly id: string;
  readonly pipelineId: string;
  /** The wave that is given nothing meanwhile; null: every wave of the pipeline. */
  readonly wave: string | null;
  readonly reason: string;
  readonly owner: string;
  readonly placedAt: number;
  /** Null: until somebody lifts it. */
  readonly expiresAt: number | null;
  readonly liftedAt: number | null;
  readonly liftedBy: string | null;
}

/** How long a hold lasts when nobody says, ms: long enough for a night, short enough not to be forgotten. */
export const HOLD_MS_DEFAULT = 24 * 60 * 60 * 1000;

export function isActive(hold: Hold, now: number): boolean {
  return hold.liftedAt === null && (hold.expiresAt === null || now < hold.expiresAt);
}

/** The active holds that stop promotions to a wave, oldest first. */
export function holdsOn(holds: readonly Hold[], wave: string, now: number): readonly Hold[] {
  return holds
    .filter((hold) => isActive(hold, now) && (hold.wave === null || hold.wave === wave))
    .sort((a, b) => a.placedAt - b.placedAt);
}

/** What a hold stops, in words. */
export function scopeOf(hold: Hold, pipeline: Pick<Pipeline, 'name'>): string {
  return hold.wave === null ? pipeline.name : `${pipeline.name} ${hold.wave}`;
}
