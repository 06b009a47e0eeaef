// Virtual time: where it starts, and how long things are in ms.

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** A Saturday night, two hours before most of Europe puts its clocks forward. */
export const START = Date.parse('2027-03-27T23:00:00Z');
/** Machines of AWS keep their clocks within milliseconds; this is generous. */
export const SKEW_MS = 5 * SECOND;
