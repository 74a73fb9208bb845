import type { Request, Response } from 'express';
import { sendReceipt } from '../../platform/docx-receipt.ts';
import type { Crumb, DecisionDocument, ServiceReceipt } from '../../platform/http/view-models.ts';

/** What is filled in by hand when a document is handed over, in the order of the form; `true`: several lines are needed. */
const blanks = { how: false, where: false, when: false, signed: true, standIn: true, refused: true, servedBy: true, note: true } as const;

/** 送达回证 of a document: whom it is for and what is handed over stand in it, the rest is filled in by hand. */
export function receiptOf({ t }: Pick<Request, 't'>, { agency, number, title, addressee, date }: DecisionDocument): ServiceReceipt {
  const row = (key: string, text: string, tall = false): ServiceReceipt['rows'][number] => ({ term: t(`documents:receipt.${key}`), text, tall });
  return {
    agency,
    title: t('documents:receipt.title'),
    rows: [
      row('whom', addressee ?? ''),
      row('what', t('documents:receipt.document', { title, number, date: date.text })),
      ...Object.entries(blanks).map(([key, tall]) => row(key, key === 'when' ? t('documents:receipt.day') : key === 'how' ? t('documents:receipt.ways') : '', tall)),
    ],
    note: t('documents:receipt.footnote'),
  };
}

/** Answers with the blank receipt of a document as a page, or as its file. */
export async function answerReceipt(req: Request, res: Response, { document, href, crumbs, file }: { document: DecisionDocument; href: string; crumbs: readonly Crumb[]; file: boolean }): Promise<void> {
  const receipt = receiptOf(req, document);
  if (file) return sendReceipt(res, receipt, `${receipt.title} ${document.number}`);
  res.render('documents/receipt', {
    page: { title: `${receipt.title} ${document.number}`, crumbs: [...crumbs, { label: document.title, href }, { label: receipt.title }] },
    heading: { title: receipt.title, lead: req.t('documents:receipt.lead'), links: [{ href: `${href}/receipt.docx`, label: req.t('documents:docx'), icon: 'download' }] },
    receipt,
  });
}
