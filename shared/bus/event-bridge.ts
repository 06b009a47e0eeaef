// The bus on EventBridge. Touches the network through the client it is given.

import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { Bus, SluiceEvent } from '../events.ts';

export interface EventBridgeBusOptions {
  readonly busName: string;
  readonly client: EventBridgeClient;
}

/** What rules match: `source` is this, `detail-type` the event's `type`, `detail` the whole event. */
export const EVENT_SOURCE = 'sluice';

/** EventBridge takes ten entries a request, and 256 KB of them in all (1 MB since 2026-01, not everywhere). */
const ENTRIES_MAX = 10;
const BYTES_MAX = 256_000;
/** EventBridge may take some entries of a request and refuse others; those are sent again this often. */
const TRIES = 3;

/**
 * Publishes in as few requests as the limits allow.
 * @throws Error when EventBridge does not take an event: named are the bus, the event's type and the reason.
 */
export function createEventBridgeBus({ busName, client }: EventBridgeBusOptions): Bus {
  const send = async (entries: readonly PutEventsRequestEntry[], tries: number): Promise<void> => {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...entries] }));
    const refused = entries.flatMap((entry, index) => {
      const code = Entries[index]?.ErrorCode;
      return code === undefined ? [] : [{ entry, code, message: Entries[index]?.ErrorMessage ?? '' }];
    });
    const [first] = refused;
    if (first === undefined) return;
    if (tries > 1)
      return send(
        refused.map(({ entry }) => entry),
        tries - 1,
      );
    throw new Error(
      `The bus ${busName} did not take ${refused.length} of ${entries.length} events, the first a ${first.entry.DetailType}: ${first.code}: ${first.message}`,
    );
  };
  return {
    async publish(events) {
      for (const batch of batchesOf(events.map((event) => entryOf(event, busName)))) await send(batch, TRIES);
    },
  };
}

function entryOf(event: SluiceEvent, busName: string): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: EVENT_SOURCE,
    DetailType: event.type,
    Detail: JSON.stringify(event),
  };
}

function batchesOf(entries: readonly PutEventsRequestEntry[]): readonly (readonly PutEventsRequestEntry[])[] {
  const batches: PutEventsRequestEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry));
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === ENTRIES_MAX || bytes + size > BYTES_MAX) {
      batches.push([entry]);
      bytes = size;
    } else {
      batch.push(entry);
      bytes += size;
    }
  }
  return batches;
}
