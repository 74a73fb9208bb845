import { Router, type Request, type Response } from 'express';
import QRCode from 'qrcode';
import { z } from 'zod';
import type { Ground } from '../../platform/http/feature.ts';
import { text } from '../../platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import type { IdentityProvider } from '../../platform/identity.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { needsSecondFactor } from '../../platform/http/sign-in-rules.ts';
import { SECOND_FACTOR_PATH as HOME } from '../../platform/http/sign-in-wall.ts';
import type { Field, Link, Notice } from '../../platform/http/view-models.ts';
import { confirmForm } from './forms.ts';
import type { Identities } from './identities.ts';
import { goToProvider } from './identity-routes.ts';
import type { TellPerson } from './letters.ts';
import { PASSKEYS_PATH, passkeySettingsRoutes, passkeysTable } from './passkey-settings.ts';
import type { Passkeys } from './passkeys.ts';
import { confirmsPassword } from './passwords.ts';
import { clearedCode, type SecondFactors } from './second-factor.ts';
import { me } from './settings-routes.ts';
import { totpAddress } from './totp.ts';

interface Parts {
  readonly ground: Ground;
  readonly factors: SecondFactors;
  readonly tell: TellPerson;
  readonly deliver: (mails: readonly string[]) => Promise<void>;
  /** Null where browsers have none for the house's address. */
  readonly passkeys: Passkeys | null;
  /** The house's identity provider; null where none is set up. */
  readonly identity: { readonly identities: Identities; readonly provider: IdentityProvider } | null;
}

const codeForm = z.object({ code: text({ max: 20 }) });
const APP = `${HOME}/authenticator`;

/** What asks for the present password before it is done. */
type Guarded = 'begin' | 'recovery' | 'remove' | 'link' | 'unlink';

