// Can GitHub be asked which commit contains which, for every pipeline that names a repository? Asks GitHub with the token.

import { isTooShort } from '../parameters/github-token.ts';
import { type ParameterNames, setSecretCommand } from '../parameters/names.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { Configuration } from './parameters.ts';
import type { DoctorPorts } from './ports.ts';

const { ok, warning, problem } = findingsOf('github');

/** So many repositories are asked about. */
const ASKED_MAX = 10;

const ELSE = 'what contains what goes by the order of deployments';
const NOTHING = 'no time inside later deploys counts for the soak on the head';

export interface GitHubExamination {
  readonly configuration: Pick<Configuration, 'pipelines' | 'written'>;
  readonly names: ParameterNames;
  readonly isSet: boolean;
  /** Null: not set, or not to be read with these credentials. */
  readonly token: string | null;
}

export async function examineGitHub(
  { configuration, names, isSet, token }: GitHubExamination,
  ask: DoctorPorts['github'],
): Promise<readonly Finding[]> {
  const { pipelines, written } = configuration;
  const named = pipelines.flatMap(({ name, config: { repo } }) =>
    repo === undefined ? [] : [{ name, repo }],
  );
  const repos = [...Map.groupBy(named, ({ repo }) => repo)];
  if (repos.length === 0) return isSet && pipelines.length === written ? [unused(names)] : [];
  if (!isSet) return [missing(repos, names)];
  if (token === null) return [];
  if (isTooShort(token.trim())) return [tooShort(names)];
  const findings: Finding[] = [];
  for (const [repo, its] of repos.slice(0, ASKED_MAX)) {
    const answer = await ask(repo, token.trim());
    const by = its.map(({ name }) => name).join(', ');
    if (answer.kind === 'refused') return [refused(answer.why, names)];
    if (answer.kind === 'read') findings.push(ok(repo, `its commits can be compared, for ${by}`));
    else if (answer.kind === 'silent') {
      findings.push(
        warning(repo, `could not be tried from this machine; the functions may fare better: ${answer.why}`),
      );
    } else findings.push(unread(repo, by, answer.why, names));
  }
  return findings;
}

function unused({ githubToken }: ParameterNames): Finding {
  return warning('github/token', 'set, and no pipeline names a repository to ask about', {
    expected: '`repo: owner/name` in the parameter of a pipeline, or no token',
    todo: `aws ssm delete-parameter --name ${githubToken}`,
  });
}

function missing(repos: readonly (readonly [string, readonly unknown[]])[], names: ParameterNames): Finding {
  const [[first = ''] = []] = repos;
  const more = repos.length > 1 ? ` and ${repos.length - 1} more` : '';
  return warning('github/token', `not set, so GitHub is not asked about ${first}${more}: ${ELSE}`, {
    expected: 'a token that may read the contents of what `repo` names',
    todo: setSecretCommand('github/token', names.prefix),
  });
}

function refused(why: string, names: ParameterNames): Finding {
  return problem('github/token', `${why}: ${NOTHING}`, {
    expected: 'a token that is neither revoked nor expired',
    todo: setSecretCommand('github/token', names.prefix),
  });
}

function tooShort(names: ParameterNames): Finding {
  return problem('github/token', `too short to be a token: ${NOTHING}`, {
    expected: 'a token as GitHub has given it',
    todo: setSecretCommand('github/token', names.prefix),
  });
}

function unread(repo: string, by: string, why: string, names: ParameterNames): Finding {
  return problem(repo, `${why}: ${NOTHING} of ${by}`, {
    expected: 'a token with the permission Contents, read, of this repository; and its name as it is now',
    todo: setSecretCommand('github/token', names.prefix),
  });
}
