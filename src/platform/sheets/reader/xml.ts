import { SaxesParser, type SaxesTagNS } from 'saxes';
import { SheetFault } from '../fault.ts';

/** SpreadsheetML, as it is usually written and in its strict form: ISO/IEC 29500-1, annex A and ISO/IEC 29500-4. */
const spreadsheet: ReadonlySet<string> = new Set(['http://schemas.openxmlformats.org/spreadsheetml/2006/main', 'http://purl.oclc.org/ooxml/spreadsheetml/main']);
const packaging = 'http://schemas.openxmlformats.org/package/2006/relationships';
const officeRelations: ReadonlySet<string> = new Set(['http://schemas.openxmlformats.org/officeDocument/2006/relationships', 'http://purl.oclc.org/ooxml/officeDocument/relationships']);

/** An element of a workbook's own namespace, whatever prefix it is written with. */
export interface Element {
  readonly name: string;
  /** An attribute without a namespace. */
  attribute(name: string): string | undefined;
  /** The attribute `id` of the namespace of relations. */
  readonly relation: string | undefined;
}

export interface Handler {
  open?(element: Element): void;
  close?(name: string): void;
  text?(text: string): void;
}

class Opened implements Element {
  readonly #tag: SaxesTagNS;
  constructor(tag: SaxesTagNS) {
    this.#tag = tag;
  }

  get name(): string {
    return this.#tag.local;
  }

  attribute(name: string): string | undefined {
    const found = this.#tag.attributes[name];
    return found?.uri === '' ? found.value : undefined;
  }

  get relation(): string | undefined {
    return Object.values(this.#tag.attributes).find(({ local, uri }) => local === 'id' && officeRelations.has(uri))?.value;
  }
}

const isOwn = ({ uri }: SaxesTagNS): boolean => spreadsheet.has(uri) || uri === packaging;

/**
 * Reads XML in pieces and gives its events. Elements of other namespaces are passed over with all that is in them.
 * @throws SheetFault when it is not well-formed.
 */
export class XmlReader {
  readonly #parser = new SaxesParser({ xmlns: true, position: false });
  #foreign = 0;

  constructor(handler: Handler) {
    this.#parser.on('error', () => { throw new SheetFault('broken'); });
    this.#parser.on('opentag', (tag) => {
      if (this.#foreign > 0 || !isOwn(tag)) this.#foreign += 1;
      else handler.open?.(new Opened(tag));
    });
    this.#parser.on('closetag', (tag) => {
      if (this.#foreign > 0) this.#foreign -= 1;
      else handler.close?.(tag.local);
    });
    const text = (content: string): void => {
      if (this.#foreign === 0) handler.text?.(content);
    };
    this.#parser.on('text', text);
    this.#parser.on('cdata', text);
  }

  write(piece: string): void {
    this.#parser.write(piece);
  }

  end(): void {
    this.#parser.close();
  }
}

/** Reads all of a part. @throws SheetFault */
export async function readXml(pieces: AsyncIterable<string>, handler: Handler): Promise<void> {
  const reader = new XmlReader(handler);
  for await (const piece of pieces) reader.write(piece);
  reader.end();
}

/** Truth as XML Schema writes it. */
export const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';
