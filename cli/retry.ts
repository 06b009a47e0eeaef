// sluice retry <pipeline...> | --all [--wave W] --reason "…"

import type { Retry } from '../shared/domain/said.ts';
import { explainRetry } from '../shared/explain/change/retry.ts';
import { nextMoves } from '../shared/explain/next.ts';
import { retrying } from '../shared/operations/retry.ts';
import { changesOf } from './changes.ts';
import { checkWhich, doTo } from './several.ts';
import type { AddVerb, Context } from './verb.ts';
import { addWhich, type WhichOptions } from './which.ts';
import { addWhoAndWhy, type WhoAndWhy } from './who.ts';

type Options = WhoAndWhy & WhichOptions;

export const addRetry: AddVerb = (program, act) => {
  const verb = addWhich(program.command('retry'), 'only the apps of this wave')
    .summary('try again what an app failed to take')
    .description(
      'Lets apps be given again what they failed to take. A newer artifact goes ahead without it. It lifts no hold and accepts nothing.',
    )
    .addHelpText('after', '\nExample:\n  sluice retry router --wave world --reason "the database is back"')
    .action((names: string[], options: Options) => act((context) => retry(context, names, options)));
  addWhoAndWhy(verb);
};

function retry(context: Context, names: readonly string[], options: Options): Promise<void> {
  const { reason, wave = null, all = false } = options;
  checkWhich({ names, all });
  const changes = changesOf(context, options);
  return doTo<Retry['retried'], Retry>(
    context,
    { names, all },
    {
      participle: 'tried again',
      plan: (account) => retrying(account, wave),
      before: (ready) =>
        explainRetry(
          ready.map(({ account, plan }) => ({ account, wave, retried: plan })),
          false,
        ),
      perform: (account) => changes.retry(account, { wave, reason }),
      after: (done) =>
        explainRetry(
          done.map(({ account, done: { retried } }) => ({ account, wave, retried })),
          true,
        ),
      records: ({ done }) => ({ retry: done }),
      next: ({ account, done: { retried } }) => nextMoves(account, { retried }, wave),
    },
  );
}
