// One promotion that is merged to at a steady pace for days, as a story: when each merge came, and when it had arrived.
//
// A tick at which nothing is due is left out: it would decide nothing, and everything is at the latest as late as here.

import { createHmac } from 'node:crypto';
import type { UrlEvent } from '../functions/url.ts';
import type { Counting } from '../shared/domain/pipeline.ts';
import { planOf } from '../shared/explain/plan.ts';
import { signGeneric } from '../shared/signals/signature.ts';
import { commitOf, MINUTE, T0, World } from './world.ts';

const DAY = 24 * 60;

export interface Pace {
  readonly days: number;
  /** Minutes between merges. */
  readonly every: number;
  /** Left out: what the place of the wave says. */
  readonly counting?: Counting;
  /** How many minutes after a merge its results come; null: nothing asks for them. */
  readonly evidence: { readonly ci: number; readonly suite: number } | null;
  /** Whether a result about the merge with this number is a failure. */
  readonly isRed?: (merge: number) => boolean;
}

export interface Merge {
  readonly commit: string;
  readonly isRed: boolean;
  /** Minutes since the beginning. */
  readonly at: number;
  /** When production first ran it, as itself or inside something later; null: not yet. */
  arrivedAt: number | null;
}

export interface Told {
  readonly merges: readonly Merge[];
  /** When the story ends, minutes since its beginning. */
  readonly end: number;
  /** Every commit that production was given. */
  readonly given: ReadonlySet<string>;
  /** What `sluice plan` prints as the longest, in minutes (null: no ceiling), and the checks that add to it. */
  readonly ceiling: number | null;
  readonly plus: readonly string[];
}

interface Happening {
  readonly at: number;
  readonly happen: () => Promise<unknown> | unknown;
}

export async function live(pace: Pace): Promise<Told> {
  const world = await World.open({ config: {} });
  try {
    return await lived(world, pace);
  } finally {
    await world.close();
  }
}

async function lived(world: World, pace: Pace): Promise<Told> {
  Object.assign(world.secrets, { github: 'github-secret', e2e: 'e2e-secret' });
  const checks = pace.evidence === null ? '' : '    checks: [ci, { signal: { name: e2e, of: commit } }]\n';
  const counted = pace.counting === undefined ? '' : `    counting: ${pace.counting}\n`;
  world.addPipeline('web', [1, 1], (wave) => (wave === 2 ? `    soak: 30m\n${counted}${checks}` : ''));
  await world.ticks(2);

  const merges: Merge[] = [];
  const given = new Set<string>();
  const happenings = happeningsOf(world, pace, merges);
  let arrived = 0;
  const end = pace.days * DAY;
  let minute = 2;
  let rests = false;
  while (minute < end) {
    // Just after the tick of that minute: the next one is the first to see it.
    const isNews = (happenings[0]?.at ?? end) <= minute;
    while ((happenings[0]?.at ?? end) <= minute) await happenings.shift()?.happen();
    const next = rests && !isNews ? await nextDue(world, minute, happenings[0]?.at ?? end) : minute + 1;
    world.wait(next - minute);
    minute = next;
    rests = (await world.tick()).woken.length === 0;
    if (rests) continue;
    const runs = world.runs('web-2');
    given.add(runs);
    const reached = merges.findIndex(({ commit }) => commit === runs);
    for (; arrived <= reached; arrived++) Object.assign(merges[arrived] ?? {}, { arrivedAt: minute });
  }
  const { ceilings } = planOf([await world.account('web')], world.clock.now());
  const { soakCeilingMs: ms = null, plus = [] } = ceilings[0] ?? {};
  return { merges, end, given, ceiling: ms === null ? null : ms / MINUTE, plus };
}

/** The next minute at which a tick could do anything, after one that had nothing to do. */
async function nextDue(world: World, minute: number, happening: number): Promise<number> {
  const [view] = (await world.table.fleet()).views;
  const wakeAt = view?.wakeAt ?? Number.POSITIVE_INFINITY;
  return Math.max(minute + 1, Math.min(Math.ceil((wakeAt - T0) / MINUTE), happening));
}

function happeningsOf(world: World, pace: Pace, merges: Merge[]): Happening[] {
  const { days, every, evidence, isRed = () => false } = pace;
  const count = Math.floor((days * DAY) / every);
  const all = Array.from({ length: count }, (_, index): Happening[] => {
    const [number, at] = [index + 1, (index + 1) * every];
    const commit = commitOf(`m${number} `);
    const state = isRed(number) ? 'failure' : 'success';
    const merge = () => {
      world.heroku.deploy('web-1', { commit });
      merges.push({ commit, isRed: isRed(number), at, arrivedAt: null });
    };
    if (evidence === null) return [{ at, happen: merge }];
    return [
      { at, happen: merge },
      { at: at + evidence.ci, happen: () => world.deliver(ciResult(number, commit, 'success', world)) },
      { at: at + evidence.suite, happen: () => world.deliver(suiteResult(commit, state, world)) },
    ];
  });
  return all.flat().sort((a, b) => a.at - b.at);
}

function delivery(rawPath: string, headers: Record<string, string>, body: string): UrlEvent {
  return { rawPath, headers, body, isBase64Encoded: false, requestContext: { http: { method: 'POST' } } };
}

export function ciResult(id: number, sha: string, state: string, { clock }: World): UrlEvent {
  const at = new Date(clock.now()).toISOString();
  const body = JSON.stringify({ id, sha, context: 'build', state, updated_at: at });
  const signature = createHmac('sha256', 'github-secret').update(body).digest('hex');
  const headers = {
    'x-github-event': 'status',
    'x-github-delivery': `delivery-${id}`,
    'x-hub-signature-256': `sha256=${signature}`,
  };
  return delivery('/github', headers, body);
}

export function suiteResult(commit: string, state: string, { clock }: World): UrlEvent {
  const body = JSON.stringify({ name: 'e2e', commit, state, at: new Date(clock.now()).toISOString() });
  const signature = signGeneric('e2e-secret', body, Math.floor(clock.now() / 1000));
  return delivery('/signals/e2e', { 'x-sluice-signature': signature }, body);
}
