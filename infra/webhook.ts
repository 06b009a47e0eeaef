// The box `webhook`: takes what CI, test suites and Heroku send. It has no token of Heroku's and writes signals and
// delivery notes, nothing else: the most a delivery can do is to be one of the facts the next run looks at.

import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { VARIABLES } from '../functions/environment.ts';
import { DELIVERY_PARTITIONS, SIGNAL_PARTITIONS } from '../shared/table/keys.ts';
import { SluiceFunction } from './function.ts';
import { allowParameters, allowSecretKeys } from './parameters.ts';
import type { BoxProps } from './scan.ts';

export class Webhook extends Construct {
  readonly fn: SluiceFunction;
  /** Without a slash at its end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: Omit<BoxProps, 'deadLetters'>) {
    super(scope, id);
    const { context, code, table, bus } = props;
    this.fn = new SluiceFunction(this, 'Webhook', {
      description: 'Sluice: records what CI, test suites and Heroku send, if it is signed',
      code,
      // GitHub gives up after ten seconds.
      timeoutSeconds: 10,
      environment: {
        [VARIABLES.tableName]: table.tableName,
        [VARIABLES.busName]: bus.eventBusName,
        [VARIABLES.prefix]: context.prefix,
      },
      logRetentionDays: context.logRetentionDays,
      reservedConcurrency: context.webhookConcurrency ?? context.reservedConcurrency,
    });
    table.allow(this.fn, ['dynamodb:PutItem'], [SIGNAL_PARTITIONS, DELIVERY_PARTITIONS]);
    table.allow(this.fn, ['dynamodb:GetItem'], [DELIVERY_PARTITIONS]);
    bus.allow(this.fn, ['SignalReceived']);
    const secrets = `${context.prefix}/webhooks`;
    allowParameters(this.fn, ['ssm:GetParametersByPath'], [secrets]);
    // One by one, where one of them cannot be decrypted.
    allowParameters(this.fn, ['ssm:GetParameters'], [`${secrets}/*`]);
    allowSecretKeys(this.fn, context.secretKeys, [`${secrets}/*`]);

    // Open to the internet: senders cannot sign as AWS does. Each delivery carries a signature of its own.
    const { url } = this.fn.lambda.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    this.url = url;
  }
}
