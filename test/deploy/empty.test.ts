// The stack itself, with nothing configured: its first tick, its alarms, its template; deploying it again, taking it down.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { alarmTable } from '../../infra/alarms/table.ts';
import { tableContract } from '../shared/table/contract.ts';
import { CONTEXTS } from './global-setup.ts';
import { resourcesOf } from './local-aws/aws.ts';
import { createCdk, synth } from './local-aws/cdk.ts';
import { run } from './local-aws/child.ts';
import { bareEnvironment, localEnvironment } from './local-aws/environment.ts';
import { eventually } from './local-aws/eventually.ts';
import { ticksOf } from './local-aws/logs.ts';
import { type DeployedSluice, deployedSluice } from './sluice.ts';

const home = inject('home');

let deployed: DeployedSluice;
beforeAll(() => {
  deployed = deployedSluice('empty');
});
afterAll(() => deployed.close());

const cdk = () => createCdk(localEnvironment(inject('endpoint'), process.env, home), home);

describe('the alarms', () => {
  it('are all there, and tell the topic', async () => {
    const { aws, stack } = deployed;
    const topic = [...(await resourcesOf(aws, stack.name))].find(([id]) => id.startsWith('AlarmTopic'))?.[1];
    const answer = (await aws.json('monitoring', 'GraniteServiceVersion20100801.DescribeAlarms', {
      AlarmNamePrefix: 'sluice-empty-',
    })) as {
      MetricAlarms: {
        AlarmName: string;
        AlarmActions: string[];
        OKActions: string[];
        ActionsEnabled: boolean;
      }[];
    };
    expect(answer.MetricAlarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(
      alarmTable(1)
        .map(({ name }) => `sluice-empty-${name}`)
        .sort(),
    );
    for (const alarm of answer.MetricAlarms) {
      expect(alarm).toMatchObject({ ActionsEnabled: true, AlarmActions: [topic], OKActions: [topic] });
    }
  });
});

describe('the template', () => {
  const folders = [join(home, 'synth-1'), join(home, 'synth-2')] as const;

  it('is the same twice, made without credentials and without a region', async () => {
    const env = bareEnvironment(process.env, home);
    const [first, second] = [await synth(env, folders[0]), await synth(env, folders[1])];
    expect(second).toBe(first);
    expect(digestsOf(folders[1])).toEqual(digestsOf(folders[0]));
  });

  it('is one that cfn-lint finds nothing in', async () => {
    const template = join(folders[0], 'sluice.template.json');
    const { output, status } = await run(inject('cfnLint'), ['--', template], {
      env: bareEnvironment(process.env, home),
      seconds: 180,
    });
    expect(output).toBe('');
    expect(status).toBe(0);
  });
});

describe('npx cdk deploy, again', () => {
  it('changes nothing', async () => {
    const { ended } = await cdk().deploy(CONTEXTS.empty);
    expect(ended.output).toContain('sluice-empty (no changes)');
  });
});

describe('the first tick', () => {
  it('succeeds, and asks Heroku nothing', async () => {
    const { fields } = await eventually(
      'a tick',
      async () => (await ticksOf(deployed.aws, deployed.stack))[0],
    );
    expect(fields).toMatchObject({ TicksSucceeded: 1, ConfigurationProblems: 0 });
    expect(fields).not.toHaveProperty('HerokuCallsLeft');
    expect(await deployed.record()).toMatchObject({
      ok: true,
      problems: [],
      woken: [],
      herokuCallsLeft: null,
    });
  });
});

describe('npx cdk destroy', () => {
  it('takes the stack away', async () => {
    const { aws, stack } = deployed;
    expect((await resourcesOf(aws, stack.name)).size).toBeGreaterThan(0);
    await cdk().destroy(CONTEXTS.empty);
    expect(await aws.xml('cloudformation', 'DescribeStacks', { StackName: stack.name })).toContain(
      'does not exist',
    );
  });

  it('and leaves the table, with what was recorded', async () => {
    expect(await deployed.record()).toMatchObject({ ok: true });
  });
});

describe('the table on AWS', () => tableContract(() => deployed.table));

/** What lies in a folder, by name. */
function digestsOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    // How long the synthesis took is in there too.
    .filter((one) => one.isFile() && one.name !== 'performance-counters.json');
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path.slice(folder.length), createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}
