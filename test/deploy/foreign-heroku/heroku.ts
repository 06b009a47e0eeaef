// A Heroku that is not the project's own: a small Platform API written from Heroku's documentation alone and, where that
// leaves room, as awkward as it allows. Short pages in an order that means nothing, fields nobody asked for, both
// spellings of a time, promotions that take a while, no patience with a request that is not in order. On loopback.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type Answer,
  invalid,
  notFound,
  page,
  promotionOf,
  Refusal,
  textOf,
  type Wanted,
} from './requests.ts';
import {
  type App,
  appRow,
  CREATED,
  commitOf,
  couplingRow,
  current,
  offsetTime,
  type Promotion,
  past,
  type Release,
  type Row,
  releaseRow,
  type Stage,
  targetRow,
  uuidOf,
} from './rows.ts';

/** A request for a promotion, apps by their names. */
export interface Post {
  /** The release that is pinned, `ledger-dev v3`; null: none that exists. */
  readonly release: string | null;
  readonly slug: string | null;
  readonly targets: readonly string[];
}

/** A full pool. */
const CALLS = 4_500;
const STAGES: readonly string[] = ['development', 'staging', 'production'];
/** The answer to a promotion comes before its releases, and those before they have succeeded, ms. */
const [RELEASED_AFTER, LANDED_AFTER] = [700, 2_000];

export class ForeignHeroku {
  readonly posts: Post[] = [];
  /** Every request that was refused, and why. */
  readonly refusals: string[] = [];
  readonly #token: string;
  readonly #pipeline: { readonly id: string; readonly name: string };
  readonly #apps: readonly App[];
  readonly #promotions: Promotion[] = [];
  readonly #server: Server;
  #callsLeft = CALLS;

