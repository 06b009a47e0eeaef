// Deciding, on thousands of made-up fleets: whatever has happened, what is promoted is right.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { nextOpening } from '../../../shared/checks/opening.ts';
import type { Ledger } from '../../../shared/domain/attempt.ts';
import { decide } from '../../../shared/domain/decide.ts';
import { differenceOf } from '../../../shared/domain/difference.ts';
import type { AppFacts, Facts } from '../../../shared/domain/facts.ts';
import { type AppRef, type Pipeline, steps } from '../../../shared/domain/pipeline.ts';
import { historyOf, type ReleaseFact } from '../../../shared/domain/stays.ts';
import { fail, pass, unknown, type Verdict, wait } from '../../../shared/domain/verdict.ts';

const MINUTE = 60_000;
const NOW = 1000 * MINUTE;

interface Fleet {
  readonly pipeline: Pipeline;
  readonly facts: Facts;
  readonly verdicts: readonly (readonly Verdict[])[];
}

const states = fc.constantFrom('pass', 'pass', 'pass', 'wait', 'fail', 'unknown' as const);
const makers = { pass, wait, fail, unknown } as const;

/** A pipeline of up to four waves, each app with a past of its own, some of it brought by the pipeline. */
const fleets: fc.Arbitrary<Fleet> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 2, maxLength: 4 }),
    soaks: fc.array(fc.constantFrom(0, 5, 30), { minLength: 4, maxLength: 4 }),
    pasts: fc.array(
      fc.array(fc.record({ code: fc.integer({ min: 0, max: 5 }), gap: fc.integer({ min: 1, max: 60 }) }), {
        maxLength: 6,
      }),
      { minLength: 8, maxLength: 8 },
    ),
    brought: fc.array(fc.option(fc.integer({ min: 0, max: 5 }), { nil: null }), {
      minLength: 8,
      maxLength: 8,
    }),
    open: fc.option(fc.integer({ min: 0, max: 7 }), { nil: null }),
    states: fc.array(states, { minLength: 4, maxLength: 4 }),
  })
  .map(({ sizes, soaks, pasts, brought, open, states: answers }) => {
    let next = 0;
    const waves = sizes.map((size, index) => ({
      name: `w${index}`,
      apps: Array.from({ length: size }, (): AppRef => ({ id: `a${next}`, name: `a${next++}` })),
      soakMs: index === 0 ? 0 : (soaks[index] ?? 0) * MINUTE,
      checks: [],
    }));
    const pipeline: Pipeline = { id: 'p', name: 'p', mode: 'promote', waves };
    const all = waves.flatMap((wave) => wave.apps);
    const apps = Object.fromEntries(
      all.map((app, n): [string, AppFacts] => [app.id, appFacts(app, pasts[n] ?? [])]),
    );
    const ledger: Ledger = {
      revision: 1,
      writer: 'x',
      open: open === null ? [] : all.slice(open, open + 1).map((app) => openAttempt(app)),
      apps: Object.fromEntries(
        all.map((app, n) => {
          const code = brought[n] ?? null;
          const entry = code === null ? [] : [{ artifact: `slug:${code}`, at: 0, knownAt: 0, by: 'x' }];
          return [app.id, { brought: entry, failed: null, tried: null }];
        }),
      ),
    };
    const verdicts = answers.map((state) => [
      makers[state]({ check: 'asked', about: 'world', reason: state }),
    ]);
    return { pipeline, facts: { apps, ledger, holds: [], commits: {} }, verdicts };
  });

function appFacts(app: AppRef, past: readonly { code: number; gap: number }[]): AppFacts {
  let at = 0;
  const releases = past.map(({ code, gap }, index): ReleaseFact => {
    at += gap * MINUTE;
    return {
      id: `${app.id}-v${index + 1}`,
      version: index + 1,
      status: 'succeeded',
      current: index === past.length - 1,
      artifact: { type: 'slug', id: String(code) },
      createdAt: at,
      updatedAt: at,
      hasReleasePhase: false,
      userEmail: null,
    };
  });
  return { app, maintenance: false, ...historyOf(releases, true), unreadable: null };
}

function openAttempt(app: AppRef) {
  return {
    id: 'open',
    pipelineId: 'p',
    pipeline: 'p',
    from: 'elsewhere',
    to: 'here',
    artifact: 'slug:9',
    commit: null,
    source: app,
    sourceReleaseId: 'r',
    targets: [{ app, before: null, beforeVersion: 0, state: 'open' as const, releaseId: null, error: null }],
    verdicts: [],
    actor: 'sluice',
    claimedAt: 0,
    sentAt: null,
    promotionId: 'promotion',
    state: 'open' as const,
    refusal: null,
    settledAt: null,
    outcome: '',
  };
}

function decided({ pipeline, facts, verdicts }: Fleet, mode: Pipeline['mode'] = 'promote') {
  const deliberations = steps(pipeline).map((step, index) => {
    const difference = differenceOf(pipeline, step, facts, NOW);
    return { difference, answers: [soakOf(difference), ...(verdicts[index] ?? [])] };
  });
  const input = {
    pipeline: { ...pipeline, mode },
    facts,
    deliberations,
    now: NOW,
    dryRun: false,
    previous: null,
    nextOpening,
  };
  return { ...decide(input), deliberations };
}

const soakOf = ({ candidate }: ReturnType<typeof differenceOf>): Verdict =>
  (candidate?.soaked ? pass : wait)({ check: 'soak', about: 'source', reason: 'soak' });

