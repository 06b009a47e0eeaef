// A bus that counts what it is given to publish: how promotions ended, and alarms. Counting where events pass keeps it
// out of what decides.

import type { Bus, SluiceEvent } from '../events.ts';
import type { Measure, MetricName } from '../metrics.ts';

/**
 * The same bus. Counts before it publishes: what happened has happened, whether the bus takes the news or not, and no
 * later run publishes it again.
 */
export function measuredBus(bus: Bus, measure: Measure): Bus {
  return {
    async publish(events) {
      const counts: Partial<Record<MetricName, number>> = {};
      for (const event of events) {
        const name = countedAs(event);
        if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
      }
      if (Object.keys(counts).length > 0) measure(counts);
      await bus.publish(events);
    },
  };
}

function countedAs(event: SluiceEvent): MetricName | null {
  if (event.type === 'SafetyAlarm') return 'SafetyAlarms';
  if (event.type !== 'AttemptSettled') return null;
  switch (event.attempt.state) {
    case 'succeeded':
      return 'PromotionsSucceeded';
    case 'partial':
    case 'failed':
    case 'rejected':
      return 'PromotionsFailed';
    // Nothing was promoted and nothing went wrong on Heroku: the next tick tries again.
    case 'not-sent':
    case 'open':
      return null;
  }
}
