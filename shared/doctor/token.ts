// Does a token do what Sluice asks with it, may it no more than that, and what is left of its rate limit? Asks Heroku
// through the probe: one small call for each endpoint.

import type { Heard } from '../heroku/account.ts';
import type { ParameterNames } from '../parameters/names.ts';
import { type Finding, findingsOf } from './finding.ts';
import { newTokenCommand } from './parameters.ts';
import type { DoctorHeroku } from './ports.ts';

/** What there is to ask about. Null: nothing of the kind is known. */
export interface Samples {
  readonly pipeline: { readonly id: string; readonly name: string } | null;
  readonly release: { readonly appId: string; readonly artifact: { type: string; id: string } | null } | null;
  readonly promotionId: string | null;
}

export interface TokenUse {
  readonly names: ParameterNames;
  /** True for the token that only `scan` uses, which promotes nothing. */
  readonly readOnly: boolean;
  /** Configured pipelines that are to be promoted through. */
  readonly promoting: readonly string[];
  readonly samples: Samples;
}

interface Endpoint {
  readonly subject: string;
  readonly path: string;
  readonly range?: string;
}

/** Reads stop at 300, so this is some minutes before. */
const CALLS_LOW = 1000;
const READS_STOP = 300;

const WIDE = 'global';
const one = 'id ..; max=1';

/** The free look at the rate limit, which every token may take that Heroku takes. */
export async function greet(heroku: DoctorHeroku, now: () => number) {
  const answer = await heroku.probe.ask('/account/rate-limits');
  return { answer, ours: now() };
}

export async function examineToken(
  heroku: DoctorHeroku,
  greeting: Heard,
  use: TokenUse,
): Promise<readonly Finding[]> {
  const { problem } = makersOf(use);
  const subject = parameterOf(use);
  const { refusal, status } = greeting;
  if (refusal?.code === 'unauthorized') {
    const found = status === null ? withoutStop(refusal.message) : 'Heroku refuses it (401)';
    const expected = 'an authorization that is neither revoked nor expired';
    return [problem(subject, found, { expected, todo: newToken(use, scopeFor(use, [])) })];
  }
  if (refusal?.code === 'unavailable') {
    // What Heroku answers, it answers the functions too.
    const where = status === null ? ' from this machine; the functions may reach it' : '';
    const found = `could not be tried${where}: ${withoutStop(refusal.message)}`;
    return [problem(subject, found, { todo: refusal.hint })];
  }
  const asked: Asked[] = [];
  for (const endpoint of endpointsOf(use)) {
    asked.push({ endpoint, heard: await heroku.probe.ask(endpoint.path, endpoint.range) });
  }
  const answers = [greeting, ...asked.map(({ heard }) => heard)];
  const scopes = answers.find((heard) => heard.scopes !== null)?.scopes ?? null;
  const wanted = scopeFor(
    use,
    answers.flatMap(({ accepted }) => (accepted === null ? [] : [accepted])),
  );
  return [
    scopeFinding(use, scopes, wanted),
    rateFinding(use, answers),
    ...asked.map((one) => endpointFinding(use, one, scopes, wanted)),
    ...promotionFindings(use),
  ];
}

type Scopes = readonly string[];

interface Asked {
  readonly endpoint: Endpoint;
  readonly heard: Heard;
}

const makersOf = ({ readOnly }: TokenUse) => findingsOf(readOnly ? 'read-token' : 'token');
const parameterOf = ({ readOnly }: TokenUse) => (readOnly ? 'heroku/read-token' : 'heroku/token');
const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

const newToken = (use: TokenUse, scope: string): string =>
  newTokenCommand(parameterOf(use), scope, use.names);

function scopeFinding(use: TokenUse, scopes: Scopes | null, wanted: string): Finding {
  const { ok, warning, problem } = makersOf(use);
  const subject = parameterOf(use);
  if (scopes === null) return warning(subject, 'taken; Heroku does not say which scopes it has');
  const has = `scope ${scopes.join(' ')}`;
  const mayWrite = scopes.some((scope) => scope === WIDE || scope.startsWith('write'));
  const todo = newToken(use, wanted);
  if (!mayWrite && use.promoting.length > 0) {
    const found = `${has}: it may only read, and mode: promote is set for ${listed(use.promoting)}`;
    return problem(subject, found, { expected: `scope ${wanted}, or mode: observe`, todo });
  }
  const detail = { expected: `scope ${wanted}`, todo };
  if (scopes.includes(WIDE)) {
    return warning(subject, `${has}: it may do whatever its user may, deleting apps too`, detail);
  }
  if (use.readOnly && mayWrite) {
    return warning(subject, `${has}: no narrower than a token that promotes, and scan only reads`, detail);
  }
  if (scopes.some((scope) => scope.endsWith('-protected')) && !wanted.endsWith('-protected')) {
    return warning(subject, `${has}: it may read config vars, which Sluice never does`, detail);
  }
  return ok(subject, mayWrite || use.readOnly ? has : `${has}: enough to observe`);
}

