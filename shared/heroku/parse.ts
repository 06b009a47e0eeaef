// What Heroku's answers look like, and how they become Sluice's shapes. Pure. Unknown fields are dropped.
// Facts: Heroku Platform API schema (v3 and 3.sdk) and recorded answers; where the two differ, both are read.

import * as z from 'zod';
import type { Artifact } from '../domain/artifact.ts';
import { shortened } from '../domain/words.ts';
import type { OddRow, Release } from './port.ts';

const id = z.string().min(1);

/** Both spellings Heroku uses, `2025-05-17T11:37:58Z` and `2017-03-29T21:29:04+00:00`, to epoch ms. */
const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .pipe(z.number());

export const appRow = z
  .object({
    id,
    name: z.string().min(1),
    maintenance: z.boolean(),
    released_at: instant.nullish(),
    updated_at: instant.nullish().catch(null),
    stack: z.object({ name: z.string().nullish() }).nullish().catch(null),
    // An object in v3, a plain text in 3.sdk.
    generation: z
      .union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
      .nullish()
      .catch(null),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    maintenance: row.maintenance,
    releasedAt: row.released_at == null ? null : Math.max(row.released_at, row.updated_at ?? 0),
    ...(row.stack?.name != null && { stack: row.stack.name }),
    ...(row.generation != null && { generation: row.generation }),
  }));

export const formationRow = z
  .object({ quantity: z.int().min(0), updated_at: instant })
  .transform((row) => ({ quantity: row.quantity, updatedAt: row.updated_at }));

export const pipelineRow = z.object({ id, name: z.string() });

export const couplingRow = z
  .object({
    app: z.object({ id }),
    pipeline: z.object({ id }),
    // A stage unknown to us is an error, not a guess: where an app stands decides what may be promoted to it.
    stage: z.enum(['test', 'review', 'development', 'staging', 'production']),
  })
  .transform((row) => ({ appId: row.app.id, pipelineId: row.pipeline.id, stage: row.stage }));

/** Not in every answer: v3 sends a list, its schema says one object, older apps send none. */
const artifactRow = z.object({ type: z.string().nullish(), id: z.string().min(1).nullish() });
const artifactRows = z
  .union([z.array(artifactRow), artifactRow.transform((row) => [row])])
  .nullish()
  .transform((rows) => rows ?? []);

/**
 * A status Heroku adds after this was written counts as `pending`. Such a release is then not promoted (it has not
 * succeeded), and nothing is promoted onto it (it is not over). `failed` would not do: it says that the app went on
 * running the release before, so that an earlier one may be promoted and this one be overwritten.
 */
const releaseStatus = z.enum(['pending', 'succeeded', 'failed', 'expired']).or(unknownAsPending());
/** The same for a target: its attempt stays open, so no other can start for that app. */
const targetStatus = z.enum(['pending', 'succeeded', 'failed']).or(unknownAsPending());

function unknownAsPending() {
  return z.string().transform(() => 'pending' as const);
}

export const releaseRow = z
  .object({
    id,
    app: z.object({ id, name: z.string().nullish() }),
    version: z.int().min(0),
    status: releaseStatus,
    current: z.boolean(),
    slug: z.object({ id }).nullish(),
    oci_image: z.object({ id }).nullish(),
    artifacts: artifactRows,
    created_at: instant,
    updated_at: instant.nullish(),
    output_stream_url: z.string().nullish(),
    description: z.string().nullish().catch(null),
    user: z.object({ email: z.string().nullish() }).nullish(),
  })
  .transform(
    (row): Release => ({
      id: row.id,
      appId: row.app.id,
      appName: row.app.name ?? null,
      version: row.version,
      status: row.status,
      current: row.current,
      artifact: artifactOf(row),
      createdAt: row.created_at,
      updatedAt: row.updated_at ?? row.created_at,
      hasReleasePhase: Boolean(row.output_stream_url),
      userEmail: row.user?.email ?? null,
      ...rollbackOf(row.description),
    }),
  );

