// GitHub: commit statuses, check runs, check suites, workflow runs and their jobs, each as one result about a commit.
//
// Only the commit and what the result is are needed. A verified failure counts whatever else about it is odd.
// Source: GitHub, "Webhook events and payloads" and "REST API endpoints for check runs" (read 2026-10); its published
// examples (octokit/webhooks), where `workflow_run.name` is often empty.

import * as z from 'zod';
import { orderOf } from './order.ts';
import {
  type Delivery,
  fullCommit,
  ignored,
  link,
  looseInstant,
  looseName,
  type Misshapen,
  number,
  type Reading,
  resultOf,
  type Sender,
  shape,
} from './sender.ts';
import type { Signal, SignalState } from './signal.ts';

/** One result as an event tells it; the commit null where it names none. */
interface Told
  extends Pick<Signal, 'name' | 'state' | 'url' | 'run' | 'suite' | 'skipped' | 'identity' | 'order'> {
  readonly commit: string | null;
  readonly at: number | null;
}

const word = z.string().nullish().catch(null);
const progress = { status: word, conclusion: word, head_sha: fullCommit, id: number, name: looseName };
const app = z.object({ id: number, slug: looseName, name: looseName }).nullish().catch(null);
const repository = z.object({ id: number, full_name: looseName }).nullish().catch(null);

/** A repository, or an app, as part of an identity. */
const idOf = (
  it: { id: number | null; full_name?: string | null; slug?: string | null } | null | undefined,
) => it?.id ?? it?.full_name ?? it?.slug ?? null;

/**
 * `neutral` and `skipped` let a pull request through at GitHub too. A word that is not here, one that GitHub adds some
 * day included, is a failure: it must not promote anything.
 */
const SUCCESSES: ReadonlySet<string> = new Set(['success', 'neutral', 'skipped']);

function concluded(text: string): SignalState {
  return SUCCESSES.has(text) ? 'success' : 'failure';
}

/** Of a check or workflow: pending until `completed`, whatever conclusion an earlier try has left there. */
function stateOf({
  status,
  conclusion,
}: {
  status?: string | null | undefined;
  conclusion?: string | null | undefined;
}): SignalState {
  return status === 'completed' && conclusion ? concluded(conclusion) : 'pending';
}

const skippedOf = (conclusion: string | null | undefined) =>
  conclusion === 'skipped' ? { skipped: true } : {};

const key = (...parts: readonly (string | number | null | undefined)[]): string =>
  JSON.stringify(parts.map((part) => part ?? null));

/** What the jobs of a run are part of: they do not name their check suite. */
const jobsOf = (repo: string | number | null, run: number): string => key('run', repo, run);

/** Statuses of one context are told apart by nothing else; each has a later id than the one before. */
const status = z
  .object({
    id: number,
    sha: fullCommit,
    context: looseName,
    state: z.string(),
    target_url: link,
    updated_at: looseInstant,
    repository,
  })
  .transform((it): Told => {
    const state = it.state === 'pending' ? 'pending' : concluded(it.state);
    return {
      name: it.context ?? 'default',
      commit: it.sha,
      state,
      url: it.target_url,
      at: it.updated_at,
      identity: key('status', idOf(it.repository), it.context),
      // Each status is an event of its own: of two ids the later counts, pending or not.
      order: `${orderOf('success', [it.id ?? (state === 'failure' ? Number.MAX_SAFE_INTEGER : 0)], null)}.${orderOf(state, [], it.updated_at)}`,
    };
  });

/** A check that is run again in its suite is a check run of its own, with a later id. */
const checkRun = z
  .object({
    check_run: z.object({
      ...progress,
      html_url: link,
      started_at: looseInstant,
      completed_at: looseInstant,
      app,
      check_suite: z.object({ id: number }).nullish().catch(null),
    }),
    repository,
  })
  .transform(({ check_run: it, repository: repo }): Told => {
    const state = stateOf(it);
    const suite = it.check_suite?.id ?? null;
    return {
      name: it.name ?? 'check run without a name',
      commit: it.head_sha,
      state,
      url: it.html_url,
      at: (state === 'pending' ? it.started_at : it.completed_at) ?? it.completed_at ?? it.started_at,
      identity: key('check run', idOf(repo), idOf(it.app), suite, it.name),
      order: orderOf(state, [it.id], state === 'pending' ? it.started_at : it.completed_at),
      ...(suite !== null && { suite: key(idOf(repo), suite) }),
      ...skippedOf(it.conclusion),
    };
  });

