// The world as one JSON value: deterministic, kept before every answer, picked up again by another process.

import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../../../infra/local/heroku/simulator.ts';
import type { SimulatorState } from '../../../../infra/local/heroku/state.ts';
import { A, B, promotionOf, SECOND, startHeroku, virtualClock } from './harness.ts';

function story(seed: number): SimulatorState {
  const simulator = createSimulator({ clock: virtualClock(), seed });
  simulator.addPipeline({ name: 'router', apps: [{ name: 'router-qa01', stage: 'staging' }] });
  simulator.deploy('router-qa01', { commit: A });
  return simulator.snapshot();
}

describe('the state', () => {
  it('is the same for the same seed and story, and has other ids for another seed', () => {
    expect(story(7)).toEqual(story(7));
    expect(Object.keys(story(8).apps)).not.toEqual(Object.keys(story(7).apps));
  });

  it('is plain JSON', () => {
    const state = story(1);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it('carries a promotion and a release phase over a restart', async () => {
    const heroku = await startHeroku();
    heroku.simulator.deploy('router-qa01', { commit: A });
    heroku.simulator.setReleasePhase('router-va01', { seconds: 60 });
    const body = promotionOf(heroku.simulator, 'router-qa01', ['router-va01']);
    await heroku.send('POST', '/pipeline-promotions', body);
    heroku.clock.pass(3 * SECOND);

    const kept: unknown = JSON.parse(JSON.stringify(heroku.simulator.snapshot()));
    const restarted = createSimulator({ clock: heroku.clock, state: kept as SimulatorState });
    heroku.clock.pass(60 * SECOND);
    expect(restarted.app('router-va01').commit).toBe(A);
    // The one that was not stopped tells the same story, down to the ids.
    expect(restarted.snapshot()).toEqual(heroku.simulator.snapshot());
  });

  it('does not depend on how often it was looked at', async () => {
    const outcomes = [];
    for (const step of [1, 30, 120]) {
      const heroku = await startHeroku();
      heroku.simulator.deploy('router-qa01', { commit: A });
      heroku.simulator.setReleasePhase('router-va01', { seconds: 50 });
      heroku.simulator.deploy('router-va01', { commit: B });
      // Planned after the release phase above, and due before its end.
      const body = promotionOf(heroku.simulator, 'router-qa01', ['router-va01', 'router-ie01']);
      await heroku.send('POST', '/pipeline-promotions', body);
      for (let passed = 0; passed < 120; passed += step) {
        heroku.clock.pass(step * SECOND);
        heroku.simulator.app('router-qa01');
      }
      expect(heroku.simulator.app('router-va01').commit).toBe(A);
      outcomes.push(heroku.simulator.snapshot());
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });
});

describe('onChange', () => {
  it('has the promotion before its answer leaves, even if that is lost', async () => {
    let kept: SimulatorState | null = null;
    const heroku = await startHeroku({
      onChange: (state) => {
        kept = structuredClone(state);
      },
    });
    heroku.simulator.deploy('router-qa01', { commit: A });
    heroku.simulator.faults.reset('after', { route: 'POST /pipeline-promotions' });
    const body = promotionOf(heroku.simulator, 'router-qa01', ['router-va01']);
    await expect(heroku.send('POST', '/pipeline-promotions', body)).rejects.toThrow();
    expect(kept).toEqual(heroku.simulator.snapshot());
    expect(Object.keys(heroku.simulator.snapshot().promotions)).toHaveLength(1);
  });

  it('is called once for each change, for what time brings, and for no read', async () => {
    let changes = 0;
    const heroku = await startHeroku({
      onChange: () => {
        changes += 1;
      },
    });
    heroku.simulator.setReleasePhase('router-qa01', { seconds: 10 });
    heroku.simulator.deploy('router-qa01', { commit: A });
    const before = changes;
    await heroku.get('/apps');
    heroku.simulator.app('router-qa01');
    expect(changes).toBe(before);
    heroku.clock.pass(10 * SECOND);
    await heroku.get('/apps');
    expect(changes).toBe(before + 1);
  });
});

describe('the verbs', () => {
  it('name what they cannot find', () => {
    const simulator = createSimulator({ clock: virtualClock() });
    simulator.addApp({ name: 'router-qa01' });
    expect(() => simulator.deploy('router-qa02', { commit: A })).toThrow('there is no app router-qa02');
    expect(() => simulator.addApp({ name: 'router-qa01' })).toThrow('there is an app router-qa01 already');
    expect(() => simulator.pipeline('web')).toThrow('there is no pipeline web');
    expect(() => simulator.release('router-qa01', { slug: 'none' })).toThrow('there is no slug none');
  });
});
