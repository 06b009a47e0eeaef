// Another Heroku pipeline behind a configured name: nothing is promoted there until a person says that it is meant.

import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { herokuRelease } from './shared/signals/payloads.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open({ config: {} });
  world.addPipeline('web', [1, 1]);
  world.addPipeline('other', [1, 1]);
  delete world.config['other'];
  await world.ticks(2);
  await world.hold('web', null, 'frozen for the audit', null);
});
afterEach(() => world.close());

const becomesAnother = (): void => {
  const text = (world.config['web'] ?? '').replaceAll('web', 'other');
  world.config = { web: text };
};

describe('Another Heroku pipeline behind a configured name', () => {
  it('is left alone, and said', async () => {
    becomesAnother();
    world.merge('other-1', 'A');
    world.wait(1);
    const { problems, woken } = await world.tick();
    expect(woken).toEqual([]);
    expect(problems.join()).toContain(
      `/sluice/pipelines/web: identity: found Heroku pipeline ${world.id('other')}, expected ${world.id('web')} (web)`,
    );
    await world.ticks(20);
    expect(world.posts()).toEqual([]);
  });

  it('is left alone with every cache deleted, too', async () => {
    becomesAnother();
    await world.forget();
    world.merge('other-1', 'A');
    await world.ticks(5);
    expect(world.posts()).toEqual([]);
    await world.forget();
    await world.ticks(5);
    expect(world.posts()).toEqual([]);
  });

  it('goes on once it is accepted, with the holds that were placed on the one before', async () => {
    becomesAnother();
    world.merge('other-1', 'A');
    await world.ticks(2);
    await world.accept('web', null, world.id('other'));
    expect(await world.table.names()).toMatchObject([
      { name: 'web', pipelineId: world.id('other'), predecessors: [world.id('web')] },
    ]);
    expect(await world.table.words(world.id('other'))).toMatchObject([
      { kind: 'accept', actor: 'oncall@example.com', accepted: [], means: { herokuName: 'other' } },
    ]);
    await world.ticks(3);
    expect((await world.step('other', 'w2')).blocker).toBe('hold');
    expect(world.posts()).toEqual([]);
    const [hold] = (await world.table.stops(world.id('web'))).holds;
    if (hold === undefined) throw new Error('There must be a hold.');
    await world.table.liftHold(hold, { by: 'ops@example.com', reason: 'over', at: world.clock.now() });
    await world.ticks(16);
    expect(world.posts()).toHaveLength(1);
    const { views } = await world.table.fleet();
    expect(views.filter(({ name }) => name === 'web').map(({ pipelineId }) => pipelineId)).toEqual([
      world.id('other'),
    ]);
  });

  it('is accepted with every view deleted, too', async () => {
    becomesAnother();
    await world.ticks(1);
    await world.forget();
    await world.accept('web', null, world.id('other'));
    const { problems } = await world.tick();
    expect(problems).toEqual([]);
  });

  it('is accepted by its own id only, and never with what somebody put on an app', async () => {
    becomesAnother();
    await world.ticks(2);
    await expect(world.accept('web')).rejects.toThrow(
      `Behind web there is another Heroku pipeline, ${world.id('other')} (other), and nothing else is accepted until`,
    );
    await expect(world.accept('web', 'w2')).rejects.toThrow('that is accepted by its name');
    await expect(world.accept('web', null, world.id('web'))).rejects.toThrow(
      `found ${world.id('web')} in means, expected ${world.id('other')}: sluice accept web`,
    );
    expect(await world.table.names()).toMatchObject([{ pipelineId: world.id('web') }]);
  });

  it('is not accepted where none waits', async () => {
    await expect(world.accept('web', null, world.id('other'))).rejects.toThrow('Nothing to accept');
  });

  it('is the same when the word that names it is only written differently', async () => {
    world.config = {
      web: (world.config['web'] ?? '').replace('pipeline: web', `pipeline: ${world.id('web')}`),
    };
    world.wait(1);
    const { problems, woken } = await world.tick();
    expect(problems).toEqual([]);
    expect(woken).toEqual(['web']);
  });
});

