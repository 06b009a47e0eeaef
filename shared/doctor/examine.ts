// `sluice doctor`: everything that a deployed Sluice needs, examined one by one, each on its own: one that fails hides
// none of the others. Reads only.

import { apiOrigin } from '../heroku/origin.ts';
import { type ParameterNames, parameterNames } from '../parameters/names.ts';
import type { Parameter } from '../parameters/port.ts';
import {
  AREAS,
  type Area,
  type Finding,
  findingsOf,
  type Guard,
  reasonOf,
  withoutSecrets,
} from './finding.ts';
import { examineGitHub } from './github.ts';
import { examineHeroku } from './heroku.ts';
import { examineKeys } from './keys.ts';
import { examineAbove, examineParameters, readConfiguration, secretsInClear } from './parameters.ts';
import type { DoctorPorts } from './ports.ts';
import { examineStack, examineTable, type FleetRead, readFleet, stackParts } from './stack.ts';
import { examineTick } from './time.ts';
import { examineSenders, examineUrl } from './webhooks.ts';

const STANDARD_API = 'https://api.heroku.com';
/** In so many pipelines the newest promotion is looked for. */
const LOOKED_AT_MAX = 3;

/**
 * In the order of the areas. Nothing under the prefix at all is one finding: there is nothing else to look at.
 * @throws what the parameters throw when they cannot be read: without them nothing is known.
 */
export async function examine(prefix: string, ports: DoctorPorts): Promise<readonly Finding[]> {
  const names = parameterNames(prefix);
  const parameters = await ports.parameters.under(prefix);
  const findings: Finding[] = [];
  const tell = (told: readonly Finding[] | null): void => void findings.push(...(told ?? []));
  const guard: Guard = async (area, look) => {
    try {
      return await look();
    } catch (error) {
      tell([findingsOf(area).problem('all', `could not be examined: ${reasonOf(error)}`)]);
      return null;
    }
  };

  tell(examineStack(parameters, names, ports.version));
  if (parameters.length === 0) return findings;

  const stack = stackParts(parameters, names);
  const read = stack === null ? null : await readFleet(ports.table);
  if (stack !== null && read !== null) tell([examineTable(stack.tableName, read)]);

  const hadDefaults =
    read?.ok === true && (read.fleet.tick?.hasDefaults === true || (await read.table.hadDefaults()));
  const configuration = readConfiguration(parameters, names, hadDefaults);
  tell(examineParameters(parameters, names));
  tell(await examineAbove((wanted) => ports.parameters.get(wanted), names));
  tell(await examineKeys(ports.keys, stack?.secretKeys ?? [], names));
  tell(configuration.findings);

  const secrets = await tokensOf(parameters, names, ports, guard);
  const promotionId = await guard('token', () => newestPromotion(read));
  const heroku = {
    names,
    configuration,
    url: originOf(parameters, names),
    token: secrets.get(names.token) ?? null,
    readToken: secrets.get(names.readToken) ?? null,
    promotionId,
  };
  tell(await guard('token', () => examineHeroku(heroku, ports, guard)));

  const github = {
    configuration,
    names,
    isSet: parameters.some(({ name }) => name === names.githubToken),
    token: secrets.get(names.githubToken) ?? null,
  };
  tell(await guard('github', () => examineGitHub(github, ports.github)));

  // What nobody can read waits for no sender.
  if (configuration.stopped === null) tell(examineSenders(configuration, parameters, names));
  if (stack !== null) tell(await guard('webhooks', () => examineUrl(stack, ports.visit, prefix)));
  if (read?.ok === true) {
    const written = parameters.find(({ name }) => name === names.stack);
    tell(examineTick(read.fleet.tick, written, ports.clock.now(), [...findings]));
  }

  const hidden = [...secrets.values(), ...secretsInClear(parameters, names)];
  return findings
    .map((finding) => withoutSecrets(finding, hidden))
    .sort((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area));
}

/** Those that are set, each read by itself: the key of one may be another than that of the other. */
async function tokensOf(
  parameters: readonly Parameter[],
  names: ParameterNames,
  ports: Pick<DoctorPorts, 'parameters'>,
  guard: Guard,
): Promise<ReadonlyMap<string, string>> {
  const secrets = new Map<string, string>();
  const read = async (area: Area, name: string): Promise<void> => {
    if (!parameters.some((one) => one.name === name)) return;
    const found = await guard(area, () => ports.parameters.get([name]));
    for (const { value } of found ?? []) secrets.set(name, value);
  };
  await read('token', names.token);
  await read('read-token', names.readToken);
  await read('github', names.githubToken);
  return secrets;
}

/** One that Heroku knows, so that its targets can be asked for. */
async function newestPromotion(read: FleetRead | null): Promise<string | null> {
  if (read?.ok !== true) return null;
  for (const { pipelineId } of read.fleet.views.slice(0, LOOKED_AT_MAX)) {
    const attempts = await read.table.attempts(pipelineId, { limit: 20 });
    const promotion = attempts.find((attempt) => attempt.promotionId !== null);
    if (promotion !== undefined) return promotion.promotionId;
  }
  return null;
}

/** Null: what is written is no origin. The standard one in its place would be given a token that is not meant for it. */
function originOf(parameters: readonly Parameter[], names: ParameterNames): string | null {
  const written = parameters.find(({ name }) => name === names.apiUrl)?.value.trim();
  try {
    return apiOrigin(written || STANDARD_API, names.apiUrl).origin;
  } catch {
    return null;
  }
}
