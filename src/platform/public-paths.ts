/** Where a subject does things for himself: his record, his cases. Behind a link that was sent to his address. */
export const portalPath = '/public/portal';

/** The same as one types it: the site's address may end with a slash, or have a path. */
export const portalAddress = (publicUrl: string): string => `${publicUrl.replace(/\/+$/u, '')}${portalPath}`;

/** How far a case is, for whoever has its number and code word. */
export const progressPath = '/public/progress';

/** The page on which an applicant follows his case: his own, or without an account the public one, with its number filled in. */
export const applicantCasePath = (caseNo: string, account: boolean): string =>
  account ? `${portalPath}/cases/${encodeURIComponent(caseNo)}` : `${progressPath}?${new URLSearchParams({ caseNo }).toString()}`;

/** Where everybody reads the daily roots. */
export const anchorsPath = '/public/anchors';
