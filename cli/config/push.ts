// sluice config diff <dir> and sluice config push <dir>: what differs from what is deployed, and putting it there.
//
// Parameters are written one at a time, each whole: an interrupted push is completed by the next.

import type { ConfigProblem } from '../../shared/config/problem.ts';
import { row } from '../../shared/explain/text.ts';
import { prefixOption } from '../../shared/parameters/names.ts';
import { wordsOf } from '../aws.ts';
import { Refusal } from '../errors.ts';
import type { DeployedParameters } from '../parameters.ts';
import type { Reach } from '../verb.ts';
import { type Change, changesOf } from './changes.ts';
import { readDeployedConfig } from './deployed.ts';
import { problemsOf } from './entries.ts';
import { readConfigFolder } from './folder.ts';
import { changeRows, counted, doneRow, noteRows, problemRows } from './telling.ts';

interface Plan {
  readonly folder: string;
  readonly deployed: DeployedParameters;
  readonly isPruned: boolean;
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
  const changes = changesOf(inFolder, there, deployed.names);
  const kept = isPruned ? [] : changes.flatMap(({ kind, before }) => (kind === 'removed' && before) || []);
  const problems = [...problemsOf(inFolder, kept), ...there.problems];
  return { folder, deployed, isPruned, changes, problems, notes: [...there.notes, ...inFolder.notes] };
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
  const { folder, deployed, isPruned, changes, notes } = plan;
  const { parameters, names, where } = deployed;
  const todo = [
    ...changes.filter(({ kind }) => kind === 'added' || kind === 'changed'),
    // Last: what takes a deleted one's place is there before.
    ...changes.filter(({ kind }) => isPruned && kind === 'removed'),
  ];
  const done: string[] = [];
  if (notes.length > 0) reach.tell([[noteRows(notes)]]);
  for (const { kind, parameter, after } of todo) {
    try {
      if (after === null) await parameters.delete(parameter);
      const version = after === null ? null : await parameters.put(parameter, after.text, 'String');
      const word = version === null ? 'deleted' : `${kind}, version ${version}`;
      reach.tell([[[doneRow(`${parameter} ${word}`)]]]);
      done.push(parameter);
    } catch (error) {
      const why = deployed.refusal(error)?.message ?? wordsOf(error);
      throw new Refusal(
        `${parameter}: ${why}\n${done.length} of ${todo.length} were done, each whole. What is left: sluice config diff ${folder}${prefixOption(names.prefix)}`,
      );
    }
  }
  const kept = isPruned ? [] : changes.filter(({ kind }) => kind === 'removed');
  const keptNotes = kept.map(
    ({ parameter }) => `${parameter} is not in ${folder}. It is kept; --prune deletes it.`,
  );
  const sum =
    done.length === 0
      ? `Nothing to write: ${where} has all of ${folder} already.`
      : `${where} has all of ${folder}. The next tick uses it, within a minute.`;
  reach.say([[noteRows(keptNotes), [row(0, sum)]]], recordsOf(plan, done));
  return 0;
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
