// How releases come about, wait in line, settle and expire. Changes the world's state and queues webhook events.

import type { AppState, ReleaseState } from './state.ts';
import { queueReleaseEvent } from './webhooks.ts';
import type { World } from './world.ts';

// Artifacts older than 30 days and older than 20 releases are destroyed (Heroku changelog 3395, from 2025-10-01).
const ARTIFACT_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
const ARTIFACT_RELEASES_KEPT = 20;

export interface NewRelease {
  kind: ReleaseState['kind'];
  artifactId: string | null;
  description: string;
  user: string;
}

export function createRelease(world: World, app: AppState, wanted: NewRelease, at: number): ReleaseState {
  // Several releases can be pending at once; they queue behind the running one (heroku-apps issue 192).
  const inFront = app.releases.filter((release) => release.status === 'pending');
  const startsAt = inFront.reduce((latest, release) => Math.max(latest, release.settlesAt), at);
  const phase = phaseOf(world, app, wanted, startsAt);
  const release: ReleaseState = {
    ...wanted,
    id: world.mint(),
    version: app.releases.length + 1,
    createdAt: at,
    updatedAt: at,
    status: 'pending',
    phase,
    settlesAt: phase?.endsAt ?? startsAt,
  };
  app.releases.push(release);
  app.updatedAt = at;
  const settlesNow = release.settlesAt <= at && inFront.length === 0;
  // A release without a release phase can already be succeeded in its `create` event (recorded payload).
  if (settlesNow) conclude(app, release, at);
  else world.plan(release.settlesAt, { kind: 'settle', appId: app.id, releaseId: release.id });
  queueReleaseEvent(world, app, release, 'create', at);
  if (settlesNow) queueReleaseEvent(world, app, release, 'update', at);
  world.touch();
  return release;
}

export function settle(world: World, due: { appId: string; releaseId: string }, at: number): void {
  const app = world.state.apps[due.appId];
  const release = app?.releases.find(({ id }) => id === due.releaseId);
  if (app === undefined || release === undefined) return;
  conclude(app, release, at);
  queueReleaseEvent(world, app, release, 'update', at);
}

function conclude(app: AppState, release: ReleaseState, at: number): void {
  release.status = release.phase?.fails === true ? 'failed' : 'succeeded';
  release.updatedAt = at;
  app.updatedAt = at;
  if (release.status === 'failed') return;
  app.currentReleaseId = release.id;
  // Whether Heroku also moves `released_at` for pending and failed releases is not documented; here it does not.
  app.releasedAt = at;
}

function phaseOf(world: World, app: AppState, wanted: NewRelease, startsAt: number): ReleaseState['phase'] {
  if (app.phase === null || wanted.artifactId === null) return null;
  const { fails, seconds } = app.phase;
  const commit = world.artifact(wanted.artifactId)?.commit ?? '';
  return {
    startsAt,
    endsAt: startsAt + seconds * 1000,
    fails: fails === 'always' || fails.includes(commit),
  };
}

export function currentRelease(app: AppState): ReleaseState | null {
  return app.releases.findLast(({ id }) => id === app.currentReleaseId) ?? null;
}

export function newestRelease(app: AppState): ReleaseState | null {
  return app.releases.at(-1) ?? null;
}

/** The newest release that changed the code, whatever became of it. */
export function newestDeployment(app: AppState): ReleaseState | null {
  return app.releases.findLast(({ kind }) => kind !== 'config' && kind !== 'initial') ?? null;
}

export function statusOf(
  app: AppState,
  release: ReleaseState,
  now: number,
): ReleaseState['status'] | 'expired' {
  const isOld = now - release.createdAt > ARTIFACT_LIFETIME_MS;
  const isBuried = app.releases.length - release.version >= ARTIFACT_RELEASES_KEPT;
  // Not documented: that what runs is spared. Without its artifact an app could not restart.
  const isRunning = currentRelease(app)?.artifactId === release.artifactId;
  const isExpired = isOld && isBuried && !isRunning && release.status !== 'pending';
  return isExpired && release.artifactId !== null ? 'expired' : release.status;
}

export function isEligibleForRollback(app: AppState, release: ReleaseState, now: number): boolean {
  return release.artifactId !== null && statusOf(app, release, now) === 'succeeded';
}

/** Whether the app still has the artifact: some release of it that is not expired carries it. */
export function holdsArtifact(app: AppState, artifactId: string, now: number): boolean {
  return app.releases.some(
    (release) => release.artifactId === artifactId && statusOf(app, release, now) !== 'expired',
  );
}
