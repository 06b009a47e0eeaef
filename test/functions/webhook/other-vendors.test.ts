// CircleCI's and Heroku's deliveries as their documentation and what others have recorded show them: of every kind, by every
// integration, with every end. Each is answered with 2xx, and each that says failed about a commit counts as failed.

import { describe, expect, test } from 'vitest';
import { COMMIT } from '../../shared/signals/payloads.ts';
import { Receiver } from './receiver.ts';

type Json = Readonly<Record<string, unknown>>;

const project = { id: '4d1f0c5e-0000-4000-8000-000000000001', name: 'router', slug: 'github/example/router' };
const organization = { id: '4d1f0c5e-0000-4000-8000-000000000002', name: 'example' };
const webhook = { id: '4d1f0c5e-0000-4000-8000-000000000003', name: 'Sluice' };
const author = { author: { name: 'Ana', email: 'ana@example.com' }, authored_at: '2026-11-23T09:40:00Z' };
const vcs = (provider: string) => ({
  provider_name: provider,
  origin_repository_url: `https://${provider}.example.com/example/router`,
  target_repository_url: `https://${provider}.example.com/example/router`,
  revision: COMMIT,
  commit: { subject: 'Lose no orders', body: '', ...author, committer: author.author },
  branch: 'main',
});

/** What a pipeline says of its code, by the integration that started it. */
const PIPELINES: readonly (readonly [string, Json])[] = [
  ['GitHub by OAuth', { trigger: { type: 'webhook' }, vcs: vcs('github') }],
  ['Bitbucket', { trigger: { type: 'webhook' }, vcs: vcs('bitbucket') }],
  ['a tag', { trigger: { type: 'webhook' }, vcs: { ...vcs('github'), branch: null, tag: 'v1.2.3' } }],
  ['the API', { trigger: { type: 'api' }, vcs: vcs('github') }],
  ['a schedule', { trigger: { type: 'scheduled_pipeline' }, vcs: vcs('github') }],
  [
    'GitLab',
    {
      trigger: { type: 'gitlab' },
      trigger_parameters: {
        circleci: { event_time: '2026-11-23T09:50:00Z', event_type: 'push', trigger_src: 'gitlab' },
        gitlab: { type: 'push', project_id: '33', repo_name: 'router', branch: 'main', checkout_sha: COMMIT },
        git: { tag: '', checkout_sha: COMMIT, ref: 'refs/heads/main', branch: 'main' },
      },
    },
  ],
  [
    'the GitHub App',
    {
      trigger: { type: 'github_app' },
      trigger_parameters: {
        circleci: { event_type: 'push', trigger_src: 'github_app', actor_id: 'a' },
        github_app: { commit_sha: COMMIT, checkout_sha: COMMIT, repo_name: 'router', branch: 'main' },
        git: { checkout_sha: COMMIT, branch: 'main', checkout_url: 'https://github.com/example/router' },
      },
    },
  ],
];

const ENDS = ['success', 'failed', 'error', 'canceled', 'unauthorized', 'a word of next year'];

function completed(kind: string, code: Json, status: string): Json {
  const times = { created_at: '2026-11-23T09:50:00.616Z', stopped_at: '2026-11-23T09:58:00.170Z' };
  const url = 'https://app.circleci.com/pipelines/github/example/router/130/workflows/w';
  const workflow = { id: 'w-1', name: 'build-test-deploy', ...times, url };
  const pipeline = { id: 'p-1', number: 130, created_at: times.created_at, ...code };
  const id = `${kind} ${status}`.replaceAll(' ', '-');
  const whole = { id, type: kind, happened_at: '2026-11-23T09:58:00.317Z', webhook, project, organization };
  if (kind === 'workflow-completed') return { ...whole, workflow: { ...workflow, status }, pipeline };
  const job = { id: 'j-1', name: 'build', started_at: times.created_at, stopped_at: times.stopped_at };
  return { ...whole, job: { ...job, status, number: 136 }, workflow, pipeline };
}

describe.each(['workflow-completed', 'job-completed'])('CircleCI: %s', (kind) => {
  test.each(PIPELINES)('of a pipeline by %s', async (_, code) => {
    for (const status of ENDS) {
      const receiver = new Receiver();
      const answer = await receiver.deliver('circleci', completed(kind, code, status));
      expect([status, answer.status]).toEqual([status, 202]);
      expect(receiver.signals).toMatchObject([
        { commit: COMMIT, state: status === 'success' ? 'success' : 'failure' },
      ]);
    }
  });

  test.each([
    [
      'a name that is null',
      { workflow: { name: null, status: 'failed' }, job: { name: null, status: 'failed' } },
    ],
    [
      'a name that is empty',
      { workflow: { name: '', status: 'failed' }, job: { name: '', status: 'failed' } },
    ],
    ['no times', { happened_at: null }],
    ['no project', { project: null }],
    ['a project without a slug', { project: { id: project.id } }],
    ['fields that nobody knows', { next_year: { deep: [1, { x: null }] } }],
    ['no webhook and no organization', { webhook: null, organization: null }],
  ])('that failed counts with %s', async (_, odd: Json) => {
    const receiver = new Receiver();
    const [, code] = PIPELINES[0] as (typeof PIPELINES)[number];
    const answer = await receiver.deliver('circleci', { ...completed(kind, code, 'failed'), ...odd });
    expect(answer.status).toBe(202);
    expect(receiver.signals).toMatchObject([{ commit: COMMIT, state: 'failure' }]);
  });
});

