import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { BadRequest, NotFound, Unavailable } from '../../platform/http/errors.ts';
import { uuid } from '../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, valueOf, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Facts, Field, Notice } from '../../platform/http/view-models.ts';
import { objectionGrounds } from '../../rules/objection/facts.ts';
import { earliestDay } from '../../rules/repair/law.ts';
import { firstDay, papersFor, schemas, standingBar, timeBar, type Bar } from './apply.ts';
import { speaksFor, type Binding } from './bindings.ts';
import { isOwn } from './cases.ts';
import { dropDraft, findDraft, longestStatement, saveDraft, typedFields, type ApplicationKind } from './drafts.ts';
import { dutiesOf } from './duties.ts';
import { crumbsOf, formPage } from './form-page.ts';
import { objectionsAbout, type EarlierObjection } from './objections.ts';
import { nameOf, openRepair, sendObjection, visitorSends } from './open-case.ts';
import { paperFields, receivePapers, type ArrivedPaper } from './papers.ts';
import { maxMegabytes, portalPath, todayOf, type Portal } from './parts.ts';
import { personalFound } from './personal.ts';
import { bannedUntil, findOwnRecord, openCaseOf, type OwnRecord } from './records.ts';
import type { Visitor } from './visitors.ts';

const kinds = z.enum(['repair', 'objection']);
const beside = z.object({ commandId: uuid.catch(''), do: z.enum(['save', 'send']).catch('send') });

/** One visitor at the form of one record. */
interface Target {
  readonly kind: ApplicationKind;
  readonly record: OwnRecord;
  readonly visitor: Visitor;
  readonly binding: Binding | undefined;
  readonly today: string;
  /** What is said about the record already, where one objects. */
  readonly earlier: readonly EarlierObjection[];
}

interface Shown {
  form: Form;
  /** Numbers of persons were found: the visitor says whether they have to be sent. */
  personal?: boolean;
  commandId: string;
  papers: readonly ArrivedPaper[];
  notices?: Notice[];
}

