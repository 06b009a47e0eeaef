// Configuration from SSM: everything under the prefix in one read, the pipelines and the defaults picked out of it.

import type { ParameterNames } from '../parameters/names.ts';
import type { ParameterReads } from '../parameters/port.ts';
import type { ConfigSource, ConfigText } from './source.ts';

/** Secrets that lie under the same prefix come encrypted, and are not looked at. */
export function configOfParameters(
  parameters: Pick<ParameterReads, 'under'>,
  names: ParameterNames,
): ConfigSource {
  return {
    async read() {
      const found = await parameters.under(names.prefix);
      const texts = found.map(({ name, value }): ConfigText => ({ parameter: name, text: value }));
      const path = `${names.pipelines}/`;
      return {
        pipelines: texts
          .filter(({ parameter }) => parameter.startsWith(path))
          .map((text) => ({ ...text, name: text.parameter.slice(path.length) }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
        defaults: texts.find(({ parameter }) => parameter === names.defaults) ?? null,
      };
    },
  };
}
