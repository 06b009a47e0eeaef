// The reads of the Heroku port. Which path answers which question, and what its answer must look like.
// Touches the network through the reader; the promotion is not here but in promote.ts.

import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Formation } from '../domain/dynos.ts';
import { distinct, type Page, readPages } from './pages.ts';
import * as parse from './parse.ts';
import { type Aside, HerokuError, type HerokuReads, type Release } from './port.ts';
import { createRateMeter } from './rate.ts';
import { type After, afterReal, createReader, type HerokuCall, type Reader, type Reply } from './reader.ts';
import type { TokenSource } from './secret.ts';
import { readOnce } from './transport.ts';

export interface HerokuReadsOptions {
  /** The origin of the API, `https://api.heroku.com`; http only to the loopback interface. */
  readonly url: string;
  readonly token: TokenSource;
  readonly clock: Clock;
  /** From 0 up to 1; spreads the retries. */
  readonly random?: () => number;
  /** For one page or one object, retries and the reading of the token included. */
  readonly deadlineMs?: number;
  /** Calls of the rate limit that reads leave for promotions and for people on the same account. */
  readonly rateFloor?: number;
  /** Told of every request sent. Must not throw. */
  readonly log?: (call: HerokuCall) => void;
  /** Sends one request; over the network unless something else is given. */
  readonly send?: typeof readOnce;
  /** Counts the deadline; in real time unless something else is given. */
  readonly after?: After;
}

