// House rules that no linter knows: which folder may import which, and who may touch the machine.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

const files = ['shared', 'functions', 'cli', 'infra'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => join(folder, file)),
);
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The project's own files that a file imports, from the root. */
function importsOf(file: string): readonly string[] {
  return [...textOf(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) =>
    relative(ROOT, join(ROOT, dirname(file), match[1] ?? '')),
  );
}

function packagesOf(file: string): readonly string[] {
  return [...textOf(file).matchAll(/^import [^;]*?from '([^.'][^']*)'/gms)].map((match) => match[1] ?? '');
}

const offenders = (from: RegExp, isBad: (imported: string) => boolean): readonly string[] =>
  files
    .filter((file) => from.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter(isBad)
        .map((imported) => `${file} imports ${imported}`),
    );

describe('imports', () => {
  it('go one way: infra -> functions -> shared, cli -> shared', () => {
    expect(offenders(/^shared\//, (to) => !to.startsWith('shared/') && to !== 'package.json')).toEqual([]);
    expect(offenders(/^functions\//, (to) => !/^(functions|shared)\//.test(to))).toEqual([]);
    expect(offenders(/^cli\//, (to) => !/^(cli|shared)\//.test(to) && to !== 'package.json')).toEqual([]);
  });

  it('leave the domain with nothing but itself', () => {
    expect(offenders(/^shared\/domain\//, (to) => !to.startsWith('shared/domain/'))).toEqual([]);
    const packages = files
      .filter((file) => file.startsWith('shared/domain/'))
      .flatMap((file) => packagesOf(file).map((name) => `${file} imports ${name}`));
    expect(packages).toEqual([]);
  });
});

describe('the machine', () => {
  const pure = files.filter((file) =>
    /^shared\/(domain|checks|scan|promotion|operations|explain)\//.test(file),
  );

  it.each([
    { banned: /\bDate\.now\(|new Date\(\)/, instead: 'the Clock port' },
    { banned: /\bMath\.random\(|\brandomUUID\(/, instead: 'the newId port' },
    { banned: /\bprocess\./, instead: 'an option from the entry point' },
    { banned: /\bfetch\(|node:https?'/, instead: 'a port of shared/heroku' },
    { banned: /\bset(Timeout|Interval)\(/, instead: 'Clock.sleep' },
  ])('is not touched by what decides: $banned; use $instead', ({ banned }) => {
    expect(pure.filter((file) => banned.test(textOf(file)))).toEqual([]);
  });
});

describe('every file', () => {
  it('says first what it is', () => {
    const silent = files.filter((file) => !/^(#!.*\n)?\/\/ \S/.test(textOf(file)));
    expect(silent).toEqual([]);
  });

  it('can be held in mind: at most 300 lines', () => {
    expect(files.filter((file) => textOf(file).split('\n').length > 300)).toEqual([]);
  });
});
