import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { readCookie, setCookie } from '../../platform/http/cookies.ts';
import { filled, type Form } from '../../platform/http/forms.ts';
import { isBelow, localPath, pathOnly, withQuery } from '../../platform/http/paths.ts';
import type { Notice } from '../../platform/http/view-models.ts';
import { formPage } from './form-page.ts';
import { linkMinutes } from './links.ts';
import { portalPath } from './parts.ts';

export const signInPath = `${portalPath}/sign-in`;
const BROWSER_COOKIE = 'xinzhi.asked';

/** The mark of this browser, while it may expect something back. */
export const browserOf = (req: Request): string | undefined => readCookie(req, BROWSER_COOKIE);

/** Marks the browser that asks for a link or goes to the identity provider, so that nobody else's opens what comes back. */
export function markBrowser(req: Request, res: Response): string {
  const mark = browserOf(req) ?? randomBytes(32).toString('base64url');
  setCookie(req, res, BROWSER_COOKIE, mark, linkMinutes * 60_000);
  return mark;
}

/** Only pages of the portal are gone back to. */
export function backOf(value: unknown): string | null {
  const path = localPath(value);
  return path !== null && isBelow(pathOnly(path), portalPath) ? path : null;
}

/** The page to sign in on: by a link in a mail, and at the identity provider where there is one. */
export function showSignIn(req: Request, res: Response, status: number, form: Form, { notices = [], identity }: { notices?: Notice[]; identity: boolean }): void {
  const { t } = req;
  const next = backOf(req.query['next']) ?? backOf(form.values['next']);
  res.status(status).render('portal/form', formPage(req, {
    title: t('portal:signIn.title'),
    lead: t(identity ? 'portal:signIn.leadBoth' : 'portal:signIn.lead', { count: linkMinutes }),
    notices,
    form,
    ...(identity ? { tools: [{ href: withQuery(`${portalPath}/identity`, { next }), label: t('portal:identity.signIn') }] } : {}),
    shell: { action: signInPath, warnWhenDirty: false, ...(next === null ? {} : { hidden: { next } }) },
    fields: [{ kind: 'text', type: 'email', inputMode: 'email', autocomplete: 'email', label: t('portal:signIn.mail'), hint: t('portal:signIn.mailHint'), required: true, ...filled(form, 'mail') }],
    button: { label: t('portal:signIn.send') },
  }));
}
