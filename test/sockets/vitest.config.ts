import { defineConfig } from 'vitest/config';

// Apart from the root's tests: it waits by the machine's clock, for as long as heroku-client goes on sending.
export default defineConfig({
  test: {
    include: ['test/sockets/*.test.ts'],
    // A table is printed; it is to come out as it is.
    disableConsoleIntercept: true,
    hookTimeout: 240_000,
  },
});
