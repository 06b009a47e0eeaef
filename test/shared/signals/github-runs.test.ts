// Runs of one workflow on one commit: which of them the newest outdates, and what it leaves to count.

import { expect, test } from 'vitest';
import { standing } from '../../../shared/checks/results.ts';
import { github } from '../../../shared/signals/github.ts';
import type { Signal } from '../../../shared/signals/signal.ts';
import { COMMIT, T0, workflowRun } from './payloads.ts';
import { read } from './reading.ts';

const signalsOf = (event: string, body: unknown): readonly Signal[] =>
  read(github, body, { 'x-github-event': event }).signals.map((one) => ({ ...one, receivedAt: T0 }));

const ours = { id: 4711, full_name: 'example/router' };
const run = (id: number, conclusion: string, changed: Record<string, unknown> = {}) =>
  signalsOf(
    'workflow_run',
    workflowRun({
      id,
      conclusion,
      event: 'push',
      head_branch: 'main',
      head_repository: ours,
      workflow_id: 7,
      check_suite_id: id * 10,
      ...changed,
    }),
  );
const job = (runId: number, conclusion: string, attempt = 1) =>
  signalsOf('workflow_job', {
    workflow_job: {
      id: runId * 100 + attempt,
      run_id: runId,
      run_attempt: attempt,
      head_sha: COMMIT,
      name: 'test',
      status: 'completed',
      conclusion,
      completed_at: '2026-11-23T09:58:00Z',
    },
    repository: ours,
  });
const states = (...signals: (readonly Signal[])[]) => standing(signals.flat()).map(({ state }) => state);

test('A later run of the same kind outdates a failed one, with its jobs', () => {
  expect(states(run(1, 'failure'), run(2, 'success'))).toEqual(['success']);
  expect(states(job(1, 'failure'), run(1, 'failure'), run(2, 'success'), job(2, 'success'))).toEqual([
    'success',
    'success',
  ]);
});

test.each([
  ['another branch', { head_branch: 'hotfix' }],
  ['a tag', { head_branch: 'v7' }],
  ['a fork', { head_repository: { id: 99, full_name: 'somebody/router' } }],
  ['another event', { event: 'pull_request' }],
  ['another workflow', { workflow_id: 8 }],
])('A success of the same commit on %s hides no failure', (_, changed) => {
  const failed = [job(1, 'failure'), run(1, 'failure')] as const;
  expect(states(...failed, run(2, 'success', changed)).toSorted()).toEqual(['failure', 'failure', 'success']);
});

test('A run that was skipped hides no failure: it has tried nothing', () => {
  expect(states(run(1, 'failure'), run(2, 'skipped'))).toContain('failure');
  expect(states(run(1, 'failure'), run(2, 'skipped'), run(3, 'success'))).toEqual(['success']);
});

test.each(['cancelled', 'stale', 'action_required', 'timed_out', 'startup_failure'])(
  'A run that is %s keeps what was green before from counting',
  (conclusion) => {
    expect(states(run(1, 'success'), run(2, conclusion))).toEqual(['failure']);
  },
);

test('A failed job counts until the same run has been tried again', () => {
  expect(states(run(1, 'failure'), job(1, 'failure'), job(1, 'success', 2))).toEqual(['failure', 'success']);
});
