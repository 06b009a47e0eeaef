// A stack with nothing in it but what the alarms and the dashboard watch, as its template.

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Alarms } from '../../infra/alarms.ts';
import { SluiceDashboard } from '../../infra/dashboard.ts';
import { CHANGING_VERBS, type ChangingVerb } from '../../shared/operations/verbs.ts';

export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
    readonly query?: string;
  };
}

export interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly TreatMissingData?: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly Threshold: number;
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly MetricName?: string;
}

export interface Watched {
  readonly template: Template;
  readonly alarms: readonly AlarmProperties[];
  readonly dashboardName: string;
  readonly dashboardUrl: string;
  readonly widgets: readonly Widget[];
}

export function watched(
  options: { readonly service?: string; readonly tickMinutes?: number; readonly runbookUrl?: string } = {},
): Watched {
  const { service = 'sluice', tickMinutes = 1, runbookUrl } = options;
  const stack = new Stack(new App(), 'Test');
  const each = <T>(make: (id: string) => T) => ({
    scan: make('Scan'),
    promote: make('Promote'),
    webhook: make('Webhook'),
    api: make('Api'),
  });
  const lambda = (id: string): Lambda =>
    new Lambda(stack, id, {
      runtime: Runtime.NODEJS_LATEST,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {}'),
    });
  const functions = each(lambda);
  const logGroups = each((id) => new LogGroup(stack, `${id}Logs`));
  const verbs = Object.fromEntries(CHANGING_VERBS.map((verb) => [verb, lambda(`Verb-${verb}`)])) as Record<
    ChangingVerb,
    Lambda
  >;
  const parts = { service, functions, verbs, deadLetters: new Queue(stack, 'DeadLetters'), tickMinutes };
  const topic = new Topic(stack, 'Topic', { enforceSSL: true });
  const { all } = new Alarms(stack, 'Alarms', {
    ...parts,
    topic,
    ...(runbookUrl !== undefined && { runbookUrl }),
  });
  const dashboard = new SluiceDashboard(stack, 'Dashboard', { ...parts, alarms: all, logGroups });

  const template = Template.fromStack(stack);
  const [dashboardResource] = resourcesOf<{
    readonly DashboardName: string;
    readonly DashboardBody: unknown;
  }>(template, 'AWS::CloudWatch::Dashboard');
  const body = textOf(dashboardResource?.DashboardBody);

  return {
    template,
    alarms: resourcesOf<AlarmProperties>(template, 'AWS::CloudWatch::Alarm'),
    dashboardName: dashboardResource?.DashboardName ?? '',
    dashboardUrl: textOf(stack.resolve(dashboard.url)),
    widgets: (JSON.parse(body) as { readonly widgets: readonly Widget[] }).widgets,
  };
}

function resourcesOf<P>(template: Template, type: string): readonly P[] {
  return Object.values(template.findResources(type)).map(({ Properties }): P => Properties);
}

/** A template's text with `<LogicalId>` where CloudFormation puts something in. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const joined = (value as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] })['Fn::Join'];
  if (joined !== undefined) return joined[1].map(textOf).join(joined[0]);
  const { Ref: ref, 'Fn::GetAtt': got } = value as {
    readonly Ref?: string;
    readonly 'Fn::GetAtt'?: readonly string[];
  };
  return `<${ref ?? got?.join('.') ?? '?'}>`;
}

/** The alarms that a dashboard's graphs name behind the colon of their titles, in reading order. */
export function alarmsOnGraphs(widgets: readonly Widget[]): readonly string[] {
  return [...widgets]
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .flatMap(({ properties: { title = '' } }) => (title.split(': ')[1] ?? '').split(', '))
    .filter((name) => name !== '');
}
