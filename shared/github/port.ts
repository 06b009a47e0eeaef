// What Sluice asks of GitHub, as a port. Reads only; never throws.

import type { Pair, Unsaid } from '../domain/ancestry.ts';

/**
 * `told`: GitHub's word. `untold`: it has none about this pair. `unread`: nothing can be asked of it now, about any pair.
 * `unset`: nor is it to be, as no token is given. `why` is without a secret, and the same ones as long as nothing changes.
 */
export type Containment =
  | { readonly kind: 'told'; readonly contains: boolean }
  | (Unsaid & { readonly kind: 'untold' | 'unread' | 'unset' });

export interface GitHub {
  /** Whether the later commit contains the earlier, in the repository `owner/name`. */
  contains(repo: string, pair: Pair): Promise<Containment>;
}

/**
 * The token, or why there is none; never throws. `isUnset`: nobody has given one. `refused`: GitHub has just answered 401 to
 * the one that was given.
 */
export type GitHubToken = (
  refused?: boolean,
) => Promise<{ readonly token: string } | { readonly unread: string; readonly isUnset?: boolean }>;
