// Commands as they can be pasted.

import { expect, it } from 'vitest';
import { typedCommand, typedText } from '../../../shared/explain/typed.ts';

it.each([
  { text: 'sluice why router', typed: './sluice why router --table t' },
  {
    text: 'sluice accept router --reason "…"   (goes on)',
    typed: './sluice accept router --reason "…" --table t   (goes on)',
  },
  { text: 'npx sluice status', typed: './sluice status --table t' },
  { text: 'sluice status --prefix /b', typed: './sluice status --prefix /b' },
  { text: 'sluice doctor', typed: './sluice doctor' },
  { text: 'sluice help hold', typed: './sluice help hold' },
  { text: 'npm start', typed: 'npm start' },
])('$text', ({ text, typed }) => {
  expect(typedCommand(text, { called: './sluice', target: ' --table t' })).toBe(typed);
});

it('are found in a sentence', () => {
  const text = 'Whether it was done: sluice status. See sluice why router\nIt is sluice.';
  expect(typedText(text, { called: './sluice', target: ' --prefix /b' })).toBe(
    'Whether it was done: ./sluice status --prefix /b. See ./sluice why router --prefix /b\nIt is sluice.',
  );
});

it.each([
  { text: 'See sluice … --data DIR', typed: 'See ./sluice … --data DIR' },
  { text: 'Type it (npx sluice doctor).', typed: 'Type it (./sluice doctor).' },
  { text: 'Set it: `sluice secrets set a`.', typed: 'Set it: `./sluice secrets set a`.' },
  { text: 'Typed already: ./sluice status', typed: 'Typed already: ./sluice status' },
  { text: 'In /opt/sluice status is a word', typed: 'In /opt/sluice status is a word' },
])('nothing else is: $text', ({ text, typed }) => {
  expect(typedText(text, { called: './sluice', target: '' })).toBe(typed);
});
