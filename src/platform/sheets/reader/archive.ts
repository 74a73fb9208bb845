import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { markedUtf16 } from '../encoding.ts';
import { SheetFault, type SheetLimits } from '../fault.ts';
import { crc32 } from './crc.ts';

/** Parts of one archive. A workbook has some dozen; one of a million parts is no workbook. */
const mostParts = 10_000;

/** Names of parts are compared without case and without the first slash: ISO/IEC 29500-2. */
const nameOf = (name: string): string => name.replace(/^\/+/, '').toLowerCase();

/**
 * The parts of a zip archive, found by its own list of contents, in whatever order they stand. What is read is counted as
 * it is unpacked: the list says what its writer liked.
 */
export class Archive {
  readonly #zip: ZipFile;
  readonly #parts: ReadonlyMap<string, Entry>;
  readonly #limits: SheetLimits;
  #unpacked = 0;

  private constructor(zip: ZipFile, parts: ReadonlyMap<string, Entry>, limits: SheetLimits) {
    this.#zip = zip;
    this.#parts = parts;
    this.#limits = limits;
  }

  /** @throws SheetFault for what is no archive, or one that names a part twice. */
  static async open(path: string, limits: SheetLimits): Promise<Archive> {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch(() => { throw new SheetFault('broken'); });
    const parts = new Map<string, Entry>();
    try {
      for await (const entry of zip.eachEntry()) {
        const name = nameOf(entry.fileName);
        if (parts.has(name) || parts.size >= mostParts) throw new SheetFault('broken');
        parts.set(name, entry);
      }
    } catch {
      zip.close();
      throw new SheetFault('broken');
    }
    return new Archive(zip, parts, limits);
  }

  close(): void {
    this.#zip.close();
  }

  has(name: string): boolean {
    return this.#parts.has(nameOf(name));
  }

  /**
   * The bytes of a part, unpacked. @throws SheetFault when there is no such part, or all that was read is too much; at its end
   * when they are not those that were packed, so that whoever reads all of a part before he uses any of it has it whole.
   */
  async *bytes(name: string): AsyncGenerator<Buffer> {
    const entry = this.#parts.get(nameOf(name));
    if (!entry || entry.isEncrypted()) throw new SheetFault(entry ? 'protected' : 'broken');
    const content: Readable = await this.#zip.openReadStreamPromise(entry);
    let sum = 0;
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        this.#unpacked += chunk.length;
        if (this.#unpacked > this.#limits.unpackedBytes) throw new SheetFault('tooLarge');
        sum = crc32(chunk, sum);
        yield chunk;
      }
      if (sum !== entry.crc32) throw new SheetFault('damaged', { part: entry.fileName });
    } finally {
      content.destroy();
    }
  }

  /** The text of a part, piece by piece; no character is cut between two of them. @throws SheetFault */
  async *text(name: string): AsyncGenerator<string> {
    let decoder: TextDecoder | undefined;
    for await (const chunk of this.bytes(name)) {
      // XML is UTF-8, or UTF-16 with its mark.
      decoder ??= new TextDecoder(markedUtf16(chunk) ?? 'utf-8', { fatal: true });
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder?.decode() ?? '';
  }
}
