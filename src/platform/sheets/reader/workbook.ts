import { posix } from 'node:path';
import { SheetFault } from '../fault.ts';
import type { Archive } from './archive.ts';
import { shownBy, type Shown } from './serial.ts';
import { isTrue, readXml } from './xml.ts';

/** What a workbook has a part for, by the end of its relation's type, which is the same in both forms of the standard. */
interface Relation {
  readonly id: string;
  readonly type: string;
  readonly part: string;
}

/** The relations of a part, with the names of the parts that they lead to. None when it has no list of them. */
async function relationsOf(archive: Archive, part: string): Promise<Relation[]> {
  const [folder, name] = [posix.dirname(part), posix.basename(part)];
  const list = posix.join(folder, '_rels', `${name}.rels`);
  const found: Relation[] = [];
  if (!archive.has(list)) return found;
  await readXml(archive.text(list), {
    open(element) {
      const [id, type, target] = ['Id', 'Type', 'Target'].map((attribute) => element.attribute(attribute));
      if (element.name !== 'Relationship' || id === undefined || type === undefined || target === undefined || element.attribute('TargetMode') === 'External') return;
      found.push({ id, type: type.slice(type.lastIndexOf('/') + 1), part: target.startsWith('/') ? target.slice(1) : posix.join(folder, target) });
    },
  });
  return found;
}

export interface Worksheet {
  readonly name: string;
  readonly visible: boolean;
  readonly part: string;
}

/** What a workbook says of itself, before any cell is read. */
export interface Workbook {
  /** In the order of the tabs; those that hold a chart alone are left out. */
  readonly worksheets: readonly Worksheet[];
  readonly from1904: boolean;
  /** What each style makes of a number. */
  readonly styles: readonly Shown[];
  readonly strings: readonly string[];
}

/** Texts that the cells share; runs of rich text joined, and without the guides to pronunciation. */
async function readStrings(archive: Archive, part: string): Promise<string[]> {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let phonetic = 0;
  await readXml(archive.text(part), {
    open({ name }) {
      if (name === 'si') text = '';
      else if (name === 'rPh') phonetic += 1;
      else if (name === 't') inText = phonetic === 0;
    },
    close(name) {
      if (name === 'si') strings.push(unescaped(text));
      else if (name === 'rPh') phonetic -= 1;
      else if (name === 't') inText = false;
    },
    text(content) {
      if (inText) text += content;
    },
  });
  return strings;
}

/** Signs that XML can't hold are written as `_x000D_`: ISO/IEC 29500-1, 22.9.2.19. */
export const unescaped = (text: string): string =>
  (text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text);

async function readStyles(archive: Archive, part: string): Promise<Shown[]> {
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let inCells = false;
  await readXml(archive.text(part), {
    open(element) {
      if (element.name === 'numFmt') codes.set(Number(element.attribute('numFmtId')), element.attribute('formatCode') ?? '');
      else if (element.name === 'cellXfs') inCells = true;
      else if (element.name === 'xf' && inCells) formats.push(Number(element.attribute('numFmtId') ?? 0));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return formats.map((id) => shownBy(id, codes.get(id)));
}

/** @throws SheetFault */
export async function readWorkbook(archive: Archive): Promise<Workbook> {
  const part = (await relationsOf(archive, '')).find(({ type }) => type === 'officeDocument')?.part ?? 'xl/workbook.xml';
  if (!archive.has(part)) throw new SheetFault('broken');
  const sheets: { name: string; visible: boolean; relation: string }[] = [];
  let from1904 = false;
  await readXml(archive.text(part), {
    open(element) {
      if (element.name === 'workbookPr') from1904 = isTrue(element.attribute('date1904'));
      else if (element.name === 'sheet') {
        sheets.push({ name: element.attribute('name') ?? '', visible: (element.attribute('state') ?? 'visible') === 'visible', relation: element.relation ?? '' });
      }
    },
  });
  const relations = await relationsOf(archive, part);
  const one = (type: string): string | undefined => relations.find((relation) => relation.type === type && archive.has(relation.part))?.part;
  const [strings, styles] = [one('sharedStrings'), one('styles')];
  const worksheets = sheets.flatMap(({ name, visible, relation }): Worksheet[] => {
    const found = relations.find(({ id }) => id === relation);
    if (found && found.type !== 'worksheet') return [];
    if (!found || !archive.has(found.part)) throw new SheetFault('broken');
    return [{ name, visible, part: found.part }];
  });
  return {
    worksheets, from1904, strings: strings === undefined ? [] : await readStrings(archive, strings), styles: styles === undefined ? [] : await readStyles(archive, styles),
  };
}
