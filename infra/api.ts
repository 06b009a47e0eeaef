// The box `api`: the operator's changes. Its URLs take only requests signed with AWS credentials, so that the actor in the
// audit is the caller AWS vouches for. It writes what people say; it has no parameter, no bus and no way to Heroku.
//
// IAM tells functions apart, and not what is asked of one: so each verb has a function of its own beside the one that does
// every verb. All run the same code with the same role, and cost nothing at rest.

import { type FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { VARIABLES } from '../functions/environment.ts';
import { CHANGING_VERBS, type ChangingVerb } from '../shared/operations/verbs.ts';
import { FLEET, INSTALLATION, PIPELINE_PARTITIONS } from '../shared/table/keys.ts';
import { SluiceFunction } from './function.ts';
import type { BoxProps } from './scan.ts';

type ApiProps = Pick<BoxProps, 'context' | 'code' | 'table'>;

export class Api extends Construct {
  /** Does every verb. */
  readonly fn: SluiceFunction;
  /** With a slash at its end. */
  readonly url: string;
  /** Each does one verb. */
  readonly verbs: Readonly<Record<ChangingVerb, { readonly fn: SluiceFunction; readonly url: string }>>;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const { table } = props;
    this.fn = this.#make('Api', props, null);
    table.allow(this.fn, ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem'], [PIPELINE_PARTITIONS]);
    table.allow(this.fn, ['dynamodb:Query', 'dynamodb:UpdateItem'], [FLEET]);
    // What a configured name means: `accept` may take another pipeline for it.
    table.allow(this.fn, ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem'], [INSTALLATION]);
    this.url = urlOf(this.fn).url;
    const entries = CHANGING_VERBS.map((verb) => {
      const fn = this.#make(`${verb[0]?.toUpperCase()}${verb.slice(1)}`, props, verb);
      return [verb, { fn, url: urlOf(fn).url }] as const;
    });
    this.verbs = Object.fromEntries(entries) as unknown as Api['verbs'];
  }

  #make(id: string, { context, code, table }: ApiProps, verb: ChangingVerb | null): SluiceFunction {
    return new SluiceFunction(this, id, {
      description: `Sluice: what people say${verb === null ? '' : `, ${verb} alone`}, for whom AWS vouches`,
      code,
      timeoutSeconds: 30,
      environment: {
        [VARIABLES.tableName]: table.tableName,
        [VARIABLES.prefix]: context.prefix,
        ...(verb !== null && { [VARIABLES.verb]: verb }),
      },
      logRetentionDays: context.logRetentionDays,
      // A hold must get through when everything else is busy.
      reservedConcurrency: context.apiConcurrency,
      ...(verb !== null && { sharedWith: this.fn }),
    });
  }
}

/** Nobody is let in here: operators are, by policies of their own (docs/runbook.md, "Who may"). */
function urlOf({ lambda }: SluiceFunction): FunctionUrl {
  return lambda.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
}
