// Webhook deliveries of GitHub's, signed, as the function's URL hands them over: commit statuses, check runs and workflow
// runs, with fields missing as in GitHub's own published examples.

import { createHmac } from 'node:crypto';
import type { UrlEvent } from '../../functions/url.ts';

export const WEBHOOK_SECRET = 'webhook-secret';

export type CiKind = 'status' | 'check_run' | 'workflow_run';

/** What reports on a commit; two of one name are two. */
export interface CiJob {
  readonly kind: CiKind;
  readonly name: string;
}

export interface CiResult {
  readonly job: CiJob;
  /** Which try of the job, from 1 on: a later one outdates an earlier one, whenever either is delivered. */
  readonly run: number;
  readonly state: 'success' | 'failure' | 'pending';
  /** When it came about by the sender's clock, epoch ms. */
  readonly at: number;
  /** True: everything that may be missing is. */
  readonly isBare?: boolean;
}

/** The result, as its sender tells it of a commit. The same result is the same delivery, however often it is sent. */
export function deliveryOf(commit: string, result: CiResult, secret: string): UrlEvent {
  const { job, run, state, at } = result;
  const body = JSON.stringify({
    ...BODIES[job.kind](commit, result),
    repository: { id: 1, full_name: 'acme/web' },
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    rawPath: '/github',
    headers: {
      'content-type': 'application/json',
      'x-github-event': job.kind,
      'x-github-delivery': `${commit.slice(0, 16)}-${job.name}-${run}-${state}-${at}`,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
    requestContext: { http: { method: 'POST' } },
  } as UrlEvent;
}

const BODIES: Readonly<Record<CiKind, (commit: string, result: CiResult) => object>> = {
  // Each status of a context is one of its own, with a later id.
  status: (sha, { job, run, state, at, isBare }) => ({
    id: run,
    sha,
    context: job.name,
    state,
    ...(isBare !== true && { updated_at: instant(at), created_at: instant(at), target_url: null }),
  }),
  // One that is run again is a check run of its own in the same suite. GitHub's clocks may put its end before its start.
  check_run: (head_sha, { job, run, state, at, isBare }) => ({
    action: state === 'pending' ? 'created' : 'completed',
    check_run: {
      id: 1_000 + run,
      head_sha,
      name: job.name,
      status: state === 'pending' ? 'in_progress' : 'completed',
      conclusion: conclusionOf(state, at),
      ...(isBare !== true && {
        started_at: instant(at + (state === 'pending' ? 0 : 1_000)),
        completed_at: state === 'pending' ? null : instant(at),
        app: { id: 15368, slug: 'github-actions', name: 'GitHub Actions' },
      }),
      check_suite: { id: 77 },
    },
  }),
  // One that is run again keeps its id.
  workflow_run: (head_sha, { job, run, state, at, isBare }) => ({
    action: state === 'pending' ? 'in_progress' : 'completed',
    workflow_run: {
      id: 5_000,
      head_sha,
      path: `.github/workflows/${job.name}.yml`,
      workflow_id: 50,
      event: 'push',
      run_attempt: run,
      status: state === 'pending' ? 'in_progress' : 'completed',
      conclusion: conclusionOf(state, at),
      name: isBare === true ? null : job.name,
      ...(isBare !== true && { updated_at: instant(at), check_suite_id: 78 }),
    },
  }),
};

/** Everything that is no success is none. */
function conclusionOf(state: CiResult['state'], at: number): string | null {
  if (state === 'pending') return null;
  if (state === 'success') return 'success';
  return ['failure', 'cancelled', 'timed_out', 'action_required', 'startup_failure'][at % 5] ?? 'failure';
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