function rateFinding(use: TokenUse, answers: readonly Heard[]): Finding {
  const { ok, warning } = makersOf(use);
  const left = answers.find(({ remaining }) => remaining !== null)?.remaining ?? null;
  if (left === null) return warning('rate limit', 'Heroku does not say how many calls are left');
  if (left >= CALLS_LOW) return ok('rate limit', `${left} calls left; 75 come back each minute`);
  const found = `${left} calls left; Sluice stops reading below ${READS_STOP} until some come back`;
  const expected = 'an account that only Sluice uses: all tokens of a user share one limit';
  return warning('rate limit', found, { expected });
}

function endpointFinding(
  use: TokenUse,
  { endpoint, heard }: Asked,
  scopes: Scopes | null,
  wanted: string,
): Finding {
  const { ok, problem } = makersOf(use);
  const { subject, path } = endpoint;
  const { refusal, accepted } = heard;
  if (refusal === null) return ok(subject, answered(accepted));
  if (refusal.code === 'not-found' && subject === 'promotions') {
    return ok(subject, `${answered(accepted)}; Heroku no longer keeps the newest promotion`);
  }
  const isDenied = refusal.code === 'forbidden' && scopes !== null && accepted !== null;
  if (isDenied && !accepted.some((scope) => scopes.includes(scope))) {
    const found = `GET ${path.split('?')[0]} takes none of its scopes (${scopes.join(' ')})`;
    const expected = `scope ${accepted.join(' or ')}`;
    return problem(subject, found, { expected, todo: newToken(use, wanted) });
  }
  return problem(subject, withoutStop(refusal.message), { todo: refusal.hint });
}

function promotionFindings(use: TokenUse): readonly Finding[] {
  if (use.promoting.length === 0) return [];
  return [makersOf(use).ok('promote', 'not tried, since it would promote: its scope is what speaks for it')];
}

function answered(accepted: Scopes | null): string {
  return accepted === null
    ? 'answers; Heroku does not say which scopes it accepts'
    : `answers; accepts ${accepted.join(', ')}`;
}

/** The narrowest scope that every call takes: `read` or `write`, protected only where Heroku asks for it. */
function scopeFor({ readOnly }: TokenUse, accepted: readonly (readonly string[])[]): string {
  const kind = readOnly ? 'read' : 'write';
  const suffices = (scopes: readonly string[]) => scopes.includes('read') || scopes.includes(kind);
  return accepted.every(suffices) ? kind : `${kind}-protected`;
}

/** What `scan` asks, and for the token that promotes what `promote` asks besides. */
function endpointsOf({ readOnly, samples }: TokenUse): readonly Endpoint[] {
  const { pipeline, release, promotionId } = samples;
  const list: Endpoint[] = [{ subject: 'apps', path: '/apps', range: one }];
  if (pipeline === null) list.push({ subject: 'pipelines', path: '/pipelines', range: one });
  else {
    const path = `/pipelines/${pipeline.id}`;
    list.push(
      { subject: 'pipelines', path: `/pipelines?eq[name]=${encodeURIComponent(pipeline.name)}`, range: one },
      { subject: 'couplings', path: `${path}/pipeline-couplings`, range: one },
      { subject: 'newest releases', path: `${path}/latest-releases`, range: one },
    );
  }
  if (readOnly) return list;
  if (release !== null) {
    const path = `/apps/${release.appId}`;
    list.push({ subject: 'releases', path: `${path}/releases`, range: 'version ..; order=desc, max=1' });
    const { artifact } = release;
    if (artifact?.type === 'slug') list.push({ subject: 'slugs', path: `${path}/slugs/${artifact.id}` });
    else if (artifact) list.push({ subject: 'images', path: `${path}/oci-images/${artifact.id}` });
  }
  if (promotionId !== null) {
    const path = `/pipeline-promotions/${promotionId}/promotion-targets`;
    list.push({ subject: 'promotions', path, range: one });
  }
  return list;
}

const LISTED_MAX = 3;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED_MAX;
  return more > 0 ? `${names.slice(0, LISTED_MAX).join(', ')} and ${more} more` : names.join(', ');
}
