// sluice resume: gone. It did several things at once.

import { RESUME_IS_GONE } from '../shared/operations/verbs.ts';
import { UsageError } from './errors.ts';
import type { AddVerb } from './verb.ts';

export const addResume: AddVerb = (program) => {
  program
    .command('resume', { hidden: true })
    .argument('[anything...]')
    .allowUnknownOption()
    .action(() => {
      throw new UsageError(RESUME_IS_GONE);
    });
};
