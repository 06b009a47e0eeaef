// How to reach Heroku: address and token from the parameters, kept for a few minutes.

import type { Clock } from '../clock.ts';
import { HerokuError } from '../heroku/port.ts';
import type { TokenSource } from '../heroku/secret.ts';
import { type ParameterNames, setSecretCommand } from './names.ts';
import type { Parameter, ParameterReads } from './port.ts';
import { isAboutKey, unreadHint, unreadMessage } from './unread.ts';

export interface HerokuAccess {
  /** Origins; not yet validated. */
  urls(): Promise<{ readonly api: string; readonly status: string }>;
  /** The token for that API and no other. Reads it again when it is told that the one it gave was refused. */
  tokenFor(api: string): TokenSource;
}

export interface HerokuAccessOptions {
  readonly parameters: Pick<ParameterReads, 'get'>;
  readonly names: ParameterNames;
  /** True: the read-only token, where one is given. */
  readonly readOnly: boolean;
  readonly clock: Clock;
}

const KEPT_MS = 5 * 60_000;
/** A token that stays refused is not read again at every call. */
const REREAD_MS = 20_000;

interface Read {
  readonly api: string;
  readonly status: string;
  readonly token: string | null;
  /** Why there is no token, where one is set. */
  readonly unread: string | null;
}

/** @throws whatever the parameters throw; the token's source throws HerokuError `unauthorized` when no token is set. */
export function createHerokuAccess({
  parameters,
  names,
  readOnly,
  clock,
}: HerokuAccessOptions): HerokuAccess {
  let kept: Promise<Read> | null = null;
  let keptAt = 0;

  const readAnew = async (): Promise<Read> => {
    const own = readOnly ? names.readToken : names.token;
    const urls = [names.apiUrl, names.statusUrl];
    let unread: string | null = null;
    /** A token that cannot be read says so where it is needed, and no other is taken for it. */
    const apart = async (name: string, error: unknown): Promise<void> => {
      if (!isAboutKey(error)) throw error;
      unread = unreadMessage(name, error.message);
    };
    const list: Parameter[] = [];
    try {
      list.push(...(await parameters.get([...urls, own])));
    } catch (error) {
      await apart(own, error);
      list.push(...(await parameters.get(urls)));
    }
    // The token that may write is read by a function that only reads when there is no other.
    if (readOnly && unread === null && !list.some(({ name }) => name === own)) {
      const others = parameters.get([names.token]);
      list.push(...((await others.catch((error: unknown) => apart(names.token, error))) ?? []));
    }
    const found = new Map(list.map((one) => [one.name, one.value]));
    return {
      api: found.get(names.apiUrl)?.trim() || 'https://api.heroku.com',
      status: found.get(names.statusUrl)?.trim() || 'https://status.heroku.com',
      token: found.get(names.readToken) ?? found.get(names.token) ?? null,
      unread,
    };
  };
  const read = (isTooOld: (ageMs: number) => boolean): Promise<Read> => {
    const now = clock.now();
    if (kept === null || isTooOld(now - keptAt)) {
      const fresh = readAnew();
      kept = fresh;
      keptAt = now;
      // A read that failed is not kept.
      fresh.catch(() => {
        if (kept === fresh) kept = null;
      });
    }
    return kept;
  };
  /** A token that was not set may have been set a moment ago. */
  const current = async (): Promise<Read> => {
    const known = await read((ageMs) => ageMs >= KEPT_MS);
    return known.token === null ? read((ageMs) => ageMs >= REREAD_MS) : known;
  };

  return {
    async urls() {
      const { api, status } = await current();
      return { api, status };
    },
    tokenFor: (wanted) => async (refused) => {
      const known = await current();
      const isRefused = known.token !== null && known.token.trim() === refused;
      const { api, token, unread } = isRefused ? await read((ageMs) => ageMs >= REREAD_MS) : known;
      if (api !== wanted) {
        throw new HerokuError(
          'unavailable',
          `${names.apiUrl} has changed since this run began, and a token is only sent where it belongs.`,
          'Nothing to do: the next run uses the new address.',
        );
      }
      if (token !== null) return token;
      if (unread !== null) throw new HerokuError('unauthorized', unread, unreadHint(names.prefix));
      throw new HerokuError(
        'unauthorized',
        `The parameter ${names.token} is not set, so Heroku cannot be asked.`,
        `Make a token for the machine user with \`heroku authorizations:create -s write\` and store it: ${setSecretCommand('heroku/token', names.prefix)}`,
      );
    },
  };
}
