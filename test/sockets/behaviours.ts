// What a server, or the way to it, can do to one request, each as an entry of a table: how the fault server acts it out
// and what Sluice's clients must make of it. Writes to the sockets it is given.

import type { Socket } from 'node:net';

export type Method = 'GET' | 'POST';

/** What Sluice's clients get for a call, ms: long enough for a slow machine, short enough to see fifty of them end. */
export const DEADLINE_MS = 1_500;
/** How long a frozen client stands still, ms: longer than its deadline, as a sandbox between two runs does. */
export const FREEZE_MS = 2_500;
export const PROMOTION_ID = '01234567-0000-4000-8000-00000000cafe';

interface Expected {
  /** Requests the server may see, no more and no fewer. */
  readonly seen: number;
  readonly outcome: readonly string[];
}

export interface Behaviour {
  readonly name: string;
  /** `accept`: acts on the connection and reads nothing. `request`: acts once the whole request was read. */
  readonly at: 'accept' | 'request';
  act(socket: Socket, method: Method, isFirstOnConnection: boolean): void;
  /** The process of the client is stopped right after sending, or right after its call has settled. */
  readonly freeze?: 'sent' | 'settled';
  /** Another read goes before, whose connection is kept. */
  readonly warm?: true;
  /** Nothing listens until the client's deadline is over. */
  readonly refuses?: true;
  /** The answer says for certain that nothing was done. Only then may a client say so. */
  readonly nothingDone?: true;
  readonly post: Expected;
  readonly get: Expected;
}

const unknown: Expected = { seen: 1, outcome: ['unknown'] };
const accepted: Expected = { seen: 1, outcome: ['accepted'] };
const rejected: Expected = { seen: 1, outcome: ['rejected'] };
const answered: Expected = { seen: 1, outcome: ['answer'] };
const unavailable: Expected = { seen: 1, outcome: ['unavailable'] };
/** A passing fault of a read: two more tries, each on a connection of its own. */
const thrice: Expected = { seen: 3, outcome: ['unavailable'] };

const app = {
  id: '01234567-89ab-4def-8123-456789abcdef',
  name: 'router-qa01',
  maintenance: false,
  released_at: '2026-11-21T10:00:00Z',
};
const promotion = { id: PROMOTION_ID, status: 'pending', source: { release: { id: 'release-1' } } };

const bodyOf = (method: Method): string => JSON.stringify(method === 'POST' ? promotion : [app]);
const done = (method: Method): string => (method === 'POST' ? '201 Created' : '200 OK');

export function answer(status: string, body: string, ...headers: readonly string[]): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [`HTTP/1.1 ${status}`, 'Content-Type: application/json', length, ...headers, '', body].join('\r\n');
}

const ok = (method: Method): string => answer(done(method), bodyOf(method));

/** The first half of a whole answer's body, under a header that promises all of it. */
function half(method: Method): string {
  const whole = ok(method);
  return whole.slice(0, whole.length - Math.floor(bodyOf(method).length / 2));
}

function chunkedHalf(method: Method): string {
  const body = bodyOf(method);
  const head = `HTTP/1.1 ${done(method)}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  return `${head}${body.length.toString(16)}\r\n${body.slice(0, 20)}`;
}

function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(text.slice(at, at + 4));
    at += 4;
    if (at >= text.length) socket.end();
  }, 50);
  socket.on('close', () => clearInterval(timer));
}

/** 24 MiB: the right answer, and then blanks. */
function pour(socket: Socket, method: Method): void {
  const blanks = ' '.repeat(1024 * 1024);
  const body = bodyOf(method);
  const length = body.length + 24 * blanks.length;
  socket.write(
    `HTTP/1.1 ${done(method)}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
  );
  socket.write(body);
  let left = 24;
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= 1;
      if (!socket.write(blanks)) return;
    }
    socket.end();
  };
  socket.on('drain', more);
  more();
}

/** Not at once: by then the client is in the middle of the answer. */
function resetAfter(socket: Socket, text: string): void {
  socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 50));
}

const refusal = (status: string, id: string, ...headers: readonly string[]): string =>
  answer(status, JSON.stringify({ id, message: 'No.' }), ...headers);

