export { issuedWith, type CaseDocument } from './case-document.ts';
export { answerDocument, askedFor } from './page.ts';
export { documentLinks, documentRoutes, documentsOf } from './routes.ts';
export { answerReceipt } from './receipt.ts';
