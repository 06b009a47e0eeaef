// The token: read it when it is needed, and keep it out of every text.
// Touches only the function it is given.

import { HerokuError } from './port.ts';

/**
 * Gives the token now. Called for every request, so a rotated secret is picked up without a restart. `refused` is a
 * token that Heroku has just answered with 401: a source that keeps what it read looks again, and gives the same one
 * when there is no other.
 */
export type TokenSource = (refused?: string) => Promise<string> | string;

export const newTokenHint =
  'Make a new token for the machine user with `heroku authorizations:create -s write` and store it: `sluice secrets set heroku/token`.';

/**
 * The token without surrounding white space (a stored secret often ends in a newline).
 * Throws HerokuError `unauthorized` for a token no Heroku could have issued, and `unavailable` when the source fails.
 * Neither repeats what the source said: an error raised around a secret may quote it.
 */
export async function readToken(source: TokenSource, refused?: string): Promise<string> {
  const token = (await fromSource(source, refused)).trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const found =
      token === '' ? 'it is empty' : 'it holds a space, a control character or a non-ASCII letter';
    throw new HerokuError('unauthorized', `The Heroku token cannot be sent: ${found}.`, newTokenHint);
  }
  return token;
}

async function fromSource(source: TokenSource, refused?: string): Promise<string> {
  try {
    return await source(refused);
  } catch (error) {
    if (error instanceof HerokuError) throw error;
    const kind = error instanceof Error ? error.name : typeof error;
    throw new HerokuError(
      'unavailable',
      `The Heroku token could not be read (${kind}).`,
      'Check that the parameter heroku/token exists and that the function may read it.',
    );
  }
}

/**
 * Text from the network made fit for a message: the token replaced wherever it appears, white space and control
 * characters folded to one space, at most 300 characters. Replacing comes before cutting, so half a token cannot remain.
 */
export function cleanText(text: string, token: string): string {
  const safe = token === '' ? text : text.replaceAll(token, '[token]');
  const folded = safe.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return folded.length > 300 ? `${folded.slice(0, 300)}…` : folded;
}
