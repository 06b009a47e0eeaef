// Plants bugs, one at a time, in a copy of the project, and counts the seeds until the simulation there finds each.

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Bug } from './bugs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SEEDS_MAX = 200;

export interface Hunt {
  readonly name: string;
  /** How many seeds it took; null: it was not found. */
  readonly seeds: number | null;
  readonly violation: string;
}

/** Applies the bug to a copy of the project and runs seeds there until one of them finds it. */
export async function hunt(
  { name, edits, aim }: Bug,
  firstSeed: number,
  seedsMax = SEEDS_MAX,
): Promise<Hunt> {
  const copy = mkdtempSync(join(tmpdir(), 'sluice-planted-'));
  const remove = (): void => rmSync(copy, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    for (const folder of ['shared', 'functions', 'infra/local', 'test/simulation', 'package.json']) {
      cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const { file, find, put } of edits) {
      const text = readFileSync(join(copy, file), 'utf8');
      if (text.split(find).length !== 2) throw new Error(`${name}: ${file} has not exactly one ${find}`);
      writeFileSync(
        join(copy, file),
        text.replace(find, () => put),
      );
    }
    const { simulate } = (await import(
      pathToFileURL(join(copy, 'test/simulation/simulation.ts')).href
    )) as typeof import('./simulation.ts');
    for (let seeds = 1; seeds <= seedsMax; seeds += 1) {
      const report = await simulate({ seed: firstSeed + seeds - 1, hours: 3, pipelines: 2, aim });
      if (report.violation !== null) {
        return { name, seeds, violation: `${report.violation.rule}: ${report.violation.what}` };
      }
    }
    return { name, seeds: null, violation: '' };
  } finally {
    process.off('exit', remove);
    remove();
  }
}
