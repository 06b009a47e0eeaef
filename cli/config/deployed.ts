// Configuration as it is deployed: the parameters below the prefix that are configuration. Reads them in one go.

import { type ConfigProblem, problem } from '../../shared/config/problem.ts';
import type { Parameter } from '../../shared/parameters/port.ts';
import type { DeployedParameters } from '../parameters.ts';
import { stackNotes } from '../stack-note.ts';
import { byKey, type Collected, pipelineName } from './entries.ts';

export async function readDeployedConfig({ parameters, names }: DeployedParameters): Promise<Collected> {
  const key = ({ name }: Parameter) => name.slice(names.prefix.length + 1);
  const all = await parameters.under(names.prefix);
  const found = all.filter((one) => one.name === names.defaults || pipelineName({ key: key(one) }) !== null);
  return {
    entries: found
      .filter((one) => one.type === 'String')
      .map((one) => ({ key: key(one), where: one.name, text: one.value }))
      .sort(byKey),
    problems: found.flatMap(typeProblems),
    notes: stackNotes(all, names),
  };
}

/** SSM changes no parameter's type, and the functions do not decrypt configuration. */
function typeProblems({ name, type }: Parameter): readonly ConfigProblem[] {
  const expected = `a String, as configuration is no secret; aws ssm delete-parameter --name ${name} makes room for one`;
  return type === 'String' ? [] : [problem(name, [], `a ${type}`, expected)];
}
