// What the checker knows of the simulated world: what people did, what was configured, what was sent, and when.

import type { Simulator } from '../../infra/local/heroku/simulator.ts';
import type { Attempt, Ledger } from '../../shared/domain/attempt.ts';
import type { Context } from './context.ts';
import type { Item, Items } from './dynamo.ts';
import type { PipelinePlan } from './fleet.ts';
import type { SimulatedGitHub } from './github.ts';
import { KnownDynos } from './known-dynos.ts';
import { KnownResults } from './known-results.ts';
import { KnownSignals } from './known-signals.ts';
import { Stands } from './stands.ts';

/** A hold, from when its command was done until somebody began to lift it. */
export interface KnownHold {
  readonly pipeline: string;
  readonly wave: string | null;
  /** Who placed it. */
  readonly by: string;
  /** The apps of the wave then, where that is plain: the hold goes with them. */
  readonly apps: readonly string[];
  readonly expiresAt: number;
  from: number;
  until: number;
  /** It may be in force until then: somebody who lifts holds may not have seen this one yet. */
  latest: number;
}

/** A merge that a person has rejected by a word, from when its command was done until somebody began to allow it. */
export interface KnownRejection {
  readonly pipeline: string;
  readonly commit: string;
  from: number;
  until: number;
}

/** A promotion request that has reached Heroku. */
interface Post {
  readonly at: number;
  readonly attemptId: string;
  readonly accepted: boolean;
  /** Null when Heroku made none. */
  readonly promotionId: string | null;
  /** When the run that sent it had last looked at what runs. */
  readonly observedAt: number;
}

export interface CheckerOptions {
  readonly context: Context;
  readonly simulator: Simulator;
  readonly items: Items;
  readonly github: SimulatedGitHub;
  readonly fleet: readonly PipelinePlan[];
  readonly skewMs: number;
  /** The id of the Heroku pipeline that a name means by now. */
  readonly idOf: (pipeline: string) => string;
}

export class Known {
  readonly posts: Post[] = [];
  readonly holds: KnownHold[] = [];
  readonly rejections: KnownRejection[] = [];
  /** What somebody has allowed again. */
  readonly allowed: { readonly artifact: string | null; readonly commit: string | null }[] = [];
  readonly stands = new Stands();
  /** What somebody has said to try again: `app attempt`. */
  readonly retried = new Set<string>();
  /** Pipelines of which somebody is saying it right now. */
  readonly retrying = new Set<string>();
  /** When Heroku's status was not green: from, until. */
  readonly red: { from: number; until: number }[] = [];
  readonly ci = new KnownResults();
  readonly suites = new KnownSignals();
  /** Since when an app has been in maintenance mode, by its name; those that are not are not in it. */
  readonly inMaintenance = new Map<string, number>();
  readonly dynos = new KnownDynos();
  /** What each pipeline was told to be, newest last. */
  readonly plans = new Map<string, { readonly at: number; readonly plan: PipelinePlan }[]>();
  /** When the claim of an attempt was written. */
  readonly claimedAt = new Map<string, number>();
  /** When it was marked as being sent, in the ledger. */
  readonly markedAt = new Map<string, number>();
  /** Attempts that left a ledger, and when: closed, or lost with it. */
  readonly left: { readonly attempt: Attempt; readonly at: number }[] = [];
  /** When an attempt was first recorded. */
  readonly recordedAt = new Map<string, number>();
  readonly #items: Items;

  constructor({ items, fleet }: CheckerOptions) {
    this.#items = items;
    for (const plan of fleet) this.plans.set(plan.name, [{ at: 0, plan }]);
  }

  /** What a pipeline may be taken for by who read it at that time or later. */
  plansSince(pipeline: string, at: number): readonly PipelinePlan[] {
    const all = this.plans.get(pipeline) ?? [];
    const first = Math.max(
      0,
      all.findLastIndex((one) => one.at <= at),
    );
    return all.slice(first).map(({ plan }) => plan);
  }

  /** Every attempt on record. */
  attempts(): readonly Attempt[] {
    return this.#items
      .all()
      .flatMap(({ sk, body }) => (sk.startsWith('attempt#') ? [JSON.parse(String(body)) as Attempt] : []));
  }

  ledgers(): readonly Ledger[] {
    return this.#items.all().flatMap((item) => (item.sk === 'hot#ledger' ? (ledgerIn(item) ?? []) : []));
  }

  /** What the ledgers name as open, and what they did until lately: a run may have read it before a ledger was lost. */
  openOrLeftSince(at: number): readonly Attempt[] {
    return [
      ...this.ledgers().flatMap(({ open }) => open),
      ...this.left.flatMap((one) => (one.at > at ? [one.attempt] : [])),
    ];
  }
}

export function ledgerIn(item: Item | undefined): Ledger | undefined {
  return item === undefined ? undefined : (JSON.parse(String(item['body'])) as Ledger);
}
