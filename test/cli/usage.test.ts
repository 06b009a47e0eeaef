// Help, wrong usage and exit statuses: 0 done, 1 refused or not found, 2 wrong usage.

import { expect, it } from 'vitest';
import { decision, put } from './facts.ts';
import { openTerminal } from './terminal.ts';

it('helps', async () => {
  const terminal = await openTerminal();
  expect(await terminal.type('sluice --help')).toMatchInlineSnapshot(`
    "Usage: ./sluice [options] [command]

    Continuous promotion for Heroku pipelines: what runs where, why it waits, and how to stop it.

    Options:
      --version                                  the version of Sluice
      --json                                     answer in JSON
      --data <dir>                               the data folder of a local run (default: the run of
                                                 this folder)
      --table <name>                             a deployed table, by your AWS credentials and region
                                                 (env: SLUICE_TABLE)
      --prefix <path>                            a deployed Sluice, by the prefix of its parameters
                                                 (env: SLUICE_PREFIX)
      -h, --help                                 this help

    Commands:
      status [pipeline]                          what every wave runs, and what is next for it
      why [options] <pipeline>                   why a wave has not got the newest code, and what lets
                                                 it go on
      plan [pipeline]                            what is promoted next, what after it, and how long it
                                                 can take
      history [options] <pipeline> [attempt]     every attempt, and what people said
      hold [options] [pipelines...]              stop promotions to pipelines, or to one wave of them
      unhold [options] [pipelines...]            lift holds: your own, or the one that is named
      accept [options] [pipelines...]            let count what people put on apps: the pipeline goes on
                                                 from it
      retry [options] [pipelines...]             try again what an app failed to take
      reject [options] [pipeline-and-commit...]  let a commit go no further; newer ones pass it by
      allow [options] [pipeline-and-commit...]   let a rejected commit go on again
      config                                     the configuration: a folder of YAML, and the parameters
                                                 it becomes
      secrets                                    the tokens and secrets of a deployed Sluice
      doctor                                     is everything there that a deployed Sluice needs?
      help [command...]                          this help, or that of a command

    Examples:
      ./sluice status
      ./sluice why router
      ./sluice hold router --reason "database migration" --for 2h
    "
  `);
  expect(terminal.status).toBe(0);
});

it.each([
  'status',
  'why',
  'plan',
  'history',
  'hold',
  'unhold',
  'accept',
  'retry',
  'reject',
  'allow',
  'config',
  'secrets',
])('helps with %s, with an example', async (verb) => {
  const terminal = await openTerminal();
  const help = await terminal.type(`sluice ${verb} --help`);
  expect(help).toContain(`Usage: ./sluice ${verb}`);
  expect(help).toMatch(/Examples?:\n {2}\.\/sluice /);
  expect(help).toContain('--json');
  expect(terminal.status).toBe(0);
});

it.each([
  { line: 'sluice help', same: 'sluice --help' },
  { line: 'sluice help hold', same: 'sluice hold --help' },
  { line: 'sluice help config push', same: 'sluice config push --help' },
  { line: 'sluice config help push', same: 'sluice config push --help' },
  { line: 'sluice secrets help', same: 'sluice secrets --help' },
  { line: 'sluice help help', same: 'sluice help --help' },
])('$line is $same', async ({ line, same }) => {
  const terminal = await openTerminal();
  const help = await terminal.type(line);
  expect(terminal.status).toBe(0);
  expect(terminal.errors).toBe('');
  expect(help).toBe(await terminal.type(same));
  expect(help).toContain('Usage: ./sluice');
});

it('tells everything about hold', async () => {
  const { type } = await openTerminal();
  expect(await type('sluice hold --help')).toMatchInlineSnapshot(`
    "Usage: ./sluice hold [options] <pipeline...> | --all

    Stops promotions to every wave of the pipelines, or to one, with a reason that everybody sees. It
    ends by itself after a day unless you say otherwise. What Heroku has begun, it finishes.

    Arguments:
      pipelines          by name or id

    Options:
      --all              every pipeline
      --wave <wave>      only promotions to this wave
      --for <duration>   how long: 90s, 30m, 2h, 1d (default: 1d)
      --until <instant>  until when: 2026-11-24T09:00Z
      --no-expiry        until somebody lifts it
      --reason <text>    why, for whoever asks later
      --as <name>        who asks (default: env SLUICE_ACTOR, or you on this machine; with --prefix AWS
                         says it)
      -h, --help         this help

    Global Options:
      --version          the version of Sluice
      --json             answer in JSON
      --data <dir>       the data folder of a local run (default: the run of this folder)
      --table <name>     a deployed table, by your AWS credentials and region (env: SLUICE_TABLE)
      --prefix <path>    a deployed Sluice, by the prefix of its parameters (env: SLUICE_PREFIX)

    Examples:
      ./sluice hold router --reason "database migration" --for 2h
      ./sluice hold --all --reason "incident 42" --no-expiry
      ./sluice hold router --wave world --reason "waiting for legal" --no-expiry
    "
  `);
});

