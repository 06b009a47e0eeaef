import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/heroku-cli/**', 'test/deploy/*.test.ts', 'test/sockets/**', 'node_modules/**'],
    // A machine that is busy with other work is no failure.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // No module keeps state of its own, and a worker a file takes half a minute.
    isolate: false,
    maxWorkers: '100%',
  },
});
