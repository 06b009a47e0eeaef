// The tests that mutants of the domain and the protocol have to be found by: quick ones, and the same each time.
// Properties draw other fleets in every run; what they happen to find would make the score a matter of luck.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/shared/domain/*.test.ts', 'test/shared/promotion/*.test.ts'],
    exclude: ['**/*.properties.test.ts'],
  },
});
