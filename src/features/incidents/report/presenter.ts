import type { Request } from 'express';
import { acceptedEndings } from '../../../platform/files.ts';
import { rowsNamed, type Entry } from '../../../platform/http/flat.ts';
import { filled, labelledSummary, type Form } from '../../../platform/http/forms.ts';
import { createFormat } from '../../../platform/http/format.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Button, Cell, Crumb, DataTable, ErrorSummary, Field, FormShell, Heading, Notice, Option, Page } from '../../../platform/http/view-models.ts';
import { unitName, type Unit } from '../../../platform/units.ts';
import type { FileRef } from '../../../rules/casefile/types.ts';
import { areas, fields } from '../../../rules/incident/facts.ts';
import { regionsOf, unitNames } from '../parts.ts';
import { lengths, mostSubjects, subjectKinds } from './forms.ts';
import type { SimilarIncidents } from './similar.ts';

/** A file that has arrived with an earlier sending of the form, and the ticket that stands for it. */
export interface ArrivedFile {
  readonly ticket: string;
  readonly file: FileRef;
}

export interface ReportPage {
  page: Page;
  heading: Heading;
  notice: Notice | null;
  errors: ErrorSummary;
  form: FormShell;
  what: Field[];
  subjects: { legend: string; fields: Field[] }[];
  /** The place on the page where the next row will stand; null when there is no room for one. */
  addSubject: string | null;
  source: Field[];
  send: Button;
}

export interface ReportPageParts {
  form: Form;
  commandId: string;
  subjectRows: number;
  arrived: readonly ArrivedFile[];
  today: string;
  megabytes: number;
  units: readonly Unit[];
  own: readonly string[];
  notice?: Notice | null;
}

/** The id of a field on the page: brackets would have to be quoted wherever it is named. */
export const idOf = (name: string): string => name.replace(/\[(\w+)\]/g, '-$1');

/** The rows of subjects that were posted, counting those between that were left empty. */
export const postedRows = (form: Form): number => Math.min(rowsNamed(form.values, 'subjects', mostSubjects).length, mostSubjects);

const filledIn = (form: Form, name: string): { name: string; id: string; value: string; error?: string } => ({ ...filled(form, name), id: idOf(name) });

function crumbs(req: Request): Crumb[] {
  return [{ label: req.t('incidents:title'), href: '/incidents' }, { label: req.t('incidents:report.title') }];
}

function subjectRow(req: Request, form: Form, n: number): { legend: string; fields: Field[] } {
  const { t } = req;
  const at = (name: string) => filledIn(form, `subjects[${n}][${name}]`);
  const kind = at('kind');
  return {
    legend: t('incidents:report.subject', { number: n + 1 }),
    fields: [
      {
        kind: 'radios', inline: true, label: t('incidents:report.subjectKind'), required: true, ...kind, value: kind.value || 'organisation',
        options: subjectKinds.map((value) => ({ value, label: t(`incidents:subjectKind.${value}`) })),
      },
      { kind: 'text', label: t('incidents:report.subjectName'), required: true, ...at('name') },
      {
        kind: 'text', label: t('incidents:report.subjectCode'), required: true, size: 'medium', check: 'any', autocomplete: 'off',
        hint: t('incidents:report.subjectCodeHint'), ...at('code'),
      },
    ],
  };
}

