// What CloudWatch is told to watch, and what people are told when it goes off.

import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { alarmTable } from '../../infra/alarms/table.ts';
import { type AlarmProperties, watched } from './watched.ts';

const table = alarmTable(1);
const { template, alarms } = watched();
const alarm = (name: string, from = alarms): AlarmProperties => {
  const found = from.find(({ AlarmName }) => AlarmName.endsWith(`-${name}`));
  if (found === undefined) throw new Error(`There is no alarm ${name}.`);
  return found;
};

describe('The alarms', () => {
  it('are one for each row of the table, in its order, named after the service', () => {
    expect(alarms.map(({ AlarmName }) => AlarmName)).toEqual(table.map(({ name }) => `sluice-${name}`));
  });

  it('have names that may be relied on', () => {
    expect(table.map(({ name }) => name)).toEqual([
      'no-tick',
      'configuration',
      'pipeline-behind',
      'outcome-unknown',
      'promotion-failed',
      'safety',
      'pipeline-unseen',
      'scan-errors',
      'promote-errors',
      'webhook-errors',
      'scan-throttles',
      'promote-throttles',
      'webhook-throttles',
      'webhook-rejections',
      'dead-letters',
      'heroku-calls-low',
    ]);
  });

  it('cost little: at most 16, each of a single metric, because CloudWatch bills every metric of a sum', () => {
    expect(alarms.length).toBeLessThanOrEqual(16);
    for (const one of alarms) expect(one.MetricName, one.AlarmName).toBeDefined();
  });

  it.each(alarms)(
    '$AlarmName says what missing data means, and tells when it begins and when it ends',
    (one) => {
      expect(one.TreatMissingData).toMatch(/^(breaching|notBreaching|ignore)$/);
      expect(one.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Topic/) }]);
      expect(one.OKActions).toEqual(one.AlarmActions);
    },
  );

  it.each(table)('$name is described: the fact, what it misleads about, the entry of the runbook', (spec) => {
    const { AlarmDescription: text } = alarm(spec.name);
    expect(text).toBe(`${spec.fact} ${spec.misleads} What to do: docs/runbook.md#${spec.entry ?? spec.name}`);
    // The most that CloudWatch takes.
    expect(text.length).toBeLessThanOrEqual(1024);
  });

  it('link to a runbook that is read elsewhere', () => {
    const elsewhere = watched({ runbookUrl: 'https://wiki.example.com/sluice' });
    expect(alarm('safety', elsewhere.alarms).AlarmDescription).toMatch(
      / What to do: https:\/\/wiki\.example\.com\/sluice#safety$/,
    );
  });

  it('may publish to a topic that has a policy of its own', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });
});

