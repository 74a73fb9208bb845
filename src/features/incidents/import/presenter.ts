import type { Request } from 'express';
import { createFormat } from '../../../platform/http/format.ts';
import type { Button, Cell, CountTiles, DataTable, ErrorSummary, Field, FormShell, Heading, Link, Notice, Page, Progress as ProgressBlock } from '../../../platform/http/view-models.ts';
import { tableEndings } from '../../../platform/sheets/cells.ts';
import { readingNotices } from '../../../platform/sheets/reading-notices.ts';
import { columns, requiredColumns, type Column, type Sheet } from './columns.ts';
import type { Progress } from './job.ts';
import type { Plan, PlannedRow } from './plan.ts';
import { mostRows } from './sheets.ts';

export const importPath = '/incidents/import';
/** Rows shown on the page; the rest is in the file. */
const mostShown = 200;
/** Seconds until a running import is looked at again. */
const lookAgain = 2;

const crumbs = (req: Request, here?: string) => [
  { label: req.t('incidents:title'), href: '/incidents' },
  here === undefined ? { label: req.t('incidents:import.title') } : { label: req.t('incidents:import.title'), href: importPath },
  ...(here === undefined ? [] : [{ label: here }]),
];

export interface UploadPage {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  form: FormShell;
  field: Field;
  steps: string[];
  columns: DataTable;
  button: Button;
}

/** Where a spreadsheet is uploaded. */
export function presentUpload(req: Request, { megabytes, error }: { megabytes: number; error: string | null }): UploadPage {
  const { t } = req;
  return {
    page: { title: t('incidents:import.title'), crumbs: crumbs(req) },
    heading: { title: t('incidents:import.title'), lead: t('incidents:import.lead'), links: [{ href: `${importPath}/template.xlsx`, label: t('incidents:import.template.link'), icon: 'download' }] },
    errors: { errors: error === null ? [] : [{ field: 'file', message: t('common:form.inField', { label: t('incidents:import.file'), message: error }) }] },
    form: { action: importPath, upload: true, warnWhenDirty: false },
    field: {
      kind: 'file', name: 'file', label: t('incidents:import.file'), required: true, accept: tableEndings,
      limits: t('incidents:import.limits', { limit: megabytes, rows: createFormat(req.locale).count(mostRows) }), ...(error === null ? {} : { error }),
    },
    steps: [1, 2, 3].map((n) => t(`incidents:import.step${n}`)),
    columns: {
      caption: t('incidents:import.columns'),
      columns: [
        { key: 'name', label: t('incidents:import.template.column'), line: 1, tight: true },
        { key: 'need', label: t('incidents:import.template.need'), line: 2, tight: true },
        { key: 'how', label: t('incidents:import.template.how'), line: 3 },
      ],
      rows: columns.map((column) => ({
        cells: {
          name: t(`incidents:import.column.${column}`),
          need: t(requiredColumns.includes(column) ? 'incidents:import.template.needed' : 'incidents:import.template.notNeeded'),
          how: t(`incidents:import.shortHint.${column}`),
        },
      })),
      empty: { title: '' },
    },
    button: { label: t('incidents:import.check'), icon: 'upload' },
  };
}

export interface ResultPage {
  page: Page;
  heading: Heading;
  notices: Notice[];
  tiles: CountTiles;
  progress: ProgressBlock | null;
  table: DataTable;
  shown: string | null;
  download: Link | null;
  form: FormShell | null;
  leaveOut: Field | null;
  button: Button | null;
}

export interface ResultParts {
  address: string;
  fileName: string;
  sheet: Sheet;
  plan: Plan;
  progress: Progress;
  running: boolean;
  /** Rows about a subject of an open incident, to its number. */
  known: ReadonlyMap<number, string>;
}

type Fate = 'faulty' | 'ready' | 'registered' | 'same';
const fateOf = ({ row, faults, same }: PlannedRow, { registered }: Progress): Fate => (faults ? 'faulty' : same !== undefined ? 'same' : registered.has(row.number) ? 'registered' : 'ready');
const order: Record<Fate, number> = { faulty: 0, ready: 1, same: 2, registered: 3 };

