// Configuration in a folder, in the form that `npm start -- --config DIR` reads: pipelines/<name>.yaml (or .yml, .json)
// and defaults.yaml. Reads files of that folder.

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ConfigProblem, nearest, problem, shown } from '../../shared/config/problem.ts';
import { isText, KINDS, namesIn, readText, stem } from '../../shared/local/config-files.ts';
import { isNamePart } from '../../shared/parameters/prefix.ts';
import { Refusal } from '../errors.ts';
import { byKey, type Collected, DEFAULTS, type Entry, pipelineKey } from './entries.ts';

const KNOWN = ['pipelines', 'webhooks', ...KINDS.map((kind) => `defaults${kind}`)];

/** @throws Refusal when there is no such folder, or none with pipelines in it. */
export function readConfigFolder(folder: string): Collected {
  const pipelines = join(folder, 'pipelines');
  if (!isFolder(pipelines)) {
    const found = isFolder(folder) ? 'none in it' : existsSync(folder) ? 'a file' : 'nothing there';
    const near = basename(resolve(folder)) === 'pipelines' ? ` Did you mean ${dirname(folder)}?` : '';
    throw new Refusal(
      `${folder}: found ${found}, expected a folder with a folder pipelines in it, one YAML file a pipeline.${near} To begin with what is deployed: sluice config pull ${folder}`,
    );
  }
  const top = namesIn(folder);
  const below = namesIn(pipelines);
  const files = [
    ...top.filter(isDefaults).map((name) => fileOf(DEFAULTS, join(folder, name))),
    ...below.filter(isText).map((name) => fileOf(pipelineKey(stem(name)), join(pipelines, name))),
  ];
  const entries = files.flatMap(({ entry }) => entry ?? []);
  const unread = below.filter((name) => !isText(name));
  return {
    entries: entries.sort(byKey),
    problems: [
      ...files.flatMap(({ problems }) => problems),
      ...below.filter(isText).flatMap((name) => nameProblems(join(pipelines, name), stem(name))),
      ...repeated(files),
    ],
    notes: [
      ...top.filter((name) => !isDefaults(name)).flatMap((name) => noteOnTop(folder, name)),
      ...unread.map((name) => noteBelow(join(pipelines, name))),
    ],
    unread: [
      ...top
        .filter((name) => !isDefaults(name) && isDefaults(nearest(name, KNOWN) ?? ''))
        .flatMap((name) => {
          const found = problem(join(folder, name), [], 'a file that is not read', 'the name defaults.yaml');
          return noteOnTop(folder, name).map((note) => ({ note, problem: found }));
        }),
      ...unread.map((name) => {
        const path = join(pipelines, name);
        const found = isFolder(path) ? 'a folder' : 'a file that is not read';
        const expected = `nothing here but pipelines, each a file ${KINDS.join(', ')}`;
        return { note: noteBelow(path), problem: problem(path, [], found, expected) };
      }),
    ],
  };
}

const isDefaults = (name: string): boolean => isText(name) && stem(name) === DEFAULTS;
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

interface File {
  readonly key: string;
  readonly path: string;
  readonly entry: Entry | null;
  readonly problems: readonly ConfigProblem[];
}

function fileOf(key: string, path: string): File {
  const { text, unread } = readText(path);
  if (unread !== undefined) return { key, path, entry: null, problems: [unread] };
  return { key, path, entry: { key, where: path, text }, problems: [] };
}

function nameProblems(path: string, name: string): readonly ConfigProblem[] {
  const expected = 'a name of letters, digits and _.- , as it becomes the name of a parameter';
  return isNamePart(name) ? [] : [problem(path, [], `the name ${shown(name)}`, expected)];
}

function repeated(files: readonly File[]): readonly ConfigProblem[] {
  return files.flatMap(({ key, path }, index) => {
    const first = files.findIndex((other) => other.key === key);
    const expected = `one file for ${key}: ${files[first]?.path} is one already`;
    return first === index ? [] : [problem(path, [], 'a second file', expected)];
  });
}

const noteBelow = (path: string): string => `${path} is not read: a pipeline is a file ${KINDS.join(', ')}.`;

function noteOnTop(folder: string, name: string): readonly string[] {
  if (name === 'pipelines') return [];
  const path = join(folder, name);
  if (name === 'webhooks') {
    return [
      `${path} is never pushed: it holds secrets. They are set one by one: sluice secrets set webhooks/github`,
    ];
  }
  const near = nearest(name, KNOWN);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return [`${path} is not read: only pipelines, defaults.yaml and, on one machine, webhooks are.${hint}`];
}
