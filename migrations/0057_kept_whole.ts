import type { Knex } from 'knex';

/** What may only be added to is not emptied by one statement either: a trigger on rows does not see that. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function is_kept_whole() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name using errcode = 'check_violation';
    end $$;
    create trigger access_log_no_truncate before truncate on access_log for each statement execute function is_kept_whole();
    create trigger rule_version_no_truncate before truncate on rule_version for each statement execute function is_kept_whole();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger access_log_no_truncate on access_log;
    drop trigger rule_version_no_truncate on rule_version;
    drop function is_kept_whole();
  `);
}
