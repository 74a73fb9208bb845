import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { acceptedEndings } from '../../platform/files.ts';
import { createFormat } from '../../platform/http/format.ts';
import { BadRequest, NotFound } from '../../platform/http/errors.ts';
import { fault, field, mustTick, text, tick, uuid } from '../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, valueOf, type Form } from '../../platform/http/forms.ts';
import type { Field } from '../../platform/http/view-models.ts';
import { checkResidentId, checkUscc, type CodeCheck } from '../../rules/codes/index.ts';
import type { FileRef } from '../../rules/casefile/types.ts';
import { askBinding, dropAsked, endBinding, shownName, type Claimed } from './binding-acts.ts';
import { findOwnBinding, ownPerson, type Binding } from './bindings.ts';
import { crumbsOf, formPage } from './form-page.ts';
import { maxMegabytes, portalPath, todayOf, type Portal } from './parts.ts';

const paths = { organisation: `${portalPath}/firms/new`, person: `${portalPath}/self/new` } as const;
type Kind = keyof typeof paths;

const cleanOr = (check: CodeCheck) => (check.verdict === 'bad' && check.reason ? fault(check.reason.key, check.reason.params) : check.code);

/** What is typed, by whom it is about; the day is the last one on which somebody can be born. */
const schemas = {
  organisation: () => z.object({ uscc: field((typed) => cleanOr(checkUscc(typed))), name: text({ max: 100 }), agent: tick })
    .transform(({ agent, ...firm }): { claimed: Claimed; agent: boolean } => ({ claimed: { kind: 'organisation', ...firm }, agent })),
  person: (today: string) => z.object({ name: text({ max: 50 }), idNumber: field((typed) => cleanOr(checkResidentId(typed, today))), consent: mustTick })
    .transform(({ name, idNumber }): { claimed: Claimed; agent: boolean } => ({ claimed: { kind: 'person', name, idNumber }, agent: false })),
} as const;

const beside = z.object({
  commandId: uuid.catch(''),
  arrived: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().max(2000)).max(40)).catch([]),
});

