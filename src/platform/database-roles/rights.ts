import type { Knex } from 'knex';
import { OperatorError } from '../operator-error.ts';

type Right = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

const onRows: readonly Right[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
const added: readonly Right[] = ['SELECT', 'INSERT'];

/** What the application may do where it may not do everything with rows. */
const fewer: Readonly<Record<string, readonly Right[]>> = {
  // What happened is not told otherwise afterwards.
  case_event: added,
  record_event: added,
  anchor: added,
  anchor_leaf: added,
  subject_change: added,
  subject_query: added,
  subject_report: added,
  record_change: added,
  record_era: added,
  taken_off: added,
  former_unit_name: added,
  // Lines older than the law asks for are tidied away; a trigger keeps the others.
  access_log: ['SELECT', 'INSERT', 'DELETE'],
  // A version of a rule is decided about and ends; a trigger keeps what it says.
  rule_version: ['SELECT', 'INSERT', 'UPDATE'],
  // A backup says by which migrations its schema was made.
  schema_migration: ['SELECT'],
  schema_migration_lock: [],
};

/** All rights that PostgreSQL 15 knows of a table; a newer server's MAINTAIN is granted to nobody. */
const asked = [...onRows, 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

interface Held {
  readonly kind: 'relation' | 'sequence';
  /** Quoted. */
  readonly name: string;
  readonly relname: string;
  readonly relkind: string;
  readonly held: readonly string[];
}

const heldSql = `
  select 'relation' as kind, c.oid::regclass::text as name, c.relname, c.relkind,
    array(select p from unnest(:asked::text[]) p where has_table_privilege(:role::text, c.oid, p)) as held
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
  union all
  select 'sequence', c.oid::regclass::text, c.relname, c.relkind,
    array(select p from unnest(array['USAGE', 'SELECT', 'UPDATE']) p where has_sequence_privilege(:role::text, c.oid, p))
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
  order by 2`;

function wantedOn({ kind, relname, relkind }: Held): readonly string[] {
  if (kind === 'sequence') return ['USAGE', 'SELECT'];
  if (relkind === 'v' || relkind === 'm') return ['SELECT'];
  return fewer[relname] ?? onRows;
}

/** Whether this connection's role is another one, which there is. */
async function isOther(knex: Knex, application: string): Promise<boolean> {
  const { rows: [found] }: { rows: { me: string; there: boolean }[] } = await knex.raw(
    'select current_user::text as me, exists (select from pg_roles where rolname = ?) as there', [application],
  );
  if (found!.me === application) return false;
  if (!found!.there) throw new OperatorError(`The server has no role ${application}, which DATABASE_URL names. Make it first: see deploy/README.md.`);
  return true;
}

/**
 * Before the schema is changed: what will be made is the application's at once, as its processes of before run on
 * meanwhile and may meet a new table through a trigger. To be called by the role that owns the schema.
 */
export async function grantAhead(knex: Knex, application: string): Promise<void> {
  if (!await isOther(knex, application)) return;
  await knex.raw('grant usage on schema public to ??', [application]);
  await knex.raw(`alter default privileges in schema public grant ${onRows.join(', ')} on tables to ??`, [application]);
  await knex.raw('alter default privileges in schema public grant usage, select on sequences to ??', [application]);
}

/**
 * Gives the application's role what it needs of each table, and takes away what it does not: it reads and writes rows,
 * adds to what is only added to, and owns nothing. What is right already is left alone.
 */
export async function grantRights(knex: Knex, application: string): Promise<void> {
  if (!await isOther(knex, application)) return;
  await knex.transaction(async (trx) => {
    const { rows }: { rows: Held[] } = await trx.raw(heldSql, { asked, role: application });
    for (const one of rows) {
      const wanted = wantedOn(one);
      const missing = wanted.filter((right) => !one.held.includes(right));
      const beyond = one.held.filter((right) => !wanted.includes(right));
      const on = `on ${one.kind === 'sequence' ? 'sequence' : 'table'} ${one.name}`;
      if (missing.length > 0) await trx.raw(`grant ${missing.join(', ')} ${on} to ??`, [application]);
      if (beyond.length > 0) await trx.raw(`revoke ${beyond.join(', ')} ${on} from ??`, [application]);
    }
  });
}
