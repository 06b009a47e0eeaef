// Before the deploy tests: a local AWS, bootstrapped, with a Sluice for each test file, deployed as somebody would who
// installs it. Afterwards nothing of it is left.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Cdk, createCdk, type Deployed } from './local-aws/cdk.ts';
import { localEnvironment, refuseUnlessLocal } from './local-aws/environment.ts';
import { type LocalAws, startLocalAws } from './local-aws/ministack.ts';
import { pythonPrograms } from './local-aws/python.ts';

/** The context each test file's Sluice is deployed with. Those that have most to wait for come first. */
export const CONTEXTS = {
  foreign: {},
  simulated: { prefix: '/sluice-simulated' },
  damaged: { prefix: '/sluice-damaged' },
  empty: { prefix: '/sluice-empty' },
} as const;

type Name = keyof typeof CONTEXTS;

declare module 'vitest' {
  export interface ProvidedContext {
    readonly endpoint: string;
    readonly home: string;
    readonly cfnLint: string;
    readonly stacks: Readonly<Record<Name, Deployed>>;
  }
}

let aws: LocalAws | null = null;
let home: string | null = null;

export async function setup(project: TestProject): Promise<void> {
  refuseUnlessLocal('http://127.0.0.1', process.env);
  const { ministack, cfnLint } = await pythonPrograms();
  home = mkdtempSync(join(tmpdir(), 'sluice-deploy-'));
  try {
    aws = await startLocalAws(ministack, home);
    const cdk = createCdk(localEnvironment(aws.endpoint, process.env, home), home);
    await cdk.bootstrap();
    const stacks = await deployAll(cdk);
    project.provide('endpoint', aws.endpoint);
    project.provide('home', home);
    project.provide('cfnLint', cfnLint);
    project.provide('stacks', stacks);
  } catch (error) {
    const said = aws === null ? '' : `\nThe local AWS said:\n${aws.output().slice(-10_000)}`;
    await teardown();
    throw new Error(`${error instanceof Error ? error.message : String(error)}${said}`);
  }
}

export async function teardown(): Promise<void> {
  await aws?.stop();
  if (home !== null) rmSync(home, { recursive: true, force: true });
  [aws, home] = [null, null];
}

/** One after the other: they share the folder that functions are bundled in. */
async function deployAll(cdk: Cdk): Promise<Readonly<Record<Name, Deployed>>> {
  const { deployed: foreign } = await cdk.deploy(CONTEXTS.foreign);
  const { deployed: simulated } = await cdk.deploy(CONTEXTS.simulated);
  const { deployed: damaged } = await cdk.deploy(CONTEXTS.damaged);
  const { deployed: empty } = await cdk.deploy(CONTEXTS.empty);
  return { foreign, simulated, damaged, empty };
}
