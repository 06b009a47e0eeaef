// The webhook's URL: takes what CI, test suites and Heroku send, records it, and wakes the pipelines it concerns.
//
// It holds no token of Heroku's and promotes nothing: the most that a delivery can do is to be one of the facts that
// the next run looks at. A request that is refused changes nothing.

import type { Clock } from '../../shared/clock.ts';
import type { Log, SignalReceived } from '../../shared/events.ts';
import type { Measure } from '../../shared/metrics.ts';
import { type Route, routeOf } from '../../shared/signals/route.ts';
import type { Reading } from '../../shared/signals/sender.ts';
import type { Table } from '../../shared/table/port.ts';
import { answerErrors } from '../answer-errors.ts';
import { bytesOf, digestOf, jsonBytesOf, readJson } from '../body.ts';
import { frame } from '../frame.ts';
import { answer, type UrlAnswer, type UrlEvent } from '../url.ts';
import { verify } from './verify.ts';

export interface WebhookPorts {
  /**
   * The value of a sender's secret parameter, one secret a line; null when it is not set. `refused`: the value that did
   * not sign what came, in case it has been replaced.
   */
  readonly secrets: { webhookSecret(source: string, refused?: string): Promise<string | null> };
  readonly table: Pick<Table, 'writeSignal' | 'noteDelivery'> & Partial<Pick<Table, 'noteSource'>>;
  readonly bus: { signalReceived(event: Omit<SignalReceived, 'type'>): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
  readonly measure: Measure;
  /** Where the parameters lie, for the command that the log tells. `/sluice` unless said otherwise. */
  readonly prefix?: string;
}

/** The largest body, decoded. GitHub's may be larger, but none of the events that are used comes near. */
export const BODY_BYTES_MAX = 1_048_576;

/**
 * The function behind the webhook's URL.
 *
 * Answers: 202 `{"recorded": n}`; 200 `{"recorded": 0, "ignored": why}` for an event that is not used; 200
 * `{"duplicate": true}` for a delivery seen before. Refusals, in this order: 404 unknown path, 405 not POST, 413 over
 * 1 MB, 401 not signed by a live secret or signed more than five minutes ago (one answer, so that nobody learns which),
 * 400 not JSON or not in the sender's shape; 413, 401 and 400 are counted. 500 for what fails on our side, without details: the sender may try again.
 */
export function createWebhook(ports: WebhookPorts) {
  const heard = new Set<string>();
  return frame<UrlEvent, UrlAnswer>()
    .use(answerErrors('webhook', ports.log))
    .handler((event) => receive(event, ports, heard));
}

async function receive(event: UrlEvent, ports: WebhookPorts, heard: Set<string>): Promise<UrlAnswer> {
  const receivedAt = ports.clock.now();
  const route = routeOf(event.rawPath);
  if (route === null) {
    return answer(404, { error: 'Post to /github, /circleci, /heroku or /signals/<source>.' });
  }
  if (event.requestContext.http.method !== 'POST') {
    return answer(405, { error: 'Only POST is taken here.' }, { allow: 'POST' });
  }
  const refuse = (statusCode: number, error: string, outcome: string): UrlAnswer => {
    ports.log('warn', `Webhook of ${route.source} refused: ${outcome}`, { source: route.source, outcome });
    ports.measure({ WebhooksRejected: 1 });
    return answer(statusCode, { error });
  };
  const bytes = bytesOf(event);
  if (bytes.length > BODY_BYTES_MAX) {
    return refuse(413, `The body is larger than ${BODY_BYTES_MAX} bytes.`, 'body too large');
  }
  const proof = await verify(route, { headers: event.headers, bytes, receivedAt }, ports);
  if (!proof.ok) return refuse(401, 'The signature could not be verified.', proof.why);
  const json = readJson(jsonBytesOf(bytes, event.headers['content-type']));
  await noteSource(route, receivedAt, ports, heard);
  if (!json.ok) return refuse(400, json.error, 'not JSON');
  const { headers } = event;
  const read = route.sender.parse({ body: json.value, headers, digest: digestOf(bytes), receivedAt });
  if (!read.ok) return refuse(400, read.message, `unexpected shape at ${read.path || 'the top'}`);
  return record(route, read, receivedAt, ports);
}

/** That a source can be heard at all, for whoever waits for it; the loss of the note costs a hint. */
async function noteSource(
  { source }: Route,
  at: number,
  { table, log }: WebhookPorts,
  heard: Set<string>,
): Promise<void> {
  if (heard.has(source)) return;
  try {
    await table.noteSource?.(source, at);
    heard.add(source);
  } catch (error) {
    log('warn', `Webhook of ${source}: that it delivers could not be noted: ${String(error)}`, { source });
  }
}

/**
 * Signals first, then the event if they say something new, then the note that the delivery was seen. A crash after the
 * signals loses nothing: a redelivery finds the same rows, and the sweep what nobody was woken for. The other way round,
 * a crash after the note would make the redelivery a duplicate of something that was never recorded. A hint has no row
 * and is told once, after its note.
 */
async function record(
  { source }: Route,
  { deliveryId, signals, concerns, note }: Reading,
  receivedAt: number,
  ports: WebhookPorts,
): Promise<UrlAnswer> {
  const { table, log } = ports;
  const tell = (outcome: string): void =>
    log('info', `Webhook of ${source}: ${outcome}: ${note}`, { source, delivery: deliveryId, outcome });
  if (concerns.length === 0) {
    tell('ignored');
    return answer(200, { recorded: 0, ignored: note });
  }
  const wakeAll = () => wake(source, { concerns, at: receivedAt }, ports);
  let isNews = false;
  for (const signal of signals) {
    isNews = (await table.writeSignal({ ...signal, receivedAt })) !== 'same' || isNews;
  }
  // What changes no answer wakes nobody. Before the note: after a crash in between, the same words are no news.
  if (isNews) await wakeAll();
  if ((await table.noteDelivery(source, deliveryId, receivedAt)) === 'lost') {
    tell('duplicate');
    return answer(200, { duplicate: true });
  }
  if (signals.length === 0) await wake(source, { concerns, isHint: true, at: receivedAt }, ports);
  tell(signals.length > 0 ? 'recorded' : 'hint');
  return answer(202, { recorded: signals.length });
}

/** The event is a hint, and the sender can do nothing about its loss: the sweep finds what it would have told. */
async function wake(
  source: string,
  event: Omit<SignalReceived, 'type'>,
  { bus, log }: WebhookPorts,
): Promise<void> {
  try {
    await bus.signalReceived(event);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log('error', `Webhook of ${source}: recorded, but no pipeline could be woken: ${why}`, { source });
  }
}
