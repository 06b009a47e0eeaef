// The metrics that alarms and dashboard look at, as CDK has them. Without labels: an alarm on a labelled metric is a
// metric-math alarm to CloudFormation.

import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { METRIC_NAMESPACE, type MetricName } from '../../shared/metrics.ts';
import type { FunctionName } from '../bundle.ts';
import type { Watched } from './table.ts';

/** What the stack is made of, as far as it is watched. */
export interface Parts {
  /** The dimension of Sluice's own metrics: the prefix without its first slash. */
  readonly service: string;
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  readonly deadLetters: IQueue;
}

/** One of Sluice's own metrics. */
export function sluiceMetric(
  service: string,
  metricName: MetricName,
  statistic: 'Sum' | 'Maximum' | 'Minimum',
  period: Duration,
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { service },
    statistic,
    period,
  });
}

export function metricOf(
  watched: Watched,
  { service, functions, deadLetters }: Parts,
  minutes: number,
): IMetric {
  const period = Duration.minutes(minutes);
  switch (watched.kind) {
    case 'sluice':
      return sluiceMetric(service, watched.metric, watched.statistic, period);
    case 'errors':
      return functions[watched.of].metricErrors({ period });
    case 'failed-deliveries':
      // A crash counts as both, so the larger is the number of deliveries.
      return new MathExpression({
        expression: 'MAX([FILL(crashed, 0), FILL(answered, 0)])',
        usingMetrics: {
          crashed: functions.webhook.metricErrors({ period }),
          answered: functions.webhook.metric('Url5xxCount', { period, statistic: 'Sum' }),
        },
        period,
        label: 'webhook',
      });
    case 'throttles':
      return new MathExpression({
        expression: 'SUM([FILL(scan, 0), FILL(promote, 0), FILL(webhook, 0)])',
        usingMetrics: {
          scan: functions.scan.metricThrottles({ period }),
          promote: functions.promote.metricThrottles({ period }),
          webhook: functions.webhook.metricThrottles({ period }),
        },
        period,
        label: 'Throttles',
      });
    case 'dead-letters':
      return deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
  }
}
