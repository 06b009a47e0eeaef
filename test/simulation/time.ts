// Virtual time: where it starts, and how long things are in ms.

import { createRandom } from './random.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** A Saturday night, two hours before most of Europe puts its clocks forward. */
export const START = Date.parse('2027-03-27T23:00:00Z');
/** Machines of AWS keep their clocks within milliseconds; this is generous. */
export const SKEW_MS = 5 * SECOND;

/** When it begins, epoch ms, and where clocks are changed hours later. */
interface Beginning {
  readonly at: number;
  readonly zones: readonly string[];
}

/** Some hours before clocks are changed somewhere, or a date is odd; and an afternoon on which nothing is. */
const BEGINNINGS: readonly [Beginning, ...Beginning[]] = [
  { at: START, zones: ['Europe/Berlin', 'Europe/London'] },
  { at: Date.parse('2027-10-30T22:30:00Z'), zones: ['Europe/Berlin', 'Europe/London'] },
  { at: Date.parse('2027-03-14T05:00:00Z'), zones: ['America/New_York', 'America/Los_Angeles'] },
  { at: Date.parse('2027-11-07T04:00:00Z'), zones: ['America/New_York', 'America/St_Johns'] },
  { at: Date.parse('2027-04-03T13:00:00Z'), zones: ['Australia/Lord_Howe', 'Australia/Sydney'] },
  { at: Date.parse('2027-10-02T13:30:00Z'), zones: ['Australia/Lord_Howe', 'Australia/Sydney'] },
  { at: Date.parse('2027-12-31T20:00:00Z'), zones: [] },
  { at: Date.parse('2028-02-28T21:00:00Z'), zones: [] },
  { at: Date.parse('2027-06-09T14:20:00Z'), zones: [] },
];

/** When the simulation of a seed begins. */
export function beginningOf(seed: string | number): Beginning {
  return createRandom(seed, 'start').pick(BEGINNINGS);
}
