// From a function's folder to what Lambda loads: one ESM file with everything in it, the AWS SDK too, so that what runs
// is what the lock file says. Needs no Docker. Writes below build/.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildResult, buildSync, type Metafile } from 'esbuild';

export const FUNCTIONS = ['scan', 'promote', 'webhook', 'api'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface Bundle {
  readonly folder: string;
  readonly bytes: Uint8Array;
  readonly metafile: Metafile;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** heroku-client and parts of the SDK are CommonJS and call `require` for Node's own modules, which ESM does not have. */
const BANNER =
  "import { createRequire as sluiceRequire } from 'node:module'; const require = sluiceRequire(import.meta.url);";

/** The same input gives the same bytes, on any machine. @throws when the function does not build. */
export function bundle(name: FunctionName): Bundle {
  const folder = join(ROOT, 'build', name);
  const outfile = join(folder, 'index.mjs');
  const result: BuildResult<{ metafile: true }> = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`functions/${name}/index.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // CommonJS builds of packages that have both cannot be tree-shaken.
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  });
  return { folder, bytes: readFileSync(outfile), metafile: result.metafile };
}
