// Which SSM parameters a function may read, by their names under the prefix.

import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { SluiceFunction } from './function.ts';

/**
 * `name` is the full name and begins with a slash; `*` at its end stands for everything below. Who may ask for a path is
 * given all that lies below it.
 */
export function parameterArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: name.slice(1),
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

/**
 * Secrets are encrypted with the account's own key for SSM, `aws/ssm`, whose key policy lets everybody decrypt who may
 * read the parameter: no permission of KMS is given for it. (Source: AWS KMS, default key policies of AWS managed keys.)
 * For another key see `allowSecretKeys`.
 */
export function allowParameters(
  fn: SluiceFunction,
  actions: readonly string[],
  names: readonly string[],
): void {
  fn.allow(
    actions,
    names.map((name) => parameterArn(fn, name)),
  );
}

/** Decryption with the keys of the account's own, through SSM, of the parameters of those names and of no others. */
export function allowSecretKeys(fn: SluiceFunction, keys: readonly string[], names: readonly string[]): void {
  if (keys.length === 0) return;
  fn.allow(['kms:Decrypt'], keys, {
    StringEquals: { 'kms:ViaService': `ssm.${Stack.of(fn).region}.amazonaws.com` },
    StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': names.map((name) => parameterArn(fn, name)) },
  });
}
