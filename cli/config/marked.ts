// Writes between two marks: while they are being made, no tick looks at a pipeline, so none sees some of them old and
// some new. Writes the mark, `<prefix>/push`.

import { type PushMark, pushMarkText } from '../../shared/config/push-mark.ts';
import { prefixOption } from '../../shared/parameters/names.ts';
import { wordsOf } from '../aws.ts';
import { Refusal } from '../errors.ts';
import type { DeployedParameters } from '../parameters.ts';

export interface Push {
  readonly folder: string;
  /** Of this push. */
  readonly id: string;
  /** Who pushes. */
  readonly by: string;
}

export interface Write {
  readonly parameter: string;
  /** Says what was done. */
  readonly carryOut: () => Promise<void>;
}

/** @throws Refusal that tells which write failed, how far it came and what completes it; the mark stays at `begun`. */
export async function writeMarked(
  deployed: DeployedParameters,
  { folder, id, by }: Push,
  writes: readonly Write[],
): Promise<void> {
  const { parameters, names, clock } = deployed;
  const mark = (state: PushMark['state']) => {
    const at = new Date(clock.now()).toISOString();
    return parameters.put(names.push, pushMarkText({ state, id, by, at }), 'String');
  };
  const again = `sluice config push ${folder}${prefixOption(names.prefix)}`;
  const refused = (parameter: string, error: unknown, consequence: string) => {
    const why = deployed.refusal(error)?.message ?? wordsOf(error);
    return new Refusal(`${parameter}: ${why}\n${consequence}`);
  };
  const stopped = `Until a push is done no tick looks at any pipeline. To complete it: ${again}`;

  const begun = await mark('begun').catch((error: unknown) => {
    throw refused(names.push, error, 'Nothing of the configuration was written.');
  });
  for (const [index, { parameter, carryOut }] of writes.entries()) {
    await carryOut().catch((error: unknown) => {
      throw refused(parameter, error, `${index} of ${writes.length} were done, each whole. ${stopped}`);
    });
  }
  const done = await mark('done').catch((error: unknown) => {
    throw refused(names.push, error, `All of ${folder} was written, but not that it is done. ${stopped}`);
  });
  if (done === begun + 1) return;
  await mark('begun');
  throw new Refusal(
    `${names.push}: found the mark of another push that began meanwhile, expected to be alone: what is deployed may be of both. ${stopped}`,
  );
}
