// Commands as they can be pasted.

import { expect, it } from 'vitest';
import { typedCommand, typedText } from '../../../shared/explain/typed.ts';

it.each([
  { text: 'sluice why router', typed: 'npx sluice why router --table t' },
  {
    text: 'sluice accept router --reason "…"   (goes on)',
    typed: 'npx sluice accept router --reason "…" --table t   (goes on)',
  },
  { text: 'npx sluice status', typed: 'npx sluice status --table t' },
  { text: 'sluice status --prefix /b', typed: 'npx sluice status --prefix /b' },
  { text: 'sluice doctor', typed: 'npx sluice doctor' },
  { text: 'npm start', typed: 'npm start' },
])('$text', ({ text, typed }) => {
  expect(typedCommand(text, ' --table t')).toBe(typed);
});

it('are found in a sentence', () => {
  const text = 'Whether it was done: sluice status. See sluice why router\nIt is sluice.';
  expect(typedText(text, ' --prefix /b')).toBe(
    'Whether it was done: npx sluice status --prefix /b. See npx sluice why router --prefix /b\nIt is sluice.',
  );
});
