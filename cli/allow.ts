// sluice allow <pipeline> <commit> | --all <commit> --reason "…"

import type { Rejection } from '../shared/domain/rejection.ts';
import { explainAllow } from '../shared/explain/change/reject.ts';
import { type Allowing, allowing } from '../shared/operations/allow.ts';
import { changesOf } from './changes.ts';
import { addCode, type CodeOptions, codeAsked } from './code.ts';
import { doTo } from './several.ts';
import type { AddVerb, Context } from './verb.ts';
import { addWhoAndWhy, type WhoAndWhy } from './who.ts';

type Options = WhoAndWhy & CodeOptions;

export const addAllow: AddVerb = (program, act) => {
  const verb = addCode(program.command('allow'))
    .summary('let a rejected commit go on again')
    .description(
      'Takes the rejections of a commit back, whoever rejected it, and whether by `sluice reject` or by a rollback: it may go on then, as far as every check lets it. It lifts no hold and accepts nothing.',
    )
    .addHelpText('after', '\nExample:\n  sluice allow router 3f2a91bc --reason "it was the database"')
    .action((asked: string[], options: Options) => act((context) => allow(context, asked, options)));
  addWhoAndWhy(verb);
};

function allow(context: Context, asked: readonly string[], options: Options): Promise<void> {
  const { which, commit } = codeAsked(asked, options);
  const { reason } = options;
  const changes = changesOf(context, options);
  return doTo<Allowing, readonly Rejection[]>(context, which, {
    participle: 'allowed',
    plan: (account) => allowing(account, commit),
    before: (ready) =>
      explainAllow(
        ready.map(({ account, plan }) => ({ account, ...plan })),
        false,
      ),
    perform: (account, { code }) =>
      changes.allow(account, { commit: code.commit ?? code.artifact ?? '', reason }),
    after: (done) =>
      explainAllow(
        done.map(({ account, plan: { code }, done: rejections }) => ({ account, code, rejections })),
        true,
      ),
    records: ({ done }) => ({ lifted: done }),
  });
}
