// The file that keeps what a deploy is told: in the checkout, and in the way of no `git pull`.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readContext } from '../../infra/context.ts';
import { CONTEXT_FILE, readContextFile } from '../../infra/context-file.ts';

const root = new URL('../../', import.meta.url);
const refusal = (text: string): string => {
  try {
    readContextFile(text);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('sluice.context.json', () => {
  it('need not be there', () => {
    expect(readContextFile(null)).toEqual({});
  });

  it('has the context values of a deploy; the command line comes before it', () => {
    const file = readContextFile(
      '{ "alarmEmail": "oncall@example.com", "logRetentionDays": 30, "apiConcurrency": 2 }',
    );
    const typed: Record<string, unknown> = { logRetentionDays: '60' };
    const context = readContext((name) => typed[name] ?? file[name], Object.keys(typed));
    expect(context).toMatchObject({
      alarmEmail: 'oncall@example.com',
      logRetentionDays: 60,
      apiConcurrency: 2,
    });
  });

  it.each([
    [
      '{ "alarmMail": "a@example.com" }',
      'sluice.context.json: alarmMail: no such context value; did you mean alarmEmail?',
    ],
    [
      '{ "colour": "red" }',
      'sluice.context.json: colour: no such context value; expected some of prefix, alarmEmail',
    ],
    ['[]', 'sluice.context.json: found [], expected values by name: { "alarmEmail"'],
    ['', 'sluice.context.json: found no JSON ('],
    ['{ "prefix": }', 'sluice.context.json: found no JSON ('],
  ])('that is %s is refused', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it('is not in the repository, and never gets there', () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    if (existsSync(new URL('.git', root))) expect(git('check-ignore', CONTEXT_FILE)).toBe(CONTEXT_FILE);
    expect(readFileSync(new URL('.gitignore', root), 'utf8').split('\n')).toContain(`/${CONTEXT_FILE}`);
  });

  it('is what the pages tell people to use: a commit on cdk.json would stand in the way of the next version', () => {
    for (const page of ['UPGRADING.md', 'docs/install.md']) {
      expect(readFileSync(new URL(page, root), 'utf8')).toContain(CONTEXT_FILE);
    }
    const { context } = JSON.parse(readFileSync(new URL('cdk.json', root), 'utf8')) as { context: object };
    expect(context).toEqual({});
  });
});
