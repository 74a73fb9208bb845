import { randomInt } from 'node:crypto';
import type { Knex } from 'knex';

/** Letters and figures that are not taken for one another on paper. */
const letters = 'ABCDEFGHJKMNPQRTUVWXY346789';

/** A number that can be read out, and not be guessed from the one before. */
export async function nextReportNumber(trx: Knex.Transaction, year: number): Promise<string> {
  const [row] = (await trx('case_number').insert({ prefix: 'BG', year, last: 1 }).onConflict(['prefix', 'year'])
    .merge({ last: trx.raw('case_number.last + 1') }).returning('last')) as { last: number }[];
  const tail = Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return `BG-${year}-${String(row!.last).padStart(6, '0')}-${tail}`;
}
