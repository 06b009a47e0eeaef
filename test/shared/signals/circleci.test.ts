// What CircleCI tells: jobs and workflows that have ended.

import { describe, expect, test } from 'vitest';
import { circleci } from '../../../shared/signals/circleci.ts';
import { COMMIT, circleJob, circleWorkflow } from './payloads.ts';
import { problemOf, read } from './reading.ts';

describe('A result from CircleCI', () => {
  test('of a job goes by the name that CircleCI gives it at GitHub', () => {
    expect(read(circleci, circleJob())).toEqual({
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
  [{ id: undefined }, 'body: id: found nothing, expected an id of at most 128 letters, digits and -'],
  [{ id: '3888 f21b' }, 'body: id: found "3888 f21b", expected an id of at most 128 letters, digits and -'],
  [{ job: undefined }, 'body: job: found nothing, expected a mapping of keys to values'],
  [
    { pipeline: { vcs: { revision: 'main' } } },
    'body: pipeline.vcs.revision: found "main", expected a full commit of 40 hexadecimal digits',
  ],
])('A delivery from CircleCI with %o is refused in a sentence', (changed, message) => {
  expect(problemOf(circleci, circleJob(changed))).toBe(message);
});
