/**
 * How many words of a text count: the twin of `discussion_ext/words.py`, where the rules are told.
 *
 * Both are tested by the one table `tests/word_examples.json`; a change here is a change there.
 */

const WORD = 0;
const HAN = 1;
const KANA = 2;
const QUARTER = 3;

export const DEFAULT_FACTORS = { zh: 1.5, ja: 2.0 };
const RUN_LENGTHS = [5, 8, 8, 16];
const LONGEST_ECHO = 4;

// -- reading ---------------------------------------------------------------------------------------------------------

const INVISIBLE = new RegExp(
    "[\\u00ad\\u034f\\u061c\\u0640\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f" +
    "\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\u{e0000}-\\u{e0fff}]", "gu");
const EMOJI = /[0-9#*]\ufe0f?\u20e3|[\u2139\u24c2\u3030\u303d\u3297\u3299\u{1f000}-\u{1faff}]/gu;
// eslint-disable-next-line no-control-regex
const LINE_ENDS = /\r\n|[\r\v\f\x1c-\x1f\x85\u2028\u2029]/gu;
const HIDDEN_HTML = /<!--[\s\S]*?(?:-->|$)|<(script|style|template)\b[^<>]*>[\s\S]*?(?:<\/\1[^<>]*>|$)/gi;
const BLOCKQUOTE = /(<\/?blockquote\b[^<>]*>)/i;
const INLINE_TAG = new RegExp(
    "</?(?:a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|tt|u|var|wbr)" +
    "(?:[ \\t\\n/][^<>]*)?>", "gi");
const TAG = /<\/?[a-zA-Z][^<>]*>/g;
const ENTITY = /&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});/g;
const ENTITIES = {
    amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", hellip: "…", ndash: "–", mdash: "—",
    lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”",
};
const MARKDOWN = [
    [/^[ \t]*>[^\n]*/gm, ""], // a quoted line
    [/^[ \t]*(?:```|~~~)[^\n]*/gm, ""], // the fence of a code block and its language
    [/^[ \t]*\[[^[\]\n]+\]:[^\n]*/gm, ""], // the definition of a link
    [/!\[[^[\]]*\](?:\([^()\n]*\)|\[[^[\]\n]*\])/g, " "], // a picture
    [/\[([^[\]]*)\](?:\([^()\n]*\)|\[[^[\]\n]*\])/g, "$1"], // a link: its text stays
    [/(?:https?:\/\/|ftp:\/\/|mailto:|www\.)[!-~]+/gi, " "], // a bare address
    [/^[ \t]*[0-9]{1,9}[.)][ \t]/gm, ""], // the number of a list item
    [/[*`~\\]/g, ""], // emphasis inside a word does not cut it
];

function clean(text) {
    const seen = text.replace(EMOJI, " ").replace(INVISIBLE, "").normalize("NFKC");
    return seen.replace(INVISIBLE, "").replace(LINE_ENDS, "\n");
}

function withoutBlockquotes(text) {
    let depth = 0;
    return text.split(BLOCKQUOTE).map((part, index) => {
        if (index % 2) {
            depth = part.startsWith("</") ? Math.max(0, depth - 1) : depth + 1;
            return "\n";
        }
        return depth ? "" : part;
    }).join("");
}

function entity(_match, name) {
    if (!name.startsWith("#")) {
        return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : "";
    }
    const code = /^#[xX]/.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : "";
}

/** The plain text that somebody wrote: no mark-up, quotes, addresses, emoji or invisible characters. */
export function normalise(text) {
    let plain = withoutBlockquotes(clean(text).replace(HIDDEN_HTML, " "));
    plain = plain.replace(/<(?=https?:\/\/|mailto:)/g, " ").replace(INLINE_TAG, "").replace(TAG, "\n");
    for (const [pattern, replacement] of MARKDOWN) {
        plain = plain.replace(pattern, replacement);
    }
    return clean(plain.replace(ENTITY, entity));
}

// -- tokens ----------------------------------------------------------------------------------------------------------

const RANGES = [
    [QUARTER, [[0x0e00, 0x0eff], [0x1000, 0x109f], [0x1780, 0x17ff], [0xa9e0, 0xa9ff], [0xaa60, 0xaa7f]]],
    [KANA, [[0x3040, 0x30ff], [0x31f0, 0x31ff], [0x1aff0, 0x1b16f]]],
    [HAN, [[0x3005, 0x3007], [0x3021, 0x3029], [0x303b, 0x303b], [0x3100, 0x312f], [0x31a0, 0x31bf], [0x3400, 0x4dbf],
        [0x4e00, 0x9fff], [0xf900, 0xfaff], [0x20000, 0x3ffff]]],
];
const JOINERS = new Set("'’‘-‐·״׳");
const DIGIT_JOINERS = new Set(".,:/");
const LETTER_OR_NUMBER = /^[\p{L}\p{N}]/u;
const MARK = /^\p{M}/u;
const DIGIT = /^[0-9]$/;

