import type { Knex } from 'knex';
import { visibleCases, type Sight } from '../../../platform/visibility.ts';

export interface LinkedCase {
  caseNo: string;
  title: string;
  /** From this case's side: it is a duplicate of the other, or the other of it; it recurs, or recurred; or they are related, or two matters of one firm. */
  relation: 'duplicateOf' | 'duplicate' | 'recurrenceOf' | 'recurrence' | 'related' | 'apart';
  status: 'open' | 'closed';
  step: string | null;
  outcome: string | null;
  openedAt: Date;
}

interface LinkRow {
  case_no: string;
  title: string;
  relation: 'duplicate' | 'recurrence' | 'related' | 'apart';
  outgoing: boolean;
  status: 'open' | 'closed';
  step: string | null;
  outcome: string | null;
  opened_at: Date;
}

const relations = {
  duplicate: { true: 'duplicateOf', false: 'duplicate' },
  recurrence: { true: 'recurrenceOf', false: 'recurrence' },
  related: { true: 'related', false: 'related' },
  apart: { true: 'apart', false: 'apart' },
} as const;

/** Links of a case in both directions, as far as the other case may be seen. */
export async function readLinks(knex: Knex, sight: Sight, caseId: string): Promise<LinkedCase[]> {
  const visible = visibleCases(sight, 'i.case_id');
  const { rows }: { rows: LinkRow[] } = await knex.raw(
    `select i.case_no, i.title, l.relation, l.outgoing, i.status, i.step, i.outcome, i.opened_at
     from (
       select other as case_id, relation, true as outgoing from case_link where case_id = ?
       union all
       select case_id, relation, false from case_link where other = ?
     ) l join incident i on i.case_id = l.case_id
     where ${visible.sql}
     order by i.opened_at desc limit 50`,
    [caseId, caseId, ...visible.bindings],
  );
  return rows.map((row) => ({
    caseNo: row.case_no,
    title: row.title,
    relation: relations[row.relation][`${row.outgoing}`],
    status: row.status,
    step: row.step,
    outcome: row.outcome,
    openedAt: row.opened_at,
  }));
}
