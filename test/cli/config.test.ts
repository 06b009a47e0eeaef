// `sluice config`: a folder of YAML and the parameters it becomes, there and back.

import { describe, expect, it } from 'vitest';
import { aFolder, filesIn, write } from './folder.ts';
import { openTerminal } from './terminal.ts';

const ROUTER = `pipeline: router
mode: observe
waves:
  - name: qa
    apps: [router-qa01]
  - name: world
    apps: [router-va02, router-ie01]
    soak: 2h
`;
const API = 'pipeline: api\n';
const DEFAULTS = 'checks:\n  - heroku-status\n';

/** A terminal where a stack is deployed; what it prints has `DIR` in place of the folder. */
async function aTerminal(folder: string) {
  // Wide enough that no line is broken.
  const terminal = await openTerminal(Number.POSITIVE_INFINITY);
  terminal.parameters.seed('/sluice/stack', '{"tableName":"sluice"}');
  const type = async (line: string) =>
    (await terminal.type(line.replace('DIR', folder))).replaceAll(folder, 'DIR');
  return { terminal, parameters: terminal.parameters, type };
}

const names = (all: Readonly<Record<string, string>>) =>
  Object.keys(all).filter((name) => !/\/(stack|push)$/.test(name));

describe('sluice config validate', () => {
  it('reads a folder without asking AWS', async () => {
    const folder = aFolder({
      'pipelines/router.yaml': ROUTER,
      'pipelines/api.json': '{"pipeline":"api"}',
      'defaults.yaml': DEFAULTS,
    });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.under = () => Promise.reject(new Error('AWS was asked'));
    expect(await type('sluice config validate DIR')).toBe(
      'DIR: 2 pipelines and the defaults, no problems.\n',
    );
    expect(terminal.status).toBe(0);
  });

  it('tells every problem of every file, where it is and what is expected', async () => {
    const folder = aFolder({
      'pipelines/router.yaml': ROUTER.replace('2h', 'two hours').replace('mode: observe', 'mode: watch'),
      'pipelines/api.yaml': 'pipelin: api\n',
      'pipelines/api.yml': API,
      'pipelines/big.yaml': `pipeline: big\n${'#'.repeat(4096)}`,
      'pipelines/our router.yaml': 'pipeline: ours\n',
      'pipelines/twin.yaml': API,
      'pipelines/latin.yaml': Buffer.from('pipeline: caf\u00e9\n', 'latin1'),
      'pipelines/reference.yaml': 'pipeline: "{{ssm:x}}"\n',
      'defaults.yaml': 'soak: soon\n',
    });
    const { terminal, type } = await aTerminal(folder);
    expect(await type('sluice config validate DIR')).toMatchInlineSnapshot(`
      "✗ DIR/defaults.yaml: soak (line 1): found "soon", expected a duration such as 90s, 30m, 2h, 1h30m or 1d, at most 366d.
      ✗ DIR/pipelines/api.yaml: pipeline: found nothing, expected the name or uuid of a Heroku pipeline.
      ✗ DIR/pipelines/api.yaml: pipelin (line 1): found an unknown key, expected the key pipeline.
      ✗ DIR/pipelines/api.yml: found a second file, expected one file for pipelines/api: DIR/pipelines/api.yaml is one already.
      ✗ DIR/pipelines/big.yaml: found 4110 characters, expected at most 4096.
      ✗ DIR/pipelines/latin.yaml: found bytes that are no UTF-8, expected a text in UTF-8.
      ✗ DIR/pipelines/our router.yaml: found the name "our router", expected a name of letters, digits and _.- , as it becomes the name of a parameter.
      ✗ DIR/pipelines/reference.yaml: found "{{ssm:x}}", expected no {{…}}, which SSM takes for a reference to a parameter.
      ✗ DIR/pipelines/router.yaml: mode (line 2): found "watch", expected promote or observe.
      ✗ DIR/pipelines/router.yaml: wave world, soak (line 8): found "two hours", expected a duration such as 90s, 30m, 2h, 1h30m or 1d, at most 366d.
      ✗ DIR/pipelines/twin.yaml: pipeline: found "api", expected a Heroku pipeline of its own: DIR/pipelines/api.yml has it already.
      DIR: 7 pipelines and the defaults, 11 problems.
      "
    `);
    expect(terminal.status).toBe(1);
  });

  it('refuses an app in two waves', async () => {
    const folder = aFolder({
      'pipelines/api.yaml': `${API}waves:\n  - { name: qa, apps: [a] }\n  - { name: world, apps: [b, a] }\n`,
    });
    const { terminal, type } = await aTerminal(folder);
    expect(await type('sluice config validate DIR')).toContain(
      '✗ DIR/pipelines/api.yaml: wave world, app 2 (line 4): found "a", expected each app once: wave qa has it.\n',
    );
    expect(terminal.status).toBe(1);
  });

  it('tells of an empty file one problem', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': '', 'defaults.yaml': '' });
    const { type } = await aTerminal(folder);
    expect(await type('sluice config validate DIR')).toMatchInlineSnapshot(`
      "✗ DIR/defaults.yaml: found nothing, expected a text: SSM keeps no empty parameter.
      ✗ DIR/pipelines/api.yaml: found nothing, expected a mapping of keys to values.
      DIR: 1 pipeline and the defaults, 2 problems.
      "
    `);
  });

  it('tells what is in the folder and is not read', async () => {
    const folder = aFolder({
      'pipelines/router.yaml': ROUTER,
      'pipelines/notes.txt': '',
      'webhooks/github': 'hush',
      'default.yaml': DEFAULTS,
      'README.md': '',
      '.gitignore': '',
    });
    const { terminal, type } = await aTerminal(folder);
    expect(await type('sluice config validate DIR')).toMatchInlineSnapshot(`
      "! DIR/README.md is not read: only pipelines, defaults.yaml and, on one machine, webhooks are.
      ! DIR/default.yaml is not read: only pipelines, defaults.yaml and, on one machine, webhooks are. Did you mean defaults.yaml?
      ! DIR/webhooks is never pushed: it holds secrets. They are set one by one: ./sluice secrets set webhooks/github
      ! DIR/pipelines/notes.txt is not read: a pipeline is a file .yaml, .yml, .json.
      DIR: 1 pipeline, no problems.
      "
    `);
    expect(terminal.status).toBe(0);
  });

  it('looks at what is deployed when no folder is named', async () => {
    const { terminal, parameters, type } = await aTerminal('no folder');
    expect(await type('sluice config validate')).toBe(
      '/sluice in eu-west-1: found no configuration, expected at least /sluice/pipelines/<name>. To put some there: ./sluice config push DIR\n',
    );
    expect(terminal.status).toBe(1);
    parameters.seed('/sluice/pipelines/api', API);
    parameters.seed('/sluice/pipelines/router', 'pipeline: 7\n');
    parameters.seed('/sluice/pipelines/secret', 'pipeline: x\n', 'SecureString');
    expect(await type('sluice config validate')).toMatchInlineSnapshot(`
      "✗ /sluice/pipelines/router: pipeline (line 1): found the number 7, expected a text, in quotes: "7".
      ✗ /sluice/pipelines/secret: found a SecureString, expected a String, as configuration is no secret. To make room for one, first hold what it is about (./sluice hold <pipeline> --reason "…") or stop all of it (docs/runbook.md, Stop everything), then: aws ssm delete-parameter --name /sluice/pipelines/secret.
      /sluice in eu-west-1: 2 pipelines, 2 problems.
      "
    `);
    expect(terminal.status).toBe(1);
  });

  it('answers in JSON with path, found and expected', async () => {
    const folder = aFolder({ 'pipelines/router.yaml': ROUTER.replace('2h', 'soon') });
    const { terminal } = await aTerminal(folder);
    expect(await terminal.json(`sluice config validate ${folder}`)).toMatchObject({
      where: folder,
      pipelines: ['router'],
      problems: [{ parameter: `${folder}/pipelines/router.yaml`, path: 'waves[1].soak', found: '"soon"' }],
      notes: [],
    });
  });

  it.each([
    { dir: 'DIR/none', found: 'nothing there' },
    { dir: 'DIR/empty', found: 'none in it' },
    { dir: 'DIR/file', found: 'a file' },
  ])('refuses what is no such folder: $found', async ({ dir, found }) => {
    const folder = aFolder({ file: '', 'empty/other': '' });
    const { terminal, type } = await aTerminal(folder);
    expect(await type(`sluice config validate ${dir}`)).toContain(
      `${dir}: found ${found}, expected a folder with a folder pipelines in it`,
    );
    expect(terminal.status).toBe(1);
    expect(await type('sluice config validate DIR/none/pipelines')).toContain('Did you mean DIR/none?');
  });
});

