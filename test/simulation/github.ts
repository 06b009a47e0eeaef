// A GitHub that knows the true order of every pipeline's merges: later merges contain earlier ones. It has none of the
// commits that people deploy past it.

import type { GitHub } from '../../shared/github/port.ts';
import { orderOf } from './fleet.ts';

/** The repository of pipeline `p0` is `sluice/p0`. */
export const trueGitHub: GitHub = {
  async contains(repo, { earlier, later }) {
    const pipeline = repo.replace('sluice/', '');
    const [before, after] = [orderOf(pipeline, earlier), orderOf(pipeline, later)];
    if (before === null || after === null) return { kind: 'untold', why: 'GitHub does not know it' };
    return { kind: 'told', contains: before <= after };
  },
};
