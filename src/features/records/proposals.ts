import type { Knex } from 'knex';
import type { Sight } from '../../platform/visibility.ts';
import type { Person } from '../../rules/people.ts';
import type { RecordFacts } from '../../rules/records/facts.ts';
import { listPath } from './list/filter.ts';
import type { ProposalAct } from './queries.ts';

/** A proposal for a record that waits for a second person, as his list of work names it. */
export interface WaitingProposal {
  readonly href: string;
  readonly subject: string;
  /** The number of the document. */
  readonly note: string;
  /** Key of the words for what is proposed. */
  readonly what: string;
  readonly unit: string;
  readonly by: string;
  readonly at: Date;
  /** Of a withdrawal, until when it is to be decided. */
  readonly due?: Date;
}

/** So many are named; the list of records has them all. */
export const mostProposals = 20;

/** Reads the proposals that the person may decide: of the records of his units where he is the head, of all in the credit office; never what he proposed himself, now or in an earlier round. */
export const createWaitingProposals =
  (knex: Knex) =>
  async (person: Pick<Person, 'id' | 'roles'>, sight: Sight): Promise<WaitingProposal[]> => {
    const units = person.roles.filter(({ role }) => role === 'head').map(({ unit }) => unit);
    if (!sight.all && units.length === 0) return [];
    const query = knex('record_proposal as p').join('record as r', 'r.id', 'p.record_id').join('subject as s', 's.id', 'r.subject_id').join('person as a', 'a.id', 'p.proposed_by')
      .whereNull('p.decided_at').whereNot('p.proposed_by', person.id)
      .whereRaw(
        `not exists (
           select 1 from record_proposal e where e.record_id = p.record_id and e.act = p.act and e.proposed_by = ? and not e.granted
             and not exists (select 1 from record_proposal g where g.record_id = p.record_id and g.act = p.act and g.granted and g.proposed_at > e.proposed_at))`,
        [person.id],
      );
    if (!sight.all) void query.whereIn('r.unit', units);
    const rows = (await query.orderByRaw('p.due_at nulls last, p.proposed_at, p.id').limit(mostProposals)
      .select('p.record_id', 'p.act', 'p.proposed_at', 'p.due_at', 's.name as subject', 'r.document_no', 'r.unit', 'a.name as proposer')) as
      { record_id: string; act: ProposalAct; proposed_at: Date; due_at: Date | null; subject: string; document_no: RecordFacts['documentNo']; unit: string; proposer: string }[];
    return rows.map((row) => ({
      href: `${listPath}/${row.record_id}`, subject: row.subject, note: row.document_no, what: `records:proposal.act.${row.act}`, unit: row.unit, by: row.proposer, at: row.proposed_at,
      ...(row.due_at === null ? {} : { due: row.due_at }),
    }));
  };
