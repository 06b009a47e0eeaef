// The box `api`: the operator's changes. Its URL takes only requests signed with AWS credentials, so that the actor in the
// audit is the caller AWS vouches for. It writes what people say; it has no parameter, no bus and no way to Heroku.

import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { VARIABLES } from '../functions/environment.ts';
import { FLEET, PIPELINE_PARTITIONS } from '../shared/table/keys.ts';
import { SluiceFunction } from './function.ts';
import type { BoxProps } from './scan.ts';

export class Api extends Construct {
  readonly fn: SluiceFunction;
  /** With a slash at its end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: Pick<BoxProps, 'context' | 'code' | 'table'>) {
    super(scope, id);
    const { context, code, table } = props;
    this.fn = new SluiceFunction(this, 'Api', {
      description: 'Sluice: what people say, for whom AWS vouches',
      code,
      timeoutSeconds: 30,
      environment: {
        [VARIABLES.tableName]: table.tableName,
        [VARIABLES.prefix]: context.prefix,
      },
      logRetentionDays: context.logRetentionDays,
      // A hold must get through when everything else is busy: nothing caps it.
      reservedConcurrency: null,
    });
    table.allow(this.fn, ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem'], [PIPELINE_PARTITIONS]);
    table.allow(this.fn, ['dynamodb:Query', 'dynamodb:UpdateItem'], [FLEET]);

    // Nobody is let in here: operators are, by policies of their own (docs/runbook.md, "Who may").
    const { url } = this.fn.lambda.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    this.url = url;
  }
}
