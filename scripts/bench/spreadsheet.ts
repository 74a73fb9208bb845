import { once } from 'node:events';
import { join } from 'node:path';
import { tenThousandsOf } from '../../src/features/records/import/amounts.ts';
import { createDatabase } from '../../src/platform/database.ts';
import { createI18n } from '../../src/platform/i18n.ts';
import { createReadLaw } from '../../src/platform/law.ts';
import { dateAt, dayNumber } from '../../src/rules/calendar/index.ts';
import { against, ms, table } from './figures.ts';
import { fillSubjects } from './firms.ts';
import { copyPlain, penaltyLine, writeCsv, type PenaltyLine } from './penalties.ts';
import type { Told } from './records.ts';
import type { SpreadsheetFigures } from './spreadsheet-import.ts';
import type { Stack } from './stack.ts';

const goal = 4;
/** Firms that the city knows for each row of the file. */
const firmsARow = 10;

const t = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } }).translator('zh-CN');

/** A record as a row of the table of double publicity. */
function rowOf({ kind, name, code, documentNo, decidedOn, recordKind, penaltyKinds, fine, domain, legalBasis, act, decision, performed }: PenaltyLine): Record<string, string> {
  const person = kind === 'person';
  return {
    CF_XDR_MC: name, CF_XDR_LB: t(`imports:subject.${kind}`), CF_XDR_SHXYM: person ? '' : code, CF_XDR_ZJLX: person ? t('imports:residentId') : '', CF_XDR_ZJHM: person ? code : '',
    CF_WSH: documentNo, CF_SY: act, CF_YJ: legalBasis, CF_CFLB: penaltyKinds === '' ? '' : penaltyKinds.split(';').map((one) => t(`records:penaltyKind.${one}`)).join(';'), CF_NR: decision,
    CF_NR_FK: fine === '0' ? '' : tenThousandsOf(Number(fine)), CF_JDRQ: decidedOn.replaceAll('-', '/'), CF_CFJG: '宿迁市市场监督管理局',
    [t('imports:column.kind')]: t(`records:kind.${recordKind}`), [t('imports:column.domain')]: t(`records:domain.${domain}`), [t('imports:column.performed')]: t(performed === 'yes' ? 'records:show.yes' : 'records:show.no'),
  };
}

/** A month's table brought in whole, by the job of the worker: read and checked row by row, confirmed, stored. */
export async function runSpreadsheet(stack: Stack, rows: number, { say, note }: Told): Promise<void> {
  const database = 'spreadsheet';
  const databaseUrl = await stack.copy('city', database);
  const firms = rows * firmsARow;
  const knex = createDatabase(databaseUrl, { statementTimeoutMs: 0 });
  try {
    await fillSubjects({ databaseUrl, knex, count: firms, progress: note });
    const { calendar } = await createReadLaw(knex)();
    const today = dayNumber(dateAt(calendar, Date.now()));
    const file = join(stack.folder, 'double-publicity.csv');
    const columns = Object.keys(rowOf(penaltyLine(0, { firms, today })));
    await writeCsv(file, columns, (function* lines() {
      for (let n = 0; n < rows; n += 1) yield rowOf(penaltyLine(n, { firms, today }));
    })());

    const floors = [await copyPlain(databaseUrl, file, columns), await copyPlain(databaseUrl, file, columns)];
    const child = await stack.script('spreadsheet-import.ts', database, [file]);
    const told = once(child, 'message');
    child.send('begin');
    const [figures] = (await Promise.race([told, once(child, 'exit').then(() => { throw new Error('The import ended before its time.'); })])) as [SpreadsheetFigures];
    child.disconnect();
    floors.push(await copyPlain(databaseUrl, file, columns));
    const floor = floors.toSorted((a, b) => a - b)[1]!;
    note(`copied plainly in ${floors.map(ms).join(', ')}`);
    const whole = figures.checkMs + figures.storeMs;
    const line = (name: string, took: number): string[] => [name, against(took / floor, goal), (took / 1000).toFixed(1), (rows / took * 1000).toFixed(0)];
    say(`\n${rows.toLocaleString('en-US')} records by spreadsheet, through the job of the worker, beside ${firms.toLocaleString('en-US')} firms; against \\copy of the same file into a table without index (goal ${goal} ×)`);
    for (const text of table([
      ['', 'to floor', 'seconds', 'rows a second'],
      ['floor', '', (floor / 1000).toFixed(1), (rows / floor * 1000).toFixed(0)],
      line('checked', figures.checkMs), line('stored', figures.storeMs), line('both', whole),
    ])) say(text);
    say(`${figures.stored.toLocaleString('en-US')} stored. Memory of the process: ${figures.atStart.toFixed(0)} MB at the start, at most ${figures.highestOfCheck.toFixed(0)} MB in the check, ${figures.highestOfFirstHalf.toFixed(0)} MB in the first half of the storing and ${figures.highestOfSecondHalf.toFixed(0)} MB in the second`);
  } finally {
    await knex.destroy();
  }
}
