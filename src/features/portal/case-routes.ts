import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { commandIdFor } from '../../platform/casefile/acting.ts';
import { Refused } from '../../platform/casefile/gateway.ts';
import { BadRequest, NotFound, Unavailable } from '../../platform/http/errors.ts';
import { addFault, choice, fault, optional, text, uuid } from '../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Notice } from '../../platform/http/view-models.ts';
import { may } from '../../rules/casefile/acts.ts';
import type { Act } from '../../rules/casefile/commands.ts';
import { applicantAudience, type TaskState } from '../../rules/casefile/types.ts';
import { answerDocument, askedFor, documentsOf, type CaseDocument } from '../documents/index.ts';
import { createWords } from '../tasks/index.ts';
import { defenceFacts, documentPath, presentCase, presentProgress } from './case-presenter.ts';
import { findCase, openDefence, openSupplement, ownPartOf, partsOf, subjectOf, type OwnPart, type WholeCase } from './cases.ts';
import { longestStatement } from './drafts.ts';
import { crumbsOf, formPage } from './form-page.ts';
import { paperFields, papersOf, receivePapers, type ArrivedPaper } from './papers.ts';
import { maxMegabytes, portalPath, type Portal } from './parts.ts';
import { findReport, presentReport } from './reports.ts';
import type { Visitor } from './visitors.ts';

const caseNumber = /^[A-Z]{2,4}-\d{4}-\d{6,9}$/u;
const supplementKinds = ['proof', 'commitment', 'authorisation', 'other'] as const;
const supplementSchema = z.object({ statement: text({ max: longestStatement, lines: true }) });
/** 陈述申辩: to state one's case, or to do without. */
const defences = ['stated', 'waived'] as const;
const defenceKinds = ['proof', 'authorisation'] as const;
const defenceSchema = z.object({ choice: choice(defences), statement: optional(text({ max: longestStatement, lines: true })) }).superRefine(({ choice: chosen, statement }, context) => {
  if (chosen === 'stated' && statement === null) addFault(context, fault('portal:defence.statementMissing'), ['statement']);
});
const withdrawSchema = z.object({ reason: text({ max: 500, lines: true }) });
const commandId = z.object({ commandId: uuid.catch('') });

/** The applicant as he stands in a command on his own case: no person of the house, without any role. Who joined a case acts for himself alone. */
const actingAs = ({ account, masked }: Visitor, found: WholeCase, { joinedAt }: OwnPart) =>
  ({ id: account, name: masked, unit: applicantAudience.unit, roles: [], ...(joinedAt === null ? { speaksFor: subjectOf(found) } : {}) });

/** A visitor before a case of his. */
interface Own {
  readonly found: WholeCase;
  readonly visitor: Visitor;
  readonly part: OwnPart;
}

