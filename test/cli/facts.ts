// A pipeline made by hand, as a run of `promote` would leave it in the table: router with four waves, in which 3f2a91bc
// follows 9bb01a2c. Each test changes what it tells of.

import type { Attempt, AttemptTarget } from '../../shared/domain/attempt.ts';
import type { Decision, StepDecision, WaveView } from '../../shared/domain/decision.ts';
import type { Hold } from '../../shared/domain/hold.ts';
import type { AppRef } from '../../shared/domain/pipeline.ts';
import { fail, pass, unknown, type Verdict, wait } from '../../shared/domain/verdict.ts';
import type { PipelineView, Table } from '../../shared/table/port.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const ROUTER = '6f0e6a5e-0000-4000-8000-000000000001';

/** `-15` is a quarter of an hour ago. */
export const minutes = (count: number): number => NOW + count * MINUTE;

interface Code {
  readonly artifact: string;
  readonly commit: string;
}

export const OLD: Code = {
  artifact: 'slug:9bb01a2c-0000-4000-8000-00000000000a',
  commit: '9bb01a2c77aa4f0e8f6d5c4b3a29181706f5e4d3',
};
export const NEW: Code = {
  artifact: 'slug:3f2a91bc-0000-4000-8000-00000000000b',
  commit: '3f2a91bc11dd4c0e9b8a7f6e5d4c3b2a19080706',
};
export const NEWER: Code = {
  artifact: 'slug:c0ffee12-0000-4000-8000-00000000000c',
  commit: 'c0ffee12aabb4c0d8e9f0a1b2c3d4e5f60718293',
};

export const app = (name: string): AppRef => ({ id: `id-of-${name}`, name });

/** A wave that runs one artifact on all of its apps since an instant. */
export function wave(name: string, apps: readonly string[], code: Code, since: number): WaveView {
  return { name, apps: apps.map((one) => ({ app: app(one), ...code, since })) };
}

export function same(from: string, to: string): StepDecision {
  const nothing = { candidate: null, targets: [], verdicts: [], blocker: null, earliestAt: null };
  return { from, to, state: 'same', ...nothing, stands: [], failures: [] };
}

/** A step in which `code` could move from `source` to `targets`, and how the checks answered. */
export function moves(
  path: readonly [from: string, to: string],
  code: Code,
  source: string,
  targets: readonly string[],
  verdicts: readonly Verdict[],
): StepDecision {
  const blockers = verdicts.filter((verdict) => verdict.state !== 'pass');
  const known = blockers.flatMap((verdict) => verdict.until ?? []);
  return {
    ...same(...path),
    state: blockers.length === 0 ? 'ready' : 'blocked',
    candidate: { ...code, source: app(source), sourceReleaseId: '0b3c5f0e-0000-4000-8000-000000000042' },
    targets: targets.map(app),
    verdicts,
    blocker: blockers[0]?.check ?? null,
    earliestAt: known.length === 0 ? null : Math.max(...known),
  };
}

export const answers = {
  soaking: (until: number): Verdict =>
    wait({
      check: 'soak',
      about: 'source',
      reason:
        '3f2a91bc completes its soak of 30m at 2026-11-23 12:26Z, last on router-qa01, where it has been since 2026-11-23 11:56Z.',
      until,
      since: minutes(-4),
    }),
  soaked: pass({
    check: 'soak',
    about: 'source',
    reason: '3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.',
    since: minutes(-30),
  }),
  free: pass({ check: 'hold', about: 'world', reason: 'Nobody holds router canary.', since: minutes(-60) }),
  held: wait({
    check: 'hold',
    about: 'world',
    reason: 'bo@example.com holds router since 2026-11-23 11:30Z: database migration',
    since: minutes(-30),
    onEvent: true,
    evidence: { holds: ['01KAX5T0Q8HHHHHHHHHH000001'] },
  }),
  noSignal: wait({
    check: 'signal direwolf',
    about: 'source',
    reason: 'No direwolf about router-qa01 with 3f2a91bc has come in.',
    since: minutes(-4),
    onEvent: true,
  }),
  ciFailed: fail({
    check: 'ci',
    about: 'artifact',
    reason: 'ci/circleci: build failed for 3f2a91bc at 2026-11-23 11:58Z (https://ci.example/42).',
    since: minutes(-2),
    unblock: 'run ci/circleci: build again at https://ci.example/42, or merge a fix',
    onEvent: true,
  }),
  statusUnread: unknown({
    check: 'heroku-status',
    about: 'world',
    reason: 'What Heroku says of itself could not be read: it gave no answer within 10s.',
    since: minutes(-1),
  }),
  stands: wait({
    check: 'stands',
    about: 'target',
    reason:
      'router-va01 was rolled back to 9bb01a2c at 2026-11-23 10:00Z by ana@example.com; the pipeline did not bring it, so it stands until a person lets go.',
    since: minutes(-120),
    unblock: 'sluice accept router --wave canary --reason "…"',
    onEvent: true,
    evidence: { apps: ['router-va01'] },
  }),
  failedBefore: fail({
    check: 'attempt',
    about: 'artifact',
    reason: 'router-va01 failed to take 3f2a91bc at 2026-11-23 11:00Z: Release command failed',
    since: minutes(-60),
    unblock:
      'sluice retry router --wave canary --reason "…"   (tries 3f2a91bc again; a newer artifact goes ahead by itself)',
    onEvent: true,
    evidence: { attempts: ['01KAX5T0Q8AAAAAAAAAA000001'] },
  }),
} as const;

