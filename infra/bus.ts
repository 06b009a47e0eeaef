// The bus between the functions, and for whoever wants to listen. Who may put what on it is part of the safety: an event
// PipelineDue starts a promotion's run, and is believed, so that only `scan` may send one.

import { Lazy } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { SluiceEvent } from '../shared/events.ts';
import { each, type SluiceFunction } from './function.ts';

export class SluiceBus extends EventBus {
  readonly #senders: string[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'Sluice: what its functions tell each other' });
    // Without it every principal of the account that may put events anywhere could make up what is due. Rules, and what
    // they start, put nothing: whoever listens goes on to.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'NobodyButTheFunctions',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['events:PutEvents'],
        resources: [this.eventBusArn],
        conditions: {
          ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.#senders }) },
        },
      }),
    );
  }

  /** Allows a function to put events of these types on the bus, and no others. */
  allow(fn: SluiceFunction, types: readonly SluiceEvent['type'][]): void {
    this.#senders.push(fn.role.roleArn);
    fn.allow(['events:PutEvents'], [this.eventBusArn], each('events:detail-type', 'StringEquals', types));
  }
}
