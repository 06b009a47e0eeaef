// What is typed or piped into the command: a secret comes this way, never as an argument, which others could see in the
// list of processes and in the shell's history. Touches standard input.

import type { ReadStream } from 'node:tty';
import { Refusal } from './errors.ts';

export interface Input {
  readonly isTerminal: boolean;
  /** Everything until the end, as UTF-8; what is typed at a terminal is not shown. Stops reading after 64 KB. */
  read(): Promise<string>;
}

const BYTES_MAX = 65_536;

export function inputOf(stdin: ReadStream): Input {
  const isTerminal = stdin.isTTY === true;
  return { isTerminal, read: () => (isTerminal ? typed(stdin) : piped(stdin)) };
}

async function piped(stdin: ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

const KEYS = { interrupt: '\u0003', end: '\u0004', erase: '\u007f', enter: '\r' } as const;

/** The terminal shows nothing of what it does not handle itself. */
async function typed(stdin: ReadStream): Promise<string> {
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of stdin) {
      for (const key of chunk as string) {
        if (key === KEYS.end) return text;
        if (key === KEYS.interrupt) throw new Refusal('Interrupted. Nothing was written.');
        if (key === KEYS.erase) text = [...text].slice(0, -1).join('');
        else text += key === KEYS.enter ? '\n' : key;
      }
      if (text.length > BYTES_MAX) break;
    }
    return text;
  } finally {
    stdin.setRawMode(false);
  }
}
