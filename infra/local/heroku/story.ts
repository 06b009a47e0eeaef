// What people, builds and add-ons do to the world while nobody looks: the verbs of tests and of the demo.
// Apps and pipelines go by name (or uuid); every verb takes effect at the clock's present.

import { createRelease, currentRelease, isEligibleForRollback } from './releases.ts';
import { rollbackTo } from './routes/releases.ts';
import type {
  AppState,
  ArtifactState,
  Generation,
  PipelineState,
  ReleasePhase,
  ReleaseState,
  Stage,
} from './state.ts';
import type { World } from './world.ts';

export interface NewApp {
  readonly name: string;
  readonly stage?: Stage;
  /** Name or uuid; left out, the app is in no pipeline. */
  readonly pipeline?: string;
  /** `container` for Docker images on Cedar, which Heroku cannot promote. */
  readonly stack?: string;
  readonly owner?: string;
}

export interface NewPipeline {
  readonly name: string;
  /** A team's name, or a person's e-mail address. */
  readonly owner?: string;
  readonly generation?: Generation;
  readonly apps: readonly { readonly name: string; readonly stage: Stage; readonly stack?: string }[];
}

export interface Deployment {
  readonly commit: string;
  readonly user?: string;
  readonly description?: string;
  /**
   * Left out: the artifact of that commit if the pipeline has one, else a new one. `new`: a new one in any case,
   * as when the same commit is built twice. A uuid: an artifact with that id.
   */
  readonly slug?: string;
}

const OWNER = 'acme';
const DEVELOPER = 'developer@example.com';

export function addPipeline(world: World, wanted: NewPipeline): PipelineState {
  const now = world.now();
  const pipeline: PipelineState = {
    id: world.mint(),
    name: wanted.name,
    owner: wanted.owner ?? OWNER,
    generation: wanted.generation ?? 'cedar',
    createdAt: now,
    updatedAt: now,
  };
  world.state.pipelines[pipeline.id] = pipeline;
  for (const app of wanted.apps) addApp(world, { ...app, pipeline: pipeline.id });
  return pipeline;
}

export function addApp(world: World, wanted: NewApp): AppState {
  if (world.app(wanted.name) !== undefined) throw new Error(`there is an app ${wanted.name} already`);
  const pipeline = wanted.pipeline === undefined ? null : pipelineNamed(world, wanted.pipeline);
  const now = world.now();
  const generation = pipeline?.generation ?? 'cedar';
  const id = world.mint();
  const app: AppState = {
    id,
    name: wanted.name,
    generation,
    stack: wanted.stack ?? (generation === 'fir' ? 'cnb' : 'heroku-24'),
    owner: wanted.owner ?? pipeline?.owner ?? OWNER,
    maintenance: false,
    preboot: false,
    createdAt: now,
    updatedAt: now,
    releasedAt: null,
    coupling:
      pipeline === null
        ? null
        : {
            id: world.mint(),
            pipelineId: pipeline.id,
            stage: wanted.stage ?? 'production',
            createdAt: now,
            updatedAt: now,
          },
    releases: [],
    currentReleaseId: null,
    phase: null,
    failTarget: null,
    twoFactor: false,
    forbidden: false,
  };
  world.state.apps[id] = app;
  // Every app starts with these two, so that its first deploy is v3 (recorded payload).
  for (const description of ['Initial release', 'Enable Logplex']) {
    createRelease(world, app, { kind: 'initial', artifactId: null, description, user: DEVELOPER }, now);
  }
  return app;
}

export function renameApp(world: World, name: string, newName: string): void {
  if (world.app(newName) !== undefined) throw new Error(`there is an app ${newName} already`);
  const app = appNamed(world, name);
  app.name = newName;
  app.updatedAt = world.now();
}

/** As `heroku pipelines:rename`. */
export function renamePipeline(world: World, name: string, newName: string): void {
  const pipeline = pipelineNamed(world, name);
  pipeline.name = newName;
  pipeline.updatedAt = world.now();
}

/** As `heroku pipelines:destroy`: its apps stay, and are in no pipeline. */
export function removePipeline(world: World, name: string): void {
  const { id } = pipelineNamed(world, name);
  for (const app of world.appsOf(id)) app.coupling = null;
  delete world.state.pipelines[id];
}

/** Out of its pipeline; the app itself stays. */
export function removeApp(world: World, name: string): void {
  appNamed(world, name).coupling = null;
}

