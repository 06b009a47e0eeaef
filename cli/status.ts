// sluice status [pipeline]

import { activeHolds } from '../shared/explain/account.ts';
import { explainStatus, explainTick } from '../shared/explain/status.ts';
import { command, type Explanation, quiet, row, words } from '../shared/explain/text.ts';
import { findPipelines, readAccount } from '../shared/operations/pipelines.ts';
import type { AddVerb, Context } from './verb.ts';

export const addStatus: AddVerb = (program, act) => {
  program
    .command('status')
    .summary('what every wave runs, and what is next for it')
    .description(
      'What every wave of every pipeline runs, since when, and what is next for it; holds; the last tick.',
    )
    .argument('[pipeline]', 'only this one, by name or id')
    .addHelpText('after', '\nExample:\n  sluice status router')
    .action((pipeline: string | undefined) => act((context) => status(context, pipeline)));
};

async function status({ data, now, say }: Context, asked: string | undefined): Promise<void> {
  const { table, where } = data;
  const { tick } = await table.fleet();
  const views = await findPipelines(table, asked);
  const accounts = await Promise.all(views.map((view) => readAccount(table, view, now)));
  const records = accounts.map((account) => ({
    pipelineId: account.pipelineId,
    pipeline: account.name,
    decision: account.decision,
    openAttempts: account.open,
    holds: activeHolds(account),
  }));
  const body: Explanation = accounts.length === 0 ? [nothing()] : accounts.map(explainStatus);
  const foot = [...explainTick(tick, now), [row(0, quiet(`From ${where}.`))]];
  say([...body, foot], { now, where, tick, pipelines: records });
}

function nothing() {
  return [
    [
      row(
        0,
        words(
          'No pipeline has been looked at yet. Just pushed? Wait a minute, then ',
          command('sluice doctor'),
        ),
      ),
      row(1, 'Describe one to Sluice in a file DIR/pipelines/router.yaml, and the next tick looks at it:'),
      row(1, words('deployed, after ', command('sluice config push DIR'))),
      row(1, words('on this machine, with ', command('npm start -- --config DIR'))),
    ],
  ];
}
