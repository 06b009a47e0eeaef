// CircleCI: a completed job or workflow as one result about a commit.
//
// Only ends are sent, never starts, so there is no `pending` from CircleCI. What is run again is a new workflow of the
// same name, created later; the jobs of the older one count no more. The same commit on another branch or tag is built by
// itself, with other filters: neither's success is the other's. Source: CircleCI, "Outbound webhooks" and
// "Outbound webhooks reference" (read 2026-10), and payloads that others have recorded.

import * as z from 'zod';
import { orderOf } from './order.ts';
import {
  type Delivery,
  fullCommit,
  ignored,
  link,
  looseInstant,
  looseName,
  type Misshapen,
  number,
  type Reading,
  resultOf,
  type Sender,
  shape,
} from './sender.ts';
import type { SignalState } from './signal.ts';

const checkout = z
  .object({ checkout_sha: fullCommit, branch: looseName, tag: looseName })
  .nullish()
  .catch(null);

/**
 * `vcs` is there for pipelines that the older GitHub and Bitbucket integrations start; those of the GitHub App and of
 * GitLab say what was checked out in their trigger's parameters.
 */
const pipeline = z
  .object({
    number,
    vcs: z.object({ revision: fullCommit, branch: looseName, tag: looseName }).nullish().catch(null),
    trigger_parameters: z
      .object({ git: checkout, github_app: checkout, gitlab: checkout })
      .partial()
      .nullish()
      .catch(null),
  })
  .nullish()
  .catch(null)
  .transform((it) => {
    const by = it?.trigger_parameters;
    const said = [
      it?.vcs?.revision,
      by?.git?.checkout_sha,
      by?.github_app?.checkout_sha,
      by?.gitlab?.checkout_sha,
    ];
    const refs = [it?.vcs, by?.git, by?.github_app, by?.gitlab].flatMap(
      (one) => one?.branch ?? one?.tag ?? [],
    );
    return { number: it?.number ?? null, commit: said.find(Boolean) ?? null, ref: refs[0] ?? null };
  });

const project = z.object({ id: looseName, slug: looseName, name: looseName }).nullish().catch(null);
const workflow = { id: looseName, name: looseName, url: link, created_at: looseInstant };
const status = z.string().catch('');

const ended = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('job-completed'),
    happened_at: looseInstant,
    pipeline,
    project,
    job: z.object({ name: looseName, status, number, stopped_at: looseInstant }),
    workflow: z.object(workflow).nullish().catch(null),
  }),
  z.object({
    type: z.literal('workflow-completed'),
    happened_at: looseInstant,
    pipeline,
    project,
    workflow: z.object({ ...workflow, status, stopped_at: looseInstant }),
  }),
]);

const any = z.object({ id: z.unknown(), type: z.string() });
const USED: ReadonlySet<string> = new Set(['job-completed', 'workflow-completed']);

/** `failed`, `error`, `canceled`, `unauthorized`, and words that are not known, are failures. */
function stateOf(word: string): SignalState {
  return word === 'success' ? 'success' : 'failure';
}

export const circleci: Sender = {
  scheme: 'circleci',
  parse({ body, digest, receivedAt }: Delivery): Reading | Misshapen {
    const event = shape(any, body);
    if (!event.ok) return event;
    const { id, type } = event.value;
    const deliveryId = typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? id : digest;
    if (type === 'ping') return ignored(deliveryId, 'ping');
    if (!USED.has(type)) return ignored(deliveryId, 'not an event that is used');
    const read = shape(ended, body);
    if (!read.ok) return read;
    const it = read.value;
    const { commit, number: pipelineNumber, ref } = it.pipeline;
    if (commit === null) return ignored(deliveryId, `${type} without a commit`);
    const from = it.project?.id ?? it.project?.slug ?? it.project?.name ?? null;
    const flow = it.workflow?.name ?? null;
    const isJob = it.type === 'job-completed';
    const state = stateOf(isJob ? it.job.status : it.workflow.status);
    const createdAt = it.workflow?.created_at ?? null;
    // A job goes by the name that CircleCI gives its status at GitHub, so that a check finds both under one name.
    const name = isJob
      ? `ci/circleci: ${it.job.name ?? 'job without a name'}`
      : (flow ?? 'workflow without a name');
    const job = isJob ? it.job.name : null;
    // Without a creation the pipeline's number and the time of the event tell which is the later one.
    const order = orderOf(
      state,
      [createdAt ?? it.happened_at, pipelineNumber ?? 0, isJob ? (it.job.number ?? 0) : 0],
      it.happened_at,
    );
    const told = {
      name,
      state,
      order,
      identity: JSON.stringify([isJob ? 'job' : 'workflow', from, flow, job, ref]),
      commit,
      url: it.workflow?.url ?? null,
      at: it.happened_at ?? receivedAt,
    };
    return resultOf({ ...told, source: 'circleci', deliveryId }, type);
  },
};
