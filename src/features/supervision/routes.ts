import { randomUUID } from 'node:crypto';
import { Router, type Request } from 'express';
import { z } from 'zod';
import type { CaseGateway } from '../../platform/casefile/gateway.ts';
import { createCodeWord } from '../../platform/code-word.ts';
import { Forbidden } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { text, uuid } from '../../platform/http/fields.ts';
import { newForm, readForm, type Form } from '../../platform/http/forms.ts';
import type { Notice } from '../../platform/http/view-models.ts';
import type { ReadLaw } from '../../platform/law.ts';
import { createCompose } from '../../platform/mail/compose.ts';
import { sightOf } from '../../platform/visibility.ts';
import { dueAfter } from '../../rules/calendar/index.ts';
import { hasRole, type Person } from '../../rules/people.ts';
import { createWords } from '../tasks/index.ts';
import { barChart } from './chart.ts';
import { faultRoutes, faultsSince, readFaults } from './faults.ts';
import { boardAddress, presentBoard, unitBars, type Reader } from './presenter.ts';
import { findTasks, listTasks, listWithdrawals, position, readBoard, readLetterFacts, readOldest, type BoardFilter, type BoardTask } from './queries.ts';
import { presentUrge, type UrgeView } from './urge-page.ts';
import { mostUrged, urgeAll } from './urge.ts';

export interface SupervisionParts {
  gateway: CaseGateway;
  readLaw: ReadLaw;
}

const slug = /^[A-Z]{2,4}-\d{4}-\d{6,9}-\d{1,4}$/u;
const cursorName = 'supervision';
/** Deadlines within so many working days count as soon. */
const soonWorkdays = 2;

/** Supervisors and the head see the city; the head of a unit sees and urges what is his unit's. */
export const maySupervise = (person: Person): boolean =>
  hasRole(person, 'supervisor') || hasRole(person, 'creditOfficeHead') || hasRole(person, 'head');

const filterSchema = z.object({
  show: z.enum(['late', 'soon']).catch('late'),
  unit: z.string().max(40).catch(''),
  stage: z.string().max(40).catch(''),
});

/** The filter in an address, or in a form that was opened from the board. */
function filterOf(from: unknown): BoardFilter {
  const { show, unit, stage } = filterSchema.parse(from);
  return { lateness: show, unit: unit || null, stage: stage || null };
}

const slugs = z.preprocess((value): unknown[] => (Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value]), z.array(z.string().regex(slug)).max(mostUrged));

const urgeForm = z.object({ commandId: uuid, task: slugs, text: text({ max: 500, lines: true }) });

