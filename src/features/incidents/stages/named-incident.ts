import { fault, field } from '../../../platform/http/fields.ts';
import { visibleCases } from '../../../platform/visibility.ts';
import type { Similar } from '../../../rules/incident/facts.ts';
import type { StageContext } from '../../tasks/index.ts';

/** A case number as typed: full-width signs, blanks and small letters are forgiven. */
export const caseNo = field((typed) => {
  const number = typed.normalize('NFKC').replace(/\s/g, '').toUpperCase();
  return /^[A-Z]{2,4}-\d{4}-\d{6,9}$/.test(number) ? number : fault('stages:form.verify.notNumber', { value: typed });
});

/** The incident of that number, if the person may see it. */
export async function findIncident({ knex, sight }: StageContext, number: string): Promise<(Similar & { duplicateOf: string | null }) | undefined> {
  const { sql, bindings } = visibleCases(sight, 'i.case_id');
  const row: { case_id: string; case_no: string; title: string; duplicate_of: string | null } | undefined = await knex('incident as i')
    .where('i.case_no', number)
    .whereRaw(sql, bindings)
    .first('i.case_id', 'i.case_no', 'i.title', {
      duplicate_of: knex('case_link as l').where('l.relation', 'duplicate').whereRaw('l.case_id = i.case_id').select('l.other').limit(1),
    });
  return row && { caseId: row.case_id, caseNo: row.case_no, title: row.title, duplicateOf: row.duplicate_of };
}
