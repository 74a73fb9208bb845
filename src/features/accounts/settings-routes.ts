import { Router, type Request, type Response } from 'express';
import type { Ground } from '../../platform/http/feature.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { LANGUAGE_COOKIE } from '../../platform/http/language.ts';
import { clearCookie } from '../../platform/http/cookies.ts';
import { endSessions, signIn } from '../../platform/http/sign-ins.ts';
import { SECOND_FACTOR_PATH } from '../../platform/http/sign-in-wall.ts';
import type { SessionPerson } from '../../platform/session-person.ts';
import type { Cell, Field } from '../../platform/http/view-models.ts';
import { isAdministrator, locales, passwordRule, type Locale } from '../../rules/people.ts';
import { newPasswordForm, settingsForm } from './forms.ts';
import type { TellPerson } from './letters.ts';
import { confirmsPassword, hadPassword, hashPassword, setPassword } from './passwords.ts';
import { forgetFailures } from './sign-in-guard.ts';

/** The signed-in person; staff routes are never reached without one. */
export function me(req: Request): SessionPerson {
  if (!req.user) throw new Error('this route is behind the sign-in wall');
  return req.user;
}

/** A name in the reader's language. */
export function nameOf(person: { readonly name: string; readonly nameEn: string }, locale: Locale): string {
  return locale === 'en' ? person.nameEn : person.name;
}

function rolesInWords(req: Request, person: SessionPerson): Cell {
  const lines = person.roles.map(({ role, unitName, unitNameEn }) =>
    req.t('accounts:roleInUnit', { unit: req.locale === 'en' ? unitNameEn : unitName, role: req.t(`common:role.${role}`) }));
  return lines.length > 0 ? { kind: 'lines', lines } : { kind: 'none' };
}

function passwordFields(req: Request, form: Form): Field[] {
  const minimum = isAdministrator(me(req)) ? passwordRule.administratorMinimum : passwordRule.minimum;
  const field = (name: string, autocomplete: string, hint?: string): Field => {
    const error = form.errors[name];
    return {
      kind: 'text', type: 'password', name, autocomplete, required: true, size: 'medium', label: req.t(`accounts:password.${name}`),
      ...(hint === undefined ? {} : { hint }),
      ...(error === undefined ? {} : { error }),
    };
  };
  return [
    field('currentPassword', 'current-password'),
    field('newPassword', 'new-password', req.t('accounts:password.hint', { minimum })),
    field('repeatedPassword', 'new-password'),
  ];
}

