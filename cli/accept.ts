// sluice accept <pipeline...> | --all [--wave W] --reason "…"

import type { Accept } from '../shared/domain/said.ts';
import { explainAccepted, explainAccepting } from '../shared/explain/change/accept.ts';
import { nextMoves } from '../shared/explain/next.ts';
import { type Accepting, planAccept } from '../shared/operations/accept.ts';
import { changesOf } from './changes.ts';
import { checkWhich, doTo } from './several.ts';
import type { AddVerb, Context } from './verb.ts';
import { addWhich, type WhichOptions } from './which.ts';
import { addWhoAndWhy, type WhoAndWhy } from './who.ts';

type Options = WhoAndWhy & WhichOptions;

export const addAccept: AddVerb = (program, act) => {
  const verb = addWhich(program.command('accept'), 'only what people put on this wave')
    .summary('let count what people put on apps: the pipeline goes on from it')
    .description(
      'Lets what people put on apps count as brought by the pipeline, as the latest decision saw it; what happened since is not accepted unseen. What was taken back stays rejected. It lifts no hold and retries nothing. Where another Heroku pipeline is behind the name, it says that this one is meant, and lets nothing else count.',
    )
    .addHelpText('after', '\nExample:\n  sluice accept router --wave world --reason "the hotfix is on main"')
    .action((names: string[], options: Options) => act((context) => accept(context, names, options)));
  addWhoAndWhy(verb);
};

function accept(context: Context, names: readonly string[], options: Options): Promise<void> {
  const { reason, wave = null, all = false } = options;
  checkWhich({ names, all });
  const changes = changesOf(context, options);
  return doTo<Accepting, Accept>(
    context,
    { names, all },
    {
      participle: 'accepted',
      plan: (account) => planAccept(account, { wave, isNamed: !all }, context.data.table),
      before: (ready) => explainAccepting(ready.map(({ account, plan }) => ({ account, wave, ...plan }))),
      perform: (account, { seenAt, waiting }) =>
        changes.accept(account, {
          wave,
          reason,
          ...(waiting === null ? { seenAt } : { means: waiting.stranger.pipelineId }),
        }),
      after: (done) =>
        explainAccepted(
          done.map(({ account, done, plan }) => ({ account, wave, ...plan, stands: done.accepted })),
        ),
      records: ({ done }) => ({ accept: done }),
      next: ({ account, done: { accepted, means } }) =>
        means === undefined ? nextMoves(account, { accepted }, wave) : [],
    },
  );
}
