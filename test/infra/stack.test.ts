// What `cdk deploy` makes, and above all what each function may do.

import { type App, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { QUIET_MS, REQUEST_DEADLINE_MS } from '../../shared/domain/attempt.ts';
import { CHANGING_VERBS } from '../../shared/operations/verbs.ts';
import { makeStack, plain, policiesOf, synthesised } from './synthesised.ts';

const template = synthesised();

describe('The functions', () => {
  it('may do this and nothing else', () => {
    expect({
      api: policiesOf(template, /^<Api/),
      scan: policiesOf(template, /^<Scan/),
      promote: policiesOf(template, /^<Promote/),
      webhook: policiesOf(template, /^<Webhook/),
    }).toMatchInlineSnapshot(`
      {
        "api": [
          "Allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike installation if dynamodb:LeadingKeys Null false",
          "Allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike pipeline#* if dynamodb:LeadingKeys Null false",
          "Allow dynamodb:Query, dynamodb:UpdateItem on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike fleet if dynamodb:LeadingKeys Null false",
          "Allow logs:CreateLogStream, logs:PutLogEvents on <ApiLogsB8F651F4.Arn>",
        ],
        "promote": [
          "Allow dynamodb:GetItem, dynamodb:PutItem on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike pipeline#* if dynamodb:LeadingKeys Null false",
          "Allow dynamodb:Query on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike pipeline#*, signal#* if dynamodb:LeadingKeys Null false",
          "Allow dynamodb:UpdateItem on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike fleet if dynamodb:LeadingKeys Null false",
          "Allow events:PutEvents on <BusEA82B648.Arn> if events:detail-type ForAllValues:StringEquals AttemptOpened, AttemptSettled, DecisionChanged, SafetyAlarm if events:detail-type Null false",
          "Allow logs:CreateLogStream, logs:PutLogEvents on <PromoteLogs9322D980.Arn>",
          "Allow sqs:SendMessage on <DeadLettersBBF8BAAB.Arn>",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/github/token",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/api-url",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/status-url",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/token",
        ],
        "scan": [
          "Allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike installation if dynamodb:LeadingKeys Null false",
          "Allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query, dynamodb:UpdateItem on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike fleet if dynamodb:LeadingKeys Null false",
          "Allow events:PutEvents on <BusEA82B648.Arn> if events:detail-type ForAllValues:StringEquals PipelineDue if events:detail-type Null false",
          "Allow logs:CreateLogStream, logs:PutLogEvents on <ScanLogs2D2700DB.Arn>",
          "Allow sqs:SendMessage on <DeadLettersBBF8BAAB.Arn>",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/defaults",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/api-url",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/read-token",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/status-url",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/token",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/pipelines/*",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/push",
          "Allow ssm:GetParametersByPath on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice",
          "Deny kms:Decrypt on * if kms:ViaService StringEquals ssm.<AWS::Region>.amazonaws.com if kms:EncryptionContext:PARAMETER_ARN StringNotEquals arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/token, arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/heroku/read-token",
        ],
        "webhook": [
          "Allow dynamodb:GetItem on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike delivery#* if dynamodb:LeadingKeys Null false",
          "Allow dynamodb:PutItem on <TableCD117FA1.Arn> if dynamodb:LeadingKeys ForAllValues:StringLike signal#*, delivery#* if dynamodb:LeadingKeys Null false",
          "Allow events:PutEvents on <BusEA82B648.Arn> if events:detail-type ForAllValues:StringEquals SignalReceived if events:detail-type Null false",
          "Allow logs:CreateLogStream, logs:PutLogEvents on <WebhookLogsC0D6567B.Arn>",
          "Allow ssm:GetParameters on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/webhooks/*",
          "Allow ssm:GetParametersByPath on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/webhooks",
        ],
      }
    `);
  });

  it('are one role for each code, with nothing attached that AWS wrote', () => {
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(roles).toHaveLength(4);
    for (const { Properties } of roles) expect(Properties.ManagedPolicyArns).toBeUndefined();
  });

  it('can delete nothing, and are allowed nothing on everything', () => {
    const all = policiesOf(template, /./).filter((line) => line.startsWith('Allow'));
    expect(
      all.filter((line) => /Delete|Scan\b|BatchWrite|Update(Table|Item) on (?!.*fleet)/.test(line)),
    ).toEqual([]);
    expect(all.filter((line) => / on \*/.test(line) || / \*( |,)/.test(line))).toEqual([]);
  });

  it('ask of a condition on several values that there is one: a request without any would match them all', () => {
    const conditions = [/^<Api/, /^<Scan/, /^<Promote/, /^<Webhook/]
      .flatMap((role) => policiesOf(template, role))
      .flatMap((line) => (/LeadingKeys|detail-type/.test(line) ? line : []));
    expect(conditions.length).toBeGreaterThan(8);
    for (const line of conditions) {
      expect(line).toMatch(/ if (\S+) ForAllValues:String\w+ .+ if \1 Null false$/);
    }
  });

  it('run on Node 24 and arm64, in time for what waits for them', () => {
    const settings = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => [
      Properties.Description.split(':')[1].trim(),
      Properties.Runtime,
      Properties.Architectures[0],
      Properties.Timeout,
    ]);
    expect(settings).toEqual([
      ['finds the pipelines that need a look, once a tick', 'nodejs24.x', 'arm64', 60],
      ['one run for one pipeline', 'nodejs24.x', 'arm64', 120],
      ['records what CI, test suites and Heroku send, if it is signed', 'nodejs24.x', 'arm64', 10],
      ['what people say, for whom AWS vouches', 'nodejs24.x', 'arm64', 30],
      ...CHANGING_VERBS.map((verb) => [
        `what people say, ${verb} alone, for whom AWS vouches`,
        'nodejs24.x',
        'arm64',
        30,
      ]),
    ]);
  });

  it('end before a request of theirs could be taken for one that was never sent', () => {
    const promote = Object.values(template.findResources('AWS::Lambda::Function'))[1];
    // A run may send until Lambda ends it; Heroku's router gives a request 30 seconds more.
    expect(promote?.Properties.Timeout * 1000 + REQUEST_DEADLINE_MS + 30_000).toBeLessThan(QUIET_MS);
  });

  it('are told this by their environment, and no secret', () => {
    const variables = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => [
      Properties.Description.split(':')[1].trim().split(' ')[0],
      Object.keys(Properties.Environment.Variables).sort().join(' '),
    ]);
    expect(variables).toEqual([
      ['finds', 'NODE_OPTIONS SLUICE_BUS SLUICE_PREFIX SLUICE_TABLE SLUICE_TICK_MINUTES'],
      ['one', 'NODE_OPTIONS SLUICE_BUS SLUICE_PREFIX SLUICE_TABLE'],
      ['records', 'NODE_OPTIONS SLUICE_BUS SLUICE_PREFIX SLUICE_TABLE'],
      ['what', 'NODE_OPTIONS SLUICE_PREFIX SLUICE_TABLE'],
      ...CHANGING_VERBS.map(() => ['what', 'NODE_OPTIONS SLUICE_PREFIX SLUICE_TABLE SLUICE_VERB']),
    ]);
  });

  it('are tried once: the next tick heals, and what is lost lies in the dead letters', () => {
    template.allResourcesProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 2);
    for (const { Properties } of Object.values(template.findResources('AWS::Events::Rule'))) {
      expect(Properties.Targets).toHaveLength(1);
      expect(Properties.Targets[0].RetryPolicy).toEqual({
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
      });
      expect(plain(Properties.Targets[0].DeadLetterConfig.Arn)).toMatch(/^<DeadLetters/);
    }
  });

  it('keep their logs for as long as the deploy says', () => {
    const days = (of: Template) =>
      Object.values(of.findResources('AWS::Logs::LogGroup')).map(
        ({ Properties }) => Properties.RetentionInDays,
      );
    expect(days(template)).toEqual([90, 90, 90, 90]);
    expect(days(synthesised({ logRetentionDays: 14 }))).toEqual([14, 14, 14, 14]);
  });
});

