// Passes when CI succeeded for the commit: every named context, or everything CI has reported.

import * as z from 'zod';
import { nameOf } from '../domain/facts.ts';
import { fail, pass, wait } from '../domain/verdict.ts';
import { instant, listOf } from '../domain/words.ts';
import type { Signal } from '../signals/signal.ts';
import type { Check, Question } from './check.ts';
import { commitOf } from './commit.ts';
import { asEvidence, happenedAt, newestOfEach } from './results.ts';

interface CiOptions {
  /** Empty: whatever has been reported. */
  readonly context: readonly string[];
  readonly source?: string | undefined;
}

const CONTEXT_EXPECTED = 'the name of a CI context, or a list of such names';

const oneContext = z.string({ error: CONTEXT_EXPECTED }).min(1, { error: CONTEXT_EXPECTED });
const context = z.union([oneContext, z.array(oneContext).min(1, { error: CONTEXT_EXPECTED })], {
  error: CONTEXT_EXPECTED,
});

const schema = z.strictObject({
  context: context
    .transform((written): readonly string[] => [written].flat())
    .default([])
    .describe(
      'The status checks, workflows or jobs that must have succeeded, as CI names them. Left out: at least one result, and every one a success; name them where CI sends several, or the first one in is enough.',
    )
    .meta({
      title: 'name or list of names',
      default: 'whatever CI reports',
      examples: ['"ci/circleci: build"'],
    }),
  source: z
    .string()
    .min(1)
    .optional()
    .describe('Only results that came in by this webhook.')
    .meta({ title: '`github`, `circleci` or another', default: 'any', examples: ['github'] }),
});

export const ci: Check<CiOptions> = {
  name: 'ci',
  about: 'artifact',
  summary: 'Passes when CI has succeeded for the commit that would be promoted.',
  always: false,
  schema,
  example: '- ci: { context: "ci/circleci: build" }',
  argument: ({ context: names, source }) => names.join(', ') || source || null,
  async ask(question, ports) {
    const found = commitOf(question, 'ci');
    if (!found.ok) return found.verdict;
    const results = relevant(await ports.signals.signalsOfCommit(found.commit), question.options);
    return verdictOf(question, newestOfEach(results));
  },
};

/** A result about an app is a test suite's, not CI's, unless its name is asked for. */
function relevant(signals: readonly Signal[], { context: names, source }: CiOptions): readonly Signal[] {
  return signals.filter(
    (signal) =>
      (source === undefined || signal.source === source) &&
      (names.length === 0 ? signal.app === null : names.includes(signal.name)),
  );
}

function verdictOf(question: Question<CiOptions>, results: readonly Signal[]) {
  const name = nameOf(question.facts, question.candidate.artifact);
  const parts = { check: 'ci', about: 'artifact' as const, evidence: { results: results.map(asEvidence) } };
  const said = (signals: readonly Signal[]) =>
    listOf(
      signals.map((one) => `${one.name} at ${instant(happenedAt(one))}${one.url ? ` (${one.url})` : ''}`),
    );
  const sinceOf = (signals: readonly Signal[]) => Math.max(...signals.map(happenedAt));

  const failed = results.filter((one) => one.state === 'failure');
  if (failed.length > 0) {
    return fail({
      ...parts,
      reason: `CI failed for ${name}: ${said(failed)}.`,
      since: Math.min(...failed.map(happenedAt)),
      unblock: `run it again${failed[0]?.url ? ` at ${failed[0].url}` : ' in CI'}, or merge a fix`,
      onEvent: true,
    });
  }
  const silent = question.options.context.filter((wanted) => !results.some((one) => one.name === wanted));
  const pending = results.filter((one) => one.state === 'pending');
  if (results.length === 0 || silent.length > 0 || pending.length > 0) {
    const from = question.options.source === undefined ? '' : ` from ${question.options.source}`;
    const nothing = `no result${silent.length === 0 ? '' : ` of ${listOf(silent)}`}${from} has come in`;
    const reasons = [
      ...(pending.length > 0 ? [`CI has not finished for ${name}: ${said(pending)}`] : []),
      ...(results.length === 0 || silent.length > 0 ? [`for ${name} ${nothing}`] : []),
    ].join('; ');
    const reason = `${reasons.charAt(0).toUpperCase()}${reasons.slice(1)}.`;
    return wait({ ...parts, reason, since: pending.length > 0 ? sinceOf(pending) : null, onEvent: true });
  }
  return pass({ ...parts, reason: `CI succeeded for ${name}: ${said(results)}.`, since: sinceOf(results) });
}
