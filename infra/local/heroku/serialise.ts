// The shapes Heroku answers with. Pure reads of the world.
// Source: Heroku's schema v3 (2025-09-25); what it leaves open follows recorded payloads and heroku/cli 11.10.

import { offset, sha256, uuidOf, zulu } from './ids.ts';
import { completedAt, promotionStatus, targetStatus } from './promotions.ts';
import { currentRelease, isEligibleForRollback, statusOf } from './releases.ts';
import type {
  AppState,
  ArtifactState,
  CouplingState,
  Generation,
  PipelineState,
  PromotionState,
  ReleaseState,
  TargetState,
} from './state.ts';
import { userOf } from './webhooks.ts';
import type { World } from './world.ts';

export type Json = Record<string, unknown>;

/** What a shape depends on beside the thing itself. */
export interface View {
  readonly world: World;
  /** `3`, or a variant such as `3.sdk`. */
  readonly variant: string;
  /** Where the simulator is reached. */
  readonly baseUrl: string;
}

const SLUG_BYTES = 58_720_256;

const named = (kind: string, name: string): Json => ({ id: uuidOf(`${kind}:${name}`), name });
export const isTeam = (owner: string): boolean => !owner.includes('@');
export const team = (name: string): Json => named('team', name);

// A team's app has the team's own id, or the CLI says that pipeline and app have different owners
// (heroku/cli ownership.ts), and an address at `herokumanager.com` (not documented, long-standing).
function owner(app: AppState): Json {
  if (!isTeam(app.owner)) return userOf(app.owner);
  return { id: uuidOf(`team:${app.owner}`), email: `${app.owner}@herokumanager.com` };
}

function generation(name: Generation, variant: string): unknown {
  // An object in v3 but a plain string in 3.sdk (heroku/cli types/fir.d.ts).
  return variant === '3.sdk' ? name : named('generation', name);
}

export function app(view: View, app: AppState): Json {
  const { variant, world } = view;
  const hasSlug = world.artifact(currentRelease(app)?.artifactId ?? null)?.type === 'slug';
  return {
    ...appBase(app, hasSlug),
    acm: false,
    generation: generation(app.generation, variant),
    organization: isTeam(app.owner) ? team(app.owner) : null,
    team: isTeam(app.owner) ? team(app.owner) : null,
  };
}

/** The shape of `GET /teams/{team}/apps` and `POST /filters/apps`. */
export function teamApp(view: View, app: AppState): Json {
  const hasSlug = view.world.artifact(currentRelease(app)?.artifactId ?? null)?.type === 'slug';
  return {
    ...appBase(app, hasSlug),
    generation: generation(app.generation, view.variant),
    joined: true,
    locked: false,
    team: isTeam(app.owner) ? team(app.owner) : null,
  };
}

function appBase(app: AppState, hasSlug: boolean): Json {
  return {
    archived_at: null,
    buildpack_provided_description: hasSlug ? 'Node.js' : null,
    build_stack: named('stack', app.stack),
    created_at: zulu(app.createdAt),
    git_url: `https://git.heroku.com/${app.name}.git`,
    id: app.id,
    internal_routing: null,
    maintenance: app.maintenance,
    name: app.name,
    owner: owner(app),
    region: named('region', 'us'),
    released_at: app.releasedAt === null ? null : zulu(app.releasedAt),
    repo_size: null,
    slug_size: hasSlug ? SLUG_BYTES : null,
    space: null,
    stack: named('stack', app.stack),
    updated_at: zulu(app.updatedAt),
    web_url: `https://${app.name}.herokuapp.com/`,
  };
}

export function release(view: View, app: AppState, release: ReleaseState): Json {
  const { baseUrl, variant, world } = view;
  const artifact = world.artifact(release.artifactId);
  const isSlug = artifact?.type === 'slug';
  const isImage = artifact?.type === 'oci-image';
  return {
    addon_plan_names: [],
    app: { id: app.id, name: app.name },
    artifacts: isSlug || isImage ? [{ id: artifact.id, type: artifact.type }] : [],
    created_at: zulu(release.createdAt),
    current: app.currentReleaseId === release.id,
    description: release.description,
    eligible_for_rollback: isEligibleForRollback(app, release, world.now()),
    id: release.id,
    output_stream_url: release.phase === null ? null : `${baseUrl}/streams/releases/${release.id}`,
    slug: isSlug ? { id: artifact.id } : null,
    status: statusOf(app, release, world.now()),
    updated_at: zulu(release.updatedAt),
    user: userOf(release.user),
    version: release.version,
    ...(variant === '3.sdk' ? { oci_image: isImage ? { id: artifact.id } : null } : {}),
  };
}

