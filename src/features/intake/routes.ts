import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { createCodeWord } from '../../platform/code-word.ts';
import { BadRequest, Forbidden, NotFound, Unavailable } from '../../platform/http/errors.ts';
import { addFault, choice, fault, field, mailAddress, optional, text, tick, uuid } from '../../platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, valueOf, type Form } from '../../platform/http/forms.ts';
import { casePath } from '../../platform/process-words.ts';
import type { Button, Crumb, ErrorSummary, Field, FormShell, Heading, Link, Notice, Page } from '../../platform/http/view-models.ts';
import { sightOf, visibleRecords } from '../../platform/visibility.ts';
import { objectionGrounds, type ObjectionGround } from '../../rules/objection/facts.ts';
import { hasRole } from '../../rules/people.ts';
import { identityProofsOf, type PaperKind } from '../../rules/repair/facts.ts';
import { documentKey } from '../../rules/text/alike.ts';
import type { CaseRoutesParts } from '../cases/index.ts';
import {
  findOwnRecord, firstDay, longestStatement, maxMegabytes, nameOf, objectionsAbout, openRepair, paperFields, papersFor, receivePapers, sendObjection, todayOf,
  type ArrivedPaper, type Bar, type EarlierObjection, type OwnRecord,
} from '../portal/index.ts';
import { barOf, enteredBy, sentenceOf, type EnteredApplicant, type IntakeKind } from './entered.ts';

export type IntakeParts = CaseRoutesParts;

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

const mostFound = 20;

/** What both forms hand back; of an application for repair without a ground. */
interface Entered extends EnteredApplicant {
  statement: string;
  ground: ObjectionGround | null;
  fresh: boolean;
}

/** The last characters of an identity number, as the clerk reads them off. */
const lastFour = field((typed) => {
  const read = typed.normalize('NFKC').trim().toUpperCase();
  return /^\d{3}[\dX]$/u.test(read) ? read : fault('intake:lastFourWrong', { value: typed });
});

/** The paper that shows who asks is copied, or seen and given back. */
const waysShown = ['file', 'seen'] as const;

function schemaOf(kind: IntakeKind, record: OwnRecord): z.ZodType<Entered, unknown> {
  const common = z.object({
    name: text({ max: 60 }), mail: optional(mailAddress), statement: text({ max: longestStatement, lines: true }),
    proof: choice(identityProofsOf(record.state.facts.subject)), shown: choice(waysShown), lastFour: optional(lastFour),
    ground: (kind === 'objection' ? choice(objectionGrounds) : z.unknown().optional().transform(() => null)) as z.ZodType<ObjectionGround | null, unknown>, fresh: tick,
  });
  return common.superRefine(({ shown, lastFour: read }, context) => {
    if (shown === 'seen' && read === null) addFault(context, fault('intake:lastFourMissing'), ['lastFour']);
  }).transform(({ proof, shown, lastFour: read, fresh, ...data }) => ({
    ...data, fresh: kind === 'objection' && fresh, agent: proof === 'authorisedAgent', identity: { proof, seen: shown === 'seen' ? read : null },
  }));
}

/** At a window a copy of the paper that shows who asks can be among the papers. */
const windowPapers = (kind: IntakeKind): { kinds: readonly PaperKind[]; required: (proof: string, shown: string) => readonly PaperKind[] } => ({
  kinds: ['identity', ...papersFor[kind].kinds],
  required: (proof, shown) => [...(shown === 'file' ? (['identity'] as const) : []), ...papersFor[kind].required(proof === 'authorisedAgent')],
});

/** Who sits at a window: a handler of any unit. @throws Forbidden for others. */
function clerkOf(req: Request): Express.User {
  if (!req.user || !hasRole(req.user, 'handler')) throw new Forbidden('intake:notYours');
  return req.user;
}

/** The case that this form has become already, of its own or merged with another one. */
async function sentBefore(knex: Knex, kind: IntakeKind, commandId: string): Promise<string | undefined> {
  const row: { case_no: string } | undefined = await knex(`${kind} as c`).leftJoin('case_joiner as j', 'j.case_id', 'c.case_id')
    .where({ 'c.case_id': commandId }).orWhere({ 'j.join_id': commandId }).first('c.case_no');
  return row?.case_no;
}

