// Configuration as it is deployed: the parameters below the prefix that are configuration. Reads them in one go.

import { textsOf } from '../../shared/config/parameters.ts';
import type { ConfigProblem } from '../../shared/config/problem.ts';
import { unfinishedPush } from '../../shared/config/push-mark.ts';
import type { DeployedParameters } from '../parameters.ts';
import { stackNotes } from '../stack-note.ts';
import { byKey, type Collected } from './entries.ts';

export interface DeployedConfig extends Collected {
  /** That a push has begun and is not done. */
  readonly unfinished: ConfigProblem | null;
}

export async function readDeployedConfig({ parameters, names }: DeployedParameters): Promise<DeployedConfig> {
  const all = await parameters.under(names.prefix);
  const { pipelines, defaults } = textsOf(all, names);
  const texts = [...pipelines, ...(defaults === null ? [] : [defaults])];
  const unfinished = unfinishedPush(
    all.find(({ name }) => name === names.push),
    names,
  );
  return {
    entries: texts
      .filter(({ unread }) => unread === undefined)
      .map(({ parameter, text }) => ({
        key: parameter.slice(names.prefix.length + 1),
        where: parameter,
        text,
      }))
      .sort(byKey),
    problems: texts.flatMap(({ unread }) => unread ?? []),
    unread: [],
    notes: stackNotes(all, names),
    unfinished,
  };
}
