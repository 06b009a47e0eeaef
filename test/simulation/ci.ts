// What CI says of a merge, drawn from its seed: jobs of several senders, some of one name, some of which are run again,
// with or without a word that they have begun. And what waves ask of it.

import type { CiJob, CiKind, CiResult } from './deliveries.ts';
import type { Random } from './random.ts';
import { MINUTE } from './time.ts';

/** What a wave asks CI for. */
export interface CiAsked {
  /** Names, of which `*` stands for any text; none: all there are. */
  readonly context: readonly string[];
  readonly ignore?: readonly string[];
  /** What was skipped has failed. */
  readonly skippedFails?: true;
  /** Whose results count; GitHub's and CircleCI's unless given. */
  readonly source?: readonly string[];
}

/** Names are what people like: with spaces, and what means something in forms and URLs. */
export const LINT = 'lint + types (24 & 26), 100%';

const ASKED: readonly [CiAsked, ...CiAsked[]] = [
  { context: [] },
  { context: [] },
  { context: ['build'] },
  { context: ['build'] },
  { context: ['build', LINT] },
  { context: ['*build*'] },
  { context: ['b*', 'ci/circleci: *'] },
  { context: [], ignore: [LINT, 'nightly*'] },
  { context: [], ignore: ['release'] },
  { context: [], skippedFails: true },
  { context: ['build'], source: ['github', 'suite'] },
];

export function drawAsked(random: Random): CiAsked {
  return random.pick(ASKED);
}

/** As the parameter has it. */
export function askedText({ context, ignore, skippedFails, source }: CiAsked): string {
  const options = [
    ...(context.length === 0 ? [] : [`context: ${listText(context)}`]),
    ...(ignore === undefined ? [] : [`ignore: ${listText(ignore)}`]),
    ...(skippedFails === undefined ? [] : ['skipped: fail']),
    ...(source === undefined ? [] : [`source: ${listText(source)}`]),
  ];
  return options.length === 0 ? 'ci' : `{ ci: { ${options.join(', ')} } }`;
}

export function listText(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
}

const of = (kind: CiKind, name: string, part = 0, more: Partial<CiJob> = {}): CiJob => ({
  kind,
  name,
  part,
  ...more,
});

const JOBS: readonly [readonly CiJob[], ...(readonly CiJob[])[]] = [
  [of('status', 'build')],
  [of('check_run', 'build')],
  // GitHub lets a status and a check have one name, and asks for both.
  [of('status', 'build'), of('check_run', 'build')],
  [of('check_run', 'build'), of('check_run', LINT)],
  [of('status', 'build'), of('workflow_run', 'release')],
  // Two suites of one app, and two apps, with checks of one name.
  [of('check_run', 'build'), of('check_run', 'build', 1)],
  [of('check_run', 'build', 1), of('check_run', 'build', 2)],
  // A workflow and its jobs; one that is started anew on the same commit.
  [of('workflow_run', 'release'), of('workflow_job', 'build'), of('check_run', 'build')],
  [
    of('workflow_run', 'release', 0, { isSeries: true }),
    of('workflow_job', 'build'),
    of('workflow_run', 'release', 1, { isSeries: true }),
    of('workflow_job', 'build', 1),
  ],
  // Two workflows of one name.
  [of('workflow_run', 'build'), of('workflow_run', 'build', 1)],
  [of('circle_job', 'build'), of('circle_workflow', 'main')],
  // Two workflows of CircleCI's with a job of one name, and GitHub's beside it.
  [of('circle_job', 'build'), of('circle_job', 'build', 1), of('status', 'build')],
  [of('status', 'build'), of('signal', 'build')],
  [of('status', 'build'), of('status', 'nightly-1'), of('check_run', LINT)],
];

const WORDS: Readonly<
  Record<CiKind, Readonly<Record<'success' | 'failure' | 'pending', readonly [string, ...string[]]>>>
> = {
  status: { success: ['success'], failure: ['failure', 'error'], pending: ['pending'] },
  check_run: checks(),
  workflow_run: checks(),
  workflow_job: checks(),
  circle_job: circle(),
  circle_workflow: circle(),
  signal: { success: ['success'], failure: ['failure'], pending: ['pending'] },
};

/** As GitHub defines them: what is neutral or skipped lets a pull request through; nothing else does. */
function checks() {
  return {
    success: ['success', 'success', 'success', 'success', 'neutral', 'skipped'],
    failure: ['failure', 'failure', 'cancelled', 'timed_out', 'action_required', 'startup_failure', 'stale'],
    pending: ['in_progress', 'in_progress', 'queued', 'waiting', 'requested', 'pending'],
  } as const;
}

function circle() {
  return {
    success: ['success'],
    failure: ['failed', 'canceled', 'error', 'unauthorized', 'infrastructure_fail'],
    pending: ['running'],
  } as const;
}

/** A result with the sender's word for it. */
export function resultOf(random: Random, told: Omit<CiResult, 'word'>): CiResult {
  return { ...told, word: random.pick(WORDS[told.job.kind][told.state]) };
}

/** What CI will say of a merge. */
export function drawResults(random: Random, mergedAt: number): readonly CiResult[] {
  const jobs = random.pick(JOBS);
  // An app that leaves fields out leaves them out of everything it says; two of one name it must tell apart.
  const isBare = (job: CiJob): boolean =>
    BARE.includes(job.kind) &&
    jobs.filter(({ kind, name }) => kind === job.kind && name === job.name).length === 1 &&
    random.chance(0.15);
  return jobs.flatMap((job) =>
    triesOf(random, isBare(job) ? { ...job, isBare: true } : job, mergedAt + random.between(1, 8) * MINUTE),
  );
}

const BARE: readonly CiKind[] = ['status', 'check_run', 'workflow_run'];
/** CircleCI tells of ends alone. */
const ENDS_ALONE: readonly CiKind[] = ['circle_job', 'circle_workflow'];

function triesOf(random: Random, job: CiJob, ranAt: number): readonly CiResult[] {
  const isAgain = random.chance(0.4);
  const last = random.chance(isAgain ? 0.5 : 0.9) ? 'success' : 'failure';
  const first = isAgain ? (last === 'success' ? 'failure' : 'success') : last;
  const one = resultOf(random, { job, run: 1, state: first, at: ranAt, begunAt: ranAt - MINUTE });
  const againAt = ranAt + random.between(1, 5) * MINUTE;
  // The try after may go on for long.
  const endsAt = againAt + (random.chance(0.3) ? random.between(10, 40) * MINUTE : random.between(0, 60_000));
  const two = resultOf(random, { job, run: 2, state: last, at: endsAt, begunAt: againAt });
  const tells = !ENDS_ALONE.includes(job.kind);
  const begun = (run: number, at: number, left: string | null): readonly CiResult[] =>
    tells ? [resultOf(random, { job, run, state: 'pending', at, ...(left !== null && { left }) })] : [];
  return [
    ...(random.chance(0.3) ? begun(1, ranAt - random.between(0, 60_000), null) : []),
    one,
    ...(isAgain && random.chance(0.7) ? begun(2, againAt, random.chance(0.5) ? one.word : null) : []),
    ...(isAgain ? [two] : []),
    // What was left of a workflow is cancelled after it was run again.
    ...(isAgain && !tells && random.chance(0.3)
      ? [{ ...one, state: 'failure' as const, word: 'canceled', at: endsAt + MINUTE }]
      : []),
  ];
}
