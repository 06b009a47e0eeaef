// A folder in place of SSM: what is read of it, and defaults that go missing between two ticks.

import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
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
  expect(await readConfiguration(source, first)).toMatchObject({
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

it('what an editor lays beside a file is not read', async () => {
  const folder = aFolder({
    'pipelines/web.yaml': 'pipeline: web',
    'pipelines/._web.yaml': new Uint8Array([0, 5, 22, 7]),
    'pipelines/.web.yaml.swp': 'b0VIM',
    'pipelines/web.yaml~': 'pipeline: older',
    'pipelines/#web.yaml#': 'pipeline: newer',
    'pipelines/~$web.yaml': 'x',
    'pipelines/4913': '',
  });
  symlinkSync('ana@laptop.4711:1', join(folder, 'pipelines/.#web.yaml'));
  symlinkSync('ana@laptop.4711:1', join(folder, '.#defaults.yaml'));
  expect(await readConfiguration(configFolder(folder), null)).toMatchObject({
    configured: [{ name: 'web' }],
    problems: [],
    hasDefaults: false,
  });
});

it('a file that cannot be read is the trouble of that one pipeline', async () => {
  const folder = aFolder({
    'pipelines/web.yaml': 'pipeline: web',
    'pipelines/bytes.yaml': new Uint8Array([0xff, 0xfe, 0x00]),
    'pipelines/api.yaml': 'pipeline: api',
    'pipelines/api.yml': 'pipeline: api-2',
  });
  symlinkSync('nowhere', join(folder, 'pipelines/gone.yaml'));
  mkdirSync(join(folder, 'pipelines/folder.yaml'));
  const { configured, problems } = await readConfiguration(configFolder(folder), null);
  const at = (name: string) => join(folder, 'pipelines', name);
  expect(configured.map(({ name }) => name)).toEqual(['api', 'web']);
  expect(problems).toEqual([
    `${at('api.yml')}: found a second file, expected one file for pipelines/api: ${at('api.yaml')} is one already`,
    `${at('bytes.yaml')}: found bytes that are no UTF-8, expected a text in UTF-8`,
    `${at('folder.yaml')}: found a folder, expected a text file`,
    `${at('gone.yaml')}: found ENOENT: no such file or directory, expected a file that can be read`,
  ]);
});

it('defaults that cannot be read, or are there twice, let nothing run', async () => {
  const folder = aFolder({ 'pipelines/web.yaml': 'pipeline: web' });
  symlinkSync('nowhere', join(folder, 'defaults.yaml'));
  const broken = await readConfiguration(configFolder(folder), null);
  expect(broken).toMatchObject({ configured: [], hasDefaults: true });
  expect(broken.problems).toEqual([
    expect.stringContaining('defaults.yaml: found ENOENT'),
    expect.stringMatching(/web\.yaml: skipped, because .*defaults\.yaml has an error\.$/),
  ]);
  rmSync(join(folder, 'defaults.yaml'));
  write(folder, { 'defaults.yaml': '{}', 'defaults.json': '{}' });
  expect((await readConfiguration(configFolder(folder), null)).configured).toEqual([]);
});

it('a folder that is gone between two ticks lets nothing run until it is back', async () => {
  const folder = aFolder({ 'pipelines/web.yaml': 'pipeline: web' });
  const source = configFolder(folder);
  rmSync(join(folder, 'pipelines'), { recursive: true });
  expect(await readConfiguration(source, null)).toMatchObject({
    configured: [],
    problems: [expect.stringContaining('no pipeline runs until then')],
  });
  write(folder, { 'pipelines/web.yaml': 'pipeline: web' });
  expect(await readConfiguration(source, null)).toMatchObject({ configured: [{ name: 'web' }] });
});

it('an empty folder says what to do', async () => {
  const folder = aFolder({ 'defaults.yaml': '{}', 'pipelines/.gitkeep': '' });
  const source = configFolder(folder);
  const pipelines = join(folder, 'pipelines');
  const todo = `To begin with one that is called NAME at Heroku: echo 'pipeline: NAME' > ${pipelines}/NAME.yaml`;
  expect((await readConfiguration(source, null)).problems).toEqual([
    `${pipelines}: found nothing, expected one file .yaml, .yml or .json a pipeline. ${todo}`,
  ]);
  write(folder, { 'pipelines/web.txt': 'pipeline: web' });
  expect((await readConfiguration(source, null)).problems).toEqual([
    `${pipelines}: found only web.txt, expected one file .yaml, .yml or .json a pipeline. ${todo}`,
  ]);
});
