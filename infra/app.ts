// `cdk deploy` runs this: one stack from the context of the deploy. Needs no credentials and looks nothing up.

import { existsSync, readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { serviceOf, stackNameOf } from '../shared/service.ts';
import { bundle } from './bundle.ts';
import { readContext, type StackContext } from './context.ts';
import { CONTEXT_FILE, readContextFile } from './context-file.ts';
import { FLAGS } from './flags.ts';
import { SluiceStack } from './stack.ts';

const app = new App({ context: FLAGS });
const context = contextOf(app);
new SluiceStack(app, stackNameOf(serviceOf(context.prefix)), {
  description: 'Sluice: continuous promotion for Heroku pipelines',
  context,
  code: (name) => Code.fromAsset(bundle(name).folder),
});

/** A wrong value is whoever types the deploy's to mend: its message, without a stack trace below it. */
function contextOf({ node }: App): StackContext {
  try {
    const path = new URL(`../${CONTEXT_FILE}`, import.meta.url);
    const file = readContextFile(existsSync(path) ? readFileSync(path, 'utf8') : null);
    return readContext((name) => node.tryGetContext(name) ?? file[name], Object.keys(node.getAllContext()));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