/** `/firms/new`, `/self/new`, `/bindings/:id/end`: asking to speak for a firm, saying who one is, and ending it. */
export function bindRoutes(router: Router, { ground: { knex, clock, limiter }, files, seal, readLaw, visitors, letters, sendNews }: Portal): void {
  const asking = limiter({ name: 'portal-bind', hits: 20, windowSeconds: 3600 });

  function whomFields(req: Request, kind: Kind, form: Form): Field[] {
    const { t } = req;
    if (kind === 'organisation') {
      return [
        { kind: 'text', label: t('public:code'), size: 'medium', check: 'uscc', autocomplete: 'off', required: true, ...filled(form, 'uscc') },
        { kind: 'text', label: t('portal:bind.organisation.name'), hint: t('portal:bind.organisation.nameHint'), autocomplete: 'organization', required: true, ...filled(form, 'name') },
        { kind: 'check', name: 'agent', label: t('portal:apply.agent'), value: 'yes', checked: valueOf(form, 'agent') !== '', unmarked: true },
      ];
    }
    const consent = form.errors['consent'];
    return [
      { kind: 'text', label: t('portal:bind.person.name'), size: 'medium', autocomplete: 'name', required: true, ...filled(form, 'name') },
      { kind: 'text', label: t('portal:bind.person.idNumber'), hint: t('portal:bind.person.idNumberHint'), size: 'medium', autocomplete: 'off', required: true, ...filled(form, 'idNumber') },
      // A consent of its own, for this one purpose.
      { kind: 'check', name: 'consent', label: t('portal:bind.person.consent'), value: 'yes', checked: valueOf(form, 'consent') !== '', required: true, ...(consent === undefined ? {} : { error: consent }) },
    ];
  }

  async function show(req: Request, res: Response, status: number, kind: Kind, form: Form, commandId: string, arrived: readonly FileRef[]): Promise<void> {
    const { t } = req;
    const { account } = visitors.of(req);
    const format = createFormat(req.locale);
    const title = t(`portal:bind.${kind}.title`);
    const error = form.errors['proof'];
    const tickets = arrived.map((file) => ({ file, ticket: files.ticket(account, file) }));
    res.status(status).render('portal/form', formPage(req, {
      title,
      lead: t(`portal:bind.${kind}.lead`),
      crumbs: crumbsOf(req, { label: title }),
      form,
      shell: { action: paths[kind], upload: true, commandId },
      fields: [
        ...whomFields(req, kind, form),
        ...(tickets.length === 0 ? [] : [{
          kind: 'checkboxes' as const, name: 'arrived', label: t('portal:papers.arrived', { what: t(`portal:bind.${kind}.proof`) }), required: true,
          values: tickets.map(({ ticket }) => ticket),
          options: tickets.map(({ ticket, file }) => ({ value: ticket, label: file.name, hint: format.bytes(file.bytes) })),
        }]),
        {
          kind: 'file', name: 'proof', label: t(`portal:bind.${kind}.proof`), hint: t(`portal:bind.${kind}.proofHint`), multiple: true, required: tickets.length === 0, accept: acceptedEndings.join(','),
          limits: t('files:limits', { limit: maxMegabytes(await readLaw(), clock()) }), ...(error === undefined ? {} : { error }),
        },
      ],
      button: { label: t('portal:bind.send') },
      cancel: { href: portalPath, label: t('ui:form.cancel') },
    }));
  }

  router.get('/firms/new', async (req, res) => {
    const { uscc: code, name } = req.query;
    await show(req, res, 200, 'organisation', newForm({ ...(typeof code === 'string' ? { uscc: code } : {}), ...(typeof name === 'string' ? { name } : {}) }), randomUUID(), []);
  });

  router.get('/self/new', async (req, res) => {
    const before = await ownPerson(knex, visitors.of(req).account);
    if (before) return res.redirect(before.state === 'confirmed' ? `${portalPath}/self` : portalPath);
    await show(req, res, 200, 'person', newForm(), randomUUID(), []);
  });

  async function receive(req: Request, res: Response, kind: Kind): Promise<void> {
    const { account } = visitors.of(req);
    const own = beside.parse(req.body);
    if (own.commandId === '') throw new BadRequest('errors:malformed');
    const { files: received, faults } = await files.receive(req.uploads.filter((upload) => upload.field === 'proof'), maxMegabytes(await readLaw(), clock()), { req, account });
    const arrived = files.ofTickets(account, [...own.arrived, ...received.map((file) => files.ticket(account, file))]);
    const read = readForm<{ claimed: Claimed; agent: boolean }>(schemas[kind](todayOf(clock())), req.body, req.t);
    const said = faults.map(({ key, params }) => req.t(`files:fault.${key}`, params));
    const proof = said.length > 0 ? said.join(' ') : arrived.length === 0 ? req.t('portal:bind.proofMissing') : null;
    if (!read.ok || proof !== null) {
      const errors = { ...(read.ok ? {} : read.form.errors), ...(proof === null ? {} : { proof }) };
      return show(req, res, 422, kind, { ...refusedForm(req.body, {}), errors }, own.commandId, arrived);
    }
    await files.keep(arrived);
    const { asked, mails } = await knex.transaction(async (trx) => {
      const request = { id: own.commandId, account, ...read.data, proof: arrived, source: 'papers' as const, at: clock() };
      const outcome = await askBinding(trx, seal, request);
      return { asked: outcome, mails: outcome === 'asked' ? await letters.bindingAsked(trx, { id: request.id, name: shownName(request.claimed) }, req.requestId) : [] };
    });
    await sendNews(mails);
    req.flash(asked === 'asked' ? { tone: 'done', text: req.t('portal:bind.sent') } : { tone: 'info', text: req.t('portal:bind.standing') });
    res.redirect(303, portalPath);
  }

  router.post('/firms/new', asking, (req, res) => receive(req, res, 'organisation'));
  router.post('/self/new', asking, (req, res) => receive(req, res, 'person'));

  /** @throws NotFound for a binding that is not the visitor's, or has nothing left to end. */
  async function bindingToEnd(req: Request): Promise<Binding> {
    const id = z.uuid().safeParse(req.params['id']);
    const binding = id.success ? await findOwnBinding(knex, id.data, visitors.of(req).account) : undefined;
    if (!binding || (binding.state !== 'asked' && binding.state !== 'confirmed')) throw new NotFound({ reason: 'portal:noBinding' });
    return binding;
  }

  router.get('/bindings/:id/end', async (req, res) => {
    const { t } = req;
    const binding = await bindingToEnd(req);
    const words = binding.state === 'asked' ? 'takeBack' : 'unbind';
    const title = t(`portal:${words}.title`);
    res.render('portal/form', formPage(req, {
      title,
      lead: t(words === 'takeBack' ? 'portal:takeBack.lead' : `portal:unbind.lead.${binding.kind}`, { name: binding.name }),
      crumbs: crumbsOf(req, { label: title }),
      shell: { action: `${portalPath}/bindings/${binding.id}/end`, warnWhenDirty: false },
      button: { label: t(`portal:${words}.send`), danger: true },
      cancel: { href: portalPath, label: t(`portal:${words}.keep`) },
    }));
  });

  router.post('/bindings/:id/end', asking, async (req, res) => {
    const binding = await bindingToEnd(req);
    const mail = await knex.transaction(async (trx) => {
      if (binding.state === 'asked') return void (await dropAsked(trx, seal, binding));
      if (!(await endBinding(trx, seal, binding.id, { how: 'self', person: null, at: clock(), reason: null }))) return;
      return letters.binding(trx, binding, 'ended', { reason: req.t('portal:ending.self'), requestId: req.requestId });
    });
    await sendNews([mail ?? null]);
    req.flash({ tone: 'done', text: req.t(binding.state === 'asked' ? 'portal:takeBack.done' : 'portal:unbind.done', { name: binding.name }) });
    res.redirect(303, portalPath);
  });
}
