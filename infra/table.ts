// The one table: lock, audit and caches. It outlives the stack: an audit that goes with a `cdk destroy` is none.

import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { each, type SluiceFunction } from './function.ts';

export class SluiceTable extends TableV2 {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      // Signals, delivery notes and what lifted holds leave behind carry it; nothing depends on when they go.
      timeToLiveAttribute: 'expiresAt',
    });
  }

  /** Allows the actions on the partitions that the patterns name, and on no others. */
  allow(fn: SluiceFunction, actions: readonly string[], partitions: readonly string[]): void {
    fn.allow(actions, [this.tableArn], each('dynamodb:LeadingKeys', 'StringLike', partitions));
  }
}
