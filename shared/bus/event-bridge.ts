// The bus on EventBridge. Touches the network through the client it is given.

import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { Bus, SluiceEvent } from '../events.ts';
import { asDetail } from './shortened.ts';

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

/** Of one entry: room for source, type and time beside the event. */
const DETAIL_MAX = BYTES_MAX - 1_000;

/**
 * Publishes in as few requests as the limits allow. An event that cannot be published leaves no other without its turn.
 * @throws Error when EventBridge does not take an event, or it is too large: named are the bus, the event's type and the reason.
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
      const troubles: unknown[] = [];
      const entries = events.flatMap((event) => {
        const entry = entryOf(event, busName);
        if (entry === null) troubles.push(new Error(tooLarge(event, busName)));
        return entry ?? [];
      });
      for (const batch of batchesOf(entries)) {
        try {
          await send(batch, TRIES);
        } catch (error) {
          troubles.push(error);
          // Without an answer there is none for the others either, and time is short.
          if (!isAnswered(error)) break;
        }
      }
      if (troubles.length > 0) throw troubles[0];
    },
  };
}

/** Our own errors, and those that the service answered with: the next request may fare better. */
function isAnswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return !('$metadata' in error)
    ? error.constructor === Error
    : '$fault' in error && error.$fault === 'client';
}

function tooLarge(event: SluiceEvent, busName: string): string {
  const about =
    'pipeline' in event && typeof event.pipeline !== 'string'
      ? ` of ${event.pipeline.name.slice(0, 80)}`
      : '';
  return `The bus ${busName} takes no event of ${Buffer.byteLength(JSON.stringify(event))} bytes, which a ${event.type}${about} has: at most ${DETAIL_MAX}.`;
}

function entryOf(event: SluiceEvent, busName: string): PutEventsRequestEntry | null {
  const Detail = asDetail(event, DETAIL_MAX);
  if (Detail === null) return null;
  return { EventBusName: busName, Source: EVENT_SOURCE, DetailType: event.type, Detail };
}

/** As EventBridge counts: the bytes of its texts, and fourteen for the time. Source: EventBridge, PutEvents entry size. */
function sizeOf({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return 14 + [Source, DetailType, Detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function batchesOf(entries: readonly PutEventsRequestEntry[]): readonly (readonly PutEventsRequestEntry[])[] {
  const batches: PutEventsRequestEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
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
