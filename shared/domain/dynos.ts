// Whether an app's dynos run, as far as it was seen. Time counts for a soak while one does. Pure.

export interface Dynos {
  readonly appId: string;
  /** Since when some have run, epoch ms; null: none did when they were last looked at. */
  readonly since: number | null;
}

/** What Heroku's formation says now. */
export interface Formation {
  /** When the first of those that run was last scaled, epoch ms; null: none runs. */
  readonly runsSince: number | null;
}

/**
 * What is to be kept of a look at the formation; undefined: nothing is new. Dynos that nobody has seen stopped have always
 * run. Scaling them later begins nothing anew.
 */
export function dynosSeen(
  appId: string,
  known: Pick<Dynos, 'since'> | undefined,
  { runsSince }: Formation,
): Dynos | undefined {
  if (runsSince === null) return known?.since === null ? undefined : { appId, since: null };
  return known?.since === null ? { appId, since: runsSince } : undefined;
}
