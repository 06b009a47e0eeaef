// The bus between the functions, and for whoever wants to listen. Who may put what on it is part of the safety: an event
// PipelineDue starts a promotion's run, so that only `scan` may send one.

import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { SluiceEvent } from '../shared/events.ts';
import type { SluiceFunction } from './function.ts';

export class SluiceBus extends EventBus {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'Sluice: what its functions tell each other' });
  }

  /** Allows a function to put events of these types on the bus, and no others. */
  allow(fn: SluiceFunction, types: readonly SluiceEvent['type'][]): void {
    fn.allow(['events:PutEvents'], [this.eventBusArn], { StringEquals: { 'events:detail-type': types } });
  }
}
