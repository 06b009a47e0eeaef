// Whatever order, doubling and lateness deliveries come with, what is on record is what their sender said last.

import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { standing } from '../../../shared/checks/results.ts';
import { checkRun, circleJob, githubStatus, workflowRun } from '../../shared/signals/payloads.ts';
import { Receiver } from './receiver.ts';

interface Sent {
  readonly source: string;
  readonly event: string;
  readonly payload: unknown;
}
type End = 'success' | 'failure';

const time = (seconds: number) => new Date(Date.parse('2026-11-23T09:00:00Z') + seconds * 1000).toISOString();
const clock = fc.integer({ min: 0, max: 30 }).map(time);

/** Runs of one thing in the sender's own order, each with its start and its end; clocks are anybody's. */
const runs = fc.array(
  fc.record({ end: fc.constantFrom<End>('success', 'failure'), started: clock, ended: clock }),
  { minLength: 1, maxLength: 4 },
);

const senders: Record<string, (n: number, end: End, started: string, ended: string) => readonly Sent[]> = {
  check_run: (n, end, started_at, completed_at) =>
    [
      { status: 'queued', conclusion: null, completed_at: null },
      { conclusion: end, completed_at },
    ].map((changed) => ({
      source: 'github',
      event: 'check_run',
      payload: checkRun({ id: 100 + n, check_suite: { id: 1 }, started_at, ...changed }),
    })),
  workflow_run: (n, end, started, updated_at) =>
    [
      { status: 'in_progress', conclusion: null, updated_at: started },
      { conclusion: end, updated_at },
    ].map((changed) => ({
      source: 'github',
      event: 'workflow_run',
      payload: workflowRun({ run_attempt: n + 1, ...changed }),
    })),
  'workflow_run, started anew': (n, end, started, updated_at) =>
    [
      { status: 'in_progress', conclusion: null, updated_at: started },
      { conclusion: end, updated_at },
    ].map((changed) => ({
      source: 'github',
      event: 'workflow_run',
      payload: workflowRun({ id: 6 + n, workflow_id: 1, event: 'schedule', ...changed }),
    })),
  status: (n, end, started, updated_at) =>
    [
      { id: 2 * n, state: 'pending', updated_at: started },
      { id: 2 * n + 1, state: end, updated_at },
    ].map((changed) => ({ source: 'github', event: 'status', payload: githubStatus(changed) })),
  circleci: (n, end, _, happened_at) => [
    {
      source: 'circleci',
      event: '',
      payload: circleJob({
        id: `event-${n}`,
        happened_at,
        workflow: { name: 'w', created_at: time(100 + n) },
        job: { name: 'build', status: end === 'success' ? end : 'failed', number: n },
      }),
    },
  ],
};

test.prop([fc.constantFrom(...Object.keys(senders)), runs, fc.infiniteStream(fc.nat()), fc.nat({ max: 6 })], {
  numRuns: 1_000,
})('The last word is the sender’s', async (sender, told, order, doubled) => {
  const sent = told.flatMap(({ end, started, ended }, n) => senders[sender]?.(n, end, started, ended) ?? []);
  const deliveries = [...sent, ...sent.slice(0, doubled)]
    .map((one) => ({ one, place: order.next().value as number }))
    .toSorted((a, b) => a.place - b.place);
  const receiver = new Receiver();
  for (const { one, place } of deliveries) {
    receiver.now += place % 100_000_000;
    await receiver.deliver(one.source, one.payload, { 'x-github-event': one.event });
  }
  expect(standing(receiver.signals).map(({ state }) => state)).toEqual([told.at(-1)?.end]);
});
