// What Lambda runs as `webhook`: the handler with everything it touches. No token of Heroku's is within its reach.

import { createEventBridgeBus } from '../../shared/bus/event-bridge.ts';
import { systemClock as clock } from '../../shared/clock.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import { createSsmParameters } from '../../shared/parameters/ssm.ts';
import { createWebhookSecrets } from '../../shared/parameters/webhook-secrets.ts';
import { createDynamoTable } from '../../shared/table/dynamo.ts';
import { dynamoClient, eventBridgeClient, ssmClient } from '../aws.ts';
import { readBus } from '../environment.ts';
import { createTelemetry } from '../telemetry.ts';
import type { UrlEvent } from '../url.ts';
import { createWebhook } from './handler.ts';

const { tableName, busName, prefix } = readBus(process.env);
const names = parameterNames(prefix);
const parameters = createSsmParameters(ssmClient());
const { log, measure, begin } = createTelemetry('webhook', prefix);
const bus = createEventBridgeBus({ busName, client: eventBridgeClient() });

const webhook = createWebhook({
  secrets: createWebhookSecrets({ parameters, names, clock }),
  table: createDynamoTable({ tableName, client: dynamoClient() }),
  bus: { signalReceived: (signal) => bus.publish([{ type: 'SignalReceived', ...signal }]) },
  clock,
  log,
  measure,
  prefix,
});

type Context = Parameters<typeof webhook>[1];

export function handler(event: UrlEvent, context: Context) {
  begin(context.awsRequestId);
  return webhook(event, context);
}
