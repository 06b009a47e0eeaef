// Webhook deliveries as their senders make them, signed, as the function's URL hands them over: GitHub's commit statuses,
// check runs, workflow runs and their jobs; CircleCI's jobs and workflows; results of anybody's; Heroku's releases. With
// fields missing as in GitHub's own published examples.

import { createHmac } from 'node:crypto';
import type { UrlEvent } from '../../functions/url.ts';

/** What each sender signs with, by the name of its parameter. */
export const SECRETS: Readonly<Record<string, string>> = {
  github: 'webhook-secret',
  circleci: 'circle-secret',
  heroku: 'heroku-secret',
  suite: 'suite-secret',
  other: 'other-secret',
};

export type CiKind =
  | 'status'
  | 'check_run'
  | 'workflow_run'
  | 'workflow_job'
  | 'circle_job'
  | 'circle_workflow'
  | 'signal';

/** What reports on a commit; two of one name are two. */
export interface CiJob {
  readonly kind: CiKind;
  /** As a configuration names it. */
  readonly name: string;
  /** Of GitHub's check runs the suite, of its jobs the run of a workflow, of CircleCI's jobs the workflow: 0 unless given. */
  readonly part?: number;
  /** Runs of one workflow on one commit, the later of which has the higher `part`. */
  readonly isSeries?: true;
  /** True: everything that may be missing is, in all it says. */
  readonly isBare?: true;
}

export interface CiResult {
  readonly job: CiJob;
  /** Which try of the job, from 1 on: a later one outdates an earlier one, whenever either is delivered. */
  readonly run: number;
  readonly state: 'success' | 'failure' | 'pending';
  /** The sender's own word for it. */
  readonly word: string;
  /** What an earlier try has left in the conclusion of one that has begun. */
  readonly left?: string;
  /** When it came about by the sender's clock, epoch ms. */
  readonly at: number;
  /** When the try began, where the sender orders by it, epoch ms. */
  readonly begunAt?: number;
}

/** What is different each time that the same is sent. */
export interface Sending {
  readonly secret: string;
  /** Of the sender's record of deliveries, not of the result. */
  readonly deliveryId: string;
  readonly isForm?: boolean;
  readonly isBase64?: boolean;
}

const GITHUB: readonly CiKind[] = ['status', 'check_run', 'workflow_run', 'workflow_job'];

/** By the name of its secret. */
export function sourceOf({ kind }: CiJob): string {
  if (GITHUB.includes(kind)) return 'github';
  return kind === 'signal' ? 'suite' : 'circleci';
}

/** Its name as it is told. */
export function toldName({ kind, name, isBare }: CiJob): string {
  if (kind === 'circle_job') return `ci/circleci: ${name}`;
  return kind === 'workflow_run' && isBare ? pathOf(name) : name;
}

const pathOf = (name: string): string => `.github/workflows/${name}.yml`;

export function keyOf({ kind, name, part = 0 }: CiJob): string {
  return `${kind}/${name}/${part}`;
}

/** By which its record is known again; null where the sender leaves it out. */
export function linkOf({ job, run, state, at }: CiResult): string | null {
  if (job.isBare) return null;
  return `https://ci.example.com/${encodeURIComponent(keyOf(job))}/${run}/${state}/${at}`;
}

/** What GitHub orders by: the id of a status or check run, the number of the try of a run that keeps its id. */
export function idOf({ job: { kind, part = 0 }, run, state }: CiResult): number {
  if (kind === 'status') return 2 * run + (state === 'pending' ? 0 : 1);
  return kind === 'check_run' ? 1_000 * (part + 1) + run : run;
}

/** The result, as its sender tells it of a commit. */
export function deliveryOf(commit: string, result: CiResult, sending: Sending, now: number): UrlEvent {
  const { kind, name } = result.job;
  if (kind === 'circle_job' || kind === 'circle_workflow') return circleDelivery(commit, result, sending);
  if (kind === 'signal') {
    const { state, at } = result;
    return signalDelivery('suite', { name, commit, state, url: linkOf(result), at }, sending.secret, now);
  }
  const body = JSON.stringify({
    ...BODIES[kind](commit, result),
    repository: { id: 1, full_name: 'acme/web' },
  });
  const { secret, deliveryId, isForm, isBase64 } = sending;
  // As GitHub does: a space is a plus sign.
  const sent = isForm === true ? new URLSearchParams({ payload: body }).toString() : body;
  return {
    rawPath: '/github',
    headers: {
      'content-type': isForm === true ? 'application/x-www-form-urlencoded' : 'application/json',
      'x-github-event': kind,
      'x-github-delivery': deliveryId,
      'x-hub-signature-256': `sha256=${macOf(secret, sent, 'hex')}`,
    },
    body: isBase64 === true ? Buffer.from(sent).toString('base64') : sent,
    isBase64Encoded: isBase64 === true,
    requestContext: { http: { method: 'POST' } },
  } as UrlEvent;
}

/** A result of anybody's: about an app, a commit, or both. */
export interface Told {
  readonly name: string;
  readonly app?: string | null;
  readonly commit?: string | null;
  readonly state: 'success' | 'failure' | 'pending';
  readonly url?: string | null;
  readonly at: number;
}

export function signalDelivery(source: string, told: Told, secret: string, now: number): UrlEvent {
  const body = JSON.stringify({ ...told, at: instant(told.at) });
  const seconds = Math.floor(now / 1_000);
  const mac = macOf(secret, `${seconds}.${body}`, 'hex');
  return posted(`/signals/${source}`, body, { 'x-sluice-signature': `t=${seconds},v1=${mac}` });
}

