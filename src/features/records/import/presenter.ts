import type { Request } from 'express';
import { createFormat } from '../../../platform/http/format.ts';
import { filled, labelledSummary, newForm, type Form } from '../../../platform/http/forms.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Button, Cell, ConfirmBlock, CountTiles, DataTable, ErrorSummary, Field, FormShell, Heading, Link, Notice, Page, Progress } from '../../../platform/http/view-models.ts';
import type { Translate } from '../../../platform/i18n.ts';
import { readingNotices } from '../../../platform/sheets/reading-notices.ts';
import { lengths } from '../enter/forms.ts';
import { listPath } from '../list/filter.ts';
import { unitNames, type Reading } from '../parts.ts';
import { yuanOf } from './amounts.ts';
import { amountUnits } from './columns.ts';
import { faultInWords } from './faults.ts';
import type { CorrectionNote, FaultGroup, Found, NotedRow, RecordImport } from './imports.ts';
import { importCrumbs, importPath, stateBadge } from './upload-presenter.ts';

/** Corrections shown on the page. */
export const mostCorrections = 50;
/** Seconds until a running import is looked at again. */
const lookAgain = 2;

interface FormBlock {
  readonly form: FormShell;
  readonly fields: Field[];
  readonly button: Button;
}

export interface ImportPage {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  notices: Notice[];
  progress: Progress | null;
  tiles: CountTiles | null;
  examples: DataTable | null;
  answer: FormBlock | null;
  confirm: (FormBlock & { consequences: ConfirmBlock }) | null;
  goOn: FormBlock | null;
  rename: (FormBlock & { lead: string }) | null;
  faults: DataTable | null;
  download: Link | null;
  corrections: DataTable | null;
  more: string | null;
}

export interface ImportParts {
  readonly of: RecordImport;
  readonly corrections: readonly NotedRow[];
  readonly reading: Reading;
  /** What was posted in vain. */
  readonly posted: Form | null;
}

type Count = (n: number) => string;

function readingOf({ reading }: Found, t: Translate, count: Count): Notice[] {
  if (!reading) return [];
  return [
    ...readingNotices(reading, t, count),
    ...(reading.insideOnly > 0 ? [{ tone: 'info' as const, text: t('imports:insideOnly', { count: reading.insideOnly }) }] : []),
  ];
}

/** That there is nothing to store, and why. */
const nothingToStore = ({ same, bad }: { same: number; bad: number }, t: Translate, count: Count): Notice =>
  ({ tone: 'info', text: t(bad > 0 ? 'imports:nothingGood' : 'imports:allThere', { same: count(same) }) });

function noticesOf({ state, fault, result, found, answers }: RecordImport, t: Translate, count: Count): Notice[] {
  if (state === 'asking') return [{ tone: 'soon', text: t('imports:asking.notice') }];
  if (state === 'stopped' || state === 'refused') return [{ tone: 'late', text: t(fault?.key ?? 'imports:stopped', fault?.params) }];
  if (state === 'done') {
    if (result.stored + result.corrected + result.leftOut === 0) return [nothingToStore(result, t, count), ...(found ? readingOf(found, t, count) : [])];
    const key = result.bad > 0 ? 'imports:doneButBad' : 'imports:done';
    return [{ tone: 'done', text: t(key, { stored: count(result.stored), corrected: count(result.corrected), same: count(result.same), bad: count(result.bad) }), link: { href: listPath, label: t('imports:toList') } }, ...(found ? readingOf(found, t, count) : [])];
  }
  if (state !== 'checked' || !found) return [];
  return [
    ...readingOf(found, t, count),
    ...(found.new + found.correction === 0 ? [nothingToStore(found, t, count)] : []),
    ...(answers.amountUnit === 'yuan' ? [{ tone: 'info' as const, text: t('imports:readAsYuan') }] : []),
    ...(answers.renamed === null ? [] : [{ tone: 'info' as const, text: t('imports:readAsRenamed', { reason: answers.renamed }) }]),
  ];
}

function progressOf({ id, state, handled, rows }: RecordImport, t: Translate, count: Count): Progress | null {
  const again = { href: `${importPath}/${id}`, seconds: lookAgain };
  if (state === 'checking') return { label: t('imports:checking', { done: count(handled) }), note: t('imports:mayLeave'), again };
  return state === 'importing' ? { label: t('imports:importing'), done: handled, total: rows ?? 0, note: t('imports:mayLeave'), again } : null;
}

type TileTone = CountTiles['tiles'][number]['tone'];

