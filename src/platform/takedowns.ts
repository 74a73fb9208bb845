import type { Knex } from 'knex';
import type { Actor } from '../rules/casefile/types.ts';
import { takedownTitle, type PublicText, type PublicTextKind, type TakedownOpening } from '../rules/takedown/facts.ts';
import { writeDueCases } from './casefile/due.ts';

/** 紧急下架: one person takes a text off, and every surface asks the view `off_now` (migration 0025). */

/**
 * That a text of this kind is not taken off: a condition of every query whose rows everybody may see.
 * @param ref what names the text in that query; never text from outside.
 */
export const notTakenOff = (kind: PublicTextKind, ref: string): string =>
  `not exists (select from off_now where off_now.kind = '${kind}' and off_now.ref = ${ref})`;

/** A text that is off: since when, and the case in which that is decided. */
export interface TakenOff {
  readonly caseId: string;
  readonly at: Date;
  /** Null until the second person's process has a file. */
  readonly caseNo: string | null;
  /** A second person found that it stays off. */
  readonly decided: boolean;
}

/** The latest take-down of a text that is off now; undefined where it is not. */
export async function takenOff(knex: Knex, { kind, ref }: PublicText): Promise<TakenOff | undefined> {
  const row: { case_id: string; at: Date; case_no: string | null; verdict: string | null } | undefined = await knex('off_now as o')
    .leftJoin('takedown as t', 't.case_id', 'o.case_id').where({ 'o.kind': kind, 'o.ref': ref }).orderBy('o.at', 'desc').first('o.case_id', 'o.at', 't.case_no', 't.verdict');
  return row && { caseId: row.case_id, at: row.at, caseNo: row.case_no, decided: row.verdict !== null };
}

/** Any fixed number: those who take off the same text wait for each other under it. */
const TAKING_LOCK = 4_711_025;

/** What is taken off, by whom and why. `caseId` is the id of the form: sent twice it is one act. */
export interface Takedown extends Pick<TakedownOpening, 'text' | 'label' | 'href' | 'unit' | 'reason' | 'decides'> {
  readonly caseId: string;
  readonly by: Actor;
  readonly at: Date;
}

/**
 * Takes a text off every surface with the end of the transaction, and calls for the case in which a second person decides.
 * @returns false when it was off already, by this form or another.
 */
export async function takeOff(trx: Knex.Transaction, { caseId, by, at, ...of }: Takedown): Promise<boolean> {
  const { kind, ref } = of.text;
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, ?))', [`${kind} ${ref}`, TAKING_LOCK]);
  if (await takenOff(trx, of.text)) return false;
  const made: unknown[] = await trx('taken_off').insert({ case_id: caseId, kind, ref, at, person_id: by.person }).onConflict().ignore().returning('case_id');
  if (made.length === 0) return false;
  const opening: Omit<TakedownOpening, 'offices'> = { ...of, informed: [of.unit], by, at: at.toISOString() };
  await writeDueCases(trx, [{ caseId, kind: 'takedown', about: null, at: opening.at, title: takedownTitle(kind, of.label), opening }]);
  return true;
}
