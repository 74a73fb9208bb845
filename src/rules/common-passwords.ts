import list from './common-passwords.json' with { type: 'json' };

/** Rows of a keyboard and the other runs that fingers and counting make. */
const RUNS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'abcdefghijklmnopqrstuvwxyz', '1qaz2wsx3edc4rfv5tgb6yhn7ujm', '!qaz@wsx#edc$rfv%tgb^yhn&ujm', '!@#$%^&*()', '147258369', '789456123', 'a1b2c3d4e5f6', '1a2b3c4d5e6f'];
const SHORTEST_RUN = 3;

const reversed = (text: string): string => [...text].toReversed().join('');
const runs = RUNS.flatMap((run) => [run, reversed(run)]).map((run) => run + run);

/** Figures and signs that stand for letters. */
const LETTERS: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' };
const asLetters = (text: string): string => [...text].map((sign) => LETTERS[sign] ?? sign).join('');

/** Numbers that everybody thinks of: years, days, lucky and loving ones. */
const NUMBERS = [/^(?:19|20)\d\d(?:(?:0?[1-9]|1[0-2])(?:[0-2]?\d|3[01])?)?/, /^(?:5201314|520|521|1314|666+|888+|110|119|120|911|007|10086|12345|95\d{3})/, /^\d{1,2}/];
const REPEATED = /^(?:(.)\1+|(..)\2{2,}|(...)\3+)/;
const SIGNS = /^[^a-z0-9]{1,3}(?=[a-z0-9]|$)/;

/** How much of the beginning of this text is one well-known piece, in every way it can be read. */
function piecesAt(text: string, words: ReadonlySet<string>): Set<number> {
  const lengths = new Set<number>();
  for (const pattern of [...NUMBERS, REPEATED, SIGNS]) {
    const found = pattern.exec(text);
    if (found) lengths.add(found[0].length);
  }
  const letters = asLetters(text);
  for (let length = 2; length <= text.length; length += 1) {
    if (words.has(text.slice(0, length)) || words.has(letters.slice(0, length))) lengths.add(length);
    if (length >= SHORTEST_RUN && runs.some((run) => run.includes(text.slice(0, length)))) lengths.add(length);
  }
  return lengths;
}

const MOST_PIECES = 4;
const common: ReadonlySet<string> = new Set(list.words);

/**
 * Whether a password is made of nothing but at most four pieces that everybody thinks of first: words of the list or of
 * the person's own name, years, rows of the keyboard, repetitions, and signs between them. Such passwords are what is
 * guessed first, although they have capitals, figures and signs (NIST SP 800-63B 5.1.1.2).
 * @param own words that belong to the person: his name, his unit.
 */
export function isCommonPassword(password: string, own: readonly string[] = []): boolean {
  const text = password.normalize('NFKC').toLowerCase();
  const words = own.length === 0 ? common : new Set([...common, ...own.map((word) => word.toLowerCase())]);
  /** The fewest words, numbers and runs that the text up to here is made of; signs are not counted. */
  const fewest = Array<number>(text.length + 1).fill(Infinity);
  fewest[0] = 0;
  for (let at = 0; at < text.length; at += 1) {
    const before = fewest[at] ?? Infinity;
    if (before === Infinity) continue;
    const rest = text.slice(at);
    const sign = SIGNS.exec(rest)?.[0].length;
    for (const length of piecesAt(rest, words)) {
      const cost = before + (length === sign ? 0 : 1);
      fewest[at + length] = Math.min(fewest[at + length] ?? Infinity, cost);
    }
  }
  return (fewest[text.length] ?? Infinity) <= MOST_PIECES;
}
