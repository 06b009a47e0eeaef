// What a refusal of Heroku's is about, and when it is worth asking again. Pure.
// Statuses and ids: Heroku Platform API reference, "Errors".

import type { Refusal, TurnedAway } from './attempt.ts';

/** Ids that are about the account or its access, whatever the status they come with. */
const OF_THE_ACCOUNT = new Set([
  'delinquent',
  'forbidden',
  'not_found',
  'rate_limit',
  'suspended',
  'two_factor',
  'unauthorized',
  'verification_needed',
  'verification_required',
]);

/** Only a request that Heroku understood and found wrong says something about what was to be promoted. */
export function isAboutArtifact({ status, id }: Pick<Refusal, 'status' | 'id'>): boolean {
  return status === 422 && !OF_THE_ACCOUNT.has(id);
}

/** True when somebody has to do something first: the token, the bill, access. Else time alone can settle it. */
export function needsPerson({ status }: Pick<Refusal, 'status'>): boolean {
  return [401, 402, 403, 404, 422].includes(status);
}

const FIRST_MS = 60_000;
/** No longer than L1 allows, once the cause is gone. */
const LONGEST_MS = 10 * 60_000;

/** When it is asked again, epoch ms: each refusal in a row doubles the wait. */
export function askedAgainAt({ at, times }: Pick<TurnedAway, 'at' | 'times'>): number {
  return at + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(times - 1, 10));
}
