// One Lambda function as all of Sluice's are: arm64, its own role with nothing in it but its own log group, logs kept
// for as long as the deploy says.

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  type IDestination,
  Function as Lambda,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface SluiceFunctionProps {
  readonly description: string;
  readonly code: Code;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logRetentionDays: number;
  readonly reservedConcurrency: number | null;
  /** Another function whose role and log this one shares: it runs the same code. */
  readonly sharedWith?: SluiceFunction;
}

/**
 * The condition that every value of a key with several values matches. A request that does not have the key matches any
 * ForAllValues: it is asked for.
 */
export function each(
  key: string,
  operator: 'StringEquals' | 'StringLike',
  values: readonly string[],
): Readonly<Record<string, unknown>> {
  return { [`ForAllValues:${operator}`]: { [key]: values }, Null: { [key]: 'false' } };
}

export class SluiceFunction extends Construct {
  readonly lambda: Lambda;
  readonly logGroup: LogGroup;
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: SluiceFunctionProps) {
    super(scope, id);
    const { sharedWith } = props;
    this.role =
      sharedWith?.role ?? new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup =
      sharedWith?.logGroup ??
      new LogGroup(this, 'Logs', {
        // CloudFormation knows days by their number; CDK has a name for each.
        retention: props.logRetentionDays as RetentionDays,
        removalPolicy: RemovalPolicy.DESTROY,
      });
    this.lambda = new Lambda(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      role: this.role,
      memorySize: 512,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: {
        ...props.environment,
        // heroku-client calls url.parse, which Node 24 would report in every log.
        NODE_OPTIONS: '--enable-source-maps --disable-warning=DEP0169',
      },
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(props.reservedConcurrency !== null && { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    if (sharedWith === undefined)
      this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]);
  }

  /**
   * Events that could not be handled go to the queue. CDK's own destination would let the function look at the queue,
   * which it never does.
   */
  destinationOf(queue: IQueue): IDestination {
    this.allow(['sqs:SendMessage'], [queue.queueArn]);
    return { bind: () => ({ destination: queue.queueArn }) };
  }

  /** `conditions` as IAM writes them. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions: Readonly<Record<string, unknown>> = {},
  ): void {
    this.lambda.addToRolePolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources], conditions }),
    );
  }
}
