import { parse } from 'csv-parse/sync';
import type { NoticeDay } from '../../rules/calendar/index.ts';

/** What a file of days could not be read for, as a key of the `calendar` texts under `file`. */
export interface FileFault {
  readonly key: 'empty' | 'json' | 'csv' | 'columns' | 'row';
  readonly params: Readonly<Record<string, string | number>>;
}

export type ReadNotice = { readonly ok: true; readonly days: NoticeDay[] } | { readonly ok: false; readonly fault: FileFault };

const refused = (key: FileFault['key'], params: FileFault['params'] = {}): ReadNotice => ({ ok: false, fault: { key, params } });

/** Bytes as text: UTF-8, else GB 18030, in which spreadsheets here save CSV. */
export function decodeNotice(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

const HEADERS: ReadonlyMap<string, 'date' | 'isOffDay' | 'name'> = new Map([
  ['date', 'date'], ['日期', 'date'],
  ['isoffday', 'isOffDay'], ['isOffDay', 'isOffDay'], ['是否放假', 'isOffDay'], ['是否休息', 'isOffDay'],
  ['name', 'name'], ['名称', 'name'], ['节日', 'name'],
]);

const OFF: ReadonlyMap<string, boolean> = new Map([
  ['true', true], ['1', true], ['是', true], ['休', true], ['放假', true], ['休息', true],
  ['false', false], ['0', false], ['否', false], ['班', false], ['上班', false],
]);

/** 2027/1/1, 2027.1.1 and 2027年1月1日 as 2027-01-01; anything else unchanged, to be refused with its line. */
function dateText(text: string): string {
  const [, year, month = '', day = ''] = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text.trim()) ?? [];
  return year === undefined ? text.trim() : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function dayOf(row: unknown): NoticeDay | null {
  if (typeof row !== 'object' || row === null) return null;
  const { date, isOffDay, name } = row as Record<string, unknown>;
  if (typeof date !== 'string' || typeof name !== 'string') return null;
  const off = typeof isOffDay === 'boolean' ? isOffDay : OFF.get(String(isOffDay).trim().toLowerCase());
  return off === undefined ? null : { date: dateText(date), isOffDay: off, name: name.trim() };
}

function readRows(rows: readonly unknown[], firstLine: number): ReadNotice {
  const days: NoticeDay[] = [];
  for (const [index, row] of rows.entries()) {
    const day = dayOf(row);
    if (day === null) return refused('row', { line: index + firstLine });
    days.push(day);
  }
  return { ok: true, days };
}

function readJson(text: string): ReadNotice {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return refused('json');
  }
  const list: unknown = Array.isArray(data) ? data : typeof data === 'object' && data !== null && 'days' in data ? data.days : null;
  return Array.isArray(list) ? readRows(list, 1) : refused('json');
}

function readCsv(text: string): ReadNotice {
  let lines: string[][];
  try {
    lines = parse(text, { skip_empty_lines: true, relax_column_count: true, trim: true });
  } catch {
    return refused('csv');
  }
  const [head = [], ...body] = lines;
  const columns = head.map((name) => HEADERS.get(name) ?? HEADERS.get(name.toLowerCase()) ?? null);
  if (!['date', 'isOffDay', 'name'].every((wanted) => columns.some((column) => column === wanted))) return refused('columns');
  const rows = body.map((cells) => Object.fromEntries(columns.flatMap((column, index) => (column === null ? [] : [[column, cells[index] ?? '']]))));
  return readRows(rows, 2);
}

/**
 * Days of a notice out of JSON (a list, or an object with `days`) or CSV with a header: date, isOffDay, name.
 * Only the shape is checked here; whether the days make sense is for `noticeFaults`.
 */
export function readNotice(text: string): ReadNotice {
  const clean = text.replace(/^\uFEFF/, '').trim();
  if (clean === '') return refused('empty');
  return /^[[{]/.test(clean) ? readJson(clean) : readCsv(clean);
}