export interface HerokuReadsClient extends HerokuReads {
  /** `RateLimit-Remaining` of the newest answer, null before the first. */
  rateLimitRemaining(): number | null;
  /** Requests sent so far, retries included: each costs a token of the rate limit. */
  callCount(): number;
  /** Closes the kept connections. Call it when a run ends; reading afterwards opens new ones. */
  close(): void;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The largest page Heroku gives; it may give less. */
const pageSize = 1000;
const everything = `id ..; max=${pageSize}`;

/**
 * Makes the reads. Throws a TypeError when `url` is not an origin; each read throws only HerokuError.
 * A GET is tried up to three times after a network fault or a 5xx, never after a 4xx.
 */
export function createHerokuReads(options: HerokuReadsOptions): HerokuReadsClient {
  const { deadlineMs = 10_000, rateFloor: floor = 300, random = Math.random, log = () => {} } = options;
  const meter = createRateMeter(options.clock, floor);
  const { url, token, clock, send = readOnce, after = afterReal } = options;
  const reader = createReader({ url, token, clock, random, deadlineMs, floor, meter, log, send, after });
  return {
    apps: async (aside) => distinct(await list(reader, '/apps', parse.appRow, { aside }), (app) => app.id),
    pipelines: (nameOrId, signal) => findPipelines(reader, nameOrId, signal),
    couplings: async (pipelineId, signal, aside) => {
      const path = `/pipelines/${segment(pipelineId)}/pipeline-couplings`;
      return distinct(
        await list(reader, path, parse.couplingRow, { signal, aside }),
        (coupling) => coupling.appId,
      );
    },
    latestReleases: async (pipelineId, signal, aside) => {
      const path = `/pipelines/${segment(pipelineId)}/latest-releases`;
      return distinct(await list(reader, path, parse.releaseRow, { signal, aside }), (release) => release.id);
    },
    releases: (appId, max) => newestReleases(reader, appId, max),
    commit: async (appId, artifact) => {
      if (artifact.type === 'slug') {
        const path = `/apps/${segment(appId)}/slugs/${segment(artifact.id)}`;
        return parsed(await reader.get(path, null), parse.slugCommit).commit;
      }
      const commits = new Set<string | null>();
      for (const id of artifact.id.split('+')) {
        const path = `/apps/${segment(appId)}/oci-images/${segment(id)}`;
        const images = parsed(await reader.get(path, null), z.array(parse.imageRow));
        commits.add((images.find((image) => image.id === id) ?? images[0])?.commit ?? null);
      }
      // Images of several commits are of none that could be named.
      const [commit] = commits;
      return commits.size === 1 ? (commit ?? null) : null;
    },
    formation: (appId) => formationOf(reader, appId),
    promotionTargets: async (promotionId) => {
      const path = `/pipeline-promotions/${segment(promotionId)}/promotion-targets`;
      // A target that is not told of stays open.
      const aside = () => undefined;
      return distinct(await list(reader, path, parse.targetRow, { aside }), (target) => target.appId);
    },
    rateLimitRemaining: meter.remaining,
    callCount: reader.callCount,
    close: reader.close,
  };
}

async function formationOf(reader: Reader, appId: string): Promise<Formation | null> {
  try {
    const rows = await list(reader, `/apps/${segment(appId)}/formation`, parse.formationRow);
    const running = rows.filter(({ quantity }) => quantity > 0).map(({ updatedAt }) => updatedAt);
    return { runsSince: running.length === 0 ? null : Math.min(...running) };
  } catch (error) {
    if (error instanceof HerokuError && error.code === 'not-found') return null;
    throw error;
  }
}

async function findPipelines(reader: Reader, nameOrId: string, signal?: AbortSignal) {
  if (!uuid.test(nameOrId)) {
    // Heroku takes the brackets as they are; its own CLI sends them so.
    const path = `/pipelines?eq[name]=${segment(nameOrId)}`;
    // A server that ignores the filter answers with every pipeline: one of another name is nobody's trouble here.
    const isOther = (row: unknown) => parse.nameIn(row) !== null && parse.nameIn(row) !== nameOrId;
    const rows = await list(reader, path, parse.pipelineRow, { signal, isOther });
    return distinct(rows, (row) => row.id).filter((row) => row.name === nameOrId);
  }
  try {
    return [parsed(await reader.get(`/pipelines/${segment(nameOrId)}`, null, signal), parse.pipelineRow)];
  } catch (error) {
    if (error instanceof HerokuError && error.code === 'not-found') return [];
    throw error;
  }
}

/**
 * Asks for versions in descending order, because Heroku's default order is by uuid. A server that does not sort is
 * read to its end and sorted here; one that starts newest first and then goes back up is not believed, since its list
 * would look complete without its oldest part.
 */
async function newestReleases(reader: Reader, appId: string, max: number) {
  const path = `/apps/${segment(appId)}/releases`;
  const wanted = Math.max(1, Math.trunc(max));
  let descending = true;
  let lowest = Number.POSITIVE_INFINITY;
  const readPage = async (range: string): Promise<Page<Release>> => {
    const page = await onePage(reader, path, parse.releaseRow, range);
    if (lowest === Number.POSITIVE_INFINITY) descending = isDescending(page.rows);
    else if (descending && page.rows.some((row) => row.version > lowest)) throw disorder(path, range);
    lowest = page.rows.reduce((least, row) => Math.min(least, row.version), lowest);
    return page;
  };
  const first = `version ..; order=desc, max=${Math.min(wanted, pageSize)}`;
  const enough = (rows: readonly Release[]) => descending && rows.length >= wanted;
  const { rows, complete } = await readPages(`GET ${path}`, first, readPage, enough);
  const releases = distinct(rows, (row) => row.id).toSorted((a, b) => b.version - a.version);
  return { releases: releases.slice(0, wanted), complete: complete && releases.length <= wanted };
}

function isDescending(rows: readonly Release[]): boolean {
  return rows.every((row, i) => row.version < (rows[i - 1]?.version ?? Number.POSITIVE_INFINITY));
}

function disorder(path: string, range: string): HerokuError {
  return new HerokuError(
    'unavailable',
    `GET ${path}: the page for "${range}" holds newer releases than the page before; expected older ones only.`,
    'Nothing to do: Sluice asks again at the next tick. If it lasts, report it with this message.',
  );
}

interface Listing {
  readonly signal?: AbortSignal | undefined;
  readonly aside?: Aside | undefined;
  /** True for a row that the list need not hold: whether it can be read does not matter. */
  readonly isOther?: (row: unknown) => boolean;
}

async function list<S extends z.ZodType>(
  reader: Reader,
  path: string,
  row: S,
  options: Listing = {},
): Promise<readonly z.output<S>[]> {
  const readPage = (range: string) => onePage(reader, path, row, range, options);
  const { rows } = await readPages(`GET ${path}`, everything, readPage);
  return rows;
}

async function onePage<S extends z.ZodType>(
  reader: Reader,
  path: string,
  row: S,
  range: string,
  { signal, aside, isOther = () => false }: Listing = {},
): Promise<Page<z.output<S>>> {
  const reply = await reader.get(path, range, signal);
  const next = reply.headers['next-range'];
  const rows = parsed(reply, z.array(z.unknown())).flatMap((value, index) => {
    const read = row.safeParse(value);
    if (read.success) return [read.data];
    if (isOther(value)) return [];
    const found = parse.departure(read.error, value, [index]);
    if (aside === undefined) throw unreadable(reply.call, found);
    aside({ ...parse.appIn(value), why: `${reply.call}: ${found}` });
    return [];
  });
  return { rows, next: typeof next === 'string' && next !== '' ? next : null };
}

function parsed<S extends z.ZodType>(reply: Reply, schema: S): z.output<S> {
  const result = schema.safeParse(reply.body);
  if (result.success) return result.data;
  throw unreadable(reply.call, parse.departure(result.error, reply.body));
}

function unreadable(call: string, found: string): HerokuError {
  return new HerokuError(
    'unavailable',
    `${call}: Heroku's answer cannot be read: ${found}.`,
    'Nothing to do: Sluice asks again at the next tick. If it lasts, report it with this message.',
  );
}

/** One piece of a path. A lone surrogate, which cannot be encoded, becomes U+FFFD and finds nothing. */
function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
