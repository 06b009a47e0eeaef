// The functions on one machine: whatever happens in a tick is that tick's trouble.

import { expect, it, onTestFinished } from 'vitest';
import { createSimulator } from '../../../infra/local/heroku/simulator.ts';
import { remediesOf, wire } from '../../../infra/local/wiring.ts';
import type { ConfigSource } from '../../../shared/config/source.ts';
import { openEmbeddedTable } from '../../../shared/table/embedded.ts';

it('a tick that fails says why in its record, in the words of the log, and the next one goes on', async () => {
  const clock = { now: () => Date.parse('2026-11-23T12:00:00Z'), sleep: async () => {} };
  const heroku = createSimulator({ clock });
  const url = await heroku.listen();
  onTestFinished(() => heroku.close());
  const { table, close } = await openEmbeddedTable();
  onTestFinished(close);
  let isBroken = true;
  const config: ConfigSource = {
    read: async () => {
      if (isBroken) throw new Error('the disk is gone');
      return { pipelines: [], defaults: null };
    },
    defaultsPlace: { parameter: 'defaults.yaml', restore: '', empty: '' },
  };
  const logged: string[] = [];
  const run = await wire({
    herokuUrl: url,
    statusUrl: url,
    githubToken: '',
    token: 't',
    config,
    webhookSecret: async () => null,
    table,
    clock,
    dryRun: true,
    tickMs: 60_000,
    port: 0,
    log: (_, message) => logged.push(message),
  });
  onTestFinished(run.close);
  expect(await run.tick()).toMatchObject({ ok: false, problems: ['scan: the disk is gone'] });
  expect(logged).toEqual(['scan: the disk is gone']);
  isBroken = false;
  expect(await run.tick()).toMatchObject({ ok: true, problems: [] });
});

it('what it lacks is a file of the configuration folder, or a variable', async () => {
  const remedies = remediesOf({ webhookSecret: async (source) => (source === 'github' ? 'hush' : null) });
  expect(await remedies.webhook('github')).toBe(
    'make a webhook at the sender (docs/install.md) with the secret that is in webhooks/github of the configuration folder',
  );
  expect(await remedies.webhook('circleci')).toBe(
    'put the secret of circleci into webhooks/circleci of the configuration folder, and a webhook with it at the sender (docs/install.md)',
  );
  expect(remedies.github).toContain('GITHUB_TOKEN');
});
