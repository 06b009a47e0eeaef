// May the functions decrypt what they are to read? The operator's own credentials may, and tell nothing about it: so the
// key of each secret is compared with those that the stack was deployed with. Pure but for what it is given.

import { OWN_KEY, type ParameterKey } from '../parameters/keys.ts';
import { deployCommand, type ParameterNames } from '../parameters/names.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';
import { shortNameOf } from './parameters.ts';

const { ok, warning, problem } = findingsOf('parameters');

/** `granted`: the ARNs that the stack was deployed with. */
export async function examineKeys(
  read: () => Promise<readonly ParameterKey[]>,
  granted: readonly string[],
  names: ParameterNames,
): Promise<readonly Finding[]> {
  try {
    return (await read())
      .filter(({ keyId }) => !keyId.endsWith(OWN_KEY))
      .flatMap((one) => keyFindings(one, granted, names));
  } catch (error) {
    const found = `SSM does not tell which keys the secrets are encrypted with: ${reasonOf(error)}`;
    return [warning('keys', found, { expected: 'credentials with ssm:DescribeParameters' })];
  }
}

function keyFindings(
  { name, keyId }: ParameterKey,
  granted: readonly string[],
  names: ParameterNames,
): readonly Finding[] {
  const reader = readerOf(name, names);
  if (reader === null) return [];
  const short = shortNameOf(name, names);
  const key = `encrypted with ${keyId}`;
  if (granted.some((arn) => arn === keyId || arn.endsWith(`:key/${keyId}`))) {
    return [ok(short, `${key}, which ${reader} may use if the key's own policy lets it`)];
  }
  const isAlias = /^(arn:.*:)?alias\//.test(keyId);
  const arnOf = `aws kms describe-key --key-id ${keyId} --query KeyMetadata.Arn --output text`;
  if (isAlias && granted.length > 0) {
    const found = `${key}; whether that is one of the keys that ${reader} may use, SSM does not tell`;
    const expected = `one of ${granted.join(', ')}`;
    return [warning(short, found, { expected, todo: `${arnOf}   (is it one of them?)` })];
  }
  const isArn = keyId.startsWith('arn:') && !isAlias;
  const deploy = `${deployCommand(names.prefix)} -c secretKeys=${[...granted, isArn ? keyId : 'ARN'].join(',')}`;
  return [
    problem(short, `${key}, which ${reader} may not use: it cannot read it`, {
      expected: "the account's own key for SSM, or a key that the context value secretKeys names",
      todo: isArn ? deploy : `${arnOf}\n${deploy}`,
    }),
  ];
}

/** The function that reads it; null: none does. */
function readerOf(name: string, names: ParameterNames): string | null {
  if (name === names.token) return 'promote';
  if (name === names.readToken) return 'scan';
  return name.startsWith(`${names.webhooks}/`) ? 'webhook' : null;
}
