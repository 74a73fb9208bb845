import type { Knex } from 'knex';
import type { ObjectionGround } from '../../rules/objection/facts.ts';

/** An objection to a record that is being handled, or that was rejected: the last one on its ground. */
export interface EarlierObjection {
  readonly caseId: string;
  readonly caseNo: string;
  readonly ground: ObjectionGround;
  readonly standing: 'open' | 'rejected';
  /** The account objected itself, or joined it. */
  readonly mine: boolean;
}

/** What is said about a record already, by ground. What was upheld or taken back stands in nobody's way. */
export async function objectionsAbout(knex: Knex, record: string, account: string | null): Promise<EarlierObjection[]> {
  const { rows }: { rows: { case_id: string; case_no: string; ground: ObjectionGround; status: 'open' | 'closed'; mine: boolean }[] } = await knex.raw(
    `select distinct on (o.ground) o.case_id, o.case_no, o.ground, o.status,
       coalesce(o.applicant = :account or exists (select 1 from case_joiner j where j.case_id = o.case_id and j.applicant = :account), false) as mine
     from objection o where o.record_id = :record and (o.status = 'open' or o.outcome = 'rejected')
     order by o.ground, o.status = 'open' desc, o.opened_at desc`,
    { account: account ?? '', record },
  );
  return rows.map(({ case_id: caseId, case_no: caseNo, ground, status, mine }) => ({ caseId, caseNo, ground, standing: status === 'open' ? 'open' : 'rejected', mine }));
}

/**
 * What becomes of an objection. On another ground it is a case of its own. On the same ground it is merged with the one
 * that is open, and with one that was rejected unless it brings new evidence. `own`: he has said so already; `told`: and
 * was told that it does not hold.
 */
export type Way = { readonly way: 'open' } | { readonly way: 'join' | 'own' | 'told'; readonly earlier: EarlierObjection };

export function wayOf(about: readonly EarlierObjection[], { ground, fresh }: { readonly ground: ObjectionGround; readonly fresh: boolean }): Way {
  const earlier = about.find((one) => one.ground === ground);
  if (!earlier || (earlier.standing === 'rejected' && fresh)) return { way: 'open' };
  if (!earlier.mine) return { way: 'join', earlier };
  return { way: earlier.standing === 'open' ? 'own' : 'told', earlier };
}
