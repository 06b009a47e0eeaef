// What the foreign Heroku is made of, and how it writes each thing down: fields nobody asked for among those that matter,
// times in both of Heroku's spellings, ids in no order.

import { createHash } from 'node:crypto';

export type Stage = 'development' | 'staging' | 'production';

export interface App {
  readonly id: string;
  readonly name: string;
  readonly stage: Stage;
  readonly releases: Release[];
}

export interface Release {
  readonly id: string;
  readonly version: number;
  readonly slug: string | null;
  /** Before this it does not exist, epoch ms. */
  readonly from: number;
  /** From here on it has succeeded, epoch ms. */
  readonly landsAt: number;
}

export interface Promotion {
  readonly id: string;
  readonly source: { readonly app: App; readonly release: Release };
  readonly targets: readonly { readonly app: App; readonly release: Release }[];
}

export type Row = Readonly<Record<string, unknown>>;

export const CREATED = Date.parse('2026-01-05T09:00:00Z');

/** The same for the same name; in no order. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-a$4-$5');
}

export function past(app: App): readonly Release[] {
  return app.releases.filter(({ from }) => from <= Date.now());
}

export function current(app: App): Release | undefined {
  return past(app).findLast(({ landsAt }) => landsAt <= Date.now());
}

export function appRow(app: App): Row {
  const { id, name } = app;
  const landed = current(app)?.landsAt ?? CREATED;
  const unasked = {
    acm: true,
    internal_routing: null,
    region: { name: 'us' },
    x_preview: { nested: [1, null] },
  };
  return { ...unasked, id, name, maintenance: false, released_at: time(landed), updated_at: time(landed) };
}

export function releaseRow(app: App, release: Release): Row {
  const { id, version, slug, from, landsAt } = release;
  return {
    id,
    version,
    app: { id: app.id, name: app.name },
    artifacts: slug === null ? [] : [{ type: 'slug', id: slug }],
    slug: slug === null ? null : { id: slug },
    status: landsAt <= Date.now() ? 'succeeded' : 'pending',
    current: release === current(app),
    description: 'A description that says nothing',
    user: { id: uuidOf('user'), email: 'someone@example.com' },
    output_stream_url: null,
    addon_plan_names: ['heroku-postgresql:dev'],
    x_preview: [],
    created_at: time(from),
    updated_at: time(Math.min(landsAt, Date.now())),
  };
}

export function targetRow({ app, release }: Promotion['targets'][number]): Row {
  return {
    id: uuidOf(`target ${release.id}`),
    app: { id: app.id },
    release: release.from <= Date.now() ? { id: release.id } : null,
    status: release.landsAt <= Date.now() ? 'succeeded' : 'pending',
    error_message: null,
  };
}

export function couplingRow({ id, name, stage }: App, pipeline: Row): Row {
  const at = offsetTime(CREATED);
  return { id: uuidOf(`coupling ${name}`), app: { id }, pipeline, stage, created_at: at, updated_at: at };
}

/** Each slug is built from a commit of its own. */
export function commitOf(slug: string): string {
  return createHash('sha1').update(slug).digest('hex');
}

/** Of apps and releases. */
function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Of everything else. */
export function offsetTime(ms: number): string {
  return time(ms).replace('Z', '+00:00');
}
