import type { Request, Response } from 'express';

/** Shows a password that is good for one sign-in, this once. */
export function showOneTimePassword(req: Request, res: Response, { id, username, password }: { id: string; username: string; password: string }, isNew: boolean): void {
  res.set('Cache-Control', 'no-store').render('accounts/one-time-password', {
    page: { title: req.t(isNew ? 'accounts:people.added' : 'accounts:password.wasReset') },
    lead: req.t('accounts:password.shownOnce'),
    username,
    password,
    after: [req.t('accounts:password.mustChange'), ...(isNew ? [req.t('accounts:people.rolesNext')] : [])],
    back: `/admin/people/${id}`,
  });
}
