import type { Knex } from 'knex';

/**
 * The organisations of which a record was ever published, with the terms that find them: among a million subjects they
 * are few, and everybody's search asks them alone. An event is looked up by its record first, of which there are a
 * handful, so that an index by key is not wanted.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table published_subject (
      subject_id uuid primary key,
      search     tsvector not null
    );
    insert into published_subject
      select s.id, s.search from subject s
      where s.kind = 'organisation' and exists (select 1 from record r where r.subject_id = s.id and r.published_at is not null);
    create index published_subject_search on published_subject using gin (search);
    comment on table published_subject is 'made from record.published_at and subject.search';

    drop index subject_uscc;
    -- In the order of bytes, by which the beginning of a code is found too.
    create index subject_uscc on subject (uscc text_pattern_ops) where uscc is not null;

    drop index record_event_key;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index subject_uscc;
    create index subject_uscc on subject (uscc) where uscc is not null;
    create index record_event_key on record_event (record_id, key);
    drop table published_subject;
  `);
}
