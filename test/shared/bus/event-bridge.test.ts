// The bus on EventBridge: what it is sent, and what becomes of what it does not take.

import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { createEventBridgeBus } from '../../../shared/bus/event-bridge.ts';
import type { SluiceEvent } from '../../../shared/events.ts';

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

/** A client that keeps what it is sent; `refuse` says which details EventBridge does not take. */
function bus(refuse: (detail: string, request: number) => boolean = () => false) {
  const requests: Entry[][] = [];
  const client = new EventBridgeClient({ region: 'eu-west-1' });
  client.send = (async ({ input }: { input: { Entries: Entry[] } }) => {
    requests.push(input.Entries);
    const Entries = input.Entries.map(({ Detail }) =>
      refuse(Detail, requests.length)
        ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }
        : { EventId: 'e' },
    );
    return { Entries, FailedEntryCount: Entries.filter(({ ErrorCode }) => ErrorCode).length };
  }) as never;
  return { requests, bus: createEventBridgeBus({ busName: 'sluice-bus', client }) };
}

const signal = (concern: string): SluiceEvent => ({ type: 'SignalReceived', concerns: [concern], at: 1 });
const many = (count: number, text = ''): SluiceEvent[] =>
  Array.from({ length: count }, (_, index) => signal(`${index}${text}`));

describe('The bus on EventBridge', () => {
  it('sends an event whole, under its type', async () => {
    const { bus: one, requests } = bus();
    await one.publish([signal('router-qa01')]);
    expect(requests).toEqual([
      [
        {
          EventBusName: 'sluice-bus',
          Source: 'sluice',
          DetailType: 'SignalReceived',
          Detail: JSON.stringify(signal('router-qa01')),
        },
      ],
    ]);
  });

  it('sends nothing for nothing', async () => {
    const { bus: one, requests } = bus();
    await one.publish([]);
    expect(requests).toEqual([]);
  });

  it('sends ten at a time, and fewer when they are large', async () => {
    const small = bus();
    await small.bus.publish(many(23));
    expect(small.requests.map((entries) => entries.length)).toEqual([10, 10, 3]);
    const large = bus();
    await large.bus.publish(many(4, 'x'.repeat(100_000)));
    expect(large.requests.map((entries) => entries.length)).toEqual([2, 2]);
  });

  it('sends again what was not taken, and only that', async () => {
    const { bus: one, requests } = bus((detail, request) => detail.includes('"1"') && request === 1);
    await one.publish(many(3));
    expect(requests.map((entries) => entries.length)).toEqual([3, 1]);
  });

  it('says what was not taken after three times: the bus, the type and the reason', async () => {
    const { bus: one, requests } = bus((detail) => detail.includes('"1"'));
    await expect(one.publish(many(3))).rejects.toThrow(
      'The bus sluice-bus did not take 1 of 1 events, the first a SignalReceived: ThrottlingException: Rate exceeded',
    );
    expect(requests).toHaveLength(3);
  });
});
