// When dynos of the simulated apps ran, and which of their stops a run has seen: time counts for a soak while one runs, as
// far as anybody has looked.

import type { Invocation } from './invocation.ts';

/** A time without a dyno. */
interface Stop {
  readonly from: number;
  /** Epoch ms; infinite while it lasts. */
  until: number;
  /** Runs that were told of it, and when. */
  readonly seenBy: { readonly run: Invocation; readonly at: number }[];
}

export class KnownDynos {
  readonly #stops = new Map<string, Stop[]>();

  scaled(app: string, quantity: number, at: number): void {
    const stops = this.#stops.get(app) ?? [];
    const last = stops.at(-1);
    const isStopped = last?.until === Number.POSITIVE_INFINITY;
    if (quantity === 0 && !isStopped) stops.push({ from: at, until: Number.POSITIVE_INFINITY, seenBy: [] });
    if (quantity > 0 && isStopped) last.until = at;
    this.#stops.set(app, stops);
  }

  /** A run was told that none runs. */
  seen(app: string, run: Invocation): void {
    this.#stops.get(app)?.at(-1)?.seenBy.push({ run, at: run.now() });
  }

  /** True when none ran at any time from then to then. */
  isStopped(app: string, from: number, until: number): boolean {
    return this.#stopsOf(app).some((stop) => stop.from <= from && until < stop.until);
  }

  /** True when none ran at some time since then. */
  hasStopped(app: string, since: number): boolean {
    return this.#stopsOf(app).some(({ until }) => until > since);
  }

  /** When they last began to run again, epoch ms; minus infinity when they never stopped. */
  runsSince(app: string): number {
    return this.#stopsOf(app).at(-1)?.until ?? Number.NEGATIVE_INFINITY;
  }

  /** The last stop that a run has seen by then, and lived to record; undefined: none. */
  lastSeen(app: string, by = Number.POSITIVE_INFINITY): Pick<Stop, 'from' | 'until'> | undefined {
    return this.#stopsOf(app).findLast(({ seenBy }) =>
      seenBy.some(({ run, at }) => run.hasReturned && at < by),
    );
  }

  #stopsOf(app: string): readonly Stop[] {
    return this.#stops.get(app) ?? [];
  }
}
