// Small servers for the tests of the Heroku clients: one that speaks HTTP, one that can break it. Loopback only.

import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../shared/clock.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  /** Requests in the order they came. */
  readonly requests: Seen[];
  /** Connections accepted so far. */
  connections(): number;
  /** Connections open now. */
  open(): number;
}

type Handler = (request: Seen, response: http.ServerResponse, index: number) => void;

/** Serves `handler` until the test ends. */
export async function serve(handler: Handler): Promise<TestServer> {
  const requests: Seen[] = [];
  const server = http.createServer((incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      body += chunk;
    });
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      const seen = { method, path, headers, body };
      handler(seen, response, requests.push(seen) - 1);
    });
  });
  return { requests, ...(await listen(server)) };
}

/** Answers each connection with `behave` once a whole request has been read; counts requests by their first line. */
export async function serveRaw(behave: (socket: net.Socket) => void): Promise<TestServer> {
  const requests: Seen[] = [];
  const server = net.createServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      const whole = wholeRequest(text);
      if (whole === null) return;
      text = '';
      requests.push(whole);
      behave(socket);
    });
  });
  return { requests, ...(await listen(server)) };
}

function wholeRequest(text: string): Seen | null {
  const [head, body] = text.split('\r\n\r\n');
  if (head === undefined || body === undefined) return null;
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const [method = '', path = ''] = head.split(' ');
  return Buffer.byteLength(body) < length ? null : { method, path, headers: {}, body };
}

async function listen(server: net.Server): Promise<Omit<TestServer, 'requests'>> {
  let accepted = 0;
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, connections: () => accepted, open: () => sockets.size };
}

/** Answers JSON. */
export function json(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A whole HTTP answer as text. */
export function rawAnswer(status: number, body: string): string {
  return `HTTP/1.1 ${status} X\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A clock that stands still until told to move; sleeping moves it and takes no time. */
export function testClock(start = Date.parse('2026-11-21T10:00:00Z')): Clock & {
  advance(ms: number): void;
  readonly slept: number[];
} {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
    advance: (ms) => {
      now += ms;
    },
  };
}

/** The port of a server that has gone. */
export async function deadUrl(): Promise<string> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
