// The box `promote`: one run for each PipelineDue event. The only function that writes to Heroku, and the only one that
// writes attempts. It completes them; nothing here can delete one.

import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { VARIABLES } from '../functions/environment.ts';
import { EVENT_SOURCE } from '../shared/bus/event-bridge.ts';
import type { SluiceEvent } from '../shared/events.ts';
import { FLEET, PIPELINE_PARTITIONS, SIGNAL_PARTITIONS } from '../shared/table/keys.ts';
import { SluiceFunction } from './function.ts';
import { allowParameters, allowSecretKeys } from './parameters.ts';
import { type BoxProps, NO_RETRIES } from './scan.ts';

export class Promote extends Construct {
  readonly fn: SluiceFunction;

  constructor(scope: Construct, id: string, { context, code, table, bus, deadLetters }: BoxProps) {
    super(scope, id);
    this.fn = new SluiceFunction(this, 'Promote', {
      description: 'Sluice: one run for one pipeline: checks, promotion, record',
      code,
      timeoutSeconds: 120,
      environment: {
        [VARIABLES.tableName]: table.tableName,
        [VARIABLES.busName]: bus.eventBusName,
        [VARIABLES.prefix]: context.prefix,
      },
      logRetentionDays: context.logRetentionDays,
      reservedConcurrency: context.reservedConcurrency,
    });
    const { lambda } = this.fn;
    lambda.configureAsyncInvoke({ ...NO_RETRIES, onFailure: this.fn.destinationOf(deadLetters) });
    table.allow(this.fn, ['dynamodb:Query'], [PIPELINE_PARTITIONS, SIGNAL_PARTITIONS]);
    table.allow(this.fn, ['dynamodb:GetItem', 'dynamodb:PutItem'], [PIPELINE_PARTITIONS]);
    table.allow(this.fn, ['dynamodb:UpdateItem'], [FLEET]);
    bus.allow(this.fn, ['AttemptOpened', 'AttemptSettled', 'DecisionChanged', 'SafetyAlarm']);
    allowParameters(
      this.fn,
      ['ssm:GetParameters'],
      ['heroku/token', 'heroku/api-url', 'heroku/status-url', 'github/token'].map(
        (name) => `${context.prefix}/${name}`,
      ),
    );
    allowSecretKeys(
      this.fn,
      context.secretKeys,
      ['heroku/token', 'github/token'].map((name) => `${context.prefix}/${name}`),
    );

    new Rule(this, 'Due', {
      description: 'Sluice: one run for each pipeline that is due',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE], detailType: ['PipelineDue' satisfies SluiceEvent['type']] },
      targets: [new LambdaFunction(lambda, { ...NO_RETRIES, deadLetterQueue: deadLetters })],
    });
  }
}
