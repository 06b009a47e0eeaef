// A GitHub that knows the true history of every pipeline's merges: later merges contain earlier ones, but those that were
// pushed over. It has none of the commits that people deploy past it. For minutes now and then it does not answer, or not about every pair, is at its limit,
// or refuses the token: when, the instant alone tells, so that whoever asks at one instant is told the same.

import type { Containment, GitHub } from '../../shared/github/port.ts';
import { orderOf } from './fleet.ts';
import { createRandom, hashOf } from './random.ts';
import { MINUTE } from './time.ts';

const SPELL_MS = 12 * MINUTE;

const SILENT: Containment = { kind: 'untold', why: 'GitHub does not answer', isPassing: true };
const TROUBLES = {
  silent: () => SILENT,
  'silent about some': (pair: string) => (hashOf(pair) % 2 === 0 ? SILENT : null),
  limited: () => ({ kind: 'unread', why: "GitHub's rate limit is used up", isPassing: true }),
  refusing: () => ({ kind: 'unread', why: 'GitHub refuses the token (401)' }),
} as const satisfies Record<string, (pair: string) => Containment | null>;
type Trouble = keyof typeof TROUBLES;

export class SimulatedGitHub implements GitHub {
  readonly #now: () => number;
  /** From this instant on it is well, epoch ms. */
  wellFrom = Number.NEGATIVE_INFINITY;

  /** Forced pushes: a merge and all after it do not contain those from `from` on that came before it. By pipeline. */
  readonly #pushes = new Map<string, { readonly from: number; readonly merge: number }[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What is wrong with it now; null: nothing. */
  trouble(): Trouble | null {
    if (this.#now() >= this.wellFrom) return null;
    const random = createRandom('github', Math.floor(this.#now() / SPELL_MS));
    if (random.chance(0.7)) return null;
    return random.pick<Trouble>(['silent', 'silent about some', 'limited', 'refusing']);
  }

  /** The repository of pipeline `p0` is `sluice/p0`. */
  async contains(...[repo, { earlier, later }]: Parameters<GitHub['contains']>): Promise<Containment> {
    const trouble = this.trouble();
    const without = trouble === null ? null : TROUBLES[trouble](`${earlier} ${later}`);
    if (without !== null) return without;
    const pipeline = repo.replace('sluice/', '');
    const [before, after] = [orderOf(pipeline, earlier), orderOf(pipeline, later)];
    if (before === null || after === null) return { kind: 'untold', why: 'GitHub does not know it' };
    return { kind: 'told', contains: this.isInside(pipeline, before, after) };
  }

  push(pipeline: string, from: number, merge: number): void {
    this.#pushes.set(pipeline, [...(this.#pushes.get(pipeline) ?? []), { from, merge }]);
  }

  hasPushes(pipeline: string): boolean {
    return this.#pushes.has(pipeline);
  }

  /** The truth, of two merges by their numbers. */
  isInside(pipeline: string, earlier: number, later: number): boolean {
    const pushes = this.#pushes.get(pipeline) ?? [];
    return (
      earlier <= later &&
      pushes.every(({ from, merge }) => earlier < from || earlier >= merge || later < merge)
    );
  }
}
