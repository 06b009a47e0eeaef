// `npm run bundles`: what each function's bundle weighs and what is in it, against bundles.json, so that a new
// dependency shows before it is deployed. `-- --write` records what is there now.

import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { bundle, FUNCTIONS, type FunctionName } from './bundle.ts';

/** Bytes, minified; `packages` by name, Sluice's own code as `sluice`. */
export interface BundleFigures {
  readonly bytes: number;
  readonly gzipped: number;
  readonly packages: Readonly<Record<string, number>>;
}

export type Figures = Readonly<Record<FunctionName, BundleFigures>>;

const RECORD = new URL('bundles.json', import.meta.url);
/** A bundle may grow by this much without anybody being asked: code grows. */
const GROWTH_MAX = 0.02;

export function measure(): Figures {
  const entries = FUNCTIONS.map((name): [FunctionName, BundleFigures] => {
    const { bytes, metafile } = bundle(name);
    return [name, { bytes: bytes.length, gzipped: gzipSync(bytes).length, packages: packagesOf(metafile) }];
  });
  return Object.fromEntries(entries) as Figures;
}

function packagesOf({ outputs }: Metafile): Record<string, number> {
  const sizes = new Map<string, number>();
  const main = Object.entries(outputs).find(([file]) => file.endsWith('.mjs'));
  for (const [file, { bytesInOutput }] of Object.entries(main?.[1].inputs ?? {})) {
    const name = packageOf(file);
    sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
  }
  return Object.fromEntries([...sizes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `node_modules/a/node_modules/@b/c/index.js` belongs to `@b/c`. */
function packageOf(file: string): string {
  const [, inner] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
  return inner ?? 'sluice';
}

/** One line for each thing that differs from the record; none: all is as recorded. */
export function differences(recorded: Figures, now: Figures): readonly string[] {
  return FUNCTIONS.flatMap((name) => {
    const [before, after] = [recorded[name], now[name]];
    if (before === undefined) return [`${name}: not recorded`];
    const added = Object.keys(after.packages).filter((one) => !(one in before.packages));
    const gone = Object.keys(before.packages).filter((one) => !(one in after.packages));
    const growth = after.bytes / before.bytes - 1;
    return [
      ...added.map((one) => `${name}: now contains ${one} (${after.packages[one]} bytes)`),
      ...gone.map((one) => `${name}: no longer contains ${one}`),
      ...(growth > GROWTH_MAX
        ? [`${name}: ${after.bytes} bytes, recorded are ${before.bytes} (+${(growth * 100).toFixed(1)} %)`]
        : []),
    ];
  });
}

function table(figures: Figures): string {
  return FUNCTIONS.map((name) => {
    const { bytes, gzipped, packages } = figures[name];
    const list = Object.entries(packages)
      .sort(([, a], [, b]) => b - a)
      .map(([one, size]) => `  ${String(size).padStart(8)}  ${one}`);
    return [`${name}: ${bytes} bytes, ${gzipped} gzipped, ${list.length} packages`, ...list].join('\n');
  }).join('\n\n');
}

export function main(args: readonly string[]): number {
  const now = measure();
  process.stdout.write(`${table(now)}\n\n`);
  if (args.includes('--write')) {
    writeFileSync(RECORD, `${JSON.stringify(now, null, 2)}\n`);
    process.stdout.write('Recorded in infra/bundles.json.\n');
    return 0;
  }
  const found = differences(JSON.parse(readFileSync(RECORD, 'utf8')) as Figures, now);
  if (found.length === 0) {
    process.stdout.write('As recorded in infra/bundles.json.\n');
    return 0;
  }
  process.stderr.write(`${found.join('\n')}\nIf this is meant, record it: npm run bundles -- --write\n`);
  return 1;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
