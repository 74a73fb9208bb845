import type { Request, Response } from 'express';
import { sendDocx } from '../../platform/docx.ts';
import type { Crumb, DecisionDocument, Heading, Page } from '../../platform/http/view-models.ts';

/** A document as it is read and printed, with the way to its file. */
export interface DocumentView {
  page: Page;
  heading: Heading;
  document: DecisionDocument;
}

const ending = '.docx';

/** What the last part of an address asks for: the page, or with `.docx` the file. */
export const askedFor = (name: string): { name: string; file: boolean } =>
  name.endsWith(ending) ? { name: name.slice(0, -ending.length), file: true } : { name, file: false };

/** A document with where its page is. */
export interface ShownDocument {
  readonly document: DecisionDocument;
  /** Address of its page; the file is there with `.docx`. */
  readonly href: string;
  /** What stands behind the address of the file too, as it says what the document is filled in with: `?record=…`. */
  readonly query?: string;
  /** Those above it, the document itself left out. */
  readonly crumbs: readonly Crumb[];
  readonly lead: string;
  /** It is handed over against a receipt, whose blank form is at `/receipt` below it. */
  readonly served?: boolean;
}

export function presentDocument({ t }: Pick<Request, 't'>, { document, href, query = '', crumbs, lead, served = false }: ShownDocument): DocumentView {
  return {
    page: { title: `${document.title} ${document.number}`, crumbs: [...crumbs, { label: document.title }], printNumber: document.number },
    heading: { title: document.title, lead, links: [{ href: `${href}${ending}${query}`, label: t('documents:docx'), icon: 'download' }, ...(served ? [{ href: `${href}/receipt`, label: t('documents:receipt.title'), icon: 'print' as const }] : [])] },
    document,
  };
}

/** Answers with the page of a document, or with its file. */
export async function answerDocument(req: Request, res: Response, { view, file, ...shown }: ShownDocument & { view: 'documents/staff' | 'documents/public'; file: boolean }): Promise<void> {
  if (file) return sendDocx(res, shown.document, req.t);
  res.render(view, presentDocument(req, shown));
}
