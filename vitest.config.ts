import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/heroku-cli/**', 'test/deploy/*.test.ts', 'test/sockets/**', 'node_modules/**'],
    testTimeout: 20_000,
  },
});
