// What a deploy can be told, and what it is told back when that is wrong.

import { describe, expect, it } from 'vitest';
import { readContext } from '../../infra/context.ts';

const read = (values: Record<string, unknown>) => readContext((name) => values[name], Object.keys(values));
const refusal = (values: Record<string, unknown>): string => {
  try {
    read(values);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('The context of a deploy', () => {
  it('may be empty', () => {
    expect(read({})).toEqual({
      prefix: '/sluice',
      alarmEmail: null,
      tickMinutes: 1,
      logRetentionDays: 90,
      secretKeys: [],
      reservedConcurrency: null,
      webhookConcurrency: null,
      apiConcurrency: null,
    });
  });

  it('is taken as the command line gives it, in texts, and as a file does, in numbers', () => {
    const given = {
      prefix: '/teams/a/sluice',
      alarmEmail: 'oncall@example.com',
      schedule: 'rate(5 minutes)',
    };
    const expected = { prefix: '/teams/a/sluice', alarmEmail: 'oncall@example.com', tickMinutes: 5 };
    expect(read({ ...given, logRetentionDays: '30', reservedConcurrency: '5' })).toMatchObject({
      ...expected,
      logRetentionDays: 30,
      reservedConcurrency: 5,
    });
    expect(read({ ...given, logRetentionDays: 30, reservedConcurrency: 5 })).toMatchObject(expected);
  });

  it('takes keys as a text with commas in between, and as a list', () => {
    const other = KEY.replace('key/', 'key/mrk-');
    expect(read({ secretKeys: `${KEY}, ${other}` }).secretKeys).toEqual([KEY, other]);
    expect(read({ secretKeys: [KEY, other] }).secretKeys).toEqual([KEY, other]);
  });

  it.each([
    ['prefix', 'sluice', 'prefix: found "sluice", expected a path like /sluice or /teams/sluice'],
    ['prefix', '/sluice/', 'prefix: found "/sluice/", expected a path'],
    ['prefix', '/aws/sluice', 'prefix: found "/aws/sluice", expected a path'],
    ['prefix', '/1st', 'prefix: found "/1st", expected a path'],
    ['prefix', '/sluice--prod', 'prefix: found "/sluice--prod", expected a path'],
    ['prefix', '/sluice/pipelines/team', 'no part but the first may be heroku, pipelines, webhooks'],
    ['prefix', '/sluice/stack', 'no part but the first may be heroku, pipelines, webhooks'],
    ['prefix', '/sluice_prod', 'prefix: found "/sluice_prod", expected a path'],
    ['alarmEmail', 'nobody', 'alarmEmail: found "nobody", expected an e-mail address'],
    [
      'schedule',
      '1m',
      'schedule: found "1m", expected rate(1 minute), or rate(N minutes) with N from 2 to 15',
    ],
    ['schedule', 'rate(1 minutes)', 'schedule: found "rate(1 minutes)", expected rate(1 minute)'],
    ['schedule', 'rate(30 minutes)', 'schedule: found "rate(30 minutes)", expected'],
    ['logRetentionDays', 'ninety', 'logRetentionDays: found "ninety", expected one of 1, 3, 5, 7'],
    ['logRetentionDays', 31, 'logRetentionDays: found 31, expected one of'],
    ['reservedConcurrency', true, 'reservedConcurrency: found true, expected a whole number from 1 to 1000'],
    ['secretKeys', 'alias/ours', 'secretKeys: found "alias/ours", expected ARNs of KMS keys'],
    ['secretKeys', [`${KEY}/`], 'expected ARNs of KMS keys, with commas in between, such as arn:aws:kms:'],
    ['secretKeys', `${KEY},`, 'an alias is none'],
    ['webhookConcurrency', 0, 'webhookConcurrency: found 0, expected a whole number from 1 to 1000'],
    ['apiConcurrency', 'two', 'apiConcurrency: found "two", expected a whole number from 1 to 1000'],
    ['reservedConcurrency', '0', 'reservedConcurrency: found "0", expected a whole number from 1 to 1000'],
  ])('%s may not be %o', (name, value, message) => {
    expect(refusal({ [name]: value })).toContain(message);
  });

  it('is refused as a whole: every value that is wrong is named at once, and how to set it', () => {
    const message = refusal({ schedule: 'hourly', logRetentionDays: -1 });
    expect(message.split('\n')).toEqual([
      'The context of this deploy is wrong:',
      expect.stringContaining('schedule:'),
      expect.stringContaining('logRetentionDays:'),
      expect.stringContaining('npx cdk deploy -c name=value'),
    ]);
  });

  it('says where a value that is wrong is to be set', () => {
    expect(refusal({ schedule: 'hourly' })).toContain('or in the file sluice.context.json.');
  });

  it('is not ignored because a name is misspelt, and CDK’s own values are not Sluice’s', () => {
    expect(refusal({ alarmMail: 'a@example.com' })).toContain('did you mean alarmEmail?');
    expect(refusal({ '@aws-cdk/core:checkSecretUsage': true, 'aws:cdk:bundling-stacks': ['**'] })).toBe('');
  });
});
