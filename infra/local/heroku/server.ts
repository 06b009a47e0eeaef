// The simulated API on a socket: reads requests, writes replies, and cuts them where a fault says so.
// Listens on 127.0.0.1 and nowhere else.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Reply, Request } from './api.ts';

const HOST = '127.0.0.1';
const BODY_BYTES_MAX = 1_000_000;

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export function handler(ask: (request: Request) => Reply): Handle {
  return (request, response) => {
    void readBody(request)
      .then((body) => send(response, ask(toRequest(request, body))))
      .catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'application/json' });
        const message = error instanceof Error ? error.message : String(error);
        response.end(JSON.stringify({ id: 'internal_server_error', message }));
      });
  };
}

export async function listen(handle: Handle, port: number): Promise<{ server: Server; url: string }> {
  const server = createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator is not on a TCP port');
  return { server, url: `http://${HOST}:${address.port}` };
}

export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Requests that a fault left hanging would keep it open for ever.
  server.closeAllConnections();
  await closed;
}

function toRequest(request: IncomingMessage, body: string): Request {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
  return { method: request.method ?? 'GET', path: request.url ?? '/', headers, body };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('the request body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
  if (reply.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
  switch (reply.cut) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'truncate':
      writeHead(response, reply);
      // Only once the half has left, or the client would see a reset before any byte.
      response.write(reply.body.slice(0, Math.floor(reply.body.length / 2)), () =>
        response.socket?.destroy(),
      );
      return;
    case null:
      writeHead(response, reply);
      response.end(reply.body);
  }
}

function writeHead(response: ServerResponse, reply: Reply): void {
  const length = reply.status === 304 ? {} : { 'Content-Length': Buffer.byteLength(reply.body) };
  response.writeHead(reply.status, { ...reply.headers, ...length });
}
