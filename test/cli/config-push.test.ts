// `sluice config push` and the ticks around it: what a tick sees of a push that is under way, was cut off, or meets another;
// and what a push refuses to delete.

import { describe, expect, it } from 'vitest';
import { configOfParameters } from '../../shared/config/parameters.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import { readConfiguration } from '../../shared/scan/configured.ts';
import { aFolder, filesIn } from './folder.ts';
import { openTerminal } from './terminal.ts';

const API = 'pipeline: api\n';
const CHECKED = 'checks:\n  - heroku-status\n';

/** A terminal where a stack is deployed, and what a tick finds of the configuration. */
async function aTerminal(folder: string, deployed: Readonly<Record<string, string>> = {}) {
  const terminal = await openTerminal(Number.POSITIVE_INFINITY);
  const { parameters } = terminal;
  parameters.seed('/sluice/stack', '{"tableName":"sluice"}');
  for (const [name, text] of Object.entries(deployed)) parameters.seed(`/sluice/${name}`, text);
  const source = configOfParameters(parameters, parameterNames());
  const type = async (line: string) =>
    (await terminal.type(line.replace('DIR', folder))).replaceAll(folder, 'DIR');
  return { terminal, parameters, type, tick: () => readConfiguration(source, null) };
}

describe('a push', () => {
  // A check moves from the defaults to the pipelines: half of this is a promotion without it.
  const before = {
    defaults: CHECKED,
    'pipelines/api': API,
    'pipelines/old': 'pipeline: old\n',
    'pipelines/web': 'pipeline: web\n',
  };
  const after = {
    'pipelines/api.yaml': API + CHECKED,
    'pipelines/web.yaml': `pipeline: web\n${CHECKED}`,
    'pipelines/new.yaml': `pipeline: new\n${CHECKED}`,
  };
  const WRITES = 7;

  it.each(Array.from({ length: WRITES }, (_, k) => ({ k })))(
    'that is cut off after $k writes lets no tick look at anything, and a second one completes it',
    async ({ k }) => {
      const { terminal, parameters, type, tick } = await aTerminal(aFolder(after), before);
      parameters.failAfter(k);
      const told = await type('sluice config push DIR --prune');
      expect(terminal.status).toBe(1);
      expect(parameters.writes).toHaveLength(k);
      const { configured, problems } = await tick();
      if (k === 0) {
        expect(told).toContain('Nothing of the configuration was written.');
        expect([configured.length, problems]).toEqual([3, []]);
      } else {
        expect(told).toContain(
          'Until a push is done no tick looks at any pipeline. To complete it: ./sluice config push DIR',
        );
        expect(configured).toEqual([]);
        expect(problems).toEqual([
          '/sluice/push: found a push begun by ana@laptop at 2026-11-23T12:00:00.000Z, expected a push that is done, as no pipeline is looked at before: sluice config push <dir> completes it',
        ]);
      }
      parameters.failAfter(Number.POSITIVE_INFINITY);
      await type('sluice config push DIR --prune');
      expect(terminal.status).toBe(0);
      const next = await tick();
      expect(next.problems).toEqual([]);
      expect(next.configured.map(({ name, config }) => [name, config.checks.length])).toEqual([
        ['api', 1],
        ['new', 1],
        ['web', 1],
      ]);
    },
  );

  it('has so many writes when nothing goes wrong', async () => {
    const { parameters, type, tick } = await aTerminal(aFolder(after), before);
    await type('sluice config push DIR --prune');
    expect(parameters.writes).toHaveLength(WRITES);
    expect((await tick()).problems).toEqual([]);
  });

  it('that is not done is known to every command', async () => {
    const { terminal, parameters, type } = await aTerminal(aFolder(after), before);
    parameters.failAfter(2);
    await type('sluice config push DIR');
    const found = '/sluice/push: found a push begun by ana@laptop at 2026-11-23T12:00:00.000Z, expected';
    expect(await type('sluice config validate')).toContain(`✗ ${found}`);
    expect(terminal.status).toBe(1);
    expect(await type('sluice config diff DIR')).toContain(`! ${found}`);
    expect(await terminal.type(`sluice config pull ${aFolder()}/copy`)).toContain(`! ${found}`);
    expect(await type('sluice secrets list')).not.toContain('push');
  });

  it('with another beside it says that what is deployed may be of both, and no tick looks', async () => {
    const { terminal, parameters, type, tick } = await aTerminal(aFolder(after), before);
    const { put } = parameters;
    parameters.put = async (name, value, kind) => {
      if (name.endsWith('/new')) await put('/sluice/push', '{"state":"begun","id":"b","at":"now"}', 'String');
      return put(name, value, kind);
    };
    expect(await type('sluice config push DIR')).toContain(
      '/sluice/push: found the mark of another push that began meanwhile, expected to be alone: what is deployed may be of both.',
    );
    expect(terminal.status).toBe(1);
    parameters.put = put;
    expect((await tick()).configured).toEqual([]);
    await type('sluice config push DIR');
    expect((await tick()).problems).toEqual([]);
  });

  it('takes a mark that nobody can read for one that is not done', async () => {
    const { type, tick } = await aTerminal(aFolder(after), { ...before, push: 'done' });
    expect((await tick()).problems).toEqual([
      '/sluice/push: found "done", expected the mark of a push: sluice config push <dir> writes it anew',
    ]);
    await type('sluice config push DIR');
    expect((await tick()).problems).toEqual([]);
  });
});

