// A folder in place of SSM: what is read of it, and defaults that go missing between two ticks.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configFolder } from '../../../infra/local/config-folder.ts';
import { readConfiguration } from '../../../shared/scan/configured.ts';
import { aFolder, write } from '../../cli/folder.ts';

it('a folder whose defaults are gone lets nothing run until they are back, or an empty file says that none are meant', async () => {
  const folder = aFolder({
    'pipelines/web.yaml': 'pipeline: web',
    'defaults.yml': 'checks: [heroku-status]',
  });
  const source = configFolder(folder);
  const first = await readConfiguration(source, null);
  expect(first).toMatchObject({ configured: [{ name: 'web' }], problems: [], hasDefaults: true });
  rmSync(join(folder, 'defaults.yml'));
  const place = join(folder, 'defaults.yaml');
  expect(await readConfiguration(source, first)).toEqual({
    configured: [],
    problems: [
      `${place}: found nothing, expected the defaults that were there, without which no pipeline runs: put the file back. If none are meant, an empty one: echo '{}' > ${place}`,
    ],
    hasDefaults: true,
  });
  write(folder, { 'defaults.yaml': '{}' });
  expect(await readConfiguration(source, first)).toMatchObject({
    configured: [{ name: 'web' }],
    problems: [],
  });
});
