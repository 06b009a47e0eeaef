// Text from outside (names, commit messages, reasons, what Heroku and people say) as it may be printed: nothing in it
// steers a terminal, hides, or turns the order of what is read. Pure.

/** C0, DEL and C1, and with them every escape sequence; the separators of lines and paragraphs. */
const STEERING = /[\p{Cc}\u2028\u2029]+/gu;
/** Marks that turn the direction of text, that have no width or show nothing (DI: default ignorable); halves of a character. */
const UNSEEN = /[\p{Cf}\p{Cs}\p{DI}]/gu;
/** How an emoji is drawn: nothing is hidden by it, and nothing missed without it. */
const EMOJI_STYLE = /[\ufe00-\ufe0f]/g;
/** In JSON, whatever of these is left after JSON.stringify. */
const IN_JSON = /[\p{Cc}\u2028\u2029\p{Cf}\p{Cs}\p{DI}]/gu;

/** One line. What steers becomes a space, what is not seen becomes `\ufffd`, so that it is seen to be there. */
export function tame(text: string): string {
  return text.replace(STEERING, ' ').replace(EMOJI_STYLE, '').replace(UNSEEN, '\ufffd');
}

/** The same for a text of several lines. */
export function tameLines(text: string): string {
  return text.split('\n').map(tame).join('\n');
}

/** JSON with all of that as `\uXXXX`: the same value, and nothing that a terminal would obey. Keeps its line breaks. */
export function tameJson(json: string): string {
  return json.replace(IN_JSON, (found) => (found === '\n' ? found : escaped(found)));
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    const unit = text.charCodeAt(index).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}
