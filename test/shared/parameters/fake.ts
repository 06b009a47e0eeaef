// Parameters in memory, as SSM keeps them: versions count up, a type never changes, a secret read without decryption
// is ciphertext.

import type { Parameter, Parameters } from '../../../shared/parameters/port.ts';

/** What SSM answers to whoever may not. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDeniedException';
}

export const NO_KEY = 'The ciphertext refers to a key that you are not allowed to access.';

export interface FakeParameters extends Parameters {
  /** Everything, secrets in clear, by name. */
  all(): Readonly<Record<string, string>>;
  /** Puts one in place from outside, of any type. */
  seed(name: string, value: string, type?: Parameter['type']): void;
  /** Every write so far: `put /sluice/defaults`, `delete /sluice/pipelines/router`. */
  readonly writes: readonly string[];
  /** The reader may not use the key of this one. */
  lock(name: string): void;
  /** The write after this many fails. */
  failAfter(writes: number): void;
}

export function createFakeParameters(now: number): FakeParameters {
  const kept = new Map<string, Parameter>();
  const writes: string[] = [];
  const locked = new Set<string>();
  let left = Number.POSITIVE_INFINITY;
  const note = (write: string) => {
    left -= 1;
    if (left < 0) throw new AccessDenied('not authorized to perform: ssm:PutParameter');
    writes.push(write);
  };
  const keep = (name: string, value: string, type: Parameter['type']): number => {
    const before = kept.get(name);
    const version = (before?.version ?? 0) + 1;
    kept.set(name, { name, value, type, version, changedAt: now });
    return version;
  };
  const below = (path: string) =>
    [...kept.values()]
      .filter(({ name }) => name.startsWith(`${path}/`))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    under: async (path) =>
      below(path).map((one) => (one.type === 'SecureString' ? { ...one, value: 'AQICAH' } : one)),
    secretsUnder: async (path) =>
      below(path).map((one) => (locked.has(one.name) ? { ...one, value: '', unread: NO_KEY } : one)),
    async get(names) {
      if (names.some((name) => locked.has(name))) throw new AccessDenied(NO_KEY);
      return names.flatMap((name) => kept.get(name) ?? []);
    },
    async put(name, value, type, keyId) {
      const before = kept.get(name);
      if (before !== undefined && before.type !== type) throw new Error('HierarchyTypeMismatchException');
      note(`put ${name}${keyId === undefined ? '' : ` with ${keyId}`}`);
      return keep(name, value, type);
    },
    async delete(name) {
      note(`delete ${name}`);
      kept.delete(name);
    },
    all: () => Object.fromEntries([...kept.values()].map(({ name, value }) => [name, value])),
    seed(name, value, type = 'String') {
      keep(name, value, type);
    },
    writes,
    lock: (name) => void locked.add(name),
    failAfter(count) {
      left = count;
    },
  };
}
