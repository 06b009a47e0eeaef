// How the command was called, for what it tells to type: as a path, or as a name that the shell found. Never as a name
// that npx would ask a registry for. Pure.

import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';

export interface Call {
  /** The script, as Node was given it. */
  readonly script: string;
  /** The checkout. */
  readonly root: string;
  readonly cwd: string;
  /** The variable PATH. */
  readonly path: string;
  /** The script of package.json that called it, if one did. */
  readonly npmScript: string | undefined;
}

export function calledAs({ script, root, cwd, path, npmScript }: Call): string {
  if (npmScript === 'sluice') return 'npm run sluice --';
  const folder = dirname(script);
  // npx and npm put these on the PATH for themselves.
  const isOfNpm = folder.includes(`${sep}node_modules${sep}`) || folder.endsWith(`${sep}.bin`);
  if (!isOfNpm && basename(script) === 'sluice' && path.split(':').includes(folder)) return 'sluice';
  const file = join(root, 'sluice');
  const near = relative(cwd, file);
  if (isAbsolute(near) || near.startsWith('..')) return quoted(file);
  return quoted(`./${near}`);
}

const quoted = (path: string): string =>
  /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
