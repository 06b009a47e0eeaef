// Which sender posts to which path of the webhook's URL. Paths are public: they stand in other people's settings.

import { circleci } from './circleci.ts';
import { generic } from './generic.ts';
import { github } from './github.ts';
import { heroku } from './heroku.ts';
import type { Sender } from './sender.ts';

export interface Route {
  /** The name of its secret, and of its signals. */
  readonly source: string;
  readonly sender: Sender;
}

const VENDORS: ReadonlyMap<string, Sender> = new Map([
  ['github', github],
  ['circleci', circleci],
  ['heroku', heroku],
]);

const SOURCE = /^\/signals\/([a-z0-9-]{1,64})$/;

/** Null for a path that nobody posts to, the generic one of a sender with its own path included. */
export function routeOf(path: string): Route | null {
  const vendor = VENDORS.get(path.slice(1));
  if (vendor !== undefined && path.startsWith('/')) return { source: path.slice(1), sender: vendor };
  const source = SOURCE.exec(path)?.[1];
  if (source === undefined || VENDORS.has(source)) return null;
  return { source, sender: generic(source) };
}
