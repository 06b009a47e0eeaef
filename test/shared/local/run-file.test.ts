// The word that a local run leaves of itself: it holds the key to the run's table, so only its owner may read it.

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readRunFile, writeRunFile } from '../../../shared/local/run-file.ts';

it('is for its owner alone, also where a file of another run lay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'run.json'), '{}', { mode: 0o644 });
  writeFileSync(join(folder, `run.json.${process.pid}`), '{}', { mode: 0o644 });
  const clock = { at: 1, realAt: 1, rate: 1 };
  const run = { pid: process.pid, tableEndpoint: 'http://127.0.0.1:9', tableKey: 'k', herokuUrl: '', clock };
  writeRunFile(folder, run);
  expect(statSync(join(folder, 'run.json')).mode & 0o777).toBe(0o600);
  expect(readRunFile(folder)).toEqual(run);
});
