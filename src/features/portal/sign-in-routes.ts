import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { TooMany, Unavailable } from '../../platform/http/errors.ts';
import { fault, field, mailAddress } from '../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import type { Notice } from '../../platform/http/view-models.ts';
import type { IdentityProvider } from '../../platform/identity.ts';
import { formPage } from './form-page.ts';
import { lastAsked, linkMinutes, makeLink, openByCode, openLink, type LinkFate } from './links.ts';
import { portalPath, type Portal } from './parts.ts';
import { backOf, browserOf, markBrowser, showSignIn, signInPath } from './sign-in-page.ts';

/** So many links an hour go to one address, whoever asks for them. */
const linksAnHour = 5;
const hourMs = 3_600_000;

const schema = z.object({ mail: mailAddress });

/** As it is read out and typed: in two halves, or with a full-width keyboard. */
const codeSchema = z.object({
  code: field((typed) => {
    const code = typed.normalize('NFKC').replace(/[\s-]/gu, '');
    return /^\d{6}$/.test(code) ? code : fault('portal:sent.notSix', { value: typed });
  }),
});

/** Below the page to sign in on. */
const codePath = '/sign-in/code';

/** Signing in by a link that is sent by mail, and signing out. */
export function signInRoutes(router: Router, portal: Portal, provider: IdentityProvider | null): void {
  const { ground: { knex, clock, counters, limiter, accessLog, config }, keys, seal, visitors, letters, deliver } = portal;
  const asking = limiter({ name: 'portal-link', hits: 20, windowSeconds: 3600 });
  const opening = limiter({ name: 'portal-open', hits: 30, windowSeconds: 600 });

  const show = (req: Request, res: Response, status: number, form: Form, notices: Notice[] = []): void => showSignIn(req, res, status, form, { notices, identity: provider !== null });

  const failed = (req: Request, fate: string): Promise<void> => accessLog.record(req, { kind: 'portalSignInFailed', personId: null, detail: { fate } });

  /** What this browser asked for: whoever mistyped his address sees it, and waits for no letter. */
  const askedHere = (req: Request) => lastAsked(knex, seal, browserOf(req), clock());

  /** Where the code is typed by those whose mail opens elsewhere. */
  const showSent = async (req: Request, res: Response, status: number, form: Form): Promise<void> => {
    const asked = await askedHere(req);
    res.set('Cache-Control', 'no-store').status(status).render('portal/form', formPage(req, {
      title: req.t('portal:sent.title'),
      lead: req.t('portal:sent.lead', { count: linkMinutes }),
      notices: asked === null ? [] : [{ tone: 'info', text: req.t('portal:sent.to', { mail: asked.address }) }],
      form,
      shell: { action: `${portalPath}${codePath}`, warnWhenDirty: false },
      fields: [{ kind: 'text', inputMode: 'numeric', autocomplete: 'one-time-code', size: 'short', label: req.t('portal:sent.code'), hint: req.t('portal:sent.codeHint'), required: true, ...filled(form, 'code') }],
      button: { label: req.t('portal:sent.enter') },
      links: [{ href: `${signInPath}?again=1`, label: req.t('portal:sent.again') }],
    }));
  };

  router.get('/sign-in', async (req, res) => {
    if (await visitors.find(req)) return res.redirect(backOf(req.query['next']) ?? portalPath);
    const asked = req.query['again'] === undefined ? null : await askedHere(req);
    res.set('Cache-Control', 'no-store');
    show(req, res, 200, newForm(asked === null ? {} : { mail: asked.address, ...(asked.back === null ? {} : { next: asked.back }) }));
  });

  router.post('/sign-in', asking, async (req, res) => {
    const read = readForm(schema, req.body, req.t);
    if (!read.ok) return show(req, res, 422, read.form);
    const address = read.data.mail;
    const counter = await counters.hit(`portal-address:${keys.mailDigest(address).toString('base64url')}`, hourMs);
    if (counter.hits > linksAnHour) throw new TooMany((counter.resetAt.getTime() - Date.now()) / 1000);
    const browser = markBrowser(req, res);
    const body = req.body as Record<string, unknown>;
    const mail = await knex.transaction(async (trx) => {
      const link = await makeLink(trx, seal, keys, { address, locale: req.locale, browser, back: backOf(body['next']), now: clock() });
      return letters.signInLink(trx, link, { locale: req.locale, requestId: req.requestId });
    });
    try {
      await deliver([mail]);
    } catch (error) {
      // The letter waits in the outbox; the link would be over before anybody looks, so another one is asked for.
      throw new Unavailable('mail', 'no', error);
    }
    res.redirect(303, `${signInPath}/sent`);
  });

  /** The same words for an address that was here before and for one that never was. */
  router.get('/sign-in/sent', (req, res) => showSent(req, res, 200, newForm()));

  router.post(codePath, opening, async (req, res) => {
    const read = readForm(codeSchema, req.body, req.t);
    if (!read.ok) return showSent(req, res, 422, read.form);
    const link = await openByCode(knex, keys, read.data.code, browserOf(req), clock());
    switch (link.fate) {
      case 'opened':
        await visitors.begin(req, res, link.account, 'mail');
        return res.redirect(303, link.back ?? portalPath);
      case 'wrong':
        await failed(req, link.fate);
        return showSent(req, res, 422, refusedForm(req.body, { code: req.t('portal:sent.wrong', { count: link.left }) }));
      default:
        await failed(req, link.fate);
        show(req, res, 410, newForm(), [{ tone: 'soon', title: req.t(`portal:code.${link.fate}.title`), text: req.t(`portal:code.${link.fate}.text`, { count: linkMinutes }) }]);
    }
  });

  function kindly(req: Request, res: Response, fate: Exclude<LinkFate['fate'], 'opened'>): void {
    show(req, res, 410, newForm(), [{ tone: 'soon', title: req.t(`portal:link.${fate}.title`), text: req.t(`portal:link.${fate}.text`, { count: linkMinutes }) }]);
  }

  router.get('/sign-in/:token', opening, async (req, res) => {
    // A link stands in the browser's history: nothing on its page may be kept, nor told to another site.
    res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    const link = await openLink(knex, String(req.params['token']), browserOf(req), clock());
    if (link.fate !== 'opened') {
      // Pressed twice by one who is in already: he is where he wanted to be.
      if (link.fate === 'used' && (await visitors.find(req))) return res.redirect(303, portalPath);
      await failed(req, link.fate);
      return kindly(req, res, link.fate);
    }
    await visitors.begin(req, res, link.account, 'mail');
    res.redirect(303, link.back ?? portalPath);
  });

  router.post('/sign-out', async (req, res) => {
    const via = await visitors.end(req, res);
    const elsewhere = via === 'identity' && provider ? await provider.signOutUrl(`${config.publicUrl}/public`) : null;
    // A form leads to this site alone, so the provider's own page is reached by a link.
    req.flash(elsewhere === null
      ? { tone: 'done', text: req.t('portal:signedOut') }
      : { tone: 'info', text: req.t('portal:identity.stillIn'), link: { href: elsewhere, label: req.t('portal:identity.signOut') } });
    res.redirect(303, '/public');
  });
}
