// Durations as configuration writes them: `90s`, `30m`, `2h`, `1h30m`, `1d`. Pure.

import * as z from 'zod';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** The longest duration configuration takes, ms: a year. Whoever writes more has mistaken the unit. */
const DURATION_MS_MAX = 366 * 86_400_000;

const WRITTEN = /^(?=\d)(?:(\d{1,9})d)? ?(?:(\d{1,9})h)? ?(?:(\d{1,9})m)? ?(?:(\d{1,9})s)?$/;

/** `1h30m` in ms; undefined for anything that is no duration. Units go from large to small, each at most once. */
export function parseDuration(text: string): number | undefined {
  const counts = WRITTEN.exec(text)?.slice(1);
  if (counts === undefined) return undefined;
  const ms = UNITS.reduce((sum, [, size], index) => sum + Number(counts[index] ?? 0) * size, 0);
  return ms > DURATION_MS_MAX ? undefined : ms;
}

/** Whole seconds of ms as configuration writes them, exactly: `1h30m`, `0s`. */
export function formatDuration(ms: number): string {
  let rest = Math.floor(ms / 1000) * 1000;
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
}

const DURATION_EXPECTED = 'a duration such as 90s, 30m, 2h, 1h30m or 1d, at most 366d';

/** A duration in configuration, ms after parsing. A bare number has no unit and is no duration, except 0. */
export const durationSchema = z
  .union([z.string(), z.literal(0)], { error: DURATION_EXPECTED })
  .transform((written, context) => {
    const ms = written === 0 ? 0 : parseDuration(written);
    if (ms !== undefined) return ms;
    context.issues.push({ code: 'custom', message: DURATION_EXPECTED, input: written });
    return z.NEVER;
  })
  .meta({ title: 'duration' });
