import type { Knex } from 'knex';
import { dueOf, usedBy, type ReleaseDue } from '../../rules/release/due.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { commandIdFor } from '../casefile/acting.ts';
import { writeDueCases } from '../casefile/due.ts';

/** Writes down in the transaction of a cause which units are to be told of it. */
export const writeReleases = (trx: Knex.Transaction, due: readonly ReleaseDue[]): Promise<void> =>
  writeDueCases(trx, due.map(({ name, record, at, title, opening }) => ({
    // Of what follows from one cause for one record; found again by whoever records the cause again.
    caseId: commandIdFor(record, `release ${name}`), kind: 'release', about: { record }, at, title, opening,
  })));

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
  await writeReleases(trx, rows.map(({ state }) => dueOf(state, at, { name: `${cause} ${version}`, cause, reason: null, used: usedBy(state) })));
}
