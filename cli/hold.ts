// sluice hold <pipeline...> | --all [--wave W] --reason "…" [--for 2h | --until ISO | --no-expiry]

import { Option } from 'commander';
import { HOLD_MS_DEFAULT, type Hold } from '../shared/domain/hold.ts';
import { explainHeld, explainHolding, type Holding } from '../shared/explain/change/hold.ts';
import { expiryOf } from '../shared/operations/expiry.ts';
import { checkHoldable } from '../shared/operations/pipelines.ts';
import { changesOf } from './changes.ts';
import { UsageError } from './errors.ts';
import { checkWhich, doTo } from './several.ts';
import type { AddVerb, Context } from './verb.ts';
import { addWhich, type WhichOptions } from './which.ts';
import { addWhoAndWhy, type WhoAndWhy } from './who.ts';

interface Options extends WhoAndWhy, WhichOptions {
  readonly for?: string;
  readonly until?: string;
  /** False with `--no-expiry`. */
  readonly expiry: boolean;
}

export const addHold: AddVerb = (program, act) => {
  const verb = addWhich(program.command('hold'), 'only promotions to this wave')
    .summary('stop promotions to pipelines, or to one wave of them')
    .description(
      'Stops promotions to every wave of the pipelines, or to one, with a reason that everybody sees. It ends by itself after a day unless you say otherwise. What Heroku has begun, it finishes.',
    )
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
      '\nExamples:\n  sluice hold router --reason "database migration" --for 2h\n  sluice hold --all --reason "incident 42" --no-expiry\n  sluice hold router --wave world --reason "waiting for legal" --no-expiry',
    )
    .action((names: string[], options: Options) => act((context) => hold(context, names, options)));
  addWhoAndWhy(verb);
};

async function hold(context: Context, names: readonly string[], options: Options): Promise<void> {
  const { reason, wave = null, all = false } = options;
  checkWhich({ names, all });
  const changes = changesOf(context, options);
  const expiresAt = await expiry(options, context.now);
  const { as } = options;
  const what: Holding = { wave, expiresAt, isDefault: isDefault(options), ...(as !== undefined && { as }) };
  await doTo<null, Hold>(
    context,
    { names, all },
    {
      participle: 'held',
      plan: (account) => {
        if (wave !== null) checkHoldable(account, wave);
        return null;
      },
      before: (ready) =>
        explainHolding(
          ready.map(({ account }) => account),
          what,
        ),
      perform: (account) => changes.hold(account, { wave, reason, expiresAt }),
      after: (done) =>
        explainHeld(
          done.map(({ account, done }) => ({ account, hold: done })),
          what,
        ),
      records: ({ account, done }) => ({ hold: done, openAttempts: account.open }),
    },
  );
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
