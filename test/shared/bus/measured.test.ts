// How promotions end is counted where the events pass.

import { expect, test } from 'vitest';
import { measuredBus } from '../../../shared/bus/measured.ts';
import type { Attempt, AttemptState } from '../../../shared/domain/attempt.ts';
import type { SluiceEvent } from '../../../shared/events.ts';
import type { Measure } from '../../../shared/metrics.ts';

const settled = (state: AttemptState): SluiceEvent => ({
  type: 'AttemptSettled',
  attempt: { state } as Attempt,
});

async function measuredOf(events: readonly SluiceEvent[], publish = async () => undefined) {
  const measured: Parameters<Measure>[0][] = [];
  const bus = measuredBus({ publish }, (values) => measured.push(values));
  await bus.publish(events).catch(() => undefined);
  return measured;
}

test.each([
  ['succeeded', { PromotionsSucceeded: 1 }],
  // Some of the apps did not take it: somebody has to look.
  ['partial', { PromotionsFailed: 1 }],
  ['failed', { PromotionsFailed: 1 }],
  ['rejected', { PromotionsFailed: 1 }],
] as const)('A promotion that ends as %s is counted', async (state, counts) => {
  expect(await measuredOf([settled(state)])).toEqual([counts]);
});

test('A request that was never carried out is neither a success nor a failure', async () => {
  expect(await measuredOf([settled('not-sent')])).toEqual([]);
});

test('An alarm is counted, and events of one write together', async () => {
  const alarm: SluiceEvent = { type: 'SafetyAlarm', pipeline: 'router', message: 'wrong' };
  const events = [settled('failed'), alarm, settled('failed'), settled('succeeded')];
  expect(await measuredOf(events)).toEqual([
    { PromotionsFailed: 2, SafetyAlarms: 1, PromotionsSucceeded: 1 },
  ]);
});

test('What the bus does not take is counted all the same: no later run sees it again', async () => {
  const alarm: SluiceEvent = { type: 'SafetyAlarm', pipeline: 'router', message: 'wrong' };
  const fails = () => Promise.reject(new Error('no bus'));
  expect(await measuredOf([alarm, settled('failed')], fails)).toEqual([
    { SafetyAlarms: 1, PromotionsFailed: 1 },
  ]);
});

test('A bus that fails makes the run fail, counted or not', async () => {
  const bus = measuredBus({ publish: () => Promise.reject(new Error('no bus')) }, () => undefined);
  await expect(bus.publish([settled('failed')])).rejects.toThrow('no bus');
});
