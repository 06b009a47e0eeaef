// One HTTP request, sent once, on a connection of its own, that leaves nothing behind. For the promotion, which must
// never be repeated, for the status page and for GitHub. Touches the network.

import type { ClientRequest, IncomingHttpHeaders } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { networkReason, readBody } from './body.ts';

export interface ExchangeRequest {
  readonly origin: URL;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For everything: name lookup, connection, request, answer to its last byte. */
  readonly deadlineMs: number;
  /** The longest answer that is read, in characters; absent: 16 million. */
  readonly charactersMax?: number;
}

/**
 * `answer`: a status line, headers and a whole body arrived. `none`: they did not, and `reason` says what happened;
 * the server may have got the request all the same, unless `sent` is false.
 */
export type ExchangeResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
    }
  | { readonly kind: 'none'; readonly sent: boolean; readonly reason: string };

/** Sends one request. Never throws, never sends again, and resolves when its socket is closed and its timer gone. */
export function exchangeOnce(request: ExchangeRequest): Promise<ExchangeResult> {
  let outgoing: ClientRequest;
  try {
    outgoing = open(request);
  } catch (error) {
    return Promise.resolve({ kind: 'none', sent: false, reason: networkReason(error) });
  }
  return new Promise((resolve) => {
    let result: ExchangeResult | null = null;
    let connected = false;
    let answering = false;
    let bareOpen = false;
    const finish = (): void => {
      if (result !== null && outgoing.closed && !bareOpen) resolve(result);
    };
    const settle = (outcome: ExchangeResult): void => {
      clearTimeout(timer);
      result ??= outcome;
      outgoing.destroy();
      finish();
    };
    const fail = (error: unknown): void =>
      settle({ kind: 'none', sent: connected, reason: networkReason(error) });
    const timer = setTimeout(() => {
      fail(new Error(`no complete answer within ${Math.round(request.deadlineMs)} ms`));
    }, request.deadlineMs);

    outgoing.on('socket', (socket) => {
      socket.once(request.origin.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    outgoing.on('error', fail);
    // A server that switches protocols hands over a bare socket, which node leaves to the listener to close and which
    // is not closed by the time the request is.
    outgoing.on('upgrade', (_, socket) => {
      bareOpen = true;
      socket.once('close', () => {
        bareOpen = false;
        finish();
      });
      socket.destroy();
      fail(new Error('the server switched protocols'));
    });
    outgoing.on('response', (response) => {
      answering = true;
      readBody(response, request.charactersMax).then((text) => {
        settle({ kind: 'answer', status: response.statusCode ?? 0, headers: response.headers, text });
      }, fail);
    });
    outgoing.on('close', () => {
      // The end of a body that is already here may be reported after this, so only a missing answer settles now.
      if (!answering) fail(new Error('the connection was closed without an answer'));
      finish();
    });
    outgoing.end(request.body ?? undefined);
  });
}

function open(request: ExchangeRequest): ClientRequest {
  const send = request.origin.protocol === 'https:' ? https.request : http.request;
  const length = request.body === null ? {} : { 'Content-Length': String(Buffer.byteLength(request.body)) };
  return send(new URL(request.path, request.origin), {
    method: request.method,
    // No agent: no kept-alive socket that the server may already have closed, and none left open afterwards.
    agent: false,
    headers: { ...request.headers, ...length, Connection: 'close' },
  });
}
