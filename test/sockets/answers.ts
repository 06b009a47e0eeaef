// What the fault server writes, right and wrong: a promotion, or a list of one app, whole, cut, slow or far too long.
// Writes to the sockets it is given.

import type { Socket } from 'node:net';

export type Method = 'GET' | 'POST';

export const PROMOTION_ID = '01234567-0000-4000-8000-00000000cafe';
const MEBIBYTES = 17;

const app = {
  id: '01234567-89ab-4def-8123-456789abcdef',
  name: 'router-qa01',
  maintenance: false,
  released_at: '2026-11-21T10:00:00Z',
};
const promotion = { id: PROMOTION_ID, status: 'pending', source: { release: { id: 'release-1' } } };

export const bodyOf = (method: Method): string => JSON.stringify(method === 'POST' ? promotion : [app]);
export const done = (method: Method): string => (method === 'POST' ? '201 Created' : '200 OK');

export function answer(status: string, body: string, ...headers: readonly string[]): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [`HTTP/1.1 ${status}`, 'Content-Type: application/json', length, ...headers, '', body].join('\r\n');
}

export const ok = (method: Method): string => answer(done(method), bodyOf(method));

/** The first half of a whole answer's body, under a header that promises all of it. */
export function half(method: Method): string {
  const whole = ok(method);
  return whole.slice(0, whole.length - Math.floor(bodyOf(method).length / 2));
}

export function chunkedHalf(method: Method): string {
  const body = bodyOf(method);
  const head = `HTTP/1.1 ${done(method)}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  return `${head}${body.length.toString(16)}\r\n${body.slice(0, 20)}`;
}

export function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(text.slice(at, at + 4));
    at += 4;
    if (at >= text.length) socket.end();
  }, 50);
  socket.on('close', () => clearInterval(timer));
}

/** 17 MiB, one more than a client of Sluice reads: the right answer, and then blanks. */
export function pour(socket: Socket, method: Method): void {
  const blanks = ' '.repeat(1024 * 1024);
  const body = bodyOf(method);
  const length = body.length + MEBIBYTES * blanks.length;
  socket.write(
    `HTTP/1.1 ${done(method)}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
  );
  socket.write(body);
  let left = MEBIBYTES;
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

export const hang = (): void => {};
export const reset = (socket: Socket): void => void socket.resetAndDestroy();

/** Not at once: by then the client is in the middle of the answer. */
export function resetAfter(socket: Socket, text: string): void {
  socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 50));
}

export const refusal = (status: string, id: string, ...headers: readonly string[]): string =>
  answer(status, JSON.stringify({ id, message: 'No.' }), ...headers);