export const behaviours: readonly Behaviour[] = [
  { name: 'accepts, reads nothing', at: 'accept', act: () => {}, post: unknown, get: unavailable },
  { name: 'reads, never answers', at: 'request', act: () => {}, post: unknown, get: unavailable },
  {
    name: 'resets before reading',
    at: 'accept',
    act: (socket) => socket.resetAndDestroy(),
    post: unknown,
    get: thrice,
  },
  {
    name: 'resets after reading',
    at: 'request',
    act: (socket) => socket.resetAndDestroy(),
    post: unknown,
    get: thrice,
  },
  {
    name: 'resets amid the answer',
    at: 'request',
    act: (socket, method) => resetAfter(socket, half(method)),
    post: unknown,
    get: thrice,
  },
  {
    name: 'drips past the deadline',
    at: 'request',
    act: (socket, method) => drip(socket, ok(method)),
    post: unknown,
    get: unavailable,
  },
  {
    name: 'cuts a body of known length',
    at: 'request',
    act: (socket, method) => socket.end(half(method)),
    post: unknown,
    get: thrice,
  },
  {
    name: 'cuts a chunked body',
    at: 'request',
    act: (socket, method) => socket.end(chunkedHalf(method)),
    post: unknown,
    get: thrice,
  },
  {
    name: '503 with a body',
    at: 'request',
    act: (socket) => socket.end(refusal('503 Service Unavailable', 'maintenance')),
    post: unknown,
    get: thrice,
  },
  {
    name: '503 without a body',
    at: 'request',
    act: (socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'),
    post: unknown,
    get: thrice,
  },
  {
    name: '429 with Retry-After',
    at: 'request',
    act: (socket) => socket.end(refusal('429 Too Many Requests', 'rate_limit', 'Retry-After: 1')),
    nothingDone: true,
    post: rejected,
    get: { seen: 1, outcome: ['rate-limited'] },
  },
  {
    name: '422',
    at: 'request',
    act: (socket) => socket.end(refusal('422 Unprocessable Content', 'invalid_params')),
    nothingDone: true,
    post: rejected,
    get: { seen: 1, outcome: ['refused'] },
  },
  {
    name: '307 to the same place',
    at: 'request',
    act: (socket, method) => {
      const location = method === 'POST' ? '/pipeline-promotions' : '/apps';
      socket.end(answer('307 Temporary Redirect', '{}', `Location: ${location}`));
    },
    post: unknown,
    get: unavailable,
  },
  {
    name: '2xx without an id',
    at: 'request',
    act: (socket, method) => socket.end(answer(done(method), method === 'POST' ? '{}' : '[{}]')),
    post: unknown,
    get: unavailable,
  },
  {
    name: '2xx, garbled JSON',
    at: 'request',
    act: (socket, method) => socket.end(answer(done(method), bodyOf(method).replace(':', ''))),
    post: unknown,
    get: unavailable,
  },
  {
    name: '2xx, connection kept open',
    at: 'request',
    act: (socket, method) => void socket.write(ok(method)),
    post: accepted,
    get: answered,
  },
  {
    name: '2xx in HTTP/1.0',
    at: 'request',
    act: (socket, method) => {
      socket.end(`HTTP/1.0 ${done(method)}\r\nContent-Type: application/json\r\n\r\n${bodyOf(method)}`);
    },
    post: accepted,
    get: answered,
  },
  {
    name: '2xx after 103 and 102',
    at: 'request',
    act: (socket, method) => {
      const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n';
      socket.write(hints, () => setTimeout(() => socket.end(ok(method)), 50));
    },
    post: accepted,
    get: answered,
  },
  {
    name: 'switches protocols',
    at: 'request',
    act: (socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n');
    },
    post: unknown,
    get: thrice,
  },
  {
    name: 'closes without a byte',
    at: 'request',
    act: (socket) => void socket.end(),
    post: unknown,
    get: thrice,
  },
  {
    name: 'refuses, is up again later',
    at: 'request',
    refuses: true,
    act: (socket, method) => socket.end(ok(method)),
    post: { seen: 0, outcome: ['unknown'] },
    get: { seen: 0, outcome: ['unavailable'] },
  },
  {
    name: 'kept connection is dead',
    at: 'request',
    warm: true,
    act: (socket, method, isFirstOnConnection) => {
      if (isFirstOnConnection) socket.end(ok(method));
      else socket.resetAndDestroy();
    },
    post: accepted,
    get: { seen: 2, outcome: ['answer'] },
  },
  { name: '2xx, 24 MiB of it', at: 'request', act: pour, post: unknown, get: thrice },
  {
    name: 'client frozen, no answer',
    at: 'request',
    freeze: 'sent',
    act: () => {},
    post: unknown,
    get: unavailable,
  },
  {
    name: 'client frozen, reset meanwhile',
    at: 'request',
    freeze: 'sent',
    act: (socket) => void setTimeout(() => socket.resetAndDestroy(), FREEZE_MS / 2),
    post: unknown,
    get: unavailable,
  },
  {
    name: 'client frozen, answered meanwhile',
    at: 'request',
    freeze: 'sent',
    act: (socket, method) => void setTimeout(() => socket.end(ok(method)), FREEZE_MS / 2),
    // Thawed, it finds both its deadline and the answer; whichever it takes up first, it says the truth.
    post: { seen: 1, outcome: ['accepted', 'unknown'] },
    get: { seen: 1, outcome: ['answer', 'unavailable'] },
  },
  {
    name: 'frozen after it settled',
    at: 'request',
    freeze: 'settled',
    act: () => {},
    post: unknown,
    get: unavailable,
  },
];
