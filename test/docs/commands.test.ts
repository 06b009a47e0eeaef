// Whatever the pages tell to type exists: verbs and options of the command, scripts of npm, verbs of CDK.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../cli/run.ts';
import type { CliPorts } from '../../cli/verb.ts';
import project from '../../package.json' with { type: 'json' };
import { PAGES, ROOT } from './pages.ts';

interface Told {
  readonly file: string;
  readonly command: string;
}

/** Every command that begins like this, up to the end of the line, a backtick, a pipe or a remark. */
function told(pattern: RegExp): readonly Told[] {
  return PAGES.flatMap(({ file, text }) =>
    [...text.replaceAll('\\|', ' ').matchAll(pattern)].map(([command]) => ({
      file,
      command: command.trim(),
    })),
  );
}

/** What `sluice … --help` prints. Nothing is opened for it. */
async function helpOf(words: readonly string[]): Promise<string> {
  let out = '';
  const ports = {
    out: (text: string) => {
      out += text;
    },
    err: () => {},
    paper: { columns: 100, colour: false },
    version: '0.0.0',
    called: './sluice',
  } as unknown as CliPorts;
  const status = await run([...words, '--help'], ports);
  return status === 0 ? out : '';
}

const verbsIn = (help: string): readonly string[] =>
  [...(help.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z]+)\b/gm)].map(([, verb = '']) => verb);

describe('Commands in the pages', () => {
  const sluice = told(/\.\/sluice [a-z][^`\n|#]*/g);

  it('that begin with ./sluice have verbs and options that there are', async () => {
    expect(sluice.length).toBeGreaterThan(50);
    const verbs = verbsIn(await helpOf([]));
    const wrong: string[] = [];
    for (const { file, command } of sluice) {
      const [, verb = '', second = ''] = command.split(/\s+/);
      const isGroup = verb === 'config' || verb === 'secrets';
      const inner = isGroup ? verbsIn(await helpOf([verb])) : [];
      const isThere = verbs.includes(verb) && (!isGroup || second === '' || inner.includes(second));
      const help = isThere ? await helpOf(isGroup && second !== '' ? [verb, second] : [verb]) : '';
      const options = command.match(/(?<= )--[a-z-]+/g) ?? [];
      if (!isThere || options.some((option) => !help.includes(option))) wrong.push(`${file}: ${command}`);
    }
    expect(wrong).toEqual([]);
  });

  it('that begin with npm are scripts of the project', () => {
    const scripts = told(/\bnpm (run( -s)? [a-z:-]+|start|test)\b/g);
    expect(scripts.length).toBeGreaterThan(10);
    const wrong = scripts.filter(
      ({ command }) => !Object.hasOwn(project.scripts, command.split(' ').at(-1) ?? ''),
    );
    expect(wrong).toEqual([]);
  });

  it('that begin with npx cdk are verbs of CDK', () => {
    const help = execFileSync(process.execPath, [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), '--help'], {
      encoding: 'utf8',
    });
    const cdk = told(/npx cdk [a-z]+/g);
    expect(cdk.length).toBeGreaterThan(10);
    expect(cdk.filter(({ command }) => !help.includes(`cdk ${command.split(' ')[2]} `))).toEqual([]);
  });
});
