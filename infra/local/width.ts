// How many columns of a terminal a text takes, and text cut to fit. Pure.

/** East Asian letters and emoji take two. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += /\p{M}/u.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1;
  return width;
}

/** As many letters from the start as have room. */
function start(text: string, room: number): string {
  let kept = '';
  let width = 0;
  for (const letter of text) {
    width += widthOf(letter);
    if (width > room) break;
    kept += letter;
  }
  return kept;
}

/** At most `room` columns; what is cut off leaves a mark. */
export function cut(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  return room < 1 ? '' : `${start(text, room - 1)}…`;
}

/** Exactly `room` columns. */
export function fitted(text: string, room: number): string {
  const short = cut(text, room);
  return short + ' '.repeat(Math.max(0, room - widthOf(short)));
}

/** Lines of at most `room` columns, broken between words, and within those that are longer. */
export function wrapped(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (widthOf(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (widthOf(line) > room) {
      const head = start(line, Math.max(2, room));
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}