const staysOf = (facts: Facts, app: AppRef) => facts.apps[app.id]?.history.stays ?? [];
const runs = (facts: Facts, app: AppRef) => staysOf(facts, app).at(-1)?.artifact;

describe('a promotion', () => {
  test.prop([fleets])('is made only when every answer about it is a pass', (fleet) => {
    const { promotions } = decided(fleet);
    for (const promotion of promotions) {
      expect(promotion.verdicts.map((v) => v.state)).toEqual(promotion.verdicts.map(() => 'pass'));
      expect(fleet.verdicts[promotion.step - 1]?.[0]?.state).toBe('pass');
    }
  });

  test.prop([fleets])(
    'is of an artifact that stayed on every app of the wave before for the whole soak, on the head inside later ones too',
    (fleet) => {
      const { facts } = fleet;
      // Where the artifact itself has to stay; what counts inside later code is told in candidate.test.ts.
      const waves = fleet.pipeline.waves.map((wave) => ({ ...wave, counting: 'occupancy' as const }));
      const pipeline = { ...fleet.pipeline, waves };
      for (const promotion of decided({ ...fleet, pipeline }).promotions) {
        const from = pipeline.waves[promotion.step - 1];
        const soakMs = pipeline.waves[promotion.step]?.soakMs ?? 0;
        const orders = (from?.apps ?? []).map((app) => staysOf(facts, app).map(({ artifact }) => artifact));
        const isLater = (artifact: string): boolean =>
          promotion.step === 1 &&
          orders.some((order) => {
            const first = order.indexOf(promotion.artifact);
            return first >= 0 && order.indexOf(artifact) > first;
          });
        for (const app of from?.apps ?? []) {
          let since: number | null = null;
          let longest = -1;
          for (const { artifact, startAt, endAt } of staysOf(facts, app)) {
            const isIt = artifact === promotion.artifact || isLater(artifact);
            since = isIt ? (since ?? startAt) : null;
            if (since !== null) longest = Math.max(longest, (endAt ?? NOW) - since);
          }
          expect(longest).toBeGreaterThanOrEqual(soakMs);
        }
      }
    },
  );

  test.prop([fleets])(
    'moves no app to an artifact that a wave before it ran earlier than what it runs',
    (fleet) => {
      const { pipeline, facts } = fleet;
      for (const promotion of decided(fleet).promotions) {
        const before = pipeline.waves.slice(0, promotion.step).flatMap((wave) => wave.apps);
        for (const target of promotion.targets) {
          for (const app of before) {
            const order = staysOf(facts, app).map((stay) => stay.artifact);
            const [given, has] = [
              order.indexOf(promotion.artifact),
              order.indexOf(runs(facts, target) ?? ''),
            ];
            if (given >= 0 && has >= 0) expect(given).toBeGreaterThan(has);
          }
        }
      }
    },
  );

  test.prop([fleets])('is never made over what a person did, nor to an app with an open attempt', (fleet) => {
    const { pipeline, facts } = fleet;
    for (const promotion of decided(fleet).promotions) {
      for (const app of pipeline.waves[promotion.step]?.apps ?? []) {
        const brought = facts.ledger.apps[app.id]?.brought.at(-1)?.artifact;
        const has = runs(facts, app);
        if (brought !== undefined && has !== undefined && has !== promotion.artifact)
          expect(has).toBe(brought);
        expect(facts.ledger.open.some((a) => a.targets.some((t) => t.app.id === app.id))).toBe(false);
      }
    }
  });

  test.prop([fleets])('pins a release of the source app that carried the artifact', (fleet) => {
    for (const promotion of decided(fleet).promotions) {
      const stay = staysOf(fleet.facts, promotion.source).find(
        (s) => s.releaseId === promotion.sourceReleaseId,
      );
      expect(stay?.artifact).toBe(promotion.artifact);
    }
  });

  test.prop([fleets])('is not made to a wave that soaks an artifact for the next one (L2)', (fleet) => {
    const { promotions, deliberations } = decided(fleet);
    for (const promotion of promotions) {
      const next = deliberations[promotion.step];
      const isFailed = next?.answers.some((v) => v.state === 'fail') ?? false;
      const isSoaking = next?.difference.soaking != null && !isFailed;
      if (isSoaking) expect(next.difference.obstacles.some((v) => v.state === 'fail')).toBe(true);
    }
  });

  test.prop([fleets])('is never made in mode: observe', (fleet) => {
    expect(decided(fleet, 'observe').promotions).toEqual([]);
  });
});

describe('a decision', () => {
  test.prop([fleets])(
    'names a blocker for every wave that is kept back, and none for the others',
    (fleet) => {
      for (const step of decided(fleet).decision.steps) {
        const blocks = step.verdicts.some((v) => v.state !== 'pass');
        if (step.state === 'blocked') expect(step.blocker).not.toBeNull();
        if (step.state === 'ready') expect(blocks).toBe(false);
        if (step.state === 'same') expect(step.candidate).toBeNull();
      }
    },
  );

  test.prop([fleets])('is looked at again while any wave is kept back', (fleet) => {
    const { decision } = decided(fleet);
    if (decision.steps.some((step) => step.state === 'blocked' || step.state === 'ready')) {
      expect(decision.wakeAt).not.toBeNull();
      expect(decision.wakeAt).toBeLessThanOrEqual(NOW + 15 * MINUTE);
    }
  });
});
