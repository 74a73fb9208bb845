import { Router, type Request, type Response } from 'express';
import { createApiToken } from '../../platform/api-tokens.ts';
import { NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import type { Field } from '../../platform/http/view-models.ts';
import { tokenForm } from './forms.ts';
import type { TellPerson } from './letters.ts';
import { confirmsPassword } from './passwords.ts';
import { me } from './settings-routes.ts';
import { revokeToken, tokensOf, tokensTable } from './tokens.ts';

const HOME = '/settings/tokens';
const SHANGHAI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

const dayOf = (instant: number): string => new Date(instant + SHANGHAI_MS).toISOString().slice(0, 10);

interface Parts {
  readonly ground: Ground;
  readonly tell: TellPerson;
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

/** One's own tokens for the API: made, listed, revoked. Mounted at `/settings/tokens`. */
export function tokensRoutes({ ground, tell, deliver }: Parts): Router {
  const { knex, accessLog, clock, signInRules } = ground;

  const crumbs = (req: Request, here?: string) => [
    { label: req.t('accounts:settings.title'), href: '/settings' },
    { label: req.t('security:tokens.title'), ...(here === undefined ? {} : { href: HOME }) },
    ...(here === undefined ? [] : [{ label: here }]),
  ];
  const days = async () => {
    const today = clock().getTime();
    return { notBefore: dayOf(today), notAfter: dayOf(today + (await signInRules()).tokenDays * DAY_MS) };
  };

  async function showNew(req: Request, res: Response, form: Form): Promise<void> {
    const { notBefore, notAfter } = await days();
    const error = form.errors['currentPassword'];
    const fields: Field[] = [
      { kind: 'text', label: req.t('security:tokens.purpose'), hint: req.t('security:tokens.purposeHint'), required: true, size: 'medium', ...filled(form, 'purpose') },
      { kind: 'date', label: req.t('security:tokens.lastDay'), hint: req.t('security:tokens.lastDayHint', { limit: notAfter }), required: true, min: notBefore, max: notAfter, ...filled(form, 'lastDay') },
      { kind: 'text', type: 'password', name: 'currentPassword', label: req.t('accounts:password.currentPassword'), autocomplete: 'current-password', required: true, size: 'medium', ...(error === undefined ? {} : { error }) },
    ];
    const title = req.t('security:tokens.make');
    res.render('accounts/form', {
      page: { title, crumbs: crumbs(req, title) },
      heading: { title, lead: req.t('security:tokens.about') },
      errors: labelledSummary(form, fields, req.t),
      form: { action: `${HOME}/new` },
      fields,
      buttons: { primary: { label: title }, cancel: { href: HOME, label: req.t('accounts:cancel') } },
    });
  }

  const router = Router();

  router.get('/', async (req, res) => {
    const title = req.t('security:tokens.title');
    res.render('accounts/list', {
      page: { title, width: 'full', crumbs: crumbs(req) },
      heading: { title, lead: req.t('security:tokens.lead'), links: [{ href: `${HOME}/new`, label: req.t('security:tokens.make'), icon: 'plus', primary: true }] },
      table: tokensTable(req, await tokensOf(knex, me(req).id), clock(), (id) => `${HOME}/${id}/revoke`),
    });
  });

  router.get('/new', (req, res) => showNew(req, res, newForm()));

  router.post('/new', async (req, res) => {
    const read = readForm(tokenForm(await days()), req.body, req.t);
    if (!read.ok) return showNew(req, res.status(422), read.form);
    const person = me(req);
    const { purpose, lastDay, currentPassword } = read.data;
    if (!(await confirmsPassword(ground, person.id, currentPassword))) {
      return showNew(req, res.status(422), refusedForm(req.body, { currentPassword: req.t('accounts:password.fault.current') }));
    }
    // Its last day is used to the end.
    const expiresAt = new Date(Date.parse(`${lastDay}T00:00:00+08:00`) + DAY_MS);
    const { token, mails } = await knex.transaction(async (trx) => {
      await accessLog.record(req, { kind: 'tokenCreated', subjectId: person.id, detail: { purpose, lastDay } }, trx);
      return { token: await createApiToken(trx, person.id, { purpose, expiresAt }), mails: await tell(trx, person, 'tokenMade', req.requestId) };
    });
    await deliver(mails);
    res.render('accounts/shown-once', {
      page: { title: req.t('security:tokens.made') },
      lead: req.t('security:tokens.shownOnce'),
      codes: [token],
      after: [req.t('security:tokens.ends', { day: lastDay })],
      back: { href: HOME, label: req.t('security:tokens.title') },
    });
  });

  router.post('/:id/revoke', async (req, res) => {
    const done = await knex.transaction(async (trx) => {
      const revoked = await revokeToken(trx, me(req).id, String(req.params['id']));
      if (revoked) await accessLog.record(req, { kind: 'tokenRevoked', subjectId: me(req).id, detail: { token: req.params['id'] } }, trx);
      return revoked;
    });
    if (!done) throw new NotFound();
    req.flash({ tone: 'done', text: req.t('security:tokens.revoked') });
    res.redirect(303, HOME);
  });

  return router;
}
