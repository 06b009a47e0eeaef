// AWS as the functions reach it. Touches the network; nothing waits for it without end.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';

/** After a freeze a kept connection may be dead without a word. The SDK tries three times, each time anew. */
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

export const dynamoClient = (): DynamoDBClient => new DynamoDBClient({ requestHandler });
export const eventBridgeClient = (): EventBridgeClient => new EventBridgeClient({ requestHandler });
export const ssmClient = (): SSMClient => new SSMClient({ requestHandler });
