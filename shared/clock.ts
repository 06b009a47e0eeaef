// Time as a port. Only entry points and adapters may read the machine's clock; everything else is handed one of these.

/** Epoch milliseconds now, and a way to wait that a test or the story can replace. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or as soon as the signal aborts: nobody waits any more then. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done);
    }),
};
