// Lambda and the bus: runs start late, twice or not at all, end at their time limit, and find what the run before left
// in their memory. A sandbox is kept warm until a run in it is killed.

import type { Context } from './context.ts';
import { Invocation } from './invocation.ts';

export interface FunctionSpec<Event> {
  readonly name: string;
  readonly timeoutMs: number;
  /** A new sandbox: everything that stays in memory from run to run. `current` is the run it is busy with. */
  readonly boot: (current: () => Invocation, number: number) => (event: Event) => Promise<unknown>;
}

interface Sandbox<Event> {
  readonly handle: (event: Event) => Promise<unknown>;
  busyWith: Invocation | null;
}

const START_MS = [20, 400] as const;
/** A late start is at most as old as an event may be. */
const LATE_MS = [5_000, 60_000] as const;
const WARM_MAX = 3;

export class LambdaFunction<Event> {
  readonly #spec: FunctionSpec<Event>;
  readonly #context: Context;
  readonly #sandboxes: Sandbox<Event>[] = [];
  #booted = 0;
  #runs = 0;

  constructor(spec: FunctionSpec<Event>, context: Context) {
    this.#spec = spec;
    this.#context = context;
  }

  /** An asynchronous invocation: at least once, mostly. */
  invoke(event: Event): void {
    const { scheduler, faults } = this.#context;
    const { fault, random } = faults.next('invoke', this.#spec.name, scheduler.now());
    if (fault === 'lose-request') return;
    const start = (): void => void this.#run(event);
    const [soonest, latest] = fault === 'late' ? LATE_MS : START_MS;
    scheduler.after(random.between(soonest, latest), start);
    if (fault === 'twice') scheduler.after(random.between(...LATE_MS), start);
  }

  async #run(event: Event): Promise<void> {
    const { scheduler, trace, violate } = this.#context;
    const sandbox = this.#sandboxes.find(({ busyWith }) => busyWith === null) ?? this.#boot();
    this.#runs += 1;
    const run = new Invocation(`${this.#spec.name}#${this.#runs}`, this.#context, () => {
      this.#sandboxes.splice(this.#sandboxes.indexOf(sandbox), 1);
    });
    sandbox.busyWith = run;
    scheduler.after(this.#spec.timeoutMs, () => {
      if (sandbox.busyWith === run) run.kill('at its time limit');
    });
    try {
      await sandbox.handle(event);
      run.hasReturned = true;
      trace(`${run.name} returned`);
    } catch (error) {
      trace(`${run.name} threw ${error instanceof Error ? error.message : String(error)}`);
    }
    // A frozen sandbox would go on with it in the middle of another run.
    if (run.open > 0) violate('open', `${run.name} returned with ${run.open} exchanges open`);
    sandbox.busyWith = null;
    if (this.#sandboxes.length > WARM_MAX) this.#sandboxes.splice(this.#sandboxes.indexOf(sandbox), 1);
  }

  #boot(): Sandbox<Event> {
    this.#booted += 1;
    const sandbox: { busyWith: Invocation | null; handle: Sandbox<Event>['handle'] } = {
      busyWith: null,
      handle: this.#spec.boot(() => {
        if (sandbox.busyWith === null) throw new Error(`${this.#spec.name} works on between two runs`);
        return sandbox.busyWith;
      }, this.#booted),
    };
    this.#sandboxes.push(sandbox);
    return sandbox;
  }
}
