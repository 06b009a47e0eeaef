// sluice hold <pipeline> [--wave W] --reason "…" [--for 2h | --until ISO | --no-expiry]

import { Option } from 'commander';
import { HOLD_MS_DEFAULT } from '../shared/domain/hold.ts';
import { explainHold } from '../shared/explain/stop.ts';
import { expiryOf } from '../shared/operations/expiry.ts';
import { checkHoldable, findPipeline, readAccount } from '../shared/operations/pipelines.ts';
import { changesOf } from './changes.ts';
import { UsageError } from './errors.ts';
import type { AddVerb, Context } from './verb.ts';
import { addWhoAndWhy, type WhoAndWhy } from './who.ts';

interface Options extends WhoAndWhy {
  readonly wave?: string;
  readonly for?: string;
  readonly until?: string;
  /** False with `--no-expiry`. */
  readonly expiry: boolean;
}

export const addHold: AddVerb = (program, act) => {
  const verb = program
    .command('hold')
    .summary('stop promotions to a pipeline, or to one wave of it')
    .description(
      'Stops promotions to every wave of a pipeline, or to one, with a reason that everybody sees. It ends by itself after a day unless you say otherwise. What Heroku has begun, it finishes.',
    )
    .argument('<pipeline>', 'by name or id')
    .option('--wave <wave>', 'only promotions to this wave')
    .addOption(
      new Option('--for <duration>', 'how long: 90s, 30m, 2h, 1d (default: 1d)').conflicts([
        'until',
        'expiry',
      ]),
    )
    .addOption(new Option('--until <instant>', 'until when: 2026-11-24T09:00Z').conflicts(['for', 'expiry']))
    .option('--no-expiry', 'until somebody lifts it')
    .addHelpText(
      'after',
      '\nExamples:\n  npx sluice hold router --reason "database migration" --for 2h\n  npx sluice hold router --wave world --reason "waiting for legal" --no-expiry',
    )
    .action((pipeline: string, options: Options) => act((context) => hold(context, pipeline, options)));
  addWhoAndWhy(verb);
};

async function hold(context: Context, asked: string, options: Options): Promise<void> {
  const { data, now, say } = context;
  const { reason, wave = null } = options;
  const changes = changesOf(context, options);
  const expiresAt = await expiry(options, now);
  const view = await findPipeline(data.table, asked);
  if (wave !== null) checkHoldable(await readAccount(data.table, view, now), wave);
  const placed = await changes.hold({ pipelineId: view.pipelineId, wave, reason, expiresAt });
  // What began while the hold was being placed is told too.
  const after = await readAccount(data.table, view, now);
  say(explainHold(after, placed, isDefault(options)), { hold: placed, openAttempts: after.open });
}

const isDefault = (options: Options): boolean =>
  options.for === undefined && options.until === undefined && options.expiry;

async function expiry(options: Options, now: number): Promise<number | null> {
  if (!options.expiry) return null;
  if (options.until !== undefined) {
    const until = expiryOf(options.until, now);
    if (until.ok) return until.at;
    throw new UsageError(`--until: found ${JSON.stringify(options.until)}, expected ${until.expected}.`);
  }
  if (options.for === undefined) return now + HOLD_MS_DEFAULT;
  const { parseDuration } = await import('../shared/config/duration.ts');
  const ms = parseDuration(options.for) ?? 0;
  if (ms > 0) return now + ms;
  throw new UsageError(
    `--for: found ${JSON.stringify(options.for)}, expected a duration such as 30m, 2h, 1h30m or 1d.`,
  );
}
