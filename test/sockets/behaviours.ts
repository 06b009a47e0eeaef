// What a server, or the way to it, can do to one request, each as an entry of a table: how the fault server acts it out
// and what Sluice's clients must make of it. Writes to the sockets it is given.

import type { Socket } from 'node:net';
import {
  answer,
  bodyOf,
  chunkedHalf,
  done,
  drip,
  half,
  hang,
  type Method,
  ok,
  pour,
  refusal,
  reset,
  resetAfter,
} from './answers.ts';

/** What Sluice's clients get for a call, ms: long enough for a slow machine, short enough to see fifty of them end. */
export const DEADLINE_MS = 1_500;
/** How long a frozen client stands still, ms: longer than its deadline, as a sandbox between two runs does. */
export const FREEZE_MS = 2_500;

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
  /** A whole answer: nobody repeats after it. The CLI, which is slow to start, is not run. */
  readonly answers?: true;
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

export const behaviours: readonly Behaviour[] = [
  { name: 'accepts, reads nothing', at: 'accept', act: hang, post: unknown, get: unavailable },
  { name: 'reads, never answers', at: 'request', act: hang, post: unknown, get: unavailable },
  { name: 'resets before reading', at: 'accept', act: reset, post: unknown, get: thrice },
  { name: 'resets after reading', at: 'request', act: reset, post: unknown, get: thrice },
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
    answers: true,
    act: (socket) => socket.end(refusal('503 Service Unavailable', 'maintenance')),
    post: unknown,
    get: thrice,
  },
  {
    name: '503 without a body',
    at: 'request',
    answers: true,
    act: (socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'),
    post: unknown,
    get: thrice,
  },
  {
    name: '429 with Retry-After',
    at: 'request',
    answers: true,
    act: (socket) => socket.end(refusal('429 Too Many Requests', 'rate_limit', 'Retry-After: 1')),
    nothingDone: true,
    post: rejected,
    get: { seen: 1, outcome: ['rate-limited'] },
  },
  {
    name: '422',
    at: 'request',
    answers: true,
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
    answers: true,
    act: (socket, method) => socket.end(answer(done(method), method === 'POST' ? '{}' : '[{}]')),
    post: unknown,
    get: unavailable,
  },
  {
    name: '2xx, garbled JSON',
    at: 'request',
    answers: true,
    act: (socket, method) => socket.end(answer(done(method), bodyOf(method).replace(':', ''))),
    post: unknown,
    get: unavailable,
  },
  {
    name: '2xx, connection kept open',
    at: 'request',
    answers: true,
    act: (socket, method) => void socket.write(ok(method)),
    post: accepted,
    get: answered,
  },
  {
    name: '2xx in HTTP/1.0',
    at: 'request',
    answers: true,
    act: (socket, method) => {
      socket.end(`HTTP/1.0 ${done(method)}\r\nContent-Type: application/json\r\n\r\n${bodyOf(method)}`);
    },
    post: accepted,
    get: answered,
  },
  {
    name: '2xx after 103 and 102',
    at: 'request',
    answers: true,
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
  { name: '2xx, 17 MiB of it', at: 'request', answers: true, act: pour, post: unknown, get: thrice },
  {
    name: 'client frozen, no answer',
    at: 'request',
    freeze: 'sent',
    act: hang,
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
    act: hang,
    post: unknown,
    get: unavailable,
  },
];
