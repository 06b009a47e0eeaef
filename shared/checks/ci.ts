// Passes when CI succeeded for the commit: every named context, or everything CI has reported.

import * as z from 'zod';
import { nameOf } from '../domain/facts.ts';
import { fail, pass, unknown, wait } from '../domain/verdict.ts';
import { instant, listOf } from '../domain/words.ts';
import { isFullCommit, type Signal } from '../signals/signal.ts';
import type { Check, CheckPorts, Question } from './check.ts';
import { commitOf } from './commit.ts';
import { glob, nearTo } from './glob.ts';
import { asEvidence, happenedAt, standing, withoutRuns } from './results.ts';
import { type Believed, CI_VENDORS, isBelieved, sourceSchema } from './sources.ts';

interface CiOptions {
  /** Empty: whatever has been reported. */
  readonly context: readonly string[];
  readonly source?: readonly Believed[] | undefined;
  readonly ignore: readonly string[];
  readonly skipped: 'pass' | 'fail';
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
      'The status checks, workflows or jobs that must have succeeded, as CI names them; `*` stands for any text (`build (*)`). Left out: at least one result, and every one a success; name them where CI sends several, or the first one in is enough.',
    )
    .meta({
      title: 'name or list of names',
      default: 'whatever CI reports',
      examples: ['"ci/circleci: build"'],
    }),
  source: sourceSchema
    .optional()
    .describe(
      'Whose results count: a webhook, a list of webhooks, or `{ name, apps, names }`, which is believed about these apps and names only (`*` stands for any text).',
    )
    .meta({
      title: '`github`, `circleci` or another',
      default: '`github` and `circleci`',
      examples: ['github'],
    }),
  ignore: context
    .transform((written): readonly string[] => [written].flat())
    .default([])
    .describe(
      'Names that do not count, whatever came of them; `*` stands for any text. The name of a workflow at GitHub takes its jobs along, where *Workflow runs* are sent.',
    )
    .meta({ title: 'name or list of names', default: 'none', examples: ['"renovate*"'] }),
  skipped: z
    .enum(['pass', 'fail'])
    .default('pass')
    .describe(
      'What a job that was skipped comes to. GitHub skips a job also when one that it needs has failed.',
    )
    .meta({ title: '`pass` or `fail`', default: 'pass', examples: ['fail'] }),
});

export const ci: Check<CiOptions> = {
  name: 'ci',
  about: 'artifact',
  summary: 'Passes when CI has succeeded for the commit that would be promoted.',
  always: false,
  schema,
  example: '- ci: { context: "ci/circleci: build" }',
  argument: ({ context: names, source }) =>
    names.join(', ') || source?.map(({ name }) => name).join(', ') || null,
  async ask(question, ports) {
    const { options } = question;
    const found = commitOf(question, 'ci');
    if (!found.ok) return found.verdict;
    const sources = options.source ?? CI_VENDORS;
    if (!isFullCommit(found.commit) && sources.every(({ name }) => VENDOR_NAMES.has(name))) {
      return noSha(question, found.commit);
    }
    const all = standing(await ports.signals.signalsOfCommit(found.commit));
    const believed = all.filter((one) => isBelieved(one, sources));
    const verdict = verdictOf(question, relevant(believed, options), believed);
    if (all.length > 0 || verdict.state !== 'wait') return verdict;
    return (await unheard(question, sources, ports)) ?? verdict;
  },
};

const VENDOR_NAMES: ReadonlySet<string> = new Set(CI_VENDORS.map(({ name }) => name));

function noSha({ facts, candidate, step }: Question, commit: string) {
  return unknown({
    check: 'ci',
    about: 'artifact',
    reason: `The commit of ${nameOf(facts, candidate.artifact)} is "${commit.slice(0, 60)}" at Heroku, which is no full SHA, so no result of CI can be looked up for it.`,
    unblock: `deploy to ${step.from.name} with a full commit (heroku builds:create --version $(git rev-parse HEAD)), or let a signal name it`,
  });
}

