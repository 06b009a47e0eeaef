// The stack as a template, with a line of code for each function in place of its bundle.

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { StackContext } from '../../infra/context.ts';
import { FLAGS } from '../../infra/flags.ts';
import { SluiceStack } from '../../infra/stack.ts';

export const CONTEXT: StackContext = {
  prefix: '/sluice',
  alarmEmail: null,
  tickMinutes: 1,
  logRetentionDays: 90,
  secretKeys: [],
  reservedConcurrency: null,
  webhookConcurrency: null,
  apiConcurrency: null,
};

export function makeStack(more: Partial<StackContext> = {}): SluiceStack {
  return new SluiceStack(new App({ context: FLAGS }), 'sluice', {
    context: { ...CONTEXT, ...more },
    code: () => Code.fromInline('export const handler = () => {};'),
  });
}

export const synthesised = (more: Partial<StackContext> = {}): Template =>
  Template.fromStack(makeStack(more));

/** A value of a template as one reads it: references as `<LogicalId>`, what is joined in one piece. */
export function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, of] = ['', '']] = Object.entries(value as Record<string, unknown>);
  if (name === 'Ref') return `<${of}>`;
  if (name === 'Fn::GetAtt') return `<${(of as string[]).join('.')}>`;
  if (name === 'Fn::Join') {
    const [separator, parts] = of as [string, unknown[]];
    return parts.map(plain).join(separator);
  }
  return JSON.stringify(value);
}

interface Statement {
  readonly Effect: string;
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Everything a function's role may do, a line for each statement and resource. */
export function policiesOf(template: Template, role: RegExp): readonly string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    role.test(plain(Properties.Roles)),
  );
  const statements = policies.flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as readonly Statement[],
  );
  return statements
    .flatMap(({ Effect, Action, Resource, Condition = {} }) =>
      [Resource].flat().map((resource) => {
        const conditions = Object.entries(Condition).flatMap(([operator, values]) =>
          Object.entries(values).map(([key, value]) => ` if ${key} ${operator} ${plain(value)}`),
        );
        return `${Effect} ${plain(Action)} on ${plain(resource)}${conditions.join('')}`;
      }),
    )
    .sort();
}
