import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { BadRequest, Forbidden, NotFound, Unavailable } from '../../platform/http/errors.ts';
import { mailAddress, optional, text, tick, uuid } from '../../platform/http/fields.ts';
import { errorSummary, filled, newForm, readForm, refusedForm, valueOf, type Form } from '../../platform/http/forms.ts';
import type { Button, Crumb, ErrorSummary, Field, FormShell, Heading, Link, Notice, Page } from '../../platform/http/view-models.ts';
import { sightOf, visibleRecords } from '../../platform/visibility.ts';
import { hasRole } from '../../rules/people.ts';
import { findOwnRecord, longestStatement, maxMegabytes, paperFields, papersFor, receivePapers, todayOf, type ArrivedPaper, type Bar, type OwnRecord } from '../portal/index.ts';
import { barOf, openRepair, sentenceOf, subjectOf, type OpenParts } from './open.ts';

/** A page with one form, for staff. */
interface IntakePage {
  page: Page;
  heading: Heading;
  notices: Notice[];
  errors: ErrorSummary;
  shell: FormShell | null;
  fields: Field[];
  buttons: { primary: Button; cancel: Link } | null;
  links: Link[];
}

const path = '/repairs/new';
const mostFound = 20;

const schema = z.object({ name: text({ max: 60 }), mail: optional(mailAddress), agent: tick, statement: text({ max: longestStatement, lines: true }) });

/** Who sits at a window: a handler of any unit. @throws Forbidden for others. */
function clerkOf(req: Request): Express.User {
  if (!req.user || !hasRole(req.user, 'handler')) throw new Forbidden('repairs:intake.notYours');
  return req.user;
}

