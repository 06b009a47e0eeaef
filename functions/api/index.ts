// What Lambda runs as `api`, and as the function of one verb: the handler with everything it touches, which is the table.

import { monotonicFactory } from 'ulid';
import { systemClock as clock } from '../../shared/clock.ts';
import { createDynamoTable } from '../../shared/table/dynamo.ts';
import { dynamoClient } from '../aws.ts';
import { readTable, readVerbs } from '../environment.ts';
import { createTelemetry } from '../telemetry.ts';
import type { UrlEvent } from '../url.ts';
import { createApi } from './handler.ts';

const { tableName, prefix } = readTable(process.env);
const { log, begin } = createTelemetry('api', prefix);

const api = createApi(
  {
    table: createDynamoTable({ tableName, client: dynamoClient() }),
    clock,
    newId: monotonicFactory(),
    log,
  },
  readVerbs(process.env),
);

type Context = Parameters<typeof api>[1];

export function handler(event: UrlEvent, context: Context) {
  begin(context.awsRequestId);
  return api(event, context);
}
