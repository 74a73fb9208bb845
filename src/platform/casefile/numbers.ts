import type { Knex } from 'knex';
import type { DuePaper } from '../../rules/casefile/papers.ts';
import type { IssuedPaper } from '../../rules/casefile/types.ts';
import { runPrepared, type Prepared } from '../prepared.ts';

/** Takes so many serials of a unit's year, where the unit has a sign for its numbers, and reads what its documents name. */
const TAKE: Prepared = {
  name: 'document-serials',
  text: `
  with taken as (
    insert into document_serial as s (unit_id, year, last)
    select id, $2::int, $3::int from unit where id = $1 and document_prefix is not null
    on conflict (unit_id, year) do update set last = s.last + excluded.last
    returning last
  )
  select u.document_prefix as prefix, u.review_body, u.court, taken.last from unit u left join taken on true where u.id = $1`,
};

interface Taken {
  prefix: string | null;
  review_body: string | null;
  court: string | null;
  last: number | null;
}

/**
 * Numbers documents within the transaction that issues them: 宿市监信修〔2026〕12号. The row of a unit's year is locked until
 * it ends, so that numbers have neither gaps nor doubles. Null for a unit that has no sign yet.
 */
export async function numbered(trx: Knex.Transaction, due: readonly DuePaper[], year: number): Promise<IssuedPaper[]> {
  const taken = new Map<string, Taken>();
  // In the order of their ids, so that two cases can't wait for each other.
  for (const unit of [...new Set(due.map((paper) => paper.unit))].toSorted()) {
    const [row] = await runPrepared<Taken>(trx, TAKE, [unit, year, due.filter((paper) => paper.unit === unit).length]);
    if (row) taken.set(unit, row);
  }
  return due.map(({ name, unit }, n): IssuedPaper => {
    const { prefix, last, review_body: review = null, court = null } = taken.get(unit) ?? { prefix: null, last: null };
    const later = due.slice(n + 1).filter((paper) => paper.unit === unit).length;
    return { name, number: prefix === null || last === null ? null : `${prefix}〔${year}〕${last - later}号`, review, court };
  });
}
