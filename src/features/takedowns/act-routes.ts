import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { actingAs } from '../../platform/casefile/acting.ts';
import { Forbidden, NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { text, uuid } from '../../platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import type { ConfirmBlock, ErrorSummary, Field, FormShell, Heading, Page } from '../../platform/http/view-models.ts';
import type { ReadLaw } from '../../platform/law.ts';
import type { Seal } from '../../platform/seal.ts';
import { takenOff, takeOff } from '../../platform/takedowns.ts';
import { unitName } from '../../platform/units.ts';
import { dateAt } from '../../rules/calendar/index.ts';
import { hasRole, seesAll } from '../../rules/people.ts';
import { findText, nameOfText, textAt, textNamed, type FoundText } from './texts.ts';

export const takedownsPath = '/takedowns';
const longestReason = 500;

/** Which page of the public: where the person comes from elsewhere, it is named already. */
const asked = z.object({ text: z.string().max(300).catch('') });
const schema = z.object({ commandId: uuid, text: text({ max: 300 }), reason: text({ max: longestReason, lines: true }) });

interface TakeOffPage {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  /** The text as everybody reads it; null before it is known which. */
  shown: { title: string; paragraphs: readonly string[] } | null;
  form: FormShell;
  fields: Field[];
  confirm: ConfirmBlock;
  buttons: { primary: { label: string; danger: boolean }; cancel: { href: string; label: string } };
}

export interface TakedownActParts {
  readonly ground: Ground;
  readonly readLaw: ReadLaw;
  readonly seal: Seal;
}

/** The credit office of a person who may take a published text off: anybody who works there. */
async function officeOf(req: Request, { units }: Ground): Promise<string> {
  const all = await units.all();
  const office = all.find(({ kind, active }) => kind === 'creditOffice' && active)?.id;
  if (office === undefined || !req.user || !seesAll(req.user, all)) throw new Forbidden('takedowns:act.notYours');
  return office;
}

/** `/takedowns/new`: the one form by which any published text is taken off at once. */
export function takedownActRoutes(router: Router, { ground, readLaw, seal }: TakedownActParts): void {
  const { knex, clock, units } = ground;

  async function show(req: Request, res: Response, status: number, found: FoundText | null, form: Form, commandId: string): Promise<void> {
    const { t } = req;
    const { rules, calendar } = await readLaw();
    const limit = rules.on('takedown.decide', dateAt(calendar, clock().getTime()));
    const title = t('takedowns:act.title');
    const unit = found && (await units.all()).find(({ id }) => id === found.unit);
    const fields: Field[] = [
      ...(found ? [] : [{ kind: 'text' as const, label: t('takedowns:act.address'), hint: t('takedowns:act.addressHint'), required: true, autocomplete: 'off' as const, ...filled(form, 'text') }]),
      { kind: 'textarea', rows: 3, limit: longestReason, label: t('takedowns:act.reason'), hint: t('takedowns:act.reasonHint'), required: true, ...filled(form, 'reason') },
    ];
    const view: TakeOffPage = {
      page: { title, crumbs: [{ label: t('takedowns:title'), href: takedownsPath }, { label: title }] },
      heading: { title, ...(found ? { number: found.label } : {}), lead: t('takedowns:act.lead', { limit: t(`rules:value.${limit.unit}`, { count: limit.value ?? 0 }) }) },
      errors: labelledSummary(form, fields, t),
      shown: found && {
        title: [t(`takedowns:kind.${found.text.kind}`), found.subject, ...(unit ? [unitName(unit, req.locale)] : [])].join(t('takedowns:act.join')),
        paragraphs: found.paragraphs,
      },
      form: { action: `${takedownsPath}/new`, commandId, label: title, ...(found ? { hidden: { text: nameOfText(found.text) } } : {}) },
      fields,
      confirm: { title, consequences: [t('takedowns:act.consequence')], mailTo: [t('takedowns:act.mailTo')], undo: { possible: true, text: t('takedowns:act.undo') } },
      buttons: { primary: { label: t('takedowns:act.send'), danger: true }, cancel: { href: found?.href ?? takedownsPath, label: t('ui:form.cancel') } },
    };
    res.status(status).render('takedowns/new', view);
  }

  const textOf = (typed: string): Promise<FoundText | undefined> | undefined => {
    const wanted = textNamed(typed) ?? textAt(typed);
    return wanted === null ? undefined : findText(knex, seal, wanted);
  };

  router.get('/new', async (req, res) => {
    await officeOf(req, ground);
    const typed = asked.parse(req.query).text;
    const found = typed === '' ? undefined : await textOf(typed);
    if (typed !== '' && !found) throw new NotFound();
    await show(req, res, 200, found ?? null, newForm(), randomUUID());
  });

  router.post('/new', async (req, res) => {
    const office = await officeOf(req, ground);
    const person = req.user!;
    const own = z.object({ commandId: uuid }).safeParse(req.body);
    const commandId = own.success ? own.data.commandId : randomUUID();
    const typed = asked.parse(req.body).text;
    const found = (await textOf(typed)) ?? null;
    const named = found !== null && textNamed(typed) !== null ? found : null;
    const read = readForm(schema, req.body, req.t);
    if (!read.ok) return show(req, res, 422, named, read.form, commandId);
    if (!found) return show(req, res, 422, null, refusedForm(req.body, { text: req.t('takedowns:act.noAddress') }), commandId);
    const acting = actingAs(person, office);
    const isOff = await knex.transaction((trx) => takeOff(trx, {
      caseId: read.data.commandId, text: found.text, label: found.label, href: found.href, unit: found.unit, reason: read.data.reason,
      by: { person: person.id, name: person.name, unit: acting.unit }, at: clock(), decides: hasRole(person, 'creditOfficeHead', office) ? 'supervisor' : 'creditOfficeHead',
    }));
    const before = isOff ? undefined : await takenOff(knex, found.text);
    req.flash({ tone: isOff || before?.caseId === commandId ? 'done' : 'info', text: req.t(isOff || before?.caseId === commandId ? 'takedowns:act.done' : 'takedowns:act.already'), link: { href: takedownsPath, label: req.t('takedowns:act.toCase') } });
    res.redirect(303, found.href ?? takedownsPath);
  });
}
