import { filled, labelledSummary, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { ButtonRow, ConfirmBlock, DataTable, ErrorSummary, Facts, Field, FormShell, Heading, Notice, Page } from '../../platform/http/view-models.ts';
import {
  activationRefusal, changedDays, dateInWords, holidayName, noticeDoubts, workdaysIn, type Calendar, type NoticeDay, type NoticeDoubt,
} from '../../rules/calendar/index.ts';
import type { MovedDeadline } from './effect.ts';
import { limits } from './forms.ts';
import { activatedCell, arrangementTable, CALENDAR_PATH, nameOf, statusBadge, versionPath, yearsInWords, type Reader } from './presenter.ts';
import type { CalendarVersion } from './queries.ts';

/** Deadlines listed one by one; of more only the number is said. */
const LISTED_DEADLINES = 50;

export interface VersionParts {
  readonly version: CalendarVersion;
  readonly calendar: Calendar;
  readonly active: Calendar;
  /** Years that the version brought, with the days of each notice. */
  readonly notices: readonly { readonly year: number; readonly days: readonly NoticeDay[] }[];
  readonly moved: readonly MovedDeadline[];
}

export interface VersionView {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  facts: Facts;
  doubts: Notice | null;
  years: { id: string; title: string; note: string; arrangement: DataTable; changed: DataTable }[];
  moved: { title: string; note: string; table: DataTable } | null;
  refusal: Notice | null;
  form: FormShell | null;
  fields: Field[];
  confirm: ConfirmBlock;
  buttons: ButtonRow;
}

/** One version: what it brought, what it would change, and the form that puts it in force. */
export function presentVersion(parts: VersionParts, form: Form, reader: Reader): VersionView {
  const { version, calendar, active, notices, moved } = parts;
  const { t, person } = reader;
  const moments = createMoments(t);
  const title = t('calendar:version.title', { version: version.version });
  const waiting = !version.active && version.activatedAt === null;
  const refusal = activationRefusal(person, version, active.version);
  const fields: Field[] = [{ kind: 'textarea', label: t('calendar:version.reason'), hint: t('calendar:version.reasonHint'), required: true, rows: 2, limit: limits.reason, ...filled(form, 'reason') }];
  return {
    page: { title, crumbs: [{ label: t('calendar:index.title'), href: CALENDAR_PATH }, { label: title }], width: 'full' },
    heading: { title, badges: [statusBadge(version, active.version, t)] },
    errors: labelledSummary(form, fields, t),
    facts: {
      items: [
        { term: t('calendar:fact.imported'), value: { kind: 'lines', lines: [`${nameOf(version.importedBy, reader)} ${moments.tableTime(version.createdAt).text}`] } },
        { term: t('calendar:fact.years'), value: yearsInWords(calendar.publishedYears, t) },
        ...(version.activatedAt === null ? [] : [{ term: t('calendar:fact.activated'), value: activatedCell(version, reader) }]),
        ...(version.note === null ? [] : [{ term: t('calendar:fact.note'), value: version.note, wide: true }]),
        { term: t('calendar:fact.source'), value: version.source, wide: true },
      ],
    },
    doubts: doubtsNotice(notices.flatMap(({ days }) => noticeDoubts(days)), reader),
    years: notices.map(({ year }) => ({
      id: `year-${year}`,
      title: t('calendar:year.title', { year }),
      note: t('calendar:version.workdays', { year, before: workdaysIn(active, year), after: workdaysIn(calendar, year) }),
      arrangement: arrangementTable(calendar, year, t),
      changed: changedTable(year, active, calendar, reader),
    })),
    moved: waiting ? movedTable(moved, reader) : null,
    refusal: waiting && refusal !== null ? { tone: 'info', text: t(`calendar:refused.${refusal}`) } : null,
    form: waiting && refusal === null ? { action: `${versionPath(version.version)}/activate` } : null,
    fields,
    confirm: {
      title: t('calendar:version.confirm'),
      consequences: [
        t('calendar:version.inForce', { version: version.version, former: active.version }),
        t('calendar:version.recomputed', { count: moved.length }),
        t('calendar:version.late'),
      ],
      mailTo: [],
      undo: { possible: false, text: t('calendar:version.undo') },
    },
    buttons: { primary: { label: t('calendar:version.activate'), icon: 'check' }, cancel: { href: CALENDAR_PATH, label: t('ui:form.cancel') } },
  };
}

function doubtsNotice(doubts: readonly NoticeDoubt[], { t }: Reader): Notice | null {
  if (doubts.length === 0) return null;
  const text = doubts.map(({ key, params }) => t(`calendar:doubt.${key}`, params)).join(t('ui:common.listSeparator'));
  return { tone: 'soon', title: t('calendar:doubt.title'), text: t('calendar:doubt.all', { text }) };
}

function changedTable(year: number, before: Calendar, after: Calendar, { t }: Reader): DataTable {
  return {
    caption: t('calendar:changed.caption'),
    showCaption: true,
    columns: [
      { key: 'date', label: t('calendar:changed.date'), line: 1 },
      { key: 'was', label: t('calendar:changed.was'), line: 2, named: true, tight: true },
      { key: 'becomes', label: t('calendar:changed.becomes'), line: 2, named: true, tight: true },
      { key: 'name', label: t('calendar:column.holiday'), line: 3 },
    ],
    rows: changedDays(year, before, after).map(({ date, wasWorkday, isWorkday, name }) => ({
      cells: {
        date: dateInWords(date, t),
        was: t(wasWorkday ? 'calendar:changed.workday' : 'calendar:changed.rest'),
        becomes: t(isWorkday ? 'calendar:changed.workday' : 'calendar:changed.rest'),
        name: name === null ? { kind: 'none' } : holidayName(name, t),
      },
    })),
    empty: { title: t('calendar:changed.none') },
  };
}

function movedTable(moved: readonly MovedDeadline[], { t }: Reader): { title: string; note: string; table: DataTable } {
  const said = ({ date, provisional }: MovedDeadline['was']): string => (provisional ? t('calendar:moved.provisional', { date }) : date);
  return {
    title: t('calendar:moved.title'),
    note: t('calendar:moved.note', { count: moved.length, listed: Math.min(moved.length, LISTED_DEADLINES) }),
    table: {
      caption: t('calendar:moved.caption'),
      columns: [
        { key: 'case', label: t('calendar:moved.case'), line: 1 },
        { key: 'was', label: t('calendar:moved.was'), line: 2, named: true, tight: true },
        { key: 'becomes', label: t('calendar:moved.becomes'), line: 2, named: true, tight: true },
      ],
      rows: moved.slice(0, LISTED_DEADLINES).map((one) => ({
        cells: { case: `${one.caseNo} ${one.title}`, was: said(one.was), becomes: said(one.becomes) },
      })),
      empty: { title: t('calendar:moved.none') },
    },
  };
}
