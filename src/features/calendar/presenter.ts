import { filled, labelledSummary, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Badge, ButtonRow, Cell, DataTable, ErrorSummary, Facts, Field, FormShell, Heading, Notice, Page, Tabs } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import {
  arrangementOf, explain, holidayName, mayImportCalendar, shortDateInWords, timeAt, workdaysIn, type Calendar, type Due,
} from '../../rules/calendar/index.ts';
import type { Locale, Person } from '../../rules/people.ts';
import { limits, termUnits } from './forms.ts';
import type { CalendarVersion, PersonName } from './queries.ts';

/** What every page of this feature is made with. */
export interface Reader {
  readonly t: Translate;
  readonly locale: Locale;
  readonly person: Pick<Person, 'id' | 'roles'>;
  /** `YYYY-MM-DD` by the calendar in force. */
  readonly today: string;
}

export const CALENDAR_PATH = '/admin/calendar';
export const versionPath = (version: number): string => `${CALENDAR_PATH}/versions/${version}`;

export const nameOf = (person: PersonName | null, { t, locale }: Pick<Reader, 't' | 'locale'>): string =>
  person === null ? t('calendar:delivered') : locale === 'en' ? person.nameEn : person.name;

/** 2007—2026, or the years one by one where they leave gaps. */
export function yearsInWords(years: readonly number[], t: Translate): string {
  const first = years[0];
  const last = years.at(-1);
  if (first === undefined || last === undefined) return t('ui:common.none');
  return last - first + 1 === years.length && years.length > 2 ? t('calendar:years', { first, last }) : years.join(t('calendar:list'));
}

/** Named days off of one year, as a notice lists them. */
export function arrangementTable(calendar: Calendar, year: number, t: Translate): DataTable {
  const day = (date: string): string => shortDateInWords(date, t);
  return {
    caption: t('calendar:year.table', { year }),
    columns: [
      { key: 'name', label: t('calendar:column.holiday'), line: 1 },
      { key: 'off', label: t('calendar:column.off'), line: 2 },
      { key: 'days', label: t('calendar:column.days'), line: 3, named: true, align: 'end', tight: true },
      { key: 'madeUp', label: t('calendar:column.madeUp'), line: 3, named: true },
    ],
    rows: arrangementOf(calendar, year).map(({ name, from, to, days, madeUp }) => ({
      cells: {
        name: holidayName(name, t),
        off: from === to ? day(from) : t('calendar:year.span', { from: day(from), to: day(to) }),
        days: { kind: 'number', text: String(days) },
        madeUp: madeUp.length > 0 ? madeUp.map(day).join(t('calendar:list')) : { kind: 'none' },
      },
    })),
    empty: { title: t('calendar:year.none', { year }) },
  };
}

function statusOf(version: CalendarVersion, activeVersion: number, t: Translate): Badge {
  if (version.active) return { label: t('calendar:status.active'), tone: 'done' };
  if (version.activatedAt !== null) return { label: t('calendar:status.former'), tone: 'plain' };
  return version.basedOn === activeVersion
    ? { label: t('calendar:status.waiting'), tone: 'soon' }
    : { label: t('calendar:status.outdated'), tone: 'plain' };
}

export function statusBadge(version: CalendarVersion, activeVersion: number, t: Translate): Badge {
  return statusOf(version, activeVersion, t);
}

export interface IndexView {
  page: Page;
  heading: Heading;
  notice: Notice | null;
  facts: Facts;
  years: Tabs;
  yearTitle: string;
  yearNote: string;
  arrangement: DataTable;
  errors: ErrorSummary;
  trial: { form: FormShell; fields: Field[]; buttons: ButtonRow; answer: { due: string; provisional: string | null; why: string[] } | null };
  versions: DataTable;
}

