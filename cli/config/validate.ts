// sluice config validate [dir]: every problem of a folder, without AWS, or of what is deployed.

import { row } from '../../shared/explain/text.ts';
import { prefixOption } from '../../shared/parameters/names.ts';
import { Refusal } from '../errors.ts';
import type { Reach } from '../verb.ts';
import { readDeployedConfig } from './deployed.ts';
import { type Collected, pipelineName, problemsOf } from './entries.ts';
import { readConfigFolder } from './folder.ts';
import { counted, countOf, noteRows, problemRows } from './telling.ts';

export async function validate(reach: Reach, folder: string | undefined): Promise<0 | 1> {
  const { collected, where } =
    folder === undefined
      ? await deployedConfig(reach)
      : { collected: readConfigFolder(folder), where: folder };
  const { entries, notes } = collected;
  const problems = problemsOf(collected);
  const sum = `${where}: ${countOf(entries)}, ${counted(problems.length, 'problem')}.`;
  const pipelines = entries.flatMap((entry) => pipelineName(entry) ?? []);
  reach.say([[problemRows(problems), noteRows(notes), [row(0, sum)]]], { where, pipelines, problems, notes });
  return problems.length === 0 ? 0 : 1;
}

async function deployedConfig(reach: Reach): Promise<{ collected: Collected; where: string }> {
  const deployed = await reach.parameters();
  const collected = await readDeployedConfig(deployed);
  const { where } = deployed;
  if (collected.entries.length > 0 || collected.problems.length > 0) {
    const { problems, unfinished } = collected;
    const all = unfinished === null ? problems : [...problems, unfinished];
    return { collected: { ...collected, problems: all }, where };
  }
  throw new Refusal(
    `${where}: found no configuration, expected at least ${deployed.names.pipeline('<name>')}. To put some there: sluice config push DIR${prefixOption(deployed.names.prefix)}`,
  );
}
