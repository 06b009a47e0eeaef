// sluice resume <pipeline> [--wave W] --reason "…"

import { explainResume, nothingToResume } from '../shared/explain/stop.ts';
import { checkWave, findPipeline, readAccount } from '../shared/operations/pipelines.ts';
import { changesOf } from './changes.ts';
import { Refusal } from './errors.ts';
import type { AddVerb, Context } from './verb.ts';
import { addWhoAndWhy, type WhoAndWhy } from './who.ts';

interface Options extends WhoAndWhy {
  readonly wave?: string;
}

export const addResume: AddVerb = (program, act) => {
  const verb = program
    .command('resume')
    .summary('lift holds, go on from what people did, try again what failed')
    .description(
      'Lets a pipeline, or one wave of it, go on: lifts the holds on exactly that, takes what people put on its apps as given, and lets what failed be tried again. It says what it did.',
    )
    .argument('<pipeline>', 'by name or id')
    .option('--wave <wave>', 'only this wave; a hold on the whole pipeline stays')
    .addHelpText('after', '\nExample:\n  npx sluice resume router --wave world --reason "migration is done"')
    .action((pipeline: string, options: Options) => act((context) => resume(context, pipeline, options)));
  addWhoAndWhy(verb);
};

async function resume(context: Context, asked: string, options: Options): Promise<void> {
  const { data, now, say } = context;
  const { reason, wave = null } = options;
  const changes = changesOf(context, options);
  const view = await findPipeline(data.table, asked);
  const account = await readAccount(data.table, view, now);
  if (wave !== null) checkWave(account, wave);
  const done = await changes.resume({ pipelineId: view.pipelineId, wave, reason });
  if (done.lifted.length === 0 && done.accept === null && done.retry === null)
    throw new Refusal(nothingToResume(account, wave));
  say(explainResume(account, done, wave), done);
}