/** `/new`: what comes in at a window (现场受理), entered for whoever brings it; then it goes like any other. */
export function intakeRoutes(router: Router, { ground, gateway, readLaw, files, seal }: IntakeParts, kind: IntakeKind): void {
  const { knex, clock, logger } = ground;
  const codeWord = createCodeWord({ key: ground.config.secrets.seal, hash: ground.config.hash });
  const words = `${kind}s`;
  const listPath = `/${words}`;
  const path = `${listPath}/new`;

  const crumbs = ({ t }: Request): Crumb[] => [{ label: t(`${words}:title`), href: listPath }, { label: t(`${words}:new`) }];
  const page = (req: Request, of: Partial<IntakePage> & { lead?: string }): IntakePage => ({
    page: { title: req.t(`${words}:new`), crumbs: crumbs(req) },
    heading: { title: req.t(`${words}:new`), ...(of.lead === undefined ? {} : { lead: of.lead }) },
    notices: of.notices ?? [],
    errors: of.errors ?? { errors: [] },
    shell: of.shell ?? null,
    fields: of.fields ?? [],
    buttons: of.buttons ?? null,
    links: of.links ?? [],
  });

  /** Records of this document that the clerk may see. */
  async function found(person: Express.User, documentNo: string): Promise<{ id: string; name: string; documentNo: string }[]> {
    const units = await ground.units.all();
    const visible = visibleRecords(sightOf(person, units), 'r', todayOf(clock()));
    // However its number is bracketed or spaced; the indexes begin with the unit. Of equals of before only one has a key.
    return knex('record as r').join('subject as s', 's.id', 'r.subject_id').whereIn('r.unit', units.map(({ id }) => id))
      .where((one) => one.where('r.document_key', documentKey(documentNo)).orWhere('r.document_no', documentNo))
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
      ? { tone: 'info', text: req.t('intake:open', params), link: { href: casePath(kind, bar.caseNo), label: bar.caseNo } }
      : { tone: 'info', title: req.t(`portal:barred.${why}.title`, params), text: req.t(`portal:barred.${why}.text`, params) };
    res.render('intake/form', page(req, { lead: about(req, record), notices: [notice], links: [{ href: path, label: req.t('intake:other') }] }));
  }

  const about = (req: Request, record: OwnRecord): string =>
    req.t('intake:about', { subject: nameOf(record), documentNo: record.state.facts.documentNo, unit: req.locale === 'en' ? record.unitNameEn : record.unitName });

  /** Objections that stand already: the clerk tells whoever has come that his is merged with one of them. */
  const earlierNotices = ({ t }: Request, earlier: readonly EarlierObjection[]): Notice[] => earlier.map(({ ground: on, standing, caseNo }) => ({
    tone: 'info', text: t(`intake:earlier.${standing}`, { ground: t(`objections:ground.${on}`) }), link: { href: casePath('objection', caseNo), label: caseNo },
  }));

  async function show(req: Request, res: Response, status: number, record: OwnRecord, of: { form: Form; commandId: string; papers: readonly ArrivedPaper[]; notices?: Notice[] }): Promise<void> {
    const { t } = req;
    const { form } = of;
    const { kinds, required } = windowPapers(kind);
    const { subject } = record.state.facts;
    const earlier = kind === 'objection' ? await objectionsAbout(knex, record.id, null) : [];
    const check = (name: string, more: { hint?: string } = {}): Field => ({ kind: 'check', name, label: t(`intake:${name}`), value: 'yes', checked: valueOf(form, name) !== '', required: true, ...more });
    const fields: Field[] = [
      { kind: 'text', label: t(`intake:${kind}.name`), hint: t('intake:nameHint'), size: 'medium', required: true, autocomplete: 'off', ...filled(form, 'name') },
      { kind: 'text', type: 'email', inputMode: 'email', label: t(`intake:${kind}.mail`), hint: t('intake:mailHint'), size: 'medium', autocomplete: 'off', ...filled(form, 'mail') },
      {
        kind: 'radios', label: t('intake:proof'), hint: t('intake:proofHint'), required: true,
        options: identityProofsOf(subject).map((value) => ({ value, label: t(`intake:proofs.${value}`) })), ...filled(form, 'proof'),
      },
      { kind: 'radios', label: t('intake:shown'), required: true, options: waysShown.map((value) => ({ value, label: t(`intake:ways.${value}`) })), ...filled(form, 'shown') },
      { kind: 'text', label: t('intake:lastFour'), hint: t('intake:lastFourHint'), size: 'medium', autocomplete: 'off', unmarked: true, ...filled(form, 'lastFour') },
      ...(kind === 'objection' ? [{ kind: 'radios' as const, label: t('objections:fact.ground'), required: true, options: objectionGrounds.map((value) => ({ value, label: t(`objections:ground.${value}`) })), ...filled(form, 'ground') }] : []),
      { kind: 'textarea', label: t(`${words}:fact.statement`), hint: t(`intake:${kind}.statementHint`), rows: 5, limit: longestStatement, required: true, ...filled(form, 'statement') },
      ...(earlier.some(({ standing }) => standing === 'rejected') ? [check('fresh', { hint: t('intake:freshHint') })] : []),
      ...paperFields(req, { files, account: req.user!.id, kinds, required: required(valueOf(form, 'proof'), valueOf(form, 'shown')), papers: of.papers, errors: form.errors, megabytes: maxMegabytes(await readLaw(), clock()) }),
    ];
    res.status(status).render('intake/form', page(req, {
      lead: about(req, record),
      notices: [...(of.notices ?? []), ...earlierNotices(req, earlier)],
      errors: labelledSummary(form, fields, t),
      shell: { action: `${path}/${record.id}`, commandId: of.commandId, upload: true },
      fields,
      buttons: { primary: { label: t('intake:send') }, cancel: { href: listPath, label: t('ui:form.cancel') } },
    }));
  }

  /** Sends it on its way; gives its number, whether it was merged with another one, and whether its own code word opens it. */
  async function send(req: Request, person: Express.User, record: OwnRecord, commandId: string, entered: Entered, papers: readonly ArrivedPaper[]): Promise<{ caseNo: string; joined: boolean; own: boolean }> {
    const { statement, ground: on, fresh } = entered;
    const sender = enteredBy(person, 'window', entered, record);
    const sending = { ground, gateway, files, seal };
    const all = { commandId, sender, record, statement, papers, requestId: req.requestId };
    if (on === null) {
      const first = firstDay(record, await readLaw(), todayOf(clock()));
      return { caseNo: await openRepair(sending, { ...all, first }), joined: false, own: true };
    }
    const { became, caseNo } = await sendObjection(sending, { ...all, ground: on, fresh });
    return { caseNo, joined: became === 'joined', own: became === 'opened' || became === 'joined' };
  }

  router.get('/new', async (req, res) => {
    const person = clerkOf(req);
    const { t } = req;
    const typed = req.query['document'];
    const documentNo = typeof typed === 'string' ? typed.normalize('NFC').trim().slice(0, 100) : '';
    const records = documentNo === '' ? [] : await found(person, documentNo);
    // Asked for without a number: the first time nothing is.
    const form = typed !== undefined && documentNo === '' ? refusedForm({}, { document: t('common:form.required') }) : newForm({ document: documentNo });
    const fields: Field[] = [{ kind: 'text', label: t('repairs:record.document'), hint: t('intake:documentHint'), required: true, size: 'medium', autocomplete: 'off', ...filled(form, 'document') }];
    res.render('intake/form', page(req, {
      errors: labelledSummary(form, fields, t),
      lead: t(`intake:${kind}.lead`),
      notices: documentNo !== '' && records.length === 0 ? [{ tone: 'soon', text: t('intake:notFound', { documentNo }) }] : [],
      shell: { action: path, method: 'get', warnWhenDirty: false },
      fields,
      buttons: { primary: { label: t('intake:find') }, cancel: { href: listPath, label: t('ui:form.cancel') } },
      links: records.map((record) => ({ href: `${path}/${record.id}`, label: t('intake:found', { subject: record.name, documentNo: record.documentNo }) })),
    }));
  });

  router.get('/new/:record', async (req, res) => {
    const record = await recordOf(req, clerkOf(req));
    const bar = await barOf(kind, record, { knex, readLaw, today: todayOf(clock()) });
    if (bar) return sayBar(req, res, record, bar);
    await show(req, res, 200, record, { form: newForm({ name: nameOf(record) }), commandId: randomUUID(), papers: [] });
  });

  router.post('/new/:record', async (req, res) => {
    const person = clerkOf(req);
    const record = await recordOf(req, person);
    const command = uuid.safeParse((req.body as Record<string, unknown>)['commandId']);
    if (!command.success) throw new BadRequest('errors:malformed');
    const before = await sentBefore(knex, kind, command.data);
    if (before !== undefined) return res.redirect(303, casePath(kind, before));
    const bar = await barOf(kind, record, { knex, readLaw, today: todayOf(clock()) });
    if (bar) return sayBar(req, res, record, bar);

    const law = await readLaw();
    const { kinds, required } = windowPapers(kind);
    const arrived = await receivePapers(req, files, person.id, kinds, maxMegabytes(law, clock()));
    const typed = refusedForm(req.body, {});
    const read = readForm(schemaOf(kind, record), req.body, req.t);
    const wanted = [...required(valueOf(typed, 'proof'), valueOf(typed, 'shown')).map((paper) => [paper, `portal:papers.missing.${paper}`]), ...(valueOf(typed, 'fresh') === '' ? [] : [['proof', 'portal:papers.missing.evidence']])];
    const missing = wanted.filter(([paper]) => !arrived.papers.some((one) => one.kind === paper)).map(([paper, key]) => [paper, req.t(key ?? '')]);
    const errors = { ...(read.ok ? {} : read.form.errors), ...(Object.fromEntries(missing) as Record<string, string>), ...arrived.errors };
    if (!read.ok || Object.keys(errors).length > 0) return show(req, res, 422, record, { form: { ...typed, errors }, commandId: command.data, papers: arrived.papers });
    try {
      const { caseNo, joined, own } = await send(req, person, record, command.data, read.data, arrived.papers);
      req.flash({ tone: 'done', text: req.t(`intake:${kind}.${joined ? 'joined' : 'done'}`, { caseNo }) });
      if (own) req.flash({ tone: 'info', text: req.t('intake:word', { caseNo, word: codeWord(command.data) }) });
      res.redirect(303, casePath(kind, caseNo));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      if (error.recorded !== 'no') throw error.withPage(listPath);
      // This id was given up for good; the form goes on with a new one.
      logger.error({ requestId: req.requestId, err: error.cause ?? error }, 'an application was not recorded');
      res.set('Retry-After', '10');
      await show(req, res, 503, record, {
        form: typed, commandId: randomUUID(), papers: arrived.papers,
        notices: [{ tone: 'late', title: req.t('intake:notRecordedTitle'), text: req.t('intake:notRecorded') }],
      });
    }
  });
}
