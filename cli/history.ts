// sluice history <pipeline> [attempt] [--wave W] [--limit N]

import { InvalidArgumentError } from 'commander';
import type { Attempt } from '../shared/domain/attempt.ts';
import type { Account } from '../shared/explain/account.ts';
import { entriesOf, explainAttempt, explainHistory } from '../shared/explain/history.ts';
import { checkWave, findPipeline, readAccount } from '../shared/operations/pipelines.ts';
import type { Table } from '../shared/table/port.ts';
import { Refusal } from './errors.ts';
import type { AddVerb, Context } from './verb.ts';

const LIMIT_DEFAULT = 20;
/** How many attempts one read asks for. */
const PAGE = 100;

interface Options {
  readonly wave?: string;
  readonly limit: number;
}

export const addHistory: AddVerb = (program, act) => {
  program
    .command('history')
    .summary('every attempt, and what people said')
    .description(
      'Attempts newest first: what moved from where, how it ended, how long it took and who asked; what people said in between. With an attempt, that one in full.',
    )
    .argument('<pipeline>', 'by name or id')
    .argument('[attempt]', 'one attempt in full, by its id or the end of it')
    .option('--wave <wave>', 'only what concerns this wave')
    .option('--limit <n>', 'how many entries', wholeNumber, LIMIT_DEFAULT)
    .addHelpText(
      'after',
      '\nExamples:\n  sluice history router --wave world --limit 5\n  sluice history router 7Q8Z2KAB',
    )
    .action((pipeline: string, attempt: string | undefined, options: Options) =>
      act((context) =>
        attempt === undefined ? history(context, pipeline, options) : oneAttempt(context, pipeline, attempt),
      ),
    );
};

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError(`Found ${JSON.stringify(text)}, expected a whole number above 0.`);
}

async function history({ data, now, say }: Context, asked: string, { wave, limit }: Options): Promise<void> {
  const { table } = data;
  const view = await findPipeline(table, asked);
  const account = await readAccount(table, view, now);
  const apps =
    wave === undefined
      ? []
      : checkWave(account, wave).waves.flatMap((one) => (one.name === wave ? one.apps : []));
  const only = wave === undefined ? null : { wave, apps: apps.map(({ app }) => app) };
  const attempts: Attempt[] = [];
  for await (const attempt of attemptsOf(table, account)) {
    if (only === null || attempt.to === only.wave) attempts.push(attempt);
    if (attempts.length === limit) break;
  }
  const ended = await table.ended(view.pipelineId, account.predecessors);
  const past = {
    attempts,
    holds: [...account.holds, ...ended.holds],
    rejections: [...account.rejections, ...ended.rejections],
    words: await table.words(view.pipelineId, account.predecessors),
  };
  const entries = entriesOf(past, now, only).slice(0, limit);
  say(explainHistory(view.name, entries, now), {
    now,
    pipelineId: view.pipelineId,
    pipeline: view.name,
    entries,
  });
}

async function oneAttempt({ data, now, say }: Context, asked: string, id: string): Promise<void> {
  const view = await findPipeline(data.table, asked);
  const account = await readAccount(data.table, view, now);
  const end = id.toUpperCase();
  for await (const attempt of attemptsOf(data.table, account)) {
    if (attempt.id.endsWith(end)) return say(explainAttempt(attempt, now), { now, attempt });
  }
  throw new Refusal(
    `Attempt ${JSON.stringify(id)} of ${view.name}: not found, expected the id of one, or its end. They are listed by: sluice history ${view.name}`,
  );
}

/** Newest first. What an open attempt has come to is in the ledger; its record is completed when it has ended. */
async function* attemptsOf(table: Table, { pipelineId, open }: Account): AsyncGenerator<Attempt> {
  let before: string | undefined;
  do {
    const page = await table.attempts(pipelineId, { limit: PAGE, ...(before !== undefined && { before }) });
    for (const attempt of page) yield open.find((one) => one.id === attempt.id) ?? attempt;
    before = page.length < PAGE ? undefined : page.at(-1)?.id;
  } while (before !== undefined);
}
