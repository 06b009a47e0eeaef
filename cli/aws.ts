// What every call to AWS needs, and what AWS's refusals mean to whoever typed the command.

import { Refusal } from './errors.ts';

/** The part of an SDK client that tells where it goes and as whom. */
interface Client {
  readonly config: { region(): Promise<string>; credentials(): Promise<unknown> };
}

/** A service, as messages speak of it. */
export interface Service {
  readonly name: 'DynamoDB' | 'SSM';
  /** The IAM actions that the command needs. */
  readonly needs: string;
}

/**
 * The region the client goes to. `asked` begins the message: `--table sluice`.
 * @throws Refusal when region or credentials are missing.
 */
export async function signIn(client: Client, asked: string): Promise<string> {
  const region = await client.config.region().catch(() => {
    throw new Refusal(
      `${asked}: found no AWS region. Name the one the stack is in: AWS_REGION=eu-west-1 sluice …`,
    );
  });
  await client.config.credentials().catch((error: unknown) => {
    throw new Refusal(
      `${asked} in ${region}: found no AWS credentials (${wordsOf(error)}). Sign in (aws sso login), or name a profile: AWS_PROFILE=… sluice …`,
    );
  });
  return region;
}

/** What an error means that any service may give; null for any other. `where` begins the message. */
export function awsRefusal(
  error: unknown,
  where: string,
  service: Service,
  env: NodeJS.ProcessEnv,
): Refusal | null {
  switch (error instanceof Error ? error.name : '') {
    case 'AccessDeniedException':
      return new Refusal(`${where}: AWS refuses: ${wordsOf(error)}. ${service.needs}`);
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'UnrecognizedClientException':
    case 'InvalidSignatureException':
    case 'CredentialsProviderError':
      return new Refusal(
        `${where}: AWS does not take these credentials: ${wordsOf(error)}. Sign in again: aws sso login`,
      );
    case 'ThrottlingException':
    case 'TooManyUpdates':
    case 'ProvisionedThroughputExceededException':
    case 'RequestLimitExceeded':
      return new Refusal(
        `${where}: ${service.name} has too many requests at the moment (${wordsOf(error)}). Type it again in a minute.`,
      );
    case 'TimeoutError':
      return unreachable(error, where, service, env);
    default:
      return isNetwork(error) ? unreachable(error, where, service, env) : null;
  }
}

function unreachable(error: unknown, where: string, { name }: Service, env: NodeJS.ProcessEnv): Refusal {
  const variable = [`AWS_ENDPOINT_URL_${name.toUpperCase()}`, 'AWS_ENDPOINT_URL'].find(
    (one) => (env[one] ?? '') !== '',
  );
  const hint =
    variable === undefined
      ? 'Is AWS_REGION right?'
      : `${variable} is ${env[variable]}: does it answer there?`;
  return new Refusal(`${where}: ${name} cannot be reached from here: ${wordsOf(error)}. ${hint}`);
}

function isNetwork(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return (
    typeof code === 'string' &&
    /^(ENOTFOUND|EAI_AGAIN|ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code)
  );
}

/** An error's words, without a full stop. Where several addresses were tried, those of each: together they have none. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(wordsOf).join(', ');
  return (error instanceof Error ? error.message || error.name : String(error)).replace(/\.$/, '');
}