describe('The schedule', () => {
  it('fires every minute, or as the deploy says', () => {
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
    const slower = synthesised({ tickMinutes: 5 });
    slower.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
    slower.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SLUICE_TICK_MINUTES: '5' } },
    });
  });

  it('is not the only thing that starts a look: a signal does, and each pipeline that is due starts a run', () => {
    const patterns = Object.values(template.findResources('AWS::Events::Rule'))
      .filter(({ Properties }) => Properties.EventPattern)
      .map(({ Properties }) => [Properties.EventPattern['detail-type'][0], plain(Properties.Targets[0].Arn)]);
    expect(patterns).toEqual([
      ['SignalReceived', expect.stringMatching(/^<Scan/)],
      ['PipelineDue', expect.stringMatching(/^<Promote/)],
    ]);
  });
});

describe('The bus', () => {
  it('takes events from the functions and from nobody else: what is due is believed', () => {
    const [policy, ...others] = Object.values(template.findResources('AWS::Events::EventBusPolicy'));
    expect(others).toEqual([]);
    const { Effect, Principal, Action, Resource, Condition } = policy?.Properties.Statement ?? {};
    expect([Effect, Principal, Action, plain(Resource)]).toEqual([
      'Deny',
      { AWS: '*' },
      'events:PutEvents',
      expect.stringMatching(/^<Bus\w+\.Arn>$/),
    ]);
    const senders = Condition.ArnNotEquals['aws:PrincipalArn'].map(plain);
    expect(senders.map((arn: string) => arn.replace(/Role.*/, ''))).toEqual([
      '<Scan',
      '<Promote',
      '<Webhook',
    ]);
    expect(plain(policy?.Properties.EventBusName)).toMatch(/^<Bus/);
  });
});

