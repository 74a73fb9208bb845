import type { Knex } from 'knex';

/**
 * The outbox: every mail as it was rendered, and how far it came.
 *
 * No foreign keys: a mail outlives what it speaks of. The projections of a case are emptied and rebuilt
 * (`verify`), and a row here is proof of what was sent, whatever becomes of the person or the unit.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('mail', (t) => {
    t.uuid('id').primary().defaultTo(knex.fn.uuid());
    t.text('business_key').notNullable().unique();
    t.uuid('case_id');
    t.text('case_no');
    t.integer('event_seq');
    t.uuid('person_id');
    t.text('unit_id');
    t.uuid('reporter_id');
    t.text('recipient').notNullable();
    t.text('locale').notNullable();
    t.text('template').notNullable();
    t.text('subject').notNullable();
    t.text('html').notNullable();
    t.text('text').notNullable();
    t.text('message_id').notNullable().unique();
    t.text('thread_id');
    t.text('status').notNullable().defaultTo('queued');
    t.integer('attempts').notNullable().defaultTo(0);
    t.text('last_error');
    t.text('server_reply');
    t.text('claimed_by');
    t.integer('claim_attempt');
    // To the millisecond, as a page of the log ends at an instant that JavaScript must be able to hold.
    t.timestamp('queued_at', { precision: 3 }).notNullable().defaultTo(knex.fn.now());
    t.timestamp('claimed_at');
    t.timestamp('handed_at');
    t.timestamp('sent_at');
    t.text('request_id');
    t.check("status in ('queued', 'sending', 'sent', 'failed', 'uncertain')", [], 'mail_status_known');
  });
  await knex.raw("comment on column mail.recipient is 'address; for a reporter only its masked form, the address is unsealed when the mail is sent'");
  await knex.raw("comment on column mail.claimed_by is 'the job that is sending it; a later attempt of the same job knows by claim_attempt that the earlier one is dead'");
  await knex.raw("comment on column mail.handed_at is 'when the server began to receive the text: before it nothing can have arrived, after it nobody but the server knows'");

  // The log is read newest first; nearly all rows are sent, so the few others have indexes of their own.
  await knex.raw('create index mail_newest on mail (queued_at desc, id desc)');
  await knex.raw("create index mail_unsent on mail (status, queued_at desc, id desc) where status <> 'sent'");
  await knex.raw('create index mail_sent_at on mail (sent_at) where sent_at is not null');
  await knex.raw('create index mail_of_case on mail (case_id, queued_at desc) where case_id is not null');
  await knex.raw('create index mail_of_case_no on mail (case_no, queued_at desc) where case_no is not null');
  await knex.raw('create index mail_recipient on mail (lower(recipient) text_pattern_ops, queued_at desc)');
  await knex.raw('create index mail_of_person on mail (person_id, queued_at desc) where person_id is not null');
  await knex.raw('create index mail_of_unit on mail (unit_id, queued_at desc) where unit_id is not null');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('mail');
}
