// Parameters on SSM, over the SDK's own client to a small SSM on loopback.

import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readKeys } from '../../../shared/parameters/keys.ts';
import { createSsmParameters } from '../../../shared/parameters/ssm.ts';
import { openSsmServer } from './ssm-server.ts';

const HOOKS = '/sluice/webhooks';

async function aStore() {
  const server = await openSsmServer();
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new SSMClient({
    region: 'eu-west-1',
    endpoint: server.endpoint,
    credentials,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return { server, client, parameters: createSsmParameters(client) };
}

const named = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name);

it('reads all pages of ten, in order of name', async () => {
  const { server, parameters } = await aStore();
  const names = Array.from({ length: 25 }, (_, index) => `/sluice/pipelines/p${10 + index}`);
  for (const name of names) server.seed(name, 'pipeline: x\n');
  server.seed('/other/pipelines/x', '');
  expect(named(await parameters.under('/sluice'))).toEqual(names);
  expect(server.calls).toHaveLength(3);
  expect(server.calls[0]).toEqual({
    action: 'GetParametersByPath',
    input: { Path: '/sluice', Recursive: true, WithDecryption: false, MaxResults: 10 },
  });
});

it('finds nothing where there is nothing', async () => {
  const { parameters } = await aStore();
  expect(await parameters.under('/sluice')).toEqual([]);
});

it('gives secrets in clear only when they are asked for', async () => {
  const { server, parameters } = await aStore();
  server.seed('/sluice/webhooks/github', 'hush', 'SecureString');
  expect(await parameters.under('/sluice')).toEqual([
    {
      name: '/sluice/webhooks/github',
      type: 'SecureString',
      value: 'AQICAH',
      version: 1,
      changedAt: 1_795_000_000_500,
    },
  ]);
  expect(await parameters.secretsUnder('/sluice')).toMatchObject([{ value: 'hush' }]);
  expect(await parameters.get(['/sluice/webhooks/github'])).toMatchObject([{ value: 'hush' }]);
});

it('gets those that exist, in the order they were asked for, in one call', async () => {
  const { server, parameters } = await aStore();
  server.seed('/sluice/a', '1');
  server.seed('/sluice/b', '2');
  expect(named(await parameters.get(['/sluice/b', '/sluice/none', '/sluice/a']))).toEqual([
    '/sluice/b',
    '/sluice/a',
  ]);
  expect(server.calls).toHaveLength(1);
  expect(await parameters.get([])).toEqual([]);
  expect(server.calls).toHaveLength(1);
});

it('puts by overwriting, counts versions, and leaves the tier as it is', async () => {
  const { server, parameters } = await aStore();
  expect(await parameters.put('/sluice/defaults', 'a', 'String')).toBe(1);
  expect(await parameters.put('/sluice/defaults', 'b', 'String')).toBe(2);
  expect(server.calls.at(-1)).toEqual({
    action: 'PutParameter',
    input: { Name: '/sluice/defaults', Value: 'b', Type: 'String', Overwrite: true },
  });
  expect(await parameters.get(['/sluice/defaults'])).toMatchObject([{ value: 'b', version: 2 }]);
});

it('deletes one, and is content when there is none', async () => {
  const { server, parameters } = await aStore();
  server.seed('/sluice/defaults', 'a');
  await parameters.delete('/sluice/defaults');
  await parameters.delete('/sluice/defaults');
  expect(await parameters.under('/sluice')).toEqual([]);
});

describe('A secret under a key that the reader may not use', () => {
  it.each(['AccessDeniedException', 'InvalidKeyId', 'KMSInvalidStateException'])(
    'keeps none of the others from being read: %s',
    async (error) => {
      const { server, parameters } = await aStore();
      server.seed(`${HOOKS}/circleci`, 'theirs', 'SecureString');
      server.seed(`${HOOKS}/github`, 'hush', 'SecureString');
      server.lock(`${HOOKS}/circleci`, error);
      expect(await parameters.secretsUnder(HOOKS)).toMatchObject([
        { name: `${HOOKS}/circleci`, value: '', unread: expect.stringContaining('not allowed to access') },
        { name: `${HOOKS}/github`, value: 'hush' },
      ]);
    },
  );

  it('is not what it is when SSM refuses for another reason', async () => {
    const { server, parameters } = await aStore();
    server.seed(`${HOOKS}/circleci`, 'theirs', 'SecureString');
    server.lock(`${HOOKS}/circleci`, 'ThrottlingException');
    await expect(parameters.secretsUnder(HOOKS)).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it('is told by its key, whoever asks: SSM lets who examines read it', async () => {
    const { server, client } = await aStore();
    for (let index = 0; index < 60; index++) server.seed(`${HOOKS}/s${index}`, 'x', 'SecureString');
    server.seed('/sluice/defaults', '{}');
    server.encrypt(`${HOOKS}/s59`, 'alias/ours');
    const keys = await readKeys(client, '/sluice');
    expect(keys).toHaveLength(60);
    expect(keys.filter(({ keyId }) => keyId !== 'alias/aws/ssm')).toEqual([
      { name: `${HOOKS}/s59`, keyId: 'alias/ours' },
    ]);
    expect(server.calls[0]?.input).toMatchObject({
      ParameterFilters: [
        { Key: 'Path', Option: 'Recursive', Values: ['/sluice'] },
        { Key: 'Type', Option: 'Equals', Values: ['SecureString'] },
      ],
    });
  });

  it('keeps its key when it is written over', async () => {
    const { server, parameters } = await aStore();
    await parameters.put(`${HOOKS}/github`, 'new', 'SecureString', 'alias/ours');
    expect(server.calls.at(-1)?.input).toMatchObject({ KeyId: 'alias/ours' });
  });
});

it("passes on SSM's refusals", async () => {
  const { server, parameters } = await aStore();
  server.refuse('AccessDeniedException', 'no');
  await expect(parameters.delete('/sluice/defaults')).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});
