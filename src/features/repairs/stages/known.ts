import { knownNames, type NamedSubjectRow } from '../../../platform/records/masking.ts';
import type { KnownOfText } from '../../../rules/masking/index.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import type { RecordRef } from '../../../rules/repair/facts.ts';
import type { StageContext } from '../../tasks/index.ts';

/** By what a text about a record is masked wherever others read it: the names of its subject, and what persons decided on passages. */
export async function knownOfRecord({ knex, seal }: Pick<StageContext, 'knex' | 'seal'>, { id }: Pick<RecordRef, 'id'>): Promise<KnownOfText> {
  const row: (NamedSubjectRow & { state: RecordState }) | undefined = await knex('record as r').join('subject as s', 's.id', 'r.subject_id').where('r.id', id).first('r.state', 's.representative', 's.sealed');
  if (!row) return {};
  const [names] = await knownNames(knex, seal, [row]);
  return { names: names ?? [], passages: row.state.passages ?? [] };
}
