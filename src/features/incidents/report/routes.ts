import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { BadRequest, Unavailable } from '../../../platform/http/errors.ts';
import { uuid, withRows } from '../../../platform/http/fields.ts';
import { mostFiles, type FileFault } from '../../../platform/files.ts';
import { entriesOf } from '../../../platform/http/fill-form.ts';
import { newForm, readForm, refusedForm, type Form } from '../../../platform/http/forms.ts';
import { KEPT_PARAMETER } from '../../../platform/http/kept-form-pages.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Notice } from '../../../platform/http/view-models.ts';
import { fields, areas } from '../../../rules/incident/facts.ts';
import { maxMegabytes, openRegions, ownUnits, staffOf, todayOf, unitNames, type Incidents } from '../parts.ts';
import { mostSubjects, reportSchema, type ReportContext } from './forms.ts';
import { keptRows, postedRows, presentReport, presentSimilar, type ArrivedFile } from './presenter.ts';
import { createRegistry } from './register.ts';

/** Fields of the form that are not part of the report. */
const beside = z.object({
  commandId: uuid.catch(''),
  do: z.enum(['addSubject', 'nevertheless', 'edit', 'send']).catch('send'),
  arrived: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().max(2000)).max(mostFiles * 2)).catch([]),
  shown: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()).max(50)).catch([]),
});

const sayFault = (req: Request, { key, params }: FileFault): string => req.t(`files:fault.${key}`, params);

/** How long the first task may take to appear before the page goes on without it, in milliseconds. */
const firstTaskMs = 1000;

