// One dashboard, in the order of the runbook: what to type, the alarms, then what each of them watches.

import { Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MetricName } from '../shared/metrics.ts';
import { stackNameOf } from '../shared/service.ts';
import { metricOf, type Parts, sluiceMetric } from './alarms/metrics.ts';
import { FUNCTIONS, type FunctionName } from './bundle.ts';

export interface SluiceDashboardProps extends Parts {
  /** The distance of ticks: one point in a graph. */
  readonly tickMinutes: number;
  /** In the order of the runbook. */
  readonly alarms: readonly IAlarm[];
  readonly logGroups: Readonly<Record<FunctionName, ILogGroup>>;
}

/** A dashboard is 24 units wide. */
const WIDTH = 24;

export class SluiceDashboard extends Construct {
  /** Where it is in the CloudWatch console, of the commercial partition. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: SluiceDashboardProps) {
    super(scope, id);
    const dashboardName = stackNameOf(props.service);
    new Dashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(3),
      widgets: [
        [whatToType(props)],
        [
          new AlarmStatusWidget({
            title: 'Alarms',
            alarms: [...props.alarms],
            sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
            width: WIDTH,
            height: 3,
          }),
        ],
        ...rowsOf(props),
        [latestTrouble(props)],
      ],
    });
    const { region } = Stack.of(this);
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  }
}

/** A graph's title ends with the alarms that watch it, which are entries of the runbook. */
function rowsOf(props: SluiceDashboardProps): readonly IWidget[][] {
  const { tickMinutes } = props;
  const period = Duration.minutes(tickMinutes);
  const own = (name: MetricName, statistic: 'Sum' | 'Maximum' | 'Minimum'): IMetric =>
    sluiceMetric(props.service, name, statistic, period);
  const all: readonly (readonly [string, IFunction])[] = [
    ...Object.entries(props.functions),
    ...Object.entries(props.verbs),
  ];
  const each = (make: (fn: IFunction, label: string) => IMetric): IMetric[] =>
    all.map(([label, fn]) => make(fn, label));
  const of = (name: FunctionName) => props.functions[name];
  return [
    row([
      graph('Ticks: no-tick', [own('TicksSucceeded', 'Sum')]),
      graph('What a tick finds: configuration, pipeline-behind, outcome-unknown', [
        own('ConfigurationProblems', 'Maximum'),
        own('PipelinesBehind', 'Maximum'),
        own('OutcomesUnknown', 'Maximum'),
      ]),
      graph('Promotions: promotion-failed, safety', [
        own('PromotionsSucceeded', 'Sum'),
        own('PromotionsFailed', 'Sum'),
        own('SafetyAlarms', 'Sum'),
      ]),
      graph('Due, and no run finishes: pipeline-unseen', [own('PipelinesUnseen', 'Maximum')]),
    ]),
    row([
      graph('Errors: scan-errors, promote-errors, webhook-errors', [
        of('scan').metricErrors({ period, label: 'scan' }),
        of('promote').metricErrors({ period, label: 'promote' }),
        metricOf({ kind: 'failed-deliveries' }, props, tickMinutes),
        of('api').metric('Url5xxCount', { period, statistic: 'Sum', label: 'api' }),
        ...Object.entries(props.verbs).map(([label, fn]) =>
          fn.metric('Url5xxCount', { period, statistic: 'Sum', label }),
        ),
      ]),
      graph(
        'Throttles: throttles',
        each((fn, label) => fn.metricThrottles({ period, label })),
      ),
      graph(
        'Duration, p99',
        each((fn, label) => fn.metricDuration({ period, statistic: 'p99', label })),
      ),
      graph(
        'Running at once',
        each((fn, label) => fn.metric('ConcurrentExecutions', { period, statistic: 'Maximum', label })),
      ),
    ]),
    row([
      graph('Webhook: webhook-rejections', [
        of('webhook').metric('UrlRequestCount', { period, statistic: 'Sum', label: 'requests' }),
        own('WebhooksRejected', 'Sum'),
      ]),
      graph('Dead letters: dead-letters', [
        metricOf({ kind: 'dead-letters' }, props, tickMinutes),
        props.deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      ]),
      graph("Heroku's rate limit: heroku-calls-low", [own('HerokuCallsLeft', 'Minimum')]),
    ]),
  ];
}

function row(graphs: readonly ((width: number) => IWidget)[]): IWidget[] {
  return graphs.map((make) => make(WIDTH / graphs.length));
}

function graph(title: string, metrics: IMetric[]): (width: number) => IWidget {
  return (width) => new GraphWidget({ title, left: metrics, leftYAxis: { min: 0 }, width, height: 6 });
}

function whatToType({ service, logGroups }: SluiceDashboardProps): IWidget {
  const where = ` --prefix /${service}`;
  const markdown = [
    `What runs where, and why it waits: \`./sluice status${where}\`, \`./sluice why PIPELINE${where}\``,
    `What is amiss with the installation: \`./sluice doctor${where}\``,
    `Stop: \`./sluice hold PIPELINE --reason "…"${where}\`. What to do about an alarm: \`docs/runbook.md\`, in this order`,
    ...FUNCTIONS.map(
      (name) => `Log of ${name}: \`aws logs tail ${logGroups[name].logGroupName} --since 1h\``,
    ),
  ];
  return new TextWidget({ markdown: markdown.join('\n\n'), width: WIDTH, height: 6 });
}

function latestTrouble({ logGroups }: SluiceDashboardProps): IWidget {
  return new LogQueryWidget({
    title: 'Latest warnings and errors',
    logGroupNames: FUNCTIONS.map((name) => logGroups[name].logGroupName),
    queryLines: [
      'fields @timestamp, level, function, message',
      'filter level in ["WARN", "ERROR"]',
      'sort @timestamp desc',
      'limit 30',
    ],
    width: WIDTH,
    height: 6,
  });
}
