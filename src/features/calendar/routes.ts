import { readFile } from 'node:fs/promises';
import { Router, type Request } from 'express';
import type { Calendars } from '../../platform/calendar.ts';
import { Forbidden, NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { newForm, readForm, refusedForm, type Form, type ReadForm } from '../../platform/http/forms.ts';
import type { Rules } from '../../platform/rules.ts';
import {
  activationRefusal, dateAt, dayNumber, dueAfter, mayImportCalendar, noticeFaults, type Calendar, type Due, type NoticeDay,
} from '../../rules/calendar/index.ts';
import { movedDeadlines, type OpenDeadline } from './effect.ts';
import { activationForm, importForm, trialForm, years } from './forms.ts';
import { decodeNotice, readNotice } from './notice-file.ts';
import { CALENDAR_PATH, nameOf, presentImport, presentIndex, versionPath, type Reader } from './presenter.ts';
import { activateCalendar, importedYears, importNotice, listCalendars, noticeDaysOf, type CalendarVersion } from './queries.ts';
import { presentVersion } from './version-presenter.ts';

/** A calendar that came into force: open deadlines are to be computed again. */
export interface ActivatedCalendar {
  readonly version: number;
  /** Person who activated it. */
  readonly by: string;
  readonly requestId: string;
}

export interface CalendarParts {
  readonly calendars: Calendars;
  readonly rules: Rules;
  /** Deadlines of all open tasks, for the preview of what a calendar would move. */
  readonly openDeadlines: () => Promise<readonly OpenDeadline[]>;
  /** Called after an activation is committed. When it fails the activation stands, and the page says what is open. */
  readonly onCalendarActivated: (calendar: ActivatedCalendar) => Promise<void>;
}

/** Hour of the day from which a tried-out term starts. */
const TRIAL_STARTS_AT = 10;

/** `/admin/calendar`: the calendar in force, its years and versions, loading a notice, activating. */
export function calendarRoutes({ knex, clock, logger }: Ground, parts: CalendarParts): Router {
  const { calendars, rules, openDeadlines, onCalendarActivated } = parts;
  const router = Router();

  const signedIn = (person: Express.User | undefined): Express.User => {
    if (!person) throw new NotFound();
    return person;
  };
  const readerOf = (req: Request, person: Express.User, calendar: Calendar): Reader =>
    ({ t: req.t, locale: req.locale, person, today: dateAt(calendar, clock().getTime()) });
  const importer = (req: Request): Express.User => {
    const person = signedIn(req.user);
    if (!mayImportCalendar(person)) throw new Forbidden('calendar:refused.notImporter');
    return person;
  };

  router.get('/', async (req, res) => {
    const person = signedIn(req.user);
    const [calendar, versions, open] = await Promise.all([calendars.current(0), listCalendars(knex), openDeadlines()]);
    const reader = readerOf(req, person, calendar);
    const { trial, due } = tryOut(req, calendar, reader.today);
    const asked = Number(req.query['year']);
    const year = Number.isInteger(asked) && asked >= years.first && asked <= years.last ? asked : Number(reader.today.slice(0, 4));
    const provisional = open.filter(({ deadline }) => deadline.provisional).length;
    res.render('calendar/index', presentIndex({ calendar, versions, year, provisional, trial, due }, reader));
  });

  router.get('/import', async (req, res) => {
    const person = importer(req);
    const calendar = await calendars.current();
    const reader = readerOf(req, person, calendar);
    const next = (calendar.publishedYears.at(-1) ?? Number(reader.today.slice(0, 4))) + 1;
    res.render('calendar/import', presentImport(newForm({ year: String(next) }), reader));
  });

  router.post('/import', async (req, res) => {
    const person = importer(req);
    const calendar = await calendars.current(0);
    const form = readForm(importForm, req.body, req.t);
    const read = await daysOf(req, form);
    if (!form.ok || !read.ok) {
      const wrong = refusedForm(req.body, { ...(form.ok ? {} : form.form.errors), ...(read.ok ? {} : read.errors) });
      res.status(422).render('calendar/import', presentImport(wrong, readerOf(req, person, calendar)));
      return;
    }
    const { year, notice, note } = form.data;
    const version = await importNotice(knex, { year, notice, note, days: read.days, by: person.id });
    req.flash({ tone: 'done', text: req.t('calendar:import.done', { year, version }) });
    res.redirect(versionPath(version));
  });

  /** The version in the address with everything its page shows. */
  const versionOf = async (text: string) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    const [versions, calendar, active] = await Promise.all([listCalendars(knex), calendars.version(number), calendars.current(0)]);
    const version = versions.find((one) => one.version === number);
    if (!version || !calendar) throw new NotFound();
    return { version, calendar, active };
  };
  const showVersion = async (found: { version: CalendarVersion; calendar: Calendar; active: Calendar }, form: Form, reader: Reader) => {
    const { version, calendar } = found;
    const waiting = !version.active && version.activatedAt === null;
    const [book, open, brought] = await Promise.all([
      rules.current(),
      waiting ? openDeadlines() : [],
      importedYears(knex, version.version, version.basedOn),
    ]);
    const notices = await Promise.all(brought.map(async (year) => ({ year, days: await noticeDaysOf(knex, version.version, year) })));
    return presentVersion({ ...found, notices, moved: movedDeadlines(open, clock(), book, calendar) }, form, reader);
  };

  router.get('/versions/:version', async (req, res) => {
    const person = signedIn(req.user);
    const found = await versionOf(req.params.version);
    res.render('calendar/version', await showVersion(found, newForm(), readerOf(req, person, found.active)));
  });

  router.post('/versions/:version/activate', async (req, res) => {
    const person = signedIn(req.user);
    const found = await versionOf(req.params.version);
    const refusal = activationRefusal(person, found.version, found.active.version);
    if (refusal === 'notKeeper' || refusal === 'ownImport') throw new Forbidden(`calendar:refused.${refusal}`);
    const reader = readerOf(req, person, found.active);
    const form = readForm(activationForm, req.body, req.t);
    if (!form.ok) {
      res.status(422).render('calendar/version', await showVersion(found, form.form, reader));
      return;
    }
    const { version } = found.version;
    const activated = await activateCalendar(knex, { version, by: person.id, reason: form.data.reason });
    if (!activated.ok) {
      const { activatedBy } = found.version;
      req.flash({ tone: 'soon', text: req.t(`calendar:fault.${activated.because}`, { version, who: nameOf(activatedBy, reader) }) });
      res.redirect(versionPath(version));
      return;
    }
    calendars.forget();
    req.flash({ tone: 'done', text: req.t('calendar:version.done', { version }) });
    try {
      await onCalendarActivated({ version, by: person.id, requestId: req.requestId });
    } catch (error) {
      logger.error({ err: error, version }, 'open deadlines were not computed again after a calendar was activated');
      req.flash({ tone: 'soon', text: req.t('calendar:version.notRecomputed') });
    }
    res.redirect(CALENDAR_PATH);
  });

  return router;
}

