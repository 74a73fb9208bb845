import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Ground } from '../../platform/http/feature.ts';
import { text } from '../../platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { placeOf } from '../../platform/http/sign-ins.ts';
import { SECOND_FACTOR_PATH, SIGN_IN_PATH } from '../../platform/http/sign-in-wall.ts';
import type { SessionPerson } from '../../platform/session-person.ts';
import type { Field, Notice } from '../../platform/http/view-models.ts';
import { CODE_PATH, type Entering } from './entering.ts';
import type { TellPerson } from './letters.ts';
import { clearedCode, type SecondFactors } from './second-factor.ts';
import { refusalOf, refusalText, type SignInRefusal } from './sign-in.ts';
import type { SignInGuard } from './sign-in-guard.ts';

const codeForm = z.object({ code: text({ max: 60 }) });

interface Parts {
  readonly ground: Ground;
  readonly entering: Entering;
  readonly guard: SignInGuard;
  readonly factors: SecondFactors;
  readonly tell: TellPerson;
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

/** The second step of a sign-in: a code of the app, or a recovery code. Mounted at `/login/code`. */
export function codeRoutes({ ground, entering, guard, factors, tell, deliver }: Parts): Router {
  const { knex, accessLog, clock, signInRules } = ground;

  const show = (req: Request, res: Response, form: Form, notices: Notice[] = []): void => {
    const fields: Field[] = [{
      kind: 'text', label: req.t('security:code.field'), hint: req.t('security:code.hint'), autocomplete: 'one-time-code', required: true, size: 'short', ...filled(form, 'code'), value: '',
    }];
    res.render('accounts/code', {
      page: { title: req.t('security:code.title') },
      errors: labelledSummary(form, fields, req.t),
      notices,
      fields,
      form: { action: CODE_PATH, warnWhenDirty: false },
    });
  };

  /** How it was right; null when it was not. */
  async function shownBy(req: Request, person: SessionPerson, code: string): Promise<'code' | 'recoveryCode' | null> {
    const typed = clearedCode(code);
    if (/^\d{6}$/.test(typed)) return (await factors.takes(person.id, typed, clock())) ? 'code' : null;
    const mails = await knex.transaction(async (trx) => {
      const left = await factors.useRecoveryCode(trx, person.id, code);
      if (left === null) return null;
      await accessLog.record(req, { kind: 'recoveryCodeUsed', personId: person.id, username: person.username, subjectId: person.id, detail: { left } }, trx);
      return tell(trx, person, 'recoveryCodeUsed', req.requestId);
    });
    if (mails === null) return null;
    await deliver(mails);
    return 'recoveryCode';
  }

  const router = Router();

  router.get('/', async (req, res) => {
    if (req.user) return res.redirect('/');
    if (await entering.halfway(req) === null) return res.redirect(303, SIGN_IN_PATH);
    show(req, res, newForm());
  });

  router.post('/', async (req, res) => {
    const halfway = await entering.halfway(req);
    if (halfway === null) return res.redirect(303, SIGN_IN_PATH);
    const { person, way, next } = halfway;
    const read = readForm(codeForm, req.body, req.t);
    if (!read.ok) return show(req, res.status(422), read.form);
    const place = placeOf(req);
    const admission = await guard.admit('code', person.username, place);
    const second = admission.kind === 'admitted' ? await shownBy(req, person, read.data.code) : null;
    if (second === null) {
      const refusal: SignInRefusal = admission.kind === 'admitted' ? refusalOf(admission) : admission;
      await accessLog.record(req, { kind: refusal.kind === 'wrong' ? 'codeFailed' : 'codeLocked', personId: null, username: person.username });
      const said = refusalText(req, refusal, 'security:code', (await signInRules()).lockMinutes, clock());
      return show(req, res.status(refusal.kind === 'wrong' ? 422 : 429), refusedForm({}, { code: said }));
    }
    await guard.clear('code', person.username, place);
    if (second === 'recoveryCode') req.flash({ tone: 'soon', text: req.t('security:code.recoveryUsed'), link: { href: SECOND_FACTOR_PATH, label: req.t('security:title') } });
    await entering.enter(req, res, person, { way, second }, next);
  });

  return router;
}
