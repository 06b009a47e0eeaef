// May the token read a repository? For `sluice doctor`. Touches the network: one GET, sent once.
// Source: docs.github.com, REST API, "List commits" (version 2022-11-28): it takes the permission that compare takes.

import { exchangeOnce } from '../heroku/exchange.ts';
import { apiOrigin } from '../heroku/origin.ts';
import { cleanText } from '../heroku/secret.ts';
import { GITHUB_API, headersWith, isLimited, refusalOf } from './compare.ts';

/** `refused`: the token itself, for every repository. `silent`: GitHub had no answer about it. */
export type RepositoryProbe =
  | { readonly kind: 'read' }
  | { readonly kind: 'refused' | 'unread' | 'silent'; readonly why: string };

/** Never throws; `why` has no full stop, and no token in it. */
export async function probeRepository(
  repo: string,
  token: string,
  { url = GITHUB_API, deadlineMs = 10_000 } = {},
): Promise<RepositoryProbe> {
  const result = await exchangeOnce({
    origin: apiOrigin(url, 'the GitHub address'),
    method: 'GET',
    path: `/repos/${repo}/commits?per_page=1`,
    headers: headersWith(token),
    body: null,
    deadlineMs,
  });
  if (result.kind === 'none') {
    return { kind: 'silent', why: `GitHub does not answer (${cleanText(result.reason, token)})` };
  }
  const { status, text } = result;
  if (status === 404) {
    return { kind: 'unread', why: `GitHub does not find ${repo}, or the token may not see it (404)` };
  }
  // Neither is about the token's permissions.
  if (isLimited(result) || status >= 500) {
    return { kind: 'silent', why: refusalOf(result, repo, token) ?? '' };
  }
  // An empty repository is answered with 409.
  const why = status === 409 ? null : refusalOf(result, repo, token);
  if (why !== null) return { kind: status === 401 ? 'refused' : 'unread', why };
  return /^\s*[[{]/.test(text)
    ? { kind: 'read' }
    : { kind: 'unread', why: 'what answers for GitHub cannot be read' };
}
