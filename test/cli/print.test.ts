// How explanations become lines: columns, hanging indents, commands that stay whole, colours only where they are wanted.

import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { printed } from '../../cli/print.ts';
import { advice, command, type Explanation, quiet, row, strong, words } from '../../shared/explain/text.ts';

const plain = (columns: number) => ({ columns, colour: false });

it('aligns the columns of a block, and leaves a line between sections', () => {
  const explanation: Explanation = [
    [[row(0, strong('router'))], [row(1, 'qa', 'a', 'first'), row(1, 'canary', 'bb', 'second')]],
    [],
    [[row(0, 'the end')]],
  ];
  expect(printed(explanation, plain(80))).toMatchInlineSnapshot(`
    "router
      qa      a   first
      canary  bb  second

    the end
    "
  `);
});

it('breaks what is too long under its own column', () => {
  const text = 'it has been on its way for a while and nobody knows when it will be there';
  expect(printed([[[row(1, 'canary', text)]]], plain(50))).toMatchInlineSnapshot(`
    "  canary  it has been on its way for a while and
              nobody knows when it will be there
    "
  `);
});

it('ends no line with a space, in colours either', () => {
  const text = quiet('it has been on its way for a while and nobody knows when it will be there');
  const lines = printed([[[row(1, 'canary', text)]]], { columns: 50, colour: true }).split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines)
    expect(stripVTControlCharacters(line)).toBe(stripVTControlCharacters(line).trimEnd());
});

it('gives a row its own line when a column would be too wide', () => {
  const rows = [row(1, 'ci', 'passed'), row(1, 'ci ci/circleci: build and test', 'passed')];
  expect(printed([[rows]], plain(80))).toMatchInlineSnapshot(`
    "  ci  passed
      ci ci/circleci: build and test
          passed
    "
  `);
});

it('never breaks a command', () => {
  const typed = 'sluice accept router --wave world --reason "…"';
  const text = printed(
    [[[row(1, words('to lift it, type: ', command(typed), ' and look again'))]]],
    plain(40),
  );
  expect(text).toContain(typed);
  expect(text).toMatchInlineSnapshot(`
    "  to lift it, type:
      sluice accept router --wave world --reason "…"
      and look again
    "
  `);
});

it('begins no line with the comma that follows a command', () => {
  const typed = 'sluice unhold router --wave world --reason "…"';
  expect(printed([[[row(1, 'hold', words(command(typed), ', or by itself at noon'))]]], plain(40))).toBe(
    `  hold  ${typed},\n        or by itself at noon\n`,
  );
});

it('breaks nothing for a pipe, so that grep finds whole lines', () => {
  const text = 'a long story '.repeat(30).trim();
  expect(printed([[[row(1, 'x', text)]]], plain(Number.POSITIVE_INFINITY))).toBe(`  x  ${text}\n`);
});

it('does not use more than 120 columns', () => {
  const lines = printed([[[row(0, 'word '.repeat(60).trim())]]], plain(300))
    .trimEnd()
    .split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});

it('colours only where colours are wanted, and aligns the same', () => {
  const explanation: Explanation = [[[row(0, words({ text: '✓', tone: 'good' }), quiet('since'), 'plain')]]];
  expect(printed(explanation, plain(80))).toBe('✓  since  plain\n');
  const coloured = printed(explanation, { columns: 80, colour: true });
  expect(coloured).toBe('\u001b[32m✓\u001b[39m  \u001b[2msince\u001b[22m  plain\n');
});

it('tells a command from words, and from the remark behind it', () => {
  expect(advice('merge a fix')).toEqual([{ text: 'merge a fix', tone: 'plain' }]);
  expect(advice('sluice accept a   (tries again)')).toEqual([
    { text: 'sluice accept a', tone: 'command' },
    { text: '  (tries again)', tone: 'plain' },
  ]);
});

it('lets no word from outside steer the terminal or begin a line', () => {
  const reason = 'Release command failed:\n\u001b[2Jbundle\u0007 in\u200bstall \u202e!';
  expect(printed([[[row(0, reason)]]], plain(80))).toBe(
    'Release command failed: [2Jbundle  in\ufffdstall \ufffd!\n',
  );
});
