// A question to ask a check: one step of a small pipeline, with the facts a test wants to be different.

import type { Check, CheckPorts, Question } from '../../../shared/checks/check.ts';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import type { Candidate } from '../../../shared/domain/candidate.ts';
import { differenceOf } from '../../../shared/domain/difference.ts';
import type { AppFacts, Facts } from '../../../shared/domain/facts.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import type { AppRef, Pipeline, Step } from '../../../shared/domain/pipeline.ts';
import type { Rejection } from '../../../shared/domain/rejection.ts';
import type { Stay } from '../../../shared/domain/stays.ts';
import type { Verdict } from '../../../shared/domain/verdict.ts';
import type { HerokuStatusReport } from '../../../shared/heroku/port.ts';
import type { Signal } from '../../../shared/signals/signal.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** When the artifact came to the source apps. */
export const T0 = Date.parse('2026-11-23T10:00:00Z');
export const COMMIT = 'c0ffee0123456789abcdef0123456789abcdef01';
export const NEW = 'slug:11111111-0000-4000-8000-000000000001';
export const OLD = 'slug:00000000-0000-4000-8000-000000000000';

const app = (name: string): AppRef => ({ id: `id-${name}`, name });
export const qa1 = app('router-qa01');
export const qa2 = app('router-qa02');
export const va1 = app('router-va01');
export const va2 = app('router-va02');

export function stay(parts: Partial<Stay> = {}): Stay {
  return {
    artifact: NEW,
    releaseId: 'release-12',
    version: 12,
    startAt: T0,
    endAt: null,
    userEmail: null,
    expired: false,
    ...parts,
  };
}

export interface Situation {
  readonly soakMs?: number;
  readonly now?: number;
  /** By app name; both source apps have run the artifact since T0 unless said otherwise. */
  readonly stays?: Readonly<Record<string, readonly Stay[]>>;
  readonly apps?: Readonly<Record<string, Partial<AppFacts>>>;
  readonly holds?: readonly Hold[];
  readonly commits?: Facts['commits'];
  readonly rejections?: readonly Rejection[];
}

/** The step from `qa` (two apps) to `canary` (two apps), a minute after the artifact came unless said otherwise. */
export function questionOf<Options>(options: Options, situation: Situation = {}): Question<Options> {
  const { soakMs = 0, now = T0 + MINUTE, stays = {}, holds = [], commits = { [NEW]: COMMIT } } = situation;
  const from = { name: 'qa', apps: [qa1, qa2], soakMs: 0, checks: [] };
  const to = { name: 'canary', apps: [va1, va2], soakMs, checks: [] };
  const world = { name: 'world', apps: [app('router-ie01')], soakMs: 0, checks: [] };
  const waves = [from, to, world];
  const pipeline: Pipeline = { id: 'pipeline-id', name: 'router', mode: 'promote', waves };
  const old = stay({ artifact: OLD, releaseId: 'release-1', version: 1, startAt: T0 - 24 * HOUR });
  const apps = Object.fromEntries(
    [qa1, qa2, va1, va2].map((one): [string, AppFacts] => {
      const runs = stays[one.name] ?? (from.apps.includes(one) ? [stay()] : [old]);
      const history = { through: 12, stays: runs, codeless: null, isSettled: true, complete: true };
      const facts = { app: one, maintenance: false, history, pending: null, unreadable: null };
      return [one.id, { ...facts, ...situation.apps?.[one.name] }];
    }),
  );
  const { rejections = [] } = situation;
  const facts: Facts = { apps, ledger: emptyLedger, holds, commits, rejections };
  const step: Step = { index: 1, from, to };
  const { candidate, targets } = differenceOf(pipeline, step, facts, now);
  return { pipeline, step, facts, now, options, targets, candidate: candidate as Candidate };
}

const GREEN: HerokuStatusReport = {
  systems: [
    { system: 'Apps', status: 'green' },
    { system: 'Data', status: 'green' },
    { system: 'Tools', status: 'green' },
  ],
  incidents: [],
};

export function portsWith(
  signals: readonly Signal[] = [],
  status: HerokuStatusReport | Error = GREEN,
): CheckPorts {
  return {
    signals: {
      signalsOfCommit: async (commit) => signals.filter((one) => one.commit === commit),
      signalsOfApp: async (names, { name, from, until, isWanted }) =>
        signals.filter(
          (one) =>
            one.app !== null &&
            names.includes(one.app) &&
            one.name === name &&
            one.at >= from &&
            one.at <= until &&
            isWanted(one),
        ),
    },
    status: {
      current: async () => {
        if (status instanceof Error) throw status;
        return status;
      },
    },
  };
}

let deliveries = 0;

export function signalOf(parts: Partial<Signal> = {}): Signal {
  deliveries += 1;
  const at = parts.at ?? T0;
  return {
    source: 'github',
    name: 'build',
    commit: null,
    app: null,
    state: 'success',
    url: null,
    at,
    receivedAt: at + 1000,
    deliveryId: `delivery-${deliveries}`,
    ...parts,
  };
}

/** Asks a check with options as they are written in configuration. */
export async function ask<Options>(
  check: Check<Options>,
  written: unknown,
  situation: Situation = {},
  ports: CheckPorts = portsWith(),
): Promise<Verdict> {
  return check.ask(questionOf(check.schema.parse(written), situation), ports);
}