/** `/cases/:caseNo`: how far it is, what is asked for, the decision; adding papers, taking it back. */
export function caseRoutes(router: Router, portal: Portal): void {
  const { ground: { knex, clock, units, limiter }, gateway, files, readLaw, visitors, keys } = portal;
  const sending = limiter({ name: 'portal-act', hits: 30, windowSeconds: 600 });
  const pathOf = ({ state }: WholeCase): string => `${portalPath}/cases/${state.caseNo}`;

  /** @throws NotFound for a case that is not the visitor's. */
  async function ownCase(req: Request): Promise<Own> {
    const visitor = visitors.of(req);
    const wanted = String(req.params['caseNo']).toUpperCase();
    const found = caseNumber.test(wanted) ? await findCase(knex, wanted) : undefined;
    const part = found && (await ownPartOf(knex, found, visitor.account));
    if (!found || !part) throw new NotFound({ reason: 'portal:noCase' });
    return { found, visitor, part };
  }

  /** Documents that were made for the applicant; a notice to everybody is for the unit to publish. */
  async function ownDocuments(req: Request, { state }: WholeCase): Promise<CaseDocument[]> {
    const [law, all] = await Promise.all([readLaw(), units.all()]);
    return documentsOf(state, createWords({ t: req.t, locale: req.locale, now: clock(), law, units: all })).filter(({ to }) => to === 'applicant');
  }

  const mayWithdraw = ({ found, visitor, part }: Own): boolean => may('withdraw', actingAs(visitor, found, part), found.state, {}, clock().toISOString()).allowed;

  /** One act of the applicant; false when the case, as it stands, does not take it, which is said on the next page. */
  async function act(req: Request, { found, visitor, part }: Own, id: string, what: Act): Promise<boolean> {
    try {
      await gateway.act(found.kind, found.id, { id, by: actingAs(visitor, found, part), act: what, seen: null, requestId: req.requestId, at: null });
      return true;
    } catch (error) {
      if (error instanceof Unavailable) throw error.withPage(pathOf(found));
      if (!(error instanceof Refused)) throw error;
      req.flash({ tone: 'soon', text: req.t('portal:refused') });
      return false;
    }
  }

  router.get('/cases/:caseNo', async (req, res) => {
    const own = await ownCase(req);
    const { found, part } = own;
    const documents = await ownDocuments(req, found);
    res.render('portal/case', presentCase(req, found, { part, units: await units.all(), word: keys.codeWord(part.id), withdrawable: mayWithdraw(own), documents }));
  });

  router.get('/cases/:caseNo/documents/:name', async (req, res) => {
    const { found } = await ownCase(req);
    const { name, file } = askedFor(req.params.name);
    const own = (await ownDocuments(req, found)).find((one) => one.name === name);
    if (!own) throw new NotFound({ reason: 'portal:noDocument' });
    await answerDocument(req, res, {
      view: 'documents/public', file, document: own.document, href: documentPath(found.state.caseNo, name), lead: req.t('documents:own'),
      crumbs: crumbsOf(req, { label: found.state.caseNo, href: pathOf(found) }),
    });
  });

  /** By when it is wanted, and what follows where nothing comes; nothing while the clock stands still. */
  function wantedBy({ t }: Request, form: 'supplement' | 'defence', asked: { task: TaskState } | null): Notice[] {
    const due = asked?.task.suspended ? null : asked?.task.deadline;
    return due ? [{ tone: 'soon', text: t(`portal:${form}.by`, { when: createMoments(t).dayTime(new Date(due.at)).text }) }] : [];
  }

  async function showSupplement(req: Request, res: Response, status: number, found: WholeCase, visitor: Visitor, form: Form, id: string, papers: readonly ArrivedPaper[]): Promise<void> {
    const asked = openSupplement(found);
    const title = req.t('portal:supplement.title');
    res.status(status).render('portal/form', formPage(req, {
      title,
      lead: [asked?.reason ?? '', ...(asked?.missing ?? [])].filter((one) => one !== '').join(req.t('ui:common.listSeparator')),
      crumbs: crumbsOf(req, { label: found.state.caseNo, href: pathOf(found) }, { label: title }),
      notices: wantedBy(req, 'supplement', asked),
      form,
      shell: { action: `${pathOf(found)}/supplement`, upload: true, commandId: id },
      fields: [
        { kind: 'textarea', label: req.t('portal:supplement.statement'), rows: 4, limit: longestStatement, required: true, ...filled(form, 'statement') },
        ...paperFields(req, { files, account: visitor.account, kinds: supplementKinds, required: [], papers, errors: form.errors, megabytes: maxMegabytes(await readLaw(), clock()) }),
      ],
      button: { label: req.t('portal:supplement.send') },
      cancel: { href: pathOf(found), label: req.t('ui:form.cancel') },
    }));
  }

  router.get('/cases/:caseNo/supplement', async (req, res) => {
    const { found, visitor } = await ownCase(req);
    if (!openSupplement(found)) return res.redirect(pathOf(found));
    await showSupplement(req, res, 200, found, visitor, newForm(), randomUUID(), []);
  });

  router.post('/cases/:caseNo/supplement', sending, async (req, res) => {
    const own = await ownCase(req);
    const { found, visitor } = own;
    const { commandId: id } = commandId.parse(req.body);
    if (id === '') throw new BadRequest('errors:malformed');
    const asked = openSupplement(found);
    if (!asked) {
      req.flash({ tone: 'info', text: req.t(found.state.commands.includes(id) ? 'portal:supplement.sent' : 'portal:supplement.over') });
      return res.redirect(303, pathOf(found));
    }
    const arrived = await receivePapers(req, files, visitor.account, supplementKinds, maxMegabytes(await readLaw(), clock()));
    const read = readForm(supplementSchema, req.body, req.t);
    const errors = { ...(read.ok ? {} : read.form.errors), ...arrived.errors };
    if (!read.ok || Object.keys(errors).length > 0) return showSupplement(req, res, 422, found, visitor, { ...refusedForm(req.body, {}), errors }, id, arrived.papers);
    const { papers, files: refs } = papersOf(arrived.papers);
    await files.keep(refs);
    const task = asked.task.id;
    const attached = refs.length === 0 || (await act(req, own, commandIdFor(id, 'files'), { type: 'attach', task, files: refs }));
    if (attached && (await act(req, own, id, { type: 'complete', task, outcome: 'supplied', form: { statement: read.data.statement, papers } }))) {
      req.flash({ tone: 'done', text: req.t('portal:supplement.sent') });
    }
    res.redirect(303, pathOf(found));
  });

  async function showDefence(req: Request, res: Response, status: number, found: WholeCase, visitor: Visitor, form: Form, id: string, papers: readonly ArrivedPaper[]): Promise<void> {
    const asked = openDefence(found);
    const title = req.t('portal:defence.title');
    res.status(status).render('portal/form', formPage(req, {
      title,
      lead: req.t('portal:defence.lead'),
      crumbs: crumbsOf(req, { label: found.state.caseNo, href: pathOf(found) }, { label: title }),
      notices: wantedBy(req, 'defence', asked),
      ...(asked ? { facts: { items: defenceFacts(asked, req).map(({ term, text: value }) => ({ term, value, wide: true })) } } : {}),
      form,
      shell: { action: `${pathOf(found)}/defence`, upload: true, commandId: id },
      fields: [
        { kind: 'radios', label: req.t('portal:defence.choice'), required: true, options: defences.map((value) => ({ value, label: req.t(`portal:defence.${value}`) })), ...filled(form, 'choice') },
        { kind: 'textarea', label: req.t('portal:defence.statement'), hint: req.t('portal:defence.statementHint'), rows: 8, limit: longestStatement, unmarked: true, ...filled(form, 'statement') },
        ...paperFields(req, { files, account: visitor.account, kinds: defenceKinds, required: [], papers, errors: form.errors, megabytes: maxMegabytes(await readLaw(), clock()) }),
      ],
      button: { label: req.t('portal:defence.send') },
      cancel: { href: pathOf(found), label: req.t('ui:form.cancel') },
    }));
  }

  router.get('/cases/:caseNo/defence', async (req, res) => {
    const { found, visitor } = await ownCase(req);
    if (!openDefence(found)) return res.redirect(pathOf(found));
    await showDefence(req, res, 200, found, visitor, newForm(), randomUUID(), []);
  });

  router.post('/cases/:caseNo/defence', sending, async (req, res) => {
    const own = await ownCase(req);
    const { found, visitor } = own;
    const { commandId: id } = commandId.parse(req.body);
    if (id === '') throw new BadRequest('errors:malformed');
    const asked = openDefence(found);
    if (!asked) {
      req.flash({ tone: 'info', text: req.t(found.state.commands.includes(id) ? 'portal:defence.sent' : 'portal:defence.over') });
      return res.redirect(303, pathOf(found));
    }
    const arrived = await receivePapers(req, files, visitor.account, defenceKinds, maxMegabytes(await readLaw(), clock()));
    const read = readForm(defenceSchema, req.body, req.t);
    const errors = { ...(read.ok ? {} : read.form.errors), ...arrived.errors };
    if (!read.ok || Object.keys(errors).length > 0) return showDefence(req, res, 422, found, visitor, { ...refusedForm(req.body, {}), errors }, id, arrived.papers);
    const { papers, files: refs } = papersOf(arrived.papers);
    await files.keep(refs);
    const task = asked.task.id;
    const { choice: outcome, statement } = read.data;
    const attached = refs.length === 0 || (await act(req, own, commandIdFor(id, 'files'), { type: 'attach', task, files: refs }));
    if (attached && (await act(req, own, id, { type: 'complete', task, outcome, form: { statement: statement ?? '', papers, who: '' } }))) {
      req.flash({ tone: 'done', text: req.t('portal:defence.sent') });
    }
    res.redirect(303, pathOf(found));
  });

  function showWithdraw(req: Request, res: Response, status: number, found: WholeCase, form: Form, id: string): void {
    const title = req.t(`portal:withdraw.title.${found.kind}`);
    res.status(status).render('portal/form', formPage(req, {
      title,
      lead: req.t('portal:withdraw.lead'),
      crumbs: crumbsOf(req, { label: found.state.caseNo, href: pathOf(found) }, { label: title }),
      form,
      shell: { action: `${pathOf(found)}/withdraw`, commandId: id },
      fields: [{ kind: 'textarea', label: req.t('portal:withdraw.reason'), rows: 3, limit: 500, required: true, ...filled(form, 'reason') }],
      button: { label: req.t('portal:withdraw.send'), danger: true },
      cancel: { href: pathOf(found), label: req.t('portal:withdraw.keep') },
    }));
  }

  router.get('/cases/:caseNo/withdraw', async (req, res) => {
    const own = await ownCase(req);
    if (!mayWithdraw(own)) return res.redirect(pathOf(own.found));
    showWithdraw(req, res, 200, own.found, newForm(), randomUUID());
  });

  router.post('/cases/:caseNo/withdraw', sending, async (req, res) => {
    const own = await ownCase(req);
    const { found } = own;
    const { commandId: id } = commandId.parse(req.body);
    if (id === '') throw new BadRequest('errors:malformed');
    const read = readForm(withdrawSchema, req.body, req.t);
    if (!read.ok) return showWithdraw(req, res, 422, found, read.form, id);
    if (await act(req, own, id, { type: 'withdraw', reason: read.data.reason })) req.flash({ tone: 'done', text: req.t('portal:withdraw.done') });
    res.redirect(303, pathOf(found));
  });
}

