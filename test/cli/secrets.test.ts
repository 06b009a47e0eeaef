// `sluice secrets`: values come in on standard input, are kept encrypted, and are told to nobody.

import { describe, expect, it } from 'vitest';
import { openTerminal } from './terminal.ts';

const TOKEN = 'HRKU-0123-secret';

async function aTerminal() {
  const terminal = await openTerminal();
  terminal.parameters.seed('/sluice/stack', '{"tableName":"sluice"}');
  return terminal;
}

describe('sluice secrets set', () => {
  it('writes what comes on standard input, without its line end, and does not tell it', async () => {
    const terminal = await aTerminal();
    terminal.pipe(`${TOKEN}\n`);
    const said = await terminal.type('sluice secrets set heroku/token');
    expect(said).toMatchInlineSnapshot(`
      "✓ /sluice/heroku/token is set in eu-west-1, version 1.
      The functions read it again within 5 minutes.
      "
    `);
    expect(said).not.toContain(TOKEN);
    expect(terminal.status).toBe(0);
    expect(await terminal.parameters.secretsUnder('/sluice/heroku')).toMatchObject([
      { name: '/sluice/heroku/token', type: 'SecureString', value: TOKEN, version: 1 },
    ]);
  });

  it('keeps the key that a secret is encrypted with: SSM would take its own for the new value', async () => {
    const terminal = await aTerminal();
    terminal.parameters.seed('/sluice/heroku/token', 'old', 'SecureString');
    terminal.keys.push({ name: '/sluice/heroku/token', keyId: 'alias/ours' });
    terminal.pipe(TOKEN);
    await terminal.type('sluice secrets set heroku/token');
    terminal.pipe('0123456789abcdef');
    await terminal.type('sluice secrets set webhooks/github');
    expect(terminal.parameters.writes).toEqual([
      'put /sluice/heroku/token with alias/ours',
      'put /sluice/webhooks/github',
    ]);
  });

  it.each([
    { name: 'heroku/read-token', typed: 'a\r\n', kept: 'a' },
    { name: 'webhooks/circleci', typed: 'old\nnew\n', kept: 'old\nnew' },
    { name: 'webhooks/direwolf', typed: 'two words', kept: 'two words' },
    { name: 'heroku/token', typed: 'a\n\n \r\n', kept: 'a' },
  ])('takes $name', async ({ name, typed, kept }) => {
    const terminal = await aTerminal();
    terminal.pipe(typed);
    await terminal.type(`sluice secrets set ${name}`);
    expect(terminal.status).toBe(0);
    expect(terminal.parameters.all()[`/sluice/${name}`]).toBe(kept);
  });

  it.each([
    { name: 'heroku/token', typed: '', found: 'nothing' },
    { name: 'heroku/token', typed: ' \n', found: 'nothing' },
    { name: 'heroku/token', typed: `${TOKEN} ${TOKEN}`, found: 'white space in it' },
    { name: 'heroku/token', typed: `${TOKEN}\n${TOKEN}\n`, found: '2 lines' },
    { name: 'heroku/token', typed: ` ${TOKEN}`, found: 'white space around it' },
    { name: 'heroku/token', typed: `${TOKEN}\u001b[D`, found: 'control characters' },
    { name: 'webhooks/x', typed: `${TOKEN}\ufffd`, found: 'control characters, or bytes that are no UTF-8' },
    { name: 'webhooks/github', typed: 'a\nb\nc\n', found: '3 lines' },
    { name: 'webhooks/github', typed: '\na', found: 'an empty line' },
    { name: 'webhooks/github', typed: 'x'.repeat(4097), found: '4097 characters' },
  ])('refuses for $name: $found', async ({ name, typed, found }) => {
    const terminal = await aTerminal();
    terminal.pipe(typed);
    const said = await terminal.type(`sluice secrets set ${name}`);
    expect(said).toContain(`${name}: found ${found}`);
    expect(said).toContain('Nothing was written.');
    expect(said).not.toContain(TOKEN);
    expect(terminal.status).toBe(1);
    expect(terminal.parameters.writes).toEqual([]);
  });

  it.each([
    { asked: 'heroku/tokne', meant: 'heroku/token' },
    { asked: 'token', meant: 'heroku/token' },
    { asked: '/sluice/webhooks/github', meant: 'webhooks/github' },
    { asked: 'webhooks/GitHub', meant: 'webhooks/github' },
  ])('does not know $asked, and suggests $meant', async ({ asked, meant }) => {
    const terminal = await aTerminal();
    expect(await terminal.type(`sluice secrets set ${asked}`)).toContain(`Did you mean ${meant}?`);
    expect(terminal.status).toBe(2);
  });

  it('warns of a webhook secret that can be guessed', async () => {
    const terminal = await aTerminal();
    terminal.pipe('x'.repeat(15));
    expect(await terminal.type('sluice secrets set webhooks/github')).toContain('fewer than 16 characters');
    terminal.pipe('x'.repeat(16));
    expect(await terminal.type('sluice secrets set webhooks/github')).not.toContain('fewer than');
  });

  it.each(['secrets/new-relic', 'notify/slack'])('refuses %s, which nothing reads', async (name) => {
    const terminal = await aTerminal();
    terminal.pipe('x');
    expect(await terminal.type(`sluice secrets set ${name}`)).toContain('no secret has this name');
    expect(terminal.status).toBe(2);
  });

  it('takes no value on the command line, where others could see it', async () => {
    const terminal = await aTerminal();
    expect(await terminal.type(`sluice secrets set heroku/token ${TOKEN}`)).toContain('too many arguments');
    expect(terminal.status).toBe(2);
  });

  it('says where the sender of a webhook posts to, and wonders about a name that is almost another', async () => {
    const terminal = await aTerminal();
    terminal.pipe('x');
    expect(await terminal.type('sluice secrets set webhooks/github')).toContain('posts to /github of');
    const said = await terminal.type('sluice secrets set webhooks/gihub');
    expect(said.replace(/\s+/g, ' ')).toContain(
      'posts to /signals/gihub of the webhook URL. (Did you mean github?',
    );
  });

  it('refuses to write over what lies there in the clear', async () => {
    const terminal = await aTerminal();
    terminal.parameters.seed('/sluice/heroku/token', TOKEN);
    terminal.pipe('new');
    const said = await terminal.type('sluice secrets set heroku/token');
    expect(said).toContain('/sluice/heroku/token in eu-west-1: found a String, which is not encrypted');
    expect(said).toContain('aws ssm delete-parameter --name /sluice/heroku/token');
    expect(said).not.toContain(TOKEN);
    expect(terminal.status).toBe(1);
  });

  it('does not repeat the value when AWS does', async () => {
    const terminal = await aTerminal();
    terminal.parameters.put = (_name, value) =>
      Promise.reject(Object.assign(new Error(`Value '${value}' failed`), { name: 'ValidationException' }));
    terminal.pipe(TOKEN);
    expect(await terminal.type('sluice secrets set heroku/token')).toBe(
      '/sluice/heroku/token in eu-west-1: SSM does not take this value (ValidationException).\n',
    );
    expect(terminal.status).toBe(1);
  });

  it('says so when nothing is deployed under the prefix', async () => {
    const terminal = await openTerminal();
    terminal.pipe(TOKEN);
    const said = await terminal.type('sluice secrets set heroku/token --prefix /slice');
    expect(said).toContain('! No stack has written /slice/stack yet');
    expect(said.replace(/\s+/g, ' ')).toContain(
      'Take it back: aws ssm delete-parameter --name /slice/heroku/token --region eu-west-1',
    );
    expect(said).not.toContain('read it again');
    expect(terminal.parameters.all()).toEqual({ '/slice/heroku/token': TOKEN });
  });
});

