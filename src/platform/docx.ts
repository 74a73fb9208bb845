import type { Response } from 'express';
import { cleanName, contentDisposition } from './files.ts';
import type { DecisionDocument } from './http/view-models.ts';
import type { Translate } from './i18n.ts';

/** A line of a document: what stands in it, and which part of the document it is. */
export interface DocumentLine {
  readonly part: 'status' | 'agency' | 'number' | 'title' | 'addressee' | 'heading' | 'text' | 'attachments' | 'signature' | 'date' | 'copies';
  /** One paragraph; line breaks within it are kept. */
  readonly text: string;
}

/** A document as its lines, in the order of the printable page (`partials/decision`), so that page and file say the same. */
export function linesOf(document: DecisionDocument, t: Translate): DocumentLine[] {
  const colon = t('ui:common.colon');
  const { status, addressee, attachments = [], copies = [] } = document;
  return [
    ...(status ? [{ part: 'status' as const, text: `${t('ui:document.status')}${colon}${status.label}` }] : []),
    { part: 'agency', text: document.agency },
    { part: 'number', text: document.number },
    { part: 'title', text: document.title },
    ...(addressee === undefined ? [] : [{ part: 'addressee' as const, text: `${addressee}${colon}`.trimEnd() }]),
    ...document.paragraphs.flatMap(({ heading, text }): DocumentLine[] => [
      ...(heading === undefined ? [] : [{ part: 'heading' as const, text: heading }]),
      { part: 'text', text: text.map((span) => span.text).join('') },
    ]),
    ...(attachments.length === 0 ? [] : [{ part: 'attachments' as const, text: `${t('ui:document.attachments')}${colon}`.trimEnd() }]),
    ...attachments.map((text, n): DocumentLine => ({ part: 'attachments', text: `${n + 1}. ${text}` })),
    { part: 'signature', text: document.signature },
    { part: 'date', text: document.date.text },
    ...(copies.length === 0 ? [] : [{ part: 'copies' as const, text: `${t('ui:document.copies')}${colon}${copies.join(t('ui:common.and'))}` }]),
  ];
}

/** GB/T 9704—2012: A4; margins in millimetres; sizes in points: 3号 for the text, 2号 for the title, 4号 for the page number. */
export const paper = { width: 210, height: 297, top: 37, bottom: 35, left: 28, right: 26 };
export const sizes = { text: 16, title: 22, page: 14 };
const lineHeight = 28;

/**
 * Faces that official documents are set in. A word processor that has not got one takes its own for Chinese text; the
 * Latin face beside it stands on every machine.
 */
const faces = { title: '方正小标宋简体', heading: '黑体', text: '仿宋', page: '宋体' };
export const font = (eastAsia: string) => ({ ascii: 'Times New Roman', hAnsi: 'Times New Roman', cs: 'Times New Roman', eastAsia });

/** Twentieths of a point. */
export const twips = (points: number): number => points * 20;

export const docxType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** The document as a Word file. The package is loaded when the first one is asked for. */
export async function docxOf(document: DecisionDocument, t: Translate): Promise<Buffer> {
  const { AlignmentType, Document, Footer, LineRuleType, Packer, PageNumber, Paragraph, TextRun, convertMillimetersToTwip: millimetres } = await import('docx');
  const chinese = /\p{Script=Han}/u.test(document.title);
  const indent = chinese ? { firstLine: twips(2 * sizes.text) } : {};
  const spacing = { line: twips(lineHeight), lineRule: LineRuleType.EXACT };
  // Between words of an alphabet an indent of two Chinese characters would look like a fault.
  const apart = chinese ? spacing : { ...spacing, after: twips(8) };

  const run = (text: string, of: { face: string; size: number }) =>
    text.split('\n').map((line, n) => new TextRun({ text: line, font: font(of.face), size: 2 * of.size, ...(n === 0 ? {} : { break: 1 }) }));
  const body = { face: faces.text, size: sizes.text };
  const lines = linesOf(document, t);
  /** The last text stays on the page of the signature that follows it: a seal never stands on a sheet of its own. */
  const lastText = lines.findIndex(({ part }) => part === 'signature') - 1;
  const paragraph = ({ part, text }: DocumentLine, n: number) => {
    switch (part) {
      case 'agency':
        return new Paragraph({ alignment: AlignmentType.CENTER, spacing, children: run(text, { face: faces.title, size: sizes.text }) });
      case 'title':
        return new Paragraph({ alignment: AlignmentType.CENTER, spacing: { before: twips(lineHeight), after: twips(lineHeight) }, keepNext: true, children: run(text, { face: faces.title, size: sizes.title }) });
      case 'status':
      case 'number':
        return new Paragraph({ alignment: AlignmentType.RIGHT, spacing, children: run(text, body) });
      case 'heading':
        return new Paragraph({ spacing, indent, keepNext: true, children: run(text, { face: faces.heading, size: sizes.text }) });
      case 'text':
        return new Paragraph({ alignment: chinese ? AlignmentType.BOTH : AlignmentType.LEFT, spacing: apart, indent, ...(n === lastText ? { keepNext: true, keepLines: true } : {}), children: run(text, body) });
      case 'signature':
        // Two lines of room above for the seal, and both lines on one page.
        return new Paragraph({ alignment: AlignmentType.RIGHT, spacing: { ...spacing, before: twips(2 * lineHeight) }, indent: { right: twips(2 * sizes.text) }, keepNext: true, keepLines: true, children: run(text, body) });
      case 'date':
        return new Paragraph({ alignment: AlignmentType.RIGHT, spacing, indent: { right: twips(2 * sizes.text) }, keepLines: true, children: run(text, body) });
      default:
        return new Paragraph({ spacing, ...(n === lastText ? { keepNext: true } : {}), children: run(text, body) });
    }
  };

  const page = new Paragraph({
    alignment: AlignmentType.CENTER,
    children: [new TextRun({ children: ['— ', PageNumber.CURRENT, ' —'], font: font(faces.page), size: 2 * sizes.page })],
  });
  return Packer.toBuffer(new Document({
    title: document.title,
    creator: document.agency,
    sections: [
      {
        properties: {
          page: {
            size: { width: millimetres(paper.width), height: millimetres(paper.height) },
            margin: { top: millimetres(paper.top), bottom: millimetres(paper.bottom), left: millimetres(paper.left), right: millimetres(paper.right) },
          },
        },
        footers: { default: new Footer({ children: [page] }) },
        children: lines.map(paragraph),
      },
    ],
  }));
}

/** Sends a Word file to be saved under a name without its ending. It may name persons: no cache keeps it. */
export function saveDocx(res: Response, content: Buffer, name: string): void {
  res.set({
    'Content-Type': docxType,
    'Content-Disposition': contentDisposition('attachment', cleanName(`${name}.docx`)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  res.send(content);
}

/** Sends the document as a Word file. */
export async function sendDocx(res: Response, document: DecisionDocument, t: Translate): Promise<void> {
  saveDocx(res, await docxOf(document, t), `${document.title} ${document.number}`);
}
