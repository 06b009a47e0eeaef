// From all that went wrong before a violation to the little that it takes: leaves out halves, quarters and so on, as long
// as the same rule is still violated.

import type { Happened } from './faults.ts';
import { type SimulationOptions, type SimulationReport, simulate } from './simulation.ts';

export interface Shrunk {
  readonly needed: readonly Happened[];
  readonly report: SimulationReport;
  /** How many simulations that took. */
  readonly tries: number;
}

/** `report`: of a simulation with these options that ended in a violation. */
export async function shrink(
  options: SimulationOptions,
  report: SimulationReport,
  triesMax: number,
): Promise<Shrunk> {
  const { violation } = report;
  if (violation === null) throw new Error('There is no violation to shrink.');
  const left = new Set(options.without);
  let best = report;
  let candidates: readonly Happened[] = report.happened;
  let tries = 0;
  for (let size = Math.ceil(candidates.length / 2); size >= 1; ) {
    let isSmaller = false;
    for (let from = 0; from < candidates.length && tries < triesMax; ) {
      const without = new Set([...left, ...candidates.slice(from, from + size).map(({ id }) => id)]);
      tries += 1;
      const tried = await simulate({ ...options, without });
      if (tried.violation?.rule !== violation.rule) {
        from += size;
        continue;
      }
      for (const id of without) left.add(id);
      best = tried;
      // Without those, others may have come about.
      candidates = tried.happened.filter(({ id }) => !left.has(id));
      isSmaller = true;
    }
    if (tries >= triesMax || (size === 1 && !isSmaller)) break;
    size = Math.max(1, isSmaller ? Math.min(size, candidates.length) : Math.ceil(size / 2));
  }
  const needed = best.happened.filter(({ id }) => !left.has(id));
  return { needed, report: best, tries };
}
