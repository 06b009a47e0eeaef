// Names with `*` in them, and names that are near to one another. Pure.

/** True when the name is the pattern's: `*` stands for any text, everything else for itself. */
export function glob(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? '';
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** The names that may have been meant: alike but for case, spaces and punctuation, or one within the other. */
export function nearTo(wanted: string, names: readonly string[]): readonly string[] {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const key = plain(wanted);
  if (key === '') return [];
  return [...new Set(names)]
    .filter((name) => plain(name) !== '' && (plain(name).includes(key) || key.includes(plain(name))))
    .slice(0, 3);
}
