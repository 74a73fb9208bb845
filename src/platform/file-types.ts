import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { markedUtf16 } from './sheets/encoding.ts';

/** A kind of file that cases take. */
interface Kind {
  /** What its name may end with, the usual ending first. */
  readonly endings: readonly string[];
  /** What its content is recognised as. */
  readonly content: readonly string[];
  readonly mime: string;
  /** A browser may show it in place: nothing in it runs. */
  readonly inline?: true;
}

const openXml = (name: string): string => `application/vnd.openxmlformats-officedocument.${name}`;
const openDocument = (name: string): string => `application/vnd.oasis.opendocument.${name}`;

/** Documents, pictures, sound and film, as evidence comes. No archives, no pages, nothing that runs. */
const kinds: readonly Kind[] = [
  { endings: ['pdf'], content: ['pdf'], mime: 'application/pdf', inline: true },
  { endings: ['jpg', 'jpeg'], content: ['jpg'], mime: 'image/jpeg', inline: true },
  { endings: ['png'], content: ['png'], mime: 'image/png', inline: true },
  { endings: ['gif'], content: ['gif'], mime: 'image/gif', inline: true },
  { endings: ['webp'], content: ['webp'], mime: 'image/webp', inline: true },
  { endings: ['bmp'], content: ['bmp'], mime: 'image/bmp' },
  { endings: ['tif', 'tiff'], content: ['tif'], mime: 'image/tiff' },
  { endings: ['heic'], content: ['heic'], mime: 'image/heic' },
  { endings: ['ofd'], content: ['ofd'], mime: 'application/ofd' },
  { endings: ['docx'], content: ['docx'], mime: openXml('wordprocessingml.document') },
  { endings: ['xlsx'], content: ['xlsx'], mime: openXml('spreadsheetml.sheet') },
  { endings: ['pptx'], content: ['pptx'], mime: openXml('presentationml.presentation') },
  { endings: ['doc', 'wps'], content: ['cfb'], mime: 'application/msword' },
  { endings: ['xls', 'et'], content: ['cfb'], mime: 'application/vnd.ms-excel' },
  { endings: ['ppt', 'dps'], content: ['cfb'], mime: 'application/vnd.ms-powerpoint' },
  { endings: ['odt'], content: ['odt'], mime: openDocument('text') },
  { endings: ['ods'], content: ['ods'], mime: openDocument('spreadsheet') },
  { endings: ['txt'], content: ['text'], mime: 'text/plain' },
  { endings: ['csv'], content: ['text'], mime: 'text/csv' },
  { endings: ['mp3'], content: ['mp3'], mime: 'audio/mpeg' },
  { endings: ['m4a'], content: ['m4a', 'mp4'], mime: 'audio/mp4' },
  { endings: ['wav'], content: ['wav'], mime: 'audio/wav' },
  { endings: ['amr'], content: ['amr'], mime: 'audio/amr' },
  { endings: ['mp4'], content: ['mp4', 'm4v'], mime: 'video/mp4' },
  { endings: ['mov'], content: ['mov'], mime: 'video/quicktime' },
];

/** For the `accept` of a file field: `.pdf,.jpg,…`. */
export const acceptedEndings: readonly string[] = kinds.flatMap(({ endings }) => endings.map((ending) => `.${ending}`));

const inlineTypes: ReadonlySet<string> = new Set(kinds.flatMap(({ mime, inline }) => (inline ? [mime] : [])));

/** Whether a browser may show content of this type in place. */
export const isInlineType = (mime: string): boolean => inlineTypes.has(mime);

/** The ending of a name in lower case, without its dot; empty when there is none. */
export function endingOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** A zip archive whose list of contents names `OFD.xml` (GB/T 33190: the entry document at the top). */
async function isOfd(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    // The list stands at the end of the archive; of a document with thousands of parts this is still most of it.
    const tail = Buffer.alloc(Math.min(size, 256 * 1024));
    await handle.read(tail, 0, tail.length, size - tail.length);
    return tail.includes('OFD.xml');
  } finally {
    await handle.close();
  }
}

/** Characters that no written text holds, tab and line ends apart. */
const UNWRITTEN = /[^\P{Cc}\t\n\r\u007f-\u009f]/u;

/** Whether all of the file is text that somebody wrote, in this encoding; it is read in pieces. */
async function isWrittenIn(encoding: string, path: string): Promise<boolean> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      if (UNWRITTEN.test(decoder.decode(chunk, { stream: true }))) return false;
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function markOf(path: string): Promise<'utf-16le' | 'utf-16be' | null> {
  const handle = await open(path, 'r');
  const mark = Buffer.alloc(2);
  try {
    await handle.read(mark, 0, 2, 0);
  } finally {
    await handle.close();
  }
  return markedUtf16(mark);
}

const isMarkedUtf16 = async (path: string): Promise<boolean> => (await markOf(path)) !== null;

async function isText(path: string): Promise<boolean> {
  const wide = await markOf(path);
  if (wide !== null) return isWrittenIn(wide, path);
  return (await isWrittenIn('utf-8', path)) || isWrittenIn('gb18030', path);
}

/** What the content is, as an ending; `text` for plain text, null for what nobody knows. */
async function contentOf(path: string): Promise<string | null> {
  // The mark of UTF-16 also begins a frame of sound; whatever reads as text after it is one.
  if ((await isMarkedUtf16(path)) && (await isText(path))) return 'text';
  const found = await fileTypeFromFile(path);
  if (found === undefined) return (await isText(path)) ? 'text' : null;
  return found.ext === 'zip' && (await isOfd(path)) ? 'ofd' : found.ext;
}

/** Office files of either generation. */
const officeContent: ReadonlySet<string> = new Set(['docx', 'xlsx', 'pptx', 'cfb']);

/**
 * Names under which Office keeps what runs: a part of an Open XML archive (its name stands uncompressed in the archive's
 * list), and a folder of a compound file ([MS-CFB], names in UTF-16). What merely mentions such a name is refused too.
 */
const macroMarks: readonly Buffer[] = [Buffer.from('vbaProject.bin'), Buffer.from('_VBA_PROJECT', 'utf16le')];

async function hasMacros(path: string, content: string): Promise<boolean> {
  if (!officeContent.has(content)) return false;
  const bytes = await readFile(path);
  return macroMarks.some((mark) => bytes.includes(mark));
}

export type TypeVerdict =
  | { readonly accepted: true; readonly mime: string }
  /** The name's ending is none of those that are taken. */
  | { readonly accepted: false; readonly fault: 'notTaken' }
  /** It holds a program that runs when it is opened. */
  | { readonly accepted: false; readonly fault: 'macros' }
  /** The content is not what the name says; `found` is an ending, or null. */
  | { readonly accepted: false; readonly fault: 'disguised'; readonly found: string | null };

/** Looks into a file whether it is what its name says, and of a kind that is taken. */
export async function checkType(path: string, name: string): Promise<TypeVerdict> {
  const ending = endingOf(name);
  const kind = kinds.find(({ endings }) => endings.includes(ending));
  if (kind === undefined) return { accepted: false, fault: 'notTaken' };
  const found = await contentOf(path);
  if (found !== null && kind.content.includes(found)) {
    return (await hasMacros(path, found)) ? { accepted: false, fault: 'macros' } : { accepted: true, mime: kind.mime };
  }
  return { accepted: false, fault: 'disguised', found };
}
