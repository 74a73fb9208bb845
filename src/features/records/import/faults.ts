import type { Translate } from '../../../platform/i18n.ts';
import { maskResidentId } from '../../../rules/masking/index.ts';
import type { Column } from './columns.ts';

/** What is wrong with a row, as it is kept: words are found when it is shown. */
export interface RowFault {
  /** Null for the row as a whole. */
  readonly column: Column | null;
  /** Key of a text with its namespace, and what stands in it. */
  readonly key: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const NUMBERS = /\d{14,17}[\dXx]/g;
/** More of a cell says no more about what is wrong with it. */
const longestShown = 60;

/** What was typed, as a report may show it: short, and no number of a person whole. */
function shown(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const short = [...value].length > longestShown ? `${[...value].slice(0, longestShown).join('')}…` : value;
  return short.replaceAll(NUMBERS, (number) => maskResidentId(number));
}

export function rowFault(column: Column | null, key: string, params: RowFault['params'] = {}): RowFault {
  return { column, key, params: Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'key').map(([name, value]) => [name, shown(value)])) };
}

/** A fault in words, with the column in which it is. */
export function faultInWords({ column, key, params }: RowFault, t: Translate): string {
  const message = t(key, params);
  return column === null ? message : t('common:form.inField', { label: t(`imports:column.${column}`), message });
}
