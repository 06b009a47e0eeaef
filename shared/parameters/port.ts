// SSM parameters, as a port: where a deployed Sluice finds its configuration and its secrets.

export type ParameterType = 'String' | 'SecureString' | 'StringList';

export interface Parameter {
  /** The full name: `/sluice/pipelines/router`. */
  readonly name: string;
  readonly type: ParameterType;
  /** A SecureString read without decryption holds its ciphertext here. */
  readonly value: string;
  /** Counts up with every change. */
  readonly version: number;
  /** Epoch ms. */
  readonly changedAt: number;
}

export interface SecretRead extends Parameter {
  /** Why there is no value: its key, say, is one that the reader may not use. */
  readonly unread?: string;
}

export interface ParameterReads {
  /** Everything under a path, at any depth, secrets encrypted. SSM gives ten a page; all pages are read. */
  under(path: string): Promise<readonly Parameter[]>;
  /** Everything under a path, secrets in clear. One that cannot be read keeps none of the others from being given. */
  secretsUnder(path: string): Promise<readonly SecretRead[]>;
  /** Those of the names that exist, secrets in clear. At most ten names. */
  get(names: readonly string[]): Promise<readonly Parameter[]>;
}

export interface ParameterWrites {
  /** Creates or replaces one; gives its new version. `keyId`: of a secret, another key than the account's own for SSM. */
  put(name: string, value: string, type: 'String' | 'SecureString', keyId?: string): Promise<number>;
  /** Does nothing when there is none. */
  delete(name: string): Promise<void>;
}

export type Parameters = ParameterReads & ParameterWrites;
