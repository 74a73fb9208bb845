import type { Knex } from 'knex';
import type { RecordState } from '../../rules/records/file.ts';

/** Organisations that everybody finds by name: those of which a record was ever published. Whether one is public today is the record's own affair. */
const findable = (states: readonly RecordState[]): string[] =>
  [...new Set(states.flatMap(({ publishedAt, facts: { subject } }) => (publishedAt !== null && subject.kind === 'organisation' ? [subject.id] : [])))];

/**
 * Holds these subjects as they are until the transaction ends: whoever freezes or renames one waits, and then does so
 * with what was written here. They come before the rows of their records, for everybody in this order.
 */
export async function holdSubjects(trx: Knex.Transaction, ids: readonly string[]): Promise<void> {
  await trx.raw('select from subject where id = any(?::uuid[]) order by id for share', [[...ids]]);
}

/** Makes the subjects of these records known to everybody's search, as far as they are not. The subjects are held. */
export async function addPublishedSubjects(trx: Knex.Transaction, states: readonly RecordState[]): Promise<void> {
  const subjects = findable(states);
  if (subjects.length === 0) return;
  await trx.raw(
    `insert into published_subject (subject_id, search)
     select id, search from subject where id = any(?::uuid[]) order by id
     on conflict do nothing`,
    [subjects],
  );
}

/** Writes the terms of a subject anew, where it is one of those. */
export async function renewPublishedSubject(trx: Knex.Transaction, subject: string): Promise<void> {
  await trx.raw('update published_subject p set search = s.search from subject s where s.id = p.subject_id and s.id = ? and p.search <> s.search', [subject]);
}
