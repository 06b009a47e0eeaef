// The metrics that alarms and dashboard look at, as CDK has them. One metric each, without labels: an alarm on a sum or on
// a labelled metric is billed for every metric in it, and is a metric-math alarm to CloudFormation.

import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { METRIC_NAMESPACE, type MetricName } from '../../shared/metrics.ts';
import type { ChangingVerb } from '../../shared/operations/verbs.ts';
import type { FunctionName } from '../bundle.ts';
import type { Watched } from './table.ts';

/** What the stack is made of, as far as it is watched. */
export interface Parts {
  /** The dimension of Sluice's own metrics: the prefix without its first slash. */
  readonly service: string;
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  /** Each does one verb of `api`. */
  readonly verbs: Readonly<Record<ChangingVerb, IFunction>>;
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
      return functions.webhook.metric('Url5xxCount', { period, statistic: 'Sum' });
    case 'throttles':
      return functions[watched.of].metricThrottles({ period });
    case 'dead-letters':
      return deadLetters.metricNumberOfMessagesSent({ period, statistic: 'Sum' });
  }
}
