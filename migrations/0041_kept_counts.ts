import type { Knex } from 'knex';

const lists = { incident: 'incident', repair: 'repair', objection: 'objection', release: 'release', codeCorrection: 'code_correction' } as const;

/** What a row is counted in, as a query from `r`; `kind` is an expression for the kind of case. */
const ofTask = `
  select c.list, c.key, c.at from (
    select 'board', array[r.kind, r.unit, r.stage], r.deadline_at where r.deadline_at is not null
    union all select 'own', array[r.assignee::text, r.unit], coalesce(r.deadline_at, 'infinity') where r.assignee is not null
    union all select 'claimable', array[r.unit, r.role], coalesce(r.deadline_at, 'infinity') where r.assignee is null
    union all select distinct 'excluded', array[person::text, r.unit, r.role], coalesce(r.deadline_at, 'infinity') from unnest(r.excluded) person where r.assignee is null
  ) c (list, key, at) where r.status = 'open'`;
const ofCase = (kind: string, scope: string): string => `
  select 'cases', array[${kind}, ${scope}, r.status], '-infinity'::timestamptz
  union all select 'steps', array[${kind}, ${scope}, r.step], '-infinity' where r.status = 'open' and r.step is not null
  union all select 'due', array[${kind}, ${scope}], r.due_at where r.status = 'open' and r.due_at is not null`;
const ofParty = `select c.list, c.key, c.at from (${ofCase('r.kind', 'r.unit')}) c (list, key, at) where r.kind is not null and r.status is not null`;

const counted = (rows: string, sign: 1 | -1, what: string): string =>
  `select c.list, c.key, count_bucket(c.at) as bucket, ${sign} as n from ${rows} r cross join lateral (${what}) c (list, key, at)`;

/** Adds what a statement has changed to the counts; each connection has rows of its own, so nobody waits for anybody. */
const adding = (changes: string): string => `
  begin
    insert into kept_count as k (list, key, bucket, slot, n)
    select list, key, bucket, pg_backend_pid(), sum(n) from (${changes}) d group by list, key, bucket having sum(n) <> 0
    on conflict (list, key, bucket, slot) do update set n = k.n + excluded.n;
    return null;
  end`;

const [added, gone] = ['new_rows', 'old_rows'];
const operations = (what: string): Readonly<Record<'insert' | 'update' | 'delete', string>> => ({
  insert: counted(added, 1, what),
  update: `${counted(added, 1, what)} union all ${counted(gone, -1, what)}`,
  delete: counted(gone, -1, what),
});
const seen = { insert: `new table as ${added}`, update: `old table as ${gone} new table as ${added}`, delete: `old table as ${gone}` } as const;

/** Functions that count a kind of row, and the triggers by which each statement on these tables is counted in its own transaction. */
function counting(name: string, what: string, tables: readonly { readonly table: string; readonly argument: string }[]): string {
  return Object.entries(operations(what)).map(([operation, changes]) => `
    create function ${name}_${operation} () returns trigger language plpgsql as $$ ${adding(changes)} $$;
    ${tables.map(({ table, argument }) => `
      create trigger ${table}_counted_${operation} after ${operation} on ${table} referencing ${seen[operation as keyof typeof seen]}
        for each statement execute function ${name}_${operation} (${argument});`).join('')}`).join('');
}

/** All rows, counted from scratch. */
const scratch = [
  counted('case_task', 1, ofTask),
  counted('case_party', 1, ofParty),
  ...Object.entries(lists).map(([kind, table]) => counted(table, 1, ofCase(`'${kind}'`, `'*'`))),
].join(' union all ');

/**
 * Counts of open work, kept in the transaction that writes the rows. What is late is said by the clock and not by an
 * event: rows are counted by the quarter of an hour in which they are due, up to and with its end, so that a sum of
 * buckets and the few rows of the running quarter give the number before any instant. See docs/decisions/25-kept-counts.md.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table kept_count (
      list   text not null,
      -- Whose, or of what; its parts differ by list.
      key    text[] not null,
      -- End of the quarter of an hour; -infinity for what has no time, or was folded; infinity for what has no deadline.
      bucket timestamptz not null,
      -- The connection that counted; 0 for what was folded.
      slot   integer not null,
      n      bigint not null,
      primary key (list, key, bucket, slot)
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
    create index kept_count_board on kept_count (bucket) where list = 'board';
    create index kept_count_unfolded on kept_count (bucket) where slot <> 0;

    create function count_bucket (at timestamptz) returns timestamptz language sql immutable parallel safe as $$
      select case when isfinite(at)
        then date_bin('15 minutes', at - interval '1 microsecond', '2000-01-01 00:00:00+00') + interval '15 minutes' else at end
    $$;
    create view counted_anew as select list, key, bucket, sum(n)::bigint as n from (${scratch}) c group by list, key, bucket;

    ${counting('count_tasks', ofTask, [{ table: 'case_task', argument: '' }])}
    ${counting('count_parties', ofParty, [{ table: 'case_party', argument: '' }])}
    ${counting('count_cases', ofCase('tg_argv[0]', `'*'`), Object.entries(lists).map(([kind, table]) => ({ table, argument: `'${kind}'` })))}

    insert into kept_count (list, key, bucket, slot, n) select list, key, bucket, 0, n from counted_anew;
  `);
}

export async function down(knex: Knex): Promise<void> {
  const each = (name: string): string => Object.keys(seen).map((operation) => `drop function ${name}_${operation} cascade;`).join('');
  await knex.raw(`${['count_tasks', 'count_parties', 'count_cases'].map(each).join('')} drop view counted_anew; drop table kept_count; drop function count_bucket;`);
}
