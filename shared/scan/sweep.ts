// The rolling full sweep: every pipeline's turn comes once in SWEEP_TICKS ticks, whatever was heard of it. Pure.

/** Ticks in one round of the sweep: with a tick a minute, every pipeline is read at least once in 15 minutes. */
export const SWEEP_TICKS = 15;

/** True when it is the turn of the pipeline at `index` (in any fixed order) at the tick that `now` falls into. */
export function isTurn(index: number, now: number, tickMs: number): boolean {
  return index % SWEEP_TICKS === Math.floor(now / tickMs) % SWEEP_TICKS;
}
