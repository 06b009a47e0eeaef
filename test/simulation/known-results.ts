// What CI has really said of each commit, when it was sent and when it was recorded.

import type { Signal } from '../../shared/signals/signal.ts';
import type { CiResult } from './deliveries.ts';
import { SECOND } from './time.ts';

export class KnownResults {
  /** When a commit's success was first sent, epoch ms. */
  readonly #succeeded = new Map<string, number>();
  /** By commit, with when it was first recorded. */
  readonly #recorded = new Map<string, { readonly result: CiResult; readonly recordedAt: number }[]>();

  /** Results that were sent, signed. */
  readonly #sent = new Set<string>();

  /** CI has sent a result, signed. */
  sent(commit: string, result: CiResult, now: number): void {
    this.#sent.add(`${commit} ${result.state} ${result.at}`);
    if (result.state === 'success' && !this.#succeeded.has(commit)) this.#succeeded.set(commit, now);
  }

  /** Gives false when nobody has sent it. */
  recorded({ commit, state, at }: Signal, now: number): boolean {
    if (commit === null || state === 'pending') return true;
    const known = this.#recorded.get(commit) ?? [];
    this.#recorded.set(commit, [...known, { result: { state, at }, recordedAt: now }]);
    return this.#sent.has(`${commit} ${state} ${at}`);
  }

  /** Why a run that looked at `lookedAt` and claimed at `claimedAt` should not have promoted the commit. */
  against(commit: string, claimedAt: number, lookedAt: number): string | null {
    const succeededAt = this.#succeeded.get(commit);
    if (succeededAt === undefined || succeededAt > claimedAt) return 'CI had not told of a success';
    // A result that was recorded meanwhile may have been seen or not.
    const newest = [this.#newest(commit, lookedAt - 5 * SECOND), this.#newest(commit, claimedAt)];
    const isRed = newest.every((one) => one?.state === 'failure');
    return isRed ? "CI's newest result was a failure" : null;
  }

  /** True when the newest result of those on record at that time is a success, and no other has been recorded since. */
  isGreen(commit: string, at: number): boolean {
    const isSettled = (this.#recorded.get(commit) ?? []).every(({ recordedAt }) => recordedAt < at);
    return isSettled && this.#newest(commit, at)?.state === 'success';
  }

  #newest(commit: string, before: number): CiResult | undefined {
    const known = (this.#recorded.get(commit) ?? []).filter(({ recordedAt }) => recordedAt < before);
    return known.map(({ result }) => result).toSorted((a, b) => b.at - a.at)[0];
  }
}
