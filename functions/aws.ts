// AWS as the functions reach it. Touches the network; nothing waits for it without end.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';

/**
 * After a freeze a kept connection may be dead without a word. The SDK tries three times, each time anew. The request's
 * limit counts until the headers are there, the socket's between any two bytes.
 */
export const requestHandler = (limitMs: number) => ({
  connectionTimeout: 2_000,
  requestTimeout: limitMs,
  throwOnRequestTimeout: true,
  socketTimeout: limitMs,
});

const settings = { requestHandler: requestHandler(5_000) };

export const dynamoClient = (): DynamoDBClient => new DynamoDBClient(settings);
export const eventBridgeClient = (): EventBridgeClient => new EventBridgeClient(settings);
export const ssmClient = (): SSMClient => new SSMClient(settings);
