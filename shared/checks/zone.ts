// Which time zones a window takes: places, whose clocks follow their law, and UTC. Pure.

import { Temporal } from 'temporal-polyfill';
import { nearest } from '../config/problem.ts';

export const ZONE_EXPECTED = 'an IANA time zone such as America/New_York';

/**
 * Names of the tz database that are of no place, and the place that is mostly meant. `EST` and its like have no summer
 * time at all or are links that libraries read differently: https://data.iana.org/time-zones/tzdb/NEWS (2024b).
 */
const MEANT: Readonly<Record<string, string>> = {
  est: 'America/New_York',
  est5edt: 'America/New_York',
  edt: 'America/New_York',
  cst: 'America/Chicago',
  cst6cdt: 'America/Chicago',
  cdt: 'America/Chicago',
  mst: 'America/Denver, or America/Phoenix without summer time',
  mst7mdt: 'America/Denver',
  mdt: 'America/Denver',
  pst: 'America/Los_Angeles',
  pst8pdt: 'America/Los_Angeles',
  pdt: 'America/Los_Angeles',
  hst: 'Pacific/Honolulu',
  akst: 'America/Anchorage',
  ast: 'America/Halifax',
  nst: 'America/St_Johns',
  wet: 'Europe/Lisbon',
  cet: 'Europe/Paris or Europe/Berlin',
  cest: 'Europe/Paris or Europe/Berlin',
  met: 'Europe/Paris or Europe/Berlin',
  eet: 'Europe/Athens or Europe/Helsinki',
  bst: 'Europe/London',
  gmt: 'Europe/London, or UTC for no summer time',
  ist: 'Asia/Kolkata, Europe/Dublin or Asia/Jerusalem',
  jst: 'Asia/Tokyo',
  msk: 'Europe/Moscow',
};

/** Which are the same everywhere and for ever, and say so. */
const UNIVERSAL = /^(etc\/)?(utc|uct|universal|zulu)$/i;
/** Greenwich by other names: GMT, GMT0, GMT+0, Etc/Greenwich. */
const GREENWICH = /^(etc\/)?(gmt|gmt[+-]?0|greenwich)$/i;
const OFFSET = /^(?:(?:etc\/)?(?:gmt|utc)|)[+-]\d{1,2}(?::?\d\d)?$/i;

/** What is expected in place of a zone that is not taken; null for one that is. */
export function zoneExpected(written: string): string | null {
  if (UNIVERSAL.test(written)) return null;
  const meant = MEANT[written.toLowerCase()] ?? (GREENWICH.test(written) ? MEANT['gmt'] : undefined);
  if (meant !== undefined) return `the IANA time zone of a place, whose clock follows summer time: ${meant}`;
  if (OFFSET.test(written)) {
    return `${ZONE_EXPECTED}, or UTC: a fixed offset does not follow summer time${posixHint(written)}`;
  }
  if (isPlace(written)) return null;
  const near = nearest(written, Intl.supportedValuesOf('timeZone'));
  return near === undefined ? ZONE_EXPECTED : `the IANA time zone ${near}`;
}

/** `Etc/GMT+1` is an hour behind Greenwich, not ahead of it: whoever writes it mostly means a place on the other side. */
function posixHint(written: string): string {
  const [, sign, hours] = /^etc\/gmt([+-])(\d{1,2})$/i.exec(written) ?? [];
  if (sign === undefined) return '';
  const isBehind = sign === '+';
  const like = isBehind ? OF_BEHIND[Number(hours)] : OF_AHEAD[Number(hours)];
  const side = `${hours}h ${isBehind ? 'behind' : 'ahead of'} UTC`;
  return `, and ${written} is ${side}${like === undefined ? '' : `, the winter time of ${like}`}`;
}

const OF_BEHIND: Readonly<Record<number, string>> = {
  1: 'Atlantic/Azores',
  3: 'America/Sao_Paulo',
  4: 'America/Halifax',
  5: 'America/New_York',
  6: 'America/Chicago',
  7: 'America/Denver',
  8: 'America/Los_Angeles',
  9: 'America/Anchorage',
  10: 'Pacific/Honolulu',
};
const OF_AHEAD: Readonly<Record<number, string>> = {
  1: 'Europe/Paris or Europe/Berlin',
  2: 'Europe/Athens or Europe/Helsinki',
  3: 'Europe/Moscow',
  4: 'Asia/Dubai',
  5: 'Asia/Karachi',
  7: 'Asia/Bangkok',
  8: 'Asia/Singapore',
  9: 'Asia/Tokyo',
  10: 'Australia/Sydney',
  12: 'Pacific/Auckland',
};

/** True for what the platform knows as `Area/Place`, or as a country's old name (`Japan`, `Eire`); in any case. */
function isPlace(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || /^(etc|systemv|posix|right)\//i.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
