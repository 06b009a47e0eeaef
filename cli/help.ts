// sluice help [command…]

import type { Command } from 'commander';
import { nearest } from '../shared/config/problem.ts';
import { UsageError } from './errors.ts';
import type { AddVerb } from './verb.ts';

export const addHelp: AddVerb = (program) => {
  program
    .command('help')
    .summary('this help, or that of a command')
    .description('Tells what a command does, and how it is typed.')
    .argument('[command...]', 'which one')
    .addHelpText('after', '\nExamples:\n  sluice help hold\n  sluice help config push')
    .action((names: readonly string[]) => names.reduce(commandOf, program).help());
};

/** @throws UsageError for a command that there is not. */
function commandOf(parent: Command, name: string): Command {
  const commands = parent.createHelp().visibleCommands(parent);
  const found = commands.find((one) => one.name() === name);
  if (found !== undefined) return found;
  const names = commands.map((one) => one.name());
  const near = nearest(name, names);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const expected = names.length === 0 ? 'nothing more' : `one of ${names.join(', ')}`;
  throw new UsageError(`help: found ${JSON.stringify(name)}, expected ${expected}.${hint}`);
}
