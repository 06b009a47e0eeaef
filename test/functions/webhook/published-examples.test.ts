// GitHub's own published examples, all events: each is answered with 2xx, and each that says failed counts as failed.

import examples from '@octokit/webhooks-examples';
import { expect, test } from 'vitest';
import { Receiver } from './receiver.ts';

type Example = Record<string, unknown>;
const all = (examples as unknown as { name: string; examples: Example[] }[]).flatMap(
  ({ name, examples: of }) => of.map((example, n) => [name, n, example] as const),
);
const RESULTS = ['check_run', 'check_suite', 'workflow_run', 'workflow_job'];
const FINE = ['success', 'neutral', 'skipped'];

/** True for an example that says, in GitHub's own words, that something failed. */
function saysFailed(event: string, example: Example): boolean {
  if (event === 'status') return example['state'] === 'failure' || example['state'] === 'error';
  const it = (example[event] ?? {}) as { status?: string; conclusion?: string };
  return (
    RESULTS.includes(event) && it.status === 'completed' && !!it.conclusion && !FINE.includes(it.conclusion)
  );
}

test('There are examples of everything that is used', () => {
  for (const event of ['ping', 'status', ...RESULTS]) expect(all.map(([name]) => name)).toContain(event);
});

test.each(all)('%s %i', async (event, _, example) => {
  const receiver = new Receiver();
  const answer = await receiver.deliver('github', example, { 'x-github-event': event });
  expect([200, 202]).toContain(answer.status);
  if (saysFailed(event, example)) expect(receiver.signals).toMatchObject([{ state: 'failure' }]);
  if (event === 'status' || RESULTS.includes(event)) expect(receiver.signals).toHaveLength(1);
  const form = new URLSearchParams({ payload: JSON.stringify(example) }).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded', 'x-github-event': event };
  const formed = new Receiver();
  expect([200, 202]).toContain((await formed.post('github', form, type)).status);
  // A delivery without an id goes by the digest of its body.
  const saysSame = receiver.signals.map((signal) => ({ ...signal, deliveryId: expect.any(String) }));
  expect(formed.signals).toEqual(saysSame);
});