const progressSchema = z.object({ caseNo: text({ max: 30 }), word: text({ max: 30 }) });
/** So many wrong code words an hour for one case, whoever tries. */
const triesAnHour = 20;

/** `/public/progress`: how far a case is, for whoever has its number and the code word given at sending. */
export function progressRoutes(router: Router, { ground: { knex, limiter, counters, units }, keys }: Portal): void {
  const asking = limiter({ name: 'portal-progress', hits: 20, windowSeconds: 60 });

  function show(req: Request, res: Response, status: number, form: Form): void {
    const title = req.t('portal:progress.title');
    res.status(status).render('portal/form', formPage(req, {
      title,
      lead: req.t('portal:progress.lead'),
      form,
      shell: { action: '/public/progress', warnWhenDirty: false },
      fields: [
        { kind: 'text', label: req.t('portal:progress.caseNo'), size: 'medium', autocomplete: 'off', required: true, ...filled(form, 'caseNo') },
        { kind: 'text', label: req.t('portal:progress.word'), size: 'medium', autocomplete: 'off', required: true, ...filled(form, 'word') },
      ],
      button: { label: req.t('portal:progress.ask') },
      links: [{ href: portalPath, label: req.t('portal:title') }],
    }));
  }

  // A letter leads here with the number; the code word is asked for.
  router.get('/', (req, res) => show(req, res, 200, newForm(typeof req.query['caseNo'] === 'string' ? { caseNo: req.query['caseNo'].slice(0, 30) } : {})));

  router.post('/', asking, async (req, res) => {
    const read = readForm(progressSchema, req.body, req.t);
    if (!read.ok) return show(req, res, 422, read.form);
    const caseNo = read.data.caseNo.toUpperCase();
    const word = read.data.word.toUpperCase().replace(/[\s-]/gu, '');
    const tries = await counters.hit(`portal-word:${caseNo.slice(0, 30)}`, 3_600_000);
    const mayTry = tries.hits <= triesAnHour && caseNumber.test(caseNo);
    const [found, report] = mayTry ? await Promise.all([findCase(knex, caseNo), findReport(knex, caseNo)]) : [];
    const part = found && partsOf(found).find(({ id }) => keys.codeWord(id) === word);
    const all = await units.all();
    const shown = found && part
      ? { title: req.t(`portal:apply.${found.kind}.title`), progress: presentProgress(found, all, req, { reasons: false, joinedAt: part.joinedAt }), reply: null }
      : report && keys.codeWord(report.own.id) === word ? { title: req.t('portal:reply.heading'), ...presentReport(report, all, req) } : null;
    // The same answer for a number that is none and for a wrong word.
    if (!shown) return show(req, res, 422, refusedForm(req.body, { word: req.t('portal:progress.wrong') }));
    await counters.undo(`portal-word:${caseNo}`);
    const { title, ...rest } = shown;
    res.set('Cache-Control', 'no-store');
    res.render('portal/progress', { page: { title: `${title} ${caseNo}`, printNumber: caseNo }, heading: { title, number: caseNo }, ...rest });
  });
}
