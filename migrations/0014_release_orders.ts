import type { Knex } from 'knex';

/** So many records have their state rewritten in one statement. */
const batch = 500;

interface Heads {
  marks: Record<string, unknown>;
  holds: Record<string, unknown>;
}

/** Rewrites the marks and holds of the few records that have any. `json` keeps the order of the keys. */
async function rewritten(knex: Knex, change: (because: unknown) => unknown): Promise<void> {
  const each = (all: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(all).map(([kind, because]) => [kind, change(because)]));
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows: { id: string; state: Heads }[] = await knex('record').where('id', '>', after)
      .whereRaw(`((state -> 'marks')::text <> '{}' or (state -> 'holds')::text <> '{}')`).orderBy('id').limit(batch).select('id', 'state');
    const last = rows.at(-1);
    if (!last) return;
    for (const { id, state } of rows) {
      await knex('record').where({ id }).update({ state: JSON.stringify({ ...state, marks: each(state.marks), holds: each(state.holds) }) });
    }
    after = last.id;
  }
}

const standings = ['stored', 'published', 'marked', 'suspended', 'shielded', 'ended', 'repaired', 'withdrawn'];
const acts = ['publish', 'withdraw', 'stay', 'liftStay', 'shield', 'liftShield'];
const oneOf = (column: string, values: readonly string[]): string => `check (${column} in (${values.map((value) => `'${value}'`).join(', ')}))`;

async function allow(knex: Knex, also: { standings: readonly string[]; acts: readonly string[] }): Promise<void> {
  await knex.raw(`
    alter table record drop constraint record_standing_check;
    alter table record add constraint record_standing_check ${oneOf('standing', [...standings, ...also.standings])};
    alter table record_proposal drop constraint record_proposal_act_check;
    alter table record_proposal add constraint record_proposal_act_check ${oneOf('act', [...acts, ...also.acts])};
  `);
}

/**
 * Release orders of records that go outside a case: what is due, written in the transaction of its cause, and the list of
 * the cases that tell the units. Marks and holds may stand several of a kind beside each other, each by its own name. A
 * shield may become final; what a court or authority ordered is proposed with its document.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table release_due (
      -- Of the case that it opens; the row goes once that has a file.
      case_id   uuid primary key,
      record_id uuid not null references record,
      at        timestamptz not null,
      title     text not null,
      opening   json not null
    );
    create index release_due_record on release_due (record_id);

    create table release (
      case_id    uuid primary key references case_file,
      case_no    text not null,
      title      text not null,
      status     text not null,
      step       text,
      outcome    text,
      record_id  uuid not null references record,
      subject_id uuid not null references subject,
      -- The unit that made the record.
      unit       text not null,
      cause      text not null,
      due_at     timestamptz,
      opened_at  timestamptz not null,
      closed_at  timestamptz,
      search     tsvector not null
    );
    create index release_opened on release (opened_at desc, case_id);
    create index release_step on release (step, opened_at desc, case_id) where status = 'open';
    create index release_unit on release (unit, opened_at desc, case_id);
    create index release_due_at on release (due_at, case_id) where status = 'open';
    create index release_record on release (record_id, opened_at desc);
    create index release_subject on release (subject_id, opened_at desc);
    create index release_no on release (case_no text_pattern_ops);
    create index release_search on release using gin (search);

    alter table record_proposal
      -- The hold that is to be lifted, or made final, by its own name.
      add column target text,
      -- 文号 and date of the court's or authority's document.
      add column document_no text,
      add column document_on date,
      add constraint record_proposal_document check ((document_no is null) = (document_on is null));
    create index record_proposal_waiting on record_proposal (proposed_at, id) where decided_at is null;
  `);
  await allow(knex, { standings: ['finalised'], acts: ['finalise'] });
  await rewritten(knex, (because) => [because]);
}

export async function down(knex: Knex): Promise<void> {
  await rewritten(knex, (because) => (Array.isArray(because) ? because.at(-1) : because));
  await allow(knex, { standings: [], acts: [] });
  await knex.raw(`
    drop index record_proposal_waiting;
    alter table record_proposal drop constraint record_proposal_document, drop column document_on, drop column document_no, drop column target;
    drop table release, release_due;
  `);
}
