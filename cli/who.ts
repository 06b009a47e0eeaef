// Every change says who made it and why: the options of the verbs that change something.

import { type Command, InvalidArgumentError } from 'commander';
import { NoReason } from './errors.ts';

export interface WhoAndWhy {
  readonly reason: string;
  readonly as?: string;
}

export function addWhoAndWhy(verb: Command): void {
  verb
    .option('--reason <text>', 'why, for whoever asks later', something)
    .option(
      '--as <name>',
      'who asks (default: env SLUICE_ACTOR, or you on this machine; with --prefix AWS says it)',
      something,
    )
    // No `requiredOption`: Commander asks for those before it tells of an option that it does not know, and `--raeson`
    // would be answered as if nothing had been typed.
    .hook('preAction', (_, command) => {
      if (command.opts<Partial<WhoAndWhy>>().reason !== undefined) return;
      throw new NoReason();
    });
}

function something(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new InvalidArgumentError('Found nothing, expected a few words.');
}
