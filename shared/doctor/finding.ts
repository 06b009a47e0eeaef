// What an examination finds: one line about one thing, with what to do about it. Pure.

/** In the order in which they are told. */
export const AREAS = [
  'stack',
  'parameters',
  'token',
  'read-token',
  'pipelines',
  'github',
  'webhooks',
  'clock',
  'ticks',
] as const;

export type Area = (typeof AREAS)[number];

export interface Finding {
  readonly area: Area;
  /** `problem`: something does not work. `warning`: it works, or will, and should be looked at. */
  readonly state: 'ok' | 'warning' | 'problem';
  /** The thing: a parameter's name under the prefix, a pipeline, an endpoint. */
  readonly subject: string;
  readonly found: string;
  readonly expected?: string;
  /** Commands to type, one a line; behind two spaces or more, a remark. */
  readonly todo?: string;
}

export interface Detail {
  readonly expected?: string | undefined;
  readonly todo?: string | undefined;
}

/** Makes the findings of one area. */
export function findingsOf(area: Area) {
  const make =
    (state: Finding['state']) =>
    (subject: string, found: string, { expected, todo }: Detail = {}): Finding => ({
      area,
      state,
      subject,
      found,
      ...(expected !== undefined && { expected }),
      ...(todo !== undefined && { todo }),
    });
  return { ok: make('ok'), warning: make('warning'), problem: make('problem') };
}

/** Examines something; what it throws becomes a finding of the area, and null. */
export type Guard = <T>(area: Area, examine: () => Promise<T> | T) => Promise<T | null>;

/** The shortest text that is taken for a secret: anything shorter would black out words. */
const SECRET_MIN = 6;

/** The finding with every secret in it replaced. The last guard: no finding is meant to hold one. */
export function withoutSecrets(finding: Finding, secrets: readonly string[]): Finding {
  const parts = secrets.flatMap((secret) => [secret, ...secret.split('\n')]).map((part) => part.trim());
  const hidden = parts.filter((part) => part.length >= SECRET_MIN);
  const clean = (text: string) => hidden.reduce((sofar, part) => sofar.replaceAll(part, '[secret]'), text);
  const { expected, todo } = finding;
  return {
    ...finding,
    subject: clean(finding.subject),
    found: clean(finding.found),
    ...(expected !== undefined && { expected: clean(expected) }),
    ...(todo !== undefined && { todo: clean(todo) }),
  };
}

/** What went wrong, in the words of whoever threw it, without a full stop. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\.$/, '');
}