it('A name that meant another pipeline for a while, and means its own again, waits for nobody', async () => {
  delete world.config['other'];
  await world.unhold('web');
  const swap = (): void => {
    world.heroku.renamePipeline('web', 'tmp');
    world.heroku.renamePipeline('other', 'web');
    world.heroku.renamePipeline('tmp', 'other');
  };
  const own = world.config['web'] ?? '';
  swap();
  world.config = { web: own.replaceAll('web-', 'other-') };
  await world.ticks(33);
  expect((await world.table.names())[0]?.stranger).toBeDefined();
  swap();
  world.config = { web: own };
  await world.ticks(33);
  expect((await world.table.names())[0]?.stranger).toBeUndefined();
  world.heroku.deploy('web-2', { commit: 'd'.repeat(40) });
  world.merge('web-1', 'A');
  await world.ticks(3);
  expect((await world.step('web', 'w2')).blocker).toBe('stands');
  await world.accept('web', 'w2');
});

describe('An app that leaves', () => {
  it('a pipeline whose waves are its stages takes nothing with it: the others go on', async () => {
    world.config = {};
    world.heroku.addPipeline({
      name: 'shop',
      apps: [
        { name: 'shop-qa', stage: 'staging' },
        { name: 'shop-eu', stage: 'production' },
        { name: 'shop-us', stage: 'production' },
      ],
    });
    for (const app of ['shop-qa', 'shop-eu', 'shop-us']) world.heroku.deploy(app, { commit: 'b'.repeat(40) });
    world.config = { shop: 'pipeline: shop' };
    await world.ticks(2);
    world.heroku.removeApp('shop-us');
    const commit = world.merge('shop-qa', 'A');
    await world.ticks(40);
    expect(world.runs('shop-eu')).toBe(commit);
    expect((await world.step('shop', 'production')).state).toBe('same');
  });
});

