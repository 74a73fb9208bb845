import type { Response } from 'express';
import { font, paper, saveDocx, sizes, twips } from './docx.ts';
import type { ServiceReceipt } from './http/view-models.ts';

/** Millimetres. */
const termWidth = 42;
const rowHeight = { low: 12, tall: 24 };

/** The receipt as a Word file: one table of two columns on one sheet of A4. */
export async function receiptDocx({ agency, title, rows, note }: ServiceReceipt): Promise<Buffer> {
  const { AlignmentType, Document, HeightRule, Packer, Paragraph, Table, TableRow, TableCell, TextRun, VerticalAlignTable, WidthType, convertMillimetersToTwip: millimetres } = await import('docx');
  const textWidth = paper.width - paper.left - paper.right;
  const run = (text: string, face: string, size: number) => new TextRun({ text, font: font(face), size: 2 * size });
  const cell = (text: string, width: number) => new TableCell({
    width: { size: millimetres(width), type: WidthType.DXA },
    verticalAlign: VerticalAlignTable.CENTER,
    margins: { left: 100, right: 100 },
    children: [new Paragraph({ children: [run(text, '仿宋', sizes.page)] })],
  });
  const centred = (text: string, face: string, size: number) =>
    new Paragraph({ alignment: AlignmentType.CENTER, spacing: { after: twips(size / 2) }, children: [run(text, face, size)] });
  return Packer.toBuffer(new Document({
    title,
    creator: agency,
    sections: [{
      properties: { page: {
        size: { width: millimetres(paper.width), height: millimetres(paper.height) },
        margin: { top: millimetres(25), bottom: millimetres(20), left: millimetres(paper.left), right: millimetres(paper.right) },
      } },
      children: [
        centred(agency, '方正小标宋简体', sizes.text),
        centred(title, '方正小标宋简体', sizes.title),
        new Table({
          width: { size: millimetres(textWidth), type: WidthType.DXA },
          columnWidths: [millimetres(termWidth), millimetres(textWidth - termWidth)],
          rows: rows.map(({ term, text, tall }) => new TableRow({
            cantSplit: true,
            height: { value: millimetres(tall ? rowHeight.tall : rowHeight.low), rule: HeightRule.ATLEAST },
            children: [cell(term, termWidth), cell(text, textWidth - termWidth)],
          })),
        }),
        new Paragraph({ spacing: { before: twips(6) }, children: [run(note, '仿宋', 10.5)] }),
      ],
    }],
  }));
}

/** Sends the receipt as a Word file to be saved. It names who is served: no cache keeps it. */
export async function sendReceipt(res: Response, receipt: ServiceReceipt, name: string): Promise<void> {
  saveDocx(res, await receiptDocx(receipt), name);
}
