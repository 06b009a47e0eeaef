// Subscriptions to an app's events, one per app, and the log of deliveries (heroku/webhooks-docs, schema).

import { invalid, notFound } from '../errors.ts';
import { type Answer, type Ask, fields, findApp, list, param, type Route, route, text } from '../route.ts';
import { delivery, event, webhook } from '../serialise-account.ts';
import type { DeliveryState, WebhookState } from '../state.ts';

const ENTITIES = new Set(
  'addon-attachment addon app build collaborator domain dyno formation release sni-endpoint'
    .split(' ')
    .map((entity) => `api:${entity}`),
);

function webhooksOf(ask: Ask): WebhookState[] {
  const { id } = findApp(ask);
  return Object.values(ask.world.state.webhooks).filter(({ appId }) => appId === id);
}

function findWebhook(ask: Ask): WebhookState {
  const found = webhooksOf(ask).find(({ id }) => id === param(ask, 'webhook'));
  if (found === undefined) throw notFound('webhook');
  return found;
}

function includeOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid('include must be a list of entities.');
  return value.map((entity) => {
    if (!ENTITIES.has(text(entity, 'include'))) throw invalid(`include: ${String(entity)} is not an entity.`);
    return String(entity);
  });
}

function levelOf(value: unknown): 'notify' | 'sync' {
  if (value !== 'notify' && value !== 'sync') throw invalid('level must be notify or sync.');
  return value;
}

function urlOf(value: unknown): string {
  const url = text(value, 'url');
  if (!URL.canParse(url)) throw invalid('url must be a URL.');
  return url;
}

const optionalText = (value: unknown, path: string): string | null =>
  value === undefined || value === null ? null : text(value, path);

function createWebhook(ask: Ask): Answer {
  const { world } = ask;
  const app = findApp(ask);
  const body = fields(ask.body, 'body', ['include', 'level', 'url'], ['secret', 'authorization']);
  if (webhooksOf(ask).length > 0) throw invalid('This app already has a webhook.');
  const given = optionalText(body['secret'], 'secret');
  const now = world.now();
  const created: WebhookState = {
    id: world.mint(),
    appId: app.id,
    include: includeOf(body['include']),
    level: levelOf(body['level']),
    url: urlOf(body['url']),
    secret: given ?? `${world.mint()}${world.mint()}`.replaceAll('-', ''),
    authorization: optionalText(body['authorization'], 'authorization'),
    createdAt: now,
    updatedAt: now,
  };
  world.state.webhooks[created.id] = created;
  world.touch();
  // A secret that Heroku made up is told once, here.
  const headers: Record<string, string> = given === null ? { 'Heroku-Webhook-Secret': created.secret } : {};
  return { status: 201, headers, json: webhook(ask, created) };
}

function updateWebhook(ask: Ask): Answer {
  const found = findWebhook(ask);
  const body = fields(ask.body, 'body', [], ['include', 'level', 'url', 'secret', 'authorization']);
  const include = body['include'] === undefined ? found.include : includeOf(body['include']);
  const level = body['level'] === undefined ? found.level : levelOf(body['level']);
  const url = body['url'] === undefined ? found.url : urlOf(body['url']);
  const secret = optionalText(body['secret'], 'secret') ?? found.secret;
  const authorization = optionalText(body['authorization'], 'authorization') ?? found.authorization;
  Object.assign(found, { include, level, url, secret, authorization, updatedAt: ask.world.now() });
  ask.world.touch();
  return { json: webhook(ask, found) };
}

function deleteWebhook(ask: Ask): Answer {
  const found = findWebhook(ask);
  const answer = { json: webhook(ask, found) };
  delete ask.world.state.webhooks[found.id];
  ask.world.touch();
  return answer;
}

function deliveries(ask: Ask): DeliveryState[] {
  const { id } = findApp(ask);
  const status = ask.query.get('eq[status]');
  return ask.world.state.deliveries.filter(
    (each) => each.appId === id && (status === null || each.status === status),
  );
}

function findDelivery(ask: Ask): Answer {
  const found = deliveries(ask).find(({ id }) => id === param(ask, 'delivery'));
  if (found === undefined) throw notFound('webhook_delivery');
  return { json: delivery(ask, found) };
}

function findEvent(ask: Ask): Answer {
  const found = deliveries(ask).find(({ eventId }) => eventId === param(ask, 'event'));
  if (found === undefined) throw notFound('webhook_event');
  return { json: event(found) };
}

export const webhookRoutes: readonly Route[] = [
  route('GET /apps/{app}/webhooks', (ask) => ({ json: webhooksOf(ask).map((each) => webhook(ask, each)) })),
  route('POST /apps/{app}/webhooks', createWebhook),
  route('GET /apps/{app}/webhooks/{webhook}', (ask) => ({ json: webhook(ask, findWebhook(ask)) })),
  route('PATCH /apps/{app}/webhooks/{webhook}', updateWebhook),
  route('DELETE /apps/{app}/webhooks/{webhook}', deleteWebhook),
  route('GET /apps/{app}/webhook-deliveries', (ask) => {
    const orders = { seq: ({ seq }: DeliveryState) => seq, id: ({ id }: DeliveryState) => id };
    return list(ask, deliveries(ask), orders, (each) => delivery(ask, each));
  }),
  route('GET /apps/{app}/webhook-deliveries/{delivery}', findDelivery),
  route('GET /apps/{app}/webhook-events/{event}', findEvent),
];
