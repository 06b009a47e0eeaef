// What the webhook does with deliveries it accepts: it records them once, and wakes whom they concern.

import { describe, expect, test } from 'vitest';
import { createWebhook } from '../../../functions/webhook/handler.ts';
import { openEmbeddedTable } from '../../../shared/table/embedded.ts';
import {
  COMMIT,
  checkRun,
  checkSuite,
  circleJob,
  circleWorkflow,
  githubStatus,
  herokuRelease,
  suiteResult,
  T0,
  workflowRun,
} from '../../shared/signals/payloads.ts';
import { signed } from '../../shared/signals/signing.ts';
import { NO_CONTEXT, Receiver, SECRETS, type Step } from './receiver.ts';

const status = { 'x-github-event': 'status', 'x-github-delivery': 'guid-1' };

describe('The webhook', () => {
  test.each([
    ['github', 'a status', githubStatus(), 'status', 'ci/circleci: build'],
    ['github', 'a check run', checkRun(), 'check_run', 'unit tests'],
    ['github', 'a check suite', checkSuite(), 'check_suite', 'buildkite'],
    ['github', 'a workflow run', workflowRun(), 'workflow_run', 'CI'],
    ['circleci', 'a job', circleJob(), '', 'ci/circleci: build'],
    ['circleci', 'a workflow', circleWorkflow(), '', 'build-test-deploy'],
    ['direwolf', 'a suite’s result', suiteResult(), '', 'direwolf'],
  ])(
    'records from %s %s, and wakes the pipelines that its commit concerns',
    async (source, _, payload, event, name) => {
      const receiver = new Receiver();
      const answer = await receiver.deliver(source, payload, { 'x-github-event': event });
      expect([answer.status, answer.json]).toEqual([202, { recorded: 1 }]);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(receiver.signals).toMatchObject([
        { source, name, commit: COMMIT, state: 'success', receivedAt: T0 },
      ]);
      expect(receiver.events).toMatchObject([{ concerns: expect.arrayContaining([COMMIT]), at: T0 }]);
    },
  );

  test('takes a release at Heroku as a hint: it records nothing and wakes the pipeline of the app', async () => {
    const receiver = new Receiver();
    const answer = await receiver.deliver('heroku', herokuRelease());
    expect([answer.status, answer.json]).toEqual([202, { recorded: 0 }]);
    expect(receiver.signals).toEqual([]);
    expect(receiver.events).toEqual([
      { concerns: ['4335bcdb-0000-4000-8000-000000000002', 'router-qa01', COMMIT], isHint: true, at: T0 },
    ]);
  });

  test.each([
    ['github', { zen: 'Keep it logically awesome.' }, { 'x-github-event': 'ping' }],
    ['github', { ref: 'refs/heads/main' }, { 'x-github-event': 'push' }],
    ['circleci', circleJob({ type: 'ping' }), {}],
  ])(
    'answers events of %s that it does not use, says so, and does nothing: %o',
    async (source, payload, headers) => {
      const receiver = new Receiver();
      const answer = await receiver.deliver(source, payload, headers);
      expect([answer.status, answer.json]).toEqual([200, { recorded: 0, ignored: expect.any(String) }]);
      expect(receiver.isUntouched).toBe(true);
    },
  );

  test('takes a body that Lambda did not have to encode', async () => {
    const receiver = new Receiver();
    const body = JSON.stringify(suiteResult({ name: 'Prüfung – 試験 🐺' }));
    const headers = signed('generic', SECRETS['direwolf'] ?? '', body);
    const http = { method: 'POST' };
    const event = { rawPath: '/signals/direwolf', headers, body, requestContext: { http } };
    expect((await receiver.hand(event)).status).toBe(202);
    expect(receiver.signals).toMatchObject([{ name: 'Prüfung – 試験 🐺' }]);
  });

  test('takes brackets in a text for text, however many', async () => {
    const receiver = new Receiver();
    const name = `"\\${'[{'.repeat(50)}`;
    expect((await receiver.deliver('direwolf', suiteResult({ name }))).status).toBe(202);
    expect(receiver.signals).toMatchObject([{ name }]);
  });

  test('logs who sent which delivery and what came of it, and nothing else of it', async () => {
    const receiver = new Receiver();
    await receiver.deliver('github', githubStatus(), status);
    const [line] = receiver.logs;
    expect(line).toEqual({
      level: 'info',
      message: 'Webhook of github: recorded: status (X-GitHub-Delivery guid-1)',
      fields: { source: 'github', delivery: receiver.signals[0]?.deliveryId, outcome: 'recorded' },
    });
  });
});

