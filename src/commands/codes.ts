import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs, TextDecoder } from 'node:util';
import { createI18n, isLocale, type Translate } from '../platform/i18n.ts';
import { checkCode, cleanCode, type CodeCheck } from '../rules/codes/index.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const USAGE = 'Usage: xinzhi codes check FILE|- [--locale zh-CN|en]';
const SHANGHAI_MS = 8 * 3_600_000;
/** A longer line is no code: it is read over, so that a file without line ends takes no more memory than another. */
const LONGEST = 1000;
const SHOWN = 40;

/** What a file of codes was saved as: UTF-16 says so by its mark, all else is read as UTF-8. */
function decoderFor(beginning: Uint8Array): TextDecoder {
  const [first, second] = beginning;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le');
  return new TextDecoder(first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8');
}

/** Cuts text that comes in pieces into lines that end with LF, CRLF or CR. Of a line that is too long it keeps the beginning. */
class Lines {
  private open = '';
  private afterReturn = false;

  private add(text: string): void {
    if (this.open.length <= LONGEST) this.open += text.slice(0, LONGEST + 1 - this.open.length);
  }

  /** The lines that end in this piece. */
  *take(text: string): Generator<string> {
    // A CRLF may be cut in two.
    let from = this.afterReturn && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.afterReturn = text.endsWith('\r');
    for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) {
      if (index < from) continue;
      this.add(text.slice(from, index));
      yield this.open;
      this.open = '';
      from = index + end.length;
    }
    this.add(text.slice(from));
  }

  /** The last line, when it has no end. */
  *rest(): Generator<string> {
    if (this.open !== '') yield this.open;
  }
}

/** Nothing in a file may steer the terminal that shows the answer. */
const tame = (text: string): string => text.replace(/\p{Cc}/gu, '\u{FFFD}');

function rowOf({ code, kind, verdict, reason }: CodeCheck, t: Translate): string {
  return `${[code, kind, verdict, reason === null ? '' : t(reason.key, reason.params)].map(tame).join('\t')}\n`;
}

function answerTo(line: string, today: string, t: Translate): string {
  if (line.length <= LONGEST) return rowOf(checkCode(line, today), t);
  const code = `${[...cleanCode(line)].slice(0, SHOWN).join('')}…`;
  return rowOf({ code, kind: 'unknown', verdict: 'bad', reason: { key: 'codes:unknown.tooLong', params: { count: LONGEST } } }, t);
}

/** One row of text for each line of the bytes, in pieces as large as those that came. */
async function* answers(pieces: AsyncIterable<Uint8Array>, today: string, t: Translate): AsyncGenerator<string> {
  const lines = new Lines();
  let decoder: TextDecoder | undefined;
  for await (const piece of pieces) {
    decoder ??= decoderFor(piece);
    let rows = '';
    for (const line of lines.take(decoder.decode(piece, { stream: true }))) rows += answerTo(line, today, t);
    if (rows !== '') yield rows;
  }
  let rows = '';
  for (const line of [...lines.take(decoder?.decode() ?? ''), ...lines.rest()]) rows += answerTo(line, today, t);
  if (rows !== '') yield rows;
}

const faults: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `There is no file ${JSON.stringify(file)}.`,
  EISDIR: (file) => `${JSON.stringify(file)} is a folder, not a file.`,
  EACCES: (file) => `The file ${JSON.stringify(file)} must not be read by this user.`,
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Checks one code a line and prints a row for each: code, kind, verdict, reason. What the codes are doesn't change the status. */
export const run: Run = async (args) => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { locale: { type: 'string', default: 'zh-CN' } },
  });
  const [act, file, ...more] = positionals;
  if (act !== 'check' || file === undefined || file === '' || more.length > 0) throw new CommandError(USAGE);
  if (!isLocale(values.locale)) throw new CommandError(`--locale must be zh-CN or en; it is ${JSON.stringify(values.locale)}.`);

  const t = createI18n().translator(values.locale);
  const today = new Date(Date.now() + SHANGHAI_MS).toISOString().slice(0, 10);
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    await pipeline(input, (pieces: AsyncIterable<Uint8Array>) => answers(pieces, today, t), process.stdout, { end: false });
  } catch (error) {
    const code = codeOf(error);
    // Whoever reads the rows has seen enough: `| head`.
    if (code === 'EPIPE') return;
    throw Object.hasOwn(faults, code) ? new CommandError(faults[code]?.(file)) : error;
  }
};