describe('When they go off', () => {
  it('no-tick: after five minutes without a tick that succeeded, and when nothing is heard at all', () => {
    expect(alarm('no-tick')).toMatchObject({
      Namespace: 'Sluice',
      MetricName: 'TicksSucceeded',
      Dimensions: [{ Name: 'service', Value: 'sluice' }],
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'breaching',
    });
  });

  it.each([
    { tickMinutes: 1, seconds: 300 },
    { tickMinutes: 2, seconds: 360 },
    { tickMinutes: 15, seconds: 2700 },
  ])(
    'no-tick: after three ticks, five minutes at least ($tickMinutes min: $seconds s)',
    ({ tickMinutes, seconds }) => {
      const { alarms: some } = watched({ tickMinutes });
      expect(alarm('no-tick', some).Period).toBe(seconds);
      expect(alarm('no-tick', some).AlarmDescription).toContain(`for ${seconds / 60} minutes`);
    },
  );

  it.each([
    { name: 'scan-errors', metric: 'Errors', fn: 'Scan' },
    { name: 'promote-errors', metric: 'Errors', fn: 'Promote' },
  ])(
    '$name: three bad minutes of five, so that one hiccup of Heroku wakes nobody',
    ({ name, metric, fn }) => {
      expect(alarm(name)).toMatchObject({
        Namespace: 'AWS/Lambda',
        MetricName: metric,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(`^${fn}`) } }],
        Statistic: 'Sum',
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        Period: 60,
        DatapointsToAlarm: 3,
        EvaluationPeriods: 5,
        TreatMissingData: 'notBreaching',
      });
    },
  );

  it('with slower ticks, three bad ticks of five: minutes without a tick prove nothing', () => {
    const slow = watched({ tickMinutes: 10 }).alarms;
    for (const name of ['scan-errors', 'promote-errors', 'configuration', 'heroku-calls-low']) {
      expect(alarm(name, slow).Period).toBe(600);
    }
    expect(alarm('promote-errors', slow).AlarmDescription).toContain('three of the last 5 ticks');
  });

  it('webhook-errors: the third delivery of a quarter of an hour that crashed or was answered 500', () => {
    expect(alarm('webhook-errors')).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Url5xxCount',
      Statistic: 'Sum',
      Threshold: 2,
      Period: 900,
      TreatMissingData: 'notBreaching',
    });
  });

  it.each(['scan', 'promote', 'webhook'])('%s-throttles: of that function, three minutes of five', (name) => {
    expect(alarm(`${name}-throttles`)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Throttles',
      Threshold: 0,
      DatapointsToAlarm: 3,
      EvaluationPeriods: 5,
    });
  });

  it.each([
    { name: 'promotion-failed', metric: 'PromotionsFailed', threshold: 0, seconds: 300 },
    { name: 'safety', metric: 'SafetyAlarms', threshold: 0, seconds: 300 },
    { name: 'webhook-rejections', metric: 'WebhooksRejected', threshold: 5, seconds: 900 },
  ])('$name: more than $threshold in $seconds s; silence is good', ({ name, metric, threshold, seconds }) => {
    expect(alarm(name)).toMatchObject({
      MetricName: metric,
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: threshold,
      Period: seconds,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it.each([
    { name: 'configuration', metric: 'ConfigurationProblems', ticks: 5 },
    { name: 'pipeline-behind', metric: 'PipelinesBehind', ticks: 3 },
    { name: 'outcome-unknown', metric: 'OutcomesUnknown', ticks: 1 },
    { name: 'pipeline-unseen', metric: 'PipelinesUnseen', ticks: 10 },
  ])('$name: at $ticks ticks in a row; without ticks it stays as it was', ({ name, metric, ticks }) => {
    expect(alarm(name)).toMatchObject({
      MetricName: metric,
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      Period: 60,
      DatapointsToAlarm: ticks,
      EvaluationPeriods: ticks,
      TreatMissingData: 'ignore',
    });
  });

  it('dead-letters: when they come in three minutes of five; it is over when no more come', () => {
    expect(alarm('dead-letters')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'NumberOfMessagesSent',
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      Period: 60,
      DatapointsToAlarm: 3,
      EvaluationPeriods: 5,
      TreatMissingData: 'notBreaching',
    });
  });

  it.each([2, 7, 15])('within a day, which is as far as CloudWatch looks back (%i min)', (tickMinutes) => {
    for (const one of watched({ tickMinutes }).alarms) {
      expect((one.Period ?? 0) * one.EvaluationPeriods).toBeLessThanOrEqual(86_400);
    }
  });

  it('heroku-calls-low: at twice what reads leave untouched', () => {
    expect(alarm('heroku-calls-low')).toMatchObject({
      MetricName: 'HerokuCallsLeft',
      Statistic: 'Minimum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 600,
      TreatMissingData: 'ignore',
    });
  });
});

describe('A second stack in the same account', () => {
  it('has names and metrics of its own', () => {
    const { alarms: other } = watched({ service: 'sluice/prod' });
    expect(alarm('no-tick', other)).toMatchObject({
      AlarmName: 'sluice--prod-no-tick',
      Dimensions: [{ Name: 'service', Value: 'sluice/prod' }],
    });
  });
});