/** The overdue board: what is late, whose it is, and a push. */
export function supervisionRoutes(ground: Ground, { gateway, readLaw }: SupervisionParts): Router {
  const { config, logger, i18n, knex, clock, cursors, units } = ground;
  const router = Router();
  const compose = createCompose({ i18n, publicUrl: config.publicUrl, codeWord: createCodeWord({ key: config.secrets.seal, hash: config.hash }) });

  router.use((req, _res, next) => {
    next(req.user && maySupervise(req.user) ? undefined : new Forbidden('supervision:notYours'));
  });

  async function readerOf(req: Request): Promise<Reader> {
    const [law, all] = await Promise.all([readLaw(), units.all()]);
    return { t: req.t, locale: req.locale, units: all, law, calendar: law.calendar, now: clock() };
  }

  const soonUntil = ({ calendar, now }: Reader): Date => new Date(dueAfter(calendar, now.getTime(), soonWorkdays, 'workday').at);

  router.get('/', async (req, res) => {
    const reader = await readerOf(req);
    const sight = sightOf(req.user!, reader.units);
    const filter = filterOf(req.query);
    const from = cursors.decode(cursorName, req.query['from'], position) ?? null;
    const until = soonUntil(reader);
    const supervised = reader.units.map(({ id }) => id).filter((id) => sight.all || sight.units.includes(id));
    const [cells, oldest, tasks, faults, withdrawals] = await Promise.all([
      readBoard(knex, sight, reader.now, until),
      readOldest(knex, sight, supervised, reader.now),
      listTasks(knex, sight, filter, { now: reader.now, soonUntil: until, from }),
      readFaults(knex, sight, faultsSince(reader.law, reader.now)),
      listWithdrawals(knex, sight),
    ]);
    const next = tasks.next ? cursors.encode(cursorName, tasks.next) : null;
    res.render('supervision/board', presentBoard({ cells, oldest }, tasks.rows, filter, reader, { first: from === null, next, urgeable: true, withdrawals, faults: faults.reduce((sum, { corrected, removed }) => sum + corrected + removed, 0) }));
  });

  faultRoutes(router, ground, readLaw);

  router.get('/chart.svg', async (req, res) => {
    const reader = await readerOf(req);
    const cells = await readBoard(knex, sightOf(req.user!, reader.units), reader.now, soonUntil(reader));
    res.type('image/svg+xml').send(await barChart(unitBars(cells, reader).slice(0, 20), req.t));
  });

  const urgePage = async (req: Request, tasks: readonly BoardTask[], form: Form, reader: Reader, notices: readonly Notice[] = []): Promise<UrgeView> =>
    presentUrge(tasks, reader, { notices, form, filter: filterOf(req.method === 'POST' ? req.body : req.query), commandId: randomUUID(), person: req.user!, compose, facts: tasks[0] ? await readLetterFacts(knex, tasks[0]) : null });

  router.get('/urge', async (req, res) => {
    const reader = await readerOf(req);
    const wanted = slugs.safeParse(req.query['task']);
    const tasks = wanted.success ? await findTasks(knex, sightOf(req.user!, reader.units), wanted.data) : [];
    if (tasks.length === 0) {
      req.flash({ tone: 'info', text: req.t('supervision:urge.nothing', { most: mostUrged }) });
      res.redirect(boardAddress(filterOf(req.query)));
      return;
    }
    res.render('supervision/urge', await urgePage(req, tasks, newForm({ text: req.t('supervision:urge.usual') }), reader));
  });

  router.post('/urge', async (req, res) => {
    const reader = await readerOf(req);
    const sight = sightOf(req.user!, reader.units);
    const read = readForm(urgeForm, req.body, req.t);
    if (!read.ok) {
      const wanted = slugs.safeParse((req.body as Record<string, unknown>)['task']);
      const tasks = wanted.success ? await findTasks(knex, sight, wanted.data) : [];
      res.status(422).render('supervision/urge', await urgePage(req, tasks, read.form, reader));
      return;
    }
    const { task, text: message, commandId } = read.data;
    const tasks = await findTasks(knex, sight, task);
    const { urged, refused, left } = await urgeAll(gateway, tasks, { person: req.user!, text: message, formId: commandId, requestId: req.requestId, words: createWords(reader), logger });
    const notices: Notice[] = [
      ...(urged.length > 0 ? [{ tone: 'done' as const, text: req.t('supervision:urge.done', { count: urged.length }) }] : []),
      ...refused.map(({ task: { caseNo }, reason }) => ({ tone: 'late' as const, text: req.t('supervision:urge.refused', { caseNo, reason }) })),
    ];
    if (left.length > 0) {
      const away: Notice = { tone: 'late', title: req.t('supervision:urge.awayTitle'), text: req.t('supervision:urge.away', { count: left.length }) };
      res.set('Retry-After', '10').status(503).render('supervision/urge', await urgePage(req, left, newForm({ text: message }), reader, [...notices, away]));
      return;
    }
    for (const { tone, text: said } of notices) req.flash({ tone, text: said });
    const gone = task.length - tasks.length;
    if (gone > 0) req.flash({ tone: 'info', text: req.t('supervision:urge.gone', { count: gone }) });
    res.redirect(303, boardAddress(filterOf(req.body)));
  });

  return router;
}
