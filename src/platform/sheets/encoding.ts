import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { SheetFault } from './fault.ts';

export type TextEncoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be';

/** Bytes of one line that are looked at together; a table has none as long. */
const longestLine = 4 * 1024 ** 2;
/** A line of GB 18030 may by chance be one of UTF-8; one that then reads as so many Chinese characters is not. */
const surelyHan = 4;
const HAN = /\p{Script=Han}/gu;
const LINE_END = 0x0a;

const utf8 = new TextDecoder('utf-8');
const gb18030 = new TextDecoder('gb18030', { fatal: true });

const isSurelyUtf8 = (line: Buffer): boolean => !isAscii(line) && isUtf8(line) && (utf8.decode(line).match(HAN)?.length ?? 0) >= surelyHan;

function isGb18030(line: Buffer): boolean {
  try {
    gb18030.decode(line);
    return true;
  } catch {
    return false;
  }
}

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}

/** Looks at whole lines one after the other: no byte of a line end is part of a character in either encoding. */
class Survey {
  #lines = 0;
  /** The first line that can only be UTF-8, and the first that can only be GB 18030; from 1. */
  #utf8: number | null;
  #other: number | null = null;

  constructor(marked: boolean) {
    this.#utf8 = marked ? 1 : null;
  }

  /** @throws SheetFault with the line from which on the file is in another encoding, or in none. */
  take(lines: Buffer): void {
    const isPlain = isAscii(lines) || (this.#utf8 !== null && this.#other === null && isUtf8(lines));
    if (isPlain) {
      this.#lines += linesIn(lines);
      return;
    }
    for (let at = 0; at < lines.length;) {
      const end = lines.indexOf(LINE_END, at);
      const next = end < 0 ? lines.length : end + 1;
      this.#takeLine(lines.subarray(at, next));
      at = next;
    }
  }

  #takeLine(line: Buffer): void {
    this.#lines += 1;
    if (!isUtf8(line)) {
      if (!isGb18030(line)) throw new SheetFault('encoding', { line: this.#lines });
      this.#other ??= this.#lines;
    } else if (this.#utf8 === null && isSurelyUtf8(line)) this.#utf8 = this.#lines;
    if (this.#utf8 !== null && this.#other !== null) throw new SheetFault('mixed', { line: Math.max(this.#utf8, this.#other) });
  }

  get encoding(): TextEncoding {
    return this.#other === null ? 'utf-8' : 'gb18030';
  }
}

/** UTF-16 as its mark says; null for what has none of the two. */
export const markedUtf16 = (mark: Uint8Array): 'utf-16le' | 'utf-16be' | null =>
  (mark[0] === 0xff && mark[1] === 0xfe ? 'utf-16le' : mark[0] === 0xfe && mark[1] === 0xff ? 'utf-16be' : null);

async function startOf(path: string, bytes: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(head, 0, bytes, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * In which encoding a text file is, decided by all of its bytes; some hundred kilobytes of it are in memory at a time.
 * @throws SheetFault `mixed` or `encoding` with the line, from 1, where it breaks.
 */
export async function encodingOf(path: string): Promise<TextEncoding> {
  const mark = await startOf(path, 3);
  const wide = markedUtf16(mark);
  if (wide !== null) return wide;
  const survey = new Survey(mark.equals(Buffer.of(0xef, 0xbb, 0xbf)));
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    const piece = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = piece.lastIndexOf(LINE_END) + 1;
    if (end > 0) survey.take(piece.subarray(0, end));
    rest = piece.subarray(end);
    if (rest.length > longestLine) throw new SheetFault('broken');
  }
  if (rest.length > 0) survey.take(rest);
  return survey.encoding;
}

/** The beginning of a text file, some thousand characters. */
export async function headOf(path: string, encoding: TextEncoding): Promise<string> {
  return new TextDecoder(encoding).decode(await startOf(path, 32 * 1024));
}

const isUndecodable = (error: unknown): boolean => error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';

/** Decodes a stream piece by piece into UTF-8. What is decoded fails with SheetFault at the line that is in no encoding. */
export const decoding = (encoding: TextEncoding) =>
  async function* decode(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const decoder = new TextDecoder(encoding, { fatal: true });
    let line = 1;
    try {
      for await (const chunk of source) {
        const text = Buffer.from(decoder.decode(chunk, { stream: true }));
        line += linesIn(text);
        yield text;
      }
      yield Buffer.from(decoder.decode());
    } catch (error) {
      throw isUndecodable(error) ? new SheetFault('encoding', { line }) : error;
    }
  };
