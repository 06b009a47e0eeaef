// Configuration out of the parameters: one read, the pipelines and the defaults picked out of it; and whatever a push does
// meanwhile, never a mixture of two.

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { configOfParameters } from '../../../shared/config/parameters.ts';
import { pushMarkText } from '../../../shared/config/push-mark.ts';
import type { ConfigTexts } from '../../../shared/config/source.ts';
import { parameterNames } from '../../../shared/parameters/names.ts';
import type { Parameter, ParameterReads } from '../../../shared/parameters/port.ts';
import { createFakeParameters, type FakeParameters } from '../parameters/fake.ts';

describe('Configuration from SSM', () => {
  it('is everything under pipelines, by name, and the defaults; secrets and other prefixes are left alone', async () => {
    const parameters = createFakeParameters(0);
    parameters.seed('/sluice/pipelines/web', 'pipeline: web');
    parameters.seed('/sluice/pipelines/api', 'pipeline: api');
    parameters.seed('/sluice/defaults', 'soak: 1h');
    parameters.seed('/sluice/heroku/token', 'HRKU', 'SecureString');
    parameters.seed('/sluice/stack', '{}');
    parameters.seed('/sluice/prod/pipelines/other', 'pipeline: other');
    expect(await configOfParameters(parameters, parameterNames('/sluice')).read()).toEqual({
      pipelines: [
        { name: 'api', parameter: '/sluice/pipelines/api', text: 'pipeline: api' },
        { name: 'web', parameter: '/sluice/pipelines/web', text: 'pipeline: web' },
      ],
      defaults: { parameter: '/sluice/defaults', text: 'soak: 1h' },
    });
  });

  it('may be empty', async () => {
    const source = configOfParameters(createFakeParameters(0), parameterNames('/sluice'));
    expect(await source.read()).toEqual({ pipelines: [], defaults: null });
  });

  it('is no text where the parameter is no String: what is in it stays unread', async () => {
    const parameters = createFakeParameters(0);
    parameters.seed('/sluice/pipelines/api', 'pipeline: api', 'SecureString');
    parameters.seed('/sluice/defaults', 'a,b', 'StringList');
    const { pipelines, defaults } = await configOfParameters(parameters, parameterNames()).read();
    expect(pipelines).toMatchObject([{ name: 'api', text: '', unread: { found: 'a SecureString' } }]);
    expect(defaults).toMatchObject({ text: '', unread: { found: 'a StringList' } });
    expect(defaults?.unread?.expected).toMatch(/^a String.*first hold .* then: aws ssm delete-parameter/);
  });

  it('is read with one call for all and one for the mark, once the first tick has seen the mark', async () => {
    const parameters = createFakeParameters(0);
    const calls: string[] = [];
    const source = configOfParameters(
      {
        under: (path) => parameters.under(path).finally(() => calls.push('under')),
        get: (names) => parameters.get(names).finally(() => calls.push('get')),
      },
      parameterNames(),
    );
    await source.read();
    expect(calls.splice(0)).toEqual(['get', 'under', 'get']);
    await source.read();
    expect(calls.splice(0)).toEqual(['under', 'get']);
    parameters.seed('/sluice/push', pushMarkText({ state: 'done', id: '1', at: 'now' }));
    await source.read();
    expect(calls.splice(0)).toEqual(['under', 'get', 'under', 'get']);
    await source.read();
    expect(calls.splice(0)).toEqual(['under', 'get']);
  });
});

/** The steps of a read that nothing falls into: the mark, five pages, the mark. */
const QUIET = 7;

const NAMES = ['defaults', 'pipelines/api', 'pipelines/router', 'pipelines/web'] as const;

/** Reads that take time: `step` happens before each page of one parameter, and before each look at the mark. */
function slowly(kept: FakeParameters, order: readonly number[], step: () => Promise<void>): Reads {
  const names = parameterNames();
  return {
    under: async (path) => {
      const found: Parameter[] = [];
      const all = [...NAMES.map((name) => `/sluice/${name}`), names.push];
      for (const index of order) {
        await step();
        found.push(...(await kept.under(path)).filter(({ name }) => name === all[index]));
      }
      return found;
    },
    get: async (wanted) => {
      await step();
      return kept.get(wanted);
    },
  };
}

type Reads = Pick<ParameterReads, 'under' | 'get'>;

const versionsIn = ({ pipelines, defaults }: ConfigTexts): ReadonlySet<string> =>
  new Set([...pipelines, ...(defaults === null ? [] : [defaults])].map(({ text }) => text));

describe('A read that pushes fall into', () => {
  test.prop({
    order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
    // How many writes happen before each step of the read.
    writes: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 24 }),
    isFirst: fc.boolean(),
    hasMark: fc.boolean(),
  })('gives the old, or the new, or nothing', async ({ order, writes, isFirst, hasMark }) => {
    const kept = createFakeParameters(0);
    const mark = (state: 'begun' | 'done', id: string) =>
      kept.put('/sluice/push', pushMarkText({ state, id, at: 'now' }), 'String');
    const put = (text: string) => NAMES.map((name) => () => kept.put(`/sluice/${name}`, text, 'String'));
    const push = (id: string) => [() => mark('begun', id), ...put(id), () => mark('done', id)];
    const todo = [...push('first'), ...push('second')];
    for (const write of put('old')) await write();
    if (hasMark) await mark('done', 'old');
    let step = 0;
    const source = configOfParameters(
      slowly(kept, order, async () => {
        for (const write of todo.splice(0, writes[step++] ?? 0)) await write();
      }),
      parameterNames(),
    );
    if (!isFirst) {
      step = -QUIET;
      await source.read();
    }
    const texts = await source.read();
    const versions = versionsIn(texts);
    expect(versions.size).toBe(texts.unsettled === undefined ? 1 : 0);
  });

  it('gives nothing of a push that is done between two pages at the second reading as well', async () => {
    const kept = createFakeParameters(0);
    let version = 0;
    const source = configOfParameters(
      slowly(kept, [0, 4, 1, 2, 3], async () => {
        version += 1;
        await kept.put(
          '/sluice/push',
          pushMarkText({ state: 'done', id: `${version}`, at: 'now' }),
          'String',
        );
      }),
      parameterNames(),
    );
    expect(await source.read()).toMatchObject({
      pipelines: [],
      defaults: null,
      unsettled: {
        message:
          '/sluice/push: found one push after the other while the parameters were read, expected one configuration: the next tick reads it again',
      },
    });
  });
});
