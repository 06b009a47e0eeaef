// Fleet files: the world they describe, and what is said about a bad one.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fleetState, parseFleet } from '../../../../infra/local/heroku/fleet.ts';
import { createSimulator, type Simulator } from '../../../../infra/local/heroku/simulator.ts';
import { NOON, SECOND, virtualClock } from './harness.ts';

function load(text: string): { simulator: Simulator; clock: ReturnType<typeof virtualClock> } {
  const clock = virtualClock();
  const state = fleetState(parseFleet(text, 'fleet.yaml'), clock.now());
  return { simulator: createSimulator({ clock, state }), clock };
}

const FLEET = `
promotionSeconds: 7
pipelines:
  - name: router
    owner: me@example.com
    apps:
      - { name: router-qa01, stage: staging, commits: ["one", "two"], maintenance: true }
      - name: router-va01
        stage: production
        commits: ["one"]
        releasePhase: { seconds: 30, fails: ["two"] }
  - name: image
    generation: fir
    apps:
      - { name: image-qa01, stage: staging, commits: ["one"] }
`;

describe('a fleet', () => {
  it('has its pipelines, and its commits deployed an hour apart', () => {
    const { simulator } = load(FLEET);
    const [qa, va] = simulator.pipeline('router').apps;
    expect(qa).toMatchObject({ name: 'router-qa01', stage: 'staging', commit: 'two', maintenance: true });
    expect(qa?.releases.slice(2).map(({ createdAt }) => (createdAt - NOON) / 3_600_000)).toEqual([-2, -1]);
    expect(va?.current?.artifactId).toBe(qa?.releases[2]?.artifactId);
    expect(simulator.snapshot().promotionSeconds).toBe(7);
  });

  it('keeps commits of different pipelines apart', () => {
    const { simulator } = load(FLEET);
    const image = simulator.app('image-qa01').current?.artifactId;
    expect(image).not.toBe(simulator.app('router-va01').current?.artifactId);
  });

  it('has release phases from now on', () => {
    const { clock, simulator } = load(FLEET);
    expect(simulator.deploy('router-va01', { commit: 'two' }).status).toBe('pending');
    clock.pass(30 * SECOND);
    expect(simulator.app('router-va01').releases.at(-1)?.status).toBe('failed');
  });
});

describe('the default fleet', () => {
  it('is a router in many regions, an api and a web', () => {
    const path = new URL('../../../../infra/local/heroku/default-fleet.yaml', import.meta.url);
    const { simulator } = load(readFileSync(path, 'utf8'));
    const sizes = simulator.pipelines().map(({ apps, name }) => [name, apps.length]);
    expect(sizes).toEqual([
      ['router', 12],
      ['api', 3],
      ['web', 2],
    ]);
  });
});

describe('a bad fleet file', () => {
  const app = (fields: string) => `pipelines: [{ name: router, apps: [{ name: router-qa01, ${fields} }] }]`;
  it.each([
    ['[]', 'the file: found [], expected a mapping with promotionSeconds, pipelines'],
    ['pipelines: router', 'pipelines: found router, expected a list'],
    [
      'pipelines: []\ncolour: red',
      'the file: found the key colour, expected only promotionSeconds, pipelines',
    ],
    [
      'promotionSeconds: -1\npipelines: []',
      'promotionSeconds: found -1, expected a number of seconds, 0 or more',
    ],
    [
      'pipelines: [{ name: R, apps: [] }]',
      'pipelines[0].name: found R, expected a pipeline name such as router',
    ],
    ['pipelines: [{ name: router }]', 'pipelines[0].apps: found nothing, expected a list'],
    [
      app('stage: live'),
      'pipelines[0].apps[0].stage: found live, expected one of test, review, development, staging, production',
    ],
    [
      app('stage: staging, commits: [1234567]'),
      'pipelines[0].apps[0].commits[0]: found 1234567, expected a commit in quotes',
    ],
    [
      app('stage: staging, releasePhase: {}'),
      'pipelines[0].apps[0].releasePhase.seconds: found nothing, expected a number of seconds, 0 or more',
    ],
    [
      app('stage: staging, maintenance: maybe'),
      'pipelines[0].apps[0].maintenance: found maybe, expected true or false',
    ],
    [
      'pipelines: [{ name: one, apps: [{ name: abc, stage: test }, { name: abc, stage: test }] }]',
      'pipelines: found the app abc twice, expected each app once',
    ],
  ])('%s', (text, message) => {
    expect(() => parseFleet(text, 'fleet.yaml')).toThrow(`fleet.yaml: ${message}`);
  });

  it('that is not YAML says where', () => {
    expect(() => parseFleet('pipelines: {', 'fleet.yaml')).toThrow(/^fleet\.yaml: not YAML: .* line 1/);
  });
});