/** The form of a report, filled in as far as it was. */
export function presentReport(req: Request, of: ReportPageParts): ReportPage {
  const { t, locale } = req;
  const { form, units, own } = of;
  const format = createFormat(locale);
  const nameOf = unitNames(units, locale);
  const options = (values: readonly string[], key: string): Option[] => values.map((value) => ({ value, label: t(`stages:${key}.${value}`) }));
  const regions: Option[] = regionsOf(units).filter(({ active }) => active)
    .map((unit) => ({ value: unit.id, label: unitName(unit, locale, 'short') }));
  const rows = Math.min(Math.max(1, of.subjectRows), mostSubjects);
  const fileError = form.errors['files'];
  const what: Field[] = [
    ...(own.length > 1
      ? [{ kind: 'select' as const, label: t('incidents:report.unit'), required: true, blank: false as const, options: own.map((value) => ({ value, label: nameOf(value) })), ...filled(form, 'unit') }]
      : []),
    { kind: 'text', label: t('incidents:report.titleField'), hint: t('incidents:report.titleHint', { limit: lengths.title }), required: true, ...filled(form, 'title') },
    { kind: 'radios', inline: true, label: t('incidents:field'), required: true, options: options(fields, 'field'), ...filled(form, 'field') },
    { kind: 'radios', inline: true, label: t('incidents:area'), required: true, options: options(areas, 'area'), ...filled(form, 'area') },
    { kind: 'date', label: t('incidents:occurredOn'), required: true, max: of.today, ...filled(form, 'occurredOn') },
    { kind: 'select', label: t('incidents:region'), required: true, options: regions, ...filled(form, 'region') },
    { kind: 'text', label: t('incidents:place'), hint: t('incidents:report.placeHint'), required: true, ...filled(form, 'place') },
    { kind: 'textarea', label: t('incidents:what'), hint: t('incidents:report.whatHint'), rows: 6, limit: lengths.what, required: true, ...filled(form, 'what') },
  ];
  const subjects = Array.from({ length: rows }, (_, n) => subjectRow(req, form, n));
  const source: Field[] = [
    { kind: 'text', type: 'url', inputMode: 'url', label: t('incidents:sourceUrl'), hint: t('incidents:report.sourceUrlHint'), ...filled(form, 'sourceUrl') },
    ...(of.arrived.length > 0
      ? [{
        kind: 'checkboxes' as const, name: 'arrived', label: t('incidents:report.arrived'), hint: t('incidents:report.arrivedHint'), required: true,
        values: of.arrived.map(({ ticket }) => ticket),
        options: of.arrived.map(({ ticket, file }) => ({ value: ticket, label: file.name, hint: format.bytes(file.bytes) })),
      }]
      : []),
    {
      kind: 'file', name: 'files', label: t('incidents:report.files'), multiple: true, accept: acceptedEndings.join(','),
      limits: t('files:limits', { limit: of.megabytes }), ...(fileError === undefined ? {} : { error: fileError }),
    },
    { kind: 'text', label: t('incidents:report.reporterName'), hint: t('incidents:report.reporterHint'), size: 'medium', autocomplete: 'off', ...filledIn(form, 'reporter[name]') },
    { kind: 'text', type: 'email', inputMode: 'email', label: t('incidents:report.reporterMail'), hint: t('incidents:report.reporterMailHint'), size: 'medium', autocomplete: 'off', ...filledIn(form, 'reporter[mail]') },
  ];
  const subjectFields = subjects.flatMap(({ legend: group, fields: ofSubject }) =>
    ofSubject.map((field) => (rows === 1 ? field : { ...field, label: t('common:form.inGroup', { group, label: field.label }) })));
  return {
    page: { title: t('incidents:report.title'), crumbs: crumbs(req) },
    heading: { title: t('incidents:report.title'), lead: t('incidents:report.lead') },
    notice: of.notice ?? null,
    errors: labelledSummary(form, [...what, ...subjectFields, ...source], t),
    form: { action: '/incidents', commandId: of.commandId, upload: true },
    what,
    subjects,
    addSubject: rows < mostSubjects ? `#${idOf(`subjects[${rows}][kind]`)}` : null,
    source,
    send: { label: t('incidents:report.send') },
  };
}

export interface SimilarPage {
  page: Page;
  heading: Heading;
  table: DataTable;
  form: FormShell;
  entries: readonly Entry[];
  buttons: { primary: Button; others: Button[] };
}

/** Fields that the step between has for itself. */
const ownFields = /^(?:_csrf|commandId|do|shown|arrived)$/;

/** Before sending: what is open already and may be the same. All that was typed goes along. */
export function presentSimilar(
  req: Request,
  { similar, entries, commandId, tickets }: { similar: SimilarIncidents; entries: readonly Entry[]; commandId: string; tickets: readonly string[] },
): SimilarPage {
  const { t } = req;
  const moments = createMoments(t);
  const rows = similar.found.map((one) => ({
    cells: {
      incident: { kind: 'link', href: `/incidents/${one.caseNo}`, label: one.title, note: one.caseNo },
      because: t(`incidents:similar.because.${one.because}`, { window: t('rules:value.month', { count: similar.months }) }),
      subjects: one.subjects.length > 0 ? { kind: 'lines', lines: one.subjects } : { kind: 'none' },
      step: one.step === null ? { kind: 'none' } : t(`stages:step.${one.step}`),
      occurredOn: { kind: 'when', when: moments.table(one.occurredOn) },
      openedAt: { kind: 'when', when: moments.table(one.openedAt) },
    } satisfies Record<string, Cell>,
  }));
  return {
    page: { title: t('incidents:similar.title'), crumbs: crumbs(req) },
    heading: { title: t('incidents:similar.title'), lead: t('incidents:similar.lead', { count: rows.length }) },
    table: {
      caption: t('incidents:similar.caption'),
      columns: [
        { key: 'incident', label: t('incidents:column.incident'), line: 1 },
        { key: 'because', label: t('incidents:similar.why'), line: 2 },
        { key: 'subjects', label: t('incidents:subjects'), line: 3 },
        { key: 'step', label: t('common:column.step'), tight: true },
        { key: 'occurredOn', label: t('incidents:occurredOn'), tight: true },
        { key: 'openedAt', label: t('incidents:column.openedAt'), tight: true },
      ],
      rows,
      empty: { title: '' },
    },
    form: { action: '/incidents', commandId, warnWhenDirty: false },
    entries: [
      ...entries.filter(([name]) => !ownFields.test(name)),
      ...tickets.map((ticket): Entry => ['arrived', ticket]),
      ...similar.found.map(({ caseId }): Entry => ['shown', caseId]),
    ],
    buttons: {
      primary: { label: t('incidents:similar.nevertheless'), name: 'do', value: 'nevertheless' },
      others: [{ label: t('incidents:similar.edit'), name: 'do', value: 'edit' }],
    },
  };
}

/** Rows of subjects in a form that is kept for somebody who had to sign in again. */
export function keptRows(entries: readonly Entry[] | undefined): number {
  const numbers = (entries ?? []).map(([name]) => Number(/^subjects\[(\d+)\]/.exec(name)?.[1] ?? -1));
  return Math.max(0, ...numbers.map((n) => n + 1));
}

