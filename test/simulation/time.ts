// Virtual time: where it starts, and how long things are in ms.

import { createRandom } from './random.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** A Saturday night, two hours before most of Europe puts its clocks forward. */
export const START = Date.parse('2027-03-27T23:00:00Z');
/** Machines of AWS keep their clocks within milliseconds; this is generous. */
export const SKEW_MS = 5 * SECOND;

/** Some hours before clocks are changed somewhere, or a date is odd; and an afternoon on which nothing is. */
const STARTS: readonly [number, ...number[]] = [
  START,
  // Europe puts its clocks back.
  Date.parse('2027-10-30T22:30:00Z'),
  // New York and Los Angeles: forward, and back.
  Date.parse('2027-03-14T05:00:00Z'),
  Date.parse('2027-11-07T04:00:00Z'),
  // Lord Howe, by half an hour, with Sydney and Auckland: back, and forward.
  Date.parse('2027-04-03T13:00:00Z'),
  Date.parse('2027-10-02T13:30:00Z'),
  Date.parse('2027-12-31T20:00:00Z'),
  Date.parse('2028-02-28T21:00:00Z'),
  Date.parse('2027-06-09T14:20:00Z'),
];

/** When the simulation of a seed begins. */
export function startOf(seed: string | number): number {
  return createRandom(seed, 'start').pick(STARTS);
}
