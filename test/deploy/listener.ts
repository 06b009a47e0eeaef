// Somebody who listens to Sluice's events: a rule on its bus, and a queue.

import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../../shared/bus/event-bridge.ts';
import type { SluiceEvent } from '../../shared/events.ts';
import type { Aws } from './local-aws/aws.ts';
import { ACCOUNT, REGION } from './local-aws/environment.ts';

export interface EventQueue {
  /** Every event since it was made, in the order they came in. */
  all(): Promise<readonly SluiceEvent[]>;
}

export async function listenTo(aws: Aws, busName: string): Promise<EventQueue> {
  const name = `listener-of-${busName}`.slice(0, 60);
  const { QueueUrl } = await aws.json('sqs', 'AmazonSQS.CreateQueue', { QueueName: name });
  const EventPattern = JSON.stringify({ source: [EVENT_SOURCE] });
  await aws.events.send(new PutRuleCommand({ Name: name, EventBusName: busName, EventPattern }));
  const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}` }];
  await aws.events.send(new PutTargetsCommand({ Rule: name, EventBusName: busName, Targets }));
  const heard: SluiceEvent[] = [];
  return {
    async all() {
      for (;;) {
        const { Messages = [] } = (await aws.json('sqs', 'AmazonSQS.ReceiveMessage', {
          QueueUrl,
          MaxNumberOfMessages: 10,
        })) as { Messages?: { Body: string; ReceiptHandle: string }[] };
        if (Messages.length === 0) return heard;
        for (const { Body, ReceiptHandle } of Messages) {
          heard.push((JSON.parse(Body) as { detail: SluiceEvent }).detail);
          await aws.json('sqs', 'AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle });
        }
      }
    },
  };
}
