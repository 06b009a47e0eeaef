// The operator's changes: `POST /hold` and `POST /resume`, behind a URL that takes only requests signed with AWS
// credentials. The actor in the audit is whom AWS names, never anything in the request.

import type { Log } from '../../shared/events.ts';
import { nothingToResume } from '../../shared/explain/stop.ts';
import { checkHoldable, checkWave, findPipeline, readAccount } from '../../shared/operations/pipelines.ts';
import { CONTENDED, OperationRefused } from '../../shared/operations/refused.ts';
import { type OperationPorts, placeHold, resume } from '../../shared/operations/stop.ts';
import { AnotherRun } from '../../shared/promotion/ledger.ts';
import { answerErrors } from '../answer-errors.ts';
import { bytesOf, readJson } from '../body.ts';
import { frame } from '../frame.ts';
import { answer, type UrlAnswer, type UrlEvent } from '../url.ts';
import { type Read, readHold, readResume } from './request.ts';

export interface ApiPorts extends OperationPorts {
  readonly log: Log;
}

/** The largest body, decoded: a reason is a few words. */
export const BODY_BYTES_MAX = 65_536;

/**
 * The function behind `ApiUrl`. Bodies: `{"pipeline", "wave"?, "reason"}`, for a hold `"expiresAt"?` too: ISO-8601 with its
 * zone, null for never, a day when it is left out.
 *
 * Answers 200 with the records that `sluice hold|resume --json` gives: `{"hold", "openAttempts"}`, `{"lifted", "accept", "retry"}`.
 * Refusals are `{"error": sentence}`: 404 unknown path, pipeline or wave, or nothing to resume; 405 not POST; 403 without a
 * caller whom AWS names; 413 over 64 KB; 400 not JSON, not in shape, or a hold that would stop nothing; 409 when others
 * write at the same moment. 500 for what fails on our side, without details.
 */
export function createApi(ports: ApiPorts) {
  return frame<UrlEvent, UrlAnswer>()
    .use(answerErrors('api', ports.log))
    .handler((event) => receive(event, ports));
}

interface Done {
  /** For the log: `holds router`. */
  readonly what: string;
  readonly pipeline: string;
  readonly records: Readonly<Record<string, unknown>>;
}

type Act = (body: unknown, actor: string, ports: ApiPorts) => Promise<Read<Done>>;

async function receive(event: UrlEvent, ports: ApiPorts): Promise<UrlAnswer> {
  const act = actOf(event.rawPath);
  if (act === null) return answer(404, { error: 'Post to /hold or /resume.' });
  if (event.requestContext.http.method !== 'POST') {
    return answer(405, { error: 'Only POST is taken here.' }, { allow: 'POST' });
  }
  const actor = event.requestContext.authorizer?.iam?.userArn;
  if (typeof actor !== 'string' || actor === '') {
    ports.log('warn', 'api refused: AWS names no caller. Is the auth type of its URL still AWS_IAM?');
    return answer(403, {
      error: 'AWS does not say who asks, and nobody else is believed: nothing was changed.',
    });
  }
  const bytes = bytesOf(event);
  if (bytes.length > BODY_BYTES_MAX) {
    return answer(413, { error: `The body is larger than ${BODY_BYTES_MAX} bytes.` });
  }
  const json = readJson(bytes);
  if (!json.ok) return answer(400, { error: json.error });
  try {
    const done = await act(json.value, actor, ports);
    if (!done.ok) return answer(400, { error: done.error });
    const { what, pipeline, records } = done.value;
    ports.log('info', `${actor} ${what}`, { pipeline, actor });
    return answer(200, records);
  } catch (error) {
    if (error instanceof OperationRefused) {
      return answer(error.kind === 'not-found' ? 404 : 400, { error: error.message });
    }
    if (error instanceof AnotherRun) return answer(409, { error: CONTENDED });
    throw error;
  }
}

function actOf(path: string): Act | null {
  switch (path) {
    case '/hold':
      return hold;
    case '/resume':
      return letGo;
    default:
      return null;
  }
}

const hold: Act = async (body, actor, ports) => {
  const { table, clock } = ports;
  const now = clock.now();
  const read = readHold(body, now);
  if (!read.ok) return read;
  const { pipeline, wave, reason, expiresAt } = read.value;
  const view = await findPipeline(table, pipeline);
  if (wave !== null) checkHoldable(await readAccount(table, view, now), wave);
  const placed = await placeHold({ pipelineId: view.pipelineId, wave, actor, reason, expiresAt }, ports);
  // What began while the hold was being placed is told too.
  const { open: openAttempts } = await readAccount(table, view, now);
  return done(`holds ${scope(view.name, wave)}`, view.name, { hold: placed, openAttempts });
};

const letGo: Act = async (body, actor, ports) => {
  const { table, clock } = ports;
  const read = readResume(body);
  if (!read.ok) return read;
  const { pipeline, wave, reason } = read.value;
  const view = await findPipeline(table, pipeline);
  const account = await readAccount(table, view, clock.now());
  if (wave !== null) checkWave(account, wave);
  const { lifted, accept, retry } = await resume({ pipelineId: view.pipelineId, wave, actor, reason }, ports);
  if (lifted.length === 0 && accept === null && retry === null) {
    throw new OperationRefused('not-found', nothingToResume(account, wave));
  }
  return done(`resumes ${scope(view.name, wave)}`, view.name, { lifted, accept, retry });
};

function done(what: string, pipeline: string, records: Done['records']): Read<Done> {
  return { ok: true, value: { what, pipeline, records } };
}

const scope = (name: string, wave: string | null): string => (wave === null ? name : `${name} ${wave}`);
