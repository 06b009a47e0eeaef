// How `sluice` was called is how it tells to be called: never by a name that a registry could answer for.

import { expect, it } from 'vitest';
import { calledAs } from '../../cli/called.ts';

const call = {
  root: '/home/ana/sluice',
  cwd: '/home/ana/sluice',
  path: '/usr/bin:/opt/bin',
  npmScript: undefined,
};

it.each([
  { how: 'in the checkout', script: '/home/ana/sluice/sluice', called: './sluice' },
  { how: 'by its script', script: '/home/ana/sluice/cli/sluice.mjs', called: './sluice' },
  { how: 'from below', script: '../sluice', cwd: '/home/ana', called: './sluice/sluice' },
  { how: 'from elsewhere', script: '/x/sluice', cwd: '/tmp', called: '/home/ana/sluice/sluice' },
  { how: 'by npx', script: '/home/ana/sluice/node_modules/.bin/sluice', called: './sluice' },
  {
    how: 'by npx elsewhere',
    script: '/tmp/node_modules/.bin/sluice',
    cwd: '/tmp',
    path: '/tmp/node_modules/.bin:/usr/bin',
    called: '/home/ana/sluice/sluice',
  },
  {
    how: 'by npm run',
    script: '/home/ana/sluice/cli/sluice.mjs',
    npmScript: 'sluice',
    called: 'npm run sluice --',
  },
  { how: 'as a name on the PATH', script: '/opt/bin/sluice', cwd: '/tmp', called: 'sluice' },
  {
    how: 'where the path has a space',
    script: '/x',
    root: '/home/my own',
    cwd: '/tmp',
    called: "'/home/my own/sluice'",
  },
])('$how: $called', ({ how: _, called, ...given }) => {
  expect(calledAs({ ...call, ...given })).toBe(called);
});
