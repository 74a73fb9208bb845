import type { Request, Response, Router } from 'express';
import { newForm } from '../../platform/http/forms.ts';
import { createIdentityProvider, IdentityAway, IdentityRefused, type IdentityProvider, type Vouched } from '../../platform/identity.ts';
import { bindByIdentity, identityAccount, type Entering } from './identity-accounts.ts';
import { attemptMinutes, keepAttempt, takeAttempt, type AttemptFate } from './identity-attempts.ts';
import { portalPath, type Portal } from './parts.ts';
import { backOf, browserOf, markBrowser, showSignIn } from './sign-in-page.ts';

const returnPath = `${portalPath}/identity/return`;

/** The provider of the settings; null where none is. */
export function identityProviderOf({ config }: Portal['ground']): IdentityProvider | null {
  return config.identity === undefined ? null : createIdentityProvider(config.identity, `${config.publicUrl}${returnPath}`);
}

/** Why a sign-in at the provider came to nothing; words `portal:identity.failed.*`. */
type Failure = Exclude<AttemptFate['fate'], 'taken'> | 'away' | 'refused' | 'cancelled';

const statuses: Readonly<Record<Failure, number>> = { unknown: 410, expired: 410, otherBrowser: 410, away: 503, refused: 422, cancelled: 200 };

/** Signing in at the identity provider: there, and back. A way by mail is offered whatever goes wrong. */
export function identityRoutes(router: Router, portal: Portal, provider: IdentityProvider): void {
  const { ground: { knex, clock, limiter, logger, config, accessLog }, visitors, sendNews } = portal;
  const issuer = config.identity?.issuer ?? '';
  const going = limiter({ name: 'portal-identity', hits: 30, windowSeconds: 600 });
  const coming = limiter({ name: 'portal-identity-return', hits: 30, windowSeconds: 600 });

  async function fail(req: Request, res: Response, why: Failure): Promise<void> {
    await accessLog.record(req, { kind: 'portalSignInFailed', personId: null, detail: { fate: why } });
    if (why === 'away') res.set('Retry-After', '60');
    const { t } = req;
    showSignIn(req, res, statuses[why], newForm(), {
      identity: true,
      notices: [{ tone: why === 'away' ? 'late' : 'soon', title: t(`portal:identity.failed.${why}.title`), text: t(`portal:identity.failed.${why}.text`, { count: attemptMinutes }) }],
    });
  }

  // A link and not a form: a form may lead to this site alone.
  router.get('/identity', going, async (req, res) => {
    const back = backOf(req.query['next']);
    if (await visitors.find(req)) return res.redirect(back ?? portalPath);
    try {
      const { url, attempt } = await provider.begin();
      await keepAttempt(knex, { attempt, browser: markBrowser(req, res), back, now: clock() });
      res.redirect(303, url);
    } catch (error) {
      if (!(error instanceof IdentityAway)) throw error;
      logger.error({ requestId: req.requestId, err: error }, 'the identity provider is away');
      await fail(req, res, 'away');
    }
  });

  /** Null where the answer proves nothing, which the visitor has been told. */
  async function redeem(req: Request, res: Response, attempt: Extract<AttemptFate, { fate: 'taken' }>['attempt']): Promise<Vouched | null> {
    try {
      return await provider.finish(new URL(req.originalUrl, config.publicUrl).search, attempt);
    } catch (error) {
      if (!(error instanceof IdentityAway) && !(error instanceof IdentityRefused)) throw error;
      logger.warn({ requestId: req.requestId, err: error }, 'a sign-in at the identity provider came to nothing');
      await fail(req, res, error instanceof IdentityAway ? 'away' : error.cancelled ? 'cancelled' : 'refused');
      return null;
    }
  }

  router.get('/identity/return', coming, async (req, res) => {
    res.set('Referrer-Policy', 'no-referrer');
    const state = typeof req.query['state'] === 'string' ? req.query['state'] : '';
    const taken = await takeAttempt(knex, state, browserOf(req), clock());
    if (taken.fate !== 'taken') {
      // Loaded again by one who is in already: he is where he wanted to be.
      if (taken.fate === 'unknown' && (await visitors.find(req))) return res.redirect(303, portalPath);
      return fail(req, res, taken.fate);
    }
    const vouched = await redeem(req, res, taken.attempt);
    if (!vouched) return;
    const entering: Entering = { issuer, vouched, locale: req.locale, now: clock(), requestId: req.requestId };
    const { account, mails } = await knex.transaction(async (trx) => {
      const id = await identityAccount(trx, portal, entering);
      return { account: id, mails: await bindByIdentity(trx, portal, id, entering) };
    });
    await sendNews(mails);
    await visitors.begin(req, res, account, 'identity');
    res.redirect(303, taken.back ?? portalPath);
  });
}
