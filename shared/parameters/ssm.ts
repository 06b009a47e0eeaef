// Parameters on SSM. Reads and writes them one call at a time; keeps nothing.

import {
  DeleteParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
  type Parameter as SsmParameter,
} from '@aws-sdk/client-ssm';
import type { Parameter, Parameters, SecretRead } from './port.ts';
import { isAboutKey } from './unread.ts';

/** The most that SSM gives a page. */
const PAGE = 10;

/** Lists come in order of name; `get` in the order of the names asked for. Errors are the SDK's. */
export function createSsmParameters(client: SSMClient): Parameters {
  const read = async (path: string, isDecrypted: boolean): Promise<readonly Parameter[]> => {
    const found: Parameter[] = [];
    let next: string | undefined;
    do {
      const page = await client.send(
        new GetParametersByPathCommand({
          Path: path,
          Recursive: true,
          WithDecryption: isDecrypted,
          MaxResults: PAGE,
          ...(next !== undefined && { NextToken: next }),
        }),
      );
      found.push(...(page.Parameters ?? []).map(parameterOf));
      // SSM may give a page with nothing on it before the last one.
      next = page.NextToken === '' ? undefined : page.NextToken;
    } while (next !== undefined);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  };

  const get = async (names: readonly string[]): Promise<readonly Parameter[]> => {
    if (names.length === 0) return [];
    const { Parameters: found = [] } = await client.send(
      new GetParametersCommand({ Names: [...names], WithDecryption: true }),
    );
    const byName = new Map(found.map((one) => [one.Name, parameterOf(one)]));
    return names.flatMap((name) => byName.get(name) ?? []);
  };
  const secretAlone = async (one: Parameter): Promise<readonly SecretRead[]> => {
    if (one.type !== 'SecureString') return [one];
    try {
      return await get([one.name]);
    } catch (error) {
      if (!isAboutKey(error)) throw error;
      return [{ ...one, value: '', unread: error.message }];
    }
  };

  return {
    under: (path) => read(path, false),
    async secretsUnder(path) {
      try {
        return await read(path, true);
      } catch (error) {
        if (!isAboutKey(error)) throw error;
      }
      // SSM refuses a page for one secret on it, and does not say which.
      const found: SecretRead[] = [];
      for (const one of await read(path, false)) found.push(...(await secretAlone(one)));
      return found;
    },
    get,
    async put(name, value, type, keyId) {
      // Without a tier an advanced parameter stays one; an overwrite keeps tags and policies.
      const { Version } = await client.send(
        new PutParameterCommand({
          Name: name,
          Value: value,
          Type: type,
          Overwrite: true,
          ...(keyId !== undefined && { KeyId: keyId }),
        }),
      );
      return Version ?? 0;
    },
    async delete(name) {
      try {
        await client.send(new DeleteParameterCommand({ Name: name }));
      } catch (error) {
        if (!(error instanceof ParameterNotFound)) throw error;
      }
    },
  };
}

function parameterOf({ Name, Type, Value, Version, LastModifiedDate }: SsmParameter): Parameter {
  return {
    name: Name ?? '',
    type: Type ?? 'String',
    value: Value ?? '',
    version: Version ?? 0,
    changedAt: LastModifiedDate?.getTime() ?? 0,
  };
}