/** A build arrives: merged, tested, built by Heroku. */
export function deploy(world: World, name: string, wanted: Deployment): ReleaseState {
  const app = appNamed(world, name);
  const artifact = artifactFor(world, app, wanted);
  const description = wanted.description ?? `Deploy ${wanted.commit.slice(0, 8)}`;
  const user = wanted.user ?? DEVELOPER;
  return createRelease(
    world,
    app,
    { kind: 'build', artifactId: artifact.id, description, user },
    world.now(),
  );
}

function artifactFor(world: World, app: AppState, wanted: Deployment): ArtifactState {
  const pipelineId = app.coupling?.pipelineId ?? null;
  const known = Object.values(world.state.artifacts).find((artifact) =>
    wanted.slug === undefined
      ? artifact.commit === wanted.commit && artifact.pipelineId === pipelineId && pipelineId !== null
      : artifact.id === wanted.slug,
  );
  if (known !== undefined) return known;
  const cedarType = app.stack === 'container' ? 'docker' : 'slug';
  const artifact: ArtifactState = {
    id: wanted.slug === undefined || wanted.slug === 'new' ? world.mint() : wanted.slug,
    type: app.generation === 'fir' ? 'oci-image' : cedarType,
    commit: wanted.commit,
    description: '',
    createdAt: world.now(),
    appId: app.id,
    pipelineId,
  };
  world.state.artifacts[artifact.id] = artifact;
  return artifact;
}

/** Somebody releases an existing slug straight to an app, as a hotfix does. */
export function releaseSlug(
  world: World,
  name: string,
  wanted: { readonly slug: string; readonly user?: string; readonly description?: string },
): ReleaseState {
  const artifact = world.state.artifacts[wanted.slug];
  if (artifact === undefined) throw new Error(`there is no slug ${wanted.slug}`);
  const description = wanted.description ?? `Deploy ${artifact.commit.slice(0, 8)}`;
  const user = wanted.user ?? DEVELOPER;
  const app = appNamed(world, name);
  return createRelease(world, app, { kind: 'slug', artifactId: artifact.id, description, user }, world.now());
}

/** Somebody releases a Docker image, whatever the app's stack was: Heroku tells no slug of it, and no commit. */
export function releaseImage(
  world: World,
  name: string,
  wanted: { readonly user?: string; readonly description?: string },
): ReleaseState {
  const app = appNamed(world, name);
  const artifact: ArtifactState = {
    id: world.mint(),
    type: 'docker',
    commit: '',
    description: '',
    createdAt: world.now(),
    appId: app.id,
    pipelineId: null,
  };
  world.state.artifacts[artifact.id] = artifact;
  const { description = 'Deployed web (a1b2c3d4e5f6)', user = DEVELOPER } = wanted;
  return createRelease(
    world,
    app,
    { kind: 'build', artifactId: artifact.id, description, user },
    world.now(),
  );
}

/** To that version, or to the last one before the current that can be rolled back to. */
export function rollback(
  world: World,
  name: string,
  wanted: { readonly version?: number; readonly user?: string },
): ReleaseState {
  const app = appNamed(world, name);
  const now = world.now();
  const current = currentRelease(app)?.version ?? 0;
  const release = app.releases.findLast(
    (each) =>
      isEligibleForRollback(app, each, now) &&
      (wanted.version === undefined ? each.version < current : each.version === wanted.version),
  );
  if (release === undefined) throw new Error(`${name} has no release to roll back to`);
  return createRelease(world, app, rollbackTo(release, wanted.user ?? DEVELOPER), now);
}

/** A config var changes: a new release of the same code. */
export function setConfig(world: World, name: string, user = DEVELOPER): ReleaseState {
  const app = appNamed(world, name);
  const artifactId = currentRelease(app)?.artifactId ?? null;
  const description = 'Set FEATURE config vars';
  return createRelease(world, app, { kind: 'config', artifactId, description, user }, world.now());
}

export function setMaintenance(world: World, name: string, on: boolean): void {
  const app = appNamed(world, name);
  app.maintenance = on;
  app.updatedAt = world.now();
}

/** Holds for releases made from now on. */
export function setReleasePhase(
  world: World,
  name: string,
  phase: { readonly seconds: number; readonly fails?: readonly string[] | 'always' } | null,
): void {
  const fails = phase?.fails ?? [];
  const kept: ReleasePhase | null =
    phase === null ? null : { seconds: phase.seconds, fails: typeof fails === 'string' ? fails : [...fails] };
  appNamed(world, name).phase = kept;
}

export function appNamed(world: World, name: string): AppState {
  const app = world.app(name);
  if (app === undefined) throw new Error(`there is no app ${name}`);
  return app;
}

export function pipelineNamed(world: World, name: string): PipelineState {
  const pipeline = world.pipeline(name);
  if (pipeline === undefined) throw new Error(`there is no pipeline ${name}`);
  return pipeline;
}
