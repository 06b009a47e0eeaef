// GitHub's compare: does one commit contain another? Touches the network: one GET a pair, sent once.
// Source: docs.github.com, REST API, "Compare two commits", "Rate limits" and "Troubleshooting" (version 2022-11-28);
// github/rest-api-description#3551: only the first page lists files, which can be megabytes, every page has the rest.

import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { type Pair, pairKey } from '../domain/ancestry.ts';
import { type ExchangeResult, exchangeOnce } from '../heroku/exchange.ts';
import { apiOrigin, userAgent } from '../heroku/origin.ts';
import { cleanText } from '../heroku/secret.ts';
import type { Containment, GitHub, GitHubToken } from './port.ts';

export const GITHUB_API = 'https://api.github.com';

export interface GitHubOptions {
  /** The origin of the API; GitHub's own unless said otherwise. */
  readonly url?: string;
  readonly token: GitHubToken;
  readonly clock: Pick<Clock, 'now'>;
  /** For one request, to the last byte of its answer, ms. */
  readonly deadlineMs?: number;
  /** Sends the request; over the network unless something else is given. */
  readonly send?: typeof exchangeOnce;
}

const DEADLINE_MS = 3_000;
/** One commit with its message, and the ones compared. */
const CHARACTERS_MAX = 1024 * 1024;
/** After a refusal without a time: GitHub asks to wait for a minute at least. */
const REST_MS = 60_000;
/** The primary limit is per hour. */
const REST_MS_MAX = 3_600_000;

const comparison = z.object({
  status: z.enum(['ahead', 'behind', 'diverged', 'identical']),
  base_commit: z.object({ sha: z.string() }),
  merge_base_commit: z.object({ sha: z.string() }),
});

/** What GitHub answers, with 404, about two commits that have no ancestor in common. */
const unrelated = z.object({ message: z.string().regex(/^No common ancestor between /) });

/** Throws a TypeError when `url` is not an origin. */
export function createGitHub(options: GitHubOptions): GitHub {
  const { token: tokenOf, clock, send = exchangeOnce, deadlineMs = DEADLINE_MS } = options;
  const origin = apiOrigin(options.url ?? GITHUB_API, 'the GitHub address');
  /** A limit is that of the token which it came with. */
  let rest = { token: '', until: 0 };

  const ask = async (repo: string, pair: Pair, token: string): Promise<Containment> => {
    const result = await send({
      origin,
      method: 'GET',
      path: `/repos/${repo}/compare/${pairKey(pair)}?per_page=1&page=2`,
      headers: headersWith(token),
      body: null,
      deadlineMs,
      charactersMax: CHARACTERS_MAX,
    });
    const until = restOf(result, clock.now());
    if (until > 0) rest = { token, until };
    return containmentIn(result, repo, pair, token);
  };

  return {
    async contains(repo, pair) {
      const found = await tokenOf();
      if ('unread' in found) return { kind: found.isUnset ? 'unset' : 'unread', why: found.unread };
      // Whoever asks on while limited is limited for longer.
      if (found.token === rest.token && clock.now() < rest.until) return LIMITED_NOW;
      const answer = await ask(repo, pair, found.token);
      if (answer.kind !== 'unread' || answer.why !== REFUSED) return answer;
      // It may have been replaced a moment ago.
      const again = await tokenOf(true);
      return 'unread' in again || again.token === found.token ? answer : ask(repo, pair, again.token);
    },
  };
}

export const headersWith = (token: string): Readonly<Record<string, string>> => ({
  Accept: 'application/vnd.github+json',
  Authorization: `Bearer ${token}`,
  'User-Agent': userAgent,
  'X-GitHub-Api-Version': '2022-11-28',
});

const REFUSED = 'GitHub refuses the token (401)';
const LIMITED = "GitHub's rate limit is used up";
const LIMITED_NOW: Containment = { kind: 'unread', why: LIMITED, isPassing: true };

type Answer = Extract<ExchangeResult, { kind: 'answer' }>;

/** 429, or 403 that says so: the primary limit by what remains, the secondary by when to come back or in words. */
export function isLimited({ status, headers, text }: Answer): boolean {
  if (status === 429) return true;
  const isSpent = headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined;
  return status === 403 && (isSpent || /rate limit/i.test(text));
}

/** Until when nothing more is to be asked, epoch ms; 0: one may. */
function restOf(result: ExchangeResult, now: number): number {
  if (result.kind === 'none' || !isLimited(result)) return 0;
  const seconds = Number(result.headers['retry-after'] ?? Number.NaN);
  const reset = Number(result.headers['x-ratelimit-reset'] ?? Number.NaN);
  const isSpent = result.headers['x-ratelimit-remaining'] === '0';
  const restMs = seconds > 0 ? seconds * 1000 : isSpent && reset > 0 ? reset * 1000 - now : REST_MS;
  return now + Math.min(Math.max(restMs, REST_MS), REST_MS_MAX);
}

/** Why a whole answer is none that can be used, for people; null for 200. `token` is kept out of it. */
export function refusalOf(answer: Answer, repo: string, token: string): string | null {
  const { status, headers, text } = answer;
  if (status === 200) return null;
  if (status === 401) return REFUSED;
  if (isLimited(answer)) return LIMITED;
  if (status === 404)
    return `GitHub does not know one of the commits, or the token may not see ${repo} (404)`;
  if (status >= 301 && status <= 308) return `${repo} has another name at GitHub by now (${status})`;
  if (status !== 403) return `GitHub answers ${status}`;
  const wanted = headers['x-accepted-github-permissions'];
  const needs = typeof wanted === 'string' ? `, which needs ${cleanText(wanted, token)}` : '';
  return `GitHub does not let the token read ${repo} (403${/SAML/.test(text) ? ', not authorized for single sign-on' : needs})`;
}

const untold = (why: string, isPassing = false): Containment => ({
  kind: 'untold',
  why,
  ...(isPassing && { isPassing }),
});

function containmentIn(result: ExchangeResult, repo: string, pair: Pair, token: string): Containment {
  if (result.kind === 'none') {
    return untold(`GitHub does not answer (${cleanText(result.reason, token)})`, true);
  }
  if (isLimited(result)) return LIMITED_NOW;
  const why = refusalOf(result, repo, token);
  const body = parseJson(result.text);
  if (result.status === 404 && unrelated.safeParse(body).success) return { kind: 'told', contains: false };
  // A commit that GitHub does not have, as after a force push; or a comparison that it cannot make.
  const isAboutPair = result.status === 404 || result.status === 422 || result.status >= 500;
  if (why !== null) return isAboutPair ? untold(why, result.status >= 500) : { kind: 'unread', why };
  const read = comparison.safeParse(body);
  if (!read.success) return untold('what answers for GitHub cannot be read', true);
  const { status, base_commit: base, merge_base_commit: common } = read.data;
  if (base.sha !== pair.earlier) return untold('GitHub answers about another commit');
  const contains = status === 'ahead' || status === 'identical';
  // What it comes to is what it says: the later contains the earlier when the earlier is what both have.
  if (contains !== (common.sha === pair.earlier)) {
    return untold('what GitHub says of two commits contradicts itself');
  }
  return { kind: 'told', contains };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