/** The deadline asked for in the address; an untouched form when none was. */
function tryOut(req: Request, calendar: Calendar, today: string): { trial: Form; due: Due | null } {
  const asked = ['from', 'n', 'unit'].some((name) => req.query[name] !== undefined);
  if (!asked) return { trial: newForm({ from: today, n: '7', unit: 'workday' }), due: null };
  const form = readForm(trialForm, req.query, req.t);
  if (!form.ok) return { trial: form.form, due: null };
  const { from, n, unit } = form.data;
  const start = calendar.beginOf(dayNumber(from)) + Math.round((TRIAL_STARTS_AT * calendar.dayMs) / 24);
  return { trial: newForm({ from, n: String(n), unit }), due: dueAfter(calendar, start, n, unit) };
}

type ReadDays = { readonly ok: true; readonly days: NoticeDay[] } | { readonly ok: false; readonly errors: Record<string, string> };

/** The days in the file, or in the text field; wrong ones named with their line. */
async function daysOf(req: Request, form: ReadForm<{ year: number; days: string | null }>): Promise<ReadDays> {
  const upload = req.uploads.find(({ field, size }) => field === 'file' && size > 0);
  const typed: unknown = (req.body as Record<string, unknown> | undefined)?.['days'];
  const pasted = typeof typed === 'string' ? typed : '';
  const place = upload ? 'file' : 'days';
  const refuse = (key: string, params: Readonly<Record<string, string | number>> = {}): ReadDays =>
    ({ ok: false, errors: { [place]: req.t(`calendar:${key}`, params) } });
  if (upload && pasted.trim() !== '') return refuse('file.both');
  if (upload && upload.path === null) return refuse('file.tooLarge');
  const text = upload?.path ? decodeNotice(await readFile(upload.path)) : pasted;
  const read = readNotice(text);
  if (!read.ok) return refuse(`file.${read.fault.key}`, read.fault.params);
  if (!form.ok) return { ok: true, days: read.days };
  const [first, ...more] = noticeFaults(form.data.year, read.days);
  if (!first) return { ok: true, days: read.days };
  const sentence = req.t(`calendar:notice.${first.key}`, first.params);
  return { ok: false, errors: { [place]: more.length === 0 ? sentence : `${sentence}${req.t('calendar:notice.more', { count: more.length })}` } };
}