/** `/records/:id/repair` and `/records/:id/objection`: asking for repair, objecting. */
export function applyRoutes(router: Router, portal: Portal): void {
  const { ground: { knex, clock, logger, limiter }, files, readLaw, visitors } = portal;
  const sending = limiter({ name: 'portal-apply', hits: 30, windowSeconds: 600 });

  const pathOf = ({ kind, record }: Target): string => `${portalPath}/records/${record.id}/${kind}`;
  const keyOf = ({ kind, record, visitor }: Target) => ({ account: visitor.account, record: record.id, kind });

  /** @throws NotFound for a record that is neither public nor the visitor's. */
  async function targetOf(req: Request): Promise<Target> {
    const kind = kinds.safeParse(req.params['kind']);
    const id = z.uuid().safeParse(req.params['id']);
    const today = todayOf(clock());
    const record = id.success ? await findOwnRecord(knex, id.data, today) : undefined;
    const visitor = visitors.of(req);
    const binding = record && (await speaksFor(knex, visitor.account, record.state.facts.subject.id));
    if (!kind.success || !record || (!binding && !record.public)) throw new NotFound({ reason: 'portal:noRecord' });
    const earlier = kind.data === 'objection' ? await objectionsAbout(knex, record.id, visitor.account) : [];
    return { kind: kind.data, record, visitor, binding, today, earlier };
  }

  async function barOf({ kind, record, visitor, today }: Target): Promise<Bar | null> {
    const standing = standingBar(kind, record);
    if (standing || kind === 'objection') return standing;
    const until = await bannedUntil(knex, record.state.facts.subject.id, today);
    if (until !== null) return { why: 'banned', day: until };
    const open = await openCaseOf(knex, { kind, record: record.id, ground: null });
    if (open) return (await isOwn(knex, { applicant: open.applicant, subject: record.state.facts.subject.id }, visitor.account)) ? { why: 'own', caseNo: open.caseNo } : { why: 'other' };
    return timeBar(firstDay(record, await readLaw(), today), today);
  }

  const about = (req: Request, { record }: Target): string => {
    const unit = req.locale === 'en' ? record.unitNameEn : record.unitName;
    return req.t('portal:apply.about', { subject: nameOf(record), documentNo: record.state.facts.documentNo, unit });
  };

  /** Nothing to fill in: the visitor is told why, and where to go. */
  function say(req: Request, res: Response, status: number, target: Target, notice: Notice, links: { href: string; label: string }[], facts?: Facts): void {
    const title = req.t(`portal:apply.${target.kind}.title`);
    res.status(status).render('portal/form', formPage(req, { title, lead: about(req, target), crumbs: crumbsOf(req, { label: title }), notices: [notice], ...(facts ? { facts } : {}), links }));
  }

  function sayBar(req: Request, res: Response, target: Target, bar: Bar): void {
    const { t } = req;
    const moments = createMoments(t);
    const home = { href: portalPath, label: t('portal:home') };
    const unit = req.locale === 'en' ? target.record.unitNameEn : target.record.unitName;
    const why = bar.why === 'early' && bar.other !== null ? 'earlyTwo' : bar.why;
    const params = {
      unit,
      ...('day' in bar ? { day: moments.day(bar.day).text } : {}),
      ...('other' in bar && bar.other !== null ? { other: moments.day(bar.other).text } : {}),
      ...('caseNo' in bar ? { caseNo: bar.caseNo } : {}),
    };
    const links = bar.why === 'own' || bar.why === 'told' ? [{ href: `${portalPath}/cases/${bar.caseNo}`, label: t('portal:barred.toCase', { caseNo: bar.caseNo }) }, home] : [home];
    const objection = target.kind === 'repair' && !['repaired', 'withdrawn', 'ended', 'court'].includes(bar.why)
      ? [{ href: `${portalPath}/records/${target.record.id}/objection`, label: t('portal:apply.objection.title') }] : [];
    say(req, res, 200, target, { tone: 'info', title: t(`portal:barred.${why}.title`, params), text: t(`portal:barred.${why}.text`, params) }, [...links, ...objection], ...(target.kind === 'repair' && (bar.why === 'early' || bar.why === 'banned') ? [dutiesOf(req, target, bar.day)] : []));
  }

  function sayBindFirst(req: Request, res: Response, target: Target): void {
    const { subject } = target.record.state.facts;
    const title = req.t(`portal:bind.${subject.kind}.title`);
    const href = subject.kind === 'person' ? `${portalPath}/self/new` : `${portalPath}/firms/new?${new URLSearchParams({ uscc: subject.uscc, name: subject.name }).toString()}`;
    say(req, res, 200, target, { tone: 'info', title: req.t(`portal:bindFirst.title.${subject.kind}`), text: req.t(`portal:bindFirst.${subject.kind}`) }, [{ href, label: title }]);
  }

  /** What was objected to before, so that nobody is surprised that his objection is merged. */
  function earlierNotices({ t }: Request, { earlier }: Target): Notice[] {
    return earlier.map(({ ground, standing, mine, caseNo }): Notice => ({
      tone: 'info',
      text: t(`portal:apply.earlier.${standing}.${mine ? 'mine' : 'other'}`, { ground: t(`portal:ground.${ground}`), caseNo }),
      ...(mine ? { link: { href: `${portalPath}/cases/${caseNo}`, label: t('portal:barred.toCase', { caseNo }) } } : {}),
    }));
  }

  /** Who speaks for the firm by a power of attorney hands it in with each application. */
  const isAgent = ({ binding }: Target, form: Form): boolean => binding?.agent === true || valueOf(form, 'agent') !== '';

  async function show(req: Request, res: Response, status: number, target: Target, { form, commandId, papers, notices = [], personal = false }: Shown): Promise<void> {
    const { t } = req;
    const { kind, record, visitor } = target;
    const megabytes = maxMegabytes(await readLaw(), clock());
    const agent = isAgent(target, form);
    const title = t(`portal:apply.${kind}.title`);
    const { errors } = form;
    const fields: Field[] = [
      ...(kind === 'objection' ? [{
        kind: 'radios' as const, label: t('portal:apply.ground'), required: true, options: objectionGrounds.map((value) => ({ value, label: t(`portal:ground.${value}`) })), ...filled(form, 'ground'),
      }] : []),
      { kind: 'textarea', label: t(`portal:apply.${kind}.statement`), hint: t(`portal:apply.${kind}.statementHint`), rows: 6, limit: longestStatement, required: true, ...filled(form, 'statement') },
      ...(target.earlier.some(({ standing }) => standing === 'rejected') ? [{
        kind: 'check' as const, name: 'fresh', label: t('portal:apply.fresh'), hint: t('portal:apply.freshHint'), value: 'yes', checked: valueOf(form, 'fresh') !== '', required: true,
      }] : []),
      ...(target.binding?.agent ? [] : [{ kind: 'check' as const, name: 'agent', label: t('portal:apply.agent'), value: 'yes', checked: agent, unmarked: true }]),
      ...paperFields(req, { files, account: visitor.account, kinds: papersFor[kind].kinds, required: papersFor[kind].required(agent), papers, errors, megabytes }),
      ...(kind === 'repair' ? [{
        kind: 'check' as const, name: 'truthful', label: t('portal:apply.truthful'), value: 'yes', checked: valueOf(form, 'truthful') !== '', required: true, ...(errors['truthful'] === undefined ? {} : { error: errors['truthful'] }),
      }] : []),
      ...(!personal && valueOf(form, 'personal') === '' ? [] : [{
        kind: 'check' as const, name: 'personal', label: t('portal:personal.sure'), value: 'yes', checked: valueOf(form, 'personal') !== '', required: true,
      }]),
    ];
    res.status(status).render('portal/form', formPage(req, {
      title,
      lead: about(req, target),
      crumbs: crumbsOf(req, { label: title }),
      notices: [...notices, ...(target.binding?.agent ? [{ tone: 'info' as const, text: t('portal:apply.boundAgent') }] : []), ...earlierNotices(req, target)],
      ...(kind === 'repair' ? { facts: dutiesOf(req, target, earliestDay(firstDay(record, await readLaw(), target.today))) } : {}),
      form,
      shell: { action: pathOf(target), upload: true, commandId },
      fields,
      button: { label: t(`portal:apply.${kind}.send`), name: 'do', value: 'send' },
      others: [{ label: t('portal:apply.save'), name: 'do', value: 'save' }],
      cancel: { href: portalPath, label: t('ui:form.cancel') },
      tools: kind === 'repair' ? [{ href: `/public/guide/commitment-letter?record=${record.id}&subject=${record.state.facts.subject.id}`, label: t('public:letter.title') }, { href: '/public/guide#repair', label: t('public:guide.title') }] : [{ href: '/public/guide#objection', label: t('public:guide.title') }],
    }));
  }

  router.get('/records/:id/:kind', async (req, res) => {
    const target = await targetOf(req);
    if (!target.binding) return sayBindFirst(req, res, target);
    const bar = await barOf(target);
    if (bar) return sayBar(req, res, target, bar);
    const draft = await findDraft(knex, keyOf(target), clock());
    await show(req, res, 200, target, {
      form: newForm({ ...draft?.fields }),
      commandId: randomUUID(),
      papers: draft?.papers ?? [],
      ...(draft ? { notices: [{ tone: 'info', text: req.t('portal:apply.draft', { when: createMoments(req.t).dayTime(draft.savedAt).text }) }] } : {}),
    });
  });

  router.post('/records/:id/:kind/drop', sending, async (req, res) => {
    const target = z.object({ kind: kinds, id: z.uuid() }).safeParse(req.params);
    if (!target.success) throw new NotFound();
    await dropDraft(knex, { account: visitors.of(req).account, record: target.data.id, kind: target.data.kind });
    req.flash({ tone: 'done', text: req.t('portal:draft.dropped') });
    res.redirect(303, portalPath);
  });

  /** The number of the case that this form has become already. */
  async function sentBefore(commandId: string, { kind, visitor }: Target): Promise<string | undefined> {
    const row: { case_no: string } | undefined = await knex(`${kind} as c`).leftJoin('case_joiner as j', 'j.case_id', 'c.case_id')
      .where({ 'c.case_id': commandId, 'c.applicant': visitor.account }).orWhere({ 'j.join_id': commandId, 'j.applicant': visitor.account }).first('c.case_no');
    return row?.case_no;
  }

  router.post('/records/:id/:kind', sending, async (req, res) => {
    const target = await targetOf(req);
    if (!target.binding) return sayBindFirst(req, res, target);
    const { kind, record, visitor, today } = target;
    const own = beside.parse(req.body);
    if (own.commandId === '') throw new BadRequest('errors:malformed');
    const before = await sentBefore(own.commandId, target);
    if (before !== undefined) {
      req.flash({ tone: 'info', text: req.t('portal:apply.twice', { caseNo: before }) });
      return res.redirect(303, `${portalPath}/cases/${before}`);
    }
    const bar = await barOf(target);
    if (bar) return sayBar(req, res, target, bar);

    const law = await readLaw();
    const arrived = await receivePapers(req, files, visitor.account, papersFor[kind].kinds, maxMegabytes(law, clock()));
    const typed = refusedForm(req.body, {});
    const keep = () => saveDraft(knex, keyOf(target), { fields: typedFields(typed), papers: arrived.papers, savedAt: clock() });
    if (own.do === 'save') {
      await keep();
      const errors = arrived.errors;
      if (Object.keys(errors).length > 0) return show(req, res, 422, target, { form: { ...typed, errors }, commandId: own.commandId, papers: arrived.papers });
      req.flash({ tone: 'done', text: req.t('portal:apply.saved') });
      return res.redirect(303, pathOf(target));
    }

    const read = readForm<z.infer<(typeof schemas)[ApplicationKind]>>(schemas[kind], req.body, req.t);
    const agent = isAgent(target, typed);
    const hasPaper = (wanted: string): boolean => arrived.papers.some((one) => one.kind === wanted);
    const missing = Object.fromEntries(papersFor[kind].required(agent).filter((paper) => !hasPaper(paper)).map((paper) => [paper, req.t(`portal:papers.missing.${paper}`)]));
    const evidence = valueOf(typed, 'fresh') !== '' && !hasPaper('proof') ? { proof: req.t('portal:papers.missing.evidence') } : {};
    const personal = valueOf(typed, 'personal') === '' ? personalFound(req, valueOf(typed, 'statement'), arrived.papers) : {};
    const errors = { ...personal, ...(read.ok ? {} : read.form.errors), ...missing, ...evidence, ...arrived.errors };
    if (!read.ok || Object.keys(errors).length > 0) {
      await keep();
      return show(req, res, 422, target, { form: { ...typed, errors }, commandId: own.commandId, papers: arrived.papers, personal: Object.keys(personal).length > 0 });
    }

    const { data } = read;
    const sender = await visitorSends(portal, visitor, agent);
    const common = { commandId: own.commandId, sender, record, statement: data.statement, papers: arrived.papers, requestId: req.requestId };
    try {
      const sent = 'ground' in data
        ? await sendObjection(portal, { ...common, ground: data.ground, fresh: data.fresh })
        : { became: 'opened' as const, caseNo: await openRepair(portal, { ...common, first: firstDay(record, law, today) }) };
      await dropDraft(knex, keyOf(target));
      const { became, caseNo } = sent;
      if (became === 'own' || became === 'told') return sayBar(req, res, target, { why: became, caseNo });
      req.flash({ tone: 'done', text: req.t(`portal:apply.${kind}.${became === 'joined' ? 'joined' : 'sent'}`, { caseNo, word: portal.keys.codeWord(own.commandId) }) });
      res.redirect(303, `${portalPath}/cases/${caseNo}`);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      if (error.recorded !== 'no') throw error.withPage(portalPath);
      // This id was given up for good; the form goes on with a new one, and with all that was typed.
      logger.error({ requestId: req.requestId, err: error.cause ?? error }, 'an application was not recorded');
      await keep();
      res.set('Retry-After', '10');
      await show(req, res, 503, target, {
        form: typed, commandId: randomUUID(), papers: arrived.papers,
        notices: [{ tone: 'late', title: req.t('portal:apply.notRecordedTitle'), text: req.t('portal:apply.notRecorded') }],
      });
    }
  });
}
