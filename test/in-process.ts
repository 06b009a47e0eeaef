// A table and a Heroku that are asked without sockets, for stories that last for weeks. Only the way there differs: the
// adapters are the real ones, and the table in memory is held to dynalite by the simulation's tests.

import type { Simulator } from '../infra/local/heroku/simulator.ts';
import type { exchangeOnce } from '../shared/heroku/exchange.ts';
import type { readOnce } from '../shared/heroku/transport.ts';
import { createDocumentTable, type Documents } from '../shared/table/dynamo.ts';
import type { EmbeddedTable } from '../shared/table/embedded.ts';
import { carryOut, Items } from './simulation/dynamo.ts';
import { answerOf, requestOf } from './simulation/heroku.ts';

/** It has no client: what is asked past the table's port has to use a real one. */
export function storeInProcess(): Pick<EmbeddedTable, 'table' | 'client' | 'close'> {
  const items = new Items();
  // As over the wire: nobody keeps what was handed over.
  const send = async (command: unknown) => structuredClone(carryOut(items, command));
  const table = createDocumentTable('sluice', { send } as unknown as Documents);
  return { table, client: undefined as never, close: async () => {} };
}

export function waysInProcess(heroku: Simulator): {
  readonly reads?: { readonly send: typeof readOnce };
  readonly posts?: { readonly send: typeof exchangeOnce };
} {
  return {
    reads: {
      send: async ({ path, token, range }) => answerOf(heroku.ask(requestOf('GET', path, token, range))),
    },
    posts: {
      send: async ({ path, headers, body }) => {
        const lower = Object.fromEntries(
          Object.entries(headers).map(([name, it]) => [name.toLowerCase(), it]),
        );
        const reply = heroku.ask({ method: 'POST', path, headers: lower, body: body ?? '' });
        return { kind: 'answer', status: reply.status, headers: reply.headers, text: reply.body };
      },
    },
  };
}
