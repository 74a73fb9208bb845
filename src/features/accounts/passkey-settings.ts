import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { text } from '../../platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { saveSession } from '../../platform/http/session.ts';
import { SECOND_FACTOR_PATH as SECURITY } from '../../platform/http/sign-in-wall.ts';
import type { DataTable, Field } from '../../platform/http/view-models.ts';
import { confirmForm } from './forms.ts';
import type { TellPerson } from './letters.ts';
import { challengeOf, isOpen, takesChallenge } from './passkey-challenges.ts';
import { answerForm } from './passkey-routes.ts';
import { CHALLENGE_MINUTES, PasskeyRefused, type Passkey, type Passkeys } from './passkeys.ts';
import { confirmsPassword } from './passwords.ts';
import { me } from './settings-routes.ts';

export const PASSKEYS_PATH = `${SECURITY}/passkeys`;

const newPasskeyForm = z.object({ name: text({ max: 40 }), ...confirmForm.shape });

interface Parts {
  readonly ground: Ground;
  readonly passkeys: Passkeys;
  readonly tell: TellPerson;
  readonly deliver: (mails: readonly string[]) => Promise<void>;
  /** Whether the rules ask this person for a second factor. */
  readonly isNeeded: (req: Request) => Promise<boolean>;
}

/** One's passkeys, each with the way to its removal. */
export function passkeysTable(req: Request, held: readonly Passkey[]): DataTable {
  const moments = createMoments(req.t);
  return {
    caption: req.t('security:passkey.title'),
    columns: [
      { key: 'name', label: req.t('security:passkey.name'), line: 1 },
      { key: 'added', label: req.t('security:passkey.added'), line: 2, named: true, tight: true },
      { key: 'used', label: req.t('security:passkey.used'), line: 2, named: true, tight: true },
      { key: 'acts', label: req.t('accounts:acts'), line: 3 },
    ],
    rows: held.map(({ id, name, addedAt, lastUsedAt }) => ({
      cells: {
        name,
        added: { kind: 'when', when: moments.tableTime(addedAt) },
        used: lastUsedAt === null ? req.t('security:passkey.never') : { kind: 'when', when: moments.tableTime(lastUsedAt) },
        acts: { kind: 'acts', acts: [], links: [{ href: `${PASSKEYS_PATH}/${id}/remove`, label: req.t('security:passkey.remove') }] },
      },
    })),
    empty: { title: req.t('security:passkey.none') },
  };
}

