import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

/** An application that the upstream platform pushed, by its own number. */
export interface Push {
  readonly number: string;
  readonly record: string;
  readonly caseId: string;
  readonly merged: boolean;
  readonly at: Date;
}

interface Row {
  number: string;
  record_id: string;
  case_id: string;
  merged: boolean;
  pushed_at: Date;
}

const pushOf = (row: Row): Push => ({ number: row.number, record: row.record_id, caseId: row.case_id, merged: row.merged, at: row.pushed_at });

export async function findPush(knex: Knex, number: string): Promise<Push | undefined> {
  const row = await knex<Row>('repair_push').where({ number }).first();
  return row && pushOf(row);
}

/** The pushes that became a case or were added to it, the first one first. */
export async function pushesOf(knex: Knex, caseId: string): Promise<Push[]> {
  return (await knex<Row>('repair_push').where({ case_id: caseId }).orderBy(['pushed_at', 'number'])).map(pushOf);
}

export interface NewPush {
  readonly number: string;
  readonly record: string;
  readonly person: string;
  readonly at: Date;
  /** The case that is open already; null for one that it will become. */
  readonly mergedInto: string | null;
}

/**
 * Takes the number before the case is opened, so that one pushed twice in the same moment is one case; of two the
 * second is given what the first took.
 */
export async function takeNumber(knex: Knex, { number, record, person, at, mergedInto }: NewPush): Promise<Push> {
  await knex('repair_push')
    .insert({ number, record_id: record, case_id: mergedInto ?? randomUUID(), merged: mergedInto !== null, pushed_at: at, person_id: person })
    .onConflict('number').ignore();
  const push = await findPush(knex, number);
  if (!push) throw new Error(`the push ${number} vanished while it was taken`);
  return push;
}

/** The case that it was to become will never be recorded: pushed again it takes another one's place. */
export async function giveBackNumber(knex: Knex, { number, caseId }: Push): Promise<void> {
  await knex('repair_push').where({ number, case_id: caseId }).delete();
}
