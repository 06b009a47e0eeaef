// Pipelines, couplings, and the whole-pipeline reads. Names are not unique; `latest-*` takes the uuid only (schema).

import { invalid, notFound } from '../errors.ts';
import { offset } from '../ids.ts';
import { newestDeployment, newestRelease } from '../releases.ts';
import {
  type Answer,
  type Ask,
  fields,
  findApp,
  findPipeline,
  findPipelineById,
  list,
  param,
  type Route,
  route,
  text,
  visibleApps,
} from '../route.ts';
import * as shape from '../serialise.ts';
import type { AppState, CouplingState, PipelineState, ReleaseState, Stage } from '../state.ts';

const STAGES: readonly string[] = [
  'test',
  'review',
  'development',
  'staging',
  'production',
] satisfies Stage[];

const isStage = (value: unknown): value is Stage => typeof value === 'string' && STAGES.includes(value);

interface Coupled {
  app: AppState;
  coupling: CouplingState;
}

function couplings(ask: Ask, wanted: (app: AppState) => boolean = () => true): Answer {
  const rows = visibleApps(ask)
    .filter(wanted)
    .flatMap((app): Coupled[] => (app.coupling === null ? [] : [{ app, coupling: app.coupling }]));
  return list(ask, rows, { id: ({ coupling }) => coupling.id }, ({ app, coupling }) =>
    shape.coupling(ask, app, coupling),
  );
}

function findCoupled(ask: Ask): Coupled {
  const app = ask.world.apps().find(({ coupling }) => coupling?.id === param(ask, 'id'));
  if (app?.coupling === null || app === undefined) throw notFound('pipeline_coupling');
  return { app, coupling: app.coupling };
}

/** One row for each app of the pipeline that has such a release. */
function latest(ask: Ask, pick: (app: AppState) => ReleaseState | null): Answer {
  const pipeline = findPipelineById(ask);
  const rows = visibleApps(ask)
    .filter(({ coupling }) => coupling?.pipelineId === pipeline.id)
    .flatMap((app) => {
      const release = pick(app);
      return release === null ? [] : [{ app, release }];
    });
  return list(ask, rows, { id: ({ release }) => release.id }, ({ app, release }) =>
    shape.release(ask, app, release),
  );
}

function latestBuilds(ask: Ask): Answer {
  const pipeline = findPipelineById(ask);
  const rows = visibleApps(ask)
    .filter(({ coupling }) => coupling?.pipelineId === pipeline.id)
    .flatMap((app) => {
      const release = app.releases.findLast(({ kind }) => kind === 'build');
      return release === undefined ? [] : [{ app, release }];
    });
  return list(ask, rows, { id: ({ release }) => shape.buildId(release) }, ({ app, release }) =>
    shape.build(ask, app, release),
  );
}

function listPipelines(ask: Ask): Answer {
  const name = ask.query.get('eq[name]');
  const id = ask.query.get('eq[id]');
  const rows = ask.world
    .pipelines()
    .filter((pipeline) => (name ?? pipeline.name) === pipeline.name && (id ?? pipeline.id) === pipeline.id);
  const orders = {
    id: ({ id }: PipelineState) => id,
    name: ({ name }: PipelineState) => name,
    updated_at: ({ updatedAt }: PipelineState) => offset(updatedAt),
  };
  return list(ask, rows, orders, (pipeline) => shape.pipeline(ask, pipeline));
}

function createCoupling(ask: Ask): Answer {
  const { world } = ask;
  const body = fields(ask.body, 'body', ['app', 'pipeline', 'stage']);
  const app = world.app(text(body['app'], 'app'));
  if (app === undefined) throw notFound('app');
  const pipeline = world.pipeline(text(body['pipeline'], 'pipeline'));
  if (pipeline === undefined) throw notFound('pipeline');
  if (!isStage(body['stage'])) throw invalid(`Invalid params: stage must be one of ${STAGES.join(', ')}.`);
  if (app.coupling !== null) throw invalid('This app is already part of a pipeline.');
  if (app.generation !== pipeline.generation) {
    throw invalid('All apps of a pipeline must be of the same generation.');
  }
  const now = world.now();
  const coupling = {
    id: world.mint(),
    pipelineId: pipeline.id,
    stage: body['stage'],
    createdAt: now,
    updatedAt: now,
  };
  app.coupling = coupling;
  world.touch();
  return { status: 201, json: shape.coupling(ask, app, coupling) };
}

function updateCoupling(ask: Ask): Answer {
  const { app, coupling } = findCoupled(ask);
  const { stage } = fields(ask.body, 'body', ['stage']);
  if (!isStage(stage)) throw invalid(`Invalid params: stage must be one of ${STAGES.join(', ')}.`);
  coupling.stage = stage;
  coupling.updatedAt = ask.world.now();
  ask.world.touch();
  return { json: shape.coupling(ask, app, coupling) };
}

function deleteCoupling(ask: Ask): Answer {
  const { app, coupling } = findCoupled(ask);
  app.coupling = null;
  ask.world.touch();
  return { json: shape.coupling(ask, app, coupling) };
}

function appCoupling(ask: Ask): Answer {
  const app = findApp(ask);
  // A single object, and 404 for an app without a pipeline (schema, heroku/cli).
  if (app.coupling === null) throw notFound('pipeline_coupling');
  return { json: shape.coupling(ask, app, app.coupling) };
}

function teamCouplings(ask: Ask): Answer {
  const name = param(ask, 'team');
  return couplings(
    ask,
    ({ owner }) => shape.isTeam(owner) && (owner === name || shape.team(owner)['id'] === name),
  );
}

function pipelineCouplings(ask: Ask): Answer {
  const pipeline = findPipeline(ask);
  return couplings(ask, ({ coupling }) => coupling?.pipelineId === pipeline.id);
}

export const pipelineRoutes: readonly Route[] = [
  route('GET /pipelines', listPipelines),
  route('GET /pipelines/{id}', (ask) => ({ json: shape.pipeline(ask, findPipeline(ask)) })),
  route('GET /pipelines/{id}/latest-deployments', (ask) => latest(ask, newestDeployment)),
  route('GET /pipelines/{id}/latest-releases', (ask) => latest(ask, newestRelease)),
  route('GET /pipelines/{id}/latest-builds', latestBuilds),
  route('GET /pipelines/{id}/pipeline-couplings', pipelineCouplings),
  route('GET /pipeline-couplings', (ask) => couplings(ask)),
  route('GET /users/~/pipeline-couplings', (ask) => couplings(ask)),
  route('GET /teams/{team}/pipeline-couplings', teamCouplings),
  route('GET /apps/{app}/pipeline-couplings', appCoupling),
  route('POST /pipeline-couplings', createCoupling),
  route('GET /pipeline-couplings/{id}', (ask) => {
    const { app, coupling } = findCoupled(ask);
    return { json: shape.coupling(ask, app, coupling) };
  }),
  route('PATCH /pipeline-couplings/{id}', updateCoupling),
  route('DELETE /pipeline-couplings/{id}', deleteCoupling),
];
