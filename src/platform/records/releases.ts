import type { Knex } from 'knex';
import { dueOf, usedBy, type ReleaseDue } from '../../rules/release/due.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { commandIdFor } from '../casefile/acting.ts';

/** Of what follows from one cause for one record; found again by whoever records the cause again. */
const caseIdOf = ({ record, name }: ReleaseDue): string => commandIdFor(record, `release ${name}`);

/**
 * Writes down in the transaction of a cause which units are to be told of it. The worker opens the case of each row
 * (`createReleaseOpener`); whatever dies before that, the row is there.
 */
export async function writeDue(trx: Knex.Transaction, due: readonly ReleaseDue[]): Promise<void> {
  if (due.length === 0) return;
  const rows = due.map((one) => ({ case_id: caseIdOf(one), record_id: one.record, at: one.at, title: one.title, opening: one.opening }));
  await trx.raw(
    `insert into release_due (case_id, record_id, at, title, opening)
     select case_id, record_id, at, title, opening from json_to_recordset(?::json) as t(case_id uuid, record_id uuid, at timestamptz, title text, opening json)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
}

/**
 * Tells the units that use records of a subject that it is frozen, or no longer. Records that are gone are left out: their
 * units were told to lift their measures. The caller has locked the records; `version` is the subject's after the change.
 */
export async function writeFrozen(trx: Knex.Transaction, subject: string, { frozen, version, at }: { frozen: boolean; version: number; at: string }): Promise<void> {
  const rows: { state: RecordState }[] = await trx('record as r').where({ 'r.subject_id': subject })
    .whereIn('r.standing', ['published', 'marked', 'suspended', 'shielded'])
    .whereExists(trx('record_use as u').whereRaw('u.record_id = r.id').select(trx.raw('1')))
    .orderBy('r.id').select('r.state');
  const cause = frozen ? 'frozen' as const : 'unfrozen' as const;
  await writeDue(trx, rows.map(({ state }) => dueOf(state, at, { name: `${cause} ${version}`, cause, reason: null, used: usedBy(state) })));
}
