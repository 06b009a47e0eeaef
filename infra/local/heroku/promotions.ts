// What a promotion does: on each target a new release of the source's artifact, each target on its own.
// Changes the world's state.

import { createRelease } from './releases.ts';
import type { AppState, PipelineState, PromotionState, ReleaseState, TargetState } from './state.ts';
import type { World } from './world.ts';

export interface NewPromotion {
  pipeline: PipelineState;
  source: AppState;
  release: ReleaseState;
  artifactId: string;
  targets: AppState[];
  user: string;
}

export function createPromotion(world: World, wanted: NewPromotion): PromotionState {
  const now = world.now();
  const durationMs = world.state.promotionSeconds * 1000;
  const promotion: PromotionState = {
    id: world.mint(),
    pipelineId: wanted.pipeline.id,
    sourceAppId: wanted.source.id,
    sourceReleaseId: wanted.release.id,
    artifactId: wanted.artifactId,
    user: wanted.user,
    createdAt: now,
    settlesAt: now + durationMs,
    targets: wanted.targets.map((app) => ({ id: world.mint(), appId: app.id, releaseId: null, error: null })),
  };
  world.state.promotions[promotion.id] = promotion;
  // Half-way through, so that a poll can see all three: no release, a pending target with one, the outcome.
  const halfway = now + Math.floor(durationMs / 2);
  for (const target of promotion.targets) {
    world.plan(halfway, { kind: 'promote', promotionId: promotion.id, targetId: target.id });
  }
  world.touch();
  return promotion;
}

/** One target's turn has come: it gets its release, or its error. */
export function settleTarget(world: World, due: { promotionId: string; targetId: string }, at: number): void {
  const promotion = world.state.promotions[due.promotionId];
  const target = promotion?.targets.find(({ id }) => id === due.targetId);
  if (promotion === undefined || target === undefined) return;
  const app = world.state.apps[target.appId];
  if (app === undefined || app.forbidden) {
    // The example in Heroku's schema.
    target.error = 'User does not have access to that app';
    return;
  }
  if (app.failTarget !== null) {
    target.error = app.failTarget;
    return;
  }
  const release = createRelease(
    world,
    app,
    {
      kind: 'promotion',
      artifactId: promotion.artifactId,
      description: promotionText(world, promotion),
      user: promotion.user,
    },
    at,
  );
  target.releaseId = release.id;
}

// Heroku's text after a promotion is not documented; nobody should parse it.
function promotionText(world: World, promotion: PromotionState): string {
  const source = world.state.apps[promotion.sourceAppId];
  const release = source?.releases.find(({ id }) => id === promotion.sourceReleaseId);
  const commit = world.artifact(promotion.artifactId)?.commit ?? '';
  return `Promote ${source?.name ?? 'app'} v${release?.version ?? 0} ${commit.slice(0, 8)}`;
}

/** Follows the target's release: pending while its release phase runs (heroku/cli `promote.ts`). */
export function targetStatus(
  world: World,
  promotion: PromotionState,
  target: TargetState,
): 'pending' | 'succeeded' | 'failed' {
  if (target.error !== null) return 'failed';
  const release = targetRelease(world, target);
  if (release === null || world.now() < promotion.settlesAt) return 'pending';
  return release.status;
}

function targetRelease(world: World, target: TargetState): ReleaseState | null {
  const app = world.state.apps[target.appId];
  return app?.releases.findLast(({ id }) => id === target.releaseId) ?? null;
}

/** `completed` says that nothing is pending any more, not that it went well. */
export function promotionStatus(world: World, promotion: PromotionState): 'pending' | 'completed' {
  const isPending = promotion.targets.some((target) => targetStatus(world, promotion, target) === 'pending');
  return isPending ? 'pending' : 'completed';
}

/** When the last target was done. */
export function completedAt(world: World, promotion: PromotionState): number {
  return promotion.targets
    .map((target) => targetRelease(world, target)?.updatedAt ?? 0)
    .reduce((latest, at) => Math.max(latest, at), promotion.settlesAt);
}
