// How the commands of the simulation read what is typed, and end: 2 for wrong usage.

import { type ParseArgsConfig, parseArgs } from 'node:util';

export class UsageError extends Error {}

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;

/** @throws UsageError for an option that there is not, or one that lacks its value. */
export function optionsOf<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A seed, or how many of something. @throws UsageError for anything else. */
export function wholeNumber(option: string, typed: string | undefined, otherwise: number): number {
  if (typed === undefined) return otherwise;
  const least = option === 'seed' ? 0 : 1;
  if (/^\d{1,9}$/.test(typed) && Number(typed) >= least) return Number(typed);
  throw new UsageError(`--${option}: found ${typed}, expected a whole number from ${least} to 999999999`);
}

/** Runs a command as the process that it is. `script`: what it is to npm. */
export async function runCommand(main: (args: string[]) => Promise<number>, script: string): Promise<void> {
  // `… --trace | head` closes the pipe early, and that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nnpm run ${script} -- --help shows how.\n`);
    process.exitCode = 2;
  }
}
