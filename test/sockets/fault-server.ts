// The fault server: HTTP by hand on a loopback socket, so that it can do what no HTTP library lets a server do. One for
// each cell of the table; it answers what comes before the request in question well, and counts that request.

import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, type Method, PROMOTION_ID } from './answers.ts';
import { type Behaviour, DEADLINE_MS } from './behaviours.ts';

export interface FaultServer {
  readonly url: string;
  /** When each request in question came, by `performance.now()`; for a connection that is not read, when it did. */
  readonly seen: readonly number[];
  /** The client begins. A server that refuses connections comes up again when the client's deadline is over. */
  begun(): void;
  /** Connections that the client still has, once it had a second to close them. */
  kept(): Promise<number>;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly behaviour: Behaviour;
  readonly method: Method;
  /** What the client asks before, if anything: the CLI reads the pipeline; a warm client makes one read. */
  readonly before: 'nothing' | 'read' | 'pipeline';
  readonly onSeen: () => void;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly length: number;
}

/** Serves one cell. The requests it counts are `POST /pipeline-promotions`, or `GET /apps`. */
export async function startFaultServer(options: ServerOptions): Promise<FaultServer> {
  const { behaviour, method, before } = options;
  const seen: number[] = [];
  const sockets = new Set<Socket>();
  let isArmed = before === 'nothing';
  let isOver = false;
  let server = net.createServer();
  let port = 0;
  let reopening: NodeJS.Timeout | undefined;

  const note = (): void => {
    seen.push(performance.now());
    options.onSeen();
  };

  const listen = async (): Promise<void> => {
    server = net.createServer({ pauseOnConnect: true }, serve);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };

  const refuseForAWhile = (): void => {
    server.close();
    reopening = setTimeout(() => {
      if (!isOver) void listen();
    }, DEADLINE_MS + 500);
  };

  function serve(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    if (isArmed && behaviour.at === 'accept') {
      note();
      behaviour.act(socket, method, true);
      return;
    }
    let text = '';
    let count = 0;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let request = firstOf(text); request !== null; request = firstOf(text)) {
        text = text.slice(request.length);
        count += 1;
        respond(socket, request, count === 1);
      }
    });
    socket.resume();
  }

  function respond(socket: Socket, request: Request, isFirst: boolean): void {
    const target = method === 'POST' ? '/pipeline-promotions' : '/apps';
    if (isArmed && request.method === method && request.path === target) {
      note();
      behaviour.act(socket, method, isFirst);
      return;
    }
    const isLast = before === 'read' || request.path === '/filters/apps';
    if (isLast && !isArmed) {
      isArmed = true;
      if (behaviour.refuses) refuseForAWhile();
    }
    const body = goodBody(request.path);
    // The request in question comes on a connection of its own, unless a kept one is what is tried.
    if (behaviour.warm) socket.write(answer('200 OK', body));
    else socket.end(answer('200 OK', body, 'Connection: close'));
  }

  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    begun: () => {
      if (behaviour.refuses && isArmed) refuseForAWhile();
    },
    kept: async () => {
      // What is not read is not seen to end.
      for (const socket of sockets) socket.resume();
      for (let i = 0; i < 50 && sockets.size > 0; i += 1) await sleep(20);
      return sockets.size;
    },
    close: async () => {
      isOver = true;
      clearTimeout(reopening);
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The request that the text begins with, once all of it is there. */
function firstOf(text: string): Request | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const length = end + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const [method = '', path = ''] = head.split(' ');
  return text.length < length ? null : { method, path, length };
}

/** A pipeline of two apps, as far as `heroku pipelines:promote --app qa` asks; for any other path, an empty list. */
function goodBody(path: string): string {
  const [qa, production] = ['qa', 'va'].map((id) => ({ id, name: id, app: { id } }));
  const answers: Readonly<Record<string, unknown>> = {
    '/apps/qa/pipeline-couplings': { ...qa, pipeline: { id: 'router', name: 'router' }, stage: 'staging' },
    '/pipelines/router/pipeline-couplings': [
      { ...qa, stage: 'staging' },
      { ...production, stage: 'production' },
    ],
    '/filters/apps': [qa, production],
    [`/pipeline-promotions/${PROMOTION_ID}/promotion-targets`]: [{ app: { id: 'va' }, status: 'succeeded' }],
  };
  return JSON.stringify(answers[path] ?? []);
}
