// One call by one client in a process of its own, so that what it leaves open is seen and is nobody else's. Arguments:
// client, method, address, and `warm` to make a read before. Tells its parent; touches the network.

import { promisify } from 'node:util';
import type { HerokuReadsClient } from '../../shared/heroku/client.ts';
import type { Method } from './answers.ts';
import { DEADLINE_MS } from './behaviours.ts';

export type ClientName = 'sluice' | 'heroku-client';

/** What the process tells. `ran-empty`: the call has not settled and never will, since nothing is left to wait for. */
export type Told =
  | { readonly kind: 'begins' }
  | { readonly kind: 'ran-empty' }
  | {
      readonly kind: 'settled';
      readonly outcome: string;
      /** The promotion's id, where the outcome has one. */
      readonly id: string | null;
      readonly tookMs: number;
      /** Sockets, timers and requests that were not there before the call. */
      readonly open: readonly string[];
    };

interface Settled {
  readonly outcome: string;
  readonly id: string | null;
}

interface Client {
  warm(): Promise<unknown>;
  call(): Promise<Settled>;
  /** What a handler does before it returns. */
  end(): void;
}

const token = 'HRKU-00000000-0000-4000-8000-000000000000';
const turn = promisify(setImmediate);
/** Turns of the event loop after which a socket that is being closed is gone; one that is kept, or a timer, is not. */
const TURNS = 5;

async function sluice(url: string, method: Method): Promise<Client> {
  const { createHerokuReads } = await import('../../shared/heroku/client.ts');
  const { createPromote } = await import('../../shared/heroku/promote.ts');
  const { systemClock: clock } = await import('../../shared/clock.ts');
  const common = { url, token: () => token, deadlineMs: DEADLINE_MS };
  const reads = createHerokuReads({ ...common, clock, random: () => 0.5 });
  const promote = createPromote(common);
  return {
    warm: reads.apps,
    call: async () => {
      if (method === 'GET') return read(reads);
      const outcome = await promote({
        pipelineId: 'router',
        sourceAppId: 'qa',
        sourceReleaseId: 'release-1',
        targetAppIds: ['va'],
        attemptId: 'attempt-1',
        notAfter: Date.now() + 30_000,
      });
      return { outcome: outcome.kind, id: outcome.kind === 'accepted' ? outcome.promotionId : null };
    },
    // Only reads keep connections. A promotion must have closed its own by itself.
    end: reads.close,
  };
}

async function read(reads: HerokuReadsClient): Promise<Settled> {
  const outcome = await reads.apps().then(
    () => 'answer',
    (error: unknown) => word(error, 'code'),
  );
  return { outcome, id: null };
}

async function herokuClient(url: string, method: Method): Promise<Client> {
  const { default: Heroku } = await import('heroku-client');
  const heroku = new Heroku({ host: url, token, timeout: DEADLINE_MS });
  const body = {
    pipeline: { id: 'router' },
    source: { app: { id: 'qa' }, release: { id: 'release-1' } },
    targets: [{ app: { id: 'va' } }],
  };
  return {
    warm: () => heroku.get('/apps'),
    call: async () => {
      try {
        await (method === 'GET' ? heroku.get('/apps') : heroku.post('/pipeline-promotions', { body }));
        return { outcome: 'resolves', id: null };
      } catch (error) {
        return { outcome: `throws ${word(error, 'statusCode', 'code', 'name')}`, id: null };
      }
    },
    end: () => {},
  };
}

/** The first of these properties that says something; heroku-client's timeout has only its message. */
function word(error: unknown, ...keys: readonly string[]): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message.includes('took longer')) return 'timeout';
  const found = keys.map((key) => Reflect.get(error, key)).find((value) => value !== undefined);
  return String(found);
}

/** What is there now and was not before, each as often as it is. */
function added(before: readonly string[], now: readonly string[]): readonly string[] {
  const rest = [...before];
  return now.filter((name) => {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

async function tell(told: Told): Promise<void> {
  await new Promise((resolve) => process.send?.(told, resolve));
}

const [name = '', method = 'POST', url = '', warm = ''] = process.argv.slice(2);
const client = await (name === 'sluice' ? sluice : herokuClient)(url, method === 'GET' ? 'GET' : 'POST');
if (warm !== '') await client.warm();
await tell({ kind: 'begins' });
await turn();

const onEmpty = (): void => void tell({ kind: 'ran-empty' });
process.once('beforeExit', onEmpty);
const before = process.getActiveResourcesInfo();
const started = performance.now();
const settled = await client.call();
const tookMs = performance.now() - started;
client.end();
// Sluice's promotion promises more than the others: its socket is closed before it answers.
if (name !== 'sluice' || method === 'GET') for (let i = 0; i < TURNS; i += 1) await turn();
const open = added(before, process.getActiveResourcesInfo());
process.off('beforeExit', onEmpty);
// Whatever was left open now goes on, as it does in a sandbox that its platform keeps. The parent says when to leave.
process.once('message', () => process.disconnect());
await tell({ kind: 'settled', ...settled, tookMs, open });