describe('A delivery that comes again', () => {
  test.each([
    ['github', githubStatus(), 1],
    ['circleci', circleJob(), 1],
    ['direwolf', suiteResult(), 1],
    ['heroku', herokuRelease(), 0],
  ])('from %s is answered as a duplicate, recorded once, and wakes nobody', async (source, payload, rows) => {
    const receiver = new Receiver();
    await receiver.deliver(source, payload, status);
    receiver.now += 60_000;
    const again = await receiver.deliver(source, payload, status);
    expect([again.status, again.json]).toEqual([200, { duplicate: true }]);
    expect([receiver.signals.length, receiver.events.length]).toEqual([rows, 1]);
  });

  test('is known from what was signed: replaying it under another X-GitHub-Delivery is no news', async () => {
    const receiver = new Receiver();
    await receiver.deliver('github', githubStatus(), status);
    const replayed = await receiver.deliver('github', githubStatus(), {
      ...status,
      'x-github-delivery': 'guid-2',
    });
    expect(replayed.json).toEqual({ duplicate: true });
    expect([receiver.signals.length, receiver.events.length]).toEqual([1, 1]);
  });

  test('is not mistaken for another sender’s with the same id', async () => {
    const receiver = new Receiver();
    await receiver.deliver('heroku', herokuRelease({}, 'same-id'));
    expect((await receiver.deliver('circleci', circleJob({ id: 'same-id' }))).status).toBe(202);
  });

  test('leaves one row in the real table, where the checks find it', async () => {
    const store = await openEmbeddedTable();
    let now = T0;
    try {
      const body = JSON.stringify(suiteResult());
      const headers = signed('generic', 's', body);
      const event = {
        rawPath: '/signals/direwolf',
        headers,
        body,
        requestContext: { http: { method: 'POST' } },
      };
      const webhook = createWebhook({
        secrets: { webhookSecret: async () => 's' },
        table: store.table,
        bus: { signalReceived: async () => undefined },
        clock: { now: () => now++, sleep: async () => undefined },
        log: () => undefined,
        measure: () => undefined,
      });
      const answers = [await webhook(event, NO_CONTEXT), await webhook(event, NO_CONTEXT)];
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 200]);
      expect(await store.table.signalsOfCommit(COMMIT)).toMatchObject([
        { name: 'direwolf', app: 'router-qa01' },
      ]);
      const about = { name: 'direwolf', from: 0, until: T0, isWanted: () => true };
      expect(await store.table.signalsOfApp(['router-qa01'], about)).toHaveLength(1);
    } finally {
      await store.close();
    }
  });
});

describe('When something of ours fails', () => {
  test.each<[Step]>([['secret'], ['signal'], ['delivery']])(
    'at the %s, the sender is told to try again and nothing about why, and the next try is recorded',
    async (step) => {
      const receiver = new Receiver();
      receiver.failing = step;
      const answer = await receiver.deliver('direwolf', suiteResult());
      expect([answer.status, answer.json]).toEqual([
        500,
        { error: 'This could not be handled. Try again later.' },
      ]);
      expect(receiver.logs).toMatchObject([
        { level: 'error', message: `webhook failed: Error: the ${step} failed on table sluice-prod` },
      ]);

      receiver.failing = null;
      expect((await receiver.deliver('direwolf', suiteResult())).json).toEqual({ recorded: 1 });
      expect([receiver.signals.length, receiver.events.length]).toEqual([1, 1]);
    },
  );

  test('at the event, the delivery is recorded all the same: the sweep looks at the pipeline', async () => {
    const receiver = new Receiver();
    receiver.failing = 'event';
    expect((await receiver.deliver('direwolf', suiteResult())).json).toEqual({ recorded: 1 });
    expect(receiver.signals).toHaveLength(1);
    expect(receiver.logs.map(({ level }) => level)).toEqual(['error', 'info']);
  });

  test('nothing is lost at any point, because the signal is written first and the delivery noted after it', async () => {
    const receiver = new Receiver();
    await receiver.deliver('direwolf', suiteResult());
    expect(receiver.steps).toEqual(['secret', 'signal', 'event', 'delivery']);
  });
});
