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
    expect(told('status', githubStatus())).toEqual({
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

  test('is needed as long as it is pending, or its result could seem the older one', () => {
    const { signals, note } = told('check_run', checkRun({ status: 'queued', started_at: null }));
    expect([signals, note]).toEqual([[], 'check_run that has not started']);
  });
});

describe('GitHub is not taken at its word', () => {
  test('for events that are not used, pings among them', () => {
    for (const event of ['ping', 'push', 'pull_request', 'constructor', '__proto__', '']) {
      expect(told(event, githubStatus())).toMatchObject({ signals: [], concerns: [] });
    }
    expect(read(github, githubStatus())).toMatchObject({ signals: [], concerns: [] });
  });

  test('when a workflow’s suite would hide another’s: only workflow_run names its workflow', () => {
    const actions = { id: 15368, slug: 'github-actions', name: 'GitHub Actions' };
    const { signals, note } = told('check_suite', checkSuite({ app: actions }));
    expect(signals).toEqual([]);
    expect(note).toBe('check_suite of GitHub Actions, which does not name its workflow: send workflow_run');
  });

  test('when the event in the header, which is not signed, is not the event in the body', () => {
    expect(parse(github, checkRun(), { 'x-github-event': 'status' }).ok).toBe(false);
    expect(parse(github, workflowRun(), { 'x-github-event': 'check_run' }).ok).toBe(false);
  });

  test.each([
    [{ sha: '7c1d4e9' }, 'body: sha: found "7c1d4e9", expected a full commit of 40 hexadecimal digits'],
    [{ sha: undefined }, 'body: sha: found nothing, expected a full commit of 40 hexadecimal digits'],
    [{ context: '' }, 'body: context: found "", expected a name of 1 to 255 characters'],
    [
      { context: 'x'.repeat(256) },
      `body: context: found "${'x'.repeat(46)}…, expected a name of 1 to 255 characters`,
    ],
    [{ state: 1 }, 'body: state: found 1, expected a text'],
    [
      { updated_at: 'yesterday' },
      'body: updated_at: found "yesterday", expected an ISO-8601 time with its offset, like 2026-11-23T10:00:00Z',
    ],
    [
      { updated_at: '0001-01-01T00:00:00Z' },
      'body: updated_at: found "0001-01-01T00:00:00Z", expected an ISO-8601 time with its offset, like 2026-11-23T10:00:00Z',
    ],
  ])('when a status has %o', (changed, message) => {
    expect(problemOf(github, githubStatus(changed), { 'x-github-event': 'status' })).toBe(message);
  });
});