describe('sluice config push --prune', () => {
  it.each([
    {
      case: 'an empty folder',
      files: { 'pipelines/.gitkeep': '' },
      message:
        '✗ DIR/pipelines: found no pipeline, expected at least one, as --prune deletes every pipeline that is not there; the last one goes with aws ssm delete-parameter.',
    },
    {
      case: 'a name in capitals',
      files: { 'pipelines/web.yaml': 'pipeline: web\n', 'pipelines/api.YAML': API },
      message:
        '✗ DIR/pipelines/api.YAML: found a file that is not read, expected nothing here but pipelines, each a file .yaml, .yml, .json.',
    },
    {
      case: 'a folder in the folder',
      files: { 'pipelines/web.yaml': 'pipeline: web\n', 'pipelines/team/api.yaml': API },
      message:
        '✗ DIR/pipelines/team: found a folder, expected nothing here but pipelines, each a file .yaml, .yml, .json.',
    },
    {
      case: 'misnamed defaults',
      files: { 'pipelines/web.yaml': 'pipeline: web\n', 'default.yaml': CHECKED },
      message: '✗ DIR/default.yaml: found a file that is not read, expected the name defaults.yaml.',
    },
  ])('deletes nothing for $case', async ({ files, message }) => {
    const { terminal, parameters, type } = await aTerminal(aFolder(files), {
      'pipelines/web': 'pipeline: web\n',
      'pipelines/api': API,
    });
    const told = await type('sluice config push DIR --prune');
    expect(told).toContain(`${message}\n`);
    expect(told).not.toContain(' is not read:');
    expect(terminal.status).toBe(1);
    expect(parameters.writes).toEqual([]);
    await type('sluice config validate DIR');
    expect(terminal.status).toBe(0);
  });

  it('empties the defaults that are not in the folder, and then nothing differs', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': API });
    const { terminal, type, tick } = await aTerminal(folder, { defaults: CHECKED, 'pipelines/api': API });
    expect(await type('sluice config diff DIR')).toContain(
      '- /sluice/defaults is not in DIR, and is kept; --prune empties it',
    );
    expect(await type('sluice config push DIR --prune --dry-run')).toContain(
      '- /sluice/defaults is not in DIR, and becomes {}: none',
    );
    expect(await type('sluice config push DIR --prune')).toContain('✓ /sluice/defaults emptied, version 2');
    expect(await tick()).toMatchObject({ configured: [{ name: 'api' }], hasDefaults: true });
    expect(await type('sluice config diff DIR --exit-code')).toContain('No differences');
    expect(terminal.status).toBe(0);
  });
});

describe('sluice config pull', () => {
  it('refuses names that are one file on some disks', async () => {
    const folder = aFolder();
    const { terminal, type } = await aTerminal(folder, {
      'pipelines/api': API,
      'pipelines/Api': 'pipeline: b\n',
    });
    expect(await type('sluice config pull DIR')).toContain(
      '/sluice/pipelines/Api and /sluice/pipelines/api: found names that differ only in case, expected names that are two files on every disk.\nNothing was written.',
    );
    expect(terminal.status).toBe(1);
    expect(filesIn(folder)).toEqual({});
  });
});
