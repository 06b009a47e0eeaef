// Heroku's own status page. Touches the network: one GET, no token.
// Facts: GET /api/v4/current-status as the CLI reads it and as recorded in 2026-09.

import * as z from 'zod';
import { exchangeOnce } from './exchange.ts';
import { apiOrigin, userAgent } from './origin.ts';
import { departure } from './parse.ts';
import { HerokuError, type HerokuStatus } from './port.ts';
import { cleanText } from './secret.ts';

export interface HerokuStatusOptions {
  /** The origin of the status API, `https://status.heroku.com`. */
  readonly url: string;
  readonly deadlineMs?: number;
  /** Sends the request; over the network unless something else is given. */
  readonly send?: typeof exchangeOnce;
}

const incident = z.object({ title: z.string(), state: z.string(), full_url: z.string().nullish() });
const currentStatus = z.object({
  // Nor one system the others: one that is not told of is not green.
  status: z.array(z.object({ system: z.string(), status: z.string() }).nullable().catch(null)).min(1),
  // The colours decide; an incident that cannot be read must not hide them.
  incidents: z.array(incident.nullable().catch(null)).catch([]),
});

const path = '/api/v4/current-status';
const hint =
  'Look at https://status.heroku.com. Whether Sluice waits meanwhile is for the `heroku-status` check to say.';

/** Throws a TypeError when `url` is not an origin. `current` throws HerokuError `unavailable`, and nothing else. */
export function createHerokuStatus(options: HerokuStatusOptions): HerokuStatus {
  const { send = exchangeOnce } = options;
  const origin = apiOrigin(options.url, 'the Heroku status address');
  const fail = (found: string) =>
    new HerokuError('unavailable', `GET ${origin.origin}${path}: ${found}.`, hint);
  return {
    async current() {
      const result = await send({
        origin,
        method: 'GET',
        path,
        headers: { Accept: 'application/json', 'User-Agent': userAgent },
        body: null,
        deadlineMs: options.deadlineMs ?? 5_000,
      });
      if (result.kind === 'none') throw fail(`no answer (${cleanText(result.reason, '')})`);
      if (result.status !== 200) throw fail(`found status ${result.status}, expected 200`);
      const body = parseJson(result.text);
      const read = currentStatus.safeParse(body);
      if (!read.success) throw fail(`the answer cannot be read: ${departure(read.error, body)}`);
      const { status, incidents } = read.data;
      // `resolved` stays false on incidents that are over, and `scheduled` keeps old entries for months: neither is read.
      const open = incidents.filter((row) => row !== null).filter((row) => row.state !== 'resolved');
      return {
        systems: status.filter((row) => row !== null),
        incidents: open.map((row) => ({ title: row.title, url: row.full_url ?? null, state: row.state })),
      };
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
