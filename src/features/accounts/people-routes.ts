import { Router, type Request, type Response } from 'express';
import { heldTasks } from '../../platform/casefile/giving-back.ts';
import { NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { unitName } from '../../platform/units.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import { endSessions } from '../../platform/http/sign-ins.ts';
import { needsSecond } from '../../rules/administrators.ts';
import { mayAdminister, mayResetSecondFactor, type AdministrationAct } from '../../rules/people.ts';
import { newPersonForm, personForm, roleForm } from './forms.ts';
import { countByUnit, type GiveBack } from './leaving.ts';
import { addPerson, changePerson, giveRole, resetPassword, roleRefusal, setActive, takeRole, type RoleRefusal } from './people-commands.ts';
import { PEOPLE_LIST, peopleList, personCrumbs, personFields, personPage } from './people-pages.ts';
import { countPeople, findPeople, findPerson, hasFactor, peoplePosition, type Account, type PeopleFilter } from './people-queries.ts';
import type { TellPerson } from './letters.ts';
import { showOneTimePassword } from './one-time.ts';
import { proposeHref } from './proposals-routes.ts';
import type { SecondFactors } from './second-factor.ts';
import { me, nameOf } from './settings-routes.ts';
import { revokeToken, tokensOf } from './tokens.ts';

const may = (act: AdministrationAct) => onlyFor((person) => mayAdminister(person, act));

const textIn = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 100) : '');

function filterOf({ query }: Request): PeopleFilter {
  const state = query['state'];
  return { search: textIn(query['search']), unit: textIn(query['unit']), state: state === 'inactive' || state === 'all' ? state : 'active' };
}

function refusalText(req: Request, refusal: RoleRefusal): string {
  return refusal.kind === 'wrongUnit'
    ? req.t('accounts:person.refusal.wrongUnit')
    : req.t(`accounts:person.refusal.${refusal.kind}`, { first: req.t(`common:role.${refusal.roles[0]}`), second: req.t(`common:role.${refusal.roles[1]}`) });
}

const rolesIn = ({ roles }: Account): string[] => roles.map(({ unit, role }) => `${unit} ${role}`);
const rolesChange = (account: Account, after: readonly string[]) => ({ before: { roles: rolesIn(account).toSorted() }, after: { roles: [...new Set(after)].toSorted() } });
const givenText = (req: Request, count: number): string[] => (count === 0 ? [] : [req.t('accounts:leaving.given', { count })]);