/** Adding and removing one's own passkeys. Mounted at `/settings/security/passkeys`. */
export function passkeySettingsRoutes({ ground, passkeys, tell, deliver, isNeeded }: Parts): Router {
  const { knex, accessLog, clock, i18n, logger } = ground;

  const crumbs = (req: Request, here: string) => [
    { label: req.t('accounts:settings.title'), href: '/settings' }, { label: req.t('security:title'), href: SECURITY }, { label: here },
  ];
  const passwordField = (req: Request, form: Form): Field => ({
    kind: 'text', type: 'password', name: 'currentPassword', label: req.t('accounts:password.currentPassword'), autocomplete: 'current-password', required: true, size: 'medium',
    ...(form.errors['currentPassword'] === undefined ? {} : { error: form.errors['currentPassword'] }),
  });
  const wrongPassword = (req: Request): Form => refusedForm(req.body, { currentPassword: req.t('accounts:password.fault.current') });

  function showNew(req: Request, res: Response, form: Form): void {
    const fields: Field[] = [
      { kind: 'text', label: req.t('security:passkey.name'), hint: req.t('security:passkey.nameHint'), required: true, size: 'medium', ...filled(form, 'name') },
      passwordField(req, form),
    ];
    const title = req.t('security:passkey.add');
    res.render('accounts/form', {
      page: { title, crumbs: crumbs(req, title) },
      heading: { title },
      errors: labelledSummary(form, fields, req.t),
      text: [req.t('security:passkey.before')],
      form: { action: `${PASSKEYS_PATH}/new`, warnWhenDirty: false },
      fields,
      buttons: { primary: { label: req.t('security:passkey.next') }, cancel: { href: SECURITY, label: req.t('accounts:cancel') } },
    });
  }

  function showRemove(req: Request, res: Response, { id, name }: Passkey, form: Form): void {
    const fields = [passwordField(req, form)];
    const title = req.t('security:passkey.removeTitle', { name });
    res.render('accounts/form', {
      page: { title, crumbs: crumbs(req, title) },
      heading: { title },
      errors: labelledSummary(form, fields, req.t),
      text: [req.t('security:passkey.removeAbout')],
      form: { action: `${PASSKEYS_PATH}/${id}/remove`, warnWhenDirty: false },
      fields,
      buttons: { primary: { label: req.t('security:passkey.remove'), danger: true }, cancel: { href: SECURITY, label: req.t('accounts:cancel') } },
    });
  }

  function over(req: Request, res: Response): void {
    req.flash({ tone: 'late', text: req.t('security:passkey.failed.over', { count: CHALLENGE_MINUTES }) });
    res.redirect(303, `${PASSKEYS_PATH}/new`);
  }

  const router = Router();

  router.get('/', (_req, res) => res.redirect(303, SECURITY));

  router.get('/new', (req, res) => showNew(req, res, newForm()));

  router.post('/new', async (req, res) => {
    const read = readForm(newPasskeyForm, req.body, req.t);
    if (!read.ok) return showNew(req, res.status(422), read.form);
    if (!(await confirmsPassword(ground, me(req).id, read.data.currentPassword))) return showNew(req, res.status(422), wrongPassword(req));
    const options = await passkeys.askToMake(me(req), i18n.translator(req.locale)('ui:product.name'));
    req.session.passkeyMaking = { ...challengeOf(options, ground), name: read.data.name, options };
    await saveSession(req);
    res.redirect(303, `${PASSKEYS_PATH}/make`);
  });

  router.get('/make', (req, res) => {
    const making = req.session.passkeyMaking;
    if (!making || !isOpen(making, ground)) return over(req, res);
    const title = req.t('security:passkey.makeTitle', { name: making.name });
    res.render('accounts/passkey', {
      page: { title, crumbs: crumbs(req, title) },
      heading: { title },
      passkey: {
        action: `${PASSKEYS_PATH}/make`, does: 'create', options: JSON.stringify(making.options), label: req.t('security:passkey.make'), primary: true,
        cancel: { href: SECURITY, label: req.t('accounts:cancel') },
      },
    });
  });

  router.post('/make', async (req, res) => {
    const making = req.session.passkeyMaking;
    delete req.session.passkeyMaking;
    if (!making || !isOpen(making, ground) || !(await takesChallenge(making, ground))) return over(req, res);
    const read = answerForm.safeParse(req.body);
    const person = me(req);
    try {
      const mails = await knex.transaction(async (trx) => {
        await passkeys.keep(trx, person.id, { challenge: making.challenge, answer: read.success ? read.data.answer : '', name: making.name, now: clock() });
        await accessLog.record(req, { kind: 'passkeyAdded', subjectId: person.id, detail: { name: making.name } }, trx);
        return tell(trx, person, 'passkeyAdded', req.requestId);
      });
      await deliver(mails);
      req.flash({ tone: 'done', text: req.t('security:passkey.done', { name: making.name }) });
      res.redirect(303, SECURITY);
    } catch (error) {
      if (!(error instanceof PasskeyRefused)) throw error;
      logger.warn({ requestId: req.requestId, err: error }, 'a new passkey was refused');
      req.flash({ tone: 'late', text: req.t('security:passkey.notMade') });
      res.redirect(303, `${PASSKEYS_PATH}/new`);
    }
  });

  /** The passkey of the address, and whether it may go: not the last factor of somebody who needs one. */
  async function find(req: Request): Promise<{ passkey: Passkey; mayGo: boolean }> {
    const held = await passkeys.of(me(req).id);
    const passkey = held.find(({ id }) => id === req.params['id']);
    if (!passkey) throw new NotFound();
    return { passkey, mayGo: held.length > 1 || me(req).hasSecondFactor || !(await isNeeded(req)) };
  }

  function keepLast(req: Request, res: Response): void {
    req.flash({ tone: 'late', text: req.t('security:passkey.last') });
    res.redirect(303, SECURITY);
  }

  router.get('/:id/remove', async (req, res) => {
    const { passkey, mayGo } = await find(req);
    if (!mayGo) return keepLast(req, res);
    showRemove(req, res, passkey, newForm());
  });

  router.post('/:id/remove', async (req, res) => {
    const { passkey, mayGo } = await find(req);
    if (!mayGo) return keepLast(req, res);
    const person = me(req);
    const read = readForm(confirmForm, req.body, req.t);
    if (!read.ok) return showRemove(req, res.status(422), passkey, read.form);
    if (!(await confirmsPassword(ground, person.id, read.data.currentPassword))) return showRemove(req, res.status(422), passkey, wrongPassword(req));
    const mails = await knex.transaction(async (trx) => {
      if (!(await passkeys.remove(trx, person.id, passkey.id))) return [];
      await accessLog.record(req, { kind: 'passkeyRemoved', subjectId: person.id, detail: { name: passkey.name } }, trx);
      return tell(trx, person, 'passkeyRemoved', req.requestId);
    });
    await deliver(mails);
    req.flash({ tone: 'done', text: req.t('security:passkey.removed', { name: passkey.name }) });
    res.redirect(303, SECURITY);
  });

  return router;
}
