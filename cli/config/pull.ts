// sluice config pull <dir>: what is deployed, written to a folder, byte for byte.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listOf } from '../../shared/domain/words.ts';
import { row } from '../../shared/explain/text.ts';
import { prefixOption } from '../../shared/parameters/names.ts';
import { isNamePart } from '../../shared/parameters/prefix.ts';
import { Refusal } from '../errors.ts';
import type { Reach } from '../verb.ts';
import { readDeployedConfig } from './deployed.ts';
import { type Collected, type Entry, pipelineName } from './entries.ts';
import { readConfigFolder } from './folder.ts';
import { countOf, doneRow, noteRows } from './telling.ts';

interface Target {
  readonly entry: Entry;
  readonly file: string;
  readonly state: 'new' | 'same' | 'differs';
}

const NOTHING: Collected = { entries: [], problems: [], unread: [], notes: [] };

export async function pull(reach: Reach, folder: string, options: { force?: boolean }): Promise<0> {
  const deployed = await reach.parameters();
  const { entries, problems, unfinished } = await readDeployedConfig(deployed);
  if (problems.length > 0) {
    throw new Refusal(`${problems.map(({ message }) => `${message}.`).join('\n')}\nNothing was written.`);
  }
  if (entries.length === 0) {
    throw new Refusal(
      `${deployed.where}: found no configuration, expected at least ${deployed.names.pipeline('<name>')}. Is it another prefix or region? AWS_REGION=… sluice … --prefix /sluice`,
    );
  }
  const there = existsSync(join(folder, 'pipelines')) ? readConfigFolder(folder) : NOTHING;
  if (there.problems.length > 0) {
    throw new Refusal(
      `${there.problems.map(({ message }) => `${message}.`).join('\n')}\nNothing was written: put ${folder} in order, or pull into another folder.`,
    );
  }
  const isOurs = (entry: Entry) => isNamePart(pipelineName(entry) ?? 'defaults');
  refuseOneFileForTwo(entries);
  const targets = entries.filter(isOurs).map((entry) => targetOf(entry, folder, there));
  const differing = targets.filter(({ state }) => state === 'differs');
  if (differing.length > 0 && options.force !== true) {
    const asked = `${folder}${prefixOption(deployed.names.prefix)}`;
    const files = differing.map(({ file }) => `  ${file}`).join('\n');
    throw new Refusal(
      `These files differ from what is deployed, and a pull would lose what is in them:\n${files}\nNothing was written.\n  sluice config diff ${asked}          tells what differs\n  sluice config pull ${asked} --force  overwrites them`,
    );
  }
  mkdirSync(join(folder, 'pipelines'), { recursive: true });
  const written = targets.filter(({ state }) => state !== 'same');
  for (const { entry, file, state } of written) {
    writeFileSync(file, entry.text);
    reach.tell([[[doneRow(`${file} ${state === 'new' ? 'written' : 'overwritten'}`)]]]);
  }
  const notes = [
    ...(unfinished === null ? [] : [`${unfinished.message}.`]),
    ...entries
      .filter((entry) => !isOurs(entry))
      .map(({ where }) => `${where} is not written: a folder has no place for a name with a slash in it.`),
    ...there.entries
      .filter(({ key }) => !entries.some((entry) => entry.key === key))
      .map(({ where }) => `${where} is not deployed. It is kept.`),
  ];
  const sum = `${folder} has ${countOf(entries.filter(isOurs))} of ${deployed.where}.`;
  reach.say([[noteRows(notes), [row(0, sum)]]], {
    folder,
    prefix: deployed.names.prefix,
    where: deployed.where,
    files: targets.map(({ entry, file, state }) => ({ parameter: entry.where, file, state })),
    notes,
  });
  return 0;
}

/** Some disks take names that differ only in case for one: the second file would replace the first. */
function refuseOneFileForTwo(entries: readonly Entry[]): void {
  const alike = (a: Entry, b: Entry) => a.key.toLowerCase() === b.key.toLowerCase();
  const twins = entries.filter((one) => entries.some((other) => other !== one && alike(one, other)));
  if (twins.length === 0) return;
  const two = twins.filter((one) => twins[0] !== undefined && alike(one, twins[0]));
  throw new Refusal(
    `${listOf(two.map(({ where }) => where))}: found names that differ only in case, expected names that are two files on every disk.\nNothing was written. Put one under another name (aws ssm put-parameter --name … --type String --value …) and take the old one away: aws ssm delete-parameter --name ${two[0]?.where}`,
  );
}

/** The file that has the entry's key already, whatever its kind, or a new one. */
function targetOf(entry: Entry, folder: string, there: Collected): Target {
  const existing = there.entries.find(({ key }) => key === entry.key);
  if (existing === undefined) {
    return {
      entry,
      file: join(folder, `${entry.key}${isJson(entry.text) ? '.json' : '.yaml'}`),
      state: 'new',
    };
  }
  return { entry, file: existing.where, state: existing.text === entry.text ? 'same' : 'differs' };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
