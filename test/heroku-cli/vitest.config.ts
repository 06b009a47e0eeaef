import { defineConfig } from 'vitest/config';

// Apart from the root's tests: it needs the CLI's own install, and each command takes a second or two.
export default defineConfig({
  test: {
    include: ['test/heroku-cli/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 60_000,
  },
});
