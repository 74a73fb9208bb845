import { Router, type Request, type Response } from 'express';
import { createIdentityProvider, IdentityAway, IdentityRefused, type Attempt, type IdentityProvider } from '../../platform/identity.ts';
import type { IdentitySettings } from '../../config.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { renewSession, saveSession } from '../../platform/http/session.ts';
import { SECOND_FACTOR_PATH, SIGN_IN_PATH } from '../../platform/http/sign-in-wall.ts';
import { landing, type Entering } from './entering.ts';
import type { Identities } from './identities.ts';
import type { TellPerson } from './letters.ts';

export const IDENTITY_PATH = '/login/identity';

/** So long somebody may take at the provider's page. */
const ATTEMPT_MINUTES = 20;

/** A way to the provider that this browser has begun: to come in, or to link the account of who is in already. */
interface IdentityAttempt extends Attempt {
  readonly next: string;
  /** The person whose account is to be linked; null for a sign-in. */
  readonly links: string | null;
  /** Milliseconds since 1970. */
  readonly until: number;
}

declare module 'express-session' {
  interface SessionData {
    identityAttempt?: IdentityAttempt;
  }
}

/** Why it came to nothing; words `security:identity.failed.*`. */
type Failure = 'away' | 'refused' | 'cancelled' | 'over' | 'unlinked' | 'taken';

export interface IdentityParts {
  readonly ground: Ground;
  readonly entering: Entering;
  readonly identities: Identities;
  readonly provider: IdentityProvider;
  readonly tell: TellPerson;
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

/** The provider at which the people of the house sign in. */
export const staffProviderOf = (settings: IdentitySettings, publicUrl: string): IdentityProvider => createIdentityProvider(settings, `${publicUrl}${IDENTITY_PATH}/return`);

/** Sends the browser to the provider; where that is away, back to where it came from with a word. */
export async function goToProvider(req: Request, res: Response, { provider, ground }: Pick<IdentityParts, 'provider' | 'ground'>, of: { next: string; links: string | null }): Promise<void> {
  try {
    const { url, attempt } = await provider.begin();
    req.session.identityAttempt = { ...attempt, ...of, until: ground.clock().getTime() + ATTEMPT_MINUTES * 60_000 };
    await saveSession(req);
    res.redirect(303, url);
  } catch (error) {
    if (!(error instanceof IdentityAway)) throw error;
    ground.logger.error({ requestId: req.requestId, err: error }, 'the identity provider is away');
    fail(req, res, 'away', of.links !== null);
  }
}

function fail(req: Request, res: Response, why: Failure, links: boolean): void {
  req.flash({ tone: why === 'cancelled' ? 'info' : 'late', text: req.t(`security:identity.failed.${why}`, { count: ATTEMPT_MINUTES }) });
  res.redirect(303, links ? SECOND_FACTOR_PATH : SIGN_IN_PATH);
}

/**
 * Signing in at the house's identity provider, there and back: mounted at `/login/identity`. The provider says who
 * somebody is; what he may do, and his second factor, stand here alone.
 */
export function identityRoutes({ ground, entering, identities, provider, tell, deliver }: IdentityParts): Router {
  const { knex, config, clock, accessLog, limiter, logger } = ground;
  const going = limiter({ name: 'staff-identity', hits: 100, windowSeconds: 600 });
  const router = Router();

  // A link and not a form: a form may lead to this site alone.
  router.get('/', going, async (req, res) => {
    const next = landing(req.query['next']);
    if (req.user) return res.redirect(next);
    await goToProvider(req, res, { provider, ground }, { next, links: null });
  });

  async function link(req: Request, res: Response, subject: string, person: string): Promise<void> {
    if (req.user?.id !== person) return fail(req, res, 'over', false);
    const { user } = req;
    const linked = await knex.transaction(async (trx) => {
      if ((await identities.link(trx, user.id, subject)) === 'taken') return null;
      await accessLog.record(req, { kind: 'identityLinked', subjectId: user.id }, trx);
      return tell(trx, user, 'identityLinked', req.requestId);
    });
    if (linked === null) return fail(req, res, 'taken', true);
    await deliver(linked);
    req.flash({ tone: 'done', text: req.t('security:identity.linked') });
    res.redirect(303, SECOND_FACTOR_PATH);
  }

  router.get('/return', going, async (req, res) => {
    res.set('Referrer-Policy', 'no-referrer');
    const attempt = req.session.identityAttempt;
    delete req.session.identityAttempt;
    if (!attempt || attempt.until <= clock().getTime() || req.query['state'] !== attempt.state) return fail(req, res, 'over', attempt?.links != null && req.user !== undefined);
    const vouched = await provider.finish(new URL(req.originalUrl, config.publicUrl).search, attempt).catch((error: unknown) => {
      if (!(error instanceof IdentityAway) && !(error instanceof IdentityRefused)) throw error;
      logger.warn({ requestId: req.requestId, err: error }, 'a sign-in at the identity provider came to nothing');
      fail(req, res, error instanceof IdentityAway ? 'away' : error.cancelled ? 'cancelled' : 'refused', attempt.links !== null);
      return null;
    });
    if (!vouched) return;
    if (attempt.links !== null) return link(req, res, vouched.subject, attempt.links);
    const person = await identities.personOf(vouched.subject);
    if (!person) {
      await accessLog.record(req, { kind: 'signInFailed', personId: null, username: '', detail: { way: 'identity' } });
      return fail(req, res, 'unlinked', false);
    }
    await renewSession(req);
    await entering.enter(req, res, person, { way: 'identity', second: null }, attempt.next);
  });

  return router;
}
