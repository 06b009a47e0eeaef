// What GitHub tells: which events count, under which names, and what their words come to.

import { describe, expect, test } from 'vitest';
import { github } from '../../../shared/signals/github.ts';
import { COMMIT, checkRun, checkSuite, githubStatus, workflowRun } from './payloads.ts';
import { parse, problemOf, read } from './reading.ts';

const told = (event: string, body: unknown) =>
  read(github, body, {
    'x-github-event': event,
    'x-github-delivery': '0b989ba4-242f-11e5-81e1-c7b6966d2516',
  });
const signalOf = (event: string, body: unknown) => told(event, body).signals[0];
const stateOf = (event: string, body: unknown) => signalOf(event, body)?.state;

describe('A result from GitHub', () => {
  test('of a status goes by its context', () => {
    expect(told('status', githubStatus())).toMatchObject({
      ok: true,
      deliveryId: 'digest',
      signals: [
        {
          source: 'github',
          name: 'ci/circleci: build',
          commit: COMMIT,
          app: null,
          state: 'success',
          url: 'https://circleci.com/gh/example/router/17',
          at: Date.parse('2026-11-23T09:58:21Z'),
          deliveryId: 'digest',
        },
      ],
      concerns: [COMMIT],
      note: 'status (X-GitHub-Delivery 0b989ba4-242f-11e5-81e1-c7b6966d2516)',
    });
  });

  test.each([
    ['check_run', checkRun(), 'unit tests', 'https://github.com/example/router/runs/4'],
    ['check_suite', checkSuite(), 'buildkite', null],
    ['workflow_run', workflowRun(), 'CI', 'https://github.com/example/router/actions/runs/6'],
  ])('of a %s goes by its own name', (event, body, name, url) => {
    const at = Date.parse('2026-11-23T09:58:00Z');
    expect(signalOf(event, body)).toMatchObject({ name, url, at, commit: COMMIT, state: 'success' });
  });

  test('has its commit in lower case, as commits are looked up', () => {
    const { signals, concerns } = told('status', githubStatus({ sha: COMMIT.toUpperCase() }));
    expect([signals[0]?.commit, concerns]).toEqual([COMMIT, [COMMIT]]);
  });

  test.each(['javascript:alert(1)', '', null, 7, 'not a url', `https://x/${'a'.repeat(2_000)}`])(
    'is kept without its link when the link is %j',
    (target_url) => {
      expect(signalOf('status', githubStatus({ target_url }))).toMatchObject({ url: null, state: 'success' });
    },
  );
});

describe('The state of a result from GitHub', () => {
  test.each([
    ['success', 'success'],
    ['pending', 'pending'],
    ['failure', 'failure'],
    ['error', 'failure'],
    ['a word of tomorrow', 'failure'],
  ])('of a status that is %s is %s', (state, expected) => {
    expect(stateOf('status', githubStatus({ state }))).toBe(expected);
  });

  const conclusions = [
    ['success', 'success'],
    ['neutral', 'success'],
    ['skipped', 'success'],
    ['failure', 'failure'],
    ['cancelled', 'failure'],
    ['timed_out', 'failure'],
    ['action_required', 'failure'],
    ['stale', 'failure'],
    ['startup_failure', 'failure'],
    ['a word of tomorrow', 'failure'],
  ] as const;
  test.each(conclusions)('of what concluded with %s is %s', (conclusion, expected) => {
    expect(stateOf('check_run', checkRun({ conclusion }))).toBe(expected);
    expect(stateOf('check_suite', checkSuite({ conclusion }))).toBe(expected);
    expect(stateOf('workflow_run', workflowRun({ conclusion }))).toBe(expected);
  });

  test.each(['queued', 'in_progress', 'waiting', 'requested', 'pending'])(
    'of what is %s is pending',
    (status) => {
      const progress = { status, conclusion: null };
      expect(stateOf('check_run', checkRun(progress))).toBe('pending');
      expect(stateOf('check_suite', checkSuite(progress))).toBe('pending');
      expect(stateOf('workflow_run', workflowRun(progress))).toBe('pending');
    },
  );

  test('is pending while a run is under way, whatever an earlier try has concluded', () => {
    expect(stateOf('check_run', checkRun({ status: 'in_progress', conclusion: 'success' }))).toBe('pending');
    expect(stateOf('workflow_run', workflowRun({ status: 'completed', conclusion: null }))).toBe('pending');
  });
});

