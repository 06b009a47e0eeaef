// What a local run tells of what is amiss: once while it lasts, that it is over, and anew when it comes back.

import { expect, it } from 'vitest';
import { createProblems } from '../../../infra/local/problems.ts';

const MINUTE = 60_000;
const nothing = { amiss: [], over: [] };

function ticks() {
  const problems = createProblems();
  let minute = 0;
  const tick = (ok: boolean, ...found: readonly string[]) => {
    minute += 1;
    return problems.ticked({ at: minute * MINUTE, ok, problems: found });
  };
  return {
    works: (...found: readonly string[]) => tick(true, ...found),
    fails: (...found: readonly string[]) => tick(false, ...found),
    logged: (text: string) => problems.logged(text, minute * MINUTE),
    pass: (minutes: number) => {
      minute += minutes;
    },
  };
}

it('a problem is told once, that it is mended once, and again when it comes back', () => {
  const { works } = ticks();
  expect(works('web.yaml: wrong')).toEqual({ amiss: ['web.yaml: wrong'], over: [] });
  expect(works('web.yaml: wrong', 'api.yaml: wrong')).toEqual({ amiss: ['api.yaml: wrong'], over: [] });
  expect(works('api.yaml: wrong')).toEqual({ amiss: [], over: ['No longer: web.yaml: wrong'] });
  expect(works('api.yaml: wrong')).toEqual(nothing);
  expect(works('web.yaml: wrong', 'api.yaml: wrong')).toEqual({ amiss: ['web.yaml: wrong'], over: [] });
});

it('an outage is told once, however its words change from try to try, and that it is over', () => {
  const { works, fails } = ticks();
  works();
  const refused = (id: string) => `GET /apps: Heroku answered 503 (Request-Id ${id}). Nothing to do.`;
  expect(fails(refused('a1')).amiss).toEqual([refused('a1')]);
  expect(fails(refused('b2'))).toEqual(nothing);
  expect(fails('GET /apps: gave no answer within 10 s').amiss).toEqual([
    'GET /apps: gave no answer within 10 s',
  ]);
  expect(fails(refused('c3'))).toEqual(nothing);
  expect(works()).toEqual({ amiss: [], over: ['Ticks succeed again, after 4m.'] });
  expect(works()).toEqual(nothing);
  expect(fails(refused('d4')).amiss).toEqual([refused('d4')]);
});

it('a count or a wait that changes makes no other problem, another status does', () => {
  const { fails } = ticks();
  fails('not sent: 90 calls remain; there again in 57 s');
  expect(fails('not sent: 88 calls remain; there again in 3 s')).toEqual(nothing);
  fails('Heroku answered 401');
  expect(fails('Heroku answered 403').amiss).toEqual(['Heroku answered 403']);
});

it('nothing is over as long as ticks are stopped: they have not seen everything', () => {
  const { works, fails } = ticks();
  works('web.yaml: wrong');
  expect(fails('no answer')).toEqual({ amiss: ['no answer'], over: [] });
  expect(works('web.yaml: wrong')).toEqual({ amiss: [], over: ['Ticks succeed again, after 1m.'] });
});

it('what is logged and also of the tick is one problem', () => {
  const { works, logged } = ticks();
  expect(logged('web.yaml: wrong')).toBe(true);
  expect(works('web.yaml: wrong')).toEqual(nothing);
  expect(works()).toEqual({ amiss: [], over: ['No longer: web.yaml: wrong'] });
});

it('what only runs and deliveries log is told again after an hour without it', () => {
  const { logged, pass, works } = ticks();
  expect(logged('Webhook of github refused: bad signature')).toBe(true);
  pass(50);
  expect(logged('Webhook of github refused: bad signature')).toBe(false);
  expect(works()).toEqual(nothing);
  pass(61);
  expect(logged('Webhook of github refused: bad signature')).toBe(true);
});
