// Fails for what must go no further: a person rejected it, or took it back.

import * as z from 'zod';
import { nameOf } from '../domain/facts.ts';
import { allowCommand, type Rejection, rejectionsOf } from '../domain/rejection.ts';
import { fail, pass } from '../domain/verdict.ts';
import { instant } from '../domain/words.ts';
import type { Check } from './check.ts';

export const rejected: Check<Record<string, never>> = {
  name: 'rejected',
  about: 'artifact',
  summary:
    'Fails for an artifact that somebody rejected with `sluice reject`, or took back on an app, until `sluice allow`. Newer ones pass it by.',
  always: true,
  schema: z.strictObject({}),
  ask: ({ pipeline, candidate, facts }) => {
    const { artifact } = candidate;
    const commit = facts.commits[artifact];
    const rejections = rejectionsOf(facts.rejections ?? [], { artifact, commit });
    const name = nameOf(facts, artifact);
    const evidence = { rejections: rejections.map(({ id }) => id) };
    const parts = { check: 'rejected', about: 'artifact' as const, evidence };
    const [first] = rejections;
    if (first === undefined) return pass({ ...parts, reason: `Nobody has rejected ${name}.` });
    return fail({
      ...parts,
      reason: `${rejections.map((one) => sentence(one, name)).join('; ')}.`,
      since: first.at,
      unblock: `${allowCommand(pipeline.name, name)}   (${name} may go on then; something newer passes it by)`,
      onEvent: true,
    });
  },
};

function sentence({ why, actor, at, app, reason }: Rejection, name: string): string {
  const words = reason.replace(/[.;]+$/, '');
  return why === 'person'
    ? `${actor} rejected ${name} at ${instant(at)}: ${words}`
    : `${name} was taken back${app === null ? '' : ` on ${app.name}`} at ${instant(at)} by ${actor}: ${words}`;
}
