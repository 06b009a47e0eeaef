// What tests and the demo see of the world, without HTTP: apps, releases, pipelines and promotions as plain copies.

import { promotionStatus, targetStatus } from './promotions.ts';
import { currentRelease, statusOf } from './releases.ts';
import type { AppState, PipelineState, PromotionState, ReleaseState, Stage } from './state.ts';
import type { World } from './world.ts';

export interface ReleaseView {
  readonly id: string;
  readonly version: number;
  readonly kind: ReleaseState['kind'];
  readonly status: 'pending' | 'succeeded' | 'failed' | 'expired';
  readonly current: boolean;
  /** The slug's or OCI image's id. */
  readonly artifactId: string | null;
  readonly commit: string | null;
  readonly description: string;
  readonly user: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AppView {
  readonly id: string;
  readonly name: string;
  readonly pipelineId: string | null;
  readonly stage: Stage | null;
  readonly maintenance: boolean;
  readonly current: ReleaseView | null;
  /** The commit that runs. */
  readonly commit: string | null;
  /** Oldest first. */
  readonly releases: readonly ReleaseView[];
}

export interface PipelineView {
  readonly id: string;
  readonly name: string;
  readonly apps: readonly AppView[];
}

export interface PromotionView {
  readonly id: string;
  readonly pipeline: string;
  readonly source: string;
  readonly sourceReleaseId: string;
  readonly commit: string | null;
  readonly user: string;
  readonly createdAt: number;
  readonly status: 'pending' | 'completed';
  readonly targets: readonly {
    readonly app: string;
    readonly status: 'pending' | 'succeeded' | 'failed';
    readonly releaseId: string | null;
    readonly error: string | null;
  }[];
}

export function releaseView(world: World, app: AppState, release: ReleaseState): ReleaseView {
  const { artifactId, createdAt, description, id, kind, updatedAt, user, version } = release;
  return {
    id,
    version,
    kind,
    status: statusOf(app, release, world.now()),
    current: app.currentReleaseId === id,
    artifactId,
    commit: world.artifact(artifactId)?.commit || null,
    description,
    user,
    createdAt,
    updatedAt,
  };
}

export function appView(world: World, app: AppState): AppView {
  const current = currentRelease(app);
  return {
    id: app.id,
    name: app.name,
    pipelineId: app.coupling?.pipelineId ?? null,
    stage: app.coupling?.stage ?? null,
    maintenance: app.maintenance,
    current: current === null ? null : releaseView(world, app, current),
    commit: world.artifact(current?.artifactId ?? null)?.commit ?? null,
    releases: app.releases.map((release) => releaseView(world, app, release)),
  };
}

export function pipelineView(world: World, pipeline: PipelineState): PipelineView {
  const { id, name } = pipeline;
  return { id, name, apps: world.appsOf(id).map((app) => appView(world, app)) };
}

export function promotionView(world: World, promotion: PromotionState): PromotionView {
  const { artifactId, createdAt, id, pipelineId, sourceAppId, sourceReleaseId, targets, user } = promotion;
  const nameOf = (appId: string): string => world.state.apps[appId]?.name ?? appId;
  return {
    id,
    pipeline: world.state.pipelines[pipelineId]?.name ?? pipelineId,
    source: nameOf(sourceAppId),
    sourceReleaseId,
    commit: world.artifact(artifactId)?.commit || null,
    user,
    createdAt,
    status: promotionStatus(world, promotion),
    targets: targets.map((target) => ({
      app: nameOf(target.appId),
      status: targetStatus(world, promotion, target),
      releaseId: target.releaseId,
      error: target.error,
    })),
  };
}
