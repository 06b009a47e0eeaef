// Releases, slugs, OCI images, builds, and the output of release phases.

import { forbidden, invalid, notFound } from '../errors.ts';
import { zulu } from '../ids.ts';
import { createRelease, holdsArtifact, isEligibleForRollback } from '../releases.ts';
import {
  type Answer,
  type Ask,
  fields,
  findGuardedApp,
  list,
  param,
  type Route,
  route,
  text,
} from '../route.ts';
import * as shape from '../serialise.ts';
import type { AppState, ArtifactState, ReleaseState } from '../state.ts';
import type { World } from '../world.ts';

function listReleases(ask: Ask): Answer {
  const app = findGuardedApp(ask);
  // Ordered by uuid unless asked otherwise (2014 reference: "default property is id").
  const orders = {
    id: ({ id }: ReleaseState) => id,
    version: ({ version }: ReleaseState) => version,
  };
  return list(ask, app.releases, orders, (release) => shape.release(ask, app, release));
}

function findRelease(ask: Ask): Answer {
  const app = findGuardedApp(ask);
  const wanted = param(ask, 'release').replace(/^v(?=\d+$)/, '');
  const release = app.releases.find(({ id, version }) => id === wanted || String(version) === wanted);
  if (release === undefined) throw notFound('release');
  return { json: shape.release(ask, app, release) };
}

/** With `slug` or `oci_image` a release of that code, with `release` a rollback to that one. */
function postRelease(ask: Ask): Answer {
  const app = findGuardedApp(ask);
  const body = fields(ask.body, 'body', [], ['slug', 'oci_image', 'release', 'description']);
  const release = body['release'] === undefined ? releaseArtifact(ask, app, body) : rollBack(ask, app, body);
  return { status: 201, json: shape.release(ask, app, release) };
}

function releaseArtifact(ask: Ask, app: AppState, body: shape.Json): ReleaseState {
  const { world } = ask;
  const wanted = text(body['slug'] ?? body['oci_image'], 'slug');
  const artifact = Object.values(world.state.artifacts).find(
    (each) => each.id === wanted || (each.type === 'oci-image' && shape.digest(each) === wanted),
  );
  if (artifact === undefined) throw notFound('slug');
  const home = world.state.apps[artifact.appId];
  // The slug of an app one cannot access (Dev Center, platform-api-copying-slugs).
  if (home?.forbidden === true) throw forbidden(home);
  if ((artifact.type === 'oci-image') !== (app.generation === 'fir')) {
    throw invalid(`An app of generation ${app.generation} cannot run this artifact.`);
  }
  const description = text(body['description'] ?? `Deploy ${artifact.commit.slice(0, 8)}`, 'description');
  return createRelease(
    world,
    app,
    { kind: 'slug', artifactId: artifact.id, description, user: ask.account },
    world.now(),
  );
}

function rollBack(ask: Ask, app: AppState, body: shape.Json): ReleaseState {
  const wanted = text(body['release'], 'release');
  const release = app.releases.find(({ id, version }) => id === wanted || String(version) === wanted);
  if (release === undefined) throw notFound('release');
  if (!isEligibleForRollback(app, release, ask.world.now())) {
    throw invalid(`Cannot roll back to v${release.version}.`);
  }
  return createRelease(ask.world, app, rollbackTo(release, ask.account), ask.world.now());
}

export function rollbackTo(release: ReleaseState, user: string) {
  const { artifactId, version } = release;
  return { kind: 'rollback', artifactId, description: `Rollback to v${version}`, user } as const;
}

function findArtifact(ask: Ask, app: AppState, type: ArtifactState['type']): ArtifactState {
  const wanted = param(ask, 'artifact');
  const { artifacts } = ask.world.state;
  const artifact =
    artifacts[wanted] ?? Object.values(artifacts).find((each) => shape.digest(each) === wanted);
  if (artifact?.type !== type || !holdsArtifact(app, artifact.id, ask.world.now())) {
    throw notFound(type.replace('-', '_'));
  }
  return artifact;
}

function builds(app: AppState): ReleaseState[] {
  return app.releases.filter(({ kind }) => kind === 'build');
}

function listBuilds(ask: Ask): Answer {
  const app = findGuardedApp(ask);
  const orders = {
    id: shape.buildId,
    started_at: ({ createdAt }: ReleaseState) => zulu(createdAt),
  };
  return list(ask, builds(app), orders, (release) => shape.build(ask, app, release));
}

function findBuild(ask: Ask): Answer {
  const app = findGuardedApp(ask);
  const release = builds(app).find((each) => shape.buildId(each) === param(ask, 'build'));
  if (release === undefined) throw notFound('build');
  return { json: shape.build(ask, app, release) };
}

/** What the release command has printed so far; 404 until it starts. */
function releaseOutput(ask: Ask): Answer {
  const { release, world } = streamed(ask);
  const now = world.now();
  if (release.phase === null || now < release.phase.startsAt) throw notFound('stream');
  const lines = ['Running release command...', 'npm run migrate'];
  if (now >= release.phase.endsAt) {
    lines.push(release.phase.fails ? 'Error: release command failed with exit status 1' : 'Done.');
  }
  return { text: `${lines.join('\n')}\n` };
}

function streamed(ask: Ask): { release: ReleaseState; world: World } {
  const id = param(ask, 'release');
  for (const app of ask.world.apps()) {
    const release = app.releases.find((each) => each.id === id);
    if (release !== undefined) return { release, world: ask.world };
  }
  throw notFound('stream');
}

export const releaseRoutes: readonly Route[] = [
  route('GET /apps/{app}/releases', listReleases),
  route('GET /apps/{app}/releases/{release}', findRelease),
  // Asked by `releases:info`; no app has any config vars here.
  route('GET /apps/{app}/releases/{release}/config-vars', (ask) => {
    findRelease(ask);
    return { json: {} };
  }),
  route('POST /apps/{app}/releases', postRelease),
  route('GET /apps/{app}/slugs/{artifact}', (ask) => {
    const app = findGuardedApp(ask);
    return { json: shape.slug(ask, findArtifact(ask, app, 'slug'), app.stack) };
  }),
  // An array, although it names one image (heroku/cli).
  route('GET /apps/{app}/oci-images/{artifact}', (ask) => ({
    json: [shape.ociImage(findArtifact(ask, findGuardedApp(ask), 'oci-image'))],
  })),
  route('GET /apps/{app}/builds', listBuilds),
  route('GET /apps/{app}/builds/{build}', findBuild),
  route('GET /streams/releases/{release}', releaseOutput, 'open'),
  route(
    'GET /streams/builds/{release}',
    (ask) => ({ text: `Build of v${streamed(ask).release.version}\n` }),
    'open',
  ),
];