describe('The table', () => {
  it('outlives the stack, cannot be deleted by mistake and can be put back to any moment', () => {
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        Replicas: [
          Match.objectLike({
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          }),
        ],
      },
    });
  });

  it('keeps its logical id: another one would make a new, empty table', () => {
    const [id] = Object.keys(template.findResources('AWS::DynamoDB::GlobalTable'));
    expect(id).toBe('TableCD117FA1');
  });
});

describe('The addresses', () => {
  const auth = Object.values(template.findResources('AWS::Lambda::Url')).map(({ Properties }) => [
    plain(Properties.TargetFunctionArn).replace(/Function.*/, ''),
    Properties.AuthType,
  ]);

  it('are for senders, who sign their deliveries and not their requests, and for operators, who sign as AWS does', () => {
    expect(auth).toEqual([
      ['<Webhook', 'NONE'],
      ['<Api', 'AWS_IAM'],
      ...['Hold', 'Unhold', 'Accept', 'Retry', 'Reject', 'Allow'].map((verb) => [`<Api${verb}`, 'AWS_IAM']),
    ]);
  });

  it('are one for each verb, of a function that is told to do that verb: so each can be allowed by itself', () => {
    const functions = template.findResources('AWS::Lambda::Function');
    const verbs = Object.values(template.findResources('AWS::Lambda::Url')).flatMap(({ Properties }) => {
      const id = plain(Properties.TargetFunctionArn).slice(1).replace('.Arn>', '');
      return functions[id]?.Properties.Environment.Variables.SLUICE_VERB ?? [];
    });
    expect(verbs).toEqual(CHANGING_VERBS);
  });

  it('are all in the parameter that the command reads', () => {
    const [parts = []] = Object.values(template.findResources('AWS::SSM::Parameter')).map(
      ({ Properties }) => Properties.Value['Fn::Join'][1] as unknown[],
    );
    const text = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
    const { apiUrl, verbUrls } = JSON.parse(text) as { apiUrl: string; verbUrls: Record<string, string> };
    expect([apiUrl, ...Object.values(verbUrls)]).toEqual(Array.from({ length: 7 }, () => 'https://x'));
    expect(Object.keys(verbUrls)).toEqual([...CHANGING_VERBS]);
  });

  it('let nobody change a pipeline whom the account has not let', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Permission'))) {
      expect(plain(Properties.FunctionName)).not.toMatch(/^<Api/);
    }
  });
});

