// Windows of the simulated fleet, and whether one is open by what clocks on the wall show, minute by minute. The night on
// which most of Europe puts its clocks forward falls into every simulation.

import type { Random } from './random.ts';
import { MINUTE } from './time.ts';

/** Any day; `until` before `from` is on the next day. */
export interface WindowPlan {
  readonly days: 'daily' | 'sun' | 'mon-sat';
  /** `06:30`. */
  readonly from: string;
  readonly until: string;
  readonly zone: string;
}

/** Open when any is; none: always. */
export type WindowPlans = readonly WindowPlan[];

const BERLIN = 'Europe/Berlin';
/** None stays closed for longer than twelve hours. On that night 02:00 to 03:00 is skipped in Berlin, 01:00 to 02:00 in London. */
const PLANS: readonly [WindowPlans, ...WindowPlans[]] = [
  [{ days: 'daily', from: '06:00', until: '20:00', zone: 'UTC' }],
  [{ days: 'daily', from: '22:00', until: '11:00', zone: 'America/New_York' }],
  [{ days: 'daily', from: '10:00', until: '22:30', zone: 'Pacific/Auckland' }],
  [{ days: 'daily', from: '02:00', until: '14:30', zone: BERLIN }],
  [{ days: 'daily', from: '02:30', until: '15:00', zone: BERLIN }],
  [{ days: 'daily', from: '13:00', until: '02:30', zone: BERLIN }],
  [
    { days: 'sun', from: '02:30', until: '03:30', zone: BERLIN },
    { days: 'daily', from: '09:00', until: '21:00', zone: BERLIN },
  ],
  [
    { days: 'daily', from: '01:00', until: '02:00', zone: 'Europe/London' },
    { days: 'daily', from: '08:15', until: '20:30', zone: 'Europe/London' },
  ],
  [
    { days: 'sun', from: '01:30', until: '12:00', zone: 'UTC' },
    { days: 'mon-sat', from: '00:00', until: '13:00', zone: 'UTC' },
    { days: 'daily', from: '17:00', until: '23:15', zone: 'UTC' },
  ],
];

export const CLOSED_HOURS_MAX = 13;

export function drawWindows(random: Random): WindowPlans {
  return random.pick(PLANS);
}

/** As the parameter has them. */
export function windowText(windows: WindowPlans): string {
  const texts = windows.map(
    ({ days, from, until, zone }) => `{ days: ${days}, from: "${from}", until: "${until}", zone: ${zone} }`,
  );
  return `{ window: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`} }`;
}

export function isOpenAt(windows: WindowPlans, at: number): boolean {
  return windows.length === 0 || windows.some((window) => isOneOpen(window, at));
}

/** True when it is open a minute before and after as well, or at none of the three. */
export function isNearEdge(windows: WindowPlans, at: number): boolean {
  const now = isOpenAt(windows, at);
  return [-MINUTE, MINUTE].some((off) => isOpenAt(windows, at + off) !== now);
}

function isOneOpen({ days, from, until, zone }: WindowPlan, at: number): boolean {
  const { day, time } = wall(zone, at);
  if (from < until) return isOn(days, day) && from <= time && time < until;
  return (isOn(days, day) && from <= time) || (isOn(days, (day + 6) % 7) && time < until);
}

/** `day`: 0 for Sunday. */
function isOn(days: WindowPlan['days'], day: number): boolean {
  return days === 'daily' || (days === 'sun') === (day === 0);
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** What a clock on a wall there shows. */
function wall(zone: string, at: number): { readonly day: number; readonly time: string } {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(zone, clock);
  }
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(parts['weekday'] ?? ''), time: `${parts['hour']}:${parts['minute']}` };
}
