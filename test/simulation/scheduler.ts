// Virtual time: what is to happen is kept in a heap and happens in its order; of what falls on the same instant, chance
// decides which comes first. Between two things that happen, every promise that can go on goes on.

import type { Random } from './random.ts';

interface Planned {
  readonly at: number;
  readonly tie: number;
  readonly work: () => void;
}

export class Scheduler {
  #now: number;
  /** How many things have happened. */
  steps = 0;
  readonly #heap: Planned[] = [];
  readonly #random: Random;
  readonly #afterEach: () => void;

  /** `start`: epoch ms. `afterEach` looks at the world after each thing that happened. */
  constructor(start: number, random: Random, afterEach: () => void) {
    this.#now = start;
    this.#random = random;
    this.#afterEach = afterEach;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, work: () => void): void {
    this.at(this.#now + Math.max(0, Math.round(ms)), work);
  }

  at(instant: number, work: () => void): void {
    const heap = this.#heap;
    heap.push({ at: instant, tie: this.#random.next(), work });
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(heap[index], heap[parent])) break;
      swap(heap, index, parent);
      index = parent;
    }
  }

  async runUntil(instant: number): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined && next.at <= instant; next = this.#heap[0]) {
      this.#pop();
      this.#now = Math.max(this.#now, next.at);
      next.work();
      await settled();
      this.steps += 1;
      this.#afterEach();
    }
    this.#now = Math.max(this.#now, instant);
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      if (left < heap.length && isBefore(heap[left], heap[least])) least = left;
      if (right < heap.length && isBefore(heap[right], heap[least])) least = right;
      if (least === index) return;
      swap(heap, index, least);
      index = least;
    }
  }
}

/** Resolves when no promise can go on by itself any more: they all wait for something that is planned. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

function isBefore(a: Planned | undefined, b: Planned | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.at === b.at ? a.tie < b.tie : a.at < b.at;
}

function swap(heap: Planned[], a: number, b: number): void {
  const [one, other] = [heap[a], heap[b]];
  if (one === undefined || other === undefined) return;
  heap[a] = other;
  heap[b] = one;
}
