// How the webhook comes by its senders' secrets: few reads, whoever knocks.

import { beforeEach, describe, expect, it } from 'vitest';
import { parameterNames } from '../../../shared/parameters/names.ts';
import { createWebhookSecrets } from '../../../shared/parameters/webhook-secrets.ts';
import { createFakeParameters, type FakeParameters, NO_KEY } from './fake.ts';

const names = parameterNames('/sluice');
let parameters: FakeParameters;
let now = 0;
let reads = 0;

function secrets() {
  const secretsUnder = (path: string) => {
    reads += 1;
    return parameters.secretsUnder(path);
  };
  return createWebhookSecrets({
    parameters: { secretsUnder },
    names,
    clock: { now: () => now, sleep: async () => {} },
  });
}

beforeEach(() => {
  now = 1_000_000;
  reads = 0;
  parameters = createFakeParameters(now);
  parameters.seed('/sluice/webhooks/github', 'first', 'SecureString');
});

describe('The secrets of webhook senders', () => {
  it('are read together and kept for five minutes', async () => {
    parameters.seed('/sluice/webhooks/direwolf', 'howl', 'SecureString');
    const all = secrets();
    expect(await all.webhookSecret('github')).toBe('first');
    expect(await all.webhookSecret('direwolf')).toBe('howl');
    now += 299_999;
    await all.webhookSecret('github');
    expect(reads).toBe(1);
    now += 1;
    await all.webhookSecret('github');
    expect(reads).toBe(2);
  });

  it('cost a stranger who tries names no more than a read in twenty seconds', async () => {
    const all = secrets();
    for (let name = 0; name < 50; name++) expect(await all.webhookSecret(`name-${name}`)).toBeNull();
    expect(reads).toBe(1);
    parameters.seed('/sluice/webhooks/circleci', 'new', 'SecureString');
    now += 20_000;
    expect(await all.webhookSecret('circleci')).toBe('new');
    expect(reads).toBe(2);
  });

  it('are good for an hour while they cannot be read', async () => {
    let isDown = false;
    const all = createWebhookSecrets({
      parameters: {
        secretsUnder: (path) =>
          isDown ? Promise.reject(new Error('ThrottlingException')) : parameters.secretsUnder(path),
      },
      names,
      clock: { now: () => now, sleep: async () => {} },
    });
    await all.webhookSecret('github');
    isDown = true;
    now += 59 * 60_000;
    expect(await all.webhookSecret('github')).toBe('first');
    now += 60_000;
    await expect(all.webhookSecret('github')).rejects.toThrow('ThrottlingException');
  });

  it('are each by itself: one under a key of the account’s own that webhook may not use stops no other', async () => {
    parameters.seed('/sluice/webhooks/circleci', 'theirs', 'SecureString');
    parameters.lock('/sluice/webhooks/circleci');
    const all = secrets();
    expect(await all.webhookSecret('github')).toBe('first');
    await expect(all.webhookSecret('circleci')).rejects.toThrow(
      `The parameter /sluice/webhooks/circleci cannot be read: ${NO_KEY} If it is encrypted with a key of your own, deploy with the ARN of that key: npx cdk deploy -c secretKeys=ARN. Which key it is: sluice doctor`,
    );
    expect(await all.webhookSecret('gitlab')).toBeNull();
    expect(reads).toBe(1);
  });

  it('that can no longer be decrypted are good for an hour more', async () => {
    const all = secrets();
    await all.webhookSecret('github');
    parameters.lock('/sluice/webhooks/github');
    now += 59 * 60_000;
    expect(await all.webhookSecret('github')).toBe('first');
    now += 5 * 60_000;
    await expect(all.webhookSecret('github')).rejects.toThrow('cannot be read');
  });

  it('that did not sign what came are read again: they may have been replaced', async () => {
    const all = secrets();
    expect(await all.webhookSecret('github')).toBe('first');
    parameters.seed('/sluice/webhooks/github', 'second', 'SecureString');
    expect(await all.webhookSecret('github', 'first')).toBe('first');
    now += 20_000;
    expect(await all.webhookSecret('github', 'first')).toBe('second');
  });
});
