// With which key SSM encrypts each secret: asked only by who examines, for whom it is one call a page of fifty.

import { DescribeParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';

export interface ParameterKey {
  /** The parameter's full name. */
  readonly name: string;
  /** As whoever wrote the parameter called it: an alias, an id or an ARN. */
  readonly keyId: string;
}

/** The account's own key for SSM: everybody may use it who may read the parameter. */
export const OWN_KEY = 'alias/aws/ssm';

const PAGE = 50;

/** Errors are the SDK's. */
export async function readKeys(client: SSMClient, path: string): Promise<readonly ParameterKey[]> {
  const found: ParameterKey[] = [];
  let next: string | undefined;
  do {
    const page = await client.send(
      new DescribeParametersCommand({
        ParameterFilters: [
          { Key: 'Path', Option: 'Recursive', Values: [path] },
          { Key: 'Type', Option: 'Equals', Values: ['SecureString'] },
        ],
        MaxResults: PAGE,
        ...(next !== undefined && { NextToken: next }),
      }),
    );
    found.push(
      ...(page.Parameters ?? []).map(({ Name, KeyId }) => ({ name: Name ?? '', keyId: KeyId ?? OWN_KEY })),
    );
    next = page.NextToken === '' ? undefined : page.NextToken;
  } while (next !== undefined);
  return found;
}
