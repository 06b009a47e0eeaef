#!/usr/bin/env node
// Starts `sluice` with a Node that runs TypeScript: this one, or the one that `npm ci` put into the checkout. Written
// so that an old Node can read it, to say what to type instead of failing on a type.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  await import('./sluice.ts');
} else {
  const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (existsSync(node)) {
    const script = fileURLToPath(new URL('./sluice.ts', import.meta.url));
    const { status } = spawnSync(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
    process.exitCode = status ?? 1;
  } else {
    process.stderr.write(
      `sluice: found Node ${process.version}, expected ${NODE_MAJOR_MIN} or newer. In the checkout of Sluice, type: npm ci\nIt brings the right one along, for ./sluice and npm start.\n`,
    );
    process.exitCode = 1;
  }
}