function tilesOf({ state, found, result }: RecordImport, t: Translate, count: Count): CountTiles | null {
  const tile = (name: string, n: number, href: string, tone?: TileTone, note?: string) => ({ label: t(`imports:tile.${name}`), count: n, href, ...(tone ? { tone } : {}), ...(note ? { note } : {}) });
  if (state === 'checked' && found) {
    return {
      label: t('imports:tile.found'),
      tiles: [
        tile('new', found.new, '#confirm', undefined, t('imports:tile.shown', { count: found.shown, shown: count(found.shown) })),
        tile('correction', found.correction, '#corrections', 'soon'),
        tile('same', found.same, '#confirm'),
        tile('bad', found.bad, '#faults', 'late'),
      ],
    };
  }
  if (state !== 'done' && state !== 'importing' && state !== 'stopped') return null;
  return {
    label: t('imports:tile.result'),
    tiles: [
      tile('stored', result.stored, listPath, 'done'),
      tile('corrected', result.corrected, '#corrections', 'done'),
      tile('same', result.same, listPath),
      ...(result.leftOut > 0 ? [tile('leftOut', result.leftOut, '#corrections', 'soon')] : []),
      tile('bad', result.bad, '#faults', 'late'),
    ],
  };
}

function examplesOf(req: Request, { question }: RecordImport): DataTable | null {
  const { t, locale } = req;
  const { money, count } = createFormat(locale);
  const as = (cell: string, unit: (typeof amountUnits)[number]): Cell => {
    const yuan = yuanOf(cell, unit);
    return yuan === null || yuan === '' ? { kind: 'none' } : { kind: 'number', text: money(yuan) };
  };
  return question && {
    caption: t('imports:asking.examples'),
    columns: [
      { key: 'decision', label: t('imports:column.decision'), line: 3 },
      { key: 'row', label: t('imports:row'), line: 1, align: 'end', named: true, tight: true },
      { key: 'cell', label: t('imports:asking.cell'), line: 1, align: 'end', named: true, tight: true },
      { key: 'tenThousand', label: t('imports:asking.as.tenThousand'), line: 2, align: 'end', named: true, tight: true },
      { key: 'yuan', label: t('imports:asking.as.yuan'), line: 2, align: 'end', named: true, tight: true },
    ],
    rows: question.examples.map(({ of, row, cell, decision }) => ({
      cells: {
        row: { kind: 'number', text: count(row) }, cell: { kind: 'number', text: `${t(`imports:column.${of}`)} ${cell}` },
        tenThousand: as(cell, 'tenThousand'), yuan: as(cell, 'yuan'), decision,
      },
    })),
    empty: { title: '' },
  };
}

function faultTable(req: Request, groups: readonly FaultGroup[]): DataTable {
  const { t, locale } = req;
  const { count } = createFormat(locale);
  return {
    caption: t('imports:faults.title'),
    columns: [
      { key: 'fault', label: t('imports:reason'), line: 1 },
      { key: 'count', label: t('imports:faults.count'), line: 2, align: 'end', named: true, tight: true },
      { key: 'rows', label: t('imports:faults.rows'), line: 3, named: true },
    ],
    rows: groups.map((group) => ({
      cells: {
        fault: faultInWords(group, t),
        count: { kind: 'number', text: count(group.count) },
        rows: group.rows.map(count).join(t('common:list')) + (group.count > group.rows.length ? t('imports:faults.andMore') : ''),
      },
    })),
    empty: { title: t('imports:faults.none') },
  };
}

function valueInWords(req: Request, field: string, value: unknown): string {
  const { t, locale } = req;
  if (field === 'fine' || field === 'confiscated') return createFormat(locale).money(Number(value));
  if (field === 'penaltyKinds') return Array.isArray(value) && value.length > 0 ? value.map((kind) => t(`records:penaltyKind.${String(kind)}`)).join(t('common:list')) : t('records:correct.nothing');
  if (field === 'insideOnly') return t(`imports:useScope.${value === true ? 'inside' : 'public'}`);
  if (field === 'summaryProcedure') return t(value === true ? 'records:show.yes' : 'records:show.no');
  if (field === 'kind' || field === 'domain') return t(`records:${field}.${String(value)}`);
  return typeof value === 'string' ? value : t('records:correct.nothing');
}

function changeInWords(req: Request, { field, ...change }: CorrectionNote['changes'][number]): string {
  const label = req.t(`imports:column.${field === 'insideOnly' ? 'useScope' : field}`);
  if (!('before' in change) && !('after' in change)) return req.t('imports:corrections.text', { label });
  return req.t('imports:corrections.value', { label, before: valueInWords(req, field, change.before), after: valueInWords(req, field, change.after) });
}

function correctionTable(req: Request, notes: readonly NotedRow[]): DataTable {
  const { t, locale } = req;
  return {
    caption: t('imports:corrections.title'),
    columns: [
      { key: 'record', label: t('records:column.record'), line: 1 },
      { key: 'row', label: t('imports:row'), line: 2, align: 'end', named: true, tight: true },
      { key: 'changes', label: t('imports:corrections.changes'), line: 3 },
    ],
    rows: notes.flatMap((note) => (note.outcome === 'bad' ? [] : [{
      cells: {
        record: { kind: 'link' as const, href: `${listPath}/${note.record}`, label: note.what.documentNo },
        row: { kind: 'number' as const, text: createFormat(locale).count(note.row) },
        changes: { kind: 'lines' as const, lines: note.what.changes.map((change) => changeInWords(req, change)) },
      },
    }])),
    empty: { title: '' },
  };
}