  /** `token`: the only one that is taken. `stages`: of each app, by its name. */
  constructor(token: string, pipeline: string, stages: Readonly<Record<string, Stage>>) {
    this.#token = token;
    this.#pipeline = { id: uuidOf(`pipeline ${pipeline}`), name: pipeline };
    this.#apps = Object.entries(stages).map(([name, stage]) => ({
      id: uuidOf(`app ${name}`),
      name,
      stage,
      releases: [{ id: uuidOf(`${name} v1`), version: 1, slug: null, from: CREATED, landsAt: CREATED }],
    }));
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Gives its address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** A build is released to the app, and has succeeded. */
  deploy(app: string, slug: string, at = Date.now()): void {
    this.#release(this.#app(app), slug, at, at);
  }

  /** The slug that the app runs. */
  runs(app: string): string | null {
    return current(this.#app(app))?.slug ?? null;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      const body = await textOf(request);
      this.#admit(request);
      answer = request.method === 'POST' ? this.#post(request, body) : this.#get(request);
    } catch (error) {
      const { status, id, message } =
        error instanceof Refusal ? error : new Refusal(500, 'internal', `${error}`);
      this.refusals.push(`${request.method} ${request.url}: ${status} ${message}`);
      answer = { status, body: { id, message } };
    }
    const text = JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      'Content-Type': 'application/json',
      'Cache-Control': 'private, no-cache',
      Etag: `"${uuidOf(text)}"`,
      'Request-Id': uuidOf(`${this.#callsLeft}`),
      'RateLimit-Remaining': String(--this.#callsLeft),
      'Oauth-Scope': 'write',
      'Oauth-Scope-Accepted': 'global write write-protected',
      ...answer.headers,
    });
    response.end(text);
  }

  #admit({ headers }: IncomingMessage): void {
    if (!/^application\/vnd\.heroku\+json; ?version=3$/.test(headers.accept ?? '')) {
      throw new Refusal(406, 'not_acceptable', 'The "Accept" header must name version=3.');
    }
    if (headers.authorization !== `Bearer ${this.#token}`) {
      throw new Refusal(401, 'unauthorized', 'Invalid credentials provided.');
    }
  }

  #get(request: IncomingMessage): Answer {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://heroku');
    const [, kind = '', id = '', part = '', which = ''] = pathname.split('/');
    const list = (rows: readonly Row[], by = ['id']) => page(rows, request.headers.range, by);
    switch (`${kind}/${part}`) {
      case 'apps/':
        return list(this.#apps.map(appRow), ['id', 'name', 'updated_at']);
      case 'apps/releases': {
        const app = this.#app(id);
        const rows = past(app).map((release) => releaseRow(app, release));
        return list(rows, ['id', 'version']);
      }
      case 'apps/slugs':
        this.#app(id);
        return {
          status: 200,
          body: { id: which, commit: commitOf(which), blob: { method: 'GET', url: '' } },
        };
      case 'pipelines/': {
        const isAsked = id === this.#pipeline.id || searchParams.get('eq[name]') === this.#pipeline.name;
        if (id !== '' && isAsked) return { status: 200, body: this.#pipeline };
        return list(isAsked ? [this.#pipeline] : []);
      }
      case 'pipelines/pipeline-couplings':
        return list(this.#members(id).map((app) => couplingRow(app, this.#pipeline)));
      case 'pipelines/latest-releases': {
        const newest = this.#members(id).map((app) => ({ app, release: past(app).at(-1) }));
        return list(newest.flatMap(({ app, release }) => (release ? [releaseRow(app, release)] : [])));
      }
      case 'pipeline-promotions/promotion-targets': {
        const promotion = this.#promotions.find((one) => one.id === id);
        return list((promotion ?? notFound('pipeline promotion')).targets.map(targetRow));
      }
      case 'account/':
        if (id !== 'rate-limits') notFound('page');
        return { status: 200, body: { remaining: this.#callsLeft } };
      default:
        return notFound('page');
    }
  }

  #post(request: IncomingMessage, text: string): Answer {
    if (request.url !== '/pipeline-promotions') notFound('page');
    if (request.headers['content-type'] !== 'application/json') {
      throw new Refusal(400, 'bad_request', 'The body must be application/json.');
    }
    const { pipeline, source, targets } = promotionOf(text);
    const name = (id: string): string => this.#apps.find((app) => app.id === id)?.name ?? id;
    const pinned = this.#apps.flatMap((app) => app.releases).find(({ id }) => id === source.release.id);
    this.posts.push({
      release: pinned === undefined ? null : `${name(source.app.id)} v${pinned.version}`,
      slug: pinned?.slug ?? null,
      targets: targets.map((target) => name(target.app.id)).sort(),
    });
    const { id } = this.#promote(pipeline.id, source, targets);
    const created = offsetTime(Date.now());
    return { status: 201, body: { id, pipeline, source, status: 'pending', created_at: created } };
  }

  #promote(pipelineId: string, { app, release }: Wanted['source'], targets: Wanted['targets']): Promotion {
    const members = this.#members(pipelineId);
    const source =
      members.find(({ id }) => id === app.id) ?? invalid('The source app is not in this pipeline.');
    const pinned =
      past(source).find(({ id }) => id === release.id) ?? invalid('No such release of the source app.');
    if (pinned.slug === null || pinned.landsAt > Date.now()) invalid('That release cannot be promoted.');
    const apps = targets.map((target) => {
      const found =
        members.find(({ id }) => id === target.app.id) ?? invalid('A target is not in this pipeline.');
      const isDownstream = STAGES.indexOf(found.stage) > STAGES.indexOf(source.stage);
      return isDownstream ? found : invalid('A target is not downstream of the source app.');
    });
    if (new Set(apps).size !== apps.length || apps.length === 0) invalid('Name each target once.');
    const now = Date.now();
    const promotion = {
      id: uuidOf(`promotion ${this.#promotions.length}`),
      source: { app: source, release: pinned },
      targets: apps.map((target) => ({
        app: target,
        release: this.#release(target, pinned.slug, now + RELEASED_AFTER, now + LANDED_AFTER),
      })),
    };
    this.#promotions.push(promotion);
    return promotion;
  }

  #release(app: App, slug: string | null, from: number, landsAt: number): Release {
    const version = app.releases.length + 1;
    const release = { id: uuidOf(`${app.name} v${version}`), version, slug, from, landsAt };
    app.releases.push(release);
    return release;
  }

  #app(nameOrId: string): App {
    return this.#apps.find(({ id, name }) => id === nameOrId || name === nameOrId) ?? notFound('app');
  }

  #members(pipelineId: string): readonly App[] {
    return pipelineId === this.#pipeline.id ? this.#apps : notFound('pipeline');
  }
}
