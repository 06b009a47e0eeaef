// CircleCI: a completed job or workflow as one result about a commit.
//
// Only ends are sent, never starts, so there is no `pending` from CircleCI. Source: CircleCI, "Outbound webhooks" and
// "Outbound webhooks reference" (read 2026-10), and payloads that others have recorded.

import * as z from 'zod';
import {
  commit,
  type Delivery,
  eventId,
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

/**
 * `vcs` is there for pipelines that the older GitHub and Bitbucket integrations start; those of the GitHub App and of
 * GitLab say what was checked out in their trigger's parameters.
 */
const revision = z
  .object({
    vcs: z.object({ revision: commit.nullish() }).nullish(),
    trigger_parameters: z
      .object({ git: z.object({ checkout_sha: commit.or(z.literal('')).nullish() }).nullish() })
      .nullish(),
  })
  .transform((it) => it.vcs?.revision || it.trigger_parameters?.git?.checkout_sha || null);

const common = { id: eventId, happened_at: instant, pipeline: revision };

const ended = z.discriminatedUnion('type', [
  z.object({
    ...common,
    type: z.literal('job-completed'),
    job: z.object({ name, status: z.string() }),
    workflow: z.object({ url: link }),
  }),
  z.object({
    ...common,
    type: z.literal('workflow-completed'),
    workflow: z.object({ name, status: z.string(), url: link }),
  }),
]);

const any = z.object({ id: eventId, type: z.string() });
const USED: ReadonlySet<string> = new Set(['job-completed', 'workflow-completed']);

/** `failed`, `error`, `canceled`, `unauthorized`, and words that are not known, are failures. */
function stateOf(status: string): SignalState {
  return status === 'success' ? 'success' : 'failure';
}

export const circleci: Sender = {
  scheme: 'circleci',
  parse({ body }: Delivery): Reading | Misshapen {
    const event = shape(any, body);
    if (!event.ok) return event;
    const { id: deliveryId, type } = event.value;
    if (type === 'ping') return ignored(deliveryId, 'ping');
    if (!USED.has(type)) return ignored(deliveryId, 'not an event that is used');
    const read = shape(ended, body);
    if (!read.ok) return read;
    const it = read.value;
    if (it.pipeline === null) return ignored(deliveryId, `${type} without a commit`);
    // A job goes by the name that CircleCI gives its status at GitHub, so that a check finds both under one name.
    const result =
      it.type === 'job-completed'
        ? { name: `ci/circleci: ${it.job.name}`, state: stateOf(it.job.status) }
        : { name: it.workflow.name, state: stateOf(it.workflow.status) };
    const told = { commit: it.pipeline, url: it.workflow.url, at: it.happened_at };
    return resultOf({ ...result, ...told, source: 'circleci', deliveryId }, type);
  },
};
