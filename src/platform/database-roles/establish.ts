import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';

/** A role that signs in. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

export interface Roles {
  readonly database: string;
  /** Owns the database and everything in it, and changes the schema; no process of the application has it. */
  readonly owner: Login;
  /** Reads and writes rows. */
  readonly application: Login;
}

const quoted = (name: string): string => pg.escapeIdentifier(name);

const ITERATIONS = 4096;

/** What the server keeps of a password (RFC 5803), so that no statement in its log has the password itself. */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, 32, 'sha256');
  const keyOf = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${keyOf('Server Key').toString('base64')}`;
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'xinzhi-roles' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function setPassword(url: string, { name, password }: Login): Promise<void> {
  await connected(url, (client) => client.query(`alter role ${quoted(name)} password '${scramVerifier(password)}'`));
}

const NOTHING_MORE = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';

async function ensureRole(client: pg.Client, { name, password }: Login): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${quoted(name)} ${NOTHING_MORE} password '${scramVerifier(password)}'`);
  // Rights of other roles too: reading files of the server is one step from being its superuser.
  const { rows } = await client.query<{ granted: string }>(
    'select r.rolname as granted from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles w on w.oid = m.member where w.rolname = $1', [name],
  );
  for (const { granted } of rows) await client.query(`revoke ${quoted(granted)} from ${quoted(name)}`);
}

async function ensureDatabase(client: pg.Client, { database, owner, application }: Roles): Promise<void> {
  const { rows: [found] } = await client.query<{ owner: string }>('select pg_get_userbyid(datdba) as owner from pg_database where datname = $1', [database]);
  if (found === undefined) await client.query(`create database ${quoted(database)} owner ${quoted(owner.name)}`);
  else if (found.owner !== owner.name) await client.query(`alter database ${quoted(database)} owner to ${quoted(owner.name)}`);
  await client.query(`revoke all on database ${quoted(database)} from public`);
  await client.query(`grant connect on database ${quoted(database)} to ${quoted(application.name)}`);
}

/**
 * Statements that hand on what somebody else owns. `reassign owned` would do it in one, but refuses for the role that
 * the server was made with, and that is who owned everything. What belongs to a table (its indices, its row type, the
 * sequences of its columns) goes with it, and what belongs to an extension stays.
 */
const handingOn = `
  with mine as (select oid from pg_roles where rolname = $1),
  here as (select 'public'::regnamespace as oid),
  parts as (select classid, objid from pg_depend where deptype = 'e' or (deptype in ('a', 'i') and classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and refobjsubid > 0)),
  found as (
    select c.tableoid as class, c.oid, c.relowner as owner,
      case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end as what,
      c.oid::regclass::text as name
    from pg_class c, here where c.relnamespace = here.oid and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    union all
    select p.tableoid, p.oid, p.proowner, 'routine', p.oid::regprocedure::text from pg_proc p, here where p.pronamespace = here.oid
    union all
    select t.tableoid, t.oid, t.typowner, case t.typtype when 'd' then 'domain' else 'type' end, t.oid::regtype::text
    from pg_type t left join pg_class c on c.oid = t.typrelid, here
    where t.typnamespace = here.oid and (t.typtype in ('d', 'e', 'r') or c.relkind = 'c')
    union all
    select s.tableoid, s.oid, s.stxowner, 'statistics', format('public.%I', s.stxname) from pg_statistic_ext s, here where s.stxnamespace = here.oid
    union all
    select l.tableoid, l.oid, l.collowner, 'collation', format('public.%I', l.collname) from pg_collation l, here where l.collnamespace = here.oid
  )
  select format('alter %s %s owner to %I', f.what, f.name, $1::text) as statement
  from found f, mine where f.owner <> mine.oid and not exists (select from parts where parts.classid = f.class and parts.objid = f.oid)
  order by f.what, f.name`;

async function handOn(client: pg.Client, { owner, application }: Roles): Promise<number> {
  await client.query('begin');
  const { rows: [schema] } = await client.query<{ owner: string }>(`select pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = 'public'`);
  // Who owns the database owns this schema, unless the server was brought here from a version before 15.
  if (schema!.owner !== 'pg_database_owner') await client.query('alter schema public owner to pg_database_owner');
  await client.query('revoke create on schema public from public');
  await client.query(`grant usage on schema public to ${quoted(application.name)}`);
  const { rows } = await client.query<{ statement: string }>(handingOn, [owner.name]);
  for (const { statement } of rows) await client.query(statement);
  await client.query('commit');
  return rows.length;
}

/** Any fixed number: one process at a time does this on a server. */
const ROLES_LOCK = 4_711_005;

/**
 * Makes the two roles with these passwords, the owner's database, and the owner the owner of everything in it. It may
 * be done again at any time; what is right is left as it is. What the application may do with the tables is granted
 * with the migrations, as they make the tables.
 * @param url of the server's superuser, at any database.
 * @returns how many things had another owner.
 */
export async function establishRoles(url: string, roles: Roles): Promise<number> {
  return connected(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [ROLES_LOCK]);
    await ensureRole(client, roles.owner);
    await ensureRole(client, roles.application);
    await ensureDatabase(client, roles);
    const there = new URL(url);
    there.pathname = `/${encodeURIComponent(roles.database)}`;
    return connected(there.href, (other) => handOn(other, roles));
  });
}
