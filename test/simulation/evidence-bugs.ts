// Small wrong changes to what takes evidence and time in, each of which the simulation must find: webhooks, results, the
// table's reads, windows.

import type { Bug } from './bugs.ts';
import type { Aim } from './more-aims.ts';

const bug = (seed: number, name: string, file: string, find: string, put: string, aim?: Aim): Bug => ({
  seed,
  name,
  ...(aim && { aim }),
  edits: [{ file, find, put }],
});

export const EVIDENCE_BUGS: readonly Bug[] = [
  bug(
    1,
    'take the checks of one name of two suites for one',
    'shared/signals/github.ts',
    "key('check run', idOf(repo), idOf(it.app), suite, it.name)",
    "key('check run', idOf(repo), it.name)",
  ),
  bug(
    1,
    'take the conclusion that an earlier try has left for the result of one that has begun',
    'shared/signals/github.ts',
    "return status === 'completed' && conclusion ? concluded(conclusion) : 'pending';",
    "return status !== '' && conclusion ? concluded(conclusion) : 'pending';",
  ),
  bug(
    1,
    'let a try that has begun outdate no result of the one before',
    'shared/signals/order.ts',
    "return [...run.map(digits), done, digits(at), RANK[state]].join('.');",
    "return [done, ...run.map(digits), digits(at), RANK[state]].join('.');",
  ),
  bug(
    10,
    'read one page of a query',
    'shared/table/dynamo.ts',
    'start = page.LastEvaluatedKey;',
    'start = options.limit === undefined ? undefined : page.LastEvaluatedKey;',
  ),
  bug(
    1,
    'let records of attempts expire',
    'shared/table/dynamo.ts',
    'wave: attempt.to, state: attempt.state, at: iso(attempt.claimedAt) },',
    'wave: attempt.to, state: attempt.state, at: iso(attempt.claimedAt), expiresAt: Math.floor(attempt.claimedAt / 1000) + 7_776_000 },',
  ),
  bug(
    2,
    'take a result that was cancelled for none that failed',
    'shared/signals/github.ts',
    "new Set(['success', 'neutral', 'skipped'])",
    "new Set(['success', 'neutral', 'skipped', 'cancelled'])",
  ),
  bug(
    1,
    'take the jobs of one name of two workflows of CircleCI for one',
    'shared/signals/circleci.ts',
    "JSON.stringify([isJob ? 'job' : 'workflow', from, flow, job, ref])",
    "JSON.stringify([isJob ? 'job' : 'workflow', from, isJob ? null : flow, job, ref])",
  ),
  bug(
    7,
    'order the tries of a workflow of CircleCI by when they ended',
    'shared/signals/circleci.ts',
    '[createdAt ?? it.happened_at, pipelineNumber ?? 0, isJob ? (it.job.number ?? 0) : 0],',
    '[it.happened_at, pipelineNumber ?? 0, createdAt],',
  ),
  bug(
    1,
    'read forms as JSON',
    'functions/body.ts',
    'if (!isForm) return bytes;',
    "if (!isForm || contentType !== '') return bytes;",
  ),
  bug(
    2,
    'take what was skipped for a success where it is to be none',
    'shared/checks/ci.ts',
    "(one.skipped === true && options.skipped === 'fail')",
    "(one.skipped === true && options.skipped !== 'fail' && one.name === '')",
    'jobs that are skipped, where that is to be none',
  ),
  bug(
    10,
    'believe anybody about CI',
    'shared/checks/ci.ts',
    'all.filter((one) => isBelieved(one, sources))',
    'all.filter((one) => isBelieved(one, options.source ?? null))',
  ),
  bug(
    3,
    'take one of several names for all of them',
    'shared/checks/ci.ts',
    'if (results.length === 0 || silent.length > 0 || pending.length > 0) {',
    'if (results.length === 0 || pending.length > 0) {',
  ),
  bug(
    1,
    'end a window over midnight on the day it begins',
    'shared/checks/opening.ts',
    'const end = hours.until > hours.from ? date : date.add({ days: 1 });',
    'const end = hours.until > hours.from ? date : date.add({ days: 0 });',
  ),
  bug(
    8,
    'take a signal for fresh however old it is',
    'shared/checks/signal.ts',
    'if (fresh !== undefined && at - happenedAt(found) > fresh) {',
    'if (fresh !== undefined && at - happenedAt(found) > fresh * 1_000) {',
  ),
  bug(
    3,
    'keep results for two minutes',
    'shared/table/signals.ts',
    '+ SIGNAL_DAYS * 86_400;',
    '+ SIGNAL_DAYS * 0.3;',
  ),
];
