// Keeps what looks like a secret out of what people are told: somebody may have pasted one where none belongs. Pure.

/** How secrets of known services begin. Sources: the services' own pages on their token formats, and Sluice's. */
const KNOWN = [
  /HRKU-[\w-]+/, // Heroku
  /gh[opsur]_\w+|github_pat_\w+/, // GitHub
  /whsec_[\w+/=-]+/, // webhooks signed as Svix and Stripe do
  /CCI(?:PAT|PRJ)_[\w-]+/, // CircleCI
  /xox[a-z]-[\w-]+|xapp-[\w-]+/, // Slack
  /(?:AKIA|ASIA)[A-Z0-9]{12,}/, // AWS
  /glpat-[\w-]+|npm_\w{20,}|sk[-_](?:live|test|proj|ant)[-_][\w-]+/,
  /eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/, // a signed token (JWT)
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
].map(({ source }) => source);
const KNOWN_ANYWHERE = new RegExp(`(?<![A-Za-z0-9])(?:${KNOWN.join('|')})`, 'g');
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
/** Nobody calls a thing so: long, without a space, and drawn by lot as far as one can see. */
const LONG = /[A-Za-z0-9+/_=-]{32,}/g;
const DIGITS_MIN = 4;

const isDrawn = (text: string): boolean =>
  (text.match(/\d/g) ?? []).length >= DIGITS_MIN ||
  (/[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text));

const KEPT = 8;
const start = (text: string): string => `${text.slice(0, Math.min(KEPT, Math.floor(text.length / 3)))}…`;

/** The first secret of a known service in the text, with all but its start left out; null: none is seen. */
export function secretIn(text: string): string | null {
  const found = text.match(KNOWN_ANYWHERE)?.[0];
  return found === undefined ? null : start(found);
}

/** Replaced by its start, unless that is all there is of it already. */
function hidden(text: string, pattern: RegExp, isMeant: (word: string) => boolean = () => true): string {
  return text.replace(pattern, (word: string, at: number) =>
    text[at + word.length] === '…' || !isMeant(word) ? word : start(word),
  );
}

/** The text with all but the start of what looks like a secret left out. Uuids of apps and pipelines stay. */
export function withoutTokens(text: string): string {
  const isOwn = (word: string) => isDrawn(word) && word.match(UUID)?.[0] !== word;
  return hidden(hidden(text, KNOWN_ANYWHERE), LONG, isOwn);
}

/** The same of text that was found where something else is expected: a key of Heroku's can look like a uuid. */
export function masked(text: string): string {
  return withoutTokens(hidden(text, UUID));
}