describe('What a deploy is told', () => {
  it('sets concurrency aside where it is asked to, and only then', () => {
    const reserved = (of: Template) =>
      Object.values(of.findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => Properties.ReservedConcurrentExecutions,
      );
    const api = (count?: number) => ['api', ...CHANGING_VERBS].map(() => count);
    expect(reserved(template)).toEqual([undefined, undefined, undefined, ...api()]);
    expect(reserved(synthesised({ reservedConcurrency: 5 }))).toEqual([undefined, 5, 5, ...api()]);
  });

  it('keeps a flood of deliveries from those who hold: a cap for webhook, a reserve for each verb', () => {
    const flooded = synthesised({ reservedConcurrency: 5, webhookConcurrency: 20, apiConcurrency: 2 });
    const reserved = Object.values(flooded.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.ReservedConcurrentExecutions,
    );
    expect(reserved).toEqual([undefined, 5, 20, 2, 2, 2, 2, 2, 2, 2]);
  });

  it('lets each function decrypt what it reads with keys of the account’s own, through SSM and nothing else', () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd';
    const own = synthesised({ secretKeys: [key] });
    const decrypts = ['Scan', 'Promote', 'Webhook', 'Api'].map((name) =>
      policiesOf(own, new RegExp(`^<${name}`))
        .filter((line) => line.startsWith('Allow kms'))
        .map((line) =>
          line.replaceAll('arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter', ''),
        ),
    );
    const allowed = (names: string) => [
      `Allow kms:Decrypt on ${key} if kms:ViaService StringEquals ssm.<AWS::Region>.amazonaws.com if kms:EncryptionContext:PARAMETER_ARN StringLike ${names}`,
    ];
    expect(decrypts).toEqual([
      allowed('/sluice/heroku/token, /sluice/heroku/read-token'),
      allowed('/sluice/heroku/token, /sluice/github/token'),
      allowed('/sluice/webhooks/*'),
      [],
    ]);
    expect(policiesOf(template, /./).filter((line) => line.startsWith('Allow kms'))).toEqual([]);
    const value = JSON.stringify(Object.values(own.findResources('AWS::SSM::Parameter')));
    expect(value).toContain(key);
  });

  it('sends the alarms to an address', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    const mailed = synthesised({ alarmEmail: 'oncall@example.com' });
    mailed.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'oncall@example.com',
    });
  });

  it('warns of a prefix below the default one, and of no other', () => {
    const warnings = (prefix: string) =>
      Annotations.fromStack(makeStack({ prefix }))
        .findWarning('*', Match.anyValue())
        .map(({ entry }) => String(entry.data));
    expect(warnings('/sluice/team')).toEqual([
      expect.stringMatching(/^\/sluice\/team lies below \/sluice: .* as in \/sluice-team\./),
    ]);
    for (const prefix of ['/sluice', '/sluice-team', '/teams/sluice']) expect(warnings(prefix)).toEqual([]);
  });

  it('lets two stacks live in one account', () => {
    const other = synthesised({ prefix: '/sluice-prod' });
    expect(policiesOf(other, /^<Webhook/).join('\n')).toContain('parameter/sluice-prod/webhooks');
    other.hasResourceProperties('AWS::SSM::Parameter', { Name: '/sluice-prod/stack' });
    const fixedNames = (of: Template) => [
      ...Object.values(of.findResources('AWS::CloudWatch::Alarm')).map(
        ({ Properties }) => Properties.AlarmName,
      ),
      ...Object.values(of.findResources('AWS::CloudWatch::Dashboard')).map(
        ({ Properties }) => Properties.DashboardName,
      ),
    ];
    const both = [...fixedNames(template), ...fixedNames(other)];
    expect(new Set(both).size).toBe(both.length);
  });
});

describe('The outputs', () => {
  it('are these, each with what it is for', () => {
    const outputs = template.toJSON().Outputs as Record<string, { Value: unknown; Description?: string }>;
    expect(Object.keys(outputs)).toEqual([
      'TableName',
      'BusName',
      'WebhookUrl',
      'ConsoleUrl',
      'ApiUrl',
      'ParameterPrefix',
      'NextStep',
    ]);
    for (const { Description } of Object.values(outputs)) expect(Description).toMatch(/\.$/);
    expect(plain(outputs['NextStep']?.Value)).toBe('AWS_REGION=<AWS::Region> ./sluice doctor');
  });
});

/** What cdk-nag finds and is meant to be so. */
const ACKNOWLEDGED = [
  {
    path: 'DeadLetters',
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'It is the dead-letter queue, of rules and functions; cdk-nag knows only those of queues.',
  },
  {
    path: 'Scan',
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/pipelines/*]',
    reason: 'Pipelines have names of their own; what a delivery is about is read alone.',
  },
  {
    path: 'Webhook',
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/webhooks/*]',
    reason:
      'Senders have names of their own; each secret is read alone where one of them cannot be decrypted.',
  },
] as const;

describe('AwsSolutions of cdk-nag', () => {
  const check = (acknowledged: readonly (typeof ACKNOWLEDGED)[number][]) => {
    const stack = makeStack();
    Validations.of(stack.node.root).addPlugins(new AwsSolutionsChecks(stack.node.root as App));
    for (const { path, id, reason } of acknowledged) {
      Validations.of(stack.node.findChild(path)).acknowledge({ id, reason });
    }
    return () => Template.fromStack(stack);
  };

  it('has nothing to say that is not acknowledged with its reason', () => {
    expect(check(ACKNOWLEDGED)).not.toThrow();
  });

  it('still says everything that is acknowledged: what has gone is not acknowledged any more', () => {
    for (const one of ACKNOWLEDGED) {
      expect(check(ACKNOWLEDGED.filter((other) => other !== one))).toThrow(one.id.split('[')[0]);
    }
  });
});
