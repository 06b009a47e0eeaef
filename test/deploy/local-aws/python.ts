// The two programs in Python that the deploy tests use, in a virtual environment of their own below build/: made once,
// and again whenever requirements.txt changes. Reaches PyPI.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, runWell } from './child.ts';

export interface PythonPrograms {
  /** A local AWS. */
  readonly ministack: string;
  /** Checks a CloudFormation template against AWS's own schemas. */
  readonly cfnLint: string;
}

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** @throws Error that says what is missing. There is no doing without: a deploy test that is skipped shows nothing. */
export async function pythonPrograms(): Promise<PythonPrograms> {
  const digest = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = join(ROOT, 'build', 'python', digest);
  // Written last: half an environment is made again.
  const done = join(folder, 'done');
  if (!existsSync(done)) {
    rmSync(join(ROOT, 'build', 'python'), { recursive: true, force: true });
    mkdirSync(join(ROOT, 'build', 'python'), { recursive: true });
    await make(folder);
    writeFileSync(done, '');
  }
  return { ministack: join(folder, 'bin', 'ministack'), cfnLint: join(folder, 'bin', 'cfn-lint') };
}

async function make(folder: string): Promise<void> {
  // pip needs what this machine says about certificates, proxies and indexes.
  const options = { env: process.env, seconds: 600 };
  const version = await run('python3', ['--version'], options).catch(() => null);
  if (version?.status !== 0) {
    throw new Error(
      'npm run test:deploy needs Python, for its local AWS: found no python3 on the path, expected 3.11 or newer.',
    );
  }
  await runWell('python3', ['-m', 'venv', folder], options).catch((error: unknown) => {
    throw new Error(`Python has no venv here. On Debian and Ubuntu: apt install python3-venv\n${error}`);
  });
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '-r', REQUIREMENTS];
  await runWell(join(folder, 'bin', 'python'), pip, options).catch((error: unknown) => {
    throw new Error(`The local AWS could not be installed. Can PyPI be reached from here?\n${error}`);
  });
}
