// Who may talk to the embedded table: dynalite answers every page of a browser and every key, so what is not ours is
// refused before it gets there.

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Puts the gate before everything that the server answers; `key` is the access key id of the run. */
export function gate(server: Server, key: string): void {
  const handlers = server.listeners('request') as Handler[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const reason = refusalOf(request, (server.address() as AddressInfo | null)?.port, key);
    if (reason !== null) return refuse(request, response, reason);
    for (const handle of handlers) handle(request, response);
    // Dynalite throws when somebody hangs up in the middle, which would end the run.
    request.removeAllListeners('error').on('error', () => {});
  });
}

/** Why a request is not from `sluice` or the run itself; null for one that is. */
function refusalOf({ headers }: IncomingMessage, port: number | undefined, key: string): string | null {
  // A page reaches 127.0.0.1 also by a name of its own that it points there.
  if (headers.host !== `127.0.0.1:${port}`) return 'the Host is another';
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return 'it is from a web page';
  const [, id = ''] = /\bCredential=([^/,\s]*)\//.exec(headers.authorization ?? '') ?? [];
  return isSame(id, key) ? null : 'it has not the key of this run';
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function refuse(request: IncomingMessage, response: ServerResponse, reason: string): void {
  // Nothing of the body is read.
  request.on('error', () => {});
  const type = 'com.amazon.coral.service#AccessDeniedException';
  const message = `The embedded table of a local run answers only sluice and the run itself; ${reason}.`;
  response.writeHead(403, { 'content-type': 'application/x-amz-json-1.0', connection: 'close' });
  response.end(JSON.stringify({ __type: type, message }));
}