/** qa has the new artifact; canary, which has two apps, and world do not. */
export function decision(change: Partial<Decision> = {}): Decision {
  return {
    pipelineId: ROUTER,
    pipeline: 'router',
    mode: 'promote',
    dryRun: false,
    at: minutes(-3),
    waves: [
      wave('qa', ['router-qa01'], NEW, minutes(-4)),
      wave('canary', ['router-va01', 'router-va02'], OLD, minutes(-200)),
      wave('world', ['router-ie01', 'router-jp01'], OLD, minutes(-90)),
    ],
    steps: [
      moves(
        ['qa', 'canary'],
        NEW,
        'router-qa01',
        ['router-va01', 'router-va02'],
        [answers.soaking(minutes(26)), answers.free],
      ),
      same('canary', 'world'),
    ],
    wakeAt: minutes(26),
    soakCeilingMs: null,
    ...change,
  };
}

/** The decision with another way to canary. */
export function withAnswers(...verdicts: readonly Verdict[]): Decision {
  const step = moves(['qa', 'canary'], NEW, 'router-qa01', ['router-va01', 'router-va02'], verdicts);
  return decision({ steps: [step, same('canary', 'world')] });
}

export function attempt(change: Partial<Attempt> = {}): Attempt {
  return {
    id: '01KAX5T0Q8AAAAAAAAAA000001',
    pipelineId: ROUTER,
    pipeline: 'router',
    from: 'qa',
    to: 'canary',
    ...NEW,
    source: app('router-qa01'),
    sourceReleaseId: '0b3c5f0e-0000-4000-8000-000000000042',
    targets: [target('router-va01', 'succeeded'), target('router-va02', 'succeeded')],
    verdicts: [answers.soaked, answers.free],
    actor: 'sluice',
    claimedAt: minutes(-10),
    sentAt: minutes(-10),
    promotionId: 'f7a1c2d3-0000-4000-8000-000000000007',
    state: 'succeeded',
    refusal: null,
    settledAt: minutes(-6),
    outcome: 'router-va01 and router-va02 took it.',
    ...change,
  };
}

export function target(
  name: string,
  state: AttemptTarget['state'],
  error: string | null = null,
): AttemptTarget {
  return {
    app: app(name),
    before: { artifact: OLD.artifact, releaseId: '11111111-0000-4000-8000-000000000041' },
    beforeVersion: 41,
    state,
    releaseId: state === 'succeeded' ? '22222222-0000-4000-8000-000000000042' : null,
    error,
  };
}

/** A promotion to canary that has not ended. */
export const underWay = attempt({
  state: 'open',
  settledAt: null,
  claimedAt: minutes(-2),
  sentAt: minutes(-2),
  targets: [target('router-va01', 'open'), target('router-va02', 'open')],
  outcome: 'Heroku is at work on promotion f7a1c2d3.',
});

export function hold(change: Partial<Hold> = {}): Hold {
  return {
    id: '01KAX5T0Q8HHHHHHHHHH000001',
    pipelineId: ROUTER,
    wave: null,
    reason: 'database migration',
    owner: 'bo@example.com',
    placedAt: minutes(-30),
    expiresAt: minutes(90),
    liftedAt: null,
    liftedBy: null,
    ...change,
  };
}

/** Puts a pipeline into the table as a finished run leaves it. */
export async function put(
  table: Table,
  made: Decision | null,
  name = made?.pipeline ?? 'router',
  predecessors?: readonly string[],
): Promise<void> {
  const view: Omit<PipelineView, 'wokenAt'> = {
    pipelineId: made?.pipelineId ?? ROUTER,
    name,
    ...(predecessors !== undefined && { predecessors }),
    wakeAt: made?.wakeAt ?? null,
    openAttempts: 0,
    seenAt: minutes(-3),
    releasedAt: {},
    concerns: [],
    configDigest: 'digest',
    behindSince: null,
    unknownSince: null,
  };
  await table.writeView(view);
  if (made !== null) await table.writeDecision(made);
}

/** Puts an open promotion into the table: its record, and the ledger that holds it. */
export async function putOpen(table: Table, open: Attempt): Promise<void> {
  await table.writeAttempt(open);
  await table.writeLedger(ROUTER, { revision: 1, writer: 'x', open: [open], apps: {} }, null);
}

/** A second pipeline in which nothing is behind. */
export const calm: Decision = decision({
  pipelineId: '6f0e6a5e-0000-4000-8000-000000000002',
  pipeline: 'edge',
  waves: [
    wave('staging', ['edge-staging'], NEWER, minutes(-26 * 60)),
    wave('production', ['edge-us', 'edge-eu'], NEWER, minutes(-25 * 60)),
  ],
  steps: [same('staging', 'production')],
  wakeAt: null,
  soakCeilingMs: 2 * HOUR,
});
