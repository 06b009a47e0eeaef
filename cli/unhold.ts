// sluice unhold <pipeline...> | --all [--wave W] [--hold ID] --reason "…"

import { explainUnheld, explainUnholding } from '../shared/explain/change/unhold.ts';
import { type Unheld, type Unholding, unholding } from '../shared/operations/unhold.ts';
import { changesOf } from './changes.ts';
import { UsageError } from './errors.ts';
import { checkWhich, doTo } from './several.ts';
import type { AddVerb, Context } from './verb.ts';
import { addWhich, type WhichOptions } from './which.ts';
import { addWhoAndWhy, type WhoAndWhy } from './who.ts';

interface Options extends WhoAndWhy, WhichOptions {
  readonly hold: readonly string[];
}

export const addUnhold: AddVerb = (program, act) => {
  const verb = addWhich(program.command('unhold'), 'the holds on this wave, not those on the whole pipeline')
    .summary('lift holds: your own, or the one that is named')
    .description(
      "Lifts the holds that you placed on exactly what is named: on whole pipelines, or with --wave on that wave. Others' holds stay, and are listed with what lifts each. It says what will move before it lifts anything. It accepts nothing and retries nothing.",
    )
    .option(
      '--hold <id>',
      'this one, whoever placed it: its id or the end of it; may be repeated',
      (id: string, before: readonly string[]) => [...before, id],
      [],
    )
    .addHelpText(
      'after',
      '\nExamples:\n  sluice unhold router --wave world --reason "legal said yes"\n  sluice unhold --all --reason "incident 42 is over"\n  sluice unhold router --hold 7Q8Z2KAB --reason "bo is on holiday"',
    )
    .action((names: string[], options: Options) => act((context) => unhold(context, names, options)));
  addWhoAndWhy(verb);
};

function unhold(context: Context, names: readonly string[], options: Options): Promise<void> {
  const { reason, wave = null, hold: ids, all = false } = options;
  checkWhich({ names, all });
  if (ids.length > 0 && names.length !== 1) {
    throw new UsageError('--hold: names holds of one pipeline, expected the name of that one beside it.');
  }
  const changes = changesOf(context, options);
  return doTo<Unholding, Unheld>(
    context,
    { names, all },
    {
      participle: 'lifted',
      plan: (account) => unholding(account, { wave, ids, actor: changes.actor }),
      before: (ready) =>
        explainUnholding(
          ready.map(({ account, plan }) => ({ account, ...plan })),
          changes.actor !== null || ids.length > 0,
        ),
      perform: (account) => changes.unhold(account, { wave, reason, ids }),
      after: (done) => explainUnheld(done.map(({ account, done }) => ({ account, ...done }))),
      records: ({ done }) => ({ ...done }),
    },
  );
}
