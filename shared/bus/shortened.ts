// An event that is larger than the bus takes, made to fit: what decides is whole, what only explains is shortened. Pure.

import type { SluiceEvent } from '../events.ts';

/** Longer texts of an event that does not fit are cut. */
const TEXT_MAX = 1_000;
/** What nobody has to have who acts on the event: it is on record as well. */
const EXPLAINING = new Set(['evidence', 'passedOver', 'notes', 'concerns']);
/** Texts for people. */
const TOLD = new Set(['reason', 'outcome', 'error', 'message', 'unblock']);

/** The event as JSON, as it is where that has at most so many bytes; null: it cannot be made to fit. */
export function asDetail(event: SluiceEvent, bytesMax: number): string | null {
  const whole = JSON.stringify(event);
  if (Buffer.byteLength(whole) <= bytesMax) return whole;
  // What wakes a pipeline is decided by: only what a run does not use is left out of it.
  const isDue = event.type === 'PipelineDue';
  const shorter = JSON.stringify({ ...event, isShortened: true }, (key, value: unknown) => {
    if (EXPLAINING.has(key) && (!isDue || key === 'concerns')) return Array.isArray(value) ? [] : {};
    const isLong = !isDue && TOLD.has(key) && typeof value === 'string' && value.length > TEXT_MAX;
    return isLong ? `${value.slice(0, TEXT_MAX)}…` : value;
  });
  return Buffer.byteLength(shorter) <= bytesMax ? shorter : null;
}
