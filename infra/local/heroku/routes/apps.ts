// Apps and what hangs on them: lists, the filter, maintenance, dynos, formation, features, collaborators, add-ons.

import { invalid, notFound } from '../errors.ts';
import { uuidOf, zulu } from '../ids.ts';
import type { Orders } from '../lists.ts';
import {
  type Answer,
  type Ask,
  fields,
  findApp,
  list,
  param,
  type Route,
  route,
  text,
  visibleApps,
} from '../route.ts';
import * as shape from '../serialise.ts';
import { dynos, formation, preboot } from '../serialise-account.ts';
import type { AppState } from '../state.ts';
import { userOf } from '../webhooks.ts';

const APP_NAME = /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/;

const ORDERS: Orders<AppState> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  updated_at: ({ updatedAt }) => zulu(updatedAt),
};

const listApps = (ask: Ask): Answer => list(ask, visibleApps(ask), ORDERS, (app) => shape.app(ask, app));

function teamApps(ask: Ask): Answer {
  const name = param(ask, 'team');
  const rows = visibleApps(ask).filter(
    ({ owner }) => shape.isTeam(owner) && (owner === name || shape.team(owner)['id'] === name),
  );
  if (rows.length === 0) throw notFound('team');
  return list(ask, rows, ORDERS, (app) => shape.teamApp(ask, app));
}

/** A read in spite of its method. Apps that cannot be seen are left out. */
function filterApps(ask: Ask): Answer {
  const filter = fields(fields(ask.body, 'body', ['in'])['in'], 'in', ['id']);
  const ids = filter['id'];
  if (!Array.isArray(ids)) throw invalid('Invalid params: in.id must be an array.');
  const wanted = new Set(ids.map((id) => text(id, 'in.id')));
  const rows = visibleApps(ask).filter(({ id }) => wanted.has(id));
  return list(ask, rows, ORDERS, (app) => shape.teamApp(ask, app));
}

function updateApp(ask: Ask): Answer {
  const app = findApp(ask);
  const body = fields(ask.body, 'body', [], ['maintenance', 'name', 'build_stack']);
  const { maintenance = app.maintenance, name = app.name } = body;
  if (typeof maintenance !== 'boolean') throw invalid('Invalid params: maintenance must be a boolean.');
  if (!APP_NAME.test(text(name, 'name')))
    throw invalid('Name must start with a letter and end with a letter or digit.');
  const isTaken = name !== app.name && ask.world.app(String(name)) !== undefined;
  if (isTaken) throw invalid('Name is already taken');
  app.maintenance = maintenance;
  app.name = String(name);
  app.updatedAt = ask.world.now();
  ask.world.touch();
  return { json: shape.app(ask, app) };
}

function findFeature(ask: Ask): Answer {
  const app = findApp(ask);
  if (param(ask, 'feature') !== 'preboot') throw notFound('app_feature');
  return { json: preboot(app) };
}

function findDyno(ask: Ask): Answer {
  const wanted = param(ask, 'dyno');
  const dyno = dynos(ask, findApp(ask)).find(({ id, name }) => id === wanted || name === wanted);
  if (dyno === undefined) throw notFound('dyno');
  return { json: dyno };
}

function collaborators(ask: Ask): Answer {
  const app = findApp(ask);
  return {
    json: [
      {
        app: { id: app.id, name: app.name },
        created_at: zulu(app.createdAt),
        id: uuidOf(`collaborator:${app.id}:${ask.account}`),
        permissions: [],
        role: 'owner',
        updated_at: zulu(app.createdAt),
        user: { ...userOf(ask.account), federated: false },
      },
    ],
  };
}

export const appRoutes: readonly Route[] = [
  route('GET /apps', listApps),
  route('GET /users/~/apps', listApps),
  route('GET /teams/{team}/apps', teamApps),
  route('POST /filters/apps', filterApps),
  route('GET /apps/{app}', (ask) => ({ json: shape.app(ask, findApp(ask)) })),
  route('PATCH /apps/{app}', updateApp),
  route('GET /apps/{app}/dynos', (ask) => ({ json: dynos(ask, findApp(ask)) })),
  route('GET /apps/{app}/dynos/{dyno}', findDyno),
  route('GET /apps/{app}/formation', (ask) => ({ json: formation(findApp(ask)) })),
  route('GET /apps/{app}/features', (ask) => ({ json: [preboot(findApp(ask))] })),
  route('GET /apps/{app}/features/{feature}', findFeature),
  route('GET /apps/{app}/collaborators', collaborators),
  route('GET /apps/{app}/addons', (ask) => {
    findApp(ask);
    return { json: [] };
  }),
];
