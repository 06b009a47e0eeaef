// Secrets under keys of the account's own: the operator can read them, and doctor says which function cannot.

import { describe, expect, it } from 'vitest';
import { allWell } from './installation.ts';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-5678';

/** A Sluice whose webhook's secret is under that key, deployed with those. */
async function under(keyId: string, secretKeys: readonly string[] = []) {
  const sluice = await allWell();
  sluice.keys.push({ name: '/sluice/heroku/token', keyId: 'alias/aws/ssm' });
  sluice.keys.push({ name: '/sluice/webhooks/github', keyId });
  const stack = JSON.parse(sluice.parameters.get('/sluice/stack')?.value ?? '') as object;
  return sluice.set('/sluice/stack', JSON.stringify({ ...stack, secretKeys }));
}

describe('A secret under a key of the account’s own', () => {
  it('cannot be read by its function, and what to deploy is said with every key that is needed', async () => {
    const finding = await (await under(ARN, [OTHER])).one('webhooks/github');
    expect(finding).toEqual({
      area: 'parameters',
      state: 'problem',
      subject: 'webhooks/github',
      found: `encrypted with ${ARN}, which webhook may not use: it cannot read it`,
      expected: "the account's own key for SSM, or a key that the context value secretKeys names",
      todo: `npx cdk deploy -c secretKeys=${OTHER},${ARN}`,
    });
  });

  it('by an alias: its ARN is to be looked up first', async () => {
    const { state, todo } = await (await under('alias/ours')).one('webhooks/github');
    expect([state, todo]).toEqual([
      'problem',
      'aws kms describe-key --key-id alias/ours --query KeyMetadata.Arn --output text\nnpx cdk deploy -c secretKeys=ARN',
    ]);
  });

  it('by an alias that may be one of those deployed with, which SSM does not tell', async () => {
    const { state, expected } = await (await under('alias/ours', [ARN])).one('webhooks/github');
    expect([state, expected]).toEqual(['warning', `one of ${ARN}`]);
  });

  it.each([ARN, ARN.split('/')[1] ?? ''])('that the stack was deployed with is well: %s', async (keyId) => {
    const sluice = await under(keyId, [ARN]);
    expect(await sluice.trouble()).toEqual([]);
    expect(await sluice.about('parameters')).toContainEqual(
      `ok webhooks/github: encrypted with ${keyId}, which webhook may use if the key's own policy lets it`,
    );
  });

  it('hides nothing else when SSM does not tell the keys', async () => {
    const sluice = await allWell();
    sluice.keysError = new Error('not authorized to perform: ssm:DescribeParameters.');
    expect(await sluice.trouble()).toEqual([
      'warning keys: SSM does not tell which keys the secrets are encrypted with: not authorized to perform: ssm:DescribeParameters; expected credentials with ssm:DescribeParameters',
    ]);
  });
});
