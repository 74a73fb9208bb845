import type { Notice } from '../http/view-models.ts';
import type { Translate } from '../i18n.ts';

/** What of a file was read, and what was left. */
export interface FileReading {
  /** Empty of a text file. */
  readonly tab: string;
  /** Worksheets that hold anything or are hidden, and were not read. */
  readonly otherTabs: readonly { readonly name: string; readonly visible: boolean }[];
  /** Rows that the file hides, and the first of them. They are read as the others. */
  readonly hidden: number;
  readonly hiddenRows: readonly number[];
  /** Names of columns that nothing is taken from. */
  readonly unread: readonly string[];
}

/** What a person has to know of how his file was read, before he confirms. */
export function readingNotices({ tab, otherTabs, hidden, hiddenRows, unread }: FileReading, t: Translate, count: (n: number) => string): Notice[] {
  const list = (names: readonly string[]): string => names.join(t('common:list'));
  const others = otherTabs.map(({ name, visible }) => (visible ? t('files:reading.tab', { name }) : t('files:reading.hiddenTab', { name })));
  return [
    ...(hidden > 0 ? [{ tone: 'soon' as const, text: t('files:reading.hidden', { count: hidden, rows: list(hiddenRows.map(count)) + (hidden > hiddenRows.length ? t('files:reading.andMore') : '') }) }] : []),
    ...(others.length > 0 ? [{ tone: 'soon' as const, text: t('files:reading.otherTabs', { tab, others: list(others) }) }] : []),
    ...(unread.length > 0 ? [{ tone: 'info' as const, text: t('files:reading.unread', { columns: list(unread) }) }] : []),
  ];
}
