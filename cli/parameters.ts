// The parameters of a deployed Sluice, with the credentials and the region that every AWS tool uses; and what AWS's
// refusals mean here. They can be read and written before and after there is a table.

import { SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { type Clock, systemClock } from '../shared/clock.ts';
import { type ParameterKey, readKeys } from '../shared/parameters/keys.ts';
import {
  deployCommand,
  type ParameterNames,
  parameterNames,
  type StackParts,
} from '../shared/parameters/names.ts';
import type { Parameters } from '../shared/parameters/port.ts';
import { createSsmParameters } from '../shared/parameters/ssm.ts';
import { awsRefusal, signIn, wordsOf } from './aws.ts';
import { Refusal } from './errors.ts';
import type { Send } from './sender.ts';

export interface DeployedParameters {
  readonly parameters: Parameters;
  readonly names: ParameterNames;
  /** Which key encrypts each secret under the prefix. */
  keys(): Promise<readonly ParameterKey[]>;
  readonly clock: Clock;
  readonly region: string;
  /** What every call is signed with. */
  readonly credentials: SSMClient['config']['credentials'];
  /** For people: `/sluice in eu-west-1`. */
  readonly where: string;
  /** What an error of the parameters means here, and what to do; null for one that is none of theirs. */
  refusal(error: unknown): Refusal | null;
  close(): Promise<void>;
}

const SERVICE = {
  name: 'SSM',
  needs:
    'Reading needs ssm:GetParametersByPath and ssm:GetParameters, config push and secrets set also ssm:PutParameter, config push --prune also ssm:DeleteParameter.',
} as const;

/** @throws Refusal when region or credentials are missing. */
export async function openDeployedParameters(
  prefix: string,
  env: NodeJS.ProcessEnv,
): Promise<DeployedParameters> {
  const client = new SSMClient({});
  const asked = `--prefix ${prefix}`;
  const region = await signIn(client, asked);
  const where = `${asked} in ${region}`;
  return {
    parameters: createSsmParameters(client),
    names: parameterNames(prefix),
    keys: () => readKeys(client, prefix),
    clock: systemClock,
    region,
    credentials: client.config.credentials,
    where: `${prefix} in ${region}`,
    refusal: (error) => refusalOf(error, where, env),
    close: async () => client.destroy(),
  };
}

function refusalOf(error: unknown, where: string, env: NodeJS.ProcessEnv): Refusal | null {
  const isOurs = error instanceof SSMServiceException;
  // A table may be open beside the parameters, and speaks for itself.
  if (!isOurs && error instanceof Error && '$fault' in error) return null;
  const known = awsRefusal(error, where, SERVICE, env);
  if (known !== null || !isOurs || error.$fault !== 'client') return known;
  // SSM says well what it does not like about a name or a value.
  return new Refusal(`${where}: SSM refuses: ${wordsOf(error)} (${error.name}).`);
}

/**
 * Where the parts of the stack are, as it wrote them itself.
 * @throws Refusal when the stack has written nothing, or what is there is of no use.
 */
export async function stackParts({ parameters, names, where }: DeployedParameters): Promise<StackParts> {
  const [stack] = await parameters.get([names.stack]);
  if (stack === undefined) {
    throw new Refusal(
      `--prefix ${where}: found no parameter ${names.stack}. It is written by: ${deployCommand(names.prefix)}\nIs it another prefix or region? AWS_REGION=… sluice … --prefix /sluice. Without the parameter, the table can be named: sluice … --table NAME`,
    );
  }
  const parts = partsOf(stack.value);
  if (parts !== null) return parts;
  throw new Refusal(
    `${names.stack} in ${where}: found a value without a tableName, expected the JSON that ${deployCommand(names.prefix)} writes. Whoever changed it can put it back from its history (aws ssm get-parameter-history --name ${names.stack}). Until then the table can be named: sluice … --table NAME`,
  );
}

/** What sends changes to the stack's function `api`. @throws Refusal when the stack is older than that. */
export async function openSender(deployed: DeployedParameters, parts: StackParts): Promise<Send> {
  const { names, region, credentials } = deployed;
  const where = `--prefix ${deployed.where}`;
  if (parts.apiUrl === undefined) {
    throw new Refusal(
      `${where}: found no apiUrl in ${names.stack}, so the stack is older than this command, and has nothing that takes a hold. Deploy this version: ${deployCommand(names.prefix)}. Until then, write the table yourself: sluice … --table ${parts.tableName}`,
    );
  }
  const { createSender } = await import('./sender.ts');
  const { apiUrl: url, verbUrls = {}, tableName } = parts;
  return createSender({ url, verbUrls, region, credentials, where, tableName });
}

function partsOf(text: string): StackParts | null {
  try {
    const parts = JSON.parse(text) as StackParts | null;
    return typeof parts?.tableName === 'string' && parts.tableName !== '' ? parts : null;
  } catch {
    return null;
  }
}
