// What the deploy tests let a child process see. They deploy for real, so nothing that could lead to a real account gets
// through: an allow-list, addresses on loopback alone, made-up credentials. Pure.

export const REGION = 'eu-west-1';
/** The account that the local AWS says it is. */
export const ACCOUNT = '000000000000';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** All that a child gets of this process's environment. */
const PASSED_ON = ['PATH', 'LANG', 'LC_ALL', 'TZ'] as const;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** Nothing listens there: what would leave this machine by https fails. */
const NOWHERE = 'http://127.0.0.1:9';

/** With `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` an SDK goes to the real AWS, whatever else is said. */
const TURNS_ENDPOINTS_OFF = 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS';

/** Without anything of AWS: what `cdk synth` has to do with. `home` is an empty folder. */
export function bareEnvironment(inherited: NodeJS.ProcessEnv, home: string): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = inherited[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passedOn),
    HOME: home,
    TMPDIR: home,
    HTTPS_PROXY: NOWHERE,
    NO_COLOR: '1',
    // Profiles lie in the real home folder, and may name other endpoints.
    AWS_CONFIG_FILE: `${home}/no-aws-config`,
    AWS_SHARED_CREDENTIALS_FILE: `${home}/no-aws-credentials`,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: '1',
  };
}

/**
 * For whatever deploys to, or asks, the AWS at `endpoint`.
 * @throws Error unless `endpoint` and every endpoint that the inherited environment names are on loopback.
 */
export function localEnvironment(
  endpoint: string,
  inherited: NodeJS.ProcessEnv,
  home: string,
): Record<string, string> {
  refuseUnlessLocal(endpoint, inherited);
  return {
    ...bareEnvironment(inherited, home),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
}

/** @throws Error that names every address that is not on this machine. */
export function refuseUnlessLocal(endpoint: string, inherited: NodeJS.ProcessEnv): void {
  const named = Object.entries(inherited).filter(
    ([name, value]) => name.startsWith('AWS_ENDPOINT_URL') && value !== undefined && value !== '',
  );
  const problems = [['The AWS to deploy to', endpoint] as const, ...named]
    .filter(([, address]) => !isLoopback(address))
    .map(([name, address]) => `${name}: found ${shown(address)}, expected an address on loopback.`);
  if (/^true$/i.test(inherited[TURNS_ENDPOINTS_OFF] ?? '')) {
    problems.push(`${TURNS_ENDPOINTS_OFF}: found true: the SDK would go to the real AWS.`);
  }
  if (problems.length === 0) return;
  throw new Error(
    [
      'npm run test:deploy deploys for real, so it does so to a local AWS only, which it starts by itself.',
      ...problems.map((line) => `  ${line}`),
      'Nothing was deployed. Take what is named out of the environment (unset NAME) and try again.',
    ].join('\n'),
  );
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return /^https?:$/.test(protocol) && LOOPBACK.test(hostname);
}

/** Without a user name or password that may be in it. */
function shown(address: string | undefined): string {
  if (address === undefined || !URL.canParse(address)) return 'a text that is no URL';
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
}
