// `cdk deploy` runs this: one stack from the context of the deploy. Needs no credentials and looks nothing up.

import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { serviceOf, stackNameOf } from '../shared/service.ts';
import { bundle } from './bundle.ts';
import { readContext } from './context.ts';
import { FLAGS } from './flags.ts';
import { SluiceStack } from './stack.ts';

const app = new App({ context: FLAGS });
const context = readContext((name) => app.node.tryGetContext(name), Object.keys(app.node.getAllContext()));
new SluiceStack(app, stackNameOf(serviceOf(context.prefix)), {
  description: 'Sluice: continuous promotion for Heroku pipelines',
  context,
  code: (name) => Code.fromAsset(bundle(name).folder),
});
