// sluice reject <pipeline> <commit> | --all <commit> --reason "…"

import type { Rejection } from '../shared/domain/rejection.ts';
import { explainRejected, explainRejecting } from '../shared/explain/change/reject.ts';
import type { Code } from '../shared/operations/code.ts';
import { rejecting } from '../shared/operations/reject.ts';
import { changesOf } from './changes.ts';
import { addCode, type CodeOptions, codeAsked } from './code.ts';
import { doTo } from './several.ts';
import type { AddVerb, Context } from './verb.ts';
import { addWhoAndWhy, type WhoAndWhy } from './who.ts';

type Options = WhoAndWhy & CodeOptions;

export const addReject: AddVerb = (program, act) => {
  const verb = addCode(program.command('reject'))
    .summary('let a commit go no further; newer ones pass it by')
    .description(
      'Lets a commit go no further than it is, on any wave, until `sluice allow`: newer ones pass it by. It takes back nothing that runs already; that is heroku rollback.',
    )
    .addHelpText('after', '\nExample:\n  sluice reject router 3f2a91bc --reason "it loses orders"')
    .action((asked: string[], options: Options) => act((context) => reject(context, asked, options)));
  addWhoAndWhy(verb);
};

function reject(context: Context, asked: readonly string[], options: Options): Promise<void> {
  const { which, commit } = codeAsked(asked, options);
  const { reason } = options;
  const changes = changesOf(context, options);
  return doTo<Code, Rejection>(context, which, {
    participle: 'rejected',
    plan: (account) => rejecting(account, commit, !which.all),
    before: (ready) => explainRejecting(ready.map(({ account, plan }) => ({ account, code: plan }))),
    perform: (account, code) =>
      changes.reject(account, { commit: code.commit ?? code.artifact ?? '', reason }),
    after: (done) => explainRejected(done.map(({ account, plan }) => ({ account, code: plan }))),
    records: ({ done, plan }) => ({ rejection: done, isInPlay: plan.isInPlay }),
  });
}
