import { crc32, deflateRawSync } from 'node:zlib';

/** Parts of an archive by their names, in the order in which they are written. */
export type Parts = Readonly<Record<string, string | Buffer>>;

const u16 = (n: number): Buffer => { const bytes = Buffer.alloc(2); bytes.writeUInt16LE(n); return bytes; };
const u32 = (n: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(n >>> 0); return bytes; };

/** A zip archive. `said` lies about how large a part is when it is unpacked; `damaged` are parts with the sum of other bytes. */
export function zip(parts: Parts, { said = {}, damaged = [] }: { said?: Readonly<Record<string, number>>; damaged?: readonly string[] } = {}): Buffer {
  const files: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content as string);
    const packed = deflateRawSync(bytes);
    const title = Buffer.from(name);
    const about = Buffer.concat([u16(20), u16(0x800), u16(8), u32(0), u32(crc32(bytes) ^ (damaged.includes(name) ? 1 : 0)), u32(packed.length), u32(said[name] ?? bytes.length), u16(title.length), u16(0)]);
    files.push(u32(0x04034b50), about, title, packed);
    list.push(u32(0x02014b50), u16(20), about, u16(0), u16(0), u16(0), u32(0), u32(at), title);
    at += 30 + title.length + packed.length;
  }
  const directory = Buffer.concat(list);
  const count = Object.keys(parts).length;
  return Buffer.concat([...files, directory, u32(0x06054b50), u32(0), u16(count), u16(count), u32(directory.length), u32(at), u16(0)]);
}

const main = { usual: 'http://schemas.openxmlformats.org/spreadsheetml/2006/main', strict: 'http://purl.oclc.org/ooxml/spreadsheetml/main' } as const;
const office = { usual: 'http://schemas.openxmlformats.org/officeDocument/2006/relationships', strict: 'http://purl.oclc.org/ooxml/officeDocument/relationships' } as const;

export interface WorkbookOf {
  /** What stands in `sheetData` of the first sheet. */
  readonly rows: string;
  /** What follows it. */
  readonly after?: string;
  readonly sheets?: readonly { readonly name: string; readonly state?: string; readonly rows: string }[];
  readonly strings?: string;
  /** Of the styles 1, 2, …: a number of a built-in format, or a format in words. */
  readonly formats?: readonly (number | string)[];
  readonly from1904?: boolean;
  readonly form?: keyof typeof main;
  readonly prefix?: string;
}

/** Writes elements of the workbook's own namespace with a prefix. */
const prefixed = (xml: string, prefix: string): string => (prefix === '' ? xml : xml.replace(/<(\/?)(?=[a-z])/gi, `<$1${prefix}:`));

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

/** The parts of a workbook, so that a test may say everything that a program may write. */
export function partsOf({ rows, after = '', sheets = [{ name: '表', rows }], strings, formats = [], from1904 = false, form = 'usual', prefix = '' }: WorkbookOf): Record<string, string> {
  const own = (element: string, inside: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?><${prefix === '' ? '' : `${prefix}:`}${element} xmlns${prefix === '' ? '' : `:${prefix}`}="${main[form]}" xmlns:r="${office[form]}">${prefixed(inside, prefix)}</${prefix === '' ? '' : `${prefix}:`}${element}>`;
  const relation = (id: string, type: string, target: string): string => `<Relationship Id="${id}" Type="${office[form]}/${type}" Target="${target}"/>`;
  const relations = (...all: string[]): string => `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join('')}</Relationships>`;
  const words = formats.flatMap((format, n) => (typeof format === 'string' ? [`<numFmt numFmtId="${164 + n}" formatCode="${escaped(format)}"/>`] : []));
  return {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': own('workbook', `<workbookPr${from1904 ? ' date1904="1"' : ''}/><sheets>${sheets.map(({ name, state }, n) => `<sheet name="${escaped(name)}" sheetId="${n + 1}"${state ? ` state="${state}"` : ''} r:id="s${n + 1}"/>`).join('')}</sheets>`),
    'xl/_rels/workbook.xml.rels': relations(...sheets.map((_, n) => relation(`s${n + 1}`, 'worksheet', `worksheets/sheet${n + 1}.xml`)), relation('styles', 'styles', 'styles.xml'), ...(strings === undefined ? [] : [relation('strings', 'sharedStrings', '/xl/sharedStrings.xml')])),
    'xl/styles.xml': own('styleSheet', `<numFmts>${words.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats.map((format, n) => `<xf numFmtId="${typeof format === 'number' ? format : 164 + n}"/>`).join('')}</cellXfs>`),
    ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': own('sst', strings) }),
    ...Object.fromEntries(sheets.map((sheet, n) => [`xl/worksheets/sheet${n + 1}.xml`, own('worksheet', `<sheetData>${sheet.rows}</sheetData>${after}`)])),
  };
}

export const workbook = (of: WorkbookOf): Buffer => zip(partsOf(of));

/** The content of an OpenDocument table: the rows of its first one, styles of its own, and tables behind it. */
export const openDocument = (rows: string, styles = '', tables = ''): string => {
  const spaces = ['office', 'table', 'text', 'style'].map((name) => ` xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?><office:document-content${spaces} office:version="1.3"><office:automatic-styles>${styles}</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="表" table:style-name="on">${rows}</table:table>${tables}</office:spreadsheet></office:body></office:document-content>`;
};
