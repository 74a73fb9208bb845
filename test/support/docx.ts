import { inflateRawSync } from 'node:zlib';

/** One entry of a zip archive: its central directory says where it begins and how long it is (PKWARE APPNOTE 4.3). */
function entryOf(archive: Buffer, name: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, bytes] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)];
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [number, number, number];
    const local = archive.readUInt32LE(at + 42);
    if (archive.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const content = archive.subarray(begin, begin + bytes);
      return method === 8 ? inflateRawSync(content) : content;
    }
    at += 46 + nameLength + extra + comment;
  }
  throw new Error(`the archive has no ${name}`);
}

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');

export const docxXml = (file: Buffer): string => entryOf(file, 'word/document.xml').toString('utf8');

/** The texts of a Word file, one a paragraph, in their order. */
export function docxParagraphs(file: Buffer): string[] {
  const paragraphs = docxXml(file).match(/<w:p[ >][\s\S]*?<\/w:p>/g) ?? [];
  return paragraphs.map((paragraph) => unescaped([...paragraph.matchAll(/<w:br\/>|<w:t[^>]*>([\s\S]*?)<\/w:t>/g)].map(([, text]) => text ?? '\n').join('')));
}

/** The texts of a document on its page (`partials/decision`), one a paragraph, in their order. */
export function pageParagraphs(html: string): string[] {
  const article = /<article class="decision">[\s\S]*?<\/article>/.exec(html)?.[0] ?? '';
  const lines = article.matchAll(/<(p|h2|h3|li)\b[^>]*>([\s\S]*?)<\/\1>/g);
  return [...lines].flatMap(([, , inner]) => inner!.split('<br>')).map((text) =>
    text.replace(/<[^>]+>/g, '').replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').trim());
}
