// GitHub: commit statuses, check runs, check suites and workflow runs, each as one result about a commit.
//
// Source: GitHub, "Webhook events and payloads" and "REST API endpoints for check runs" (read 2026-10).

import * as z from 'zod';
import {
  commit,
  type Delivery,
  ignored,
  instant,
  link,
  type Misshapen,
  name,
  type Reading,
  resultOf,
  type Sender,
  shape,
} from './sender.ts';
import type { SignalState } from './signal.ts';

/** One result as an event tells it. */
interface Told {
  readonly name: string;
  readonly commit: string;
  readonly state: SignalState;
  readonly url: string | null;
  /** Epoch ms; null where the event has none: the time it came in will do. */
  readonly at: number | null;
}

const text = z.string();
const progress = { status: text.nullish(), conclusion: text.nullish(), head_sha: commit };

/**
 * What a status, or a conclusion, comes to. `neutral` and `skipped` let a pull request through at GitHub too. A word
 * that is not here, one that GitHub adds some day included, is a failure: it must not promote anything.
 */
const SUCCESSES: ReadonlySet<string> = new Set(['success', 'neutral', 'skipped']);

function concluded(word: string): SignalState {
  return SUCCESSES.has(word) ? 'success' : 'failure';
}

/** Of a check or workflow: pending until `completed`, whatever conclusion an earlier try has left there. */
function stateOf(it: {
  status?: string | null | undefined;
  conclusion?: string | null | undefined;
}): SignalState {
  return it.status === 'completed' && it.conclusion ? concluded(it.conclusion) : 'pending';
}

const status = z
  .object({ sha: commit, context: name, state: text, target_url: link, updated_at: instant })
  .transform(
    (it): Told => ({
      name: it.context,
      commit: it.sha,
      state: it.state === 'pending' ? 'pending' : concluded(it.state),
      url: it.target_url,
      at: it.updated_at,
    }),
  );

/**
 * Its name is the job's. Two workflows with a job of one name tell of both under that name; the later one counts.
 *
 * A run that waits for its start may have no time at all. The time it came in would not do: the result of a short run
 * could seem older than that, and the run would stay pending for ever.
 */
const checkRun = z
  .object({
    check_run: z.object({
      ...progress,
      name,
      html_url: link,
      started_at: instant.nullish(),
      completed_at: instant.nullish(),
    }),
  })
  .transform(({ check_run: it }): Told | string => {
    const state = stateOf(it);
    const at = (state === 'pending' ? it.started_at : it.completed_at) ?? null;
    if (state === 'pending' && at === null) return 'check_run that has not started';
    return { name: it.name, commit: it.head_sha, state, url: it.html_url, at };
  });

/**
 * Named by the slug of its app. Every workflow of GitHub Actions makes a suite of the same app, which does not tell
 * which workflow it is: the success of one would hide the failure of another, so those are left to `workflow_run`.
 */
const ACTIONS = 'github-actions';

const checkSuite = z
  .object({
    check_suite: z.object({
      ...progress,
      updated_at: instant,
      app: z.object({ slug: name.nullish(), name }),
    }),
  })
  .transform(({ check_suite: it }): Told | string => {
    const app = it.app.slug ?? it.app.name;
    if (app === ACTIONS || it.app.name === 'GitHub Actions') {
      return 'check_suite of GitHub Actions, which does not name its workflow: send workflow_run';
    }
    return { name: app, commit: it.head_sha, state: stateOf(it), url: null, at: it.updated_at };
  });

const workflowRun = z
  .object({
    workflow_run: z.object({ ...progress, name, html_url: link, updated_at: instant }),
  })
  .transform(
    ({ workflow_run: it }): Told => ({
      name: it.name,
      commit: it.head_sha,
      state: stateOf(it),
      url: it.html_url,
      at: it.updated_at,
    }),
  );

/** A string: it is ignored, and why. */
const EVENTS: ReadonlyMap<string, z.ZodType<Told | string>> = new Map<string, z.ZodType<Told | string>>([
  ['status', status],
  ['check_run', checkRun],
  ['check_suite', checkSuite],
  ['workflow_run', workflowRun],
]);

export const github: Sender = {
  scheme: 'github',
  parse({ body, headers, digest, receivedAt }: Delivery): Reading | Misshapen {
    const event = word(headers['x-github-event']);
    const schema = EVENTS.get(event);
    // `X-GitHub-Delivery` is not under the signature: whoever replays a delivery could give it a new one.
    const note = `${event} (X-GitHub-Delivery ${word(headers['x-github-delivery'])})`;
    if (schema === undefined) return ignored(digest, `${note}: not an event that is used`);
    const read = shape(schema, body);
    if (!read.ok) return read;
    if (typeof read.value === 'string') return ignored(digest, read.value);
    const at = read.value.at ?? receivedAt;
    return resultOf({ ...read.value, at, source: 'github', deliveryId: digest }, note);
  },
};

/** A header as a word that a log can hold. */
function word(value: string | undefined): string {
  return value !== undefined && /^[\w-]{1,64}$/.test(value) ? value : 'unknown';
}
