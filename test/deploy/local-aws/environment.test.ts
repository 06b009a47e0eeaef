// The deploy tests cannot reach a real account: they refuse to begin, and what they start is told of no other AWS.

import { describe, expect, it } from 'vitest';
import { bareEnvironment, localEnvironment, refuseUnlessLocal } from './environment.ts';

const LOCAL = 'http://127.0.0.1:4566';
const HOME = '/tmp/empty';

describe('the deploy tests refuse to begin', () => {
  it.each([
    'https://dynamodb.eu-west-1.amazonaws.com',
    'http://192.168.0.7:4566',
    'http://127.0.0.1.example.com',
    'http://127.0.0.1@example.com',
    'http://localhost.example.com:4566',
    'ftp://127.0.0.1',
    '127.0.0.1:4566',
    '',
  ])('on the AWS at %j', (endpoint) => {
    expect(() => refuseUnlessLocal(endpoint, {})).toThrow(
      /^npm run test:deploy deploys for real.*\n.*The AWS to deploy to: found /,
    );
  });

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_DYNAMODB'])(
    'where the environment has %s elsewhere, which they name',
    (name) => {
      const env = { [name]: 'https://user:secret@aws.example.com/x' };
      const refusal = `  ${name}: found https://aws.example.com, expected an address on loopback.`;
      expect(() => refuseUnlessLocal(LOCAL, env)).toThrow(refusal);
      expect(() => localEnvironment(LOCAL, env, HOME)).toThrow(refusal);
    },
  );

  it('where the environment turns endpoints off', () => {
    const env = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(() => refuseUnlessLocal(LOCAL, env)).toThrow('the SDK would go to the real AWS');
  });

  it.each([LOCAL, 'http://localhost:4566', 'http://[::1]:4566', 'https://127.0.0.1'])(
    'but not on the AWS at %s',
    (endpoint) => expect(() => refuseUnlessLocal(endpoint, { AWS_ENDPOINT_URL: LOCAL })).not.toThrow(),
  );
});

describe('what they start', () => {
  const operator = {
    PATH: '/usr/bin',
    HOME: '/home/operator',
    AWS_PROFILE: 'production',
    AWS_DEFAULT_PROFILE: 'production',
    AWS_ACCESS_KEY_ID: 'real',
    AWS_SECRET_ACCESS_KEY: 'real',
    AWS_SESSION_TOKEN: 'real',
    AWS_REGION: 'us-east-1',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/real',
    AWS_ROLE_ARN: 'real',
    AWS_CONFIG_FILE: '/real',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/real',
    CDK_DEFAULT_ACCOUNT: 'real',
    HEROKU_API_KEY: 'real',
  };

  it('sees the local AWS and made-up credentials, and nothing of the operator’s', () => {
    const env = localEnvironment(LOCAL, operator, HOME);
    expect(env).toMatchObject({
      PATH: '/usr/bin',
      HOME,
      AWS_ENDPOINT_URL: LOCAL,
      AWS_ENDPOINT_URL_S3: LOCAL,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_REGION: 'eu-west-1',
    });
    expect(JSON.stringify(env)).not.toMatch(/real|production|operator|us-east-1/);
  });

  it('has neither credentials nor a region where it needs none', () => {
    const env = bareEnvironment(operator, HOME);
    const ofAws = Object.keys(env).filter((name) => /^(AWS|CDK)_/.test(name));
    expect(ofAws.sort()).toEqual([
      'AWS_CONFIG_FILE',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_SHARED_CREDENTIALS_FILE',
      'CDK_DISABLE_CLI_TELEMETRY',
    ]);
    expect(JSON.stringify(env)).not.toMatch(/real|production|operator|us-east-1/);
  });
});
