// sluice hold <pipeline> [--wave W] --reason "…" [--for 2h | --until ISO | --no-expiry]

import { Option } from 'commander';
import { HOLD_MS_DEFAULT } from '../shared/domain/hold.ts';
import { explainHold } from '../shared/explain/stop.ts';
import { placeHold } from '../shared/operations/stop.ts';
import { Refusal, UsageError } from './errors.ts';
import { checkWave, findPipeline, readAccount } from './read.ts';
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
      '\nExamples:\n  sluice hold router --reason "database migration" --for 2h\n  sluice hold router --wave world --reason "waiting for legal" --no-expiry',
    )
    .action((pipeline: string, options: Options) => act((context) => hold(context, pipeline, options)));
  addWhoAndWhy(verb);
};

async function hold(context: Context, asked: string, options: Options): Promise<void> {
  const { data, now, ports, say } = context;
  const { reason, as: actor = ports.actor, wave = null } = options;
  const expiresAt = await expiry(options, now);
  const view = await findPipeline(data.table, asked);
  const account = await readAccount(data.table, view, now);
  if (wave !== null) {
    const [head, second] = checkWave(account, wave).waves;
    if (head?.name === wave) {
      const next =
        second === undefined
          ? ''
          : ` To stop what leaves it: sluice hold ${view.name} --wave ${second.name} --reason "…"`;
      throw new Refusal(
        `Wave ${wave} of ${view.name} is the first: Heroku deploys to it, and a hold would stop nothing.${next}`,
      );
    }
  }
  const { pipelineId } = view;
  const placed = await placeHold(
    { pipelineId, wave, actor, reason, expiresAt },
    { table: data.table, clock: data.clock, newId: ports.newId },
  );
  // What began while the hold was being placed is told too.
  const after = await readAccount(data.table, view, now);
  say(explainHold(after, placed, expiresAt === now + HOLD_MS_DEFAULT && isDefault(options)), {
    hold: placed,
    openAttempts: after.open,
  });
}

const isDefault = (options: Options): boolean =>
  options.for === undefined && options.until === undefined && options.expiry;

async function expiry(options: Options, now: number): Promise<number | null> {
  if (!options.expiry) return null;
  if (options.until !== undefined) return instantOf(options.until, now);
  if (options.for === undefined) return now + HOLD_MS_DEFAULT;
  const { parseDuration } = await import('../shared/config/duration.ts');
  const ms = parseDuration(options.for) ?? 0;
  if (ms > 0) return now + ms;
  throw new UsageError(
    `--for: found ${JSON.stringify(options.for)}, expected a duration such as 30m, 2h, 1h30m or 1d.`,
  );
}

/** An instant says its zone: an hour's misunderstanding is a promotion nobody wanted. */
function instantOf(text: string, now: number): number {
  const isWhole = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const at = isWhole ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (at > now) return at;
  const what = Number.isNaN(at) ? 'an instant with its zone' : 'an instant that is still to come';
  const example = `${new Date(now + HOLD_MS_DEFAULT).toISOString().slice(0, 16)}Z`;
  throw new UsageError(`--until: found ${JSON.stringify(text)}, expected ${what}, such as ${example}.`);
}
