import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { NotFound } from '../../platform/http/errors.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { withQuery } from '../../platform/http/paths.ts';
import { answerTakenOff } from '../../platform/http/taken-off-page.ts';
import { knownNames, maskingOf, maskRecords } from '../../platform/records/masking.ts';
import { takenOff } from '../../platform/takedowns.ts';
import { officeOf, unitName, withMailbox } from '../../platform/units.ts';
import { newestOpinions } from '../disclosures/index.ts';
import { answerDocument } from '../documents/index.ts';
import { commitmentRoutes } from './commitments.ts';
import { correctionFacts, correctionPosition, correctionsOf, correctionViews, listCorrections, presentCorrections, presentRemoved, removalOff, type CorrectionView } from './corrections.ts';
import { commitmentLetter, presentGuide, type LetterFill } from './guide.ts';
import { presentHome } from './home.ts';
import { presentList, presentSubject } from './list-presenter.ts';
import { correctionFile, recordFile, sendCsv, sendJson, withdrawalFile } from './open-data.ts';
import { paths, type PublicPages } from './parts.ts';
import { findOrganisation, findRecord, findReport, listRecords, position, type RecordPage, type Wanted, type WholeRecord } from './queries.ts';
import { presentRecord } from './record-presenter.ts';
import { presentReport } from './report-presenter.ts';
import { readSearch, type Asked } from './search.ts';
import { presentWithdrawn, toldSince, withdrawalsOf } from './withdrawals.ts';
import { todayOf, unitOf } from './words.ts';

const cursorName = 'public-records';
const noRecords: RecordPage = { rows: [], previous: null, next: null, total: 0 };

/** What is typed beyond this is not looked at. */
const longestTyped = 100;
const typedText = z.string().transform((typed) => typed.normalize('NFC').trim().slice(0, longestTyped)).catch('');
const id = z.uuid().nullable().catch(null);

/** What is searched for; null where nothing can be found by what was typed. */
function wantedBy(asked: Asked): { wanted: Wanted } | null {
  switch (asked.kind) {
    case 'nothing':
      return { wanted: null };
    case 'code':
      return { wanted: { code: asked.code } };
    case 'name':
      return { wanted: { name: asked.name } };
    default:
      return null;
  }
}

