import { createHash } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { canonicalJson } from '../../platform/canonical.ts';
import { Forbidden, NotFound } from '../../platform/http/errors.ts';
import { newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { correctSubject, lockSubject, mergeSubject, type SubjectRow } from '../../platform/records/subjects.ts';
import { maskResidentId } from '../../rules/masking/index.ts';
import { askAbout, personCarrier, readingOf, type Reading, type Records } from '../records/index.ts';
import { mayLook, noteEnquiry } from './enquiries.ts';
import { correctForm, personForm, queryForm } from './forms.ts';
import { listPath, presentAsk, presentAskPerson, presentCorrect, presentList, presentReport, type Carried } from './presenter.ts';
import { correctionTask, countCorrections, countFrozen, findSubject, listSubjects, position, readAbout, readPublic, type SubjectFilter } from './queries.ts';
import { nextReportNumber } from './report-number.ts';
import { presentSubject } from './show-presenter.ts';

const cursorName = 'subjects';

const filterSchema = z.object({
  q: z.string().transform((typed) => typed.normalize('NFKC').trim().slice(0, 100)).catch(''),
  frozen: z.enum(['1', 'true']).transform(() => true).catch(false),
});

/** `/subjects`: search, the page of each subject, its correction and its report. */
export function subjectRoutes(records: Records, casePath: (kind: string) => string | null): Router {
  const router = Router();
  const { ground, seal } = records;
  const { knex, cursors } = ground;

  const carrier = personCarrier(ground);

  /** The number that was typed into a search, on the way to its reason. */
  function carriedIn(of: unknown, person: string): Carried | null {
    const number = carrier.open(of, person);
    return number === null ? null : { of: String(of), number };
  }

  async function subjectOf(id: string): Promise<SubjectRow> {
    const subject = await findSubject(knex, id);
    if (!subject) throw new NotFound();
    return subject;
  }

  /** The credit office corrects any subject; the registry those whose code is its task, to which it then returns. */
  async function landingOf(reading: Reading, subject: SubjectRow): Promise<string> {
    if (reading.sight.all) return `${listPath}/${subject.id}`;
    const task = await correctionTask(knex, reading, subject);
    if (task === null) throw new Forbidden('subjects:correct.notYours');
    return `/tasks/${task}`;
  }

  router.get('/', async (req, res) => {
    const reading = await readingOf(req, records);
    const filter: SubjectFilter = filterSchema.parse(req.query);
    const asks = askAbout(filter.q, carrier, reading);
    if (asks !== null) return res.redirect(303, asks);
    const from = cursors.decode(cursorName, req.query['page'], position) ?? null;
    // A million names are not leafed through: without a question there is no list.
    const asked = filter.q !== '' || filter.frozen;
    const [found, frozen, corrections] = await Promise.all([asked ? listSubjects(knex, filter, from, reading.today) : null, countFrozen(knex), countCorrections(knex, reading.sight)]);
    res.render('subjects/list', presentList(req, { found, filter, frozen, corrections: { count: corrections, path: casePath('codeCorrection') }, cursorOf: (at) => cursors.encode(cursorName, at) }));
  });

  router.get('/person', async (req, res) => {
    const { person } = await readingOf(req, records);
    res.render('subjects/form', presentAskPerson(req, carriedIn(req.query['of'], person.id), newForm()));
  });

  /** Known or not, the answer is the same until the reason is given; then either is written down. */
  router.post('/person', async (req, res) => {
    const { person, today, now } = await readingOf(req, records);
    const carried = carriedIn((req.body as Record<string, unknown>)['of'], person.id);
    const read = carried ? readForm(queryForm, req.body, req.t) : readForm(personForm(today), req.body, req.t);
    if (!read.ok) return res.status(422).render('subjects/form', presentAskPerson(req, carried, read.form));
    const number = carried?.number ?? ('number' in read.data ? String(read.data.number) : '');
    const sealed = await seal.find(knex, number);
    const subject = sealed === null ? undefined : await knex<SubjectRow>('subject').where({ sealed }).first('id');
    await noteEnquiry(knex, { person, now }, { subject: subject?.id ?? null, sought: maskResidentId(number) }, read.data.reason);
    if (subject) return res.redirect(303, `${listPath}/${subject.id}`);
    req.flash({ tone: 'info', text: req.t('subjects:ask.nobody', { number: maskResidentId(number) }) });
    res.redirect(303, listPath);
  });

  router.get('/:id', async (req, res) => {
    const reading = await readingOf(req, records);
    const subject = await subjectOf(req.params.id);
    if (!(await mayLook(knex, reading, subject))) return res.render('subjects/form', presentAsk(req, subject, newForm()));
    req.viewed = { kind: 'subjectViewed' };
    const [about, task] = await Promise.all([readAbout(knex, subject, reading), correctionTask(knex, reading, subject)]);
    res.render('subjects/show', presentSubject(req, { subject, about, reading, corrects: reading.sight.all || task !== null, casePath }));
  });

  router.post('/:id/queries', async (req, res) => {
    const reading = await readingOf(req, records);
    const subject = await subjectOf(req.params.id);
    const read = readForm(queryForm, req.body, req.t);
    if (!read.ok) return res.status(422).render('subjects/form', presentAsk(req, subject, read.form));
    await noteEnquiry(knex, reading, { subject: subject.id, sought: null }, read.data.reason);
    res.redirect(303, `${listPath}/${subject.id}`);
  });

  const showCorrect = (req: Request, res: Response, status: number, subject: SubjectRow, form: Form, meanwhile = false): void => {
    res.status(status).render('subjects/form', presentCorrect(req, subject, form, meanwhile ? { tone: 'late', text: req.t('subjects:correct.meanwhile') } : null));
  };

  async function organisation(req: Request<{ id: string }>): Promise<SubjectRow> {
    const subject = await subjectOf(req.params.id);
    if (subject.kind !== 'organisation') throw new NotFound();
    return subject;
  }

  router.get('/:id/correct', async (req, res) => {
    const subject = await organisation(req);
    await landingOf(await readingOf(req, records), subject);
    const { name, uscc, standing, representative } = subject;
    showCorrect(req, res, 200, subject, newForm({ name, uscc, standing, representative: representative ?? '' }));
  });

  router.post('/:id/correct', async (req, res) => {
    const reading = await readingOf(req, records);
    const subject = await organisation(req);
    const landing = await landingOf(reading, subject);
    const read = readForm(correctForm, req.body, req.t);
    if (!read.ok) return showCorrect(req, res, 422, subject, read.form);
    const { name, uscc, standing, representative, successor, reason, seenVersion } = read.data;
    const acting = { person: reading.person.id, reason };
    const outcome = await knex.transaction(async (trx) => {
      const locked = await lockSubject(trx, subject.id);
      if (!locked || locked.version !== seenVersion) return 'meanwhile';
      const into = successor === null ? null : await trx<SubjectRow>('subject').where({ uscc: successor, standing: 'living' }).first();
      if (into === undefined) return 'noSuccessor';
      const corrected = await correctSubject(trx, locked, { name, uscc, representative, ...(into === null ? { standing } : {}) }, acting);
      if (into !== null) await mergeSubject(trx, corrected, into, acting);
      return 'corrected';
    });
    if (outcome === 'meanwhile') return showCorrect(req, res, 409, subject, refusedForm(req.body, {}), true);
    if (outcome === 'noSuccessor') return showCorrect(req, res, 422, subject, refusedForm(req.body, { successor: req.t('subjects:correct.noSuccessor', { code: successor }) }));
    const now = await subjectOf(subject.id);
    req.flash({ tone: 'done', text: req.t(subject.frozen && !now.frozen ? 'subjects:correct.cleared' : !subject.frozen && now.frozen ? 'subjects:correct.frozen' : 'subjects:correct.done') });
    res.redirect(303, landing);
  });

  router.post('/:id/reports', async (req, res) => {
    const reading = await readingOf(req, records);
    const subject = await subjectOf(req.params.id);
    if (!(await mayLook(knex, reading, subject))) throw new NotFound({ refused: true });
    const shown = await readPublic(knex, subject.id, reading.today);
    const view = await knex.transaction(async (trx) => {
      const number = await nextReportNumber(trx, Number(reading.today.slice(0, 4)));
      const report = presentReport(req, { subject, records: shown, number, reading });
      const digest = createHash(ground.config.hash === 'sm3' ? 'sm3' : 'sha256').update(canonicalJson(report.document)).digest();
      await trx('subject_report').insert({ number, subject_id: subject.id, made_at: reading.now, person_id: reading.person.id, digest });
      return { ...report, digest: digest.toString('hex') };
    });
    res.set('Cache-Control', 'no-store');
    req.viewed = { kind: 'exported', detail: { report: view.document.number } };
    res.render('subjects/report', view);
  });

  router.get('/:id/reports', (req, res) => {
    // A report is made by its button; who reloads the address of it comes back to the subject.
    res.redirect(303, `${listPath}/${req.params.id}`);
  });

  return router;
}

