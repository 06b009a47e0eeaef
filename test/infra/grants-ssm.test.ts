// What a function may read of the parameters is what it reads: every way it has, against the policies of its role.

import { SSMClient } from '@aws-sdk/client-ssm';
import { expect, it, onTestFinished } from 'vitest';
import { configOfParameters } from '../../shared/config/parameters.ts';
import { createGitHubToken } from '../../shared/parameters/github-token.ts';
import { createHerokuAccess } from '../../shared/parameters/heroku-access.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import type { Parameters } from '../../shared/parameters/port.ts';
import { createSsmParameters } from '../../shared/parameters/ssm.ts';
import { createWebhookSecrets } from '../../shared/parameters/webhook-secrets.ts';
import { openSsmServer } from '../shared/parameters/ssm-server.ts';
import { policiesOf, synthesised } from './synthesised.ts';

const names = parameterNames('/sluice');
const clock = { now: () => 1_000_000, sleep: async () => {} };
const api = 'https://api.heroku.com';

const access = (parameters: Parameters, readOnly: boolean) => {
  const { urls, tokenFor } = createHerokuAccess({ parameters, names, readOnly, clock });
  return { urls, token: () => tokenFor(api)(undefined) };
};

const READS: Readonly<Record<string, (parameters: Parameters) => unknown>> = {
  async Scan(parameters) {
    const config = configOfParameters(parameters, names);
    await config.read();
    await config.readOne?.('router');
    await access(parameters, true).token();
  },
  async Promote(parameters) {
    await access(parameters, false).token();
    await createGitHubToken({ parameters, names, clock })();
  },
  Webhook: (parameters) => createWebhookSecrets({ parameters, names, clock }).webhookSecret('github'),
  Api: async () => {},
};

const template = synthesised();

it.each(Object.keys(READS))('%s may read what it reads, and nothing else', async (name) => {
  const server = await openSsmServer();
  server.seed(names.token, 'HRKU-write', 'SecureString');
  server.seed(names.pipeline('router'), 'pipeline: router');
  server.seed(names.webhook('github'), 'hush', 'SecureString');
  server.seed(names.webhook('circleci'), 'theirs', 'SecureString');
  // One that cannot be decrypted: the others are read one by one.
  server.lock(names.webhook('circleci'));
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new SSMClient({ region: 'eu-west-1', endpoint: server.endpoint, credentials });
  onTestFinished(() => client.destroy());
  await READS[name]?.(createSsmParameters(client));

  const asked = server.calls.flatMap(({ action, input }) =>
    [input['Path'] ?? input['Names'] ?? []].flat().map((path) => `ssm:${action} ${String(path)}`),
  );
  const grants = policiesOf(template, new RegExp(`^<${name}`)).flatMap(
    (line) => /^Allow (ssm:\w+) on .*:parameter(\/\S+)$/.exec(line)?.slice(1).join(' ') ?? [],
  );
  const isUnder = (grant: string, call: string): boolean =>
    grant.endsWith('/*') ? call.startsWith(grant.slice(0, -1)) : call === grant;
  expect(asked.filter((call) => !grants.some((grant) => isUnder(grant, call)))).toEqual([]);
  expect(grants.filter((grant) => !asked.some((call) => isUnder(grant, call)))).toEqual([]);
});