/** `/incidents/new` and the sending of it. */
export function reportRoutes(router: Router, incidents: Incidents): void {
  const { ground, readLaw, files, codeWord } = incidents;
  const { knex, units: directory, clock } = ground;
  const registry = createRegistry(incidents);

  async function contextOf(person: Express.User): Promise<ReportContext> {
    const units = await directory.all();
    return {
      today: todayOf(clock()),
      regions: openRegions(units),
      units: ownUnits(person),
    };
  }

  interface Shown {
    form: Form;
    commandId: string;
    subjectRows: number;
    arrived: readonly ArrivedFile[];
    notice?: Notice;
  }

  async function show(req: Request, res: Response, status: number, shown: Shown): Promise<void> {
    const [law, units] = await Promise.all([readLaw(), directory.all()]);
    const now = clock();
    res.status(status).render('incidents/report', presentReport(req, {
      ...shown, units, own: ownUnits(staffOf(req)), today: todayOf(now), megabytes: maxMegabytes(law, now),
    }));
  }

  /** The first task of a case, once the process has opened it: what comes next, and by when. */
  async function firstTask(caseNo: string): Promise<{ slug: string; unit: string; deadlineAt: Date | null; audience: string } | null> {
    const end = performance.now() + firstTaskMs;
    do {
      const row: { slug: string; unit: string; role: string; deadline_at: Date | null } | undefined = await knex('case_task')
        .where({ slug: `${caseNo}-1` }).first('slug', 'unit', 'role', 'deadline_at');
      if (row) return { slug: row.slug, unit: row.unit, deadlineAt: row.deadline_at, audience: row.role };
      await new Promise((resolve) => setTimeout(resolve, 30));
    } while (performance.now() < end);
    return null;
  }

  /** Lands on the case, with one sentence of what comes next; who verifies it himself gets the way there. */
  async function land(req: Request, res: Response, { caseNo, caseId, hasReporter }: { caseNo: string; caseId: string; hasReporter: boolean }): Promise<void> {
    const person = staffOf(req);
    const task = await firstTask(caseNo);
    if (task === null) {
      req.flash({ tone: 'done', text: req.t('incidents:reported.done', { caseNo }) });
    } else {
      const unit = unitNames(await directory.all(), req.locale)(task.unit);
      const when = task.deadlineAt ? createMoments(req.t).shortTime(task.deadlineAt, clock()).text : null;
      const own = person.roles.some((held) => held.unit === task.unit && held.role === task.audience);
      req.flash({
        tone: 'done',
        text: req.t(`incidents:reported.${own ? 'yours' : 'others'}${when === null ? 'Open' : ''}`, { caseNo, unit, when }),
        ...(own ? { link: { href: `/tasks/${task.slug}`, label: req.t('incidents:reported.toTask') } } : {}),
      });
    }
    if (hasReporter) req.flash({ tone: 'info', text: req.t('incidents:reported.word', { caseNo, word: codeWord(caseId) }) });
    res.redirect(303, `/incidents/${caseNo}`);
  }

  router.get('/new', async (req, res) => {
    const person = staffOf(req);
    const { field, area, [KEPT_PARAMETER]: keptId } = req.query;
    const kept = typeof keptId === 'string' ? await ground.keptForms.find(req, person.id, keptId) : null;
    // A link may suggest the two, from a list that is narrowed to them.
    const values = {
      ...(fields.some((one) => one === field) ? { field } : {}),
      ...(areas.some((one) => one === area) ? { area } : {}),
    };
    await show(req, res, 200, { form: newForm(values), commandId: randomUUID(), subjectRows: keptRows(kept?.entries), arrived: [] });
  });

  /** Files sent now and before, and what was wrong with those sent now. */
  async function receive(req: Request, person: Express.User, tickets: readonly string[]): Promise<{ arrived: ArrivedFile[]; fault: string | null }> {
    const now = clock();
    const { files: received, faults } = await files.receive(req.uploads, maxMegabytes(await readLaw(), now), { req });
    const all = files.ofTickets(person.id, [...tickets, ...received.map((file) => files.ticket(person.id, file))]);
    const tooMany: FileFault[] = all.length > mostFiles ? [{ key: 'tooMany', params: { limit: mostFiles } }] : [];
    const said = [...faults, ...tooMany].map((one) => sayFault(req, one));
    return {
      arrived: all.slice(0, mostFiles).map((file) => ({ file, ticket: files.ticket(person.id, file) })),
      fault: said.length > 0 ? said.join(' ') : null,
    };
  }

  router.post('/', async (req, res) => {
    const person = staffOf(req);
    const own = beside.parse(req.body);
    const commandId = own.commandId || randomUUID();
    const { arrived, fault } = await receive(req, person, own.arrived);
    const read = readForm(withRows(reportSchema(await contextOf(person)), { subjects: mostSubjects }, ['reporter']), req.body, req.t);
    const typed = refusedForm(req.body, fault === null ? {} : { files: fault });
    const subjectRows = postedRows(typed);

    if (own.do === 'addSubject' || own.do === 'edit') {
      return show(req, res, 200, { form: typed, commandId, subjectRows: subjectRows + (own.do === 'addSubject' ? 1 : 0), arrived });
    }
    if (!read.ok || fault !== null) {
      const form: Form = { values: typed.values, errors: { ...(read.ok ? {} : read.form.errors), ...typed.errors } };
      return show(req, res, 422, { form, commandId, subjectRows, arrived });
    }

    // Without the id of its page a form sent twice would be two cases: it is no form of ours.
    if (own.commandId === '') throw new BadRequest('errors:malformed');
    const before = await registry.registered(commandId, read.data);
    if (before) {
      req.flash({ tone: before.same ? 'info' : 'soon', text: req.t(before.same ? 'incidents:reported.twice' : 'incidents:reported.twiceChanged', { caseNo: before.caseNo }) });
      return res.redirect(303, `/incidents/${before.caseNo}`);
    }

    const similar = await registry.similarTo(read.data, person);
    const unseen = own.do === 'nevertheless' ? similar.found.filter(({ caseId }) => !own.shown.includes(caseId)) : similar.found;
    if (unseen.length > 0) {
      const tickets = arrived.map(({ ticket }) => ticket);
      return res.render('incidents/similar', presentSimilar(req, { similar, entries: entriesOf(req.body), commandId, tickets }));
    }

    try {
      const { caseNo } = await registry.register(read.data, {
        caseId: commandId, person, channel: 'form', requestId: req.requestId, files: arrived.map(({ file }) => file), similar: similar.found,
      });
      await land(req, res, { caseNo, caseId: commandId, hasReporter: read.data.reporter !== null });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      if (error.recorded !== 'no') throw error.withPage(`/acts/${commandId}`);
      // This id was given up for good; the form goes on with a new one, and with all that was typed.
      ground.logger.error({ requestId: req.requestId, err: error.cause ?? error }, 'a report was not recorded');
      res.set('Retry-After', '10');
      await show(req, res, 503, {
        form: typed, commandId: randomUUID(), subjectRows, arrived,
        notice: { tone: 'late', title: req.t('incidents:report.notRecordedTitle'), text: req.t('incidents:report.notRecorded') },
      });
    }
  });
}
