// One run of a function, and the exchanges it makes with the world: each takes virtual time and can go wrong in every way
// that the plan says. A run that is killed hears of nothing any more; what it sent is under way all the same.

import type { Clock } from '../../shared/clock.ts';
import type { FaultPlan, Peer } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export interface Exchange<Answer> {
  readonly peer: Peer;
  /** For the trace: `put hot#ledger`. */
  readonly what: string;
  /** What is done at the far side. May throw what the far side answers. */
  readonly act: () => Answer;
  /** What the caller is told when the far side refuses. */
  readonly refusal: (random: Random) => Answer;
  /** What the caller is told when it has waited in vain. */
  readonly silence: () => Answer;
  readonly garbled?: (random: Random) => Answer;
  /** How long the caller waits, ms. */
  readonly patienceMs: number;
  /** When the client sends it again, ms; once its patience has ended, unless given. */
  readonly tryMs?: number;
  /** How long after the caller has given up the far side may still act, ms. */
  readonly latestMs?: number;
  /** The caller gives up before its patience is at an end. */
  readonly signal?: AbortSignal;
  /** The far side has no answer, whatever else may go wrong. */
  readonly isMute?: boolean;
  /** Every cached row is deleted. */
  readonly forget?: () => void;
}

export interface InvocationPorts {
  readonly scheduler: Scheduler;
  readonly faults: FaultPlan;
  /** One line for each thing that happens. */
  readonly trace: (line: string) => void;
  readonly onExchange: (what: string) => void;
}

const LATENCY_MS = [2, 40] as const;
const SLOW_MS = [1_000, 4_500] as const;
const FREEZE_MS = [5_000, 90_000] as const;

export class Invocation {
  readonly name: string;
  isAlive = true;
  /** Exchanges that have been begun and not heard of. */
  open = 0;
  /** When what runs was last read, epoch ms. */
  observedAt = Number.NEGATIVE_INFINITY;
  /** When it last sent a promotion on its way, epoch ms. */
  sentAt = Number.NEGATIVE_INFINITY;
  /** True once something has gone wrong with an exchange of it. */
  hasTrouble = false;
  /** True once it has returned, and not thrown. */
  hasReturned = false;
  /** Apps whose releases it could not read. */
  readonly unread = new Set<string>();
  /** Apps of which it could not read whether dynos run. */
  readonly unreadDynos = new Set<string>();
  readonly #ports: InvocationPorts;
  #thawsAt = 0;
  readonly #onKill: () => void;

  constructor(name: string, ports: InvocationPorts, onKill: () => void) {
    this.name = name;
    this.#ports = ports;
    this.#onKill = onKill;
  }

  kill(why: string): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#ports.trace(`${this.name} killed ${why}`);
    this.#onKill();
  }

  /** The clock of the machine it runs on: `skewMs` away from the true one. */
  clock(skewMs: () => number): Clock {
    const { scheduler } = this.#ports;
    return {
      now: () => scheduler.now() + skewMs(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          signal?.addEventListener('abort', () => resolve(), { once: true });
          scheduler.after(ms, () => this.#hear(resolve));
        }),
    };
  }

  /** The true time. */
  now(): number {
    return this.#ports.scheduler.now();
  }

  exchange<Answer>(exchange: Exchange<Answer>): Promise<Answer> {
    const { scheduler, faults, trace } = this.#ports;
    const { peer, what, patienceMs } = exchange;
    if (!this.isAlive) return new Promise(() => {});
    // The clients send nothing for somebody who waits no more.
    if (exchange.signal?.aborted) return Promise.reject(new Error('given up'));
    const { fault, random } = faults.next(peer, `${what} of ${this.name}`, scheduler.now());
    const trouble = `${fault === null ? '' : ` ! ${fault}`}${exchange.isMute === true ? ' ! mute' : ''}`;
    this.hasTrouble ||= trouble !== '';
    trace(`${this.name} ${what}${trouble}`);
    this.#ports.onExchange(what);
    if (fault === 'kill-before') {
      this.kill(`before ${what}`);
      return new Promise(() => {});
    }
    this.open += 1;
    const there = random.between(...LATENCY_MS) + (fault === 'slow' ? random.between(...SLOW_MS) : 0);
    const back = random.between(...LATENCY_MS);
    return new Promise<Answer>((resolve, reject) => {
      let isOpen = true;
      const stop = (): void => {
        if (!isOpen) return;
        isOpen = false;
        this.open -= 1;
        reject(new Error('given up'));
      };
      exchange.signal?.addEventListener('abort', stop, { once: true });
      const answer = (give: () => Answer) => (): void =>
        this.#hear(() => {
          if (!isOpen) return;
          isOpen = false;
          this.open -= 1;
          exchange.signal?.removeEventListener('abort', stop);
          try {
            resolve(give());
          } catch (error) {
            reject(error);
          }
        });
      if (fault === 'refuse')
        return scheduler.after(
          there + back,
          answer(() => exchange.refusal(random)),
        );
      if (fault === 'lose-request' || exchange.isMute === true)
        return scheduler.after(patienceMs, answer(exchange.silence));
      if (fault === 'late') {
        const late = patienceMs + random.between(1, exchange.latestMs ?? 1);
        scheduler.after(late, () => void outcomeOf(exchange.act));
        return scheduler.after(patienceMs, answer(exchange.silence));
      }
      scheduler.after(there, () => {
        const done = outcomeOf(exchange.act);
        if (fault === 'lose-reply') return scheduler.after(patienceMs - there, answer(exchange.silence));
        if (fault === 'kill-after') return this.kill(`after ${what}`);
        if (fault === 'garble')
          return scheduler.after(
            back,
            answer(() => (exchange.garbled ?? exchange.silence)(random)),
          );
        if (fault === 'twice') {
          return scheduler.after(exchange.tryMs ?? patienceMs, () => {
            const again = outcomeOf(exchange.act);
            scheduler.after(back, answer(again));
          });
        }
        if (fault === 'forget') exchange.forget?.();
        if (fault === 'freeze')
          this.#thawsAt = Math.max(this.#thawsAt, scheduler.now() + random.between(...FREEZE_MS));
        scheduler.after(back, answer(done));
      });
    });
  }

  /** Lets the run go on, unless it was killed; when it stands still, later. */
  #hear(goOn: () => void): void {
    if (!this.isAlive) return;
    const { scheduler } = this.#ports;
    if (scheduler.now() >= this.#thawsAt) goOn();
    else scheduler.at(this.#thawsAt, () => this.#hear(goOn));
  }
}

/** Does it now; gives or throws later what came of it. */
function outcomeOf<Answer>(act: () => Answer): () => Answer {
  try {
    const answer = act();
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
