import { Router, type Request, type RequestHandler, type Response } from 'express';
import { Strategy, type IVerifyOptions } from 'passport-local';
import type { Ground } from '../../platform/http/feature.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { withQuery } from '../../platform/http/paths.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { signOut } from '../../platform/http/session.ts';
import { noteSignOut, placeOf } from '../../platform/http/sign-ins.ts';
import { SIGN_IN_PATH, type SignInCause } from '../../platform/http/sign-in-wall.ts';
import type { Field, Notice } from '../../platform/http/view-models.ts';
import { readDemoAccounts } from './demo-accounts.ts';
import { landing, type Entering } from './entering.ts';
import { IDENTITY_PATH } from './identity-routes.ts';
import { signInForm } from './forms.ts';
import { PASSKEY_PATH } from './passkey-routes.ts';
import { createSignIn, refusalText, type SignInOutcome, type SignInRefusal } from './sign-in.ts';
import type { SignInGuard } from './sign-in-guard.ts';

const causes: readonly SignInCause[] = ['needed', 'expired', 'kept', 'notKept'];

/** A generous limit, as a whole office may share one address; each account has its own. */
const TRIES_AN_ADDRESS = { name: 'sign-in', hits: 100, windowSeconds: 600 } as const;

/** How the outcome travels through Passport. */
interface SignInInfo extends IVerifyOptions {
  readonly outcome: SignInOutcome;
}

/** Why somebody stands before the door again: his session was ended, or it ran out. */
function causeNotices(req: Request, idleMinutes: number): Notice[] {
  const cause = causes.find((one) => one === req.query['cause']);
  const { ended } = req.session;
  if (ended) {
    const when = createMoments(req.t).dayTime(new Date(ended.at)).text;
    const said: Notice = { tone: 'late', title: req.t('accounts:signIn.ended.title'), text: req.t(`accounts:signIn.ended.${ended.how}`, { when, address: ended.address }) };
    return cause === 'kept' || cause === 'notKept' ? [said, { tone: cause === 'kept' ? 'info' : 'soon', text: req.t(`accounts:signIn.ended.${cause}`) }] : [said];
  }
  if (cause === undefined || cause === 'needed') return [];
  return [{ tone: cause === 'kept' ? 'info' : 'soon', text: req.t(`accounts:signIn.cause.${cause}`, { count: idleMinutes }) }];
}

function fieldsOf(req: Request, form: Form): Field[] {
  const error = form.errors['password'];
  return [
    { kind: 'text', label: req.t('accounts:signIn.username'), autocomplete: 'username', required: true, ...filled(form, 'username') },
    {
      kind: 'text', type: 'password', name: 'password', label: req.t('accounts:signIn.password'),
      autocomplete: 'current-password', required: true, ...(error === undefined ? {} : { error }),
    },
  ];
}

/** Sign-in with name and password: mounted at `/login`. */
export function signInRoutes(ground: Ground, entering: Entering, guard: SignInGuard, hasPasskeys: boolean): Router {
  const { knex, config, passport, accessLog, clock } = ground;
  const trySignIn = createSignIn(knex, guard);
  const offersDemo = config.seed === 'demo' && config.mode !== 'production';

  passport.use(new Strategy({ passReqToCallback: true }, (req, username, password, done) => {
    trySignIn(username, password, placeOf(req)).then(
      (outcome) => {
        const info: SignInInfo = { message: outcome.kind, outcome };
        done(null, outcome.kind === 'right' ? outcome.person : false, info);
      },
      done,
    );
  }));

  const check = (req: Request, res: Response): Promise<SignInOutcome> =>
    new Promise((resolve, reject) => {
      const answer = (error: Error | null, _user: unknown, info: unknown): void => (error ? reject(error) : resolve((info as SignInInfo).outcome));
      const authenticate = passport.authenticate('local', { session: false }, answer) as RequestHandler;
      void authenticate(req, res, reject);
    });

  const show = async (req: Request, res: Response, form: Form, notices: Notice[]): Promise<void> => {
    const fields = fieldsOf(req, form);
    const next = landing(req.method === 'POST' ? (req.body as Record<string, unknown>)['next'] : req.query['next']);
    res.render('accounts/sign-in', {
      page: { title: req.t('accounts:signIn.title') },
      next,
      notices,
      errors: labelledSummary(form, fields, req.t),
      fields,
      identity: config.staffIdentity === undefined ? null : withQuery(IDENTITY_PATH, { next: landing(req.query['next']) }),
      passkey: hasPasskeys ? { action: PASSKEY_PATH, does: 'get', optionsAt: `${PASSKEY_PATH}/options`, hidden: { next }, label: req.t('security:passkey.signIn') } : null,
      demo: offersDemo ? await readDemoAccounts(knex, req.locale, req.t) : null,
      demoPassword: offersDemo ? config.demoPassword : '',
    });
  };

  const refuse = async (req: Request, res: Response, refusal: SignInRefusal): Promise<void> => {
    const { lockMinutes } = await ground.signInRules();
    res.status(refusal.kind === 'wrong' ? 422 : 429);
    await show(req, res, refusedForm(req.body, {}), [{ tone: 'late', text: refusalText(req, refusal, 'accounts:signIn', lockMinutes, clock()) }]);
  };

  const router = Router();

  router.get('/', async (req, res) => {
    if (req.user) return res.redirect(landing(req.query['next']));
    const { idleMinutes } = await ground.signInRules();
    await show(req, res, newForm(), causeNotices(req, idleMinutes));
  });

  router.post('/', ground.limiter(TRIES_AN_ADDRESS), async (req, res) => {
    const read = readForm(signInForm, req.body, req.t);
    if (!read.ok) {
      res.status(422);
      return show(req, res, read.form, []);
    }
    const { username } = read.data;
    const outcome = await check(req, res);
    if (outcome.kind !== 'right') {
      await accessLog.record(req, { kind: outcome.kind === 'wrong' ? 'signInFailed' : 'signInLocked', personId: null, username });
      return refuse(req, res, outcome);
    }
    await entering.enter(req, res, outcome.person, { way: 'password', second: null }, (req.body as Record<string, unknown>)['next']);
  });

  return router;
}

/** Sign-out: mounted at `/logout`. */
export function signOutRoutes({ knex, accessLog }: Ground): Router {
  const router = Router();
  router.post('/', async (req, res) => {
    await accessLog.record(req, { kind: 'signOut' });
    await noteSignOut(knex, req);
    await signOut(req);
    // Pages that the browser still holds are this person's; the next one at the desk is not to see them.
    res.set('Clear-Site-Data', '"cache"');
    delete req.user;
    req.flash({ tone: 'done', text: req.t('accounts:signIn.signedOut') });
    res.redirect(SIGN_IN_PATH);
  });

  return router;
}
