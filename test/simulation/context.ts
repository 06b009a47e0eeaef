// What every part of the simulated world shares.

import type { FaultPlan } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export interface Context {
  readonly scheduler: Scheduler;
  readonly faults: FaultPlan;
  /** For what is no fault: how far a clock is off, ids. */
  readonly random: Random;
  readonly trace: (line: string) => void;
  /** Told of every exchange that a run begins. */
  readonly onExchange: (what: string) => void;
  /** Something that must always hold does not: `S2`, and what was seen. Ends the simulation. */
  readonly violate: (rule: string, what: string) => void;
}