/** `/repairs/new`: an application at a window (现场受理), entered for the subject; then it goes like any other. */
export function intakeRoutes(router: Router, parts: OpenParts): void {
  const { ground, readLaw, files } = parts;
  const { knex, clock, logger } = ground;

  const crumbs = ({ t }: Request): Crumb[] => [{ label: t('repairs:title'), href: '/repairs' }, { label: t('repairs:new') }];
  const page = (req: Request, of: Partial<IntakePage> & { lead?: string }): IntakePage => ({
    page: { title: req.t('repairs:new'), crumbs: crumbs(req) },
    heading: { title: req.t('repairs:new'), ...(of.lead === undefined ? {} : { lead: of.lead }) },
    notices: of.notices ?? [],
    errors: of.errors ?? { errors: [] },
    shell: of.shell ?? null,
    fields: of.fields ?? [],
    buttons: of.buttons ?? null,
    links: of.links ?? [],
  });

  /** Records of this document that the clerk may see. */
  async function found(person: Express.User, documentNo: string): Promise<{ id: string; name: string; documentNo: string }[]> {
    const visible = visibleRecords(sightOf(person, await ground.units.all()), 'r', todayOf(clock()));
    return knex('record as r').join('subject as s', 's.id', 'r.subject_id').where('r.document_no', documentNo)
      .whereRaw(visible.sql, visible.bindings).orderBy('r.decided_on', 'desc').limit(mostFound)
      .select('r.id', 's.name', { documentNo: 'r.document_no' });
  }

  /** @throws NotFound for a record that there is not, or that the clerk may not see. */
  async function recordOf(req: Request, person: Express.User): Promise<OwnRecord> {
    const id = z.uuid().safeParse(req.params['record']);
    const record = id.success ? await findOwnRecord(knex, id.data, todayOf(clock())) : undefined;
    const visible = visibleRecords(sightOf(person, await ground.units.all()), 'r', todayOf(clock()));
    const seen: unknown = record && (await knex('record as r').where('r.id', record.id).whereRaw(visible.sql, visible.bindings).first('r.id'));
    if (!record || !seen) throw new NotFound({ refused: record !== undefined });
    return record;
  }

  function sayBar(req: Request, res: Response, record: OwnRecord, bar: Bar): void {
    const { why, params } = sentenceOf(req, record, bar);
    // The sentences of the portal speak to the applicant, who stands at the window; an open case is the clerk's to find.
    const notice: Notice = bar.why === 'own'
      ? { tone: 'info', text: req.t('repairs:intake.open', params), link: { href: `/repairs/${bar.caseNo}`, label: bar.caseNo } }
      : { tone: 'info', title: req.t(`portal:barred.${why}.title`, params), text: req.t(`portal:barred.${why}.text`, params) };
    res.render('repairs/form', page(req, { lead: about(req, record), notices: [notice], links: [{ href: path, label: req.t('repairs:intake.other') }] }));
  }

  const about = (req: Request, record: OwnRecord): string =>
    req.t('repairs:intake.about', { subject: subjectOf(record), documentNo: record.state.facts.documentNo, unit: req.locale === 'en' ? record.unitNameEn : record.unitName });

  async function show(req: Request, res: Response, status: number, record: OwnRecord, of: { form: Form; commandId: string; papers: readonly ArrivedPaper[]; notices?: Notice[] }): Promise<void> {
    const { t } = req;
    const { form } = of;
    const agent = valueOf(form, 'agent') !== '';
    const { kinds, required } = papersFor.repair;
    const fields: Field[] = [
      { kind: 'text', label: t('repairs:intake.name'), hint: t('repairs:intake.nameHint'), size: 'medium', required: true, autocomplete: 'off', ...filled(form, 'name') },
      { kind: 'text', type: 'email', inputMode: 'email', label: t('repairs:intake.mail'), hint: t('repairs:intake.mailHint'), size: 'medium', autocomplete: 'off', ...filled(form, 'mail') },
      { kind: 'check', name: 'agent', label: t('repairs:intake.agent'), value: 'yes', checked: agent, required: true },
      { kind: 'textarea', label: t('repairs:fact.statement'), hint: t('repairs:intake.statementHint'), rows: 5, limit: longestStatement, required: true, ...filled(form, 'statement') },
      ...paperFields(req, { files, account: req.user!.id, kinds, required: required(agent), papers: of.papers, errors: form.errors, megabytes: maxMegabytes(await readLaw(), clock()) }),
    ];
    res.status(status).render('repairs/form', page(req, {
      lead: about(req, record),
      notices: of.notices ?? [],
      errors: errorSummary(form),
      shell: { action: `${path}/${record.id}`, commandId: of.commandId, upload: true },
      fields,
      buttons: { primary: { label: t('repairs:intake.send') }, cancel: { href: '/repairs', label: t('ui:form.cancel') } },
    }));
  }

  router.get('/new', async (req, res) => {
    const person = clerkOf(req);
    const { t } = req;
    const typed = req.query['document'];
    const documentNo = typeof typed === 'string' ? typed.normalize('NFC').trim().slice(0, 100) : '';
    const records = documentNo === '' ? [] : await found(person, documentNo);
    res.render('repairs/form', page(req, {
      lead: t('repairs:intake.lead'),
      notices: documentNo !== '' && records.length === 0 ? [{ tone: 'soon', text: t('repairs:intake.notFound', { documentNo }) }] : [],
      shell: { action: path, method: 'get', warnWhenDirty: false },
      fields: [{ kind: 'text', name: 'document', label: t('repairs:record.document'), hint: t('repairs:intake.documentHint'), required: true, value: documentNo, size: 'medium', autocomplete: 'off' }],
      buttons: { primary: { label: t('repairs:intake.find') }, cancel: { href: '/repairs', label: t('ui:form.cancel') } },
      links: records.map((record) => ({ href: `${path}/${record.id}`, label: t('repairs:intake.found', { subject: record.name, documentNo: record.documentNo }) })),
    }));
  });

  router.get('/new/:record', async (req, res) => {
    const record = await recordOf(req, clerkOf(req));
    const bar = await barOf(parts, record);
    if (bar) return sayBar(req, res, record, bar);
    await show(req, res, 200, record, { form: newForm({ name: subjectOf(record) }), commandId: randomUUID(), papers: [] });
  });

  router.post('/new/:record', async (req, res) => {
    const person = clerkOf(req);
    const record = await recordOf(req, person);
    const command = uuid.safeParse((req.body as Record<string, unknown>)['commandId']);
    if (!command.success) throw new BadRequest('errors:malformed');
    const caseId = command.data;
    const before: { case_no: string } | undefined = await knex('repair').where({ case_id: caseId }).first('case_no');
    if (before) return res.redirect(303, `/repairs/${before.case_no}`);
    const bar = await barOf(parts, record);
    if (bar) return sayBar(req, res, record, bar);

    const law = await readLaw();
    const { kinds, required } = papersFor.repair;
    const arrived = await receivePapers(req, files, person.id, kinds, maxMegabytes(law, clock()));
    const typed = refusedForm(req.body, {});
    const read = readForm(schema, req.body, req.t);
    const missing = required(valueOf(typed, 'agent') !== '').filter((kind) => !arrived.papers.some((paper) => paper.kind === kind));
    const errors = { ...(read.ok ? {} : read.form.errors), ...Object.fromEntries(missing.map((kind) => [kind, req.t(`portal:papers.missing.${kind}`)])), ...arrived.errors };
    if (!read.ok || Object.keys(errors).length > 0) return show(req, res, 422, record, { form: { ...typed, errors }, commandId: caseId, papers: arrived.papers });

    try {
      const caseNo = await openRepair(parts, { ...read.data, caseId, channel: 'window', record, person, papers: arrived.papers, requestId: req.requestId });
      req.flash({ tone: 'done', text: req.t('repairs:intake.done', { caseNo }) });
      res.redirect(303, `/repairs/${caseNo}`);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      if (error.recorded !== 'no') throw error.withPage('/repairs');
      // This id was given up for good; the form goes on with a new one.
      logger.error({ requestId: req.requestId, err: error.cause ?? error }, 'an application was not recorded');
      res.set('Retry-After', '10');
      await show(req, res, 503, record, {
        form: typed, commandId: randomUUID(), papers: arrived.papers,
        notices: [{ tone: 'late', title: req.t('cases:act.notRecordedTitle'), text: req.t('cases:act.notRecorded') }],
      });
    }
  });
}
