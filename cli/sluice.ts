#!/usr/bin/env node
// `sluice`: the operator's command. Hands the machine's own ports to run().

import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { monotonicFactory } from 'ulid';
import { jsonText } from '../shared/json.ts';
import { endQuietly } from '../shared/local/pipe.ts';
import { tameLines } from '../shared/tame.ts';
import { calledAs } from './called.ts';
import { openData, openParameters } from './data.ts';
import { inputOf } from './input.ts';
import { run, wantsJson } from './run.ts';

const { env, stdout, stderr } = process;
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

function actor(): string {
  return env['SLUICE_ACTOR'] || `${env['USER'] || userName()}@${hostname()}`;
}

/** A container may run under a user that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}

endQuietly(process);

try {
  process.exitCode = await run(process.argv.slice(2), {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    // Node knows about NO_COLOR, FORCE_COLOR and what is no terminal.
    paper: { columns: stdout.columns ?? Number.POSITIVE_INFINITY, colour: styleText('red', 'x') !== 'x' },
    get input() {
      return inputOf(process.stdin);
    },
    open: (source) => openData(source, env),
    openParameters: (source) => openParameters(source, env),
    newId: monotonicFactory(),
    actor: actor(),
    version: manifest.version,
    called: calledAs({
      script: process.argv[1] ?? '',
      root: fileURLToPath(new URL('..', import.meta.url)),
      cwd: process.cwd(),
      path: env['PATH'] ?? '',
      npmScript: env['npm_lifecycle_event'],
    }),
  });
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isTold = env['SLUICE_DEBUG'] !== undefined;
  const told = isTold ? (stack ?? message) : `${message}\nSLUICE_DEBUG=1 tells where it happened.`;
  const isJson = wantsJson(process.argv.slice(2));
  stderr.write(isJson ? jsonText({ error: { message: told, usage: false } }) : tameLines(`${told}\n`));
  process.exitCode = 1;
}