describe('sluice config diff', () => {
  it('tells what a push would do, line by line, and writes nothing', async () => {
    const folder = aFolder({
      'pipelines/router.yaml': ROUTER.replace('2h', '3h'),
      'pipelines/api.yaml': API,
      'defaults.yaml': DEFAULTS,
    });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/router', ROUTER);
    parameters.seed('/sluice/pipelines/old', 'pipeline: old\n');
    parameters.seed('/sluice/defaults', DEFAULTS);
    expect(await type('sluice config diff DIR')).toMatchInlineSnapshot(`
      "+ /sluice/pipelines/api is new
      - /sluice/pipelines/old is not in DIR, and is kept; --prune deletes it
      ~ /sluice/pipelines/router changes
          …
              - name: world
                apps: [router-va02, router-ie01]
          -     soak: 2h
          +     soak: 3h
      = 1 unchanged
      "
    `);
    expect(terminal.status).toBe(0);
    await type('sluice config diff DIR --exit-code');
    expect(terminal.status).toBe(1);
    expect(parameters.writes).toEqual([]);
  });

  it('shows what is not seen: line ends and a last line without one', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': 'pipeline: api\r\n' });
    const { parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/api', 'pipeline: api');
    expect(await type('sluice config diff DIR')).toMatchInlineSnapshot(`
      "~ /sluice/pipelines/api changes
          - pipeline: api
          - (the last line does not end)
          + pipeline: api␍
      "
    `);
  });

  it('ends with 0 when nothing differs, whatever is asked', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': API });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/api', API);
    expect(await type('sluice config diff DIR --exit-code')).toBe(
      'No differences: 1 parameter, all the same.\n',
    );
    expect(terminal.status).toBe(0);
  });
});

