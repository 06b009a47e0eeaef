// Configuration from SSM: everything under the prefix in one read, the pipelines and the defaults picked out of it, and
// the mark of `sluice config push` looked at again, so that nothing is given that is of two configurations.

import { type ParameterNames, prefixOption } from '../parameters/names.ts';
import type { Parameter, ParameterReads } from '../parameters/port.ts';
import { type ConfigProblem, problem } from './problem.ts';
import { isSameMark, movingMark, unfinishedPush } from './push-mark.ts';
import type { ConfigSource, ConfigText, ConfigTexts, DefaultsPlace } from './source.ts';

/** SSM gives ten parameters a page, so a read takes a while; a push that falls into it is read once more. */
const READS = 2;

/** Secrets that lie under the same prefix come encrypted, and are not looked at. */
export function configOfParameters(
  parameters: Pick<ParameterReads, 'under' | 'get'>,
  names: ParameterNames,
): ConfigSource {
  const readMark = async () => ({ mark: (await parameters.get([names.push]))[0] });
  // The mark as it was last seen, at this tick or the one before. What is read until it is seen again is of one piece
  // if it has not changed: looking at the pages' own copy is not enough, a whole push fits between two pages.
  let seen: { readonly mark: Parameter | undefined } | null = null;
  return {
    defaultsPlace: defaultsPlace(names),
    async read() {
      let trouble: ConfigProblem | null = null;
      seen ??= await readMark();
      for (let read = 0; read < READS; read++) {
        const before = seen;
        const found = await parameters.under(names.prefix);
        seen = await readMark();
        const { mark } = seen;
        const own = found.find(({ name }) => name === names.push);
        const isStill = isSameMark(before.mark, mark) && isSameMark(own, mark);
        trouble = unfinishedPush(mark, names) ?? (isStill ? null : movingMark(names));
        if (trouble === null) return textsOf(found, names);
      }
      return { pipelines: [], defaults: null, ...(trouble && { unsettled: trouble }) };
    },
    async readOne(name) {
      const found = await parameters.get([names.push, names.defaults, names.pipeline(name)]);
      const { mark } = await readMark();
      const own = found.find((one) => one.name === names.push);
      const trouble = unfinishedPush(mark, names) ?? (isSameMark(own, mark) ? null : movingMark(names));
      return trouble === null ? textsOf(found, names) : { pipelines: [], defaults: null, unsettled: trouble };
    },
  };
}

/** The configuration among everything that lies under the prefix. */
export function textsOf(parameters: readonly Parameter[], names: ParameterNames): ConfigTexts {
  const path = `${names.pipelines}/`;
  const defaults = parameters.find(({ name }) => name === names.defaults);
  return {
    pipelines: parameters
      .filter(({ name }) => name.startsWith(path))
      .map((one) => ({ ...textOf(one, names), name: one.name.slice(path.length) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    defaults: defaults === undefined ? null : textOf(defaults, names),
  };
}

/** SSM changes no parameter's type, and nobody decrypts configuration. */
function textOf({ name, type, value }: Parameter, { prefix }: ParameterNames): ConfigText {
  if (type === 'String') return { parameter: name, text: value };
  const hold = `sluice hold <pipeline> --reason "…"${prefixOption(prefix)}`;
  const expected = `a String, as configuration is no secret. To make room for one, first hold what it is about (${hold}) or stop all of it (docs/runbook.md, Stop everything), then: aws ssm delete-parameter --name ${name}`;
  return { parameter: name, text: '', unread: problem(name, [], `a ${type}`, expected) };
}

export function defaultsPlace({ defaults, prefix }: ParameterNames): DefaultsPlace {
  return {
    parameter: defaults,
    restore: `sluice config push <dir>${prefixOption(prefix)}`,
    empty: `aws ssm put-parameter --name ${defaults} --type String --value '{}'`,
  };
}
