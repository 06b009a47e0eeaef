// What Heroku says of itself (`heroku-status`) and of its apps (`maintenance`).

import { describe, expect, test } from 'vitest';
import { herokuStatus } from '../../../shared/checks/heroku-status.ts';
import { maintenance } from '../../../shared/checks/maintenance.ts';
import { ask, portsWith } from './question.ts';

const report = (apps: string, tools: string, data = 'green') => ({
  systems: [
    { system: 'Apps', status: apps },
    { system: 'Data', status: data },
    { system: 'Tools', status: tools },
  ],
  incidents: [{ title: 'Builds are slow', url: 'https://status.heroku.com/incidents/1', state: 'open' }],
});

describe("Heroku's status", () => {
  test.for([
    ['all is green', report('green', 'green'), {}, 'pass'],
    ['only the data services are red', report('green', 'green', 'red'), {}, 'pass'],
    ['apps are yellow', report('yellow', 'green'), {}, 'wait'],
    ['deploys are red', report('green', 'red'), {}, 'wait'],
    ['apps are yellow and yellow is allowed', report('yellow', 'green'), { allow: 'yellow' }, 'pass'],
    ['apps are red and yellow is allowed', report('red', 'green'), { allow: 'yellow' }, 'wait'],
    ['a colour is a new one', report('blue', 'green'), { allow: 'yellow' }, 'wait'],
  ] as const)('when %s', async ([, status, options, state]) => {
    expect(await ask(herokuStatus, options, {}, portsWith([], status))).toMatchObject({ state });
  });

  test('names what is not well, and the incidents', async () => {
    const verdict = await ask(herokuStatus, {}, {}, portsWith([], report('yellow', 'red')));
    expect(verdict).toMatchObject({
      about: 'world',
      reason:
        'Heroku shows Apps yellow and Tools red: "Builds are slow" (https://status.heroku.com/incidents/1).',
    });
  });

  test('that cannot be read is not green', async () => {
    const ports = portsWith([], new Error('status.heroku.com gave no answer.'));
    expect(await ask(herokuStatus, {}, {}, ports)).toMatchObject({
      state: 'unknown',
      reason: 'What Heroku says of itself could not be read: status.heroku.com gave no answer.',
    });
  });

  test('that leaves a system out is not green', async () => {
    const ports = portsWith([], { systems: [{ system: 'Apps', status: 'green' }], incidents: [] });
    expect(await ask(herokuStatus, {}, {}, ports)).toMatchObject({
      state: 'unknown',
      reason: "Heroku's status does not mention Tools.",
    });
  });
});

describe('Maintenance', () => {
  test('of a target waits, and says how to end it', async () => {
    const apps = { 'router-va01': { maintenance: true }, 'router-va02': { maintenance: true } };
    expect(await ask(maintenance, {}, { apps })).toMatchObject({
      state: 'wait',
      about: 'target',
      reason: 'router-va01 and router-va02 are in maintenance mode.',
      unblock: 'heroku maintenance:off --app router-va01 && heroku maintenance:off --app router-va02',
    });
  });

  test('of the wave before counts where the configuration says so', async () => {
    const apps = { 'router-qa02': { maintenance: true } };
    expect(await ask(maintenance, {}, { apps })).toMatchObject({ state: 'pass' });
    expect(await ask(maintenance, { of: 'source' }, { apps })).toMatchObject({
      state: 'wait',
      about: 'source',
    });
    expect(await ask(maintenance, { of: 'both' }, { apps })).toMatchObject({ state: 'wait' });
  });

  test('that was not read is unknown', async () => {
    expect(await ask(maintenance, {}, { apps: { 'router-va01': { maintenance: null } } })).toMatchObject({
      state: 'unknown',
      reason: 'Heroku did not say whether router-va01 is in maintenance mode.',
    });
  });
});
