// Deliveries as the senders make them, cut to what tells them apart. The commits, names and ids are ours.

export const COMMIT = '7c1d4e9ab0325f68c4d7e19b3a6f805d2c94e1b7';
export const T0 = Date.parse('2026-11-23T10:00:00Z');

const repository = { id: 4711, full_name: 'example/router', html_url: 'https://github.com/example/router' };

export const githubStatus = (changed: Record<string, unknown> = {}) => ({
  id: 9001,
  sha: COMMIT,
  name: 'example/router',
  context: 'ci/circleci: build',
  state: 'success',
  description: 'Your tests passed',
  target_url: 'https://circleci.com/gh/example/router/17',
  created_at: '2026-11-23T09:58:20+00:00',
  updated_at: '2026-11-23T09:58:21+00:00',
  branches: [{ name: 'main', commit: { sha: COMMIT } }],
  repository,
  ...changed,
});

export const checkRun = (changed: Record<string, unknown> = {}) => ({
  action: 'completed',
  check_run: {
    id: 4,
    name: 'unit tests',
    head_sha: COMMIT,
    status: 'completed',
    conclusion: 'success',
    html_url: 'https://github.com/example/router/runs/4',
    started_at: '2026-11-23T09:55:00Z',
    completed_at: '2026-11-23T09:58:00Z',
    app: { id: 15368, slug: 'github-actions', name: 'GitHub Actions' },
    ...changed,
  },
  repository,
});

export const checkSuite = (changed: Record<string, unknown> = {}) => ({
  action: 'completed',
  check_suite: {
    id: 5,
    head_sha: COMMIT,
    status: 'completed',
    conclusion: 'success',
    updated_at: '2026-11-23T09:58:00Z',
    app: { id: 72, slug: 'buildkite', name: 'Buildkite' },
    ...changed,
  },
  repository,
});

export const workflowRun = (changed: Record<string, unknown> = {}) => ({
  action: 'completed',
  workflow_run: {
    id: 6,
    name: 'CI',
    head_sha: COMMIT,
    status: 'completed',
    conclusion: 'success',
    html_url: 'https://github.com/example/router/actions/runs/6',
    run_attempt: 1,
    updated_at: '2026-11-23T09:58:00Z',
    ...changed,
  },
  workflow: { name: 'CI', path: '.github/workflows/ci.yml' },
  repository,
});

export const circleJob = (changed: Record<string, unknown> = {}) => ({
  type: 'job-completed',
  id: '3888f21b-eaa7-38e3-8f3d-75a63bba8895',
  happened_at: '2026-11-23T09:58:00.719129Z',
  webhook: { id: 'cf8c4fdd-0587-4da1-b4ca-4846e9640af9', name: 'Sluice' },
  project: { id: '84996744-a854-4f5e-aea3-04e2851dc1d2', name: 'router', slug: 'github/example/router' },
  organization: { id: 'f22b6566-597d-46d5-ba74-99ef5bb3d85c', name: 'example' },
  workflow: {
    id: 'fda08377-fe7e-46b1-8992-3a7aaecac9c3',
    name: 'build-test-deploy',
    url: 'https://app.circleci.com/pipelines/github/example/router/17/workflows/fda08377',
  },
  pipeline: {
    id: '1285fe1d-d3a6-44fc-8886-8979558254c4',
    number: 17,
    vcs: { provider_name: 'github', revision: COMMIT, branch: 'main' },
  },
  job: { id: '8b91f9a8-7975-4e60-916c-f0152ccbc937', name: 'build', status: 'success', number: 136 },
  ...changed,
});

export const circleWorkflow = (changed: Record<string, unknown> = {}) => {
  const { job: _job, workflow, ...rest } = circleJob();
  return { ...rest, type: 'workflow-completed', workflow: { ...workflow, status: 'success' }, ...changed };
};

export const herokuRelease = (changed: Record<string, unknown> = {}, eventId = 'e-1') => ({
  id: eventId,
  action: 'update',
  resource: 'release',
  version: 'application/vnd.heroku+json; version=3',
  data: {
    id: '6be9012f-0000-4000-8000-000000000001',
    app: { id: '4335bcdb-0000-4000-8000-000000000002', name: 'router-qa01', process_tier: 'basic' },
    version: 41,
    status: 'succeeded',
    current: true,
    slug: { id: 'e7cb552a-0000-4000-8000-000000000003', commit: COMMIT, commit_description: '' },
    ...changed,
  },
  previous_data: {},
  sequence: null,
  webhook_metadata: {
    attempt: { id: 'a-1' },
    delivery: { id: 'd-1' },
    event: { id: eventId, include: 'api:release' },
    webhook: { id: 'w-1' },
  },
});

export const suiteResult = (changed: Record<string, unknown> = {}) => ({
  name: 'direwolf',
  app: 'router-qa01',
  commit: COMMIT,
  state: 'success',
  url: 'https://direwolf.example.com/runs/7',
  at: '2026-11-23T09:59:00Z',
  ...changed,
});
