import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { Forbidden, NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import { actDecisionFault, administratorRoleOf, guardedActs, mayProposeAct, needsSecond, type GuardedAct } from '../../rules/administrators.ts';
import { isAdministrator, roles, unitKinds, type AdministratorRole, type UnitKind } from '../../rules/people.ts';
import type { AccessKind } from '../../platform/http/access-log.ts';
import { decideActForm, reasonForm, unitKindForm } from './forms.ts';
import { resetPassword } from './people-commands.ts';
import { findPerson, type Account } from './people-queries.ts';
import { administratorsOf, createProposalLetters, decidersAmong } from './proposal-letters.ts';
import { HOME, presentNewProposal, presentOneProposal, presentProposals, proposalTitle } from './proposals-presenter.ts';
import {
  addProposal, carryOut, changeFault, findProposal, readProposals, settleProposal, standings, stillHolds, takeGrantedPassword, type ChangeFault, type ProposedChange, type Proposal,
} from './proposals.ts';
import type { SecondFactors } from './second-factor.ts';
import { me, nameOf } from './settings-routes.ts';
import { showOneTimePassword } from './one-time.ts';

interface Parts {
  readonly ground: Ground;
  readonly factors: SecondFactors;
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

/** The line of the access log that an act leaves, whether one administrator did it or two. */
const kindOfAct: Readonly<Record<GuardedAct, AccessKind>> = {
  passwordReset: 'passwordReset', secondFactorReset: 'secondFactorReset', roleGiven: 'rolesChanged', roleTaken: 'rolesChanged',
  deactivated: 'personDeactivated', activated: 'personActivated', unitKind: 'unitChanged',
};

/** Where an act is proposed. */
export function proposeHref(change: Partial<Pick<ProposedChange, 'personId' | 'unitId' | 'role'>> & Pick<ProposedChange, 'act'>): string {
  const { act, personId, unitId, role } = change;
  return `${HOME}/new?${new URLSearchParams({ act, ...(personId ? { person: personId } : {}), ...(unitId ? { unit: unitId } : {}), ...(role ? { role } : {}) }).toString()}`;
}

const asked = z.object({
  act: z.enum(guardedActs), person: z.uuid().nullable().catch(null), unit: z.string().max(31).nullable().catch(null), role: z.enum(roles).nullable().catch(null), kind: z.enum(unitKinds).nullable().catch(null),
});

/** Acts on administrators and on the kinds of units: proposed by one, decided by another of another kind. Mounted at `/admin/proposals`. */
export function proposalRoutes({ ground, factors, deliver }: Parts): Router {
  const { knex, accessLog, units, clock } = ground;
  const letters = createProposalLetters(ground);
  const router = Router();
  router.use(onlyFor(isAdministrator));

  interface Wanted { change: ProposedChange; account: Account | null; role: AdministratorRole }

  /** @throws NotFound for what this person may not propose, or one administrator may do alone. */
  async function wanted(req: Request, from: unknown): Promise<Wanted> {
    const read = asked.safeParse(from);
    const role = administratorRoleOf(me(req));
    if (!read.success || role === null) throw new NotFound();
    const { act, person, unit, role: given, kind } = read.data;
    const isUnit = act === 'unitKind';
    const isRole = act === 'roleGiven' || act === 'roleTaken';
    const account = isUnit || person === null ? null : await findPerson(knex, person);
    const known = (await units.all()).some(({ id }) => id === unit);
    if ((!isUnit && account === null) || ((isUnit || isRole) && !known) || (isRole && given === null)) throw new NotFound();
    if (!mayProposeAct(me(req), act, account) || (account !== null && !needsSecond(account, isRole ? given : null))) throw new NotFound({ refused: true });
    const change: ProposedChange = { act, personId: account?.id ?? null, unitId: isUnit || isRole ? unit : null, role: isRole ? given : null, kind: isUnit ? kind : null };
    return { change, account, role };
  }

  async function showNew(req: Request, res: Response, { change, account, role }: Wanted, form: Form): Promise<void> {
    const found = await standings(knex, change);
    if (!found) throw new NotFound();
    const deciders = decidersAmong(await administratorsOf(knex), { proposedBy: me(req).id, proposerRole: role, personId: change.personId })
      .map((one) => req.t('accounts:proposal.byWhom', { name: req.locale === 'en' ? one.name_en : one.name, role: req.t(`common:role.${one.role}`) }));
    res.render('accounts/propose', presentNewProposal(req, { change, account, units: await units.all(), standings: found, deciders, form }));
  }

  const faultInWords = (req: Request, fault: ChangeFault): string => {
    const [first, second] = 'roles' in fault ? fault.roles : [];
    if (fault.kind === 'twoAdministrators' || fault.kind === 'administratorInBusiness') return req.t(`accounts:person.refusal.${fault.kind}`, { first: req.t(`common:role.${first}`), second: req.t(`common:role.${second}`) });
    return fault.kind === 'wrongUnit' ? req.t('accounts:person.refusal.wrongUnit') : req.t(`accounts:proposal.fault.${fault.kind}`, { ...fault });
  };

  const find = async (req: Request): Promise<Proposal> => {
    const found = await findProposal(knex, String(req.params['id']));
    if (!found) throw new NotFound();
    return found;
  };

  const detailOf = (proposal: Proposal): Record<string, unknown> => ({
    proposal: proposal.id, act: proposal.act, before: proposal.before, after: proposal.after, reason: proposal.reason, proposedBy: proposal.proposer.username,
    ...(proposal.unitId === null ? {} : { unit: proposal.unitId }),
  });
  const subjectOf = (proposal: Proposal) => (proposal.personId === null ? {} : { subjectId: proposal.personId });

  router.get('/', async (req, res) => {
    res.render('accounts/list', presentProposals(req, await readProposals(knex), await units.all()));
  });

  router.get('/new', async (req, res) => {
    const want = await wanted(req, req.query);
    const found = await standings(knex, want.change);
    await showNew(req, res, want, newForm({ kind: found?.before['kind'] ?? '' }));
  });

  router.post('/new', async (req, res) => {
    const want = await wanted(req, req.body);
    const read = want.change.act === 'unitKind' ? readForm(unitKindForm, req.body, req.t) : readForm(reasonForm, req.body, req.t);
    if (!read.ok) return showNew(req, res.status(422), want, read.form);
    const change: ProposedChange = 'kind' in read.data ? { ...want.change, kind: read.data.kind as UnitKind } : want.change;
    const found = await standings(knex, change);
    if (!found) throw new NotFound();
    const fault = await changeFault(knex, change, found);
    if (fault) return showNew(req, res.status(422), want, refusedForm(req.body, { [change.act === 'unitKind' ? 'kind' : '']: faultInWords(req, fault) }));
    const made = await knex.transaction(async (trx) => {
      const id = await addProposal(trx, change, { ...found, reason: read.data.reason, by: me(req).id, byRole: want.role });
      const proposal = id === null ? null : await findProposal(trx, id);
      if (!proposal) return null;
      await accessLog.record(req, { kind: 'adminProposed', ...subjectOf(proposal), detail: detailOf(proposal) }, trx);
      return { id: proposal.id, mails: await letters.waiting(trx, proposal, req.requestId) };
    });
    if (!made) return showNew(req, res.status(422), want, refusedForm(req.body, { '': req.t('accounts:proposal.fault.waits') }));
    await deliver(made.mails);
    req.flash({ tone: 'done', text: req.t('accounts:proposal.proposed') });
    res.redirect(303, `${HOME}/${made.id}`);
  });

  router.get('/:id', async (req, res) => {
    res.render('accounts/proposal', presentOneProposal(req, await find(req), await units.all(), newForm(), clock()));
  });

  router.post('/:id/decide', async (req, res) => {
    const proposal = await find(req);
    const actor = me(req);
    const fault = actDecisionFault(actor, proposal);
    if (fault !== null) throw new Forbidden(`accounts:proposal.mayNot.${fault}`);
    const read = readForm(decideActForm, req.body, req.t);
    if (!read.ok) return res.status(422).render('accounts/proposal', presentOneProposal(req, proposal, await units.all(), read.form, clock()));
    const { verdict, note } = read.data;
    const decided = await knex.transaction(async (trx) => {
      if (proposal.personId !== null) await trx('person').where({ id: proposal.personId }).forUpdate().select('id');
      const holds = verdict === 'refused' || (await stillHolds(trx, proposal));
      const status = holds ? verdict : 'overtaken';
      if (!(await settleProposal(trx, proposal.id, status, holds ? { id: actor.id, role: administratorRoleOf(actor)!, note } : null))) return null;
      if (status === 'granted') await carryOut(trx, proposal, { req, factors });
      const after = (await findProposal(trx, proposal.id))!;
      const kind = status === 'granted' && proposal.act !== 'passwordReset' ? kindOfAct[proposal.act] : status === 'granted' ? 'adminGranted' : 'adminRefused';
      await accessLog.record(req, { kind, ...subjectOf(proposal), detail: { ...detailOf(proposal), ...(note === null ? {} : { note }), ...(holds ? {} : { overtaken: true }) } }, trx);
      const mails = await letters.decided(trx, after, req.requestId);
      if (status === 'granted' && proposal.act !== 'passwordReset') mails.push(...await letters.done(trx, after, req.requestId));
      return { status, mails };
    });
    if (decided === null) {
      req.flash({ tone: 'soon', text: req.t('accounts:proposal.decidedMeanwhile') });
    } else {
      units.forget();
      await deliver(decided.mails);
      req.flash({ tone: decided.status === 'overtaken' ? 'soon' : 'done', text: req.t(`accounts:proposal.said.${decided.status}`, { what: proposalTitle(req, await units.all(), proposal) }) });
    }
    res.redirect(303, `${HOME}/${proposal.id}`);
  });

  router.post('/:id/withdraw', async (req, res) => {
    const proposal = await find(req);
    if (proposal.proposedBy !== me(req).id) throw new NotFound({ refused: true });
    const done = await knex.transaction(async (trx) => {
      const settled = await settleProposal(trx, proposal.id, 'withdrawn', null);
      if (settled) await accessLog.record(req, { kind: 'adminWithdrawn', ...subjectOf(proposal), detail: detailOf(proposal) }, trx);
      return settled;
    });
    req.flash(done ? { tone: 'done', text: req.t('accounts:proposal.said.withdrawn') } : { tone: 'soon', text: req.t('accounts:proposal.decidedMeanwhile') });
    res.redirect(303, `${HOME}/${proposal.id}`);
  });

  /** The granted password, for whoever proposed it and may still reset passwords. */
  router.post('/:id/password', async (req, res) => {
    const proposal = await find(req);
    const account = proposal.personId === null ? null : await findPerson(knex, proposal.personId);
    if (account === null || proposal.proposedBy !== me(req).id || !mayProposeAct(me(req), 'passwordReset', account)) throw new NotFound({ refused: true });
    const made = await knex.transaction(async (trx) => {
      if (!(await takeGrantedPassword(trx, proposal))) return null;
      const password = await resetPassword(trx, account, req);
      await accessLog.record(req, { kind: 'passwordReset', subjectId: account.id, detail: { ...detailOf(proposal), decidedBy: proposal.decider?.username ?? '' } }, trx);
      return { password, mails: await letters.done(trx, proposal, req.requestId) };
    });
    if (!made) {
      req.flash({ tone: 'soon', text: req.t('accounts:proposal.fetchGone', { name: nameOf(account, req.locale) }) });
      return res.redirect(303, `${HOME}/${proposal.id}`);
    }
    await deliver(made.mails);
    showOneTimePassword(req, res, { id: account.id, username: account.username, password: made.password }, false);
  });

  return router;
}
