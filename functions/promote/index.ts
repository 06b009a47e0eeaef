// What Lambda runs as `promote`: the handler with everything it touches.

import { monotonicFactory } from 'ulid';
import { createEventBridgeBus } from '../../shared/bus/event-bridge.ts';
import { measuredBus } from '../../shared/bus/measured.ts';
import { systemClock as clock } from '../../shared/clock.ts';
import { createGitHub } from '../../shared/github/compare.ts';
import { createGitHubToken } from '../../shared/parameters/github-token.ts';
import { createHerokuAccess } from '../../shared/parameters/heroku-access.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import { createSsmParameters } from '../../shared/parameters/ssm.ts';
import { createDynamoTable } from '../../shared/table/dynamo.ts';
import { dynamoClient, eventBridgeClient, ssmClient } from '../aws.ts';
import { readBus } from '../environment.ts';
import { createDeployedHeroku } from '../heroku.ts';
import { createTelemetry } from '../telemetry.ts';
import { createPromoteFunction, type PromoteEvent } from './handler.ts';

const { tableName, busName, prefix } = readBus(process.env);
const names = parameterNames(prefix);
const parameters = createSsmParameters(ssmClient());
const access = createHerokuAccess({ parameters, names, readOnly: false, clock });
const heroku = createDeployedHeroku(access, names, clock);
const github = createGitHub({ token: createGitHubToken({ parameters, names, clock }), clock });
const table = createDynamoTable({ tableName, client: dynamoClient() });
const { log, measure, begin } = createTelemetry('promote', prefix);

const promote = createPromoteFunction({
  clock,
  newId: monotonicFactory(),
  heroku: heroku.reads,
  promote: heroku.promote,
  github,
  table,
  checks: { signals: table, status: heroku.status },
  bus: measuredBus(createEventBridgeBus({ busName, client: eventBridgeClient() }), measure),
  log,
  dryRun: false,
});

type Context = Parameters<typeof promote>[1];

export async function handler(event: PromoteEvent, context: Context) {
  begin(context.awsRequestId);
  try {
    return await promote(event, context);
  } finally {
    heroku.close();
  }
}