/** That an app has a new release: a hint, and no result. */
export function releaseDelivery(
  app: { id: string; name: string },
  commit: string | null,
  at: number,
): UrlEvent {
  const body = JSON.stringify({
    webhook_metadata: { event: { id: `event-${app.name}-${at}`, include: 'api:release' } },
    data: { app, slug: commit === null ? null : { commit }, status: 'succeeded' },
  });
  const mac = macOf(SECRETS['heroku'] ?? '', body, 'base64');
  return posted('/heroku', body, { 'heroku-webhook-hmac-sha256': mac });
}

function circleDelivery(
  commit: string,
  { job, run, word, at, begunAt }: CiResult,
  { secret }: Sending,
): UrlEvent {
  const { kind, name, part = 0 } = job;
  const isJob = kind === 'circle_job';
  const link = linkOf({ job, run, word, at, state: word === 'success' ? 'success' : 'failure' });
  const ended = { status: word, stopped_at: instant(at) };
  // What is run again is a workflow of its own, of the same name.
  const workflow = {
    id: `flow-${commit.slice(0, 12)}-${part}-${run}`,
    name: isJob ? `flow${part}` : name,
    created_at: instant(begunAt ?? at - 30_000),
    ...(link !== null && { url: link }),
    ...(isJob ? {} : ended),
  };
  const body = JSON.stringify({
    id: `circle-${keyOf(job).replace(/\W/g, '-')}-${commit.slice(0, 16)}-${run}-${at}`,
    type: isJob ? 'job-completed' : 'workflow-completed',
    happened_at: instant(at),
    pipeline: { number: 7, vcs: { revision: commit, branch: 'main' } },
    project: { id: 'project-1', slug: 'gh/acme/web' },
    workflow,
    ...(isJob && { job: { name, number: 100 + run, ...ended } }),
  });
  return posted('/circleci', body, { 'circleci-signature': `v1=${macOf(secret, body, 'hex')}` });
}

function posted(rawPath: string, body: string, headers: Readonly<Record<string, string>>): UrlEvent {
  return {
    rawPath,
    headers: { 'content-type': 'application/json', ...headers },
    body,
    requestContext: { http: { method: 'POST' } },
  } as UrlEvent;
}

const macOf = (secret: string, signed: string, encoding: 'hex' | 'base64'): string =>
  createHmac('sha256', secret).update(signed).digest(encoding);

const BODIES: Readonly<
  Record<
    'status' | 'check_run' | 'workflow_run' | 'workflow_job',
    (commit: string, result: CiResult) => object
  >
> = {
  // Each status of a context is one of its own, with a later id.
  status: (sha, result) => ({
    id: idOf(result),
    sha,
    context: result.job.name,
    state: result.word,
    ...(result.job.isBare !== true && {
      updated_at: instant(result.at),
      created_at: instant(result.at),
      target_url: linkOf(result),
    }),
  }),
  // One that is run again is a check run of its own in the same suite.
  check_run: (head_sha, result) => {
    const { job, state } = result;
    const part = job.part ?? 0;
    const app = part === 2 ? { id: 99, slug: 'acme-ci', name: 'Acme CI' } : GITHUB_ACTIONS;
    return {
      action: state === 'pending' ? 'created' : 'completed',
      check_run: {
        id: idOf(result),
        head_sha,
        name: job.name,
        ...progressOf(result),
        ...(job.isBare !== true && { ...timesOf(result), html_url: linkOf(result), app }),
        check_suite: { id: 77 + part },
      },
    };
  },
  // One that is run again keeps its id.
  workflow_run: (head_sha, result) => {
    const { job, run, state, at } = result;
    const part = job.part ?? 0;
    return {
      action: state === 'pending' ? 'in_progress' : 'completed',
      workflow_run: {
        id: 5_000 + part,
        head_sha,
        path: pathOf(job.name),
        // Two workflows may have one name.
        workflow_id: job.isSeries === true ? 50 : 50 + part,
        event: 'push',
        head_branch: 'main',
        run_attempt: run,
        ...progressOf(result),
        name: job.isBare === true ? null : job.name,
        ...(job.isBare !== true && {
          updated_at: instant(at),
          check_suite_id: 77 + part,
          html_url: linkOf(result),
        }),
      },
    };
  },
  workflow_job: (head_sha, result) => ({
    action: result.state === 'pending' ? 'in_progress' : 'completed',
    workflow_job: {
      id: 9_000 + idOf(result),
      run_id: 5_000 + (result.job.part ?? 0),
      run_attempt: result.run,
      head_sha,
      name: result.job.name,
      ...progressOf(result),
      ...timesOf(result),
      html_url: linkOf(result),
    },
  }),
};

const GITHUB_ACTIONS = { id: 15368, slug: 'github-actions', name: 'GitHub Actions' };

/** Of one that has begun the word is its status, and the conclusion is that of the try before, or none. */
function progressOf({ state, word, left }: CiResult) {
  return state === 'pending'
    ? { status: word, conclusion: left ?? null }
    : { status: 'completed', conclusion: word };
}

/** GitHub's clocks may put the end before the start. */
function timesOf({ state, at }: CiResult) {
  const isPending = state === 'pending';
  return { started_at: instant(at + (isPending ? 0 : 1_000)), completed_at: isPending ? null : instant(at) };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