test.each([
  ['a ping', { id: 'p', type: 'ping', happened_at: '2026-11-23T09:58:00Z', webhook }],
  ['an event of next year', { id: 'n', type: 'pipeline-held', happened_at: '2026-11-23T09:58:00Z', webhook }],
  ['a pipeline without code', completed('workflow-completed', { trigger: { type: 'api' } }, 'failed')],
])('CircleCI: %s says nothing, and is answered well', async (_, payload) => {
  const receiver = new Receiver();
  expect((await receiver.deliver('circleci', payload)).status).toBe(200);
  expect(receiver.signals).toEqual([]);
});

const APP = { id: '61cfe066-0000-4000-8000-000000000001', name: 'router-qa01' };
const user = { id: '125f0179-0000-4000-8000-000000000002', email: 'ana@example.com' };

/** As Heroku's "Webhook events" shows them: every entity carries what it is about and the same envelope. */
function herokuEvent(include: string, action: string, data: Json, id = `${include}-${action}`): Json {
  return {
    id,
    action,
    actor: user,
    created_at: '2026-11-23T09:58:00Z',
    data: {
      id: 'd-1',
      app: APP,
      created_at: '2026-11-23T09:58:00Z',
      updated_at: '2026-11-23T09:58:00Z',
      ...data,
    },
    previous_data: {},
    published_at: null,
    resource: include.split(':').at(-1),
    sequence: null,
    updated_at: '2026-11-23T09:58:00Z',
    version: 'application/vnd.heroku+json; version=3',
    webhook_metadata: {
      attempt: { id: 'a-1' },
      delivery: { id: 'd-1' },
      event: { id, include },
      webhook: { id: 'w-1' },
    },
  };
}

const slug = { id: 's-1', commit: COMMIT, commit_description: 'Lose no orders' };
const RELEASES: readonly (readonly [string, Json])[] = [
  [
    'of a deploy that begins',
    { version: 41, status: 'pending', current: false, slug, description: 'Deploy 7c1d4e9a' },
  ],
  [
    'of a deploy that runs',
    { version: 41, status: 'succeeded', current: true, slug, output_stream_url: null },
  ],
  [
    'that failed',
    { version: 41, status: 'failed', current: false, slug, output_stream_url: 'https://b.example.com' },
  ],
  ['without a description', { version: 1, status: 'failed', description: null, slug: null, user }],
  [
    'of an add-on, without a slug',
    { version: 3, status: 'succeeded', slug: null, addon_plan_names: ['heroku-postgresql:mini'] },
  ],
  [
    'of a slug without a commit',
    { version: 42, status: 'succeeded', slug: { id: 's-2', commit: '', commit_description: null } },
  ],
  [
    'of an image',
    { version: 43, status: 'succeeded', slug: null, artifacts: [{ type: 'oci-image', id: 'i-1' }] },
  ],
];

describe('Heroku: a release', () => {
  test.each(RELEASES)('%s wakes the pipeline of its app, and records nothing', async (_, data) => {
    for (const action of ['create', 'update']) {
      const receiver = new Receiver();
      const answer = await receiver.deliver('heroku', herokuEvent('api:release', action, data));
      expect(answer.status).toBe(202);
      expect(receiver.signals).toEqual([]);
      expect(receiver.events).toMatchObject([{ concerns: expect.arrayContaining([APP.id, APP.name]) }]);
    }
  });
});

test.each([
  ['api:addon-attachment', 'create', { name: 'DATABASE', addon: { id: 'x', name: 'y', app: APP } }],
  ['api:addon-attachment', 'destroy', { name: 'DATABASE' }],
  ['api:addon', 'create', { name: 'postgresql-1', plan: { id: 'p', name: 'heroku-postgresql:mini' } }],
  ['api:app', 'update', { name: APP.name, maintenance: true, released_at: null }],
  ['api:app', 'destroy', { name: APP.name, archived_at: null }],
  ['api:build', 'create', { status: 'pending', slug: null, source_blob: { version: COMMIT } }],
  ['api:build', 'update', { status: 'failed', slug: null, source_blob: { version: COMMIT } }],
  ['api:collaborator', 'create', { user, role: 'owner' }],
  ['api:domain', 'create', { hostname: 'router.example.com', status: 'pending' }],
  ['dyno', 'create', { name: 'web.1', state: 'starting', type: 'web', release: { id: 'r', version: 41 } }],
  ['api:formation', 'update', { type: 'web', quantity: 0, size: 'Standard-1X' }],
  ['api:sni-endpoint', 'create', { name: 'tyrannosaurs-1', display_name: null }],
  ['api:something-of-next-year', 'create', {}],
])('Heroku: %s %s says nothing about code, and is answered well', async (include, action, data: Json) => {
  const receiver = new Receiver();
  const answer = await receiver.deliver('heroku', herokuEvent(include, action, data));
  expect(answer.status).toBe(200);
  expect([receiver.signals, receiver.events]).toEqual([[], []]);
});
