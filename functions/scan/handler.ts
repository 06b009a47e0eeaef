// The scheduled function: once a minute it finds the pipelines that need a look and puts one event on the bus for each.
// A signal from the webhook starts it too, for the pipelines that the signal concerns.

import type { SignalReceived } from '../../shared/events.ts';
import { type ScanPorts, tick } from '../../shared/scan/tick.ts';
import type { TickRecord } from '../../shared/table/port.ts';
import { frame } from '../frame.ts';
import { reportErrors } from '../report-errors.ts';

/** What the schedule sends has no `detail` of ours; the bus delivers a signal as the event's detail. */
export interface ScanEvent {
  readonly detail?: SignalReceived;
}

export function createScan(ports: ScanPorts) {
  return frame<ScanEvent, TickRecord>()
    .use(reportErrors('scan', ports.log))
    .handler((event) => tick(ports, event.detail?.type === 'SignalReceived' ? event.detail : undefined));
}
