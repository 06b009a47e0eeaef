// Windows of the simulated fleet, drawn from its seed, and whether one is open by what clocks on the wall show. Clocks are
// changed somewhere in the first hours of most simulations, and many windows open or close at that very hour.

import type { Random } from './random.ts';
import { HOUR, MINUTE } from './time.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Day = (typeof DAYS)[number];

/** `until` before `from` is on the next day. */
export interface WindowPlan {
  /** On which it opens. */
  readonly days: 'daily' | readonly Day[];
  /** `06:30`. */
  readonly from: string;
  /** `24:00` is the day's end. */
  readonly until: string;
  readonly zone: string;
  /** How much of it must be left, minutes. */
  readonly leave?: number;
}

/** Open when any is; none: always. */
export type WindowPlans = readonly WindowPlan[];

const ZONES: readonly [string, ...string[]] = [
  'UTC',
  'Europe/Berlin',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Pacific/Auckland',
  'Asia/Kathmandu',
];
/** When clocks are changed, and around it. */
const ODD_HOURS: readonly [string, ...string[]] = ['01:00', '01:30', '02:00', '02:30', '03:00', '00:00'];

/** `changing`: where clocks are changed soon. */
export function drawWindows(random: Random, changing: readonly string[]): WindowPlans {
  const [first, ...others] = changing;
  const zone =
    first !== undefined && random.chance(0.6) ? random.pick([first, ...others]) : random.pick(ZONES);
  const long = drawLong(random, zone);
  if (random.chance(0.5)) return [long];
  // The same hours in two places.
  if (random.chance(0.3)) return [long, { ...long, zone: random.pick(ZONES) }];
  // A short one at an odd hour of some days, beside the one of every day: in one zone, or in two.
  const from = random.pick(ODD_HOURS);
  const other = random.chance(0.6) ? zone : random.pick(ZONES);
  const until = later(from, random.pick([30, 60, 90, 150]));
  const days = random.pick<readonly Day[]>([['sun'], ['sat', 'sun'], ['mon', 'wed', 'sat', 'sun']]);
  const short: WindowPlan = { days, from, until, zone: other };
  const halves = random.chance(0.3) ? inHalves(long) : [long];
  return random.chance(0.5) ? [short, ...halves] : [...halves, short];
}

/** Opens or closes at a time that the clock skips when it is put forward, if it is put forward there. */
export function drawAtSkip(random: Random, [first, ...others]: readonly string[]): WindowPlans {
  if (first === undefined) return [];
  const zone = random.pick([first, ...others]);
  const edge = SKIPPED[zone] ?? '02:30';
  const [from, until] = random.chance(0.5)
    ? [edge, later(edge, HALF_A_DAY)]
    : [later(edge, HALF_A_DAY), edge];
  return [{ days: 'daily', from, until, zone }];
}

const HALF_A_DAY = 12 * 60;
/** In the middle of what is skipped: from two to three, unless it is said here. */
const SKIPPED: Readonly<Record<string, string>> = {
  'Europe/London': '01:30',
  'Australia/Lord_Howe': '02:15',
};

function drawLong(random: Random, zone: string): WindowPlan {
  const edge = random.chance(0.5)
    ? random.pick(ODD_HOURS)
    : time(random.between(0, 23), random.pick([0, 15, 30]));
  const minutes = random.pick([11.5, 12, 13]) * 60;
  // The odd hour is where it opens, or where it closes.
  const [from, until] = random.chance(0.5)
    ? [edge, later(edge, minutes)]
    : [later(edge, 24 * 60 - minutes), edge];
  const plan = { days: 'daily', from, until: until === '00:00' ? '24:00' : until, zone } as const;
  return random.chance(0.4) ? { ...plan, leave: random.pick([30, 90, 240]) } : plan;
}

/** The same, in two windows of some days each. */
function inHalves(plan: WindowPlan): WindowPlans {
  const some: readonly Day[] = ['sat', 'sun', 'wed'];
  return [
    { ...plan, days: some },
    { ...plan, days: DAYS.filter((day) => !some.includes(day)) },
  ];
}

function time(hours: number, minutes: number): string {
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

function later(from: string, minutes: number): string {
  const [hours = 0, past = 0] = from.split(':').map(Number);
  const all = (hours * 60 + past + minutes) % (24 * 60);
  return time(Math.floor(all / 60), all % 60);
}

/** As the parameter has them. */
export function windowText(windows: WindowPlans): string {
  const texts = windows.map(({ days, from, until, zone, leave }) => {
    const on = days === 'daily' ? days : `[${days.join(', ')}]`;
    const left = leave === undefined ? '' : `, leave: ${leave}m`;
    return `{ days: ${on}, from: "${from}", until: "${until}", zone: ${zone}${left} }`;
  });
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

const LASTS_MS = 10 * MINUTE;

/** The first instant from then on at which it opens, or is open, for ten minutes at least; epoch ms. */
export function opensAt(windows: WindowPlans, from: number): number {
  const isOpen = (at: number): boolean =>
    [0, LASTS_MS / 2, LASTS_MS].every((off) => isOpenAt(windows, at + off));
  for (let at = from; at < from + 48 * HOUR; at += 5 * MINUTE) if (isOpen(at)) return at;
  throw new Error(`A window never opens: ${windowText(windows)}`);
}

/**
 * It is open from the first instant at which the clock shows its start or later, to the first at which it shows its end
 * or later: a time that comes twice counts when it comes first.
 */
function isOneOpen({ days, from, until, zone, leave = 0 }: WindowPlan, at: number): boolean {
  const now = latestShown(zone, at);
  const then = leave === 0 ? now : latestShown(zone, at + leave * MINUTE);
  const today = now.slice(0, 10);
  return [dayBefore(today), today].some((date) => {
    const day = DAYS[new Date(date).getUTCDay()] ?? 'sun';
    const end = from < until ? date : dayAfter(date);
    return (days === 'daily' || days.includes(day)) && `${date} ${from}` <= now && then < `${end} ${until}`;
  });
}

const DAY_MS = 24 * HOUR;
const dayAfter = (date: string): string => new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
const dayBefore = (date: string): string => new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 10);

/** The latest time that a clock on a wall there has shown by then; `2027-10-31 02:59`, for an hour after it was put back. */
function latestShown(zone: string, at: number): string {
  const now = wall(zone, at);
  const anHourAgo = wall(zone, at - HOUR);
  // Unless it was put back meanwhile, it shows an hour more than it did then.
  if (Date.parse(`${now}Z`) - Date.parse(`${anHourAgo}Z`) >= HOUR) return now;
  let latest = now;
  for (let ago = 1; ago <= 60; ago += 1) {
    const shown = wall(zone, at - ago * MINUTE);
    if (shown > latest) latest = shown;
  }
  return latest;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a clock on a wall there shows. */
function wall(zone: string, at: number): string {
  if (zone === 'UTC') return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(zone, clock);
  }
  return clock.format(at);
}
