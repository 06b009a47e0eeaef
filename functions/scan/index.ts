// What Lambda runs as `scan`: the handler with everything it touches.

import { createEventBridgeBus } from '../../shared/bus/event-bridge.ts';
import { systemClock as clock } from '../../shared/clock.ts';
import { configOfParameters } from '../../shared/config/parameters.ts';
import { createHerokuAccess } from '../../shared/parameters/heroku-access.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import { createSsmParameters } from '../../shared/parameters/ssm.ts';
import { createDynamoTable } from '../../shared/table/dynamo.ts';
import { dynamoClient, eventBridgeClient, ssmClient } from '../aws.ts';
import { readEnvironment } from '../environment.ts';
import { createDeployedHeroku } from '../heroku.ts';
import { createTelemetry } from '../telemetry.ts';
import { createScan, type ScanEvent } from './handler.ts';

const { tableName, busName, prefix, tickMs } = readEnvironment(process.env);
const names = parameterNames(prefix);
const parameters = createSsmParameters(ssmClient());
const access = createHerokuAccess({ parameters, names, readOnly: true, clock });
const heroku = createDeployedHeroku(access, names, clock);
const { log, measure, begin } = createTelemetry('scan', prefix);

const scan = createScan({
  clock,
  config: configOfParameters(parameters, names),
  heroku: heroku.reads,
  callsLeft: heroku.callsLeft,
  table: createDynamoTable({ tableName, client: dynamoClient() }),
  bus: createEventBridgeBus({ busName, client: eventBridgeClient() }),
  log,
  measure,
  tickMs,
});

type Context = Parameters<typeof scan>[1];

export async function handler(event: ScanEvent, context: Context) {
  begin(context.awsRequestId);
  try {
    return await scan(event, context);
  } finally {
    heroku.close();
  }
}
