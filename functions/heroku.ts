// Heroku as a deployed function reaches it: address and token from the parameters, one client for as long as the
// address stays the same. The local run, the tests' stories and the simulation reach it by the same wires.

import type { Clock } from '../shared/clock.ts';
import { REQUEST_DEADLINE_MS } from '../shared/domain/attempt.ts';
import {
  createHerokuReads,
  type HerokuReadsClient,
  type HerokuReadsOptions,
} from '../shared/heroku/client.ts';
import type { exchangeOnce } from '../shared/heroku/exchange.ts';
import { HerokuError, type HerokuReads, type HerokuStatus, type Promote } from '../shared/heroku/port.ts';
import { createPromote } from '../shared/heroku/promote.ts';
import { createHerokuStatus } from '../shared/heroku/status.ts';
import type { HerokuAccess } from '../shared/parameters/heroku-access.ts';
import type { ParameterNames } from '../shared/parameters/names.ts';

export interface DeployedHeroku {
  readonly reads: HerokuReads;
  readonly promote: Promote;
  readonly status: HerokuStatus;
  /** What is left of the rate limit, null before the first answer. */
  callsLeft(): number | null;
  /** Closes the kept connections: nothing stays open when a handler returns. */
  close(): void;
}

/** How requests leave; over the network unless something else is given. */
export interface Means {
  readonly reads?: Pick<HerokuReadsOptions, 'send' | 'after' | 'random' | 'log'>;
  readonly post?: typeof exchangeOnce;
  readonly status?: typeof exchangeOnce;
}

export function createDeployedHeroku(
  access: HerokuAccess,
  names: ParameterNames,
  clock: Clock,
  means: Means = {},
): DeployedHeroku {
  let kept: { readonly url: string; readonly client: HerokuReadsClient } | null = null;

  const client = async (): Promise<HerokuReadsClient> => {
    const { api: url } = await access.urls();
    if (kept?.url !== url) {
      kept?.client.close();
      const make = () => createHerokuReads({ url, token: access.tokenFor(url), clock, ...means.reads });
      kept = { url, client: asOrigin(names.apiUrl, make) };
    }
    return kept.client;
  };

  return {
    reads: {
      // All that is given: a signal ends a read that is given up.
      apps: async (...asked) => (await client()).apps(...asked),
      pipelines: async (...asked) => (await client()).pipelines(...asked),
      couplings: async (...asked) => (await client()).couplings(...asked),
      latestReleases: async (...asked) => (await client()).latestReleases(...asked),
      releases: async (...asked) => (await client()).releases(...asked),
      commit: async (...asked) => (await client()).commit(...asked),
      formation: async (...asked) => (await client()).formation(...asked),
      promotionTargets: async (...asked) => (await client()).promotionTargets(...asked),
    },
    async promote(request) {
      try {
        const { api: url } = await access.urls();
        const send = createPromote({
          url,
          token: access.tokenFor(url),
          deadlineMs: REQUEST_DEADLINE_MS,
          now: clock.now,
          ...(means.post && { send: means.post }),
        });
        return await send(request);
      } catch (error) {
        // createPromote's function never throws: whatever did, did before anything was sent.
        const why = error instanceof Error ? error.message : String(error);
        return { kind: 'unknown', message: `Nothing was sent: ${why}` };
      }
    },
    status: {
      async current() {
        const { status: url } = await access.urls();
        const send = means.status && { send: means.status };
        return asOrigin(names.statusUrl, () => createHerokuStatus({ url, ...send })).current();
      },
    },
    callsLeft: () => kept?.client.rateLimitRemaining() ?? null,
    close: () => kept?.client.close(),
  };
}

/** An address that is no origin is the parameter's fault, and stops what needs it with a sentence. */
function asOrigin<T>(parameter: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new HerokuError(
      'unauthorized',
      `${parameter}: ${error.message}`,
      `Set it, or delete it for the default: aws ssm delete-parameter --name ${parameter}`,
    );
  }
}
