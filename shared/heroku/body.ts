// Reads the body of one answer, as text, or fails. Touches only the stream it is given.

import type { IncomingMessage } from 'node:http';

/** No answer Sluice asks for is near this; more is a broken server, and a function's memory is small. */
const maxCharacters = 16 * 1024 * 1024;

/**
 * The whole body, decoded as UTF-8 (a character split over two chunks stays whole).
 * Rejects when it is longer than `most` characters, and when the connection ends before the body does; node reports that as `error` or only as `close`.
 */
export function readBody(response: IncomingMessage, most = maxCharacters): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > most) {
        reject(new Error(`the answer is longer than ${most} characters`));
        response.destroy();
      }
    });
    response.on('end', () => resolve(text));
    response.on('error', () => reject(new Error('the answer was cut off')));
    response.on('close', () => reject(new Error('the answer was cut off')));
  });
}

/**
 * Why there is no answer, in a few words. Only the code of a system error is used: parser errors carry raw bytes of
 * the connection, which must not reach a log.
 */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return code ?? error.message;
}
