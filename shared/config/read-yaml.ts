// From a text to plain values: YAML 1.2, of which JSON is a part. Pure; gives problems and never throws.

import { type Document, LineCounter, parseDocument, type YAMLError, type YAMLWarning } from 'yaml';
import { masked, secretIn } from './masked.ts';
import { type ConfigProblem, type Path, problem, shown } from './problem.ts';

/** The longest text of a parameter, characters: the limit of SSM's standard tier. */
export const TEXT_MAX = 4096;
/** More values than any text of that length writes out: only aliases make so many. */
const VALUES_MAX = 10_000;

type Read =
  | { readonly ok: true; readonly config: unknown }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export function readYaml(parameter: string, text: string): Read {
  const refuse = (...problems: ConfigProblem[]) => ({ ok: false as const, problems });
  if (text.length > TEXT_MAX) {
    return refuse(problem(parameter, [], `${text.length} characters`, `at most ${TEXT_MAX}`));
  }
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      version: '1.2',
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'error',
    });
    const faults = causesOf([...document.errors, ...document.warnings]).map(({ fault, more }) => {
      const { line, col } = lines.linePos(fault.pos[0]);
      const near = text.split('\n')[line - 1]?.trim() ?? '';
      const why = masked(fault.message.replace(/\s+/g, ' ').replace(/[.:]$/, ''));
      const also = more === 0 ? '' : `; the same on ${more} line${more === 1 ? '' : 's'} more`;
      return problem(
        parameter,
        [],
        `${shown(near)} at line ${line}, column ${col}`,
        `valid YAML or JSON: ${why}${also}`,
      );
    });
    if (faults.length > 0) return refuse(...faults);
    const version = otherVersion(document);
    if (version !== null) {
      return refuse(
        problem(parameter, [], `the directive %YAML ${version}`, 'YAML 1.2, which needs no directive'),
      );
    }
    const config = document.toJS() as unknown;
    const problems = valueProblems(parameter, config);
    return problems.length > 0 ? refuse(...problems) : { ok: true, config };
  } catch (error) {
    // Nesting without end, aliases that multiply: nothing a configuration needs.
    const why = masked(error instanceof Error ? error.message : String(error));
    return refuse(problem(parameter, [], shown(text), `valid YAML or JSON: ${why}`));
  }
}

/** The first thing that is not YAML, as what comes after it follows from it, and every key that is there twice. */
function causesOf(
  faults: readonly (YAMLError | YAMLWarning)[],
): readonly { readonly fault: YAMLError | YAMLWarning; readonly more: number }[] {
  const inOrder = [...faults].sort((a, b) => a.pos[0] - b.pos[0]);
  const first = inOrder.find(({ code }) => code !== 'DUPLICATE_KEY');
  return inOrder
    .filter((fault) => fault === first || fault.code === 'DUPLICATE_KEY')
    .map((fault) => {
      const isTab = fault === first && fault.code === 'TAB_AS_INDENT';
      return { fault, more: isTab ? faults.filter(({ code }) => code === fault.code).length - 1 : 0 };
    });
}

/** In YAML 1.1 `no` is false, `09:00` a number and `<<` a merge: the same text means something else. */
function otherVersion({ directives }: Document.Parsed): string | null {
  const { explicit = false, version } = directives.yaml;
  return explicit && version !== '1.2' ? version : null;
}

/** What is wrong with the values whatever they mean: aliases that contain themselves or multiply, and secrets. */
function valueProblems(parameter: string, config: unknown): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  let left = VALUES_MAX;
  const look = (value: unknown, path: Path, within: readonly unknown[]): void => {
    left -= 1;
    if (left < 0) return;
    if (typeof value === 'string') problems.push(...secretProblem(parameter, path, value));
    if (typeof value !== 'object' || value === null) return;
    if (within.includes(value)) {
      problems.push(problem(parameter, path, 'an alias that contains itself', 'values that end'));
      return;
    }
    const inner = [...within, value];
    if (Array.isArray(value)) value.forEach((one, index) => void look(one, [...path, index], inner));
    else
      for (const [key, one] of Object.entries(value)) {
        problems.push(...secretProblem(parameter, path, key));
        look(one, [...path, key], inner);
      }
  };
  look(config, [], []);
  if (left >= 0) return problems;
  return [
    problem(parameter, [], `aliases that make more than ${VALUES_MAX} values`, 'the values written out'),
  ];
}

function secretProblem(parameter: string, path: Path, text: string): readonly ConfigProblem[] {
  const secret = secretIn(text);
  if (secret === null) return [];
  const expected =
    'no secret: configuration is none. Make a new one and revoke this; secrets go in with: sluice secrets set <name>';
  return [problem(parameter, path, `a secret, ${secret}`, expected)];
}
