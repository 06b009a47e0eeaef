// The rolling full sweep: every pipeline's turn comes once in a round of ticks, whatever was heard of it. Pure.

/** Every pipeline is looked at within this, ms, unless ticks are further apart. */
const SWEEP_MS = 15 * 60_000;

/** Ticks in one round of the sweep. `tickMs`: their distance. */
export function sweepTicks(tickMs: number): number {
  return Math.max(1, Math.floor(SWEEP_MS / tickMs));
}

/** The number of the tick that `now` falls into: the next tick's is one more. */
export function tickNumber(now: number, tickMs: number): number {
  return Math.floor(now / tickMs);
}

/** True when it is the turn of the pipeline at `index` (in any fixed order) at the tick that `now` falls into. */
export function isTurn(index: number, now: number, tickMs: number): boolean {
  const ticks = sweepTicks(tickMs);
  return index % ticks === tickNumber(now, tickMs) % ticks;
}
