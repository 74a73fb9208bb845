import type { Knex } from 'knex';
import type { Logger } from 'pino';

/** What a role can do beyond reading and writing rows. */
export interface Standing {
  readonly role: string;
  readonly superuser: boolean;
  /** Attributes and memberships that lead further than the rows. */
  readonly beyond: readonly string[];
  /** Owns tables, or is a member of who does. */
  readonly owns: boolean;
}

/** Of the role by which this pool is connected. */
export async function standingOf(knex: Knex): Promise<Standing> {
  const { rows: [standing] }: { rows: Standing[] } = await knex.raw(`
    select r.rolname as role, r.rolsuper as superuser,
      array_remove(array[
        case when r.rolcreatedb then 'CREATEDB' end, case when r.rolcreaterole then 'CREATEROLE' end,
        case when r.rolreplication then 'REPLICATION' end, case when r.rolbypassrls then 'BYPASSRLS' end
      ], null) || array(
        select g.rolname::text from pg_roles g
        where not r.rolsuper and g.oid <> r.oid and g.rolname <> 'pg_database_owner' and pg_has_role(r.oid, g.oid, 'member') order by 1
      ) as beyond,
      exists (
        select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and pg_has_role(r.oid, c.relowner, 'member')
      ) as owns
    from pg_roles r where r.rolname = current_user`);
  return standing!;
}

/** Null where it is as it should be. */
export function warningOf({ role, superuser, beyond, owns }: Standing): string | null {
  if (superuser) return `DATABASE_URL names ${role}, a superuser of the database server: whoever gets into a process can change what was recorded. Give the application a role of its own: see deploy/README.md.`;
  if (beyond.length > 0) return `DATABASE_URL names ${role}, which has more than it needs: ${beyond.join(', ')}. See deploy/README.md.`;
  if (owns) return `DATABASE_URL names ${role}, which owns the tables and so can turn off what keeps the record from being changed. Give the application a role of its own: see deploy/README.md.`;
  return null;
}

/** Says in the log what is wrong with the role. A database that is away is told by others. */
export async function logStanding(knex: Knex, logger: Logger): Promise<void> {
  try {
    const standing = await standingOf(knex);
    const warning = warningOf(standing);
    if (warning !== null) logger.warn(standing, warning);
  } catch (error) {
    logger.debug({ err: error }, 'the database was not asked for the role');
  }
}
