// The box `scan`: fired by the schedule, and by what a webhook recorded. Reads the parameters and Heroku, remembers the
// fleet in the table, puts one event on the bus for each pipeline that is due.

import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { VARIABLES } from '../functions/environment.ts';
import { EVENT_SOURCE } from '../shared/bus/event-bridge.ts';
import type { SluiceEvent } from '../shared/events.ts';
import { FLEET, INSTALLATION } from '../shared/table/keys.ts';
import type { SluiceBus } from './bus.ts';
import type { StackContext } from './context.ts';
import { SluiceFunction } from './function.ts';
import { allowParameters, allowSecretKeys, parameterArn } from './parameters.ts';
import type { SluiceTable } from './table.ts';

export interface BoxProps {
  readonly context: StackContext;
  readonly code: Code;
  readonly table: SluiceTable;
  readonly bus: SluiceBus;
  readonly deadLetters: Queue;
}

/** A tick that comes late is worth nothing: the next one sees more. So nothing is tried again. */
export const NO_RETRIES = { maxEventAge: Duration.minutes(1), retryAttempts: 0 } as const;

export class Scan extends Construct {
  readonly fn: SluiceFunction;
  readonly schedule: Rule;

  constructor(scope: Construct, id: string, { context, code, table, bus, deadLetters }: BoxProps) {
    super(scope, id);
    this.fn = new SluiceFunction(this, 'Scan', {
      description: 'Sluice: finds the pipelines that need a look, once a tick',
      code,
      timeoutSeconds: 60,
      environment: {
        [VARIABLES.tableName]: table.tableName,
        [VARIABLES.busName]: bus.eventBusName,
        [VARIABLES.prefix]: context.prefix,
        [VARIABLES.tickMinutes]: String(context.tickMinutes),
      },
      logRetentionDays: context.logRetentionDays,
      reservedConcurrency: null,
    });
    const { lambda } = this.fn;
    lambda.configureAsyncInvoke({ ...NO_RETRIES, onFailure: this.fn.destinationOf(deadLetters) });
    table.allow(
      this.fn,
      ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'],
      [FLEET],
    );
    table.allow(this.fn, ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:GetItem'], [INSTALLATION]);
    bus.allow(this.fn, ['PipelineDue']);
    this.#allowConfiguration(context.prefix);
    allowSecretKeys(
      this.fn,
      context.secretKeys,
      ['heroku/token', 'heroku/read-token'].map((name) => `${context.prefix}/${name}`),
    );

    const target = new LambdaFunction(lambda, { ...NO_RETRIES, deadLetterQueue: deadLetters });
    this.schedule = new Rule(this, 'Tick', {
      description: 'Sluice: one tick',
      schedule: Schedule.rate(Duration.minutes(context.tickMinutes)),
      targets: [target],
    });
    new Rule(this, 'Signals', {
      description: 'Sluice: what a webhook recorded wakes the pipelines it concerns',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE], detailType: ['SignalReceived' satisfies SluiceEvent['type']] },
      targets: [target],
    });
  }

  /**
   * One read of everything under the prefix brings the secrets along, encrypted; `push` is read again behind it, in case
   * somebody was writing meanwhile. The tokens are the only ones that this function may see in clear:
   * `ssm:GetParametersByPath` cannot be limited to plain parameters, decryption can.
   */
  #allowConfiguration(prefix: string): void {
    const tokens = ['heroku/token', 'heroku/read-token'].map((name) =>
      parameterArn(this, `${prefix}/${name}`),
    );
    allowParameters(this.fn, ['ssm:GetParametersByPath'], [prefix]);
    allowParameters(
      this.fn,
      ['ssm:GetParameters'],
      [
        'heroku/token',
        'heroku/read-token',
        'heroku/api-url',
        'heroku/status-url',
        'push',
        'defaults',
        'pipelines/*',
      ].map((name) => `${prefix}/${name}`),
    );
    this.fn.lambda.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: {
          StringEquals: { 'kms:ViaService': `ssm.${Stack.of(this).region}.amazonaws.com` },
          StringNotEquals: { 'kms:EncryptionContext:PARAMETER_ARN': tokens },
        },
      }),
    );
  }
}
