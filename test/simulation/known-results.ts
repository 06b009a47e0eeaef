// What CI has really said of each commit, when it was sent and when it was recorded.

import type { Signal } from '../../shared/signals/signal.ts';
import type { CiJob, CiResult } from './deliveries.ts';
import { SECOND } from './time.ts';

/** What a wave asks CI for: the results that are called `build`, or all there are. */
export type CiAsked = 'build' | 'all';

interface Recorded {
  readonly result: CiResult;
  readonly recordedAt: number;
}

export class KnownResults {
  /** By commit: results that were sent, signed, with when each first was, epoch ms. */
  readonly #sent = new Map<string, { readonly result: CiResult; readonly sentAt: number }[]>();
  readonly #recorded = new Map<string, Recorded[]>();

  /** CI has sent a result, signed. */
  sent(commit: string, result: CiResult, now: number): void {
    const its = this.#sent.get(commit) ?? [];
    if (its.every((one) => !isSame(one.result, result)))
      this.#sent.set(commit, [...its, { result, sentAt: now }]);
  }

  /** A row has been written. Gives false when nobody has sent what it says. */
  recorded({ commit, state, at, receivedAt, identity = '[]', order = '' }: Signal, now: number): boolean {
    if (commit === null) return true;
    const [kind] = JSON.parse(identity) as [string?];
    // What does not say when it came about has the time that it came in.
    const sent = this.#sent.get(commit)?.find(
      ({ result }) =>
        result.job.kind.replace('_', ' ') === kind &&
        result.state === state &&
        // What it is ordered by first is the id, or the number of the try.
        Number(order.split('.')[0]) % 1_000 === result.run &&
        identity.includes(nameIn(result.job)) &&
        (result.isBare === true ? at === receivedAt : at === result.at),
    );
    if (sent === undefined) return false;
    const known = this.#recorded.get(commit) ?? [];
    this.#recorded.set(commit, [...known, { result: sent.result, recordedAt: now }]);
    return true;
  }

  /** True when the result is on record, or a later one of its job. */
  isOnRecord(commit: string, { job, run, state }: CiResult): boolean {
    return (this.#recorded.get(commit) ?? []).some(
      ({ result }) =>
        isSameJob(result.job, job) &&
        (result.run > run || (result.run === run && [state, 'success', 'failure'].includes(result.state))),
    );
  }

  /** Why a run that looked at `lookedAt` and claimed at `claimedAt` should not have promoted the commit. */
  against(commit: string, asked: CiAsked, claimedAt: number, lookedAt: number): string | null {
    const sent = (this.#sent.get(commit) ?? []).filter(({ result }) => isAsked(result.job, asked));
    const hasSucceeded = sent.some(({ result, sentAt }) => result.state === 'success' && sentAt <= claimedAt);
    if (!hasSucceeded) return 'CI had not told of a success';
    // A result that was recorded meanwhile may have been seen or not.
    for (const job of jobsOf(sent.map(({ result }) => result))) {
      const newest = [this.#newest(commit, job, lookedAt - 5 * SECOND), this.#newest(commit, job, claimedAt)];
      if (newest.every((one) => one?.state === 'failure'))
        return `the newest result of the ${job.kind} ${job.name} was a failure`;
    }
    return null;
  }

  /** True when the newest result of everything that was asked for is a success, and no other has been recorded since. */
  isGreen(commit: string, asked: CiAsked, at: number): boolean {
    const recorded = (this.#recorded.get(commit) ?? []).filter(({ result }) => isAsked(result.job, asked));
    const isSettled = recorded.every(({ recordedAt }) => recordedAt < at);
    const jobs = jobsOf(recorded.map(({ result }) => result));
    return (
      isSettled && jobs.length > 0 && jobs.every((job) => this.#newest(commit, job, at)?.state === 'success')
    );
  }

  /** Of a job's results on record before then: the last word of the last try. */
  #newest(commit: string, job: CiJob, before: number): CiResult | undefined {
    const its = (this.#recorded.get(commit) ?? []).filter(
      ({ result, recordedAt }) => isSameJob(result.job, job) && recordedAt < before,
    );
    const done = ({ state }: CiResult): number => (state === 'pending' ? 0 : 1);
    return its.map(({ result }) => result).toSorted((a, b) => b.run - a.run || done(b) - done(a))[0];
  }
}

/** As its identity has it. */
function nameIn({ kind, name }: CiJob): string {
  return kind === 'workflow_run' ? '5000' : `"${name}"`;
}

function isAsked({ name }: CiJob, asked: CiAsked): boolean {
  return asked === 'all' || name === 'build';
}

function isSameJob(a: CiJob, b: CiJob): boolean {
  return a.kind === b.kind && a.name === b.name;
}

function isSame(a: CiResult, b: CiResult): boolean {
  return isSameJob(a.job, b.job) && a.run === b.run && a.state === b.state && a.at === b.at;
}

function jobsOf(results: readonly CiResult[]): readonly CiJob[] {
  const jobs: CiJob[] = [];
  for (const { job } of results) if (jobs.every((one) => !isSameJob(one, job))) jobs.push(job);
  return jobs;
}
