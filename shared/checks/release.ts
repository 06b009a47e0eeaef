// Asks whether Heroku can carry the promotion out: the pinned release is still kept, and no target is busy with another.

import * as z from 'zod';
import { factsOf, nameOf } from '../domain/facts.ts';
import { fail, pass, unknown, wait } from '../domain/verdict.ts';
import { instant, listOf } from '../domain/words.ts';
import type { Check } from './check.ts';

export const release: Check<Record<string, never>> = {
  name: 'release',
  about: 'artifact',
  summary:
    'Passes when Heroku still keeps the release that would be promoted, and no target app has a release that has not ended.',
  always: true,
  schema: z.strictObject({}),
  ask: ({ candidate, step, targets, facts }) => {
    const name = nameOf(facts, candidate.artifact);
    const stay = candidate.stays.find((entry) => entry.stay.releaseId === candidate.sourceReleaseId)?.stay;
    const evidence = { app: candidate.source.name, release: candidate.sourceReleaseId };
    const parts = { check: 'release', about: 'artifact' as const, evidence };
    if (stay === undefined) {
      return unknown({
        ...parts,
        reason: `The release to promote, ${candidate.sourceReleaseId}, is not one that brought ${name} to ${step.from.name}.`,
      });
    }
    if (candidate.expired) {
      return fail({
        ...parts,
        reason: `Heroku no longer keeps release v${stay.version} of ${candidate.source.name}, so ${name} cannot be promoted from it.`,
        unblock: `deploy to ${step.from.name} again, or promote by hand what runs there: heroku pipelines:promote --app ${candidate.source.name} --to ${targets.map((app) => app.name).join(',')}`,
        onEvent: true,
      });
    }
    const busy = targets.flatMap((app) => {
      const { pending } = factsOf(facts, app);
      return pending === null ? [] : [{ app, pending }];
    });
    if (busy.length > 0) {
      const which = busy.map(
        ({ app, pending }) =>
          `${app.name} has not finished release v${pending.version} of ${instant(pending.createdAt)}`,
      );
      return wait({
        ...parts,
        about: 'target',
        reason: `${listOf(which)}.`,
        since: Math.min(...busy.map(({ pending }) => pending.createdAt)),
        evidence: { pending: busy.map(({ app, pending }) => ({ app: app.name, release: pending.id })) },
      });
    }
    return pass({
      ...parts,
      reason: `Release v${stay.version} of ${candidate.source.name} brought ${name} at ${instant(stay.startAt)} and can be promoted.`,
      since: stay.startAt,
    });
  },
};
