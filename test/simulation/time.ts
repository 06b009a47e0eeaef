// Virtual time: where it starts, and how long things are in ms.

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** A Monday, in the open hours of every window. */
export const START = Date.parse('2026-11-23T10:00:00Z');
/** Machines of AWS keep their clocks within milliseconds; this is generous. */
export const SKEW_MS = 5 * SECOND;
