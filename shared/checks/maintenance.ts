// Waits while an app is in maintenance mode: somebody works on it.

import * as z from 'zod';
import { factsOf } from '../domain/facts.ts';
import type { AppRef } from '../domain/pipeline.ts';
import { pass, unknown, wait } from '../domain/verdict.ts';
import { listOf } from '../domain/words.ts';
import type { Check, Question } from './check.ts';

interface MaintenanceOptions {
  readonly of: 'source' | 'target' | 'both';
}

export const maintenance: Check<MaintenanceOptions> = {
  name: 'maintenance',
  about: 'target',
  summary: "Waits while an app is in Heroku's maintenance mode.",
  always: false,
  schema: z.strictObject({
    of: z
      .enum(['target', 'source', 'both'])
      .default('target')
      .describe(
        '`target`: the apps that would be given the artifact. `source`: every app of the wave before.',
      )
      .meta({ title: '`target`, `source` or `both`', default: 'target', examples: ['both'] }),
  }),
  example: '- maintenance',
  argument: ({ of }) => (of === 'target' ? null : of),
  ask: (question) => {
    const apps = appsOf(question);
    const about = question.options.of === 'source' ? ('source' as const) : ('target' as const);
    const states = apps.map((app) => ({ app, maintenance: factsOf(question.facts, app).maintenance }));
    const evidence = Object.fromEntries(states.map(({ app, maintenance: is }) => [app.name, is]));
    const parts = { check: 'maintenance', about, evidence };
    const inIt = states.filter((one) => one.maintenance === true).map((one) => one.app.name);
    if (inIt.length > 0) {
      return wait({
        ...parts,
        reason: `${listOf(inIt)} ${inIt.length === 1 ? 'is' : 'are'} in maintenance mode.`,
        unblock: inIt.map((name) => `heroku maintenance:off --app ${name}`).join(' && '),
      });
    }
    const unread = states.filter((one) => one.maintenance === null).map((one) => one.app.name);
    if (unread.length > 0) {
      const reason = `Heroku did not say whether ${listOf(unread)} ${unread.length === 1 ? 'is' : 'are'} in maintenance mode.`;
      return unknown({ ...parts, reason });
    }
    return pass({
      ...parts,
      reason: `No app is in maintenance mode: ${listOf(apps.map((app) => app.name))}.`,
    });
  },
};

function appsOf({ options, targets, step }: Question<MaintenanceOptions>): readonly AppRef[] {
  if (options.of === 'target') return targets;
  return options.of === 'source' ? step.from.apps : [...step.from.apps, ...targets];
}
