// sluice why <pipeline> [--wave W]

import type { Word } from '../shared/domain/said.ts';
import { type Account, isBehind } from '../shared/explain/account.ts';
import { explainPipeline } from '../shared/explain/pipeline.ts';
import { explainTold, problemsAbout } from '../shared/explain/told.ts';
import { checkWave, findPipeline, readAccount } from '../shared/operations/pipelines.ts';
import type { Table } from '../shared/table/port.ts';
import { UnreadRecord } from '../shared/table/shapes.ts';
import type { AddVerb, Context } from './verb.ts';

export const addWhy: AddVerb = (program, act) => {
  program
    .command('why')
    .summary('why a wave has not got the newest code, and what lets it go on')
    .description(
      'For every wave that is behind: what would move, every check and its answer, the first that blocks, since when, the earliest time it can move, and the command or person that lets it go on.',
    )
    .argument('<pipeline>', 'by name or id')
    .option('--wave <wave>', 'only this wave, behind or not')
    .addHelpText('after', '\nExample:\n  sluice why router --wave world')
    .action((pipeline: string, { wave }: { wave?: string }) =>
      act((context) => why(context, pipeline, wave ?? null)),
    );
};

async function why({ data, now, say }: Context, asked: string, wave: string | null): Promise<void> {
  const view = await findPipeline(data.table, asked);
  const { tick } = await data.table.fleet();
  const read = await readAccount(data.table, view, now);
  const said = await saidSince(data.table, read);
  const account = { ...read, said };
  if (wave !== null) checkWave(account, wave);
  const { decision, open } = account;
  const steps = (decision?.steps ?? []).filter((step) =>
    wave === null ? isBehind(account, step) : step.to === wave,
  );
  const record = { now, pipelineId: view.pipelineId, pipeline: view.name, mode: decision?.mode ?? null };
  const facts = {
    dryRun: decision?.dryRun ?? null,
    decidedAt: decision?.at ?? null,
    waves: decision?.waves ?? [],
  };
  const problems = problemsAbout(tick, [view.name, view.pipelineId]);
  const told = explainTold(tick, problems, now);
  const explanation = [...(told.length === 0 ? [] : [told]), ...explainPipeline(account, wave)];
  const notes = decision?.notes ?? [];
  say(explanation, { ...record, problems, ...facts, notes, steps, openAttempts: open, said });
}

/** What people said that the newest decision does not know of. One record that cannot be read hides no answer of `why`. */
async function saidSince(table: Table, account: Account): Promise<readonly Word[]> {
  const { pipelineId, predecessors, decision } = account;
  if (decision === null) return [];
  try {
    const words = await table.words(pipelineId, predecessors);
    return words.filter(({ at }) => at > decision.at).sort((a, b) => a.at - b.at);
  } catch (error) {
    if (error instanceof UnreadRecord) return [];
    throw error;
  }
}
