// Which pipelines, and which wave of them: the arguments that the verbs on several pipelines share.

import type { Command } from 'commander';

export interface WhichOptions {
  readonly all?: boolean;
  readonly wave?: string;
}

export function addWhich(verb: Command, wave: string): Command {
  return verb
    .usage('[options] <pipeline...> | --all')
    .argument('[pipelines...]', 'by name or id')
    .option('--all', 'every pipeline')
    .option('--wave <wave>', wave);
}
