// What `sluice doctor` touches: AWS as the operator, Heroku with each token, the webhook's URL. It changes nothing.

import { systemClock } from '../shared/clock.ts';
import { examine } from '../shared/doctor/examine.ts';
import type { Finding } from '../shared/doctor/finding.ts';
import type { DoctorHeroku, DoctorPorts, Visit } from '../shared/doctor/ports.ts';
import { probeRepository } from '../shared/github/probe.ts';
import { createHerokuProbe } from '../shared/heroku/account.ts';
import { createHerokuReads } from '../shared/heroku/client.ts';
import { exchangeOnce } from '../shared/heroku/exchange.ts';
import type { Reach } from './verb.ts';

export async function examineDeployed(reach: Reach): Promise<readonly Finding[]> {
  const { parameters, keys, names, clock } = await reach.parameters();
  const { version } = reach.ports;
  const table = () => tableOf(reach);
  const github = (repo: string, token: string) => probeRepository(repo, token);
  return examine(names.prefix, {
    parameters,
    keys,
    table,
    heroku: openHeroku,
    github,
    visit,
    clock,
    version,
  });
}

/** AWS's refusals in the words of the command; what the examination tells in its own words is left as it is. */
async function tableOf({ data }: Reach): Promise<Awaited<ReturnType<DoctorPorts['table']>>> {
  const { table, refusal } = await data();
  return {
    fleet: () =>
      table.fleet().catch((error: unknown) => {
        const isOurs = error instanceof Error && error.name === 'ResourceNotFoundException';
        throw isOurs ? error : (refusal(error) ?? error);
      }),
    hadDefaults: () => table.hadDefaults(),
    attempts: (pipelineId, options) => table.attempts(pipelineId, options),
  };
}

function openHeroku({ url, token }: { readonly url: string; readonly token: string }): DoctorHeroku {
  const probe = createHerokuProbe({ url, token });
  const reads = createHerokuReads({ url, token: () => token, clock: systemClock });
  return {
    probe,
    reads,
    close() {
      probe.close();
      reads.close();
    },
  };
}

const VISIT_MS = 10_000;
/** Enough to tell whose answer it is. */
const BODY_MAX = 2_000;

async function visit(address: string): Promise<Visit> {
  if (!URL.canParse(address)) return { reason: 'this is no address' };
  const url = new URL(address);
  const path = `${url.pathname}${url.search}`;
  const request = { method: 'GET', path, headers: {}, body: null, deadlineMs: VISIT_MS } as const;
  const result = await exchangeOnce({ origin: new URL(url.origin), ...request });
  if (result.kind === 'none') return { reason: `no answer (${result.reason})` };
  return { status: result.status, body: result.text.slice(0, BODY_MAX) };
}
