import type { Translate } from '../../../platform/i18n.ts';
import { readForm } from '../../../platform/http/forms.ts';
import { dayOf } from '../../../platform/sheets/days.ts';
import type { SheetRow } from '../../../platform/sheets/fault.ts';
import { reportSchema, type Report, type ReportContext } from '../report/forms.ts';
import { checkAnyCode } from '../report/check-routes.ts';
import { columns, requiredColumns, type Column, type Sheet, type Vocabulary } from './columns.ts';

/** A row of the file: ready to be registered, with what is wrong with it, or there already. */
export type PlannedRow =
  | { readonly row: SheetRow; readonly title: string; readonly report: Report; readonly faults?: undefined; readonly same?: undefined }
  | { readonly row: SheetRow; readonly title: string; readonly report?: undefined; readonly faults: readonly string[]; readonly same?: undefined }
  /** Says the same as a row before it, and is left out. */
  | { readonly row: SheetRow; readonly title: string; readonly report?: undefined; readonly faults?: undefined; readonly same: number };

export interface Plan {
  readonly rows: readonly PlannedRow[];
  /** Required columns that the file does not have: then no row can be registered. */
  readonly missing: readonly Column[];
}

const SEVERAL = /[;；\n]/;

/** Names and codes of subjects, several to a cell, the first with the first. */
function subjectsOf(names: string, codes: string, today: string): Record<string, unknown>[] {
  const [all, numbers] = [names, codes].map((cell) => (cell.trim() === '' ? [] : cell.split(SEVERAL).map((part) => part.trim()).filter((part) => part !== '')));
  const count = Math.max(all?.length ?? 0, numbers?.length ?? 0);
  return Array.from({ length: count }, (_, n) => {
    const code = numbers?.[n] ?? '';
    return { kind: checkAnyCode(code, 'any', today).kind === 'residentId' ? 'person' : 'organisation', name: all?.[n] ?? '', code };
  });
}

/** The column in which a wrong field of the report stands. */
function columnOf(field: string): Column | null {
  const subject = /^subjects\[\d+\]\[(\w+)\]/.exec(field)?.[1];
  if (field.startsWith('subjects')) return subject === 'name' ? 'subjectName' : 'subjectCode';
  if (field === 'reporter[name]') return 'reporterName';
  if (field === 'reporter[mail]') return 'reporterMail';
  return columns.find((column) => column === field) ?? null;
}

/** What would become of each row, by the same checks as the form. Nothing is stored. */
export function planRows(sheet: Sheet, { context, vocabulary, t }: { context: ReportContext; vocabulary: Vocabulary; t: Translate }): Plan {
  const schema = reportSchema(context);
  const missing = requiredColumns.filter((column) => !sheet.places.has(column));
  const columnAt = new Map([...sheet.places].map(([column, place]) => [place, column]));
  const firstOf = new Map<string, number>();
  const rows = sheet.rows.map((row): PlannedRow => {
    const cell = (column: Column): string => row.cells[sheet.places.get(column) ?? -1] ?? '';
    const oneLine = (column: Column): string => cell(column).replace(/\s*\n\s*/g, ' ');
    const title = oneLine('title');
    const cellFaults = row.faults.flatMap(({ column: place, kind, text }) => {
      const column = columnAt.get(place);
      return column === undefined ? [] : [{ column, message: t(`files:cellFault.${kind}`, { value: text }) }];
    });
    const wrong = new Set<Column | null>(cellFaults.map(({ column }) => column));
    const body = {
      field: vocabulary.field(cell('field')),
      area: vocabulary.area(cell('area')),
      region: vocabulary.region(cell('region')),
      title,
      what: cell('what'),
      place: oneLine('place'),
      occurredOn: dayOf(cell('occurredOn')),
      subjects: wrong.has('subjectCode') ? [] : subjectsOf(cell('subjectName'), cell('subjectCode'), context.today),
      sourceUrl: cell('sourceUrl'),
      reporter: { name: cell('reporterName'), mail: cell('reporterMail') },
    };
    const read = readForm(schema, body, t);
    const label = (column: Column): string => t(`incidents:import.column.${column}`);
    const faults = [
      ...cellFaults.map(({ column, message }) => t('incidents:import.fault', { column: label(column), message })),
      ...(read.ok ? [] : Object.entries(read.form.errors).flatMap(([field, message]) => {
        const column = columnOf(field);
        if (wrong.has(column)) return [];
        return [column === null ? message : t('incidents:import.fault', { column: label(column), message })];
      })),
    ];
    if (!read.ok || faults.length > 0) return { row, title, faults };
    const same = firstOf.get(JSON.stringify(read.data));
    if (same === undefined) firstOf.set(JSON.stringify(read.data), row.number);
    return same === undefined ? { row, title, report: read.data } : { row, title, same };
  });
  return { rows, missing };
}
