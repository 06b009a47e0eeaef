// sluice config diff <dir> and sluice config push <dir>: what differs from what is deployed, and putting it there.
//
// Parameters are written one at a time, each whole, between two marks: an interrupted push is completed by the next.

import { join } from 'node:path';
import { type ConfigProblem, problem } from '../../shared/config/problem.ts';
import { row } from '../../shared/explain/text.ts';
import { prefixOption } from '../../shared/parameters/names.ts';
import type { DeployedParameters } from '../parameters.ts';
import type { Reach } from '../verb.ts';
import { type Change, changesOf, EMPTY_DEFAULTS } from './changes.ts';
import { readDeployedConfig } from './deployed.ts';
import { type Collected, isPipeline, problemsOf } from './entries.ts';
import { readConfigFolder } from './folder.ts';
import { type Write, writeMarked } from './marked.ts';
import { changeRows, counted, doneRow, noteRows, problemRows, prunes } from './telling.ts';

interface Plan {
  readonly folder: string;
  readonly deployed: DeployedParameters;
  readonly isPruned: boolean;
  /** An earlier push is not done: there is something to complete even where nothing differs. */
  readonly isUnfinished: boolean;
  readonly changes: readonly Change[];
  readonly problems: readonly ConfigProblem[];
  readonly notes: readonly string[];
}

export async function diff(reach: Reach, folder: string, options: { exitCode?: boolean }): Promise<0 | 1> {
  const plan = await planOf(reach, folder, false);
  show(reach, plan);
  const isSame = plan.changes.every(({ kind }) => kind === 'unchanged');
  return plan.problems.length > 0 || (options.exitCode === true && !isSame) ? 1 : 0;
}

export async function push(
  reach: Reach,
  folder: string,
  options: { prune?: boolean; dryRun?: boolean },
): Promise<0 | 1> {
  const plan = await planOf(reach, folder, options.prune === true);
  if (options.dryRun !== true && plan.problems.length === 0) return write(reach, plan);
  show(reach, plan);
  return plan.problems.length > 0 ? 1 : 0;
}

async function planOf(reach: Reach, folder: string, isPruned: boolean): Promise<Plan> {
  const inFolder = readConfigFolder(folder);
  const deployed = await reach.parameters();
  const there = await readDeployedConfig(deployed);
  const changes = changesOf(inFolder, there, deployed.names, isPruned);
  const kept = isPruned ? [] : changes.flatMap(({ kind, before }) => (kind === 'removed' && before) || []);
  const problems = [
    ...problemsOf(inFolder, kept),
    ...(isPruned ? pruningProblems(inFolder, folder) : []),
    ...there.problems,
  ];
  const { unfinished } = there;
  const notes = [
    ...there.notes,
    ...(unfinished === null ? [] : [`${unfinished.message}.`]),
    ...inFolder.notes.filter((note) => !isPruned || !inFolder.unread.some((one) => one.note === note)),
  ];
  return { folder, deployed, isPruned, isUnfinished: unfinished !== null, changes, problems, notes };
}

/** What is not in the folder is deleted, so there must be no doubt about what is. */
function pruningProblems(inFolder: Collected, folder: string): readonly ConfigProblem[] {
  const unread = inFolder.unread.map((one) => one.problem);
  if (inFolder.entries.some(isPipeline)) return unread;
  const expected =
    'at least one, as --prune deletes every pipeline that is not there; the last one goes with aws ssm delete-parameter';
  return [...unread, problem(join(folder, 'pipelines'), [], 'no pipeline', expected)];
}

function show(reach: Reach, plan: Plan): void {
  const { folder, isPruned, changes, problems, notes } = plan;
  const refused = row(
    0,
    `${counted(problems.length, 'problem')}: a push of ${folder} is refused, and writes nothing.`,
  );
  reach.say(
    [
      [changeRows(changes, folder, isPruned)],
      [noteRows(notes), problemRows(problems), problems.length === 0 ? [] : [refused]],
    ],
    recordsOf(plan, []),
  );
}

async function write(reach: Reach, plan: Plan): Promise<0> {
  const { folder, deployed, isPruned, isUnfinished, changes, notes } = plan;
  const { names, where, clock } = deployed;
  const todo = [
    ...changes.filter(({ kind }) => kind === 'added' || kind === 'changed' || kind === 'emptied'),
    ...changes.filter(({ kind }) => isPruned && kind === 'removed'),
  ];
  const done: string[] = [];
  if (notes.length > 0) reach.tell([[noteRows(notes)]]);
  const isWritten = todo.length > 0 || isUnfinished;
  if (isWritten) {
    const push = { folder, id: reach.ports.newId(clock.now()), by: reach.ports.actor };
    const writes = todo.map((change) => writeOf(change, reach, deployed, done));
    await writeMarked(deployed, push, writes);
  }
  const kept = isPruned ? [] : changes.filter(({ kind }) => kind === 'removed');
  const keptNotes = kept.map(
    (change) => `${change.parameter} is not in ${folder}. It is kept; --prune ${prunes(change)} it.`,
  );
  const sum = isWritten
    ? [
        `${where} has all of ${folder}. The next tick uses it; runs under way may still act on the old one, for up to four minutes.`,
        `To stop at once: sluice hold <pipeline> --reason "…"${prefixOption(names.prefix)}`,
      ]
    : [`Nothing to write: ${where} has all of ${folder} already.`];
  reach.say([[noteRows(keptNotes), sum.map((text) => row(0, text))]], recordsOf(plan, done));
  return 0;
}

function writeOf(change: Change, reach: Reach, { parameters }: DeployedParameters, done: string[]): Write {
  const { kind, parameter, after } = change;
  const text = kind === 'emptied' ? EMPTY_DEFAULTS : after?.text;
  const carryOut = async () => {
    if (text === undefined) await parameters.delete(parameter);
    const version = text === undefined ? null : await parameters.put(parameter, text, 'String');
    const word = version === null ? 'deleted' : `${kind}, version ${version}`;
    reach.tell([[[doneRow(`${parameter} ${word}`)]]]);
    done.push(parameter);
  };
  return { parameter, carryOut };
}

function recordsOf({ folder, deployed, isPruned, changes, problems, notes }: Plan, done: readonly string[]) {
  return {
    folder,
    prefix: deployed.names.prefix,
    where: deployed.where,
    prune: isPruned,
    changes: changes.map(({ parameter, kind, before, after }) => ({
      parameter,
      kind,
      file: after?.where ?? null,
      before: before?.text ?? null,
      after: after?.text ?? null,
    })),
    done,
    problems,
    notes,
  };
}