/** The calendar in force, one of its years, a deadline tried out, and all versions. */
export function presentIndex(
  { calendar, versions, year, provisional, trial, due }:
  { calendar: Calendar; versions: readonly CalendarVersion[]; year: number; provisional: number; trial: Form; due: Due | null },
  reader: Reader,
): IndexView {
  const { t, person, today } = reader;
  const moments = createMoments(t);
  const title = t('calendar:index.title');
  const active = versions.find((version) => version.active);
  const thisYear = Number(today.slice(0, 4));
  const missing = calendar.publishedYears.includes(thisYear) ? thisYear + 1 : thisYear;
  const published = calendar.publishedYears.includes(year);
  const trialFields: Field[] = [
    { kind: 'date', label: t('calendar:trial.from'), required: true, ...filled(trial, 'from') },
    { kind: 'number', label: t('calendar:trial.n'), required: true, whole: true, ...filled(trial, 'n') },
    {
      kind: 'radios', label: t('calendar:trial.unit'), required: true, inline: true, ...filled(trial, 'unit'),
      options: termUnits.map((unit) => ({ value: unit, label: t(`calendar:unit.${unit}`) })),
    },
  ];
  return {
    page: { title, width: 'full' },
    heading: {
      title,
      lead: t('calendar:index.lead'),
      ...(mayImportCalendar(person)
        ? { links: [{ href: `${CALENDAR_PATH}/import`, label: t('calendar:import.title'), icon: 'upload' as const, primary: true }] }
        : {}),
    },
    notice: calendar.publishedYears.includes(missing)
      ? null
      : { tone: 'soon', title: t('calendar:index.missing', { year: missing }), text: t('calendar:index.missingNote', { year: missing, count: provisional }) },
    facts: {
      items: [
        { term: t('calendar:fact.version'), value: t('calendar:fact.versionOf', { version: calendar.version, name: calendar.name }) },
        { term: t('calendar:fact.years'), value: yearsInWords(calendar.publishedYears, t) },
        { term: t('calendar:fact.hours'), value: t('calendar:fact.hoursOf', { opens: timeAt(calendar, calendar.opensOn(0)), closes: timeAt(calendar, calendar.closesOn(0)) }) },
        ...(active ? [{ term: t('calendar:fact.activated'), value: activatedCell(active, reader) }] : []),
        { term: t('calendar:fact.source'), value: calendar.source, wide: true },
      ],
    },
    years: {
      label: t('calendar:index.years'),
      items: yearsShown(calendar, thisYear, year).map((one) => ({
        href: one === thisYear ? CALENDAR_PATH : `${CALENDAR_PATH}?year=${one}`,
        label: calendar.publishedYears.includes(one) ? String(one) : t('calendar:index.provisionalYear', { year: one }),
        current: one === year,
      })),
    },
    yearTitle: t('calendar:year.title', { year }),
    yearNote: t(published ? 'calendar:year.note' : 'calendar:year.provisionalNote', { year, count: workdaysIn(calendar, year) }),
    arrangement: arrangementTable(calendar, year, t),
    errors: labelledSummary(trial, trialFields, t),
    trial: {
      form: { action: `${CALENDAR_PATH}#trial-title`, method: 'get', label: t('calendar:trial.title') },
      fields: trialFields,
      buttons: { others: [{ label: t('calendar:trial.send') }] },
      answer: due === null ? null : answerOf(due, t),
    },
    versions: {
      caption: t('calendar:index.versions'),
      columns: [
        { key: 'version', label: t('calendar:column.version'), line: 1, tight: true },
        { key: 'status', label: t('calendar:column.status'), line: 2, tight: true },
        { key: 'source', label: t('calendar:column.source') },
        { key: 'imported', label: t('calendar:column.imported'), line: 3, named: true },
        { key: 'activated', label: t('calendar:column.activated'), line: 3, named: true },
      ],
      rows: versions.map((version) => ({
        id: `version-${version.version}`,
        ...(!version.active && version.activatedAt === null && version.basedOn === calendar.version ? { tone: 'soon' as const } : {}),
        cells: {
          version: { kind: 'link', href: versionPath(version.version), label: t('calendar:versionNo', { version: version.version }) },
          status: { kind: 'badge', badge: statusOf(version, calendar.version, t) },
          source: version.source,
          imported: { kind: 'lines', lines: [nameOf(version.importedBy, reader), moments.tableTime(version.createdAt).text] },
          activated: version.activatedAt === null ? { kind: 'none' } : activatedCell(version, reader),
        },
      })),
      empty: { title: t('calendar:index.none') },
    },
  };
}

function yearsShown(calendar: Calendar, thisYear: number, chosen: number): number[] {
  const near = [thisYear - 2, thisYear - 1, thisYear, thisYear + 1];
  return [...new Set([chosen, ...near, ...calendar.publishedYears.filter((year) => year > thisYear)])].toSorted((a, b) => a - b);
}

export function activatedCell({ activatedAt, activatedBy, activationReason }: CalendarVersion, reader: Reader): Cell {
  if (activatedAt === null) return { kind: 'none' };
  const lines = [`${nameOf(activatedBy, reader)} ${createMoments(reader.t).tableTime(activatedAt).text}`];
  if (activatedBy !== null && activationReason !== null) lines.push(activationReason);
  return { kind: 'lines', lines };
}

function answerOf(due: Due, t: Translate): { due: string; provisional: string | null; why: string[] } {
  const day = createMoments(t).day(due.date).text;
  return {
    due: t('calendar:trial.due', { day, time: due.why.endTime }),
    provisional: due.provisional ? t('ui:deadline.provisional') : null,
    why: explain(due.why, t),
  };
}

export interface ImportView {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  form: FormShell;
  fields: Field[];
  buttons: ButtonRow;
}

/** The form by which a notice is loaded. */
export function presentImport(form: Form, reader: Reader): ImportView {
  const { t } = reader;
  const title = t('calendar:import.title');
  const fields: Field[] = [
    { kind: 'number', label: t('calendar:import.year'), required: true, whole: true, ...filled(form, 'year') },
    { kind: 'text', label: t('calendar:import.notice'), hint: t('calendar:import.noticeHint'), required: true, ...filled(form, 'notice') },
    {
      kind: 'file', name: 'file', label: t('calendar:import.file'), hint: t('calendar:import.fileHint'), accept: '.json,.csv,.txt',
      ...(form.errors['file'] === undefined ? {} : { error: form.errors['file'] }),
    },
    { kind: 'textarea', label: t('calendar:import.days'), hint: t('calendar:import.daysHint'), rows: 8, ...filled(form, 'days') },
    { kind: 'textarea', label: t('calendar:import.note'), rows: 2, limit: limits.note, ...filled(form, 'note') },
  ];
  return {
    page: { title, crumbs: [{ label: t('calendar:index.title'), href: CALENDAR_PATH }, { label: title }] },
    heading: { title, lead: t('calendar:import.lead') },
    errors: labelledSummary(form, fields, t),
    form: { action: `${CALENDAR_PATH}/import`, upload: true },
    fields,
    buttons: { primary: { label: t('calendar:import.send') }, cancel: { href: CALENDAR_PATH, label: t('ui:form.cancel') } },
  };
}
