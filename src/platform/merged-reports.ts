import type { Knex } from 'knex';
import type { CaseState } from '../rules/casefile/types.ts';
import { reportOf, type Report } from '../rules/incident/facts.ts';

/** A circle of duplicates, which the form refuses, would otherwise be followed for ever. */
const deepest = 20;

interface Row {
  state: CaseState;
}

/** Reports that were closed as duplicates of this incident, or of one that was; the first one first. */
export const mergedInto = async (db: Knex, caseId: string): Promise<Report[]> => (await mergedCases(db, caseId)).map(reportOf);

/** The same as whole cases. */
export async function mergedCases(db: Knex, caseId: string): Promise<CaseState[]> {
  const { rows }: { rows: Row[] } = await db.raw(
    `with recursive merged (id, depth) as (
       select case_id, 1 from case_link where other = ? and relation = 'duplicate'
       union
       select l.case_id, m.depth + 1 from case_link l join merged m on l.other = m.id where l.relation = 'duplicate' and m.depth < ?
     )
     select f.state from case_file f where f.id in (select id from merged) and f.id <> ? and f.status = 'closed' order by f.opened_at, f.id`,
    [caseId, deepest, caseId],
  );
  return rows.map(({ state }) => state);
}

/**
 * The case that a report was merged into, however many duplicates lie between; null where it was merged with none.
 * @param lock within a transaction: nothing is recorded on that case until it ends, so that what it is told of now and what
 * it tells itself afterwards leave nobody out between them.
 */
export async function leadingCase(db: Knex, caseId: string, { lock = false }: { lock?: boolean } = {}): Promise<CaseState | null> {
  const { rows: [found] }: { rows: { id: string }[] } = await db.raw(
    `with recursive lead (id, depth) as (
       select other, 1 from case_link where case_id = ? and relation = 'duplicate'
       union
       select l.other, lead.depth + 1 from case_link l join lead on l.case_id = lead.id where l.relation = 'duplicate' and lead.depth < ?
     )
     select id from lead where id <> ? order by depth desc limit 1`,
    [caseId, deepest, caseId],
  );
  if (!found) return null;
  const row: Row | undefined = await db<Row & { id: string }>('case_file').where({ id: found.id }).modify((query) => void (lock && query.forShare())).first('state');
  return row?.state ?? null;
}
