// What the tests of the domain tell their stories with: a small pipeline, apps with a past, what the pipeline knows.

import { type Ancestry, pairKey } from '../../../shared/domain/ancestry.ts';
import {
  type Attempt,
  type AttemptTarget,
  emptyLedger,
  type Ledger,
} from '../../../shared/domain/attempt.ts';
import type { AppFacts, Facts } from '../../../shared/domain/facts.ts';
import { type AppRef, type Pipeline, type Step, steps, type Wave } from '../../../shared/domain/pipeline.ts';
import { historyOf, type ReleaseFact } from '../../../shared/domain/stays.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Stories count their minutes from here. */
export const T0 = Date.parse('2026-11-23T10:00:00Z');
export const at = (minute: number): number => T0 + minute * MINUTE;

export const app = (name: string): AppRef => ({ id: `id-${name}`, name });

/** `apps`: their names with spaces between. */
export const wave = (name: string, apps: string, soakMinutes = 0): Wave => ({
  name,
  apps: apps.split(' ').map(app),
  soakMs: soakMinutes * MINUTE,
  checks: [],
});

export const pipelineOf = (...waves: readonly Wave[]): Pipeline => ({
  id: 'id-router',
  name: 'router',
  mode: 'promote',
  waves,
});

/** The step that leads to a wave. */
export function stepTo(pipeline: Pipeline, to: string): Step {
  const found = steps(pipeline).find((step) => step.to.name === to);
  if (found === undefined) throw new Error(`${pipeline.name} has no wave ${to} after its first.`);
  return found;
}

/** `A@-60 B@10`: the code of each release and the minute it came, as releases v1, v2, … of the app. */
export function releases(
  name: string,
  past: string,
  userEmail: string | null = null,
): readonly ReleaseFact[] {
  const words = past.split(' ').filter((word) => word !== '');
  return words.map((word, index) => {
    const [code = '', minute = '0'] = word.split('@');
    return {
      id: `${name} v${index + 1}`,
      version: index + 1,
      status: code.endsWith('!') ? 'expired' : 'succeeded',
      current: index === words.length - 1,
      artifact: { type: 'slug', id: code.replace('!', '') },
      createdAt: at(Number(minute)),
      updatedAt: at(Number(minute)),
      hasReleasePhase: false,
      userEmail,
    };
  });
}

export interface Telling extends Partial<Omit<Facts, 'apps'>> {
  /** What ran on each app, by name, as `releases` reads it; `A!` is a release that Heroku has let expire. */
  readonly apps: Readonly<Record<string, string>>;
  /** The apps whose releases are not known back to the first. */
  readonly partly?: readonly string[];
  readonly unreadable?: Readonly<Record<string, string>>;
  readonly by?: string;
}

/** Facts; the commit of an artifact `A` is `aaaa…` unless said otherwise. */
export function factsOf(telling: Telling): Facts {
  const { apps, partly = [], unreadable = {}, by = null, ledger = emptyLedger, holds = [] } = telling;
  const entries = Object.entries(apps).map(([name, past]): [string, AppFacts] => [
    app(name).id,
    {
      app: app(name),
      maintenance: false,
      ...historyOf(releases(name, past, by), !partly.includes(name)),
      unreadable: unreadable[name] ?? null,
    },
  ]);
  const codes = Object.values(apps).flatMap((past) => past.match(/[A-Z]/g) ?? []);
  const commits = Object.fromEntries(codes.map((code) => [`slug:${code}`, code.toLowerCase().repeat(40)]));
  const { rejections = [], standings = [] } = telling;
  return {
    apps: Object.fromEntries(entries),
    ledger,
    holds,
    commits: telling.commits ?? commits,
    rejections,
    standings,
    ...(telling.ancestry && { ancestry: telling.ancestry }),
  };
}

/** What GitHub has said: `{ AB: true }`: the commit of B contains that of A. */
export function ancestryOf(says: Readonly<Record<string, boolean>>, unread?: string): Ancestry {
  const contains = Object.entries(says).map(([letters, isSo]): [string, boolean] => {
    const [earlier = '', later = ''] = letters.toLowerCase();
    return [pairKey({ earlier: earlier.repeat(40), later: later.repeat(40) }), isSo];
  });
  return { contains: Object.fromEntries(contains), ...(unread !== undefined && { unread: { why: unread } }) };
}

/** A ledger in which the pipeline brought things to apps: `{ 'web-2': 'A@-50' }`, oldest first. */
export function broughtTo(apps: Readonly<Record<string, string>>, more: Partial<Ledger> = {}): Ledger {
  const entries = Object.entries(apps).map(([name, past]) => {
    const brought = releases(name, past).map(({ artifact, createdAt }) => ({
      artifact: `slug:${artifact?.id}`,
      at: createdAt,
      knownAt: createdAt,
      by: 'an-attempt',
    }));
    return [app(name).id, { brought, failed: null, tried: null }];
  });
  return { ...emptyLedger, apps: Object.fromEntries(entries), ...more };
}

export const target = (name: string, more: Partial<AttemptTarget> = {}): AttemptTarget => ({
  app: app(name),
  before: null,
  beforeVersion: 1,
  state: 'open',
  releaseId: null,
  error: null,
  ...more,
});

/** An open attempt to bring B from qa to va-1, claimed at T0 and sent a second later. */
export const attemptOf = (more: Partial<Attempt> = {}): Attempt => ({
  id: 'attempt-1',
  pipelineId: 'id-router',
  pipeline: 'router',
  from: 'qa',
  to: 'canary',
  artifact: 'slug:B',
  commit: 'b'.repeat(40),
  source: app('qa-1'),
  sourceReleaseId: 'qa-1 v2',
  targets: [target('va-1')],
  verdicts: [],
  actor: 'sluice',
  claimedAt: T0,
  sentAt: T0 + 1000,
  promotionId: 'promotion-1',
  state: 'open',
  refusal: null,
  settledAt: null,
  outcome: 'Asked of Heroku; no answer yet.',
  ...more,
});
