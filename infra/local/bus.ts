// The bus, in process: PipelineDue starts a run of `promote`, SignalReceived a look by `scan`, and everything is told
// to the listeners. As on EventBridge, a publisher does not wait for what it sets off, and one run's end is nobody
// else's.

import type { Bus, SluiceEvent } from '../../shared/events.ts';

export interface LocalBus extends Bus {
  on(listener: (event: SluiceEvent) => void): void;
  /** What an event sets off. An error of it has been reported by the function itself. */
  deliver(handler: (event: SluiceEvent) => Promise<unknown> | undefined): void;
  /** Resolves when nothing set off by an event is at work any more. */
  idle(): Promise<void>;
}

export function createLocalBus(): LocalBus {
  const listeners: ((event: SluiceEvent) => void)[] = [];
  const handlers: ((event: SluiceEvent) => Promise<unknown> | undefined)[] = [];
  const atWork = new Set<Promise<unknown>>();
  return {
    on: (listener) => void listeners.push(listener),
    deliver: (handler) => void handlers.push(handler),
    async publish(events) {
      for (const event of events) {
        for (const listener of listeners) listener(event);
        for (const handler of handlers) {
          const work = handler(event)?.catch(() => undefined);
          if (work === undefined) continue;
          atWork.add(work);
          void work.finally(() => atWork.delete(work));
        }
      }
    },
    async idle() {
      while (atWork.size > 0) await Promise.all(atWork);
    },
  };
}
