// Configuration out of the parameters: one read, the pipelines and the defaults picked out of it.

import { describe, expect, it } from 'vitest';
import { configOfParameters } from '../../../shared/config/parameters.ts';
import { parameterNames } from '../../../shared/parameters/names.ts';
import { createFakeParameters } from '../parameters/fake.ts';

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
});
