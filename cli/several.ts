// One verb on several pipelines: it says what it will do to all of them, does it to a few at a time, and says what became
// of each. What cannot be done to one leaves the others alone.

import type { Account } from '../shared/explain/account.ts';
import { type Next, nextMoves } from '../shared/explain/next.ts';
import { type Explanation, row } from '../shared/explain/text.ts';
import { withCommands } from '../shared/explain/typed.ts';
import { findPipelines, readAccount } from '../shared/operations/pipelines.ts';
import { CONTENDED, OperationRefused } from '../shared/operations/refused.ts';
import { AnotherRun } from '../shared/promotion/ledger.ts';
import type { PipelineView } from '../shared/table/port.ts';
import { Refusal, UsageError } from './errors.ts';
import type { Context } from './verb.ts';

/** So many at a time: fast for twenty pipelines, and no flood for a table or a function. */
const AT_ONCE = 8;

export interface Ready<Plan> {
  readonly account: Account;
  readonly plan: Plan;
}

export interface DoneTo<Plan, Done> extends Ready<Plan> {
  /** As it was right after. */
  readonly account: Account;
  readonly done: Done;
}

export interface Deed<Plan, Done> {
  /** For what is told of those it was not done to: `held`. */
  readonly participle: string;
  /** What will be done. @throws OperationRefused */
  plan(account: Account): Plan | Promise<Plan>;
  before(ready: readonly Ready<Plan>[]): Explanation;
  perform(account: Account, plan: Plan): Promise<Done>;
  after(done: readonly DoneTo<Plan, Done>[]): Explanation;
  /** For `--json`, beside the pipeline's name and what moves next. */
  records(one: DoneTo<Plan, Done>): Readonly<Record<string, unknown>>;
  next?(one: DoneTo<Plan, Done>): readonly Next[];
}

/** The pipelines that are named, or all of them. */
export interface Which {
  readonly names: readonly string[];
  readonly all: boolean;
}

interface Failure {
  readonly pipeline: string;
  readonly error: string;
}

/** @throws UsageError when nothing is named, or something beside `--all`. */
export function checkWhich({ names, all }: Which): void {
  if (all && names.length > 0) {
    throw new UsageError(`--all: found ${names.join(' ')} beside it, expected one of them: names, or --all.`);
  }
  if (!all && names.length === 0) {
    throw new UsageError('Found no pipeline, expected the names of some, or --all.');
  }
}

/** @throws Refusal for what was not done to some, after it has been said what was done to the others. */
export async function doTo<Plan, Done>(
  context: Context,
  which: Which,
  deed: Deed<Plan, Done>,
): Promise<void> {
  const { data, now, say, tell } = context;
  const failures: Failure[] = [];
  /** What `--all` had nothing to do to; `left`: what is left there is somebody else's. */
  const idle: Failure[] = [];
  const left: Failure[] = [];
  const guarded = async <T>(pipeline: string, work: () => Promise<T> | T): Promise<readonly T[]> => {
    try {
      return [await work()];
    } catch (error) {
      const failure = { pipeline, error: messageOf(error, data.refusal) };
      const kind = which.all && error instanceof OperationRefused ? error.kind : null;
      (kind === 'nothing' ? idle : kind === 'others' ? left : failures).push(failure);
      return [];
    }
  };

  const views = (
    await Promise.all(
      which.all
        ? [findPipelines(data.table)]
        : [...new Set(which.names)].map((name) =>
            guarded(name, async () => (await findPipelines(data.table, name))[0] as PipelineView),
          ),
    )
  ).flat();
  if (which.all && views.length === 0)
    throw new Refusal('Found no pipelines at all. How ticks go: sluice status');
  const ready = (
    await inTurns(views, (view) =>
      guarded(view.name, async (): Promise<Ready<Plan>> => {
        const account = await readAccount(data.table, view, now);
        return { account, plan: await deed.plan(account) };
      }),
    )
  ).flat();
  if (ready.length === 0) throw refusalOf([...failures, ...left], idle, deed.participle);

  tell(deed.before(ready));
  const done = (
    await inTurns(ready, ({ account, plan }) =>
      guarded(account.name, async (): Promise<DoneTo<Plan, Done>> => {
        const result = await deed.perform(account, plan);
        const after = await readAccount(data.table, account, now);
        return { account: after, plan, done: result };
      }),
    )
  ).flat();

  if (done.length === 0) throw refusalOf([...failures, ...left], idle, deed.participle);
  const records = done.map((one) => {
    const { pipelineId, name } = one.account;
    const next = (deed.next ?? ((each) => nextMoves(each.account)))(one);
    return { pipelineId, pipeline: name, ...deed.records(one), next };
  });
  const others = left.map(({ error }) => [[row(0, withCommands(error))]]);
  say([...deed.after(done), ...others], { done: records, failed: failures, left });
  if (failures.length > 0) throw refusalOf(failures, [], deed.participle);
}

/** In the order of the things, a few at a time. */
async function inTurns<A, B>(things: readonly A[], work: (thing: A) => Promise<B>): Promise<readonly B[]> {
  const results: B[] = [];
  let index = 0;
  const worker = async (): Promise<void> => {
    for (let mine = index++; mine < things.length; mine = index++) {
      results[mine] = await work(things[mine] as A);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

function messageOf(error: unknown, refusal: (error: unknown) => Refusal | null): string {
  if (error instanceof UsageError) throw error;
  if (error instanceof AnotherRun) return CONTENDED;
  return refusal(error)?.message ?? (error instanceof Error ? error.message : String(error));
}

/** One that stands alone is told in its own words. */
function refusalOf(failures: readonly Failure[], idle: readonly Failure[], participle: string): Refusal {
  const [only] = [...failures, ...idle];
  if (only !== undefined && failures.length + idle.length === 1) return new Refusal(only.error);
  const names = (some: readonly Failure[]) => some.map(({ pipeline }) => pipeline).join(', ');
  const lines = failures.map(({ pipeline, error }) => `${pipeline}: ${error}`);
  return new Refusal(
    [
      ...(failures.length === 0 ? [] : [`Not ${participle}: ${names(failures)}.`, ...lines]),
      ...(idle.length === 0 ? [] : [`Nothing to be ${participle} on ${names(idle)}.`]),
    ].join('\n'),
  );
}
