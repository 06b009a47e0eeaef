// Waits while Heroku says it is not well itself: running apps (`Apps`) or deploys and the API (`Tools`).

import * as z from 'zod';
import { pass, unknown, wait } from '../domain/verdict.ts';
import { listOf } from '../domain/words.ts';
import type { HerokuStatusReport } from '../heroku/port.ts';
import type { Check } from './check.ts';

interface StatusOptions {
  readonly allow: 'green' | 'yellow';
}

/** What a promotion needs. Trouble with the data services alone says nothing about it. */
const SYSTEMS = ['Apps', 'Tools'];

export const herokuStatus: Check<StatusOptions> = {
  name: 'heroku-status',
  about: 'world',
  summary:
    'Waits while status.heroku.com shows Apps or Tools other than green. An unreachable status page is not green.',
  always: false,
  schema: z.strictObject({
    allow: z
      .enum(['green', 'yellow'])
      .default('green')
      .describe('The worst colour that passes.')
      .meta({ title: '`green` or `yellow`', default: 'green', examples: ['yellow'] }),
  }),
  example: '- heroku-status',
  async ask({ options }, ports) {
    const parts = { check: 'heroku-status', about: 'world' as const, isSlow: true };
    let report: HerokuStatusReport;
    try {
      report = await ports.status.current();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return unknown({
        ...parts,
        key: 'unreadable',
        reason: `What Heroku says of itself could not be read: ${why}`,
      });
    }
    const { systems, incidents } = report;
    const evidence = { systems, incidents };
    const unsaid = SYSTEMS.filter((system) => !systems.some((one) => one.system === system));
    if (unsaid.length > 0) {
      return unknown({ ...parts, reason: `Heroku's status does not mention ${listOf(unsaid)}.`, evidence });
    }
    const allowed: readonly string[] = options.allow === 'yellow' ? ['green', 'yellow'] : ['green'];
    const relevant = systems.filter((one) => SYSTEMS.includes(one.system));
    const colours = (of: typeof relevant) => listOf(of.map((one) => `${one.system} ${one.status}`));
    const unwell = relevant.filter((one) => !allowed.includes(one.status));
    if (unwell.length === 0)
      return pass({ ...parts, reason: `Heroku shows ${colours(relevant)}.`, evidence });
    const titles = incidents.map((one) => `"${one.title}"${one.url === null ? '' : ` (${one.url})`}`);
    const why = titles.length === 0 ? '' : `: ${listOf(titles)}`;
    return wait({ ...parts, reason: `Heroku shows ${colours(unwell)}${why}.`, evidence });
  },
};
