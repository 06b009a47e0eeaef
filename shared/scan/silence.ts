// When is a scan silent? It leaves a record of its ticks every few minutes even if nothing changes. Pure.

/** A record of a tick like the one before is written this seldom, ms. */
export const TICK_RECORD_MS = 5 * 60_000;

/** Older than this, the newest record tells that nothing looks any more, ms. `tickMs`: the distance of ticks. */
export function silentMs(tickMs: number): number {
  return 2 * Math.max(TICK_RECORD_MS, tickMs);
}