function kindOf(char) {
    const code = char.codePointAt(0);
    if (code < 0x0e00 || (code >= 0xac00 && code <= 0xd7ff)) {
        return WORD;
    }
    const found = RANGES.find(([, ranges]) => ranges.some(([first, last]) => first <= code && code <= last));
    return found ? found[0] : WORD;
}

/** Whether the sign at the index stands inside a word ("don't", "twenty-one") or a number ("19:30"). */
function joins(chars, index) {
    const after = chars[index + 1];
    if (after === undefined) {
        return false;
    }
    if (DIGIT_JOINERS.has(chars[index])) {
        return DIGIT.test(chars[index - 1]) && DIGIT.test(after);
    }
    return JOINERS.has(chars[index]) && LETTER_OR_NUMBER.test(after) && kindOf(after) === WORD;
}

/** The tokens of a text as it was written: `{text, kind}`. */
export function tokenise(text) {
    const chars = Array.from(normalise(text).toLowerCase());
    const tokens = [];
    let word = "";
    chars.forEach((char, index) => {
        const isMark = MARK.test(char);
        const kind = isMark || LETTER_OR_NUMBER.test(char) ? kindOf(char) : null;
        if ((kind === WORD && (!isMark || word)) || (kind === null && word && joins(chars, index))) {
            word += char;
            return;
        }
        if (word) {
            tokens.push({ text: word, kind: WORD });
            word = "";
        }
        if (kind && (kind === QUARTER || !isMark)) {
            tokens.push({ text: char, kind });
        }
    });
    if (word) {
        tokens.push({ text: word, kind: WORD });
    }
    return tokens;
}

// -- leaving out -----------------------------------------------------------------------------------------------------

function* runs(tokens) {
    for (let index = 0; index < tokens.length; index += 1) {
        const length = RUN_LENGTHS[tokens[index].kind];
        if (index + length <= tokens.length) {
            yield [index, length, tokens.slice(index, index + length).map((token) => token.text).join(" ")];
        }
    }
}

function weigh(tokens) {
    const quarters = tokens.filter((token) => token.kind === QUARTER).length;
    return tokens.length - quarters + Math.ceil(quarters / 4);
}

function markBorrowed(tokens, foreign) {
    const marks = new Array(tokens.length).fill(false);
    for (const [index, length, run] of runs(tokens)) {
        if (foreign.has(run)) {
            marks.fill(true, index, index + length);
        }
    }
    return marks;
}

function markRepeated(tokens) {
    const marks = new Array(tokens.length).fill(false);
    const seen = new Set();
    for (const [index, length, run] of runs(tokens)) {
        if (seen.has(run)) {
            marks.fill(true, index, index + length);
        }
        seen.add(run);
    }
    const isSame = (first, second, size) => {
        for (let step = 0; step < size; step += 1) {
            if (tokens[first + step].text !== tokens[second + step].text) {
                return false;
            }
        }
        return true;
    };
    for (let size = 1; size <= LONGEST_ECHO; size += 1) {
        for (let index = 2 * size; index + size <= tokens.length; index += 1) {
            if (isSame(index, index - size, size) && isSame(index - size, index - 2 * size, size)) {
                marks.fill(true, index, index + size);
            }
        }
    }
    return marks;
}

/** A function that measures texts against the same excluded texts, which are read once. */
export function counter(exclude = []) {
    const foreign = new Set();
    for (const text of exclude) {
        for (const [, , run] of runs(tokenise(text))) {
            foreign.add(run);
        }
    }
    return (text) => {
        const tokens = tokenise(text);
        const borrowed = markBorrowed(tokens, foreign);
        const repeated = markRepeated(tokens);
        const total = weigh(tokens);
        const own = weigh(tokens.filter((_, index) => !borrowed[index]));
        const counted = weigh(tokens.filter((_, index) => !borrowed[index] && !repeated[index]));
        return { counted, total, borrowed: total - own, repeated: own - counted };
    };
}

/** The words of a text, and those left out because they stand in an excluded text or were said before. */
export function measure(text, exclude = []) {
    return counter(exclude)(text);
}

export function countWords(text, exclude = []) {
    return measure(text, exclude).counted;
}

// -- minimums --------------------------------------------------------------------------------------------------------

/** `zh` or `ja` when more than half of a text is written in such characters, else an empty string. */
export function characterLanguage(text) {
    const tokens = tokenise(text);
    const kana = tokens.filter((token) => token.kind === KANA).length;
    const characters = kana + tokens.filter((token) => token.kind === HAN).length;
    if (characters * 2 <= weigh(tokens)) {
        return "";
    }
    return kana * 10 >= characters ? "ja" : "zh";
}

/**
 * A number of words as it applies to this text: multiplied when the text is counted in characters.
 * An empty text has no script of its own: `language` (such as `zh-hans`, the reader's) speaks for it.
 */
export function effectiveMinimum(text, minimum, { factors = DEFAULT_FACTORS, language = "" } = {}) {
    const code = tokenise(text).length ? characterLanguage(text) : language.slice(0, 2).toLowerCase();
    return Math.floor(minimum * (Object.hasOwn(factors, code) ? factors[code] : 1) + 0.5);
}
