import { defineConfig } from 'vitest/config';

// Apart from the root's tests: it needs Python, and minutes, because nothing but the schedule starts a tick here. The
// files run at the same time; each has a Sluice of its own.
export default defineConfig({
  test: {
    include: ['test/deploy/*.test.ts'],
    globalSetup: ['test/deploy/global-setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    fileParallelism: true,
    maxWorkers: 4,
  },
});
