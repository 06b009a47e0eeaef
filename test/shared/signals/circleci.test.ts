// What CircleCI tells: jobs and workflows that have ended.

import { describe, expect, test } from 'vitest';
import { circleci } from '../../../shared/signals/circleci.ts';
import { COMMIT, circleJob, circleWorkflow } from './payloads.ts';
import { problemOf, read } from './reading.ts';

describe('A result from CircleCI', () => {
  test('of a job goes by the name that CircleCI gives it at GitHub', () => {
    expect(read(circleci, circleJob())).toMatchObject({
      ok: true,
      deliveryId: '3888f21b-eaa7-38e3-8f3d-75a63bba8895',
      signals: [
        {
          source: 'circleci',
          name: 'ci/circleci: build',
          commit: COMMIT,
          app: null,
          state: 'success',
          url: 'https://app.circleci.com/pipelines/github/example/router/17/workflows/fda08377',
          at: Date.parse('2026-11-23T09:58:00.719Z'),
          deliveryId: '3888f21b-eaa7-38e3-8f3d-75a63bba8895',
        },
      ],
      concerns: [COMMIT],
      note: 'job-completed',
    });
  });

  test('of a workflow goes by the workflow’s name', () => {
    expect(read(circleci, circleWorkflow()).signals).toMatchObject([
      { name: 'build-test-deploy', state: 'success', commit: COMMIT },
    ]);
  });

  test.each(['failed', 'error', 'canceled', 'unauthorized', 'a word of tomorrow'])(
    'that is %s is a failure',
    (status) => {
      const job = { name: 'build', status };
      const workflow = { name: 'build-test-deploy', url: 'https://app.circleci.com/w', status };
      expect(read(circleci, circleJob({ job })).signals[0]?.state).toBe('failure');
      expect(read(circleci, circleWorkflow({ workflow })).signals[0]?.state).toBe('failure');
    },
  );

  test('of a pipeline that the GitHub App or GitLab started is about the commit checked out', () => {
    const pipeline = { id: 'p', trigger_parameters: { git: { checkout_sha: COMMIT, branch: 'main' } } };
    expect(read(circleci, circleJob({ pipeline })).signals[0]?.commit).toBe(COMMIT);
  });
});

describe('CircleCI is heard without effect', () => {
  test.each([
    ['when it only pings', { type: 'ping' }, 'ping'],
    ['when the event is not used', { type: 'pipeline-created' }, 'not an event that is used'],
    ['when the pipeline has no commit', { pipeline: {} }, 'job-completed without a commit'],
    [
      'when the commit is empty',
      { pipeline: { trigger_parameters: { git: { checkout_sha: '' } } } },
      'job-completed without a commit',
    ],
  ])('%s', (_, changed, note) => {
    expect(read(circleci, circleJob(changed))).toMatchObject({ signals: [], concerns: [], note });
  });
});

test.each([
  [{ id: undefined }],
  [{ id: '3888 f21b' }],
  [{ happened_at: null }],
  [{ workflow: null }],
  [{ project: null }],
  [{ pipeline: { vcs: { revision: '' }, trigger_parameters: { github_app: { checkout_sha: COMMIT } } } }],
  [{ job: { name: null, status: 'failed' } }],
  [{ job: { name: 'x'.repeat(2_000), status: 'failed' } }],
])('A failure from CircleCI counts with %o', (changed) => {
  const failed = { ...circleJob(), job: { name: 'build', status: 'failed' }, ...changed };
  expect(read(circleci, failed).signals).toMatchObject([{ state: 'failure', commit: COMMIT }]);
});

test('A job of a workflow that was run again is outdated by the later workflow, whenever it ends', () => {
  const of = (created_at: string, status: string, happened_at: string) =>
    read(
      circleci,
      circleJob({ workflow: { name: 'w', created_at }, job: { name: 'build', status }, happened_at }),
    ).signals[0];
  const canceled = of('2026-11-23T09:00:00Z', 'canceled', '2026-11-23T09:59:00Z');
  const green = of('2026-11-23T09:10:00Z', 'success', '2026-11-23T09:20:00Z');
  expect(green?.identity).toBe(canceled?.identity);
  expect((green?.order ?? '') > (canceled?.order ?? '')).toBe(true);
});

test('A delivery from CircleCI that does not say what ended is refused in a sentence', () => {
  expect(problemOf(circleci, circleJob({ job: undefined }))).toBe(
    'body: job: found nothing, expected a mapping of keys to values',
  );
});

test.each([
  ['another branch', { vcs: { revision: COMMIT, branch: 'hotfix' } }],
  ['a tag', { vcs: { revision: COMMIT, tag: 'v7' } }],
  [
    'another branch of the GitHub App',
    { trigger_parameters: { git: { checkout_sha: COMMIT, branch: 'hotfix' } } },
  ],
])('A result of the same commit on %s is another result', (_, pipeline) => {
  const identityOf = (body: unknown) => read(circleci, body).signals[0]?.identity;
  expect(identityOf(circleJob({ pipeline }))).not.toBe(identityOf(circleJob()));
  expect(identityOf(circleWorkflow({ pipeline }))).not.toBe(identityOf(circleWorkflow()));
});
