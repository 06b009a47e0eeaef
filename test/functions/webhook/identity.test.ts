// What tells two results apart is what their senders say: none hides another's failure, from the delivery to the answer of
// the check.

import { describe, expect, test } from 'vitest';
import { ci } from '../../../shared/checks/ci.ts';
import { signal as signalCheck } from '../../../shared/checks/signal.ts';
import type { Signal } from '../../../shared/signals/signal.ts';
import { ask, NEW, portsWith, qa1, qa2 } from '../../shared/checks/question.ts';
import {
  COMMIT,
  checkRun,
  checkSuite,
  circleJob,
  circleWorkflow,
  githubStatus,
  workflowRun,
} from '../../shared/signals/payloads.ts';
import { Receiver } from './receiver.ts';

const answers = (signals: readonly Signal[], options: unknown = {}) =>
  ask(ci, options, { commits: { [NEW]: COMMIT } }, portsWith(signals));

const OWN = { id: 4711, full_name: 'example/router', html_url: 'https://github.com/example/router' };
const FORK = {
  id: 9000,
  full_name: 'somebody/router',
  html_url: 'https://github.com/somebody/router',
  fork: true,
};

describe("A fork's results of the same commit", () => {
  test.each([
    { event: 'check_run', make: (conclusion: string) => checkRun({ conclusion }) },
    { event: 'workflow_run', make: (conclusion: string) => workflowRun({ conclusion }) },
    { event: 'status', make: (state: string) => githubStatus({ state }) },
  ])('hide nothing: $event', async ({ event, make }) => {
    for (const [own, others] of [
      ['failure', 'success'],
      ['success', 'failure'],
    ] as const) {
      const receiver = new Receiver();
      const headers = { 'x-github-event': event };
      await receiver.deliver('github', { ...make(own), repository: OWN }, headers);
      await receiver.deliver('github', { ...make(others), repository: FORK }, headers);
      expect(receiver.signals).toHaveLength(2);
      expect(await answers(receiver.signals)).toMatchObject({ state: 'fail' });
    }
  });
});

describe('What ran as part of a workflow', () => {
  const parts = {
    check_run: (run: number, conclusion: string) =>
      checkRun({ id: run * 10, conclusion, check_suite: { id: run + 500 } }),
    check_suite: (run: number, conclusion: string) =>
      checkSuite({ id: run + 500, conclusion, app: { id: 15368, slug: 'github-actions' } }),
    workflow_job: (run: number, conclusion: string) => {
      const { check_run, ...rest } = checkRun({ id: run * 10, conclusion, run_id: run, run_attempt: 1 });
      return { ...rest, workflow_job: check_run };
    },
  };
  const ofRun = (id: number, name: string, conclusion: string) =>
    workflowRun({
      id,
      name,
      conclusion,
      workflow_id: name.length,
      event: 'schedule',
      check_suite_id: id + 500,
    });
  const events = Object.entries(parts).map(([event, make]) => ({ event, make }));
  const told = async (
    all: readonly (readonly [event: string, body: unknown])[],
  ): Promise<readonly Signal[]> => {
    const receiver = new Receiver();
    for (const [event, body] of all) await receiver.deliver('github', body, { 'x-github-event': event });
    return receiver.signals;
  };

  test.each(events)('is outdated with it by a later run: $event', async ({ event, make }) => {
    const failed = [
      [event, make(1, 'failure')],
      ['workflow_run', ofRun(1, 'CI', 'failure')],
    ] as const;
    expect(await answers(await told(failed))).toMatchObject({ state: 'fail' });
    const later = ['workflow_run', ofRun(2, 'CI', 'success')] as const;
    expect(await answers(await told([...failed, later]))).toMatchObject({ state: 'pass' });
    expect(await answers(await told([...failed, later, [event, make(2, 'failure')]]))).toMatchObject({
      state: 'fail',
    });
  });

  test.each(events)('does not count where the workflow is ignored: $event', async ({ event, make }) => {
    const all = await told([
      ['workflow_run', ofRun(1, 'CI', 'success')],
      ['workflow_run', ofRun(2, 'nightly bot', 'failure')],
      [event, make(2, 'failure')],
    ]);
    expect(await answers(all)).toMatchObject({ state: 'fail' });
    expect(await answers(all, { ignore: 'nightly*' })).toMatchObject({ state: 'pass' });
    // Of another workflow it counts, whatever it is called.
    const other = await told([
      ['workflow_run', ofRun(1, 'CI', 'success')],
      [event, make(1, 'failure')],
    ]);
    expect(await answers(other, { ignore: 'nightly*' })).toMatchObject({ state: 'fail' });
  });
});

describe('Two CircleCI projects', () => {
  const of = (id: string) => ({ project: { id, name: id, slug: `github/example/${id}` } });

  test('with a workflow of one name have a result each', async () => {
    const receiver = new Receiver();
    await receiver.deliver('circleci', {
      ...circleWorkflow({ id: 'e1', ...of('router') }),
      workflow: { id: 'w1', name: 'build-test-deploy', status: 'failed' },
    });
    await receiver.deliver('circleci', circleWorkflow({ id: 'e2', ...of('router-mirror') }));
    expect(receiver.signals.map(({ state }) => state).toSorted()).toEqual(['failure', 'success']);
    expect(await answers(receiver.signals, { context: 'build-test-deploy' })).toMatchObject({
      state: 'fail',
    });
  });

  test('with a job of one name have, too, and so have two workflows of one project', async () => {
    const receiver = new Receiver();
    const job = { id: 'j', name: 'build', status: 'failed', number: 1 };
    await receiver.deliver('circleci', circleJob({ id: 'e1', ...of('router'), job }));
    await receiver.deliver('circleci', circleJob({ id: 'e2', ...of('router-mirror') }));
    await receiver.deliver(
      'circleci',
      circleJob({ id: 'e3', ...of('router'), workflow: { id: 'w9', name: 'nightly', url: null } }),
    );
    expect(receiver.signals).toHaveLength(3);
    expect(await answers(receiver.signals)).toMatchObject({ state: 'fail' });
  });
});

describe('A generic source that is limited to apps', () => {
  const asked = async (apps: string) => {
    const receiver = new Receiver();
    for (const { name: app } of [qa1, qa2]) {
      const at = '2026-11-23T10:00:30Z';
      await receiver.deliver('direwolf', { name: 'smoke', app, commit: COMMIT, state: 'success', at });
    }
    const options = { name: 'smoke', of: 'source', source: { name: 'direwolf', apps } };
    return ask(signalCheck, options, { commits: { [NEW]: COMMIT } }, portsWith(receiver.signals));
  };

  test('is believed about these, and heard about no other', async () => {
    expect(await asked('router-*')).toMatchObject({ state: 'pass' });
    expect((await asked(qa1.name)).state).toBe('wait');
    expect((await asked('shop-*')).state).toBe('wait');
  });

  test('cannot say of a commit what it may say of an app: it names none', async () => {
    const receiver = new Receiver();
    await receiver.deliver('direwolf', {
      name: 'ci/circleci: build',
      commit: COMMIT,
      state: 'success',
      at: '2026-11-23T09:59:00Z',
    });
    const source = { name: 'direwolf', apps: 'router-*' };
    expect((await answers(receiver.signals, { context: 'ci/circleci: build', source })).state).not.toBe(
      'pass',
    );
  });
});
