// Help, wrong usage and exit statuses: 0 done, 1 refused or not found, 2 wrong usage.

import { expect, it } from 'vitest';
import { decision, put } from './facts.ts';
import { openTerminal } from './terminal.ts';

it('helps', async () => {
  const terminal = await openTerminal();
  expect(await terminal.type('sluice --help')).toMatchInlineSnapshot(`
    "Usage: sluice [options] [command]

    Continuous promotion for Heroku pipelines: what runs where, why it waits, and how to stop it.

    Options:
      --version                               the version of Sluice
      --json                                  answer in JSON
      --data <dir>                            the data folder of a local run (default: the run of this
                                              folder)
      --table <name>                          a deployed table, by your AWS credentials and region (env:
                                              SLUICE_TABLE)
      --prefix <path>                         a deployed Sluice, by the prefix of its parameters (env:
                                              SLUICE_PREFIX)
      -h, --help                              this help

    Commands:
      status [pipeline]                       what every wave runs, and what is next for it
      why [options] <pipeline>                why a wave has not got the newest code, and what lets it
                                              go on
      plan [pipeline]                         what is promoted next, what after it, and how long it can
                                              take
      history [options] <pipeline> [attempt]  every attempt, and what people said
      hold [options] <pipeline>               stop promotions to a pipeline, or to one wave of it
      resume [options] <pipeline>             lift holds, go on from what people did, try again what
                                              failed
      config                                  the configuration: a folder of YAML, and the parameters it
                                              becomes
      secrets                                 the tokens and secrets of a deployed Sluice
      doctor                                  is everything there that a deployed Sluice needs?

    Examples:
      npx sluice status
      npx sluice why router
      npx sluice hold router --reason "database migration" --for 2h
    "
  `);
  expect(terminal.status).toBe(0);
});

it.each(['status', 'why', 'plan', 'history', 'hold', 'resume', 'config', 'secrets'])(
  'helps with %s, with an example',
  async (verb) => {
    const terminal = await openTerminal();
    const help = await terminal.type(`sluice ${verb} --help`);
    expect(help).toContain(`Usage: sluice ${verb}`);
    expect(help).toMatch(/Examples?:\n {2}npx sluice /);
    expect(help).toContain('--json');
    expect(terminal.status).toBe(0);
  },
);

it('tells everything about hold', async () => {
  const { type } = await openTerminal();
  expect(await type('sluice hold --help')).toMatchInlineSnapshot(`
    "Usage: sluice hold [options] <pipeline>

    Stops promotions to every wave of a pipeline, or to one, with a reason that everybody sees. It ends
    by itself after a day unless you say otherwise. What Heroku has begun, it finishes.

    Arguments:
      pipeline           by name or id

    Options:
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
      npx sluice hold router --reason "database migration" --for 2h
      npx sluice hold router --wave world --reason "waiting for legal" --no-expiry
    "
  `);
});

it('tells its version', async () => {
  const terminal = await openTerminal();
  expect(await terminal.type('sluice --version')).toBe('1.2.3\n');
  expect(terminal.status).toBe(0);
});

it.each([
  { line: 'sluice', says: 'Usage: sluice [options] [command]' },
  { line: 'sluice statsu', says: '(Did you mean status?)' },
  { line: 'sluice why', says: "missing required argument 'pipeline'" },
  { line: 'sluice why router --wafe x', says: '(Did you mean --wave?)' },
  { line: 'sluice status a b', says: "too many arguments for 'status'" },
  { line: 'sluice history router --limit none', says: 'Found "none", expected a whole number above 0.' },
  { line: 'sluice resume router', says: "required option '--reason <text>' not specified" },
])('ends with 2 on wrong usage: $line', async ({ line, says }) => {
  const terminal = await openTerminal();
  expect(await terminal.type(line)).toContain(says);
  expect(terminal.status).toBe(2);
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
