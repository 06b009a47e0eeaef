// What people and the world outside do meanwhile, at moments drawn from the seed: merge, roll back, release by hand,
// change what they should not, hold and let go. Each act is drawn by its number alone, so that any can be left out.

import type { Drawn } from './odds.ts';
import { createRandom, type Random } from './random.ts';
import { MINUTE } from './time.ts';

export type ActKind =
  | 'merge'
  | 'rollback'
  | 'hotfix'
  | 'deploy-again'
  | 'container'
  | 'by-hand'
  | 'set-config'
  | 'maintenance'
  | 'status'
  | 'hold'
  | 'let-go'
  | 'unhold'
  | 'accept'
  | 'retry'
  | 'reject'
  | 'allow'
  | 'observe'
  | 'rename-wave'
  | 'change-soak'
  | 'change-checks'
  | 'drop-wave'
  | 'split-wave'
  | 'move-app'
  | 'second-parameter'
  | 'force-push'
  | 'rename-pipeline'
  | 'remake-pipeline'
  | 'defaults'
  | 'spoil-rows'
  | 'break-parameter'
  | 'mend-parameter'
  | 'clear-caches'
  | 'forged-webhook'
  | 'flood'
  | 'failing-release-phase'
  | 'failing-target'
  | 'remove-app'
  | 'scale'
  | 'mute';

/** Of a run: when it has asked for what runs; when it is about to write the ledger; when it has sent a promotion. */
export type Moment = 'look' | 'claim' | 'sent';

/** Half of what people do is this, or another such. */
export interface Often {
  readonly act: ActKind;
  readonly moment: Moment;
}

export interface Act {
  /** `act:3`. */
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  /** Waits for the pipeline's next run to look at what runs, or to claim a promotion. */
  readonly waitsFor?: Moment;
  readonly kind: ActKind;
  /** Which pipeline, by number. */
  readonly pipeline: number;
  /** For everything else that has to be chosen. */
  readonly random: Random;
}

/** How often each is done, relative to the others. */
const WEIGHTS: Readonly<Record<Exclude<ActKind, 'merge'>, number>> = {
  rollback: 4,
  hotfix: 3,
  'deploy-again': 3,
  container: 1,
  'by-hand': 3,
  'set-config': 4,
  maintenance: 6,
  status: 4,
  hold: 4,
  'let-go': 14,
  unhold: 4,
  accept: 5,
  retry: 3,
  reject: 3,
  allow: 3,
  observe: 1,
  'rename-wave': 1,
  'change-soak': 2,
  'change-checks': 1,
  'drop-wave': 1,
  'split-wave': 1,
  'move-app': 1,
  'second-parameter': 1,
  'force-push': 1.5,
  'rename-pipeline': 0.5,
  'remake-pipeline': 0.5,
  defaults: 1.5,
  'spoil-rows': 2,
  'break-parameter': 1,
  'mend-parameter': 2,
  'clear-caches': 4,
  'forged-webhook': 3,
  flood: 0.15,
  'failing-release-phase': 2,
  'failing-target': 2,
  'remove-app': 0.5,
  scale: 3,
  mute: 1,
};

export interface PeopleOptions {
  readonly seed: string | number;
  readonly from: number;
  readonly until: number;
  readonly pipelines: number;
  readonly trouble: Drawn;
}

export function drawActs({ seed, from, until, pipelines, trouble }: PeopleOptions): readonly Act[] {
  const { isBusy } = trouble;
  const acts: Act[] = [];
  let number = 0;
  const act = (at: number, kind: ActKind, pipeline: number, often: readonly Often[]): void => {
    number += 1;
    const random = createRandom(seed, 'act', number);
    // Half of what people do falls into the seconds in which a tick's runs are at work, or right into one of them.
    const worst = Math.ceil(at / MINUTE) * MINUTE + random.between(200, 1_800);
    const isWorst = random.chance(0.5) && worst < until;
    const moment = random.pick([undefined, 'look', 'claim'] as const);
    const its = often.find((one) => one.act === kind);
    const waitsFor = kind === 'merge' ? undefined : (its?.moment ?? moment);
    acts.push({
      id: `act:${number}`,
      at: isWorst ? worst : at,
      ...(waitsFor && { waitsFor }),
      kind,
      pipeline,
      random,
    });
  };
  for (let pipeline = 0; pipeline < pipelines; pipeline += 1) {
    const random = createRandom(seed, 'people', pipeline);
    const people = trouble.people?.(pipeline) ?? trouble;
    const { often } = people;
    const mergeEvery = random.pick(isBusy ? [8] : [8, 12, 30]) * MINUTE;
    for (let at = from + gap(random, mergeEvery); at < until; at += gap(random, mergeEvery)) {
      act(at, 'merge', pipeline, often);
    }
    if (trouble.isLocal && pipeline > 0) continue;
    const actEvery = random.pick(pacesOf({ isBusy, ...people })) * MINUTE;
    for (let at = from + gap(random, actEvery); at < until; at += gap(random, actEvery)) {
      const one = often[random.between(0, often.length - 1)];
      act(at, one !== undefined && random.chance(0.5) ? one.act : weighted(random), pipeline, often);
    }
  }
  return acts.sort((a, b) => a.at - b.at);
}

/** How many minutes people let pass between what they do, on average: one of these. */
function pacesOf({
  isBusy,
  often,
  everyMinutes,
}: Pick<Drawn, 'isBusy' | 'often' | 'everyMinutes'>): readonly [number, ...number[]] {
  if (everyMinutes !== undefined) return [everyMinutes];
  if (isBusy) return [10];
  // A calm team, a busy one, one that cannot keep its hands off; or people who mean trouble.
  return often.length === 0 ? [180, 60, 20] : [10, 5];
}

/** Exponentially distributed around the mean, as what happens by itself is. */
function gap(random: Random, mean: number): number {
  return Math.ceil(-Math.log(1 - random.next()) * mean);
}

function weighted(random: Random): ActKind {
  const entries = Object.entries(WEIGHTS) as [ActKind, number][];
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = random.next() * total;
  for (const [kind, weight] of entries) {
    rest -= weight;
    if (rest < 0) return kind;
  }
  return 'set-config';
}
