import { readSettings } from '../config.ts';
import { establishRoles, type Login } from '../platform/database-roles/index.ts';
import { ROOT } from './context.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

interface Address {
  readonly host: string;
  readonly database: string;
  readonly login: Login;
}

function addressOf(text: string): Address {
  const { host, pathname, username, password } = new URL(text);
  return { host, database: decodeURIComponent(pathname.slice(1)), login: { name: decodeURIComponent(username), password: decodeURIComponent(password) } };
}

/** By the server's superuser: makes the application's role and the owner's, and hands on to the owner what is there. */
export const run: Run = async () => {
  const { addresses, administration } = readSettings(process.env, ROOT);
  const given = { DATABASE_URL: addresses.databaseUrl, DATABASE_OWNER_URL: administration.ownerUrl, DATABASE_SUPERUSER_URL: administration.superuserUrl };
  const [applicationUrl, ownerUrl, superuserUrl] = Object.values(given);
  if (applicationUrl === undefined || ownerUrl === undefined || superuserUrl === undefined) {
    const missing = Object.entries(given).filter(([, url]) => url === undefined).map(([name]) => name);
    throw new CommandError(`Set ${missing.join(', ')}: the application's role, the one that owns the schema, and the server's superuser, each with its password.`);
  }
  const [application, owner, superuser] = [addressOf(applicationUrl), addressOf(ownerUrl), addressOf(superuserUrl)];
  if (application.database !== owner.database || application.host !== owner.host) throw new CommandError('DATABASE_URL and DATABASE_OWNER_URL must name the same database of the same server.');
  if (new Set([application, owner, superuser].map(({ login }) => login.name)).size < 3) throw new CommandError('DATABASE_URL, DATABASE_OWNER_URL and DATABASE_SUPERUSER_URL must name three roles.');
  for (const { login } of [application, owner]) if (login.name === '' || login.password === '') throw new CommandError('DATABASE_URL and DATABASE_OWNER_URL must each have a name and a password.');
  const handedOn = await establishRoles(superuserUrl, { database: application.database, owner: owner.login, application: application.login });
  process.stdout.write(`${owner.login.name} owns the database ${application.database}${handedOn === 0 ? '' : `, and ${handedOn} tables and the like that were another's`}. Now run \`xinzhi migrate\`: it gives ${application.login.name} what it needs of them.\n`);
};
