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

  describe('given an event larger than it takes', () => {
    const large = 'x'.repeat(300_000);
    const alarm = (message: string): SluiceEvent => ({ type: 'SafetyAlarm', pipeline: 'web', message });
    const hint = (concerns: string[]): SluiceEvent => ({ type: 'SignalReceived', concerns, at: 1 });

    it('shortens what only explains, and says that it did', async () => {
      const { bus: one, requests } = bus();
      await one.publish([signal('a'), alarm(large), signal('b')]);
      const details = requests.flat().map(({ Detail }) => JSON.parse(Detail) as Record<string, unknown>);
      expect(details.map(({ type }) => type)).toEqual(['SignalReceived', 'SafetyAlarm', 'SignalReceived']);
      expect(details[1]).toEqual({
        type: 'SafetyAlarm',
        pipeline: 'web',
        message: `${'x'.repeat(1_000)}…`,
        isShortened: true,
      });
    });

    it('publishes all others, and then names it', async () => {
      const { bus: one, requests } = bus();
      const due = { type: 'PipelineDue', pipeline: { name: large }, reasons: [] } as unknown as SluiceEvent;
      await expect(one.publish([...many(11), due, ...many(11)])).rejects.toThrow(
        /^The bus sluice-bus takes no event of \d+ bytes, which a PipelineDue of x+ has: at most 255000\.$/,
      );
      expect(requests.flat()).toHaveLength(22);
    });

    it('leaves out of what wakes a pipeline what its run does not use, and nothing else', async () => {
      const { bus: one, requests } = bus();
      const view = { concerns: [large], reason: 'r'.repeat(2_000) };
      await one.publish([{ type: 'PipelineDue', view, evidence: { a: 1 } } as unknown as SluiceEvent]);
      expect(JSON.parse(requests.flat()[0]?.Detail ?? '')).toEqual({
        type: 'PipelineDue',
        view: { ...view, concerns: [] },
        evidence: { a: 1 },
        isShortened: true,
      });
    });

    it('counts bytes, not characters', async () => {
      const { bus: one, requests } = bus();
      await one.publish([hint(['é'.repeat(100_000)]), hint(['é'.repeat(100_000)])]);
      expect(requests.map((entries) => entries.length)).toEqual([1, 1]);
    });
  });

  it('goes on with the next request when one is not taken', async () => {
    const { bus: one, requests } = bus((detail) => detail.includes('"1"'));
    await expect(one.publish(many(23))).rejects.toThrow('did not take 1 of 1 events');
    expect(new Set(requests.flat().map(({ Detail }) => Detail)).size).toBe(23);
  });
});
