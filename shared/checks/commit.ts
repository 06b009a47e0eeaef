// The commit of a candidate, for checks that look results up by it; without one they cannot be asked. Pure.

import { nameOf } from '../domain/facts.ts';
import { unknown, type Verdict } from '../domain/verdict.ts';
import { commitKey } from '../signals/signal.ts';
import type { Question } from './check.ts';

export type CommitFound =
  | { readonly ok: true; readonly commit: string }
  | { readonly ok: false; readonly verdict: Verdict };

export function commitOf(question: Question, check: string): CommitFound {
  const { facts, candidate, step } = question;
  const commit = facts.commits[candidate.artifact];
  if (typeof commit === 'string' && commit !== '') return { ok: true, commit: commitKey(commit) };
  const name = nameOf(facts, candidate.artifact);
  const verdict =
    commit === undefined
      ? unknown({ check, about: 'artifact', reason: `The commit of ${name} could not be read from Heroku.` })
      : unknown({
          check,
          about: 'artifact',
          reason: `Heroku knows no commit of ${name}, so no result can be looked up for it.`,
          unblock: `deploy to ${step.from.name} from a commit, or take the check out of the configuration`,
        });
  return { ok: false, verdict };
}