it('tells its version', async () => {
  const terminal = await openTerminal();
  expect(await terminal.type('sluice --version')).toBe('1.2.3\n');
  expect(terminal.status).toBe(0);
});

it.each([
  { line: 'sluice', says: 'Usage: ./sluice [options] [command]' },
  { line: 'sluice statsu', says: '(Did you mean status?)' },
  { line: 'sluice why', says: "missing required argument 'pipeline'" },
  { line: 'sluice why router --wafe x', says: '(Did you mean --wave?)' },
  { line: 'sluice status a b', says: "too many arguments for 'status'" },
  { line: 'sluice history router --limit none', says: 'Found "none", expected a whole number above 0.' },
  {
    line: 'sluice accept router',
    says: `required option '--reason <text>' not specified: ./sluice accept router --reason "…"\n`,
  },
  {
    line: 'sluice reject router "slug 9bb01a2c" --as "it\'s me"',
    says: `specified: ./sluice reject router 'slug 9bb01a2c' --as 'it'\\''s me' --reason "…"\n`,
  },
  { line: 'sluice accept router --raeson x', says: "unknown option '--raeson'\n(Did you mean --reason?)" },
  { line: 'sluice hold --reason x', says: 'Found no pipeline, expected the names of some, or --all.' },
  { line: 'sluice hold router --all --reason x', says: '--all: found router beside it' },
  { line: 'sluice unhold --all --hold A --reason x', says: '--hold: names holds of one pipeline' },
  {
    line: 'sluice reject router --reason x',
    says: 'Found no commit beside router, expected a pipeline and a commit',
  },
  { line: 'sluice allow --all --reason x', says: 'Found neither pipeline nor commit, expected a commit' },
  { line: 'sluice help hodl', says: 'Did you mean hold?' },
  { line: 'sluice help config posh', says: 'Did you mean push?' },
  { line: 'sluice help hold router', says: 'help: found "router", expected nothing more.' },
  { line: 'sluice resume router --wave world --reason x', says: 'resume is gone: it lifted holds' },
])('ends with 2 on wrong usage: $line', async ({ line, says }) => {
  const terminal = await openTerminal();
  expect(await terminal.type(line)).toContain(says);
  expect(terminal.status).toBe(2);
  await terminal.type(`${line} --json`);
  expect(terminal.status).toBe(2);
  expect(JSON.parse(terminal.errors)).toEqual({ error: { message: expect.any(String), usage: true } });
});

it('puts the missing reason before what is no option', async () => {
  const { type } = await openTerminal();
  expect(await type('sluice --prefix /sluice/prod hold -- router')).toContain(
    'specified: ./sluice --prefix /sluice/prod hold --reason "…" -- router\n',
  );
});

it('takes its options before and after the verb', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  expect(await type('sluice --json why router')).toBe(await type('sluice why --json router'));
});

it('says in JSON why it could not, on standard error', async () => {
  const terminal = await openTerminal();
  await put(terminal.table, decision());
  await terminal.type('sluice why nobody --json');
  expect(JSON.parse(terminal.errors)).toEqual({
    error: { message: 'Pipeline "nobody": not found, expected one of router.', usage: false },
  });
  expect(terminal.status).toBe(1);
});

it.each([
  { line: 'sluice statsu --json', message: "unknown command 'statsu'\n(Did you mean status?)" },
  { line: 'sluice --json why', message: "missing required argument 'pipeline'" },
  {
    line: 'sluice hold router --json',
    message: `required option '--reason <text>' not specified: ./sluice hold router --json --reason "…"`,
  },
  { line: 'sluice --json', message: 'found no command, expected one: ./sluice help lists them' },
  { line: 'sluice why --wafe x router --json', message: "unknown option '--wafe'\n(Did you mean --wave?)" },
  {
    line: 'sluice help hodl --json',
    message: expect.stringContaining('help: found "hodl", expected one of'),
  },
])('says in JSON what is wrong with $line', async ({ line, message }) => {
  const terminal = await openTerminal();
  const printed = await terminal.type(line);
  expect(printed).toBe(terminal.errors);
  expect(JSON.parse(terminal.errors)).toEqual({ error: { message, usage: true } });
});

it('lets no word on the command line steer the terminal', async () => {
  const { type } = await openTerminal();
  for (const line of [
    'sluice why "a\u001b[2J\u202eb"',
    'sluice "st\u001b[2J\u200batus"',
    'sluice help "\u009b2J"',
  ]) {
    expect(await type(line)).toMatch(/^[^\p{Cf}]*$/u);
    expect((await type(line)).replaceAll('\n', '')).toMatch(/^[^\p{Cc}]*$/u);
  }
});