function confirmOf({ id, answers }: RecordImport, found: Found, t: Translate, count: Count): ImportPage['confirm'] {
  if (found.new + found.correction === 0) return null;
  const classes = (['MINOR', 'GENERAL', 'SERIOUS'] as const).filter((one) => found.classes[one] > 0)
    .map((one) => t('imports:confirm.class', { name: t(`records:className.${one}`), count: count(found.classes[one]) }));
  return {
    form: { action: `${importPath}/${id}/confirm`, warnWhenDirty: false },
    fields: found.correction > 0
      ? [{ kind: 'check', name: 'corrects', value: '1', checked: answers.corrects, label: t('imports:confirm.corrects', { count: found.correction }), hint: t('imports:confirm.correctsHint') }]
      : [],
    consequences: {
      title: t('imports:confirm.title'),
      consequences: [
        ...(found.new > 0 ? [t('imports:confirm.stored', { new: count(found.new), classes: classes.join(t('common:list')), shown: count(found.shown), kept: count(found.new - found.shown) })] : []),
        ...(found.same > 0 ? [t('imports:confirm.same', { same: count(found.same) })] : []),
        ...(found.bad > 0 ? [t('imports:confirm.bad', { bad: count(found.bad) })] : []),
      ],
      mailTo: [],
      undo: { possible: false, text: t('imports:confirm.undo') },
    },
    button: { label: found.new > 0 ? t('imports:confirm.send', { count: found.new }) : t('imports:confirm.sendCorrections') },
  };
}

/** One import: what was found, what has to be answered, how far it is, or what came of it. */
export function presentImport(req: Request, { of, corrections, reading, posted }: ImportParts): ImportPage {
  const { t, locale } = req;
  const { count } = createFormat(locale);
  const { id, state, found, question } = of;
  const form: Form = posted ?? newForm(question?.said ? { amountUnit: question.said } : {});
  const base = `${importPath}/${id}`;
  const answerFields: Field[] = state === 'asking'
    ? [{
      kind: 'radios', label: t('imports:asking.label'), required: true, ...filled(form, 'amountUnit'),
      options: amountUnits.map((value) => ({ value, label: t(`imports:asking.unit.${value}`), hint: t(`imports:asking.unitHint.${value}`) })),
    }]
    : [];
  const renameFields: Field[] = state === 'checked' && found && found.otherName > 0 && of.answers.renamed === null
    ? [{ kind: 'textarea', rows: 2, limit: lengths.reason, required: true, label: t('imports:rename.reason'), hint: t('imports:rename.reasonHint'), ...filled(form, 'reason') }]
    : [];
  const bad = state === 'checked' ? (found?.bad ?? 0) : of.result.bad;
  const isOver = state === 'checked' || state === 'done' || state === 'stopped';
  const stoppedDuring = of.fault?.during;
  return {
    page: { title: t('imports:pageTitle', { name: of.file.name }), crumbs: importCrumbs(t, of.file.name), width: 'full' },
    heading: {
      title: of.file.name,
      badges: [stateBadge(state, t)],
      lead: t('imports:uploaded', { person: of.person.name, unit: unitNames(reading.units, locale)(of.unit), at: createMoments(t).dayTime(of.createdAt).text }),
    },
    errors: labelledSummary(form, [...answerFields, ...renameFields], t),
    notices: noticesOf(of, t, count),
    progress: progressOf(of, t, count),
    tiles: tilesOf(of, t, count),
    examples: state === 'asking' ? examplesOf(req, of) : null,
    answer: state === 'asking' && question
      ? { form: { action: `${base}/answer`, warnWhenDirty: false }, fields: answerFields, button: { label: t('imports:asking.send') } }
      : null,
    confirm: state === 'checked' && found ? confirmOf(of, found, t, count) : null,
    goOn: state === 'stopped' && stoppedDuring
      ? { form: { action: `${base}/continue`, warnWhenDirty: false }, fields: [], button: { label: t(`imports:goOn.${stoppedDuring}`) } }
      : null,
    rename: renameFields.length > 0
      ? { lead: t('imports:rename.lead', { count: found?.otherName ?? 0 }), form: { action: `${base}/rename`, label: t('imports:rename.title'), warnWhenDirty: false }, fields: renameFields, button: { label: t('imports:rename.send') } }
      : null,
    faults: isOver && found && found.faults.length > 0 ? faultTable(req, found.faults) : null,
    download: isOver && bad > 0 ? { href: `${base}/faults.xlsx`, label: t('imports:faults.download', { count: bad }) } : null,
    corrections: isOver && corrections.length > 0 ? correctionTable(req, corrections) : null,
    more: found && found.correction > corrections.length ? t('imports:corrections.more', { shown: count(corrections.length), total: count(found.correction) }) : null,
  };
}
