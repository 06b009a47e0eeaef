// Small wrong changes to the real code, each of which the simulation must find: one that finds nothing has to show that it
// would. What the simulation found in Sluice itself is among them, marked with its rule.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is code

import type { Aim } from './aims.ts';

export interface Bug {
  readonly name: string;
  /** A seed that finds it. */
  readonly seed: number;
  /** Where the seeds are aimed, for what takes several faults at the same few steps. */
  readonly aim?: Aim;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly put: string }[];
}

const bug = (seed: number, name: string, file: string, find: string, put: string, aim?: Aim): Bug => ({
  seed,
  name,
  ...(aim && { aim }),
  edits: [{ file, find, put }],
});

export const BUGS: readonly Bug[] = [
  bug(
    3,
    'send the promotion again when there is no answer',
    'shared/heroku/promote.ts',
    'const result = await send({',
    `const again: typeof send = async (r) => {
      const first = await send(r);
      return first.kind === 'none' ? send(r) : first;
    };
    const result = await again({`,
  ),
  bug(
    17,
    'claim on any state of the ledger',
    'shared/table/dynamo.ts',
    `{ expression: 'writer = :before', values: { ':before': before } }`,
    `{ expression: 'attribute_exists(pk)' }`,
  ),
  bug(
    1,
    'forget to pin the release',
    'shared/heroku/promote.ts',
    'source: { app: { id: request.sourceAppId }, release: { id: request.sourceReleaseId } },',
    'source: { app: { id: request.sourceAppId } },',
  ),
  bug(
    1,
    'ignore the soak',
    'shared/domain/decide.ts',
    'const blocker = firstBlocker(verdicts);',
    "const blocker = firstBlocker(verdicts.filter(({ check }) => check !== 'soak'));",
  ),
  bug(
    5,
    'take a check that could not be asked for a pass',
    'shared/domain/decide.ts',
    'const blocker = firstBlocker(verdicts);',
    "const blocker = firstBlocker(verdicts.filter(({ state }) => state !== 'unknown'));",
  ),
  bug(
    3,
    'take a lost answer for a refusal',
    'shared/heroku/promote.ts',
    'return unknown(`${call} has no answer (${cleanText(result.reason, token)}); it ${sent}.`);',
    "return { kind: 'rejected', status: 400, id: 'none', message: sent };",
  ),
  bug(
    3,
    'give an attempt up although it was sent',
    'shared/domain/settle.ts',
    'if (attempt.sentAt !== null || now < attempt.claimedAt + SEND_WITHIN_MS) return null;',
    'if (now < attempt.claimedAt + SEND_WITHIN_MS) return null;',
  ),
  bug(
    1,
    'overlook a hold on the whole pipeline',
    'shared/domain/hold.ts',
    '(hold.wave === null || hold.wave === wave)',
    'hold.wave === wave',
  ),
  {
    seed: 1,
    name: 'let a hold neither move the ledger on nor be looked for at last',
    aim: 'a hold as a run stands still after its claim',
    edits: [
      {
        file: 'shared/operations/stop.ts',
        find: 'await moveOn(ports.table, request.pipelineId, `hold ${hold.id}`);',
        put: '',
      },
      {
        file: 'shared/promotion/last-look.ts',
        find: 'holds: holdsOn(holds, sending.to, clock.now()),',
        put: 'holds: holdsOn([], sending.to, clock.now() + holds.length),',
      },
    ],
  },
  bug(
    39,
    'let a hold tell a ledger anew that is gone',
    'shared/promotion/ledger.ts',
    'await writeNext(table, pipelineId, stored ?? emptyLedger, by);',
    'const ledger = await takeLedger(table, pipelineId, { ledger: stored }, by);\n      await writeNext(table, pipelineId, ledger, writer);',
    'holds while the ledger is gone',
  ),
  bug(
    1,
    'know nothing of older and newer',
    'shared/domain/candidate.ts',
    'return indexA >= 0 && indexB >= 0 && indexA < indexB;',
    'return false;',
  ),
  bug(
    14,
    'wait five seconds instead of five minutes for a lost answer',
    'shared/domain/attempt.ts',
    'export const QUIET_MS = 5 * 60_000;',
    'export const QUIET_MS = 5_000;',
  ),
  bug(
    30,
    'send an attempt whose record has ended',
    'shared/promotion/act.ts',
    "if ((await table.writeAttempt(sending)) === 'lost') {",
    "if ((await table.writeAttempt(sending)) !== 'won' && Date.now() === 0) {",
    'runs that stand still after their claims, and are killed after their records',
  ),
  bug(
    6,
    'take no last look before the request',
    'shared/promotion/act.ts',
    'const stopped = await lastLook(sending, marked, seenAt, ports);',
    'const stopped = seenAt < 0 ? claimed : null;',
    'two runs, one of which stands still after its claim',
  ),
  bug(
    15,
    'give an attempt up that another run has marked since',
    'shared/table/dynamo.ts',
    'attempt.sentAt === null\n',
    'attempt.id === "" \n',
    'two runs, both of which stand still',
  ),
  bug(
    21,
    'decide although a wave before could not be read',
    'shared/domain/obstacles.ts',
    '...unreadableOn([...waves, step.to], facts)',
    '...unreadableOn([step.from, step.to], facts)',
    'reads of releases that fail',
  ),
  bug(
    14,
    'record what a run decided that stood still',
    'shared/promotion/run.ts',
    'if (!(await isStored(ports.table, decision.pipelineId, ledger))) {',
    'if (!(await isStored(ports.table, decision.pipelineId, ledger)) && ledger.revision < 0) {',
    'two runs, one of which stands still before its look',
  ),
  bug(
    1,
    'overlook a release that takes a deployment back',
    'shared/domain/stays.ts',
    "const isNews = newest.status === 'succeeded' && !newest.current && history.isOvertaken !== true;",
    'const isNews = false;',
    'config changes during release phases',
  ),
  bug(
    1,
    'let lookups go on after their time',
    'shared/scan/lookup.ts',
    'return await Promise.race([read(ended.signal), limit]);\n  } finally {\n    ended.abort();',
    'return await Promise.race([read(new AbortController().signal), limit]);\n  } finally {\n    ended.abort();',
    'lookups that take long',
  ),
  bug(
    9,
    'let fast merges starve the waves behind',
    'shared/domain/decide.ts',
    'if (next === undefined || nextDecided === undefined) return null;',
    'if (next === undefined || nextDecided === undefined || now > 0) return null;',
  ),
  bug(
    4,
    'take the result of CI that came in last for the newest',
    'shared/checks/results.ts',
    'return happenedAt(a) > happenedAt(b);',
    'return a.receivedAt > b.receivedAt;',
  ),
  bug(
    4,
    'let the trouble of one pipeline stop the tick for all',
    'shared/scan/resolve-fleet.ts',
    'if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;',
    'if (error !== null) throw error;',
    'pipelines about which Heroku has no answer',
  ),
  bug(1, 'obey holds that were lifted', 'shared/domain/hold.ts', 'hold.liftedAt === null && ', ''),
  bug(
    6,
    'wait fifty minutes instead of five for a lost answer',
    'shared/domain/attempt.ts',
    'export const QUIET_MS = 5 * 60_000;',
    'export const QUIET_MS = 50 * 60_000;',
    'answers that are lost',
  ),
  bug(
    3,
    'take a hotfix for where an app starts from',
    'shared/domain/obstacles.ts',
    'return isKnown || upstream.some((past) => mayHaveForgotten(past, stay)) ? [] : [straight];',
    'return [];',
  ),
  bug(
    6,
    'look only at what an app runs now, not at what it has had',
    'shared/domain/candidate.ts',
    '(had, index) => !isWithdrawn(history, index) &&',
    '(had, index) => had === currentStay(history) && !isWithdrawn(history, index) &&',
    'hotfixes',
  ),
  bug(
    3,
    'undo what people did',
    'shared/domain/obstacles.ts',
    'if (undone.length > 0) obstacles.push',
    'if (undone.length > 99) obstacles.push',
  ),
  bug(
    18,
    'soak on the first app that has it',
    'shared/domain/candidate.ts',
    'missing.length > 0 || cutShort ? null : Math.max(',
    'missing.length > 0 || cutShort ? null : Math.min(',
    'a wave whose apps differ',
  ),
  bug(
    2,
    'count a soak that was cut short',
    'shared/domain/candidate.ts',
    'const cutShort = stays.some(',
    'const cutShort = [].some(',
  ),
  bug(
    1,
    'change an attempt that has ended',
    'shared/table/dynamo.ts',
    "expression: 'attribute_not_exists(pk) OR #state = :open',",
    "expression: 'attribute_not_exists(pk) OR attribute_exists(#state)',",
  ),
  {
    seed: 1,
    name: 'promote to an app that has an open attempt',
    edits: [
      {
        file: 'shared/domain/obstacles.ts',
        find: 'if (open !== undefined) obstacles.push(underWay(facts, open));',
        put: '',
      },
      {
        file: 'shared/domain/decide.ts',
        find: 'const state: StepState = openOn(facts, step.to)',
        put: 'const state: StepState = facts === null',
      },
    ],
  },
  bug(
    1,
    'believe an unsigned webhook',
    'functions/webhook/verify.ts',
    'if (isSigned(claim, bytes, secret)) return { ok: true };',
    'if (claim.ok) return { ok: true };',
  ),
  bug(
    25,
    'rebuild the ledger without its open attempts',
    'shared/domain/attempt.ts',
    "attempt.state === 'open' ? opened(ledger, attempt) : noted(ledger, attempt),",
    "attempt.state === 'open' ? ledger : noted(ledger, attempt),",
  ),
  bug(
    5,
    'take any new release of a target for the promotion’s',
    'shared/domain/settle.ts',
    'artifactKey(r.artifact) === attempt.artifact,',
    "artifactKey(r.artifact) !== '',",
    'answers that are lost, and people who release by hand meanwhile',
  ),
  bug(
    3,
    'take a target that is under way for done',
    'shared/domain/settle.ts',
    "const state: TargetState = report.status === 'pending' ? 'open' : report.status;",
    "const state: TargetState = report.status === 'pending' ? 'succeeded' : report.status;",
  ),
  bug(
    6,
    'offer what somebody took back',
    'shared/domain/candidate.ts',
    'if (isWithdrawn(history, index) || !admits(app, stay)) continue;',
    'if (!admits(app, stay)) continue;',
    'rollbacks of what is about to be promoted',
  ),
  bug(
    11,
    'believe what is known of an app that has left the pipeline',
    'shared/domain/stays.ts',
    'history.stays.length === 0 ? known(history)',
    'history.deployment === null ? known(history)',
    'apps that leave their pipelines',
  ),
  bug(
    2,
    'let a resume change nothing',
    'shared/domain/attempt.ts',
    'const accepted = resume.accepted.reduce(',
    'const accepted = resume.accepted.slice(0, 0).reduce(',
  ),
  bug(
    33,
    'let a word count that was given on what was seen before',
    'shared/domain/attempt.ts',
    'if (isHeard || (isOld && !isAside)) return entry;',
    'if (isHeard) return entry;',
    'words about what was seen before',
  ),
  bug(
    2,
    'let a word about what is over count as the last',
    'shared/domain/attempt.ts',
    '...(isAside && { isAside })',
    '',
    'words about what is over',
  ),
  bug(
    30,
    'look only at what an app runs now for something newer',
    'shared/domain/obstacles.ts',
    '!lacks(facts, waves, app, candidate.artifact),',
    "isOlder(facts, waves, app, candidate.artifact, running(facts, app)?.artifact ?? ''),",
    'config changes during release phases',
  ),
  bug(
    3,
    'let the reads of a check go on after its time',
    'shared/checks/ask.ts',
    'endingWith(answered.signal, ports)',
    'endingWith(new AbortController().signal, ports)',
    'checks whose reads take long',
  ),
  bug(
    1,
    'rely on events alone',
    'shared/scan/due.ts',
    "['time', view.wakeAt !== null && view.wakeAt <= now],",
    "['time', false],",
  ),
  bug(
    5,
    'overlook Heroku’s status',
    'shared/checks/heroku-status.ts',
    'if (unwell.length === 0)',
    'if (unwell.length < 99)',
  ),
];
