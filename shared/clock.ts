// Time as a port. Only entry points and adapters may read the machine's clock; everything else is handed one of these.

/** Epoch milliseconds now, and a way to wait that a test or the story can replace. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
