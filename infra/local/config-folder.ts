// Configuration from a folder, in place of SSM: pipelines/*.yaml (or .yml, .json), defaults.yaml, webhooks/<source>.
// Reads files of that folder, anew at every tick, as the parameters are.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { ConfigSource } from '../../shared/config/source.ts';
import { UsageError } from './options.ts';

const KINDS = ['.yaml', '.yml', '.json'];

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
      const files = readdirSync(pipelines).filter((file) => KINDS.includes(extname(file)));
      const defaults = KINDS.map((kind) => join(folder, `defaults${kind}`)).find((file) => existsSync(file));
      return {
        pipelines: files.sort().map((file) => ({
          name: basename(file, extname(file)),
          parameter: join(pipelines, file),
          text: readFileSync(join(pipelines, file), 'utf8'),
        })),
        defaults:
          defaults === undefined ? null : { parameter: defaults, text: readFileSync(defaults, 'utf8') },
      };
    },
    async webhookSecret(source) {
      const file = join(folder, 'webhooks', source);
      return existsSync(file) ? readFileSync(file, 'utf8') : null;
    },
  };
}
