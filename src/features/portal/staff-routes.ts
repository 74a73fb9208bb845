import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { Conflict, NotFound } from '../../platform/http/errors.ts';
import { choice, optional, text } from '../../platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { createFormat } from '../../platform/http/format.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Field } from '../../platform/http/view-models.ts';
import { subjectsNamed } from '../../platform/records/subjects.ts';
import { hasRole, seesAll, type Person } from '../../rules/people.ts';
import { askedBindings, decideBinding, findBinding, type Binding } from './bindings.ts';
import { bindingsPath, type Portal } from './parts.ts';

const pageSize = 50;
const position = z.object({ at: z.iso.datetime(), id: z.uuid() });
const cursorName = 'portal-bindings';
const schema = z.object({ outcome: choice(['confirmed', 'refused']), reason: optional(text({ max: 500, lines: true })) });

/** Roles that exist in the credit office alone: the side bar knows a person's roles, and not what kind his units are of. */
export const sitsInCreditOffice = (person: Pick<Person, 'roles'>): boolean => hasRole(person, 'creditOfficeHead') || hasRole(person, 'supervisor');

/** `/portal-bindings`: whether who signed in by mail speaks for the firm he says he does. */
export function staffRoutes({ ground: { knex, clock, cursors, units }, files, seal }: Portal): Router {
  const router = Router();
  // Anybody with business in the credit office.
  router.use(async (req, _res, next) => {
    const all = await units.all();
    next(req.user && seesAll(req.user, all) ? undefined : new NotFound({ refused: true }));
  });

  router.get('/', async (req, res) => {
    const { t } = req;
    const moments = createMoments(t);
    const from = cursors.decode(cursorName, req.query['from'], position) ?? null;
    const found = await askedBindings(knex, from, pageSize + 1);
    const rows = found.slice(0, pageSize);
    const last = rows.at(-1);
    const title = t('portal:staff.title');
    res.render('portal/bindings', {
      page: { title, width: 'full' },
      heading: { title, lead: t('portal:staff.lead') },
      table: {
        caption: title,
        columns: [
          { key: 'name', label: t('public:name'), line: 1 },
          { key: 'uscc', label: t('public:code'), line: 2, tight: true },
          { key: 'account', label: t('portal:staff.account') },
          { key: 'asked', label: t('portal:staff.asked'), line: 3, named: true, tight: true },
        ],
        rows: rows.map((one) => ({
          cells: {
            name: { kind: 'link', href: `${bindingsPath}/${one.id}`, label: one.name },
            uscc: one.uscc,
            account: { kind: 'masked', masked: { text: one.masked, reason: t('portal:staff.masked') } },
            asked: { kind: 'when', when: moments.tableTime(one.askedAt) },
          },
        })),
        empty: { title: t('portal:staff.none') },
      },
      pager: found.length > pageSize && last
        ? { text: '', nextHref: `${bindingsPath}?${new URLSearchParams({ from: cursors.encode(cursorName, { at: last.askedAt.toISOString(), id: last.id }) }).toString()}` }
        : null,
    });
  });

  async function bindingOf(req: Request): Promise<Binding> {
    const id = z.uuid().safeParse(req.params['id']);
    const binding = id.success ? await findBinding(knex, id.data) : undefined;
    if (!binding) throw new NotFound();
    return binding;
  }

  function show(req: Request, res: Response, status: number, binding: Binding, form: Form): void {
    const { t } = req;
    const moments = createMoments(t);
    const format = createFormat(req.locale);
    const path = `${bindingsPath}/${binding.id}`;
    const fields: Field[] = [
      {
        kind: 'radios', label: t('portal:staff.outcome'), required: true, ...filled(form, 'outcome'),
        options: [{ value: 'confirmed', label: t('portal:binding.confirmed'), hint: t('portal:staff.confirmHint') }, { value: 'refused', label: t('portal:binding.refused'), hint: t('portal:staff.refuseHint') }],
      },
      { kind: 'textarea', label: t('portal:staff.reason'), hint: t('portal:staff.reasonHint'), rows: 3, limit: 500, ...filled(form, 'reason') },
    ];
    res.status(status).render('portal/binding', {
      page: { title: binding.name, crumbs: [{ label: t('portal:staff.title'), href: bindingsPath }, { label: binding.name }] },
      errors: labelledSummary(form, fields, t),
      heading: { title: binding.name, number: binding.uscc, badges: [{ label: t(`portal:binding.${binding.state}`), tone: binding.state === 'asked' ? 'soon' : binding.state === 'confirmed' ? 'done' : 'late' }] },
      facts: {
        items: [
          { term: t('portal:staff.account'), value: { kind: 'masked', masked: { text: binding.masked, reason: t('portal:staff.masked') } } },
          { term: t('portal:staff.role'), value: t(binding.agent ? 'portal:staff.agent' : 'portal:staff.representative') },
          { term: t('portal:staff.asked'), value: { kind: 'when', when: moments.dayTime(binding.askedAt) } },
          ...(binding.reason === null ? [] : [{ term: t('portal:staff.reason'), value: binding.reason, wide: true }]),
        ],
      },
      proof: {
        label: t('portal:bind.proof'), none: t('portal:case.noFiles'),
        files: binding.proof.map((file) => ({ name: file.name, href: `${path}/files/${file.hash}`, description: format.bytes(file.bytes) })),
      },
      form: binding.state === 'asked' ? { action: path } : null,
      fields,
      button: { label: t('portal:staff.decide') },
    });
  }

  router.get('/:id', async (req, res) => show(req, res, 200, await bindingOf(req), newForm()));

  router.get('/:id/files/:hash', async (req, res) => {
    const binding = await bindingOf(req);
    const file = binding.proof.find(({ hash }) => hash === req.params['hash']);
    if (!file) throw new NotFound();
    await files.send(res, file);
  });

  router.post('/:id', async (req, res) => {
    const person = req.user!;
    const binding = await bindingOf(req);
    const read = readForm(schema, req.body, req.t);
    if (!read.ok) return show(req, res, 422, binding, read.form);
    const { outcome, reason } = read.data;
    if (outcome === 'refused' && reason === null) return show(req, res, 422, binding, refusedForm(req.body, { reason: req.t('portal:staff.reasonMissing') }));
    const decision = { person: person.id, at: clock(), reason };
    const fault = await knex.transaction(async (trx): Promise<string | null> => {
      if (outcome === 'refused') {
        if (!(await decideBinding(trx, binding.id, { ...decision, state: 'refused', subject: null }))) throw new Conflict('portal:staff.decided');
        return null;
      }
      const [found] = await subjectsNamed(trx, seal, [{ kind: 'organisation', uscc: binding.uscc, name: binding.name }], { person: person.id, reason: req.t('portal:staff.made') });
      if (!found || !('subject' in found)) return found?.otherName.name ?? '';
      if (!(await decideBinding(trx, binding.id, { ...decision, state: 'confirmed', subject: found.subject.id }))) throw new Conflict('portal:staff.decided');
      return null;
    });
    // Under this code the house knows another name: who wrote this one did not copy it from the licence.
    if (fault !== null) return show(req, res, 422, binding, refusedForm(req.body, { outcome: req.t('portal:staff.otherName', { name: fault }) }));
    req.flash({ tone: 'done', text: req.t(`portal:staff.done.${outcome}`, { name: binding.name }) });
    res.redirect(303, bindingsPath);
  });

  return router;
}
