// sluice plan [pipeline]

import { explainPlan, planOf } from '../shared/explain/plan.ts';
import { explainTold, problemsAbout } from '../shared/explain/told.ts';
import { findPipelines, readAccount } from '../shared/operations/pipelines.ts';
import type { AddVerb, Context } from './verb.ts';

export const addPlan: AddVerb = (program, act) => {
  program
    .command('plan')
    .summary('what is promoted next, what after it, and how long it can take')
    .description(
      'What the next tick promotes as things stand, what moves after it and when at the earliest, what waits for something nobody knows the time of, and how long soaks can keep a change at most.',
    )
    .argument('[pipeline]', 'only this one, by name or id')
    .addHelpText('after', '\nExample:\n  sluice plan router')
    .action((pipeline: string | undefined) => act((context) => plan(context, pipeline)));
};

async function plan({ data, now, say }: Context, asked: string | undefined): Promise<void> {
  const views = await findPipelines(data.table, asked);
  const accounts = await Promise.all(views.map((view) => readAccount(data.table, view, now)));
  const found = planOf(accounts, now);
  const { tick } = await data.table.fleet();
  const about = views.flatMap(({ name, pipelineId }) => [name, pipelineId]);
  const problems = asked === undefined ? (tick?.problems ?? []) : problemsAbout(tick, about);
  const told = explainTold(tick, problems, now);
  const explanation = [...(told.length === 0 ? [] : [told]), ...explainPlan(found, accounts, now)];
  say(explanation, { now, problems, ...found });
}
