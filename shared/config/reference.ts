// docs/configuration.md, made from the schemas: their descriptions, defaults and examples are the reference. Pure.

import * as z from 'zod';
import type { Check } from '../checks/check.ts';
import { TEXT_MAX } from './read-yaml.ts';
import { defaultsSchema, pipelineSchema, waveSchema } from './schema.ts';

/** What a schema says of one key, by `.meta()`. */
interface Key {
  /** What kind of value it takes, in words. */
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly string[];
}

/** The whole page, Markdown. */
export function referenceOf(checks: readonly Check[]): string {
  const configured = checks.filter((check) => !check.always);
  const always = checks.filter((check) => check.always);
  return `${[
    HEAD,
    '## A pipeline',
    EXAMPLE,
    '',
    keyTable(pipelineSchema(checks)),
    '### A wave',
    '',
    keyTable(waveSchema(checks)),
    '### Durations',
    DURATIONS,
    '## Checks',
    CHECKS,
    ...always.map((check) => `- \`${check.name}\`: ${check.summary}`),
    '',
    ...configured.flatMap(checkPage),
    '## How windows work',
    WINDOWS,
    '## Defaults, and what replaces what',
    mergingOf(Object.keys(defaultsSchema(checks).shape)),
    '## What is refused',
    REFUSED,
  ].join('\n')}\n`;
}

function checkPage(check: Check): readonly string[] {
  const example = check.example === undefined ? [] : ['```yaml', 'checks:', `  ${check.example}`, '```', ''];
  const table = keyTable(check.schema);
  return [`### \`${check.name}\``, '', check.summary, '', ...example, table];
}

function keyTable(schema: z.core.$ZodType): string {
  const keys = Object.entries(shapeOf(schema));
  if (keys.length === 0) return 'It has no options.\n';
  const rows = keys.map(([name, field]) => {
    const key = metaOf(field);
    const isOptional = z.safeParse(field, undefined).success;
    const start = isOptional ? String(key.default ?? 'none') : 'required';
    const example = key.examples?.map((one) => `\`${name}: ${one}\``).join(', ') ?? 'above';
    return `| \`${name}\` | ${key.title ?? ''} | ${start} | ${key.description ?? ''} | ${example} |`;
  });
  return ['| key | value | default | what it does | example |', '|---|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

/** The keys of a mapping, also of one whose value is made into something else after it is read. */
function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  if (schema instanceof z.ZodObject) return schema.shape;
  const item = z.globalRegistry.get(schema)?.['item'];
  if (item instanceof z.ZodType) return shapeOf(item);
  return schema instanceof z.ZodPipe ? shapeOf(schema.in) : {};
}

function metaOf(field: z.core.$ZodType): Key {
  const meta = z.globalRegistry.get(field);
  if (meta !== undefined) return meta as Key;
  return field instanceof z.ZodOptional || field instanceof z.ZodDefault ? metaOf(field.def.innerType) : {};
}

const HEAD = `<!-- Generated from the schemas by \`npm run docs\`. Change the descriptions there, not here. -->
# Configuration

Sluice is configured with SSM parameters under one prefix, \`/sluice\` unless the stack was deployed with another
(\`npx cdk deploy --context prefix=/other\`). A change takes effect at the next tick, within a minute;
runs under way may still act on the old one, for up to four minutes. To stop at once, hold: \`./sluice hold router --reason "…"\`.

| parameter | type | value |
|---|---|---|
| \`/sluice/heroku/token\` | SecureString | a Heroku authorization of a machine user; never scope \`global\` |
| \`/sluice/heroku/read-token\` | SecureString, optional | a second one with read scope only, for \`scan\` |
| \`/sluice/heroku/api-url\`, \`/sluice/heroku/status-url\` | String, optional | default \`https://api.heroku.com\` and \`https://status.heroku.com\` |
| \`/sluice/github/token\` | SecureString, optional | what GitHub is asked with about each \`repo\`: a fine-grained token with *Contents: read* of these repositories |
| \`/sluice/pipelines/<name>\` | String | one pipeline, YAML or JSON: this page. \`<name>\` is what commands call it |
| \`/sluice/defaults\` | String, optional | what holds for every pipeline that does not say otherwise |
| \`/sluice/push\` | String | whether a \`sluice config push\` is under way. Nothing else writes it |
| \`/sluice/webhooks/<source>\` | SecureString | the secret of \`github\`, \`circleci\`, \`heroku\` or any name used with the generic callback; two lines are two live secrets |

On one machine (\`npm start -- --config DIR\`) files take their place: \`DIR/pipelines/<name>.yaml\` (or \`.yml\`, \`.json\`),
\`DIR/defaults.yaml\`, \`DIR/webhooks/<source>\` with the secret in it; the token is \`HEROKU_API_KEY\`,
and that for GitHub \`GITHUB_TOKEN\`.

Senders post to \`/github\`, \`/circleci\`, \`/heroku\` or \`/signals/<source>\` of the webhook URL. The last is for anything else that
can sign a request: the body \`{"name": "direwolf", "app": "router-qa01", "commit": "…", "state": "success|failure|pending",
"url": "…", "at": "ISO-8601"}\` (\`app\` or \`commit\` or both; \`commit\` as Heroku shows it, a full SHA or not), and the header
\`X-Sluice-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">\`, good for five minutes.

To put a pipeline in place, and to begin with watching only:

\`\`\`sh
mkdir -p config/pipelines
printf 'pipeline: router\\nmode: observe\\n' > config/pipelines/router.yaml
./sluice config push config
\`\`\`

A push is one piece to a tick, however many parameters it writes: while it is under way, and after one that was interrupted,
no tick looks at any pipeline; pushing again completes it. Whoever writes parameters one by one, with the \`aws\` command, has
no such cover: a tick in between sees some of them old and some new.
`;

const EXAMPLE = `
\`\`\`yaml
pipeline: router
repo: example/router
mode: promote
waves:
  - name: qa
    apps: [router-qa01]
  - name: canary
    apps: [router-va01]
    soak: 30m
    checks:
      - ci: { context: "ci/circleci: build" }
      - window: { days: mon-thu, from: "09:00", until: "17:00", zone: America/New_York, leave: 3h }
  - name: world
    apps: [router-va02, router-ie01, router-jp01]
    soak: 2h
    checks:
      - signal: { name: direwolf, of: source, fresh: 15m }
checks:
  - heroku-status
\`\`\`

Heroku deploys to \`qa\` when a merge passes CI. When that artifact has stayed on \`qa\` for 30 minutes and every check
passes, \`canary\` is given it; when it has stayed on \`canary\` for 2 hours and every check passes, the three apps of
\`world\` are given it in one promotion.`;

const DURATIONS = `
\`90s\`, \`30m\`, \`2h\`, \`1h30m\`, \`1d\`: days, hours, minutes and seconds, from large to small, at most \`366d\`. A number without
a unit is refused, except 0.
`;

const CHECKS = `
A check is a question asked before a wave is given an artifact. It is answered with \`pass\`, \`wait\`, \`fail\` or \`unknown\`,
and only when every answer is \`pass\` is anything promoted. A check that gives no answer within ten seconds is \`unknown\`.

In a list, a check is its name (\`- heroku-status\`), or its name with options (\`- heroku-status: { allow: yellow }\`).

Asked before every wave but the first, without being listed:
`;

const WINDOWS = `
- \`from\` and \`until\` are read on the clock of \`zone\`, so a window follows summer time. Quote them.
- A window with \`until\` before \`from\` is open overnight and belongs to the day it opens on: \`days: fri, from: "22:00",
  until: "02:00"\` is open on Friday night, until Saturday at two.
- A whole day is \`from: "00:00", until: "24:00"\`.
- \`days\` is a range (\`mon-thu\`, \`fri-mon\`), a list (\`mon,wed\` or \`[mon, wed]\`), both (\`mon-wed,sat\`), or \`daily\`.
- \`leave: 3h\` stops starts three hours before the close, so that what was started is seen to its end.
- A time that the clock skips is the first moment after the gap; one it shows twice in autumn is the first of the two.
- \`window\` takes one window or a list, and a list is open when any of it is, each less its own \`leave\`:
  \`window: [{ days: mon-thu, from: "09:00", until: "17:00", zone: Europe/Berlin }, { days: fri, from: "09:00", until: "12:00", zone: Europe/Berlin }]\`.
- Several \`window\` checks in one list of checks must all be open. A window that can never open is refused, and so are several
  that are never open at the same time. A soak counts outside windows too, so it may be longer than any opening.
- \`zone\` is a place, in any case (\`America/New_York\`, \`US/Eastern\`), or \`UTC\`. A fixed offset (\`+01:00\`, \`Etc/GMT+1\`) and a name that
  is none of a place (\`EST\`, \`CET\`, \`EST5EDT\`) are refused: they do not follow the clock of those who are meant, or not for ever.
`;

function mergingOf(keys: readonly string[]): string {
  return `
\`/sluice/defaults\` takes ${keys.map((key) => `\`${key}\``).join(', ')}, and holds for every pipeline:

- \`mode\`, \`soak\`, \`counting\` and \`behindLimit\` of the pipeline replace those of the defaults; \`soak\` and \`counting\` of a wave
  replace those of the pipeline.
- \`checks\` add up: those of the defaults, then those of the pipeline, then those of the wave. A check replaces those of
  the same name and argument that stand further out; every other one stays. The argument is what a message shows
  behind the name: \`signal direwolf\` does not replace \`signal smoke\`, but one \`window\` replaces another.
- \`- window: off\` takes away the windows that come from further out, whatever their argument.

With an error in the defaults no pipeline runs: none may run without the checks it relies on. For the same reason none runs
when there have been defaults and the parameter is gone: to have none, write an empty one, \`{}\`. \`config push --prune\` of a
folder without defaults does that.
`;
}

const REFUSED = `
- A text over ${TEXT_MAX.toLocaleString('en-US')} characters, text that is neither YAML 1.2 nor JSON (so also \`%YAML 1.1\`), aliases that contain themselves or make
  more than 10,000 values, a token of a known service, a key twice, a key that is not on this page.
- \`soak\`, \`counting\` or \`checks\` on the first wave: Heroku deploys to it, and Sluice is not asked.
- Two waves of one name, an app in two waves, a wave without apps, an app that is not in the Heroku pipeline or is a
  review or test app, fewer than two waves.
- A window that can never open.

Every problem is reported, in one line that names the parameter, the place in it with its line, what was found and what is expected:

\`\`\`
/sluice/pipelines/router: wave canary, app 1: found "router-xx", expected an app of Heroku pipeline router (router-qa01, router-va01)
\`\`\`

The pipeline is skipped until it is put right; the others run. An app of the Heroku pipeline that is in no wave is left alone; one in development is in none unless it is named.`;