describe('sluice config push', () => {
  it('writes what differs and nothing else', async () => {
    const folder = aFolder({ 'pipelines/router.yaml': ROUTER, 'pipelines/api.yaml': API });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/router', `${ROUTER}# old\n`);
    parameters.seed('/sluice/heroku/token', 'HRKU-1', 'SecureString');
    expect(await type('sluice config push DIR')).toMatchInlineSnapshot(`
      "✓ /sluice/pipelines/api added, version 1
      ✓ /sluice/pipelines/router changed, version 2
      /sluice in eu-west-1 has all of DIR. The next tick uses it; runs under way may still act on the old one, for up to four minutes.
      To stop at once: ./sluice hold <pipeline> --reason "…"
      "
    `);
    expect(terminal.status).toBe(0);
    expect(parameters.all()).toMatchObject({
      '/sluice/pipelines/router': ROUTER,
      '/sluice/pipelines/api': API,
      '/sluice/heroku/token': 'HRKU-1',
    });
    expect(await type('sluice config push DIR')).toBe(
      'Nothing to write: /sluice in eu-west-1 has all of DIR already.\n',
    );
    // Two, and the mark before and after.
    expect(parameters.writes).toHaveLength(4);
  });

  it('writes nothing of a folder with a problem', async () => {
    const folder = aFolder({ 'pipelines/router.yaml': ROUTER, 'pipelines/api.yaml': 'mode: promote\n' });
    const { terminal, parameters, type } = await aTerminal(folder);
    expect(await type('sluice config push DIR')).toContain(
      '1 problem: a push of DIR is refused, and writes nothing.',
    );
    expect(terminal.status).toBe(1);
    expect(parameters.writes).toEqual([]);
  });

  it('keeps what is not in the folder unless told to prune, and never touches secrets', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': API, 'webhooks/github': 'hush' });
    const { parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/api', API);
    parameters.seed('/sluice/pipelines/old', 'pipeline: old\n');
    parameters.seed('/sluice/defaults', DEFAULTS);
    parameters.seed('/sluice/webhooks/github', 'older', 'SecureString');
    const kept = await type('sluice config push DIR');
    expect(kept).toContain('! DIR/webhooks is never pushed: it holds secrets.');
    expect(kept).toContain('! /sluice/pipelines/old is not in DIR. It is kept; --prune deletes it.');
    expect(parameters.writes).toEqual([]);
    expect(await type('sluice config push DIR --prune --dry-run')).toContain(
      '- /sluice/pipelines/old is not in DIR, and is deleted',
    );
    expect(parameters.writes).toEqual([]);
    await type('sluice config push DIR --prune');
    expect(parameters.writes).toEqual([
      'put /sluice/push',
      'put /sluice/defaults',
      'delete /sluice/pipelines/old',
      'put /sluice/push',
    ]);
    expect(parameters.all()['/sluice/defaults']).toBe('{}');
    expect(parameters.all()['/sluice/webhooks/github']).toBe('older');
  });

  it('refuses a renamed pipeline while the old name is kept: the old one would go on', async () => {
    const folder = aFolder({ 'pipelines/new.yaml': API });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/old', API);
    expect(await type('sluice config push DIR')).toContain(
      '✗ DIR/pipelines/new.yaml: pipeline: found "api", expected a Heroku pipeline of its own: /sluice/pipelines/old has it already.',
    );
    expect(terminal.status).toBe(1);
    await type('sluice config push DIR --prune');
    expect(parameters.writes.slice(1, -1)).toEqual([
      'put /sluice/pipelines/new',
      'delete /sluice/pipelines/old',
    ]);
  });

  it('is checked with the defaults that will hold, also those that are kept', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': `${API}checks:\n  - heroku-status: off\n` });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/defaults', 'soak: soon\n');
    expect(await type('sluice config push DIR')).toContain('✗ /sluice/defaults: soak (line 1): found "soon"');
    expect(terminal.status).toBe(1);
  });

  it('does not replace what is no String: SSM cannot', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': API });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/api', API, 'SecureString');
    expect(await type('sluice config push DIR')).toContain(
      '✗ /sluice/pipelines/api: found a SecureString, expected a String',
    );
    expect(terminal.status).toBe(1);
  });

  it('leaves whole parameters when it is interrupted, and a second push completes it', async () => {
    const files = Object.fromEntries(['a', 'b', 'c'].map((p) => [`pipelines/${p}.yaml`, `pipeline: ${p}\n`]));
    const folder = aFolder(files);
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.failAfter(3);
    expect(await type('sluice config push DIR')).toMatchInlineSnapshot(`
      "✓ /sluice/pipelines/a added, version 1
      ✓ /sluice/pipelines/b added, version 1
      /sluice/pipelines/c: AWS refuses.
      2 of 3 were done, each whole. Until a push is done no tick looks at any pipeline. To complete it: ./sluice config push DIR
      "
    `);
    expect(terminal.status).toBe(1);
    expect(names(parameters.all())).toEqual(['/sluice/pipelines/a', '/sluice/pipelines/b']);
    parameters.failAfter(Number.POSITIVE_INFINITY);
    await type('sluice config push DIR');
    expect(parameters.writes.slice(-3)).toEqual([
      'put /sluice/push',
      'put /sluice/pipelines/c',
      'put /sluice/push',
    ]);
    expect(await type('sluice config diff DIR')).toContain('No differences');
  });

  it('says so when nothing is deployed under the prefix that would read it', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': API });
    const { type, parameters } = await aTerminal(folder);
    expect(await type('sluice config push DIR --prefix /slice')).toContain(
      '! No stack has written /slice/stack yet, so nothing reads what is under /slice. To deploy one: npx cdk deploy -c prefix=/slice',
    );
    expect(names(parameters.all())).toEqual(['/slice/pipelines/api']);
  });

  it('answers in JSON with every change and what was done', async () => {
    const folder = aFolder({ 'pipelines/api.yaml': API });
    const { terminal } = await aTerminal(folder);
    expect(await terminal.json(`sluice config push ${folder}`)).toMatchObject({
      prefix: '/sluice',
      changes: [{ parameter: '/sluice/pipelines/api', kind: 'added', before: null, after: API }],
      done: ['/sluice/pipelines/api'],
      problems: [],
    });
  });
});

