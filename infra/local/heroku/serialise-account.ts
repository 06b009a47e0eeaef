// The shapes of what surrounds releases: accounts, teams, dynos, formation, features, webhooks. Pure reads of the world.
// Source: Heroku's schema v3 (2025-09-25).

import { uuidOf, zulu } from './ids.ts';
import { currentRelease } from './releases.ts';
import type { Json, View } from './serialise.ts';
import { team } from './serialise.ts';
import type { AppState, DeliveryState, WebhookState } from './state.ts';
import { userOf } from './webhooks.ts';

// Accounts and teams are as old as the first pipelines.
const LONG_AGO = '2015-01-01T00:00:00Z';

export function account(email: string): Json {
  return {
    ...userOf(email),
    allow_tracking: true,
    beta: false,
    country_of_residence: null,
    created_at: LONG_AGO,
    default_organization: null,
    default_team: null,
    delinquent_at: null,
    federated: false,
    identity_provider: null,
    last_login: LONG_AGO,
    name: null,
    sms_number: null,
    suspended_at: null,
    two_factor_authentication: false,
    updated_at: LONG_AGO,
    verified: true,
  };
}

export function teamDetails(name: string): Json {
  return {
    ...team(name),
    created_at: LONG_AGO,
    credit_card_collections: true,
    default: false,
    enterprise_account: null,
    identity_provider: null,
    membership_limit: null,
    provisioned_licenses: false,
    role: 'member',
    type: 'team',
    updated_at: LONG_AGO,
  };
}

/** One web dyno, up on the current release. */
export function dynos({ world }: View, app: AppState): Json[] {
  const release = currentRelease(app);
  if (release === null || world.artifact(release.artifactId) === null || app.scaled?.quantity === 0)
    return [];
  return [
    {
      app: { id: app.id, name: app.name },
      attach_url: null,
      command: 'node server.js',
      created_at: zulu(release.updatedAt),
      id: uuidOf(`dyno:${release.id}`),
      name: 'web.1',
      release: { id: release.id, version: release.version },
      size: 'Standard-1X',
      state: 'up',
      type: 'web',
      updated_at: zulu(release.updatedAt),
    },
  ];
}

export function formation(app: AppState): Json[] {
  // A row of type `release` says that there is a release phase (heroku/cli releases/retry.ts).
  return (app.phase === null ? ['web'] : ['release', 'web']).map((type) => ({
    app: { id: app.id, name: app.name },
    command: type === 'web' ? 'node server.js' : 'npm run migrate',
    created_at: zulu(app.createdAt),
    dyno_size: { id: uuidOf('dyno-size:Standard-1X'), name: 'Standard-1X' },
    id: uuidOf(`formation:${app.id}:${type}`),
    quantity: type === 'web' ? (app.scaled?.quantity ?? 1) : 0,
    size: 'Standard-1X',
    type,
    updated_at: zulu(type === 'web' ? (app.scaled?.at ?? app.createdAt) : app.createdAt),
  }));
}

export function preboot(app: AppState): Json {
  return {
    created_at: zulu(app.createdAt),
    description: 'Provide seamless web dyno deploys',
    display_name: 'Preboot',
    doc_url: 'https://devcenter.heroku.com/articles/preboot',
    enabled: app.preboot,
    feedback_email: 'feedback@example.com',
    id: uuidOf(`feature:${app.id}:preboot`),
    name: 'preboot',
    state: 'general',
    updated_at: zulu(app.createdAt),
  };
}

/** Secret and authorization are never given back. */
export function webhook({ world }: View, webhook: WebhookState): Json {
  return {
    app: { id: webhook.appId, name: world.state.apps[webhook.appId]?.name },
    created_at: zulu(webhook.createdAt),
    id: webhook.id,
    include: webhook.include,
    level: webhook.level,
    updated_at: zulu(webhook.updatedAt),
    url: webhook.url,
  };
}

export function delivery({ world }: View, delivery: DeliveryState): Json {
  const { lastAttempt } = delivery;
  return {
    created_at: zulu(delivery.createdAt),
    event: { id: delivery.eventId, include: delivery.include },
    id: delivery.id,
    last_attempt:
      lastAttempt === null
        ? null
        : {
            code: lastAttempt.code,
            created_at: zulu(lastAttempt.at),
            error_class: lastAttempt.error,
            id: lastAttempt.id,
            status: lastAttempt.error === null ? 'succeeded' : 'failed',
            updated_at: zulu(lastAttempt.at),
          },
    next_attempt_at: delivery.nextAttemptAt === null ? null : zulu(delivery.nextAttemptAt),
    num_attempts: delivery.attempts,
    status: delivery.status,
    updated_at: zulu(delivery.updatedAt),
    webhook: { id: delivery.webhookId, level: world.state.webhooks[delivery.webhookId]?.level ?? 'notify' },
  };
}

/** What the log keeps of an event is less than what was sent (schema). */
export function event(delivery: DeliveryState): Json {
  const { action, actor, data, previous_data, resource, version } = delivery.payload;
  return {
    created_at: zulu(delivery.createdAt),
    id: delivery.eventId,
    include: delivery.include,
    payload: { action, actor, data, previous_data, resource, version },
    updated_at: zulu(delivery.createdAt),
  };
}