function rowsOf(req: Request, { plan, progress, known }: ResultParts): DataTable['rows'] {
  const { t } = req;
  const sorted = plan.rows.map((planned) => ({ planned, fate: fateOf(planned, progress) })).toSorted((a, b) => order[a.fate] - order[b.fate]).slice(0, mostShown);
  const result = ({ row, faults, same: first }: PlannedRow): Cell => {
    if (faults) return { kind: 'lines', lines: [...faults] };
    if (first !== undefined) return t('incidents:import.sameAs', { row: first });
    const caseNo = progress.registered.get(row.number);
    if (caseNo !== undefined) return { kind: 'link', href: `/incidents/${caseNo}`, label: caseNo };
    const same = known.get(row.number);
    return same === undefined ? { kind: 'none' } : { kind: 'link', href: `/incidents/${same}`, label: t('incidents:import.known', { caseNo: same }) };
  };
  return sorted.map(({ planned, fate }) => ({
    id: `row-${planned.row.number}`,
    ...(fate === 'faulty' ? { tone: 'late' as const } : {}),
    cells: {
      row: { kind: 'number', text: String(planned.row.number) },
      title: planned.title === '' ? { kind: 'none' } : planned.title,
      fate: { kind: 'badge', badge: { label: t(`incidents:import.fate.${fate}`), tone: fate === 'faulty' ? 'late' : fate === 'registered' ? 'done' : 'plain' } },
      result: result(planned),
    } satisfies Record<string, Cell>,
  }));
}

/** What was found in the file, and how far registering has come. */
export function presentResult(req: Request, parts: ResultParts): ResultPage {
  const { t } = req;
  const { address, fileName, sheet, plan, progress, running, known } = parts;
  const format = createFormat(req.locale);
  const faulty = plan.rows.filter(({ faults }) => faults).length;
  const same = plan.rows.filter((row) => row.same !== undefined).length;
  const good = plan.rows.length - faulty - same;
  const done = progress.registered.size;
  const left = good - done;
  const named = (column: Column): string => t(`incidents:import.column.${column}`);
  const hidden = sheet.rows.filter((row) => row.hidden);
  const reading = { tab: sheet.tab, otherTabs: sheet.otherTabs, hidden: hidden.length, hiddenRows: hidden.slice(0, 10).map(({ number }) => number), unread: sheet.unread };
  const notices: Notice[] = [
    ...readingNotices(reading, t, format.count),
    ...(plan.missing.length > 0
      ? [{ tone: 'late' as const, text: t('incidents:import.missing', { columns: plan.missing.map(named).join(t('common:list')), found: sheet.header.filter((name) => name !== '').join(t('common:list')) }) }]
      : []),
    ...(!running && done > 0 && left > 0 ? [{ tone: 'soon' as const, text: t('incidents:import.stopped', { done: format.count(done), left: format.count(left) }) }] : []),
    ...(!running && done > 0 && left === 0 ? [{ tone: 'done' as const, text: t(faulty > 0 ? 'incidents:import.doneButFaulty' : 'incidents:import.done', { done: format.count(done), faulty: format.count(faulty) }) }] : []),
  ];
  const tile = (key: Fate, count: number, tone?: 'late' | 'done') => ({ label: t(`incidents:import.fate.${key}`), count, href: '#rows', ...(tone ? { tone } : {}) });
  return {
    page: { title: t('incidents:import.resultTitle', { name: fileName }), crumbs: crumbs(req, fileName), width: 'full' },
    heading: { title: fileName, lead: t('incidents:import.found', { count: plan.rows.length }) },
    notices,
    tiles: { label: t('incidents:import.summary'), tiles: [tile('ready', left), tile('faulty', faulty, 'late'), tile('registered', done, 'done'), ...(same > 0 ? [tile('same', same)] : [])] },
    progress: running ? { label: t('incidents:import.running'), done, total: good, note: t('incidents:import.mayLeave'), again: { href: address, seconds: lookAgain } } : null,
    table: {
      caption: t('incidents:import.rows'),
      columns: [
        { key: 'title', label: t('incidents:import.column.title'), line: 1 },
        { key: 'row', label: t('incidents:import.rowColumn'), line: 2, align: 'end', named: true, tight: true },
        { key: 'fate', label: t('incidents:show.standing'), line: 2, tight: true },
        { key: 'result', label: t('incidents:import.result'), line: 3 },
      ],
      rows: rowsOf(req, parts),
      empty: { title: t('incidents:import.noRows') },
    },
    shown: plan.rows.length > mostShown ? t('incidents:import.shownOf', { shown: mostShown, total: format.count(plan.rows.length) }) : null,
    download: faulty > 0 ? { href: `${address}/faults.xlsx`, label: t('incidents:import.downloadFaults', { count: faulty }) } : null,
    form: left > 0 && !running ? { action: `${address}/register`, warnWhenDirty: false } : null,
    leaveOut: left > 0 && !running && known.size > 0
      ? { kind: 'check', name: 'leaveOut', value: '1', label: t('incidents:import.leaveOut', { count: known.size }), required: true, checked: false }
      : null,
    button: left > 0 && !running ? { label: t(done > 0 ? 'incidents:import.continue' : 'incidents:import.register', { count: left }) } : null,
  };
}
