// Everything that is asked of Heroku, in the order that saves calls: is the token taken, what do the configured pipelines
// have, and with what was found there, each endpoint once. Asks Heroku with each token.

import type { ParameterNames } from '../parameters/names.ts';
import { type Finding, findingsOf, type Guard } from './finding.ts';
import type { Configuration } from './parameters.ts';
import { examinePipelines, notExamined } from './pipelines.ts';
import type { DoctorPorts } from './ports.ts';
import { examineClock } from './time.ts';
import { examineToken, greet, type Samples } from './token.ts';

export interface HerokuExamination {
  readonly names: ParameterNames;
  readonly configuration: Configuration;
  /** Null: `heroku/api-url` is none, and nobody is given the token. */
  readonly url: string | null;
  /** Null: not set, or not to be read with these credentials. */
  readonly token: string | null;
  readonly readToken: string | null;
  readonly promotionId: string | null;
}

export async function examineHeroku(
  about: HerokuExamination,
  ports: DoctorPorts,
  guard: Guard,
): Promise<readonly Finding[]> {
  const { url, token, readToken } = about;
  if (url === null || token === null) {
    const why = url === null ? 'heroku/api-url is no address' : 'there is no token to ask with';
    return [notExamined(about.configuration, about.names, why)];
  }
  const { findings, samples } = await withToken(url, token, about, ports, guard);
  const others =
    readToken === null ? [] : await withReadToken(url, token, readToken, samples, about, ports, guard);
  return [...findings, ...others];
}

/** Why nothing more can be asked. */
const WITHOUT: Readonly<Record<string, string>> = {
  unauthorized: 'Heroku refuses the token',
  unavailable: 'Heroku does not answer',
};

async function withToken(
  url: string,
  token: string,
  { configuration, names, promotionId }: HerokuExamination,
  ports: DoctorPorts,
  guard: Guard,
): Promise<{ readonly findings: readonly Finding[]; readonly samples: Samples }> {
  const heroku = ports.heroku({ url, token });
  const nothing: Samples = { pipeline: null, release: null, promotionId };
  try {
    const greeting = await greet(heroku, ports.clock.now);
    const { refusal, date } = greeting.answer;
    const why = WITHOUT[refusal?.code ?? ''];
    const pipelines =
      why === undefined
        ? await guard('pipelines', () =>
            examinePipelines(configuration, heroku.reads, names, ports.clock.now()),
          )
        : { findings: [notExamined(configuration, names, why)], ...nothing };
    const samples = pipelines === null ? nothing : { ...nothing, ...samplesOf(pipelines) };
    const promoting = configuration.pipelines
      .filter(({ config }) => config.mode === 'promote')
      .map(({ name }) => name);
    const use = { names, readOnly: false, promoting, samples };
    const told = await guard('token', () => examineToken(heroku, greeting.answer, use));
    const clock = date === null ? [] : [examineClock({ theirs: date, ours: greeting.ours })];
    return { samples, findings: [...(told ?? []), ...(pipelines?.findings ?? []), ...clock] };
  } finally {
    heroku.close();
  }
}

const samplesOf = ({ pipeline, release }: Pick<Samples, 'pipeline' | 'release'>) => ({ pipeline, release });

async function withReadToken(
  url: string,
  token: string,
  readToken: string,
  samples: Samples,
  { names }: HerokuExamination,
  ports: DoctorPorts,
  guard: Guard,
): Promise<readonly Finding[]> {
  if (readToken.trim() === token.trim()) {
    const { warning } = findingsOf('read-token');
    return [
      warning('heroku/read-token', 'the same token as heroku/token', {
        expected: 'one that may only read, or none',
        todo: `aws ssm delete-parameter --name ${names.readToken}`,
      }),
    ];
  }
  const heroku = ports.heroku({ url, token: readToken });
  try {
    const { answer } = await greet(heroku, ports.clock.now);
    const use = { names, readOnly: true, promoting: [], samples };
    return (await guard('read-token', () => examineToken(heroku, answer, use))) ?? [];
  } finally {
    heroku.close();
  }
}
