// Right values for kinds of fault that real reports led to: each fails at the commit the README names. Copy into test/ to run.
import { afterEach, describe, expect, it, test } from 'vitest';
import { type Hours, openingsAround } from '../shared/checks/opening.ts';
import { parsePipeline } from '../shared/config/parse.ts';
import { currentStay, historyOf, type ReleaseFact } from '../shared/domain/stays.ts';
import { signGeneric } from '../shared/signals/signature.ts';
import { commitOf, World } from './world.ts';

const at = (text: string) => Date.parse(text);
const release = (version: number, id: string | null): ReleaseFact => ({
  id: `r${version}`,
  version,
  status: 'succeeded',
  current: false,
  artifact: id === null ? null : { type: 'slug', id },
  createdAt: version * 60_000,
  updatedAt: version * 60_000,
  hasReleasePhase: false,
  userEmail: null,
});

describe('F1 a window whose hour is the very one the clock skips', () => {
  const opening = (hours: Omit<Hours, 'leaveMs'>, now: string) => {
    const { next } = openingsAround({ ...hours, leaveMs: 0 }, at(now));
    return next && [new Date(next.openAt).toISOString(), new Date(next.closeAt).toISOString()];
  };
  test.each([
    [
      'sun 02:00-04:00 New_York',
      { days: [7], from: 120, until: 240, zone: 'America/New_York' },
      '2026-03-04T15:00Z',
      ['2026-03-08T07:00:00.000Z', '2026-03-08T08:00:00.000Z'],
    ],
    [
      'sun 01:00-05:00 London',
      { days: [7], from: 60, until: 300, zone: 'Europe/London' },
      '2026-03-25T12:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-29T04:00:00.000Z'],
    ],
  ] as const)('%s', (_name, hours, now, expected) => {
    expect(opening(hours as unknown as Omit<Hours, 'leaveMs'>, now)).toEqual(expected);
  });
});

test('F6 two windows of one list that are never open together are refused', () => {
  const text =
    'pipeline: web\nwaves:\n  - name: a\n    apps: [x]\n  - name: b\n    apps: [y]\n    checks:\n      - window: { days: mon-thu, from: "09:00", until: "17:00", zone: Europe/Berlin }\n      - window: { days: fri, from: "09:00", until: "12:00", zone: Europe/Berlin }\n';
  expect(parsePipeline({ parameter: 'p', text }).ok).toBe(false);
});

test('F2 a release of code that Sluice cannot compare (a Docker image: slug null) ends the stay of what ran before', () => {
  const { history } = historyOf(
    [release(1, null), release(2, 'A'), { ...release(3, null), current: true }],
    true,
  );
  expect(history.stays.at(-1)?.endAt).toBe(3 * 60_000);
  expect(currentStay(history)?.artifact).not.toBe('slug:A');
});

describe('told as stories', () => {
  let world: World;
  afterEach(() => world.close());

  it('F3 what was taken back by deploying the older commit again goes no further', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1], (wave) => (wave === 3 ? '    soak: 20m\n' : ''));
    await world.ticks(1);
    const bad = world.merge('web-1', 'bad');
    await world.ticks(5);
    expect(world.runs('web-2')).toBe(bad);
    // As Heroku does: every build makes a slug of its own, of an old commit as well.
    world.heroku.deploy('web-1', { commit: commitOf('web base'), slug: 'new' });
    await world.ticks(40);
    expect((await world.attempts('web')).map((a) => [a.to, a.commit])).not.toContainEqual(['w3', bad]);
  });

  it('F4 evidence about commits that comes later than the next merge does not starve the wave (L1, L2)', async () => {
    world = await World.open({ config: {} });
    world.secrets['e2e'] = 'a secret';
    world.addPipeline('web', [1, 1], (wave) =>
      wave === 2 ? '    checks:\n      - signal: { name: e2e, of: commit }\n' : '',
    );
    await world.ticks(1);
    const arrived = new Set<string>();
    for (let n = 0; n < 10; n++) {
      world.merge('web-1', `m${n}`);
      await world.ticks(20);
      // The suite takes half an hour, a merge comes every twenty minutes: its result is about the one before.
      if (n >= 1) {
        const body = JSON.stringify({
          name: 'e2e',
          commit: commitOf(`m${n - 1}`),
          state: 'success',
          at: new Date(world.clock.now()).toISOString(),
        });
        const headers = {
          'x-sluice-signature': signGeneric('a secret', body, Math.floor(world.clock.now() / 1000)),
        };
        const answer = await world.deliver({
          rawPath: '/signals/e2e',
          headers,
          body,
          isBase64Encoded: false,
          requestContext: { http: { method: 'POST' } },
        });
        expect(answer.statusCode).toBe(202);
      }
      arrived.add(world.runs('web-2'));
    }
    expect(arrived.size).toBeGreaterThan(1);
  });

  it('F5 a hold stands when its wave gets another name', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    await world.hold('web', 'w2', 'incident 42', null);
    world.merge('web-1', 'A');
    await world.ticks(2);
    world.config = { web: (world.config['web'] ?? '').replace('name: w2', 'name: prod') };
    await world.ticks(4);
    expect(world.posts()).toHaveLength(0);
  });

  it('F9 what was deployed to the head and failed there is told', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.heroku.setReleasePhase('web-1', { seconds: 5, fails: 'always' });
    world.merge('web-1', 'A');
    await world.ticks(3);
    expect(JSON.stringify(await world.decision('web'))).toContain('web-1');
    expect(JSON.stringify(await world.decision('web'))).toMatch(/failed/);
  });

  it('F11 one fault that lasts is one decision, not one a minute', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    world.heroku.faults.unavailable({ route: 'GET /apps/{app}/releases' });
    await world.ticks(2);
    world.merge('web-1', 'A');
    await world.ticks(30);
    expect(world.events.filter(({ type }) => type === 'DecisionChanged').length).toBeLessThan(5);
  });
});
