// Where each parameter lies under the prefix, what it is for, and the command that sets it. Policies, documentation,
// messages and `sluice doctor` take it from here. Pure.

export const DEFAULT_PREFIX = '/sluice';

export interface ParameterNames {
  readonly prefix: string;
  readonly token: string;
  readonly readToken: string;
  readonly apiUrl: string;
  readonly statusUrl: string;
  /** What GitHub is asked with: which commit contains which. */
  readonly githubToken: string;
  readonly defaults: string;
  /** The path that all pipelines lie under. */
  readonly pipelines: string;
  pipeline(name: string): string;
  /** The path that all webhook secrets lie under. */
  readonly webhooks: string;
  webhook(source: string): string;
  /** Where `config push` marks that it has begun, and that it is done (`PushMark` as JSON). */
  readonly push: string;
  /** Written by the stack itself: where its parts are (`StackParts` as JSON). */
  readonly stack: string;
}

/** `prefix` begins with a slash and does not end with one. */
export function parameterNames(prefix: string = DEFAULT_PREFIX): ParameterNames {
  return {
    prefix,
    token: `${prefix}/heroku/token`,
    readToken: `${prefix}/heroku/read-token`,
    apiUrl: `${prefix}/heroku/api-url`,
    statusUrl: `${prefix}/heroku/status-url`,
    githubToken: `${prefix}/github/token`,
    defaults: `${prefix}/defaults`,
    pipelines: `${prefix}/pipelines`,
    pipeline: (name) => `${prefix}/pipelines/${name}`,
    webhooks: `${prefix}/webhooks`,
    webhook: (source) => `${prefix}/webhooks/${source}`,
    push: `${prefix}/push`,
    stack: `${prefix}/stack`,
  };
}

/** What the parameter `<prefix>/stack` holds, as JSON. */
export interface StackParts {
  readonly tableName: string;
  readonly busName: string;
  readonly webhookUrl: string;
  /** Where people's changes are sent; absent from what an older stack wrote. */
  readonly apiUrl?: string;
  /** The same for one verb each; absent from what an older stack wrote. */
  readonly verbUrls?: Readonly<Record<string, string>>;
  /** ARNs of the keys of the account's own that the functions may decrypt secrets with; absent: none. */
  readonly secretKeys?: readonly string[];
  readonly version: string;
}

/** Secrets, as the command calls them: the parameter's name below the prefix. */
export type SecretName = 'heroku/token' | 'heroku/read-token' | 'github/token' | `webhooks/${string}`;

/** Parameters that hold secrets are written by `sluice secrets set <name>`, which reads the value from standard input. */
export function setSecretCommand(name: SecretName, prefix: string): string {
  return `sluice secrets set ${name}${prefixOption(prefix)}`;
}

/** What a command needs to mean this prefix: nothing for Sluice's own. */
export function prefixOption(prefix: string): string {
  return prefix === DEFAULT_PREFIX ? '' : ` --prefix ${prefix}`;
}

/** `npx cdk deploy`, with the prefix where it is another one. */
export function deployCommand(prefix: string): string {
  return `npx cdk deploy${prefix === DEFAULT_PREFIX ? '' : ` -c prefix=${prefix}`}`;
}
