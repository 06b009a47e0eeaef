// Sluice as it runs in an AWS account. Read this first: the schedule fires `scan`; `scan` puts one event on the bus for
// each pipeline that is due; each event starts one run of `promote`; `webhook` takes what CI and Heroku send, records it
// and wakes `scan`; `api` takes what operators say. The table is lock and audit. Alarms watch.

import {
  Annotations,
  CfnOutput,
  Duration,
  Fn,
  RemovalPolicy,
  Stack,
  type StackProps,
  Tags,
} from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import project from '../package.json' with { type: 'json' };
import { CHANGING_VERBS, type ChangingVerb } from '../shared/operations/verbs.ts';
import { DEFAULT_PREFIX, parameterNames, type StackParts } from '../shared/parameters/names.ts';
import { serviceOf } from '../shared/service.ts';
import { Alarms } from './alarms.ts';
import { Api } from './api.ts';
import { FUNCTIONS, type FunctionName } from './bundle.ts';
import { SluiceBus } from './bus.ts';
import type { StackContext } from './context.ts';
import { SluiceDashboard } from './dashboard.ts';
import { Promote } from './promote.ts';
import { Scan } from './scan.ts';
import { SluiceTable } from './table.ts';
import { Webhook } from './webhook.ts';

export interface SluiceStackProps extends StackProps {
  readonly context: StackContext;
  /** What each function runs. */
  readonly code: (name: FunctionName) => Code;
}

export class SluiceStack extends Stack {
  constructor(scope: Construct, id: string, { context, code, ...props }: SluiceStackProps) {
    super(scope, id, props);
    const service = serviceOf(context.prefix);
    const names = parameterNames(context.prefix);
    warnOfNesting(this, context.prefix);
    Tags.of(this).add('app', 'sluice');
    Tags.of(this).add('sluice:service', service);

    const table = new SluiceTable(this, 'Table');
    const bus = new SluiceBus(this, 'Bus');
    const deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const box = { context, table, bus };
    const scan = new Scan(this, 'Scan', { ...box, deadLetters, code: code('scan') });
    const promote = new Promote(this, 'Promote', { ...box, deadLetters, code: code('promote') });
    const webhook = new Webhook(this, 'Webhook', { ...box, code: code('webhook') });
    const api = new Api(this, 'Api', { context, table, code: code('api') });

    const topic = new Topic(this, 'AlarmTopic', { enforceSSL: true });
    if (context.alarmEmail !== null) topic.addSubscription(new EmailSubscription(context.alarmEmail));
    const boxes = { scan, promote, webhook, api };
    const functions = perFunction((name) => boxes[name].fn.lambda);
    const logGroups = perFunction((name) => boxes[name].fn.logGroup);
    const verbs = perVerb((verb) => api.verbs[verb].fn.lambda);
    const watched = { service, functions, verbs, deadLetters, tickMinutes: context.tickMinutes };
    const alarms = new Alarms(this, 'Alarms', { ...watched, topic });
    const dashboard = new SluiceDashboard(this, 'Dashboard', { ...watched, alarms: alarms.all, logGroups });

    const webhookUrl = withoutSlash(webhook.url);
    const apiUrl = withoutSlash(api.url);
    const parts: StackParts = {
      tableName: table.tableName,
      busName: bus.eventBusName,
      webhookUrl,
      apiUrl,
      verbUrls: perVerb((verb) => withoutSlash(api.verbs[verb].url)),
      ...(context.secretKeys.length > 0 && { secretKeys: context.secretKeys }),
      version: project.version,
    };
    const parameter = new StringParameter(this, 'Parts', {
      parameterName: names.stack,
      description: 'Where the parts of this Sluice are. Written by cdk deploy; the sluice command reads it.',
      stringValue: this.toJsonString(parts),
    });
    parameter.applyRemovalPolicy(RemovalPolicy.DESTROY);

    const where = context.prefix === DEFAULT_PREFIX ? '' : ` --prefix ${context.prefix}`;
    this.#tell(
      'TableName',
      table.tableName,
      'Attempts, holds, signals. It stays when the stack is destroyed.',
    );
    this.#tell('BusName', bus.eventBusName, 'Every event of Sluice; add your own rules to listen.');
    this.#tell(
      'WebhookUrl',
      webhookUrl,
      'Senders post to /github, /circleci, /heroku, /signals/<source> below it.',
    );
    this.#tell('ConsoleUrl', dashboard.url, 'The dashboard, in the order of docs/runbook.md.');
    this.#tell(
      'ApiUrl',
      apiUrl,
      `What operators say goes there (${CHANGING_VERBS.map((verb) => `sluice ${verb}`).join(', ')}), if they may do all of it; each verb has an address of its own, too: docs/runbook.md, Who may.`,
    );
    this.#tell('ParameterPrefix', context.prefix, 'All configuration lies under it: docs/configuration.md.');
    this.#tell(
      'NextStep',
      `AWS_REGION=${this.region} ./sluice doctor${where}`,
      'Says what is missing, and the command for it.',
    );
  }

  #tell(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}

/** Whether there is a Sluice above, a deploy does not look up: `sluice doctor` does. */
function warnOfNesting(stack: Stack, prefix: string): void {
  if (!prefix.startsWith(`${DEFAULT_PREFIX}/`)) return;
  Annotations.of(stack).addWarningV2(
    'sluice:nested-prefix',
    `${prefix} lies below ${DEFAULT_PREFIX}: a Sluice there reads everything below it, this one's parameters too. Put prefixes side by side, as in ${prefix.replace(/^\/sluice\//, '/sluice-').replaceAll(/(?<=.)\//g, '-')}.`,
  );
}

function perVerb<T>(make: (verb: ChangingVerb) => T): Readonly<Record<ChangingVerb, T>> {
  return Object.fromEntries(CHANGING_VERBS.map((verb) => [verb, make(verb)])) as Record<ChangingVerb, T>;
}

function perFunction<T>(make: (name: FunctionName) => T): Readonly<Record<FunctionName, T>> {
  return Object.fromEntries(FUNCTIONS.map((name) => [name, make(name)])) as Record<FunctionName, T>;
}

/** Function URLs end in a slash; senders' paths begin with one. */
function withoutSlash(url: string): string {
  return Fn.join('', ['https://', Fn.select(2, Fn.split('/', url))]);
}
