// What a deploy can be told: the CDK context, checked at synth. Everything an operator changes without deploying is a
// parameter instead.

import * as z from 'zod';
import { nearest, shown } from '../shared/config/problem.ts';
import { DEFAULT_PREFIX } from '../shared/parameters/names.ts';
import { isPrefix, PREFIX_EXPECTED } from '../shared/parameters/prefix.ts';

export interface StackContext {
  /** What all parameters lie under, and what tells two stacks of one account apart. */
  readonly prefix: string;
  /** Gets every alarm by mail. */
  readonly alarmEmail: string | null;
  /** The distance of ticks. */
  readonly tickMinutes: number;
  readonly logRetentionDays: number;
  /** ARNs of the keys of the account's own that secrets may be encrypted with. */
  readonly secretKeys: readonly string[];
  /** How many runs of `promote`, and how many of `webhook`, the account sets aside; null: none are. */
  readonly reservedConcurrency: number | null;
  /** The same for `webhook` alone: the most of its runs at once. */
  readonly webhookConcurrency: number | null;
  /** How many requests the account sets aside for each function that takes what people say. */
  readonly apiConcurrency: number | null;
}

/** The days that CloudWatch Logs can keep a log group. Source: CloudWatch Logs API, PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** The sweep promises to look at every pipeline within 15 minutes. */
const TICK_MINUTES_MAX = 15;

/** What lies below a prefix: a Sluice there would be taken for a part of another one. */
const PARTS = [
  'heroku',
  'pipelines',
  'webhooks',
  'calendars',
  'secrets',
  'notify',
  'defaults',
  'push',
  'stack',
];

const isPartOfAnother = (prefix: string): boolean =>
  prefix
    .split('/')
    .slice(2)
    .some((part) => PARTS.includes(part));

/** An alias stands for another key tomorrow, and IAM allows keys only. */
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

const EXPECTED = {
  prefix: `${PREFIX_EXPECTED}; no part but the first may be ${PARTS.join(', ')}, which lie below a prefix`,
  alarmEmail: 'an e-mail address',
  schedule: `rate(1 minute), or rate(N minutes) with N from 2 to ${TICK_MINUTES_MAX}`,
  logRetentionDays: `one of ${RETENTION_DAYS.join(', ')}`,
  secretKeys:
    'ARNs of KMS keys, with commas in between, such as arn:aws:kms:eu-west-1:111122223333:key/…; an alias is none',
  reservedConcurrency: 'a whole number from 1 to 1000',
  webhookConcurrency: 'a whole number from 1 to 1000',
  apiConcurrency: 'a whole number from 1 to 1000',
} as const;

export type ContextKey = keyof typeof EXPECTED;

/** The names of the context values, in the order of the documentation. */
export const CONTEXT_KEYS = Object.keys(EXPECTED) as readonly ContextKey[];

/** `-c name=value` gives a text, a file a number. */
const wholeNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number),
]);

const concurrency = wholeNumber.refine((count) => count >= 1 && count <= 1000).nullable();

const schemas = {
  prefix: z.string().refine((prefix) => isPrefix(prefix) && !isPartOfAnother(prefix)),
  alarmEmail: z.email().nullable(),
  schedule: z
    .string()
    .regex(/^rate\((1 minute|([2-9]|1[0-5]) minutes)\)$/)
    .transform((rate) => Number(/\d+/.exec(rate)?.[0])),
  logRetentionDays: wholeNumber.refine((days) => RETENTION_DAYS.includes(days)),
  secretKeys: z
    .union([z.string().transform((text) => text.split(',').map((part) => part.trim())), z.array(z.string())])
    .refine((arns) => arns.every((arn) => KEY_ARN.test(arn))),
  reservedConcurrency: concurrency,
  webhookConcurrency: concurrency,
  apiConcurrency: concurrency,
} as const;

/**
 * Reads the context. `get` gives a value by its name, undefined when it is not set; `given` are the names of all
 * values that were set, Sluice's or not.
 * @throws Error with one line for each value that is wrong: its name, what was found and what is expected.
 */
export function readContext(get: (name: ContextKey) => unknown, given: readonly string[] = []): StackContext {
  const problems: string[] = given.flatMap((name) => misspelt(name));
  const read = <K extends ContextKey>(key: K, otherwise: z.output<(typeof schemas)[K]>) => {
    const value = get(key);
    if (value === undefined) return otherwise;
    const result = schemas[key].safeParse(value);
    if (result.success) return result.data as z.output<(typeof schemas)[K]>;
    problems.push(`${key}: found ${shown(value)}, expected ${EXPECTED[key]}`);
    return otherwise;
  };
  const context: StackContext = {
    prefix: read('prefix', DEFAULT_PREFIX),
    alarmEmail: read('alarmEmail', null),
    tickMinutes: read('schedule', 1),
    logRetentionDays: read('logRetentionDays', 90),
    secretKeys: read('secretKeys', []),
    reservedConcurrency: read('reservedConcurrency', null),
    webhookConcurrency: read('webhookConcurrency', null),
    apiConcurrency: read('apiConcurrency', null),
  };
  if (problems.length === 0) return context;
  throw new Error(
    ['The context of this deploy is wrong:', ...problems.map((line) => `  ${line}`), HINT].join('\n'),
  );
}

const HINT = 'Set it on the command line (npx cdk deploy -c name=value) or in the file sluice.context.json.';

/** Context has no schema: a name that is almost one of ours would be ignored in silence. CDK's own hold a colon or a slash. */
function misspelt(name: string): readonly string[] {
  if (!/^[A-Za-z-]+$/.test(name) || CONTEXT_KEYS.includes(name as ContextKey)) return [];
  const meant = didYouMean(name);
  return meant === undefined ? [] : [`${name}: no such context value${meant}`];
}

/** `; did you mean alarmEmail?`, where there is a name that is near. */
export function didYouMean(name: string): string | undefined {
  const near = nearest(name, CONTEXT_KEYS);
  return near === undefined ? undefined : `; did you mean ${near}?`;
}