describe('sluice secrets list', () => {
  it('tells which are set, since when, and the command for each that is not', async () => {
    const terminal = await aTerminal();
    terminal.parameters.seed('/sluice/heroku/token', TOKEN, 'SecureString');
    terminal.parameters.seed('/sluice/webhooks/direwolf', TOKEN, 'SecureString');
    terminal.parameters.seed('/sluice/webhooks/github', TOKEN);
    terminal.parameters.seed('/sluice/pipelines/router', 'pipeline: router\n');
    const said = await terminal.type('sluice secrets list');
    expect(said).toMatchInlineSnapshot(`
      "Set under /sluice in eu-west-1:
        ✓ heroku/token     version 1, changed 2026-11-23 12:00Z (now)
        ✓ webhooks/direwolf
                           version 1, changed 2026-11-23 12:00Z (now)
        ✗ webhooks/github  version 1, changed 2026-11-23 12:00Z (now); not encrypted. Take it away, then
                           set it again: aws ssm delete-parameter --name /sluice/webhooks/github

      Not set:
          heroku/read-token  optional: what the scan reads with, so that it holds no token that can write
              ./sluice secrets set heroku/read-token
        github/token  optional: what asks GitHub which commit contains which: Contents, read, of the
        repositories
              ./sluice secrets set github/token
          webhooks/circleci  optional: what CircleCI signs its webhooks with
              ./sluice secrets set webhooks/circleci
          webhooks/heroku  optional: what Heroku signs its webhooks with
              ./sluice secrets set webhooks/heroku
      "
    `);
    expect(said).not.toContain(TOKEN);
    expect(terminal.status).toBe(0);
  });

  it('answers in JSON without a value', async () => {
    const terminal = await aTerminal();
    terminal.parameters.seed('/sluice/heroku/token', TOKEN, 'SecureString');
    const said = await terminal.json('sluice secrets list --prefix /sluice');
    expect(said['set']).toEqual([
      {
        name: 'heroku/token',
        parameter: '/sluice/heroku/token',
        isEncrypted: true,
        version: 1,
        changedAt: '2026-11-23T12:00:00.000Z',
      },
    ]);
    expect(JSON.stringify(said)).not.toContain(TOKEN);
    expect(JSON.stringify(said)).toContain('sluice secrets set heroku/read-token');
  });
});