/** The security of one's own account: the second factor and its recovery codes. Mounted at `/settings/security`. */
export function securityRoutes({ ground, factors, tell, deliver, passkeys, identity }: Parts): Router {
  const { knex, accessLog, config, clock, signInRules, i18n } = ground;
  const isNeeded = (req: Request): Promise<boolean> => needsSecondFactor(config, signInRules, me(req));

  const crumbs = (req: Request, here: string) => [
    { label: req.t('accounts:settings.title'), href: '/settings' }, { label: req.t('security:title'), href: HOME }, { label: here },
  ];

  async function showHome(req: Request, res: Response): Promise<void> {
    const { t } = req;
    const [state, needed] = await Promise.all([factors.stateOf(me(req).id), isNeeded(req)]);
    const has = state.confirmedAt !== null;
    const isMissing = needed && !me(req).hasSecondFactor && !me(req).hasPasskey;
    const notices: Notice[] = isMissing ? [{ tone: 'soon', title: t(`security:needed.title${passkeys ? 'OrPasskey' : ''}`), text: t(`security:needed.text${passkeys ? 'OrPasskey' : ''}`) }] : [];
    const links: Link[] = [
      { href: `${HOME}/begin`, label: t(has ? 'security:app.replace' : 'security:app.add') },
      ...(has ? [{ href: `${HOME}/recovery`, label: t('security:recovery.make') }] : []),
      ...(has && (!needed || me(req).hasPasskey) ? [{ href: `${HOME}/remove`, label: t('security:app.remove') }] : []),
    ];
    const linkedAt = identity && await identity.identities.linkedAt(me(req).id);
    res.render('accounts/security', {
      page: { title: t('security:title'), crumbs: [{ label: t('accounts:settings.title'), href: '/settings' }, { label: t('security:title') }] },
      heading: { title: t('security:title'), lead: t('security:lead') },
      notices,
      blocks: [{
        id: 'app',
        title: t('security:app.title'),
        text: t('security:app.about'),
        facts: {
          items: [
            { term: t('security:app.state'), value: state.confirmedAt === null ? t('security:app.off') : { kind: 'badge', badge: { label: t('security:app.on'), tone: 'done' } } },
            ...(state.confirmedAt === null ? [] : [
              { term: t('security:app.since'), value: { kind: 'when' as const, when: createMoments(t).tableTime(state.confirmedAt) } },
              { term: t('security:recovery.title'), value: t('security:recovery.left', { count: state.recoveryCodesLeft }) },
            ]),
          ],
        },
        links,
      }, ...(passkeys ? [{
        id: 'passkeys',
        title: t('security:passkey.title'),
        text: t('security:passkey.about'),
        table: passkeysTable(req, await passkeys.of(me(req).id)),
        addPasskey: `${PASSKEYS_PATH}/new`,
      }] : []), ...(identity ? [{
        id: 'identity',
        title: t('security:identity.title'),
        text: t('security:identity.about'),
        facts: {
          items: [{ term: t('security:app.state'), value: linkedAt === null ? t('security:identity.off') : { kind: 'badge', badge: { label: t('security:identity.on'), tone: 'done' } } }],
        },
        links: [{ href: `${HOME}/${linkedAt === null ? 'link' : 'unlink'}`, label: t(`security:${linkedAt === null ? 'link' : 'unlink'}.do`) }],
      }] : [])],
    });
  }

  /** What is done is said before; where it takes something away that was there, the password is asked for. */
  function showGuarded(req: Request, res: Response, act: Guarded, form: Form): void {
    const fields: Field[] = act === 'begin' && !me(req).hasSecondFactor ? [] : [{
      kind: 'text', type: 'password', name: 'currentPassword', label: req.t('accounts:password.currentPassword'), autocomplete: 'current-password', required: true, size: 'medium',
      ...(form.errors['currentPassword'] === undefined ? {} : { error: form.errors['currentPassword'] }),
    }];
    const title = req.t(`security:${act}.title`);
    res.render('accounts/form', {
      page: { title, crumbs: crumbs(req, title) },
      heading: { title },
      errors: labelledSummary(form, fields, req.t),
      text: [req.t(`security:${act}.about`)],
      form: { action: `${HOME}/${act}`, warnWhenDirty: false },
      fields,
      buttons: { primary: { label: req.t(`security:${act}.do`), danger: act === 'remove' || act === 'unlink' }, cancel: { href: HOME, label: req.t('accounts:cancel') } },
    });
  }

  /** True when the password was right, or none is needed; otherwise the form stands there again. */
  async function confirmed(req: Request, res: Response, act: Guarded): Promise<boolean> {
    if (act === 'begin' && !me(req).hasSecondFactor) return true;
    const read = readForm(confirmForm, req.body, req.t);
    if (read.ok && await confirmsPassword(ground, me(req).id, read.data.currentPassword)) return true;
    showGuarded(req, res.status(422), act, read.ok ? refusedForm(req.body, { currentPassword: req.t('accounts:password.fault.current') }) : read.form);
    return false;
  }

  async function showApp(req: Request, res: Response, form: Form): Promise<void> {
    const secret = await factors.begun(me(req).id);
    if (secret === null) return res.redirect(303, HOME);
    const address = totpAddress(secret, i18n.translator(req.locale)('ui:product.name'), me(req).username);
    const picture = `data:image/svg+xml;base64,${Buffer.from(await QRCode.toString(address, { type: 'svg', margin: 2 })).toString('base64')}`;
    const fields: Field[] = [{
      kind: 'text', label: req.t('security:authenticator.code'), autocomplete: 'one-time-code', inputMode: 'numeric', required: true, size: 'short', ...filled(form, 'code'), value: '',
    }];
    const title = req.t('security:authenticator.title');
    res.render('accounts/authenticator', {
      page: { title, crumbs: crumbs(req, title) },
      heading: { title },
      errors: labelledSummary(form, fields, req.t),
      picture,
      secret: secret.replace(/.{4}(?=.)/g, '$& '),
      form: { action: APP, warnWhenDirty: false },
      fields,
      buttons: { primary: { label: req.t('security:authenticator.do') }, cancel: { href: HOME, label: req.t('accounts:cancel') } },
    });
  }

  function showRecoveryCodes(req: Request, res: Response, codes: readonly string[]): void {
    res.render('accounts/shown-once', {
      page: { title: req.t('security:recovery.title') },
      lead: req.t('security:recovery.shownOnce'),
      codes,
      after: [req.t('security:recovery.keep'), req.t('security:recovery.once')],
      back: { href: HOME, label: req.t('security:recovery.kept') },
    });
  }

  const router = Router();

  router.get('/', showHome);
  if (passkeys) router.use('/passkeys', passkeySettingsRoutes({ ground, passkeys, tell, deliver, isNeeded }));

  for (const act of ['begin', 'recovery', 'remove'] as const) {
    router.get(`/${act}`, async (req, res) => {
      const { confirmedAt } = await factors.stateOf(me(req).id);
      if (act !== 'begin' && confirmedAt === null) return res.redirect(303, HOME);
      showGuarded(req, res, act, newForm());
    });
  }

  router.post('/begin', async (req, res) => {
    if (!(await confirmed(req, res, 'begin'))) return;
    await factors.begin(me(req).id);
    res.redirect(303, APP);
  });

  router.get('/authenticator', (req, res) => showApp(req, res, newForm()));

  router.post('/authenticator', ground.limiter({ name: 'second-factor', hits: 20, windowSeconds: 600, by: (req) => me(req).id }), async (req, res) => {
    const read = readForm(codeForm, req.body, req.t);
    if (!read.ok) return showApp(req, res.status(422), read.form);
    const person = me(req);
    const made = await knex.transaction(async (trx) => {
      const codes = await factors.confirm(trx, person.id, clearedCode(read.data.code), clock());
      if (codes === null) return null;
      await accessLog.record(req, { kind: 'secondFactorAdded', subjectId: person.id }, trx);
      return { codes, mails: await tell(trx, person, 'secondFactorAdded', req.requestId) };
    });
    if (made === null) return showApp(req, res.status(422), refusedForm({}, { code: req.t('security:authenticator.wrong') }));
    await deliver(made.mails);
    showRecoveryCodes(req, res, made.codes);
  });

  router.post('/recovery', async (req, res) => {
    if ((await factors.stateOf(me(req).id)).confirmedAt === null) return res.redirect(303, HOME);
    if (!(await confirmed(req, res, 'recovery'))) return;
    const codes = await knex.transaction(async (trx) => {
      await accessLog.record(req, { kind: 'recoveryCodesMade', subjectId: me(req).id }, trx);
      return factors.newRecoveryCodes(trx, me(req).id);
    });
    showRecoveryCodes(req, res, codes);
  });

  router.post('/remove', async (req, res) => {
    if (!me(req).hasPasskey && await isNeeded(req)) return res.redirect(303, HOME);
    if (!(await confirmed(req, res, 'remove'))) return;
    const person = me(req);
    const mails = await knex.transaction(async (trx) => {
      await factors.remove(trx, person.id);
      await accessLog.record(req, { kind: 'secondFactorRemoved', subjectId: person.id }, trx);
      return tell(trx, person, 'secondFactorRemoved', req.requestId);
    });
    await deliver(mails);
    req.flash({ tone: 'done', text: req.t('security:remove.done') });
    res.redirect(HOME);
  });

  if (identity) {
    for (const act of ['link', 'unlink'] as const) {
      router.get(`/${act}`, async (req, res) => {
        const linked = (await identity.identities.linkedAt(me(req).id)) !== null;
        if (linked === (act === 'link')) return res.redirect(303, HOME);
        showGuarded(req, res, act, newForm());
      });
    }

    router.post('/link', async (req, res) => {
      if (await confirmed(req, res, 'link')) await goToProvider(req, res, { ...identity, ground }, { next: HOME, links: me(req).id });
    });

    router.post('/unlink', async (req, res) => {
      if (!(await confirmed(req, res, 'unlink'))) return;
      await knex.transaction(async (trx) => {
        if (await identity.identities.unlink(trx, me(req).id)) await accessLog.record(req, { kind: 'identityUnlinked', subjectId: me(req).id }, trx);
      });
      req.flash({ tone: 'done', text: req.t('security:unlink.done') });
      res.redirect(HOME);
    });
  }

  return router;
}