describe('sluice config pull', () => {
  it('gives back what was pushed, byte for byte', async () => {
    const json = '{ "pipeline": "web" }';
    const folder = aFolder({
      'pipelines/router.yaml': ROUTER,
      'pipelines/api.yaml': '# from Windows\r\npipeline: api',
      'pipelines/web.json': json,
      'defaults.yaml': DEFAULTS,
    });
    const { terminal, type } = await aTerminal(folder);
    await type('sluice config push DIR');
    const copy = `${aFolder()}/new/config`;
    expect(await terminal.type(`sluice config pull ${copy}`)).toContain(
      `${copy} has 3 pipelines and the defaults of /sluice in eu-west-1.`,
    );
    expect(filesIn(copy)).toEqual(filesIn(folder));
    expect(await terminal.type(`sluice config diff ${copy} --exit-code`)).toContain('No differences');
    expect(terminal.status).toBe(0);
  });

  it('overwrites nothing that differs unless forced, and keeps the name a file has', async () => {
    const folder = aFolder({
      'pipelines/api.yml': API,
      'pipelines/router.yaml': `${ROUTER}# mine\n`,
      'pipelines/mine.yaml': 'pipeline: mine\n',
    });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/api', API);
    parameters.seed('/sluice/pipelines/router', ROUTER);
    parameters.seed('/sluice/pipelines/web', 'pipeline: web\n');
    const before = filesIn(folder);
    expect(await type('sluice config pull DIR')).toMatchInlineSnapshot(`
      "These files differ from what is deployed, and a pull would lose what is in them:
        DIR/pipelines/router.yaml
      Nothing was written.
        ./sluice config diff DIR          tells what differs
        ./sluice config pull DIR --force  overwrites them
      "
    `);
    expect(terminal.status).toBe(1);
    expect(filesIn(folder)).toEqual(before);
    expect(await type('sluice config pull DIR --force')).toMatchInlineSnapshot(`
      "✓ DIR/pipelines/router.yaml overwritten
      ✓ DIR/pipelines/web.yaml written
      ! DIR/pipelines/mine.yaml is not deployed. It is kept.
      DIR has 3 pipelines of /sluice in eu-west-1.
      "
    `);
    expect(filesIn(folder)).toEqual({
      ...before,
      'pipelines/router.yaml': ROUTER,
      'pipelines/web.yaml': 'pipeline: web\n',
    });
  });

  it('writes no secret to a file, not even one that lies where configuration does', async () => {
    const folder = aFolder();
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/heroku/token', 'HRKU-1', 'SecureString');
    parameters.seed('/sluice/pipelines/api', 'HRKU-2', 'SecureString');
    expect(await type('sluice config pull DIR')).toContain('Nothing was written.');
    expect(terminal.status).toBe(1);
    expect(filesIn(folder)).toEqual({});
  });

  it('refuses a folder with two files for one pipeline', async () => {
    const folder = aFolder({ 'pipelines/api.yml': API, 'pipelines/api.json': '{"pipeline":"api"}' });
    const { terminal, parameters, type } = await aTerminal(folder);
    parameters.seed('/sluice/pipelines/api', API);
    expect(await type('sluice config pull DIR')).toContain(
      'DIR/pipelines/api.yml: found a second file, expected one file for pipelines/api',
    );
    expect(terminal.status).toBe(1);
  });

  it('says when there is nothing to pull', async () => {
    const { terminal, type } = await aTerminal(aFolder());
    expect(await type('sluice config pull DIR')).toContain('/sluice in eu-west-1: found no configuration');
    expect(terminal.status).toBe(1);
  });
});

it('a folder changed after a pull is told by diff', async () => {
  const folder = aFolder();
  const { parameters, type } = await aTerminal(folder);
  parameters.seed('/sluice/pipelines/api', API);
  await type('sluice config pull DIR');
  write(folder, { 'pipelines/api.yaml': `${API}mode: observe\n` });
  expect(await type('sluice config diff DIR')).toContain('+ mode: observe');
});
