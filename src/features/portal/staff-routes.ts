import { Router, type Request, type Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { Conflict, NotFound } from '../../platform/http/errors.ts';
import { choice, optional, text } from '../../platform/http/fields.ts';
import { newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { subjectsNamed, type NamedSubject } from '../../platform/records/subjects.ts';
import { matching } from '../../platform/search.ts';
import type { SubjectIdentity } from '../../platform/seal.ts';
import { hasRole, seesAll, type Person } from '../../rules/people.ts';
import { decideBinding, endBinding, recuse } from './binding-acts.ts';
import { bindingStates, countAsked, countOthers, findBinding, isRecusedFrom, listBindings, namesOnFile, type Binding, type Officer } from './bindings.ts';
import { bindingsPath, type Portal } from './parts.ts';
import { listHref, presentBinding, presentBindings, presentReason, type OnFile } from './staff-presenter.ts';

const pageSize = 50;
const position = z.object({ at: z.iso.datetime(), id: z.uuid() });
const filterSchema = z.object({
  state: z.enum(bindingStates).catch('asked'),
  q: z.string().transform((typed) => typed.normalize('NFKC').trim().slice(0, 100)).catch(''),
});
const schema = z.object({ outcome: choice(['confirmed', 'refused']), reason: optional(text({ max: 500, lines: true })) });
const reasonSchema = z.object({ reason: text({ max: 500, lines: true }) });

/** Roles that exist in the credit office alone: the side bar knows a person's roles, and not what kind his units are of. */
export const sitsInCreditOffice = (person: Pick<Person, 'roles'>): boolean => hasRole(person, 'creditOfficeHead') || hasRole(person, 'supervisor');

/**
 * `/portal-bindings`: whether who signed in speaks for the firm, or is the person, he says he is. The applicant proposes
 * and one officer decides: not the applicant himself, and nobody whom a relation to him or his firm keeps out.
 */
export function staffRoutes({ ground: { knex, clock, cursors, units, accessLog }, files, seal, keys, letters, sendNews }: Portal): Router {
  const router = Router();
  // Anybody with business in the credit office.
  router.use(async (req, _res, next) => {
    const all = await units.all();
    next(req.user && seesAll(req.user, all) ? undefined : new NotFound({ refused: true }));
  });

  const officerOf = (req: Request): Officer => ({ person: req.user!.id, mail: keys.mailDigest(req.user!.mail) });

  router.get('/', async (req, res) => {
    const { state, q } = filterSchema.parse(req.query);
    const cursorName = `portal-bindings:${state}`;
    const from = cursors.decode(cursorName, req.query['from'], position) ?? null;
    const officer = officerOf(req);
    const [asked, found] = await Promise.all([countAsked(knex, officer), listBindings(knex, { state, search: q === '' ? null : matching('b.search', q), from, size: pageSize + 1 }, officer)]);
    const rows = found.slice(0, pageSize);
    const last = rows.at(-1);
    const pages = {
      ...(from === null ? {} : { firstHref: listHref(state, q) }),
      ...(found.length > pageSize && last ? { nextHref: listHref(state, q, { from: cursors.encode(cursorName, { at: last.askedAt.toISOString(), id: last.id }) }) } : {}),
    };
    res.render('portal/bindings', presentBindings(req, { state, q, rows, pages, asked }));
  });

  /** What a person says he is, while it is to be decided. */
  const claimantOf = async (db: Knex, binding: Binding): Promise<SubjectIdentity | undefined> =>
    (binding.kind === 'person' && binding.state === 'asked' ? seal.openClaimant(db, binding.id) : undefined);

  /** @throws NotFound for what does not exist, and for what is no business of this officer. */
  async function bindingOf(req: Request): Promise<Binding> {
    const officer = officerOf(req);
    const id = z.uuid().safeParse(req.params['id']);
    const binding = id.success ? await findBinding(knex, id.data, officer) : undefined;
    if (!binding) throw new NotFound({ refused: true });
    const claimant = await claimantOf(knex, binding);
    const known = claimant && (await seal.find(knex, claimant.idNumber));
    if (known && (await isRecusedFrom(knex, officer, known))) throw new NotFound({ refused: true });
    return binding;
  }

  /** What the house has under this code or number, to be read beside what is claimed. */
  async function onFile({ uscc }: Binding, sealed: string | null): Promise<OnFile[]> {
    if (uscc !== null) return namesOnFile(knex, uscc);
    const name = sealed === null ? undefined : (await seal.openSubjects(knex, [sealed])).get(sealed)?.name;
    return name === undefined ? [] : [{ name, former: [] }];
  }

  async function show(req: Request, res: Response, status: number, binding: Binding, form: Form): Promise<void> {
    const claimant = await claimantOf(knex, binding);
    const sealed = claimant ? await seal.find(knex, claimant.idNumber) : null;
    const others = await countOthers(knex, binding, sealed);
    if (claimant) {
      await accessLog.record(req, { kind: 'claimantViewed', detail: { binding: binding.id } });
      req.viewed = null;
    }
    res.set('Cache-Control', 'no-store');
    res.status(status).render('portal/binding', presentBinding(req, binding, { form, claimant, others, onFile: binding.state === 'asked' ? await onFile(binding, sealed) : null }));
  }

  router.get('/:id', async (req, res) => show(req, res, 200, await bindingOf(req), newForm()));

  router.get('/:id/files/:hash', async (req, res) => {
    const binding = await bindingOf(req);
    const file = binding.proof.find(({ hash }) => hash === req.params['hash']);
    if (!file) throw new NotFound();
    await files.send(res, file);
  });

  async function namedBy(trx: Knex.Transaction, binding: Binding): Promise<NamedSubject> {
    if (binding.uscc !== null) return { kind: 'organisation', uscc: binding.uscc, name: binding.name };
    const claimant = await claimantOf(trx, binding);
    if (!claimant) throw new Conflict('portal:staff.decided');
    return { kind: 'person', ...claimant };
  }

  /** The letter's id, or the name under which the house knows the code. */
  async function decide(req: Request, binding: Binding, outcome: 'confirmed' | 'refused', reason: string | null): Promise<{ mail: string | null } | { otherName: string }> {
    const person = req.user!.id;
    return knex.transaction(async (trx) => {
      let subject: string | null = null;
      if (outcome === 'confirmed') {
        const [found] = await subjectsNamed(trx, seal, [await namedBy(trx, binding)], { person, reason: req.t('portal:staff.made') });
        if (!found || !('subject' in found)) return { otherName: found?.otherName.name ?? '' };
        subject = found.subject.id;
      }
      if (!(await decideBinding(trx, seal, binding.id, { state: outcome, subject, person, at: clock(), reason }))) throw new Conflict('portal:staff.decided');
      return { mail: await letters.binding(trx, binding, outcome, { reason: outcome === 'refused' ? reason : null, requestId: req.requestId }) };
    });
  }

  router.post('/:id', async (req, res) => {
    const binding = await bindingOf(req);
    const read = readForm(schema, req.body, req.t);
    if (!read.ok) return show(req, res, 422, binding, read.form);
    const { outcome, reason } = read.data;
    if (outcome === 'refused' && reason === null) return show(req, res, 422, binding, refusedForm(req.body, { reason: req.t('portal:staff.reasonMissing') }));
    const decided = await decide(req, binding, outcome, reason);
    // Under this code the house knows another name: who wrote this one did not copy it from the licence.
    if ('otherName' in decided) return show(req, res, 422, binding, refusedForm(req.body, { outcome: req.t('portal:staff.otherName', { name: decided.otherName }) }));
    await sendNews([decided.mail]);
    req.flash({ tone: 'done', text: req.t(`portal:staff.done.${outcome}`, { name: binding.name }) });
    res.redirect(303, bindingsPath);
  });

  router.get('/:id/end', async (req, res) => {
    const binding = await bindingOf(req);
    if (binding.state !== 'confirmed') return res.redirect(303, `${bindingsPath}/${binding.id}`);
    res.render('portal/staff-form', presentReason(req, binding, 'revoke', newForm()));
  });

  router.post('/:id/end', async (req, res) => {
    const binding = await bindingOf(req);
    const read = readForm(reasonSchema, req.body, req.t);
    if (!read.ok) return res.status(422).render('portal/staff-form', presentReason(req, binding, 'revoke', read.form));
    const { reason } = read.data;
    const mail = await knex.transaction(async (trx) => {
      if (!(await endBinding(trx, seal, binding.id, { how: 'office', person: req.user!.id, at: clock(), reason }))) throw new Conflict('portal:staff.ended');
      return letters.binding(trx, binding, 'ended', { reason, requestId: req.requestId });
    });
    await sendNews([mail]);
    req.flash({ tone: 'done', text: req.t('portal:revoke.done', { name: binding.name }) });
    res.redirect(303, `${bindingsPath}/${binding.id}`);
  });

  router.get('/:id/recusal', async (req, res) => res.render('portal/staff-form', presentReason(req, await bindingOf(req), 'recusal', newForm())));

  router.post('/:id/recusal', async (req, res) => {
    const binding = await bindingOf(req);
    const read = readForm(reasonSchema, req.body, req.t);
    if (!read.ok) return res.status(422).render('portal/staff-form', presentReason(req, binding, 'recusal', read.form));
    await recuse(knex, binding.id, { person: req.user!.id, reason: read.data.reason, at: clock() });
    req.flash({ tone: 'done', text: req.t('portal:recusal.done') });
    res.redirect(303, bindingsPath);
  });

  return router;
}
