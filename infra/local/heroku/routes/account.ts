// Accounts, teams, the free look at the rate limit, and the status API, which is another host in real life.

import { notFound } from '../errors.ts';
import { remainingTokens } from '../limiter.ts';
import { type Answer, type Ask, param, type Route, route } from '../route.ts';
import { isTeam, team } from '../serialise.ts';
import { account, teamDetails } from '../serialise-account.ts';

function teams(ask: Ask): string[] {
  const owners = [...ask.world.apps(), ...ask.world.pipelines()].map(({ owner }) => owner);
  return [...new Set(owners)].filter(isTeam);
}

function findTeam(ask: Ask): Answer {
  const wanted = param(ask, 'team');
  const name = teams(ask).find((each) => each === wanted || team(each)['id'] === wanted);
  if (name === undefined) throw notFound('team');
  return { json: teamDetails(name) };
}

function currentStatus(ask: Ask): Answer {
  const status = Object.entries(ask.world.state.status).map(([system, colour]) => ({
    system,
    status: colour,
  }));
  return { json: { status, incidents: [], scheduled: [] } };
}

export const accountRoutes: readonly Route[] = [
  route('GET /account', (ask) => ({ json: account(ask.account) })),
  route('GET /users/~', (ask) => ({ json: account(ask.account) })),
  route(
    'GET /account/rate-limits',
    ({ account: who, world }) => ({
      json: { remaining: remainingTokens(world.state.limiter, who, world.now()) },
    }),
    'free',
  ),
  route('GET /teams', (ask) => ({ json: teams(ask).map(teamDetails) })),
  route('GET /teams/{team}', findTeam),
  route('GET /api/v4/current-status', currentStatus, 'open'),
  route('GET /api/v4/incidents', () => ({ json: [] }), 'open'),
];
