import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { acceptedEndings } from '../../platform/files.ts';
import { createFormat } from '../../platform/http/format.ts';
import { BadRequest, NotFound } from '../../platform/http/errors.ts';
import { fault, field, text, tick, uuid } from '../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, valueOf, type Form } from '../../platform/http/forms.ts';
import { checkUscc } from '../../rules/codes/index.ts';
import type { FileRef } from '../../rules/casefile/types.ts';
import { askBinding, bindingsOf, speaksFor } from './bindings.ts';
import { casesOf } from './cases.ts';
import { presentFirm, presentHome } from './firm-presenter.ts';
import { crumbsOf, formPage } from './form-page.ts';
import { maxMegabytes, portalPath, todayOf, type Portal } from './parts.ts';
import { enquiriesAbout, position, recordsOf } from './records.ts';

const cursorName = 'portal-records';
const newPath = `${portalPath}/firms/new`;

const uscc = field((typed) => {
  const check = checkUscc(typed);
  return check.verdict === 'bad' && check.reason ? fault(check.reason.key, check.reason.params) : check.code;
});
const schema = z.object({ uscc, name: text({ max: 100 }), agent: tick });
const beside = z.object({
  commandId: uuid.catch(''),
  arrived: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().max(2000)).max(40)).catch([]),
});

/** `/`, `/firms/new`, `/firms/:id`: the visitor's own page, speaking for a firm, the firm's own record. */
export function firmRoutes(router: Router, { ground: { knex, clock, cursors, limiter }, files, readLaw, visitors }: Portal): void {
  const asking = limiter({ name: 'portal-bind', hits: 20, windowSeconds: 3600 });

  router.get('/', async (req, res) => {
    const visitor = visitors.of(req);
    const [bindings, cases] = await Promise.all([bindingsOf(knex, visitor.account), casesOf(knex, visitor.account)]);
    res.render('portal/home', presentHome(req, { visitor, bindings, cases }));
  });

  async function show(req: Request, res: Response, status: number, form: Form, commandId: string, arrived: readonly FileRef[]): Promise<void> {
    const { t } = req;
    const { account } = visitors.of(req);
    const format = createFormat(req.locale);
    const title = t('portal:bind.title');
    const error = form.errors['proof'];
    const tickets = arrived.map((file) => ({ file, ticket: files.ticket(account, file) }));
    res.status(status).render('portal/form', formPage(req, {
      title,
      lead: t('portal:bind.lead'),
      crumbs: crumbsOf(req, { label: title }),
      form,
      shell: { action: newPath, upload: true, commandId },
      fields: [
        { kind: 'text', label: t('public:code'), size: 'medium', check: 'uscc', autocomplete: 'off', required: true, ...filled(form, 'uscc') },
        { kind: 'text', label: t('portal:bind.name'), hint: t('portal:bind.nameHint'), autocomplete: 'organization', required: true, ...filled(form, 'name') },
        { kind: 'check', name: 'agent', label: t('portal:apply.agent'), value: 'yes', checked: valueOf(form, 'agent') !== '', required: true },
        ...(tickets.length === 0 ? [] : [{
          kind: 'checkboxes' as const, name: 'arrived', label: t('portal:papers.arrived', { what: t('portal:bind.proof') }), required: true,
          values: tickets.map(({ ticket }) => ticket),
          options: tickets.map(({ ticket, file }) => ({ value: ticket, label: file.name, hint: format.bytes(file.bytes) })),
        }]),
        {
          kind: 'file', name: 'proof', label: t('portal:bind.proof'), hint: t('portal:bind.proofHint'), multiple: true, required: tickets.length === 0, accept: acceptedEndings.join(','),
          limits: t('files:limits', { limit: maxMegabytes(await readLaw(), clock()) }), ...(error === undefined ? {} : { error }),
        },
      ],
      button: { label: t('portal:bind.send') },
      cancel: { href: portalPath, label: t('ui:form.cancel') },
    }));
  }

  router.get('/firms/new', async (req, res) => {
    const { uscc: code, name } = req.query;
    await show(req, res, 200, newForm({ ...(typeof code === 'string' ? { uscc: code } : {}), ...(typeof name === 'string' ? { name } : {}) }), randomUUID(), []);
  });

  router.post('/firms/new', asking, async (req, res) => {
    const { account } = visitors.of(req);
    const own = beside.parse(req.body);
    if (own.commandId === '') throw new BadRequest('errors:malformed');
    const { files: received, faults } = await files.receive(req.uploads.filter((upload) => upload.field === 'proof'), maxMegabytes(await readLaw(), clock()));
    const arrived = files.ofTickets(account, [...own.arrived, ...received.map((file) => files.ticket(account, file))]);
    const read = readForm(schema, req.body, req.t);
    const said = faults.map(({ key, params }) => req.t(`files:fault.${key}`, params));
    const proof = said.length > 0 ? said.join(' ') : arrived.length === 0 ? req.t('portal:bind.proofMissing') : null;
    if (!read.ok || proof !== null) {
      const errors = { ...(read.ok ? {} : read.form.errors), ...(proof === null ? {} : { proof }) };
      return show(req, res, 422, { ...refusedForm(req.body, {}), errors }, own.commandId, arrived);
    }
    await files.keep(arrived);
    await askBinding(knex, { id: own.commandId, account, ...read.data, proof: arrived, askedAt: clock() });
    req.flash({ tone: 'done', text: req.t('portal:bind.sent') });
    res.redirect(303, portalPath);
  });

  router.get('/firms/:id', async (req, res) => {
    const { account } = visitors.of(req);
    const id = z.uuid().safeParse(req.params['id']);
    const binding = id.success ? await speaksFor(knex, account, id.data) : undefined;
    if (!binding?.subject) throw new NotFound({ reason: 'portal:noFirm' });
    const today = todayOf(clock());
    const from = cursors.decode(cursorName, req.query['from'], position) ?? null;
    const [{ records, next }, enquiries] = await Promise.all([recordsOf(knex, binding.subject, { from, today }), enquiriesAbout(knex, binding.subject)]);
    const nextHref = next && `${portalPath}/firms/${binding.subject}?${new URLSearchParams({ from: cursors.encode(cursorName, next) }).toString()}`;
    res.render('portal/firm', presentFirm(req, { binding, records, nextHref, enquiries, today }));
  });
}