/** Heroku describes a rollback as `Rollback to v46` (recorded answers of several tools). */
function rollbackOf(description: string | null | undefined): Pick<Release, 'rollbackTo'> {
  const version = /^Rollback to v(\d{1,9})\b/.exec(description ?? '')?.[1];
  return version === undefined ? {} : { rollbackTo: Number(version) };
}

interface Carrier {
  readonly slug?: { readonly id: string } | null | undefined;
  readonly oci_image?: { readonly id: string } | null | undefined;
  readonly artifacts: readonly z.output<typeof artifactRow>[];
}

function artifactOf(row: Carrier): Artifact | null {
  const slug = row.slug?.id ?? idsOf(row, 'slug');
  if (slug) return { type: 'slug', id: slug };
  const image = idsOf(row, 'oci-image') ?? row.oci_image?.id;
  return image ? { type: 'oci-image', id: image } : null;
}

/** All of them, sorted: code of two images is the same where both are, in whatever order Heroku lists them. */
function idsOf(row: Carrier, type: Artifact['type']): string | undefined {
  const ids = row.artifacts.flatMap((artifact) =>
    artifact.type === type && artifact.id ? [artifact.id] : [],
  );
  return ids.length === 0 ? undefined : [...new Set(ids)].toSorted().join('+');
}

/** A blank commit is no commit. */
const commit = z
  .string()
  .nullish()
  .transform((text) => text || null);

export const slugCommit = z.object({ commit });
export const imageRow = z.object({ id: z.string().nullish(), commit });

/** Heroku's words for a failed target stay in the ledger, which every run reads. */
const ERROR_MAX = 1_000;

export const targetRow = z
  .object({
    app: z.object({ id }),
    status: targetStatus,
    release: z.object({ id }).nullish(),
    error_message: z.string().nullish().catch(null),
  })
  .transform((row) => ({
    appId: row.app.id,
    status: row.status,
    releaseId: row.release?.id ?? null,
    errorMessage: row.error_message == null ? null : shortened(row.error_message, ERROR_MAX),
  }));

const idIn = z.object({ id }).transform((row) => row.id);
const nameOf = z.object({ name: z.string().min(1) }).transform((row) => row.name);

/** The name of a row that cannot be read otherwise; null: none. */
export function nameIn(row: unknown): string | null {
  return nameOf.safeParse(row).data ?? null;
}

/** Which app an odd row is about: the one it names, or itself. */
export function appIn(row: unknown): Pick<OddRow, 'appId' | 'appName'> {
  const app = z.object({ app: z.unknown() }).safeParse(row);
  const about = app.success && app.data.app !== undefined ? app.data.app : row;
  return { appId: idIn.safeParse(about).data ?? null, appName: nameIn(about) };
}

/**
 * Where a body departs from its schema, in words: `[3].stage: expected one of …, found a text of 6 characters`.
 * Values are not repeated, only their kinds: a body may hold a link to the code. `at`: where in the answer the body is.
 */
export function departure(error: z.ZodError, body: unknown, at: readonly PropertyKey[] = []): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'the body is not as expected';
  const path = [...at, ...issue.path]
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('');
  const expected = issue.message
    .replace(/^Invalid [\w ]+: /, '')
    .replace(/^Invalid ISO /, 'expected an ISO ')
    .replace(/, received .*$/, '');
  return `${path.replace(/^\./, '') || 'the body'}: ${expected}, found ${kindAt(body, issue.path)}`;
}

function kindAt(body: unknown, path: readonly PropertyKey[]): string {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return 'nothing';
    value = Reflect.get(value, key);
  }
  if (typeof value === 'symbol') return 'something that is not JSON';
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  return Array.isArray(value) ? `a list of ${value.length}` : `a ${typeof value}`;
}