describe('The time of a check run', () => {
  test('is its start while it is pending and its end after that', () => {
    expect(signalOf('check_run', checkRun({ status: 'in_progress', conclusion: null }))?.at).toBe(
      Date.parse('2026-11-23T09:55:00Z'),
    );
    expect(signalOf('check_run', checkRun())?.at).toBe(Date.parse('2026-11-23T09:58:00Z'));
  });

  test('orders nothing: a result is later than any pending of its run, and a later run than an earlier one', () => {
    const order = (changed: Record<string, unknown>) => signalOf('check_run', checkRun(changed))?.order ?? '';
    const pending = order({ status: 'queued', started_at: '2026-11-23T09:59:59Z' });
    const skipped = order({ conclusion: 'skipped', completed_at: '2026-11-23T09:00:00Z' });
    const rerun = order({ id: 5, conclusion: 'failure', completed_at: '2026-11-23T08:00:00Z' });
    expect([rerun, skipped, pending].toSorted()).toEqual([pending, skipped, rerun]);
  });
});

describe('GitHub is not taken at its word', () => {
  test('for events that are not used, pings among them', () => {
    for (const event of ['ping', 'push', 'pull_request', 'constructor', '__proto__', '']) {
      expect(told(event, githubStatus())).toMatchObject({ signals: [], concerns: [] });
    }
    expect(read(github, githubStatus())).toMatchObject({ signals: [], concerns: [] });
  });

  test('when suites of one app go by one name: each is a result of its own', () => {
    const app = { id: 15368, slug: 'github-actions', name: 'GitHub Actions' };
    const [one, other] = [5, 6].map((id) => signalOf('check_suite', checkSuite({ app, id })));
    expect(one?.identity).not.toBe(other?.identity);
    expect(signalOf('check_suite', checkSuite({ app: null, conclusion: 'failure' }))?.state).toBe('failure');
  });

  test('when the event in the header, which is not signed, is not the event in the body', () => {
    expect(parse(github, checkRun(), { 'x-github-event': 'status' }).ok).toBe(false);
    expect(parse(github, workflowRun(), { 'x-github-event': 'check_run' }).ok).toBe(false);
  });

  test.each([{ sha: '7c1d4e9' }, { sha: undefined }])('when a status has no commit: %o', (changed) => {
    expect(told('status', githubStatus(changed))).toMatchObject({ signals: [], concerns: [] });
  });

  test('when a status says nothing', () => {
    expect(problemOf(github, githubStatus({ state: 1 }), { 'x-github-event': 'status' })).toBe(
      'body: state: found 1, expected a text',
    );
  });
});

describe('A failure from GitHub counts whatever else it holds', () => {
  const odd = [null, '', 'x'.repeat(3_000), '0001-01-01T00:00:00Z', 'yesterday', -1, 1.5, {}, []];
  const fields = [
    'id',
    'name',
    'context',
    'app',
    'check_suite',
    'html_url',
    'target_url',
    'updated_at',
  ].concat(['started_at', 'completed_at', 'workflow_id', 'event', 'run_attempt', 'path', 'check_suite_id']);
  const places = fields.flatMap((field) => odd.map((value) => [field, value] as const));
  test.each(places)('%s: %j', (field, value) => {
    const changed = { conclusion: 'failure', [field]: value };
    const told = [
      signalOf('status', githubStatus({ state: 'error', [field]: value })),
      signalOf('check_run', checkRun(changed)),
      signalOf('check_suite', checkSuite(changed)),
      signalOf('workflow_run', workflowRun(changed)),
    ];
    for (const one of told) expect(one).toMatchObject({ state: 'failure', commit: COMMIT });
  });
});
