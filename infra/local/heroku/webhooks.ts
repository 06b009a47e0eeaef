// App webhooks: events are queued with the release they tell of, signed when they are due, and posted on request.
// Sends to loopback only. Source: heroku/webhooks-docs, and a payload recorded 2025-05.

import { createHmac } from 'node:crypto';
import { micro, uuidOf, zulu } from './ids.ts';
import { isEligibleForRollback } from './releases.ts';
import type { AppState, DeliveryState, ReleaseState, WebhookState } from './state.ts';
import type { World } from './world.ts';

// `sync` deliveries are tried for up to 72 hours, ever less often (Heroku changelog 2525).
const RETRY_FOR_MS = 72 * 60 * 60 * 1000;
const RETRY_GAP_MAX_MS = 60 * 60 * 1000;
const FINISHED_DELIVERIES_KEPT = 500;
const ANSWER_WITHIN_MS = 10_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

export interface SignedRequest {
  readonly deliveryId: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface DeliverOptions {
  /** Every delivery is posted this many times more. */
  readonly duplicates?: number;
  /** `reversed` posts the newest first. */
  readonly order?: 'created' | 'reversed';
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.has(new URL(url).hostname);
}

export function queueReleaseEvent(
  world: World,
  app: AppState,
  release: ReleaseState,
  action: 'create' | 'update',
  at: number,
): void {
  const webhook = Object.values(world.state.webhooks).find(
    ({ appId, include }) => appId === app.id && include.includes('api:release'),
  );
  if (webhook === undefined) return;
  const eventId = world.mint();
  const id = world.mint();
  const delivery: DeliveryState = {
    id,
    seq: (world.state.deliveries.at(-1)?.seq ?? 0) + 1,
    webhookId: webhook.id,
    appId: app.id,
    eventId,
    include: 'api:release',
    payload: {
      id: eventId,
      action,
      resource: 'release',
      actor: userOf(release.user),
      version: 'application/vnd.heroku+json; version=3',
      data: releaseData(world, app, release, at),
      previous_data: {},
      sequence: null,
      created_at: micro(at),
      updated_at: micro(at),
      published_at: zulu(at),
    },
    status: 'pending',
    attempts: 0,
    nextAttemptAt: at,
    lastAttempt: null,
    createdAt: at,
    updatedAt: at,
  };
  const finished = world.state.deliveries.filter(({ nextAttemptAt }) => nextAttemptAt === null);
  const dropped = new Set(finished.slice(0, Math.max(0, finished.length - FINISHED_DELIVERIES_KEPT)));
  world.state.deliveries = world.state.deliveries.filter((other) => !dropped.has(other));
  world.state.deliveries.push(delivery);
}

// Unlike a release read over the API, the event carries the commit (recorded payload).
function releaseData(
  world: World,
  app: AppState,
  release: ReleaseState,
  at: number,
): Record<string, unknown> {
  const artifact = world.artifact(release.artifactId);
  const isSlug = artifact?.type === 'slug';
  return {
    id: release.id,
    app: { id: app.id, name: app.name, process_tier: 'basic' },
    version: release.version,
    status: release.status,
    current: app.currentReleaseId === release.id,
    stack: app.stack,
    pstable: {},
    slug: isSlug
      ? { id: artifact.id, commit: artifact.commit, commit_description: artifact.description }
      : null,
    artifacts:
      artifact === null || artifact.type === 'docker' ? [] : [{ id: artifact.id, type: artifact.type }],
    user: userOf(release.user),
    description: release.description,
    output_stream_url: null,
    eligible_for_rollback: isEligibleForRollback(app, release, at),
    addon_plan_names: [],
    created_at: zulu(release.createdAt),
    updated_at: zulu(release.updatedAt),
  };
}

export function userOf(email: string): { id: string; email: string } {
  return { id: uuidOf(`user:${email}`), email };
}

interface Due {
  delivery: DeliveryState;
  webhook: WebhookState;
}

/** Deliveries whose time has come, oldest first; of a `sync` subscription only what no earlier one holds up. */
export function dueDeliveries(world: World): Due[] {
  const now = world.now();
  const heldUp = new Set<string>();
  const due: Due[] = [];
  for (const delivery of world.state.deliveries) {
    const webhook = world.state.webhooks[delivery.webhookId];
    if (webhook !== undefined && delivery.nextAttemptAt !== null && !heldUp.has(webhook.id)) {
      if (delivery.nextAttemptAt <= now) due.push({ delivery, webhook });
      else if (webhook.level === 'sync') heldUp.add(webhook.id);
    }
  }
  return due;
}

export function signedRequest({ delivery, webhook }: Due): SignedRequest {
  const body = JSON.stringify({
    ...delivery.payload,
    webhook_metadata: {
      attempt: { id: attemptId(delivery) },
      delivery: { id: delivery.id },
      event: { id: delivery.eventId, include: delivery.include },
      webhook: { id: webhook.id },
    },
  });
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'Heroku-Webhook-Hmac-SHA256': createHmac('sha256', webhook.secret).update(body).digest('base64'),
  };
  if (webhook.authorization !== null) headers['Authorization'] = webhook.authorization;
  return { deliveryId: delivery.id, url: webhook.url, headers, body };
}

const attemptId = (delivery: DeliveryState): string => uuidOf(`${delivery.id}:${delivery.attempts}`);

/** Posts what is due, one after the other. What a `sync` subscriber refuses is tried again, and holds up what follows. */
export async function deliver(world: World, options: DeliverOptions): Promise<SignedRequest[]> {
  const due = dueDeliveries(world);
  if (options.order === 'reversed') due.reverse();
  const sent: SignedRequest[] = [];
  const heldUp = new Set<string>();
  for (const each of due) {
    if (heldUp.has(each.webhook.id)) continue;
    const request = signedRequest(each);
    const outcome = await post(request);
    sent.push(request);
    for (let again = 0; again < (options.duplicates ?? 0); again += 1) {
      await post(request);
      sent.push(request);
    }
    world.change(() => settleDelivery(world, each, outcome));
    if (each.delivery.status === 'retrying') heldUp.add(each.webhook.id);
  }
  return sent;
}

async function post(request: SignedRequest): Promise<{ code: number | null; error: string | null }> {
  if (!isLoopback(request.url)) return { code: null, error: 'not a loopback address' };
  try {
    const { url, headers, body } = request;
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await answer.arrayBuffer();
    return { code: answer.status, error: answer.ok ? null : `HTTP ${answer.status}` };
  } catch (error) {
    return { code: null, error: error instanceof Error ? error.name : 'Error' };
  }
}

function settleDelivery(
  world: World,
  { delivery, webhook }: Due,
  outcome: { code: number | null; error: string | null },
): void {
  const now = world.now();
  const gap = Math.min(RETRY_GAP_MAX_MS, 1000 * 2 ** delivery.attempts);
  delivery.lastAttempt = { id: attemptId(delivery), ...outcome, at: now };
  delivery.attempts += 1;
  delivery.updatedAt = now;
  if (outcome.error === null) {
    delivery.status = 'succeeded';
    delivery.nextAttemptAt = null;
  } else if (webhook.level === 'sync' && now + gap - delivery.createdAt <= RETRY_FOR_MS) {
    delivery.status = 'retrying';
    delivery.nextAttemptAt = now + gap;
  } else {
    delivery.status = 'failed';
    delivery.nextAttemptAt = null;
  }
}
