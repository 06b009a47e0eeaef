// `--json`: records as they are stored, with instants as ISO-8601 in place of epoch milliseconds.

/** What instants are called, wherever they occur: `at`, `since`, `until`, `claimedAt`, … */
const INSTANT = /^(at|since|until|now)$|[a-z]At$/;

export function jsonText(value: unknown): string {
  const replace = (key: string, found: unknown): unknown =>
    typeof found === 'number' && INSTANT.test(key) ? new Date(found).toISOString() : found;
  return `${JSON.stringify(value, replace, 2)}\n`;
}