/** Says so when none of the sources has ever delivered anything: then no wait ends. */
async function unheard(
  question: Question<CiOptions>,
  sources: readonly Believed[],
  { signals, remedies }: CheckPorts,
) {
  if (signals.hasDelivered === undefined) return null;
  for (const { name } of sources) if (await signals.hasDelivered(name)) return null;
  const named = listOf(sources.map(({ name }) => name));
  const first = sources[0]?.name ?? 'github';
  const deployed = `sluice secrets set webhooks/${first}   (and the webhook at the sender: docs/install.md)`;
  return wait({
    check: 'ci',
    about: 'artifact',
    reason: `For ${nameOf(question.facts, question.candidate.artifact)} no result has come in, and none can: no delivery of ${named} was ever verified here.`,
    unblock: (await remedies?.webhook(first)) ?? deployed,
    onEvent: true,
  });
}

/**
 * A result about an app is a test suite's, not CI's, unless its name is asked for. A workflow that does not count takes
 * its jobs along.
 */
function relevant(signals: readonly Signal[], { context: names, ignore }: CiOptions): readonly Signal[] {
  const isIgnored = ({ name }: Signal) => ignore.some((it) => glob(it, name));
  return withoutRuns(signals, isIgnored).filter((one) =>
    names.length === 0 ? one.app === null : names.some((it) => glob(it, one.name)),
  );
}

function verdictOf(question: Question<CiOptions>, results: readonly Signal[], all: readonly Signal[]) {
  const { options } = question;
  const name = nameOf(question.facts, question.candidate.artifact);
  const parts = { check: 'ci', about: 'artifact' as const, evidence: { results: results.map(asEvidence) } };
  const said = (signals: readonly Signal[]) =>
    listOf(
      signals.map(
        (one) =>
          `${one.name} ${one.skipped ? 'was skipped ' : ''}at ${instant(happenedAt(one))}${one.url ? ` (${one.url})` : ''}`,
      ),
    );
  const sinceOf = (signals: readonly Signal[]) => Math.max(...signals.map(happenedAt));

  const failed = results.filter(
    (one) => one.state === 'failure' || (one.skipped === true && options.skipped === 'fail'),
  );
  if (failed.length > 0) {
    return fail({
      ...parts,
      reason: `CI failed for ${name}: ${said(failed)}.`,
      since: Math.min(...failed.map(happenedAt)),
      unblock: `run it again${failed[0]?.url ? ` at ${failed[0].url}` : ' in CI'}, or merge a fix`,
      onEvent: true,
    });
  }
  const silent = options.context.filter((wanted) => !results.some((one) => glob(wanted, one.name)));
  const pending = results.filter((one) => one.state === 'pending');
  if (results.length === 0 || silent.length > 0 || pending.length > 0) {
    const from = options.source === undefined ? '' : ` from ${listOf(options.source.map((it) => it.name))}`;
    const names = all.map((one) => one.name);
    const near = [...new Set(silent.flatMap((wanted) => nearTo(wanted, names)))];
    const meant = near.length === 0 ? '' : ` (there is ${listOf(near)})`;
    const nothing = `no result${silent.length === 0 ? '' : ` of ${listOf(silent)}`}${from} has come in${meant}`;
    const reasons = [
      ...(pending.length > 0 ? [`CI has not finished for ${name}: ${said(pending)}`] : []),
      ...(results.length === 0 || silent.length > 0 ? [`for ${name} ${nothing}`] : []),
    ].join('; ');
    const reason = `${reasons.charAt(0).toUpperCase()}${reasons.slice(1)}.`;
    const unblock =
      'if CI has finished, deliver it again: GitHub, Settings, Webhooks, Recent deliveries, Redeliver';
    const since = pending.length > 0 ? sinceOf(pending) : null;
    return wait({ ...parts, reason, since, unblock, onEvent: true });
  }
  return pass({ ...parts, reason: `CI succeeded for ${name}: ${said(results)}.`, since: sinceOf(results) });
}