export function slug(view: View, artifact: ArtifactState, stack: string): Json {
  return {
    // The real one is a signed link to the code; this one leads nowhere.
    blob: { method: 'GET', url: `${view.baseUrl}/streams/slugs/${artifact.id}` },
    buildpack_provided_description: 'Node.js',
    checksum: `SHA256:${sha256(artifact.id)}`,
    commit: artifact.commit,
    commit_description: artifact.description,
    created_at: zulu(artifact.createdAt),
    id: artifact.id,
    process_types: { web: 'node server.js' },
    size: SLUG_BYTES,
    stack: named('stack', stack),
    updated_at: zulu(artifact.createdAt),
    ...(view.variant === '3.sdk' ? { deleted_at: null } : {}),
  };
}

export const digest = (artifact: ArtifactState): string => `sha256:${sha256(artifact.id)}`;

export function ociImage(artifact: ArtifactState): Json {
  return {
    architecture: 'arm64',
    base_image_name: 'heroku/heroku:24-cnb',
    base_top_layer: `sha256:${sha256('base')}`,
    buildpacks: [
      { id: 'heroku/nodejs', version: '5.0.0', homepage: 'https://github.com/heroku/buildpacks-nodejs' },
    ],
    commit: artifact.commit,
    commit_description: artifact.description,
    created_at: zulu(artifact.createdAt),
    digest: digest(artifact),
    id: artifact.id,
    image_repo: `registry.example.com/${artifact.appId}`,
    process_types: {
      web: { name: 'web', display_cmd: 'node server.js', command: '/cnb/process/web', default: true },
    },
    stack: named('stack', 'cnb'),
    updated_at: zulu(artifact.createdAt),
  };
}

export function build(view: View, app: AppState, release: ReleaseState): Json {
  const artifact = view.world.artifact(release.artifactId);
  return {
    app: { id: app.id },
    buildpacks: null,
    created_at: zulu(release.createdAt),
    id: buildId(release),
    output_stream_url: `${view.baseUrl}/streams/builds/${release.id}`,
    release: { id: release.id },
    slug: artifact?.type === 'slug' ? { id: artifact.id } : null,
    source_blob: {
      checksum: null,
      url: 'https://example.com/source.tgz',
      version: artifact?.commit ?? null,
      version_description: null,
    },
    stack: app.stack,
    status: 'succeeded',
    updated_at: zulu(release.createdAt),
    user: userOf(release.user),
  };
}

export const buildId = (release: ReleaseState): string => uuidOf(`build:${release.id}`);

export function pipeline(view: View, pipeline: PipelineState): Json {
  const type = isTeam(pipeline.owner) ? 'team' : 'user';
  return {
    created_at: offset(pipeline.createdAt),
    generation: generation(pipeline.generation, view.variant),
    id: pipeline.id,
    name: pipeline.name,
    owner: { id: uuidOf(`${type}:${pipeline.owner}`), type },
    updated_at: offset(pipeline.updatedAt),
  };
}

export function coupling(view: View, app: AppState, coupling: CouplingState): Json {
  const name = view.world.state.pipelines[coupling.pipelineId]?.name;
  return {
    app: { id: app.id },
    created_at: offset(coupling.createdAt),
    id: coupling.id,
    // Not in the schema, but in recorded answers, and printed by the CLI.
    pipeline: { id: coupling.pipelineId, name },
    stage: coupling.stage,
    updated_at: offset(coupling.updatedAt),
  };
}

export function promotion(view: View, promotion: PromotionState): Json {
  const status = promotionStatus(view.world, promotion);
  return {
    created_at: offset(promotion.createdAt),
    id: promotion.id,
    pipeline: { id: promotion.pipelineId },
    source: { app: { id: promotion.sourceAppId }, release: { id: promotion.sourceReleaseId } },
    status,
    updated_at: status === 'pending' ? null : offset(completedAt(view.world, promotion)),
  };
}

export function promotionTarget(view: View, promotion: PromotionState, target: TargetState): Json {
  const status = targetStatus(view.world, promotion, target);
  // The text for a failed release phase is not documented.
  const error = status === 'failed' ? (target.error ?? 'Release command failed') : null;
  return {
    app: { id: target.appId },
    error_message: error,
    id: target.id,
    pipeline_promotion: { id: promotion.id },
    release: target.releaseId === null ? null : { id: target.releaseId },
    status,
  };
}