interface PeopleParts {
  readonly ground: Ground;
  readonly giveBack: GiveBack;
  readonly factors: SecondFactors;
  readonly tell: TellPerson;
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

/** People: the list, one person, adding, changing, deactivating, passwords (system administrator), roles (security administrator). */
export function peopleRoutes({ ground, factors, giveBack, tell, deliver }: PeopleParts): Router {
  const { knex, cursors, accessLog, units, clock } = ground;
  const find = async (req: Request): Promise<Account> => {
    const account = await findPerson(knex, String(req.params['id']));
    if (account === null) throw new NotFound();
    return account;
  };

  const showNew = (req: Request, res: Response, form: Form): void => res.render('accounts/form', {
    page: { title: req.t('accounts:people.add'), crumbs: personCrumbs(req, null, req.t('accounts:people.add')) },
    heading: { title: req.t('accounts:people.add') },
    errors: labelledSummary(form, personFields(req, form, true), req.t),
    form: { action: '/admin/people/new' },
    fields: personFields(req, form, true),
    buttons: { primary: { label: req.t('accounts:people.add') }, cancel: { href: '/admin/people', label: req.t('accounts:cancel') } },
  });

  const showEdit = (req: Request, res: Response, account: Account, form: Form): void => res.render('accounts/form', {
    page: { title: req.t('accounts:person.edit'), crumbs: personCrumbs(req, account, req.t('accounts:person.edit')) },
    heading: { title: req.t('accounts:person.editTitle', { name: nameOf(account, req.locale) }) },
    errors: labelledSummary(form, personFields(req, form, false), req.t),
    form: { action: `/admin/people/${account.id}/edit`, hidden: { version: String(form.values['version']) } },
    fields: personFields(req, form, false),
    buttons: { primary: { label: req.t('accounts:save') }, cancel: { href: `/admin/people/${account.id}`, label: req.t('accounts:cancel') } },
  });

  /** A dangerous act on an account says first what it does. */
  const showConfirm = async (req: Request, res: Response, account: Account, act: 'deactivate' | 'activate' | 'password' | 'second-factor'): Promise<void> => {
    const words = `accounts:confirm.${act}`;
    const all = await units.all();
    const left = (act === 'deactivate' ? countByUnit(await heldTasks(knex, account.id)) : []).map(([id, count]) => {
      const unit = all.find((one) => one.id === id);
      return { unit: unit ? unitName(unit, req.locale) : id, count };
    });
    const consequences = act === 'deactivate'
      ? left.length === 0 ? [req.t('accounts:leaving.noTasks')] : left.map((one) => req.t('accounts:leaving.tasks', one))
      : [req.t(`${words}.second`)];
    const title = req.t(`${words}.title`, { name: nameOf(account, req.locale) });
    res.render('accounts/form', {
      page: { title, crumbs: personCrumbs(req, account, req.t(`${words}.do`)) },
      heading: { title },
      errors: { errors: [] },
      form: { action: `/admin/people/${account.id}/${act}` },
      fields: [],
      consequences: {
        title: req.t(`${words}.do`),
        consequences: [req.t(`${words}.first`), ...consequences],
        mailTo: act === 'second-factor' ? [account.mail] : left.map((one) => req.t('accounts:leaving.head', one)),
        undo: { possible: act === 'deactivate' || act === 'activate', text: req.t(`${words}.undo`) },
      },
      buttons: {
        primary: { label: req.t(`${words}.do`), danger: act !== 'activate' },
        cancel: { href: `/admin/people/${account.id}`, label: req.t('accounts:cancel') },
      },
    });
  };

  const router = Router();

  router.get('/', may('viewPeople'), async (req, res) => {
    const filter = filterOf(req);
    const after = cursors.decode(PEOPLE_LIST, req.query['after'], peoplePosition);
    const [found, total, all] = await Promise.all([findPeople(knex, filter, after), countPeople(knex, filter), units.all()]);
    const model = peopleList(req, cursors, { filter, ...found, total, units: all, paged: after !== undefined });
    res.render('accounts/list', { page: { title: req.t('accounts:people.title'), width: 'full' }, ...model });
  });

  router.get('/new', may('editPeople'), (req, res) => showNew(req, res, newForm({ locale: 'zh-CN' })));

  router.post('/new', may('editPeople'), async (req, res) => {
    const read = readForm(newPersonForm, req.body, req.t);
    const refuse = (form: Form): void => {
      res.status(422);
      showNew(req, res, form);
    };
    if (!read.ok) return refuse(read.form);
    const added = await knex.transaction(async (trx) => {
      const person = await addPerson(trx, read.data);
      if (person) await accessLog.record(req, { kind: 'personAdded', subjectId: person.id, detail: { username: read.data.username } }, trx);
      return person;
    });
    if (added === null) return refuse(refusedForm(req.body, { username: req.t('accounts:person.usernameTaken', { value: read.data.username }) }));
    showOneTimePassword(req, res, { ...added, username: read.data.username }, true);
  });

  router.get('/:id', may('viewPeople'), async (req, res) => {
    const account = await find(req);
    res.render('accounts/person', personPage(req, account, await units.all(), newForm(), { tokens: await tokensOf(knex, account.id), now: clock() }));
  });

  router.get('/:id/edit', may('editPeople'), async (req, res) => {
    const account = await find(req);
    showEdit(req, res, account, newForm({ ...account }));
  });

  router.post('/:id/edit', may('editPeople'), async (req, res) => {
    const account = await find(req);
    const read = readForm(personForm, req.body, req.t);
    if (!read.ok) {
      res.status(422);
      return showEdit(req, res, account, read.form);
    }
    const { version, ...fields } = read.data;
    const mails = await knex.transaction(async (trx) => {
      await changePerson(trx, account.id, version, fields);
      await accessLog.record(req, { kind: 'personChanged', subjectId: account.id, detail: { before: { name: account.name, nameEn: account.nameEn, mail: account.mail, locale: account.locale }, after: fields } }, trx);
      // To the old address: else what is told of an account could be led elsewhere without its owner.
      return fields.mail === account.mail ? [] : tell(trx, account, 'mailChanged', req.requestId);
    });
    await deliver(mails);
    req.flash({ tone: 'done', text: req.t('accounts:person.changed', { name: fields.name }) });
    res.redirect(`/admin/people/${account.id}`);
  });

  for (const act of ['deactivate', 'activate'] as const) {
    const guarded = act === 'activate' ? 'activated' : 'deactivated';

    router.get(`/:id/${act}`, may('editPeople'), async (req, res) => {
      const account = await find(req);
      if (needsSecond(account)) return res.redirect(303, proposeHref({ act: guarded, personId: account.id }));
      await showConfirm(req, res, account, act);
    });

    router.post(`/:id/${act}`, may('editPeople'), async (req, res) => {
      const account = await find(req);
      if (account.id === me(req).id) throw new NotFound();
      if (needsSecond(account)) return res.redirect(303, proposeHref({ act: guarded, personId: account.id }));
      const { given, mails } = await knex.transaction(async (trx) => {
        await setActive(trx, account, act === 'activate', req);
        await accessLog.record(req, { kind: act === 'activate' ? 'personActivated' : 'personDeactivated', subjectId: account.id, detail: { before: { active: account.active }, after: { active: act === 'activate' } } }, trx);
        return act === 'activate' ? { given: 0, mails: [] } : giveBack(trx, { leaver: account, leaving: { person: account.id, because: 'accountClosed' }, by: me(req), requestId: req.requestId });
      });
      await deliver(mails);
      req.flash({ tone: 'done', text: [req.t(`accounts:confirm.${act}.done`, { name: nameOf(account, req.locale) }), ...givenText(req, given)].join(req.locale === 'en' ? ' ' : '') });
      res.redirect(`/admin/people/${account.id}`);
    });
  }

  router.get('/:id/password', may('resetPassword'), async (req, res) => {
    const account = await find(req);
    if (needsSecond(account)) return res.redirect(303, proposeHref({ act: 'passwordReset', personId: account.id }));
    await showConfirm(req, res, account, 'password');
  });

  router.post('/:id/password', may('resetPassword'), async (req, res) => {
    const account = await find(req);
    if (needsSecond(account)) return res.redirect(303, proposeHref({ act: 'passwordReset', personId: account.id }));
    const password = await knex.transaction(async (trx) => {
      const made = await resetPassword(trx, account, req);
      await accessLog.record(req, { kind: 'passwordReset', subjectId: account.id }, trx);
      return made;
    });
    showOneTimePassword(req, res, { id: account.id, username: account.username, password }, false);
  });

  /** Whose second factor this administrator may take away, and who has one. */
  const findForReset = async (req: Request): Promise<Account> => {
    const account = await find(req);
    if (!hasFactor(account) || !mayResetSecondFactor(me(req), account)) throw new NotFound();
    return account;
  };

  router.get('/:id/second-factor', may('resetSecondFactor'), async (req, res) => {
    const account = await findForReset(req);
    if (needsSecond(account)) return res.redirect(303, proposeHref({ act: 'secondFactorReset', personId: account.id }));
    await showConfirm(req, res, account, 'second-factor');
  });

  router.post('/:id/second-factor', may('resetSecondFactor'), async (req, res) => {
    const account = await findForReset(req);
    if (needsSecond(account)) return res.redirect(303, proposeHref({ act: 'secondFactorReset', personId: account.id }));
    const mails = await knex.transaction(async (trx) => {
      await factors.reset(trx, account.id);
      await endSessions(trx, account.id, { how: 'password', req });
      await accessLog.record(req, { kind: 'secondFactorReset', subjectId: account.id }, trx);
      return tell(trx, account, 'secondFactorReset', req.requestId);
    });
    await deliver(mails);
    req.flash({ tone: 'done', text: req.t('accounts:confirm.second-factor.done', { name: nameOf(account, req.locale) }) });
    res.redirect(`/admin/people/${account.id}`);
  });

  router.post('/:id/tokens/:token/revoke', may('revokeTokens'), async (req, res) => {
    const account = await find(req);
    const done = await knex.transaction(async (trx) => {
      const revoked = await revokeToken(trx, account.id, String(req.params['token']));
      if (revoked) await accessLog.record(req, { kind: 'tokenRevoked', subjectId: account.id, detail: { token: req.params['token'] } }, trx);
      return revoked;
    });
    if (!done) throw new NotFound();
    req.flash({ tone: 'done', text: req.t('security:tokens.revoked') });
    res.redirect(303, `/admin/people/${account.id}`);
  });

  router.post('/:id/roles', may('giveRoles'), async (req, res) => {
    const account = await find(req);
    const all = await units.all();
    const refuse = (form: Form): void => res.status(422).render('accounts/person', personPage(req, account, all, form, null));
    if (account.id === me(req).id) return refuse(refusedForm(req.body, { '': req.t('accounts:person.refusal.oneself') }));
    const read = readForm(roleForm, req.body, req.t);
    if (!read.ok) return refuse(read.form);
    const { role } = read.data;
    const unit = all.find(({ id, active }) => id === read.data.unit && active);
    if (!unit) return refuse(refusedForm(req.body, { unit: req.t('common:form.notOffered', { value: read.data.unit }) }));
    // What cannot be is said at once; what two have to do is proposed.
    const conflict = roleRefusal(account.roles.map((held) => held.role), unit, role);
    if (conflict === null && needsSecond(account, role)) return res.redirect(303, proposeHref({ act: 'roleGiven', personId: account.id, unitId: unit.id, role }));
    const refusal = conflict ?? await knex.transaction(async (trx) => {
      const refused = await giveRole(trx, account.id, unit, role);
      if (refused === null) await accessLog.record(req, { kind: 'rolesChanged', subjectId: account.id, detail: { ...rolesChange(account, [...rolesIn(account), `${unit.id} ${role}`]), given: { unit: unit.id, role } } }, trx);
      return refused;
    });
    if (refusal !== null) return refuse(refusedForm(req.body, { role: refusalText(req, refusal) }));
    req.flash({ tone: 'done', text: req.t('accounts:person.roleGiven', { name: nameOf(account, req.locale), role: req.t(`common:role.${role}`) }) });
    res.redirect(`/admin/people/${account.id}`);
  });

  router.post('/:id/roles/take', may('giveRoles'), async (req, res) => {
    const account = await find(req);
    const read = readForm(roleForm, req.body, req.t);
    if (!read.ok || account.id === me(req).id) throw new NotFound();
    const { unit, role } = read.data;
    if (needsSecond(account, role)) return res.redirect(303, proposeHref({ act: 'roleTaken', personId: account.id, unitId: unit, role }));
    const { given, mails } = await knex.transaction(async (trx) => {
      if (!(await takeRole(trx, account.id, unit, role))) return { given: 0, mails: [] };
      await accessLog.record(req, { kind: 'rolesChanged', subjectId: account.id, detail: { ...rolesChange(account, rolesIn(account).filter((held) => held !== `${unit} ${role}`)), taken: { unit, role } } }, trx);
      return giveBack(trx, { leaver: account, leaving: { person: account.id, because: 'roleTaken', unit, role }, by: me(req), requestId: req.requestId });
    });
    await deliver(mails);
    req.flash({ tone: 'done', text: [req.t('accounts:person.roleTaken', { name: nameOf(account, req.locale), role: req.t(`common:role.${role}`) }), ...givenText(req, given)].join(req.locale === 'en' ? ' ' : '') });
    res.redirect(`/admin/people/${account.id}`);
  });

  return router;
}
