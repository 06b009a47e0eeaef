// The shape of a pipeline's configuration and of the defaults, key by key. The reference is made from the descriptions.

import * as z from 'zod';
import type { Check } from '../checks/check.ts';
import type { Counting, Mode } from '../domain/pipeline.ts';
import { type CheckEntry, checkListSchema } from './check-list.ts';
import { durationSchema } from './duration.ts';

/** A pipeline as written, before defaults. */
export interface WrittenPipeline {
  readonly pipeline: string;
  readonly repo?: string | undefined;
  readonly mode?: Mode | undefined;
  readonly soak?: number | undefined;
  readonly counting?: Counting | undefined;
  readonly behindLimit?: number | undefined;
  readonly waves?: readonly WrittenWave[] | undefined;
  readonly checks?: readonly CheckEntry[] | undefined;
}

export interface WrittenWave {
  readonly name: string;
  readonly apps: readonly string[];
  readonly soak?: number | undefined;
  readonly counting?: Counting | undefined;
  readonly checks?: readonly CheckEntry[] | undefined;
}

/** What holds for every pipeline that does not say otherwise. */
export type Defaults = Pick<WrittenPipeline, 'mode' | 'soak' | 'counting' | 'behindLimit' | 'checks'>;

const modeSchema = z
  .enum(['promote', 'observe'])
  .describe('`observe` decides, records and explains, but promotes nothing.')
  .meta({ title: '`promote` or `observe`', default: 'promote', examples: ['observe'] });

const countingText =
  'What counts for the soak on the wave before: `descendants`, the artifact or anything later that contains it, so that a merge does not restart the clock; `occupancy`, the artifact itself.';

const countingSchema = z.enum(['descendants', 'occupancy']);

const PIPELINE_EXPECTED = 'the name or uuid of a Heroku pipeline';
const NAME_EXPECTED = 'a name of a-z, 0-9 and -, at most 40 characters';
const APP_EXPECTED = 'the name or uuid of an app';

const REPO_EXPECTED = 'the owner and name of a repository at GitHub, as in example/router';

const soakText = 'How long an artifact must have stayed on every app of the wave before.';

function checksSchema(checks: readonly Check[], description: string, example: string) {
  return checkListSchema(checks)
    .describe(description)
    .meta({ title: 'list of checks', default: 'none', examples: [example] });
}

/** One wave's keys. */
export function waveSchema(checks: readonly Check[]) {
  return z.strictObject({
    name: z
      .string({ error: NAME_EXPECTED })
      .regex(/^[a-z0-9-]{1,40}$/, { error: NAME_EXPECTED })
      .describe('What commands and messages call the wave. Each name once.')
      .meta({ title: 'name', examples: ['canary'] }),
    apps: z
      .array(z.string({ error: APP_EXPECTED }).min(1, { error: APP_EXPECTED }), {
        error: 'a list of names or uuids of apps',
      })
      .min(1, { error: 'at least one app' })
      .describe(
        'The apps, by name or uuid. They are given an artifact in one promotion. Each app in one wave only.',
      )
      .meta({ title: 'list of apps', examples: ['[router-va02, router-ie01]'] }),
    soak: durationSchema
      .optional()
      .describe(`${soakText} Not for the first wave.`)
      .meta({ title: 'duration', default: "the pipeline's `soak`", examples: ['30m'] }),
    counting: countingSchema
      .optional()
      .describe(`${countingText} Not for the first wave.`)
      .meta({
        title: '`descendants` or `occupancy`',
        default: "the pipeline's `counting`",
        examples: ['occupancy'],
      }),
    checks: checksSchema(
      checks,
      'What must pass before this wave is given an artifact, besides the checks of the pipeline. Not for the first wave.',
      '[heroku-status]',
    ).optional(),
  });
}

const keys = {
  pipeline: z
    .string({ error: PIPELINE_EXPECTED })
    .min(1, { error: PIPELINE_EXPECTED })
    .describe('The Heroku pipeline, by name or uuid. The only required key.')
    .meta({ title: 'name', examples: ['router'] }),
  repo: z
    .string({ error: REPO_EXPECTED })
    // GitHub takes no name that ends in .git, nor one of dots alone.
    .regex(/^[a-z0-9][a-z0-9_-]{0,99}\/(?!\.{1,2}$)(?!.*\.git$)[a-z0-9._-]{1,100}$/i, {
      error: REPO_EXPECTED,
    })
    .optional()
    .describe(
      "The code's repository at GitHub, `owner/name`. With it, and a token in `/sluice/github/token`, GitHub is asked which commit contains which, where a soak counts `descendants`; what it has not said does not count.",
    )
    .meta({
      title: 'owner/name',
      default: 'none: what contains what goes by the order of deployments',
      examples: ['example/router'],
    }),
  soak: durationSchema
    .optional()
    .describe(`${soakText} For every wave but the first that sets none itself.`)
    .meta({ title: 'duration', default: '0s', examples: ['2h'] }),
  counting: countingSchema
    .optional()
    .describe(`${countingText} For every wave but the first that sets none itself.`)
    .meta({
      title: '`descendants` or `occupancy`',
      default: '`descendants` for a soak on the first wave, which Heroku feeds; else `occupancy`',
      examples: ['occupancy'],
    }),
  behindLimit: durationSchema
    .optional()
    .describe(
      'How long a wave may lack something that the wave before has had, until an alarm tells. It stops nothing.',
    )
    .meta({
      title: 'duration',
      default: 'what the soaks add up to, and 4 days for a long weekend',
      examples: ['2d'],
    }),
};

function pipelineChecks(checks: readonly Check[]) {
  return checksSchema(
    checks,
    'What must pass before every wave but the first is given an artifact.',
    '[heroku-status]',
  ).optional();
}

export function pipelineSchema(checks: readonly Check[]) {
  return z.strictObject({
    pipeline: keys.pipeline,
    repo: keys.repo,
    mode: modeSchema.optional(),
    soak: keys.soak,
    counting: keys.counting,
    behindLimit: keys.behindLimit,
    waves: z
      .array(waveSchema(checks), { error: 'a list of waves, each with name and apps' })
      .min(2, { error: 'at least two waves: the one Heroku deploys to, and one to promote to' })
      .optional()
      .describe(
        'The waves in order of promotion. Heroku deploys to the first; the others are given what the one before has proven.',
      )
      .meta({
        title: 'list of waves',
        default: 'the apps in `staging`, then those in `production`',
      }),
    checks: pipelineChecks(checks),
  }) satisfies z.ZodType<WrittenPipeline>;
}

export function defaultsSchema(checks: readonly Check[]) {
  return z.strictObject({
    mode: modeSchema.optional(),
    soak: keys.soak,
    counting: keys.counting,
    behindLimit: keys.behindLimit,
    checks: pipelineChecks(checks),
  }) satisfies z.ZodType<Defaults>;
}
