// CloudWatch alarms, made from alarms/table.ts: each tells its topic when it goes off and when it is over.

import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { stackNameOf } from '../shared/service.ts';
import { metricOf, type Parts } from './alarms/metrics.ts';
import { type AlarmSpec, alarmTable } from './alarms/table.ts';

export interface AlarmsProps extends Parts {
  /** The distance of ticks. */
  readonly tickMinutes: number;
  readonly topic: ITopic;
  /** Where the runbook is read. @default docs/runbook.md */
  readonly runbookUrl?: string;
}

const COMPARISONS = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

const MISSING = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
  ignore: TreatMissingData.IGNORE,
} as const;

export class Alarms extends Construct {
  /** In the order of the runbook. */
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    allowAlarms(props.topic);
    const action = new SnsAction(props.topic);
    this.all = alarmTable(props.tickMinutes).map((spec) => {
      const alarm = new Alarm(this, spec.name, {
        alarmName: `${stackNameOf(props.service)}-${spec.name}`,
        alarmDescription: descriptionOf(spec, props.runbookUrl),
        metric: metricOf(spec.watches, props, spec.periodMinutes),
        comparisonOperator: COMPARISONS[spec.breachesWhen],
        threshold: spec.threshold,
        datapointsToAlarm: spec.breaches,
        evaluationPeriods: spec.periods,
        treatMissingData: MISSING[spec.missing],
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
  }
}

/**
 * A topic with any policy of its own, such as one that asks for TLS, has lost the default that lets the account's
 * alarms publish: they would go off and nobody would be told.
 */
function allowAlarms(topic: ITopic): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
    }),
  );
}

/** The fact, what it can mislead about, and where to read what to do. */
function descriptionOf(spec: AlarmSpec, runbookUrl = 'docs/runbook.md'): string {
  return `${spec.fact} ${spec.misleads} What to do: ${runbookUrl}#${spec.entry ?? spec.name}`;
}