/** Named by the slug of its app. It keeps its id when it is run again, and GitHub's clock says which word is later. */
const checkSuite = z
  .object({ check_suite: z.object({ ...progress, updated_at: looseInstant, app }), repository })
  .transform(({ check_suite: it, repository: repo }): Told => {
    const state = stateOf(it);
    const outdated = it.updated_at ?? (state === 'failure' ? Number.MAX_SAFE_INTEGER : 0);
    return {
      name: it.app?.slug ?? it.app?.name ?? 'check suite',
      commit: it.head_sha,
      state,
      url: null,
      at: it.updated_at,
      identity: key('check suite', idOf(repo), it.id),
      order: orderOf(state, [outdated], null),
      ...(it.id !== null && { suite: key(idOf(repo), it.id) }),
      ...skippedOf(it.conclusion),
    };
  });

/** A run keeps its id when it is run again; `run_attempt` counts. */
const workflowRun = z
  .object({
    workflow_run: z.object({
      ...progress,
      path: looseName,
      event: looseName,
      head_branch: looseName,
      head_repository: repository,
      workflow_id: number,
      run_attempt: number,
      check_suite_id: number,
      html_url: link,
      updated_at: looseInstant,
    }),
    workflow: z.object({ id: number, name: looseName, path: looseName }).nullish().catch(null),
    repository,
  })
  .transform(({ workflow_run: it, workflow, repository: repo }): Told => {
    const state = stateOf(it);
    const path = it.path ?? workflow?.path ?? null;
    const which = it.workflow_id ?? workflow?.id ?? path;
    return {
      name: it.name ?? workflow?.name ?? path ?? 'workflow without a name',
      commit: it.head_sha,
      state,
      url: it.html_url,
      at: it.updated_at,
      identity: key('workflow run', idOf(repo), it.id ?? which),
      order: orderOf(state, [it.run_attempt], it.updated_at),
      // What cannot be told apart from other runs outdates none.
      ...(it.id !== null &&
        which !== null &&
        it.event !== null && {
          run: {
            // The same commit is pushed to other branches and tags, and forks have it: their runs leave out what others do.
            series: key(idOf(repo), which, it.event, it.head_branch, idOf(it.head_repository)),
            number: it.id,
            suite: it.check_suite_id === null ? null : key(idOf(repo), it.check_suite_id),
            jobs: jobsOf(idOf(repo), it.id),
          },
        }),
      ...skippedOf(it.conclusion),
    };
  });

const workflowJob = z
  .object({
    workflow_job: z.object({
      ...progress,
      run_id: number,
      run_attempt: number,
      html_url: link,
      started_at: looseInstant,
      completed_at: looseInstant,
    }),
    repository,
  })
  .transform(({ workflow_job: it, repository: repo }): Told => {
    const state = stateOf(it);
    return {
      name: it.name ?? 'job without a name',
      commit: it.head_sha,
      state,
      url: it.html_url,
      at: (state === 'pending' ? it.started_at : it.completed_at) ?? it.started_at,
      identity: key('workflow job', idOf(repo), it.run_id, it.name),
      order: orderOf(state, [it.run_attempt, it.id], state === 'pending' ? it.started_at : it.completed_at),
      ...(it.run_id !== null && { suite: jobsOf(idOf(repo), it.run_id) }),
      ...skippedOf(it.conclusion),
    };
  });

const EVENTS: ReadonlyMap<string, z.ZodType<Told>> = new Map<string, z.ZodType<Told>>([
  ['status', status],
  ['check_run', checkRun],
  ['check_suite', checkSuite],
  ['workflow_run', workflowRun],
  ['workflow_job', workflowJob],
]);

export const github: Sender = {
  scheme: 'github',
  parse({ body, headers, digest, receivedAt }: Delivery): Reading | Misshapen {
    const event = wordOf(headers['x-github-event']);
    const schema = EVENTS.get(event);
    // `X-GitHub-Delivery` is not under the signature: whoever replays a delivery could give it a new one.
    const note = `${event} (X-GitHub-Delivery ${wordOf(headers['x-github-delivery'])})`;
    if (schema === undefined) return ignored(digest, `${note}: not an event that is used`);
    const read = shape(schema, body);
    if (!read.ok) return read;
    const { commit, at, ...told } = read.value;
    if (commit === null) return ignored(digest, `${note}: without a full commit`);
    const signal = { ...told, commit, at: at ?? receivedAt, source: 'github', deliveryId: digest };
    return resultOf(signal, note);
  },
};

/** A header as a word that a log can hold. */
function wordOf(value: string | undefined): string {
  return value !== undefined && /^[\w-]{1,64}$/.test(value) ? value : 'unknown';
}
