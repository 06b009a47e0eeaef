// What Heroku refuses for reasons of account, access or rate keeps a wave waiting, whatever the artifact. Pure.

import { appLedger, type Ledger, type TurnedAway } from './attempt.ts';
import type { AppRef } from './pipeline.ts';
import { askedAgainAt, needsPerson } from './refusal.ts';
import { type Verdict, wait } from './verdict.ts';
import { instant, listOf } from './words.ts';

/** Why nothing is asked of Heroku for these apps yet; none once the time to ask again has come. */
export function turnedAwayFrom(targets: readonly AppRef[], ledger: Ledger, now: number): readonly Verdict[] {
  const found = targets.flatMap((app) => {
    const { turnedAway } = appLedger(ledger, app.id);
    return turnedAway === undefined || askedAgainAt(turnedAway) <= now ? [] : [{ app, turnedAway }];
  });
  const last = found.reduce<TurnedAway | null>(
    (latest, { turnedAway }) =>
      latest === null || askedAgainAt(turnedAway) > askedAgainAt(latest) ? turnedAway : latest,
    null,
  );
  if (last === null) return [];
  const again = askedAgainAt(last);
  const isForPerson = needsPerson(last);
  return [
    wait({
      check: 'attempt',
      about: 'world',
      reason: `For ${listOf(found.map(({ app }) => app.name))}, at ${instant(last.at)}: ${last.message.replace(/[.!?]*$/, '')}. That is not about the artifact: it is asked again ${isForPerson ? 'from' : 'at'} ${instant(again)}${isForPerson ? ' on' : ''}.`,
      // When a person has seen to it, nobody can know.
      until: isForPerson ? null : again,
      isSlow: true,
      since: Math.min(...found.map(({ turnedAway }) => turnedAway.since)),
      unblock: last.hint ?? null,
      evidence: {
        attempt: last.attemptId,
        status: last.status,
        id: last.id,
        times: last.times,
        askedAgainAt: again,
      },
    }),
  ];
}
