// Promotions: what Heroku accepts, refuses, and tells about them later.
// Source: schema (strictProperties, ids only), changelog 3408 (`source.release`), heroku/cli promote.ts.

import { forbidden, invalid, notFound } from '../errors.ts';
import { isUuid } from '../ids.ts';
import { createPromotion } from '../promotions.ts';
import { currentRelease, statusOf } from '../releases.ts';
import { type Answer, type Ask, demandSecondFactor, fields, param, type Route, route } from '../route.ts';
import * as shape from '../serialise.ts';
import type { AppState, PromotionState, ReleaseState } from '../state.ts';

/** `{"id": "<uuid>"}` and nothing else: names are not taken. */
function idOf(value: unknown, path: string): string {
  const { id } = fields(value, path, ['id']);
  if (typeof id !== 'string' || !isUuid(id)) throw invalid(`Invalid params: ${path}.id must be a uuid.`);
  return id;
}

function postPromotion(ask: Ask): Answer {
  const { world } = ask;
  const body = fields(ask.body, 'body', ['pipeline', 'source', 'targets']);
  const pipelineId = idOf(body['pipeline'], 'pipeline');
  const { app: sourceApp, release: pinned } = fields(body['source'], 'source', ['app'], ['release']);
  const sourceId = idOf(sourceApp, 'source.app');
  const pinnedId = pinned === undefined ? null : idOf(pinned, 'source.release');
  const targetIds = targetsOf(body['targets']);

  const pipeline = world.state.pipelines[pipelineId];
  if (pipeline === undefined) throw notFound('pipeline');
  const source = memberOf(ask, pipelineId, sourceId, 'source');
  const targets = targetIds.map((id) => memberOf(ask, pipelineId, id, 'target'));
  if (targetIds.includes(sourceId)) throw invalid('Cannot promote an app to itself.');
  const { artifactId, release } = promotable(ask, source, pinnedId);
  if (source.forbidden) throw forbidden(source);
  for (const app of [source, ...targets]) demandSecondFactor(ask, app);

  const promotion = createPromotion(world, {
    pipeline,
    source,
    release,
    artifactId,
    targets,
    user: ask.account,
  });
  return { status: 201, json: shape.promotion(ask, promotion) };
}

function targetsOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid('Invalid params: targets must be an array of at least one app.');
  }
  const ids = value.map((target, index) =>
    idOf(fields(target, `targets[${index}]`, ['app'])['app'], `targets[${index}].app`),
  );
  if (new Set(ids).size < ids.length) throw invalid('Invalid params: targets must be unique.');
  return ids;
}

function memberOf(ask: Ask, pipelineId: string, appId: string, role: string): AppState {
  const app = ask.world.state.apps[appId];
  if (app === undefined) throw notFound('app');
  if (app.coupling?.pipelineId !== pipelineId) throw invalid(`The ${role} app is not in the pipeline.`);
  return app;
}

/** The pinned release or the current one. Unexpired (changelog 3408); that it must have succeeded is not documented. */
function promotable(
  ask: Ask,
  source: AppState,
  pinnedId: string | null,
): { artifactId: string; release: ReleaseState } {
  const release =
    pinnedId === null ? currentRelease(source) : source.releases.find(({ id }) => id === pinnedId);
  if (release === undefined) throw invalid('The source release is not a release of the source app.');
  const artifact = ask.world.artifact(release?.artifactId ?? null);
  if (release === null || artifact === null) throw invalid('The source app has no code to promote.');
  const status = statusOf(source, release, ask.world.now());
  if (status !== 'succeeded') throw invalid(`The source release is ${status}; it cannot be promoted.`);
  // Neither UI nor API promotes Docker images (known limitation, heroku/roadmap 222).
  if (artifact.type === 'docker') throw invalid('Promotion of container apps is not supported.');
  return { artifactId: artifact.id, release };
}

function findPromotion(ask: Ask): PromotionState {
  const promotion = ask.world.state.promotions[param(ask, 'id')];
  if (promotion === undefined) throw notFound('pipeline_promotion');
  return promotion;
}

export const promotionRoutes: readonly Route[] = [
  route('POST /pipeline-promotions', postPromotion),
  route('GET /pipeline-promotions/{id}', (ask) => ({
    json: shape.promotion(ask, findPromotion(ask)),
  })),
  route('GET /pipeline-promotions/{id}/promotion-targets', (ask) => {
    const promotion = findPromotion(ask);
    return { json: promotion.targets.map((target) => shape.promotionTarget(ask, promotion, target)) };
  }),
];