interface SettingsParts {
  readonly ground: Ground;
  readonly tell: TellPerson;
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

/** My settings: language, mail, password. */
export function settingsRoutes({ ground, tell, deliver }: SettingsParts): Router {
  const { knex, i18n, accessLog, signInRules } = ground;
  const showSettings = (req: Request, res: Response, form: Form): void => {
    const person = me(req);
    const fields: Field[] = [
      { kind: 'text', type: 'email', label: req.t('accounts:person.mail'), hint: req.t('accounts:settings.mailHint'), autocomplete: 'email', required: true, size: 'medium', ...filled(form, 'mail') },
      {
        kind: 'radios', label: req.t('accounts:person.locale'), hint: req.t('accounts:settings.localeHint'), required: true, inline: true,
        options: locales.map((locale) => ({ value: locale, label: req.t(`common:language.${locale}`) })), ...filled(form, 'locale'),
      },
      {
        kind: 'text', type: 'password', name: 'currentPassword', label: req.t('accounts:password.currentPassword'), hint: req.t('accounts:settings.passwordHint'),
        autocomplete: 'current-password', size: 'medium', ...(form.errors['currentPassword'] === undefined ? {} : { error: form.errors['currentPassword'] }),
      },
    ];
    res.render('accounts/settings', {
      page: { title: req.t('accounts:settings.title') },
      heading: {
        title: req.t('accounts:settings.title'),
        links: [
          { href: '/settings/password', label: req.t('accounts:password.change'), icon: 'lock' },
          { href: SECOND_FACTOR_PATH, label: req.t('security:title'), icon: 'shield' },
          { href: '/settings/sign-ins', label: req.t('security:signIns.title'), icon: 'clock' },
          { href: '/settings/tokens', label: req.t('security:tokens.title'), icon: 'settings' },
        ],
      },
      facts: {
        items: [
          { term: req.t('accounts:person.name'), value: nameOf(person, req.locale) },
          { term: req.t('accounts:person.username'), value: person.username },
          { term: req.t('accounts:person.roles'), value: rolesInWords(req, person), wide: true },
        ],
      },
      errors: labelledSummary(form, fields, req.t),
      form: { action: '/settings' },
      fields,
      buttons: { primary: { label: req.t('accounts:save') } },
    });
  };

  const showPassword = (req: Request, res: Response, form: Form): void => {
    const due = me(req).mustChangePassword;
    const fields = passwordFields(req, form);
    res.render('accounts/form', {
      page: { title: req.t('accounts:password.change'), crumbs: [{ label: req.t('accounts:settings.title'), href: '/settings' }, { label: req.t('accounts:password.change') }] },
      heading: { title: req.t('accounts:password.change'), ...(due ? { lead: req.t('accounts:password.due') } : {}) },
      errors: labelledSummary(form, fields, req.t),
      form: { action: '/settings/password', warnWhenDirty: false },
      fields,
      buttons: {
        primary: { label: req.t('accounts:password.do') },
        ...(due ? {} : { cancel: { href: '/settings', label: req.t('accounts:cancel') } }),
      },
    });
  };

  const router = Router();

  router.get('/settings', (req, res) => showSettings(req, res, newForm({ mail: me(req).mail, locale: me(req).locale })));

  router.post('/settings', async (req, res) => {
    const read = readForm(settingsForm, req.body, req.t);
    if (!read.ok) {
      res.status(422);
      return showSettings(req, res, read.form);
    }
    const person = me(req);
    const { mail, locale, currentPassword } = read.data;
    const moved = mail !== person.mail;
    // Letters, also those of a lost second factor, go to the address: whoever sits down at an open desk does not move it.
    if (moved && !(await confirmsPassword(ground, person.id, currentPassword))) {
      const refused = refusedForm(req.body, { currentPassword: req.t(currentPassword === '' ? 'accounts:settings.passwordNeeded' : 'accounts:password.fault.current') });
      return showSettings(req, res.status(422), refused);
    }
    const mails = await knex.transaction(async (trx) => {
      await trx('person').where({ id: person.id }).update({ mail, locale });
      await accessLog.record(req, { kind: 'personChanged', subjectId: person.id, detail: { before: { mail: person.mail, locale: person.locale }, after: { mail, locale } } }, trx);
      return moved ? tell(trx, person, 'mailChanged', req.requestId) : [];
    });
    await deliver(mails);
    // The switch was for the moment; the setting now says the same for good.
    clearCookie(req, res, LANGUAGE_COOKIE);
    req.flash({ tone: 'done', text: i18n.translator(read.data.locale)('accounts:settings.saved') });
    res.redirect('/settings');
  });

  router.get('/settings/password', (req, res) => showPassword(req, res, newForm()));

  router.post('/settings/password', async (req, res) => {
    const person = me(req);
    const refuse = (form: Form): void => {
      res.status(422);
      showPassword(req, res, form);
    };
    const read = readForm(newPasswordForm({ username: person.username, nameEn: person.nameEn, administrator: isAdministrator(person) }), req.body, req.t);
    if (!read.ok) return refuse(read.form);
    if (!(await confirmsPassword(ground, person.id, read.data.currentPassword))) {
      return refuse(refusedForm(req.body, { currentPassword: req.t('accounts:password.fault.current') }));
    }
    const { passwordHistory, sessionsAPerson } = await signInRules();
    if (await hadPassword(knex, person.id, read.data.newPassword, passwordHistory)) {
      return refuse(refusedForm(req.body, { newPassword: req.t('accounts:password.fault.before', { count: passwordHistory }) }));
    }
    const password = await hashPassword(read.data.newPassword);
    await knex.transaction(async (trx) => {
      await setPassword(trx, person.id, password, false);
      await forgetFailures(trx, person.username);
      await endSessions(trx, person.id, { how: 'password', req });
      await accessLog.record(req, { kind: 'passwordChanged', subjectId: person.id }, trx);
    });
    await signIn(req, res, knex, { ...person, mustChangePassword: false }, { way: 'password', second: null }, sessionsAPerson);
    req.flash({ tone: 'done', text: req.t('accounts:password.changed') });
    res.redirect('/settings');
  });

  return router;
}
