// `npx cdk`, as somebody types it who installs Sluice, against the local AWS. Each stack has a folder for its synthesis.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, runWell } from './child.ts';

export interface Deployed {
  /** As CloudFormation calls it. */
  readonly name: string;
  readonly prefix: string;
  /** The stack's outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Cdk {
  bootstrap(): Promise<Ended>;
  deploy(context: Context): Promise<{ readonly deployed: Deployed; readonly ended: Ended }>;
  destroy(context: Context): Promise<Ended>;
}

/** By name; what is given by `-c name=value`. */
export type Context = Readonly<Record<string, string>>;

const SECONDS = 180;

/** `home`: a folder for what it writes. */
export function createCdk(env: NodeJS.ProcessEnv, home: string): Cdk {
  const cdk = (verb: string, context: Context, args: readonly string[]): Promise<Ended> => {
    const given = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const app = verb === 'deploy' ? '--app' : '--output';
    return runWell('npx', ['cdk', verb, ...args, ...given, ...QUIET, app, folderOf(context, home)], {
      env,
      seconds: SECONDS,
    });
  };
  return {
    bootstrap: () => cdk('bootstrap', {}, []),
    async deploy(context) {
      const file = `${folderOf(context, home)}.outputs.json`;
      await cdk('synth', context, ['--quiet']);
      leaveOut(UNKNOWN_HERE, folderOf(context, home));
      const ended = await cdk('deploy', context, ['--require-approval', 'never', '--outputs-file', file]);
      const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
      const [stack] = Object.entries(all);
      if (stack === undefined) throw new Error(`cdk deploy named no stack. It said:\n${ended.output}`);
      const [name, outputs] = stack;
      return { deployed: { name, prefix: outputs['ParameterPrefix'] ?? '', outputs }, ended };
    },
    destroy: (context) => cdk('destroy', context, ['--force']),
  };
}

/** `cdk synth` into `folder`, with that environment and no other. Gives the template of the one stack. */
export async function synth(env: NodeJS.ProcessEnv, folder: string): Promise<string> {
  await runWell('npx', ['cdk', 'synth', '--quiet', ...QUIET, '--output', folder], { env, seconds: SECONDS });
  return readFileSync(join(folder, 'sluice.template.json'), 'utf8');
}

/** What the local AWS cannot make, and nobody misses there: it lets everybody do everything. */
const UNKNOWN_HERE = 'AWS::Events::EventBusPolicy';

function leaveOut(type: string, folder: string): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.template.json'))) {
    const file = join(folder, name);
    const template = JSON.parse(readFileSync(file, 'utf8')) as {
      Resources: Record<string, { Type: string }>;
    };
    const kept = Object.entries(template.Resources).filter(([, resource]) => resource.Type !== type);
    writeFileSync(file, JSON.stringify({ ...template, Resources: Object.fromEntries(kept) }));
  }
}

/** Notices come from the internet. */
const QUIET = ['--no-notices', '--no-version-reporting'] as const;

function folderOf({ prefix = '' }: Context, home: string): string {
  return join(home, `cdk${prefix.replaceAll('/', '-')}`);
}
