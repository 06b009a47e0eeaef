// What somebody deleted by hand is named by what misses it, with the command that brings it back.

import { DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../../infra/local/heroku/simulator.ts';
import { eventually } from './local-aws/eventually.ts';
import { type LogLine, logOf } from './local-aws/logs.ts';
import { type DeployedSluice, deployedSluice, outputOf } from './sluice.ts';

const TOKEN = 'HRKU-7a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';

let heroku: Simulator;
let deployed: DeployedSluice;
/** The first tick with a pipeline. */
let tick: Promise<LogLine>;

beforeAll(async () => {
  deployed = deployedSluice('damaged');
  heroku = createSimulator({ clock: { now: () => Date.now() }, tokens: { [TOKEN]: 'sluice@example.com' } });
  heroku.addPipeline({
    name: 'web',
    apps: [
      { name: 'web-staging', stage: 'staging' },
      { name: 'web-production', stage: 'production' },
    ],
  });
  const { names, put, putSecret, deleteParameter } = deployed;
  await putSecret(names.token, TOKEN);
  await deleteParameter(names.token);
  await put(names.apiUrl, await heroku.listen());
  await put(names.pipeline('web'), 'pipeline: web\n');
  tick = deployed.nextTick();
});

afterAll(async () => {
  deployed.close();
  await heroku.close();
});

describe('without its token', () => {
  const command = 'sluice secrets set heroku/token --prefix /sluice-damaged';

  it('a tick does not succeed, and its record names the parameter and the command', async () => {
    const { fields } = await tick;
    expect(fields['TicksSucceeded']).toBe(0);
    const record = await eventually('the record of the tick', deployed.record);
    expect(record.ok).toBe(false);
    expect(record.problems.join()).toContain(`The parameter ${deployed.names.token} is not set`);
    expect(record.problems.join()).toContain(command);
    expect(heroku.calls.total).toBe(0);
  });

  it('sluice status says so', async () => {
    const { status, output } = await deployed.sluice('status');
    expect(status, output).toBe(0);
    expect(output).toContain('was stopped');
    expect(output).toContain(command);
  });

  it('and the command brings it back', async () => {
    const { status, output } = await deployed.sluice('secrets set heroku/token', `${TOKEN}\n`);
    expect(status, output).toBe(0);
    expect(output).not.toContain(TOKEN);
    const { Parameter } = await deployed.aws.ssm.send(
      new GetParameterCommand({ Name: deployed.names.token, WithDecryption: true }),
    );
    expect(Parameter).toMatchObject({ Type: 'SecureString', Value: TOKEN });
  });
});

describe('without its table', () => {
  it('the function that misses it names it', async () => {
    const TableName = outputOf(deployed.stack, 'TableName');
    const { aws, stack } = deployed;
    await aws.dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await aws.dynamo.send(new DeleteTableCommand({ TableName }));
    const named = async () =>
      (await logOf(aws, stack, 'scan')).find(
        ({ fields }) => fields['level'] === 'ERROR' && String(fields['message']).includes(TableName),
      );
    const line = await eventually('an error that names the table', named, {
      seen: async () => (await logOf(aws, stack, 'scan')).slice(-3).map(({ text }) => text),
    });
    expect(line.fields['message']).toContain(TableName);
  });

  it('sluice status names it, and the parameter that led there', async () => {
    const { status, output } = await deployed.sluice('status');
    expect(status, output).toBe(1);
    expect(output).toContain(outputOf(deployed.stack, 'TableName'));
    expect(output).toContain(deployed.names.stack);
  });
});
