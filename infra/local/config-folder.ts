// Configuration from a folder, in place of SSM: pipelines/*.yaml (or .yml, .json), defaults.yaml, webhooks/<source>.
// Reads files of that folder, anew at every tick, as the parameters are.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../../shared/config/problem.ts';
import type { ConfigSource, ConfigText, ConfigTexts } from '../../shared/config/source.ts';
import { listOf } from '../../shared/domain/words.ts';
import { isText, namesIn, readText, secondFile, stem } from '../../shared/local/config-files.ts';
import { UsageError } from './options.ts';

export function configFolder(folder: string): ConfigSource & {
  webhookSecret(source: string): Promise<string | null>;
} {
  const pipelines = join(folder, 'pipelines');
  if (!existsSync(pipelines)) {
    throw new UsageError(
      `--config ${folder}: expected a folder ${pipelines} with one YAML file a pipeline, found none. See docs/configuration.md.`,
    );
  }
  const place = join(folder, 'defaults.yaml');
  return {
    defaultsPlace: {
      parameter: place,
      restore: 'put the file back',
      empty: `echo '{}' > ${place}`,
    },
    async read() {
      try {
        const texts = pipelinesIn(pipelines);
        return {
          pipelines: texts,
          defaults: defaultsIn(folder),
          ...(texts.length === 0 && nothing(pipelines)),
        };
      } catch (error) {
        return unsettled(pipelines, error);
      }
    },
    async webhookSecret(source) {
      const file = join(folder, 'webhooks', source);
      return existsSync(file) ? readFileSync(file, 'utf8') : null;
    },
  };
}

function pipelinesIn(folder: string): ConfigTexts['pipelines'] {
  const texts = namesIn(folder)
    .filter(isText)
    .map((file) => ({ name: stem(file), ...readText(join(folder, file)) }));
  return texts.map((text) => {
    const first = texts.find(({ name }) => name === text.name) ?? text;
    return first === text ? text : secondFile(text, `pipelines/${text.name}`, first.parameter);
  });
}

function defaultsIn(folder: string): ConfigText | null {
  const [first, second] = namesIn(folder)
    .filter((file) => isText(file) && stem(file) === 'defaults')
    .map((file) => readText(join(folder, file)));
  if (first === undefined) return null;
  return second === undefined ? first : secondFile(second, 'defaults', first.parameter);
}

/** A folder with nothing to run is most likely not what is meant. */
function nothing(folder: string): Pick<ConfigTexts, 'unsettled'> {
  const names = namesIn(folder);
  const found = names.length === 0 ? 'nothing' : `only ${listOf(names.slice(0, 3))}`;
  const expected = `one file .yaml, .yml or .json a pipeline. To begin with one that is called NAME at Heroku: echo 'pipeline: NAME' > ${join(folder, 'NAME.yaml')}`;
  return { unsettled: problem(folder, [], found, expected) };
}

/** The folder itself is not to be read, as while a version control system replaces it. */
function unsettled(pipelines: string, error: unknown): ConfigTexts {
  const found = error instanceof Error ? error.message : String(error);
  const expected = 'a folder that can be read, with one YAML file a pipeline; no pipeline runs until then';
  return { pipelines: [], defaults: null, unsettled: problem(pipelines, [], found, expected) };
}
