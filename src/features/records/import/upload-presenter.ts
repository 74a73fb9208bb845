import type { Request } from 'express';
import { createFormat } from '../../../platform/http/format.ts';
import { filled, labelledSummary, type Form } from '../../../platform/http/forms.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Badge, Button, Crumb, DataTable, ErrorSummary, Field, FormShell, Heading, Page, Tone } from '../../../platform/http/view-models.ts';
import type { Translate } from '../../../platform/i18n.ts';
import { tableEndings } from '../../../platform/sheets/cells.ts';
import { recordDomains } from '../../../rules/records/facts.ts';
import { listPath } from '../list/filter.ts';
import { enteringUnits, unitNames, type Reading } from '../parts.ts';
import { codeOf, needOf, tableColumns, unreadColumns } from './columns.ts';
import type { ImportState, RecordImport } from './imports.ts';
import { mostRows } from './job.ts';

export const importPath = `${listPath}/import`;
/** Megabytes of one file: a hundred thousand rows of the standard are about half of it as CSV. */
export const mostMegabytes = 100;

export const importCrumbs = (t: Translate, here?: string): Crumb[] => [
  { label: t('records:title'), href: listPath },
  here === undefined ? { label: t('imports:title') } : { label: t('imports:title'), href: importPath },
  ...(here === undefined ? [] : [{ label: here }]),
];

const stateTones: Readonly<Record<ImportState, Tone>> = {
  checking: 'accent', asking: 'soon', checked: 'soon', importing: 'accent', done: 'done', stopped: 'late', refused: 'late',
};
export const stateBadge = (state: ImportState, t: Translate): Badge => ({ label: t(`imports:state.${state}`), tone: stateTones[state] });

export interface UploadPage {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  form: FormShell;
  fields: Field[];
  steps: string[];
  columns: DataTable;
  button: Button;
  past: DataTable;
}

export interface UploadParts {
  readonly form: Form;
  readonly commandId: string;
  readonly reading: Reading;
  readonly past: readonly RecordImport[];
}

/** Counts of an import in one line. */
function countsOf({ state, found, result, rows, handled }: RecordImport, t: Translate, count: (n: number) => string): string {
  if (state === 'checked' && found) return t('imports:past.found', { new: count(found.new), correction: count(found.correction), same: count(found.same), bad: count(found.bad) });
  if (state === 'done') return t('imports:past.result', { stored: count(result.stored), corrected: count(result.corrected), same: count(result.same), bad: count(result.bad) });
  return state === 'importing' || state === 'stopped' ? t('ui:progress.of', { done: count(handled), total: count(rows ?? 0) }) : '';
}

function pastTable(req: Request, { past, reading }: UploadParts): DataTable {
  const { t, locale } = req;
  const { count } = createFormat(locale);
  const nameOf = unitNames(reading.units, locale, 'short');
  const moments = createMoments(t);
  return {
    caption: t('imports:past.title'),
    columns: [
      { key: 'file', label: t('imports:file'), line: 1 },
      { key: 'state', label: t('records:column.standing'), line: 2, tight: true },
      { key: 'counts', label: t('imports:past.counts'), line: 3 },
      { key: 'person', label: t('imports:past.person') },
      { key: 'unit', label: t('records:unit') },
      { key: 'at', label: t('imports:past.at'), line: 2, tight: true },
    ],
    rows: past.map((one) => ({
      id: one.id,
      cells: {
        file: { kind: 'link', href: `${importPath}/${one.id}`, label: one.file.name },
        state: { kind: 'badge', badge: stateBadge(one.state, t) },
        counts: countsOf(one, t, count),
        person: one.person.name,
        unit: nameOf(one.unit),
        at: { kind: 'when', when: moments.tableTime(one.createdAt) },
      },
    })),
    empty: { title: t('imports:past.none') },
  };
}

/** Where a table is uploaded, and what was uploaded before. */
export function presentUpload(req: Request, parts: UploadParts): UploadPage {
  const { t, locale } = req;
  const { form, commandId, reading } = parts;
  const { count } = createFormat(locale);
  const nameOf = unitNames(reading.units, locale);
  const own = enteringUnits(reading.person);
  const fields: Field[] = [
    ...(own.length > 1
      ? [{ kind: 'select' as const, label: t('records:unit'), required: true, blank: false as const, options: own.map((value) => ({ value, label: nameOf(value) })), ...filled(form, 'unit') }]
      : []),
    {
      kind: 'file', label: t('imports:file'), required: true, accept: tableEndings, limits: t('imports:limits', { limit: mostMegabytes, rows: count(mostRows) }), ...filled(form, 'file'),
    },
    {
      kind: 'select', label: t('imports:domain'), hint: t('imports:domainHint'), ...filled(form, 'domain'),
      options: recordDomains.map((value) => ({ value, label: t(`records:domain.${value}`) })),
    },
  ];
  return {
    page: { title: t('imports:title'), crumbs: importCrumbs(t), width: 'full' },
    heading: { title: t('imports:title'), lead: t('imports:lead'), links: [{ href: `${importPath}/template.xlsx`, label: t('imports:template.link'), icon: 'download' }] },
    errors: labelledSummary(form, fields, t),
    form: { action: importPath, upload: true, commandId, warnWhenDirty: false },
    fields,
    steps: [1, 2, 3].map((n) => t(`imports:step${n}`)),
    columns: {
      caption: t('imports:columns'),
      columns: [
        { key: 'name', label: t('imports:template.column'), line: 1, tight: true },
        { key: 'code', label: t('imports:template.code'), line: 2, tight: true },
        { key: 'need', label: t('imports:template.need'), line: 2, tight: true },
        { key: 'how', label: t('imports:template.how'), line: 3 },
      ],
      rows: tableColumns.filter((column) => !unreadColumns.has(column)).map((column) => ({
        cells: {
          name: t(`imports:column.${column}`),
          code: codeOf(column) ?? { kind: 'none' },
          need: t(`imports:template.${needOf(column)}`),
          how: t(`imports:hint.${column}`),
        },
      })),
      empty: { title: '' },
    },
    button: { label: t('imports:check'), icon: 'upload' },
    past: pastTable(req, parts),
  };
}
