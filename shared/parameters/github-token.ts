// The token for GitHub from its parameter, kept for a few minutes. Read only when GitHub is to be asked something.

import type { Clock } from '../clock.ts';
import type { GitHubToken } from '../github/port.ts';
import type { ParameterNames } from './names.ts';
import type { ParameterReads } from './port.ts';
import { isAboutKey, unreadMessage } from './unread.ts';

const KEPT_MS = 5 * 60_000;
/** How soon a token that was refused, or is not set, is looked for again. */
const REREAD_MS = 20_000;

/** GitHub's have 40 characters and more. What is short is also part of other words, which would be masked for it. */
const TOKEN_CHARACTERS_MIN = 20;

export const isTooShort = (token: string): boolean => token.length < TOKEN_CHARACTERS_MIN;

/** The token that a text is, with or without white space around it; never repeated where it is none. */
export function tokenIn(text: string, where: string): Awaited<ReturnType<GitHubToken>> {
  const token = text.trim();
  if (token === '') return { unread: `${where} is not set`, isUnset: true };
  // Nothing else can be sent, and an error about it might quote it.
  if (!/^[\x21-\x7e]+$/.test(token)) return { unread: `${where} holds what is no token` };
  if (isTooShort(token)) return { unread: `${where} is too short to be a token` };
  return { token };
}

export function createGitHubToken({
  parameters,
  names,
  clock,
}: {
  readonly parameters: Pick<ParameterReads, 'get'>;
  readonly names: ParameterNames;
  readonly clock: Pick<Clock, 'now'>;
}): GitHubToken {
  let kept: { readonly at: number; readonly found: Awaited<ReturnType<GitHubToken>> } | null = null;

  const read = async (): ReturnType<GitHubToken> => {
    try {
      const [parameter] = await parameters.get([names.githubToken]);
      return tokenIn(parameter?.value ?? '', `the parameter ${names.githubToken}`);
    } catch (error) {
      if (isAboutKey(error)) return { unread: unreadMessage(names.githubToken, error.message).slice(0, -1) };
      const kind = error instanceof Error ? error.name : typeof error;
      return { unread: `the parameter ${names.githubToken} could not be read (${kind})` };
    }
  };

  return async (isRefused = false) => {
    const keptMs = isRefused || (kept !== null && 'unread' in kept.found) ? REREAD_MS : KEPT_MS;
    if (kept === null || clock.now() - kept.at >= keptMs) kept = { at: clock.now(), found: await read() };
    return kept.found;
  };
}