describe('Two parameters for one Heroku pipeline', () => {
  const CHECK = '    checks:\n      - ci\n';
  const of = (pipeline: string, checks: string): string =>
    `pipeline: ${pipeline}\nwaves:\n  - name: w1\n    apps: [web-1]\n  - name: w2\n    apps: [web-2]\n${checks}`;

  beforeEach(async () => {
    await world.unhold('web');
    world.config = { web: of('web', CHECK) };
    await world.ticks(2);
    for (const other of ['aaa', 'zoo']) world.config[other] = of(world.id('web'), '');
    world.merge('web-1', 'A');
    await world.ticks(3);
    expect(world.posts()).toEqual([]);
  });

  const configure = (text: string) => async (): Promise<void> => {
    world.config['web'] = text;
  };

  it.each<[string, () => Promise<unknown>]>([
    ['is not read from Heroku yet', () => world.store.deleteRow({ pk: 'fleet', sk: 'map#web' })],
    ['has no cached row at all', () => world.forget()],
    ['names an app that is not there', configure(of('web', CHECK).replace('web-2', 'web-9'))],
    ['cannot be read', configure('pipeline: [')],
  ])(
    'are that of the first, also while that one %s: the others’ checks promote nothing',
    async (_, happens) => {
      await happens();
      const { problems } = await world.tick();
      for (const other of ['aaa', 'zoo']) {
        expect(problems.filter((one) => one.startsWith(`/sluice/pipelines/${other}: `))).toEqual([
          expect.stringMatching(
            /expected a Heroku pipeline of its own: \/sluice\/pipelines\/web has it already\.$/,
          ),
        ]);
      }
      await world.ticks(3);
      expect(world.posts()).toEqual([]);
    },
  );

  /** By its name, with the same apps. Gives its new id. */
  const madeAnew = (): string => {
    world.heroku.removePipeline('web');
    const { id } = world.heroku.addPipeline({ name: 'web', apps: [] });
    for (const [app, stage] of [
      ['web-1', 'staging'],
      ['web-2', 'production'],
    ]) {
      const headers = {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: 'Bearer HRKU-person',
      };
      const body = JSON.stringify({ app, pipeline: id, stage });
      world.heroku.ask({ method: 'POST', path: '/pipeline-couplings', headers, body });
    }
    return id;
  };
  const others = (text: string): void => {
    for (const other of ['aaa', 'zoo']) world.config[other] = text;
  };

  /** Another pipeline at Heroku, named web as well, with apps of its own. */
  const namesake = (): string => {
    const apps = [
      { name: 'new-1', stage: 'staging' },
      { name: 'new-2', stage: 'production' },
    ] as const;
    const { id } = world.heroku.addPipeline({ name: 'web', apps: [...apps] });
    for (const { name } of apps) world.heroku.deploy(name, { commit: 'c'.repeat(40) });
    return id;
  };
  const spoilt = () => world.spoil((key) => key.sk === 'name#web', 'odd');

  it.each<[string, () => unknown]>([
    ['made anew, and the others give its id', () => others(of(madeAnew(), ''))],
    ['made anew, and the others give its name', () => others(of(madeAnew() && 'web', ''))],
    [
      'renamed, in its parameter as well',
      () => {
        world.heroku.renamePipeline('web', 'shop');
        world.config['web'] = of('shop', CHECK);
      },
    ],
    [
      'renamed, and another pipeline has its name now',
      () => {
        world.heroku.renamePipeline('web', 'legacy');
        namesake();
      },
    ],
    [
      'made anew, and the others give its name, and the first its id',
      () => {
        const id = madeAnew();
        others(of('web', ''));
        world.config['web'] = of(id, CHECK);
      },
    ],
    [
      'made anew, found so, and renamed, in its parameter as well',
      async () => {
        madeAnew();
        await world.ticks(33);
        world.heroku.renamePipeline('web', 'shop');
        world.config['web'] = of('shop', CHECK);
        others(of('web', ''));
      },
    ],
    ['as it was, and the record of the first cannot be read', () => spoilt()],
  ])('are that of the first where it is %s', async (_, happens) => {
    await happens();
    await world.ticks(1);
    world.merge('web-1', 'B');
    await world.ticks(40);
    expect(world.posts()).toEqual([]);
    const names = (await world.table.names()).map(({ name }) => name);
    expect(names).toEqual(['web']);
  });

  it('is nobody else’s while one that has had one of its name does not say which it means', async () => {
    world.config = { web: of('web', CHECK) };
    await world.ticks(1);
    const id = namesake();
    const ofNew = (pipeline: string) => of(pipeline, '').replaceAll('web-', 'new-');
    world.config['fresh'] = ofNew(id);
    const { problems } = await world.tick();
    expect(problems.join()).toContain(
      '/sluice/pipelines/web may mean it, too, and has had one of that name. Settle that first: sluice why web',
    );
    world.config['web'] = of(world.id('web'), CHECK);
    await world.ticks(2);
    world.heroku.deploy('new-1', { commit: 'e'.repeat(40) });
    await world.ticks(10);
    expect(world.posts()).toHaveLength(1);
  });

  it('are that of the first again once it is back, in what a delivery starts, too', async () => {
    delete world.config['web'];
    delete world.config['aaa'];
    world.merge('web-1', 'B');
    await world.ticks(5);
    expect(world.posts()).toHaveLength(1);
    world.config['web'] = 'pipeline: [';
    world.merge('web-1', 'C');
    world.secrets['heroku'] = 'a secret';
    const body = JSON.stringify(herokuRelease({ app: { id: 'web-1', name: 'web-1' } }));
    const answer = await world.deliver({
      rawPath: '/heroku',
      headers: {
        'heroku-webhook-hmac-sha256': createHmac('sha256', 'a secret').update(body).digest('base64'),
      },
      body,
      isBase64Encoded: false,
      requestContext: { http: { method: 'POST' } },
    });
    expect(answer.statusCode).toBe(202);
    await world.ticks(3);
    expect(world.posts()).toHaveLength(1);
  });

  it('is that of the other once the first is taken away', async () => {
    delete world.config['web'];
    await world.ticks(3);
    expect(world.posts()).toHaveLength(1);
  });
});