/** Pages for everybody: no sign-in, nothing that is not public in any answer. */
export function publicRoutes(pages: PublicPages): Router {
  const { ground: { knex, clock, cursors, limiter, units }, readLaw, seal } = pages;
  const router = Router();
  const searching = limiter({ name: 'public-records', hits: 60, windowSeconds: 60 });
  const taking = limiter({ name: 'public-open-data', hits: 20, windowSeconds: 60 });
  const checking = limiter({ name: 'public-reports', hits: 30, windowSeconds: 60 });

  const gone = (): NotFound => new NotFound({ reason: 'public:record.gone' });
  const cursorOf = (at: RecordPage['next']): string => cursors.encode(cursorName, at);
  const from = (req: Request) => cursors.decode(cursorName, req.query['from'], position) ?? null;

  /** The office that answers for the site. */
  async function creditOffice(req: Request): Promise<string> {
    const office = officeOf(await units.all());
    return office ? unitName(office, req.locale) : req.t('public:creditOffice');
  }

  /** The same for whoever wants to write to it. */
  const complaints = async (req: Request): Promise<string> => withMailbox(req.t, await creditOffice(req), officeOf(await units.all())?.mailbox);

  /** A rule of the domain's department, of the law under which the term was computed. */
  async function keptBasis({ state: { keptBy, publicity, facts } }: WholeRecord): Promise<string | null> {
    if (keptBy === null) return null;
    return (await readLaw()).rules.on('publicity.keep-uncorrected', publicity.lawOf, facts.domain).legalBasis;
  }

  /** What was taken back must not live on in caches. */
  router.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  router.get('/', async (req, res) => {
    res.render('public-records/home', presentHome(req, await newestOpinions(knex, clock())));
  });

  router.get('/records', searching, async (req, res) => {
    const today = todayOf(clock());
    const typed = typedText.parse(req.query['q']);
    const asked: Asked = req.query['asked'] === 'person' ? { kind: 'person' } : readSearch(typed, today);
    // The address of a page stands in its links, in the browser's history and in what the next site is told.
    if (asked.kind === 'person' && typed !== '') return res.redirect(303, `${paths.records}?asked=person`);
    const search = wantedBy(asked);
    const found = search === null ? noRecords : await listRecords(knex, { ...search, from: from(req), today });
    res.render('public-records/list', presentList(req, { found, asked, typed, today, cursorOf }));
  });

  router.get('/records/corrections', searching, async (req, res) => {
    const cursor = 'public-corrections';
    const after = cursors.decode(cursor, req.query['from'], correctionPosition) ?? null;
    const { rows, next } = await listCorrections(knex, { from: after, today: todayOf(clock()) });
    const turns = {
      ...(after === null ? {} : { firstHref: paths.corrections }),
      ...(next === null ? {} : { nextHref: withQuery(paths.corrections, { from: cursors.encode(cursor, next) }) }),
    };
    res.render('public-records/corrections', presentCorrections(req, { rows: await correctionViews(req, knex, seal, rows), pages: turns }));
  });

  /** What the address of a record says that nobody sees any more: who withdrew it, when and why; that it is off for now; or nothing. */
  async function withoutRecord(req: Request, res: Response, wanted: string, { told, today }: { told: CorrectionView[]; today: string }): Promise<void> {
    const removal = told.length > 0 ? undefined : await removalOff(knex, wanted, today);
    const off = (await takenOff(knex, { kind: 'record', ref: wanted })) ?? (removal === undefined ? undefined : await takenOff(knex, { kind: 'correction', ref: removal }));
    if (off) return answerTakenOff(req, res, off, pages.ground);
    if (told.length > 0) return res.status(410).render('public-records/removed', presentRemoved(req, told));
    const [withdrawn] = await withdrawalsOf(knex, [wanted], toldSince(await readLaw(), today));
    if (!withdrawn) throw gone();
    const [names] = await knownNames(knex, seal, [withdrawn]);
    res.status(410).render('public-records/removed', presentWithdrawn(req, withdrawn, maskingOf(names!, withdrawn.passages)));
  }

  router.get('/records/:id', async (req, res) => {
    const today = todayOf(clock());
    const wanted = id.parse(req.params.id);
    if (wanted === null) throw gone();
    const [record, corrected] = await Promise.all([findRecord(knex, wanted, today), correctionsOf(knex, wanted, today)]);
    const told = await correctionViews(req, knex, seal, corrected);
    if (!record) return withoutRecord(req, res, wanted, { told, today });
    const [texts] = await maskRecords(knex, seal, [record]);
    const corrections = correctionFacts(req, told);
    const mailbox = (await units.all()).find((unit) => unit.id === record.state.facts.unit)?.mailbox ?? null;
    res.render('public-records/record', presentRecord(req, record, texts!, { today, office: await complaints(req), mailbox, keptBasis: await keptBasis(record), corrections }));
  });

  router.get('/subjects/:id', searching, async (req, res) => {
    const today = todayOf(clock());
    const wanted = id.parse(req.params['id']);
    const subject = wanted === null ? undefined : await findOrganisation(knex, wanted);
    if (!subject) throw new NotFound({ reason: 'public:subject.gone' });
    const found = await listRecords(knex, { wanted: { subject: subject.id }, from: from(req), today });
    res.render('public-records/subject', presentSubject(req, { subject, found, today, cursorOf }));
  });

  for (const file of [recordFile, correctionFile, withdrawalFile]) {
    router.get(`/open-data/${file.name}.csv`, taking, (req, res) => sendCsv(req, res, pages, file));
    router.get(`/open-data/${file.name}.json`, taking, (req, res) => sendJson(req, res, pages, file));
  }

  router.get('/reports', (req, res) => {
    const typed = typedText.parse(req.query['number']);
    if (typed !== '') return res.redirect(`${paths.reports}/${encodeURIComponent(typed)}`);
    res.render('public-records/report', presentReport(req, null));
  });

  router.get('/reports/:number', checking, async (req, res) => {
    const number = typedText.parse(req.params['number']).toUpperCase();
    const report = await findReport(knex, number);
    res.render('public-records/report', presentReport(req, { number, madeOn: report ? createMoments(req.t).day(report.madeAt) : null }));
  });

  router.get('/guide', async (req, res) => {
    const { rules } = await readLaw();
    res.render('public-records/guide', presentGuide(req, { rules, today: todayOf(clock()), office: await complaints(req) }));
  });

  /** For a record that is public now, or for an organisation; blank for anything else. */
  async function letterFill(req: Request): Promise<LetterFill> {
    const [record, subject] = [id.parse(req.query['record']), id.parse(req.query['subject'])];
    const found = record === null ? undefined : await findRecord(knex, record, todayOf(clock()));
    // Of a person the house would only print a masked name.
    if (found) return { subject: found.subject.kind === 'person' ? null : found.subject, documentNo: found.documentNo, unit: unitOf(found, req.locale) };
    return { subject: (subject === null ? null : await findOrganisation(knex, subject)) ?? null, documentNo: null, unit: null };
  }

  async function answerLetter(req: Request, res: Response, file: boolean): Promise<void> {
    const asked = new URL(req.originalUrl, 'http://localhost').search;
    await answerDocument(req, res, {
      view: 'documents/public', file, document: commitmentLetter(req, await letterFill(req), { now: clock(), creditOffice: await creditOffice(req) }),
      href: paths.letter, query: asked, crumbs: [{ label: req.t('public:guide.title'), href: paths.guide }], lead: req.t('public:letter.lead'),
    });
  }

  router.get('/guide/commitment-letter', (req, res) => answerLetter(req, res, false));
  router.get('/guide/commitment-letter.docx', (req, res) => answerLetter(req, res, true));

  commitmentRoutes(router, pages);
  return router;
}
