// What CI has really said of each commit, when it was sent and when it was recorded, and what a check that asks for it may
// have seen.

import type { Signal } from '../../shared/signals/signal.ts';
import type { CiAsked } from './ci.ts';
import { type CiJob, type CiResult, idOf, keyOf, linkOf, sourceOf, toldName } from './deliveries.ts';
import { SECOND } from './time.ts';

interface Recorded {
  readonly result: CiResult;
  readonly recordedAt: number;
}

const CI_VENDORS: readonly string[] = ['github', 'circleci'];

export class KnownResults {
  /** By commit: results that were sent, signed. */
  readonly #sent = new Map<string, CiResult[]>();
  readonly #recorded = new Map<string, Recorded[]>();

  /** CI has sent a result, signed. */
  sent(commit: string, result: CiResult): void {
    const its = this.#sent.get(commit) ?? [];
    if (its.every((one) => !isSame(one, result))) this.#sent.set(commit, [...its, result]);
  }

  /** A row has been written. Gives false when nobody has sent what it says. */
  recorded(commit: string, signal: Signal, now: number): boolean {
    const result = this.#sent.get(commit)?.find((one) => isOf(signal, one));
    if (result === undefined) return false;
    const known = this.#recorded.get(commit) ?? [];
    this.#recorded.set(commit, [...known, { result, recordedAt: now }]);
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
    const surely = this.#before(commit, lookedAt - 5 * SECOND);
    // A result that was recorded meanwhile may have been seen or not.
    const perhaps = this.#before(commit, claimedAt);
    // What may have been left out by then, and what must have been.
    const isCounted = (result: CiResult): boolean =>
      isAsked(result.job, asked) && !isPartOfIgnored(result.job, surely, asked);
    const counted = perhaps.filter(isCounted);
    if (counted.every((one) => !isGood(one, asked))) return 'CI had not told of a success';
    const silent = asked.context.find((name) => counted.every(({ job }) => !matches(name, toldName(job))));
    if (silent !== undefined) return `nothing was told of ${silent}`;
    for (const job of jobsOf(surely.filter(isCounted))) {
      if (isOutdated(job, perhaps) || isPartOfIgnored(job, perhaps, asked)) continue;
      const newest = newestOf(job, surely);
      const later = perhaps.filter((one) => isSameJob(one.job, job) && isLater(one, newest));
      if ([newest, ...later].some((one) => one !== undefined && isGood(one, asked))) continue;
      return `the newest result of the ${job.kind} ${keyOf(job)} was a ${newest?.state} (${newest?.word})`;
    }
    return null;
  }

  /** True when the newest result of everything that was asked for is a success, and no other has been recorded since. */
  isGreen(commit: string, asked: CiAsked, at: number): boolean {
    const recorded = (this.#recorded.get(commit) ?? []).filter(({ result }) => isAsked(result.job, asked));
    const isSettled = recorded.every(({ recordedAt }) => recordedAt < at);
    const results = recorded.map(({ result }) => result);
    const isAllThere = asked.context.every((name) => results.some(({ job }) => matches(name, toldName(job))));
    const newest = jobsOf(results).map((job) => newestOf(job, results));
    const isWell = newest.every((one) => one !== undefined && isGood(one, asked));
    // What belongs to a workflow that does not count, or was started anew, may be left out with it.
    const all = (this.#recorded.get(commit) ?? []).map(({ result }) => result);
    const isPlain = asked.ignore === undefined && !jobsOf(results).some((job) => isOutdated(job, all));
    return isSettled && isAllThere && isPlain && newest.length > 0 && isWell;
  }

  #before(commit: string, at: number): readonly CiResult[] {
    const known = this.#recorded.get(commit) ?? [];
    return known.flatMap(({ result, recordedAt }) => (recordedAt < at ? [result] : []));
  }
}

/** True when the row says what that result does. What has no link says it by its id; it has the time that it came in. */
function isOf({ url, name, source, state, at, receivedAt, order = '' }: Signal, result: CiResult): boolean {
  const { job } = result;
  if (source !== sourceOf(job) || state !== result.state || name !== toldName(job)) return false;
  if (job.isBare) return at === receivedAt && Number(order.split('.')[0]) === idOf(result);
  return url === linkOf(result);
}

function isGood({ state, word }: CiResult, { skippedFails }: CiAsked): boolean {
  return state === 'success' && !(skippedFails === true && word === 'skipped');
}

function isAsked(job: CiJob, { context, ignore, source = CI_VENDORS }: CiAsked): boolean {
  const name = toldName(job);
  if (!source.includes(sourceOf(job))) return false;
  if (ignore?.some((one) => matches(one, name)) === true) return false;
  return context.length === 0 || context.some((one) => matches(one, name));
}

/** A workflow that does not count takes along its jobs and, unless it leaves that out, the checks of its suite. */
function isPartOfIgnored(job: CiJob, results: readonly CiResult[], { ignore = [] }: CiAsked): boolean {
  return runsOf(job, results).some((run) => ignore.some((one) => matches(one, toldName(run))));
}

/** A later run of the same workflow, which was not skipped, outdates an earlier one and what belongs to it. */
function isOutdated(job: CiJob, results: readonly CiResult[]): boolean {
  const own = job.kind === 'workflow_run' ? [job] : runsOf(job, results);
  return own.some(
    ({ name, part = 0, isSeries }) =>
      isSeries === true &&
      results.some(
        (one) =>
          one.job.kind === 'workflow_run' &&
          one.job.name === name &&
          one.job.isSeries === true &&
          (one.job.part ?? 0) > part &&
          one.word !== 'skipped',
      ),
  );
}

/** The runs of workflows that it belongs to. */
function runsOf({ kind, part = 0 }: CiJob, results: readonly CiResult[]): readonly CiJob[] {
  if (kind !== 'check_run' && kind !== 'workflow_job') return [];
  return jobsOf(results).filter((run) => run.kind === 'workflow_run' && (run.part ?? 0) === part);
}

/** The last word of the last try. */
function newestOf(job: CiJob, results: readonly CiResult[]): CiResult | undefined {
  return results
    .filter((one) => isSameJob(one.job, job))
    .reduce<CiResult | undefined>((newest, one) => (isLater(one, newest) ? one : newest), undefined);
}

function isLater(one: CiResult, than: CiResult | undefined): boolean {
  if (than === undefined || one.run !== than.run) return than === undefined || one.run > than.run;
  const done = ({ state }: CiResult): number => (state === 'pending' ? 0 : 1);
  return done(one) === done(than) ? one.at > than.at : done(one) > done(than);
}

/** `*` stands for any text. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

function isSameJob(a: CiJob, b: CiJob): boolean {
  return keyOf(a) === keyOf(b);
}

function isSame(a: CiResult, b: CiResult): boolean {
  return isSameJob(a.job, b.job) && a.run === b.run && a.state === b.state && a.at === b.at;
}

function jobsOf(results: readonly CiResult[]): readonly CiJob[] {
  return [...new Map(results.map(({ job }) => [keyOf(job), job])).values()];
}
