// The webhook's Function URL on one machine: HTTP on loopback, turned into the event that Lambda would send.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The parts of a Function URL's event (payload format 2.0) that the webhook reads. */
export interface UrlEvent {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: { readonly http: { readonly method: string } };
}

export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WebhookServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Lambda takes 6 MB of request; the webhook refuses far less by itself. */
const BODY_BYTES_MAX = 6 * 1024 * 1024;

/** Listens on `port` of 127.0.0.1, or on any free one when that is taken. */
export async function listenForWebhooks(
  port: number,
  handle: (event: UrlEvent) => Promise<UrlAnswer>,
): Promise<WebhookServer> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const answer =
        body === null
          ? { statusCode: 413, body: '{"error":"The body is larger than 6 MB."}' }
          : await handle(eventOf(request, body));
      response.writeHead(answer.statusCode, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body ?? '');
    })().catch(() => (response.headersSent ? response.destroy() : response.writeHead(500).end()));
  });
  const listening = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!listening) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function eventOf(request: IncomingMessage, body: Buffer): UrlEvent {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    rawPath: new URL(request.url ?? '/', 'http://localhost').pathname,
    headers: Object.fromEntries(headers),
    body: body.toString('base64'),
    isBase64Encoded: true,
    requestContext: { http: { method: request.method ?? 'GET' } },
  };
}
