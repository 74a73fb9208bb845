import { parseArgs } from 'node:util';
import type { Knex } from 'knex';
import { addPerson, createAccountLetters, createSecondFactors, giveRole, newPersonForm, resetPassword } from '../features/accounts/index.ts';
import { createDatabase } from '../platform/database.ts';
import { createI18n } from '../platform/i18n.ts';
import { administratorRoles, type AdministratorRole, type Locale } from '../rules/people.ts';
import { commandConfig } from './context.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const USAGE = `Usage: xinzhi account create --user NAME --name NAME --mail ADDRESS --role ${administratorRoles.join('|')} [--name-en NAME] [--city NAME]
       xinzhi account reset --user NAME [--second-factor]`;

/** Of the city when the command makes it; the system administrator gives it its other columns. */
const CITY = { id: 'city', kind: 'city' } as const;

const isAdministratorRole = (text: string | undefined): text is AdministratorRole => (administratorRoles as readonly (string | undefined)[]).includes(text);

/** The unit that everything else stands below, in which the three administrators sit. */
async function cityOf(trx: Knex.Transaction, name: string | undefined): Promise<{ id: string; kind: 'city' }> {
  const found: { id: string; kind: 'city' } | undefined = await trx('unit').where({ kind: 'city', active: true }).whereNull('parent_id').orderBy('position').first('id', 'kind');
  if (found) return found;
  if (name === undefined) throw new CommandError('There is no city yet: name it by --city, e.g. --city 宿迁市.');
  await trx('unit').insert({ ...CITY, name, short_name: name, name_en: name });
  await trx('access_log').insert({ kind: 'unitAdded', detail: JSON.stringify({ ...CITY, name }) });
  return CITY;
}

interface Found {
  id: string;
  username: string;
  name: string;
  name_en: string;
  mail: string;
  locale: Locale;
}

/**
 * A new one-time password for somebody, and his second factor taken away where asked for: for administrators who have no
 * second one to decide it. Whoever may do this has the server; the access log says that it was done there.
 */
async function reset(username: string, withSecondFactor: boolean): Promise<void> {
  const config = commandConfig(['databaseUrl']);
  const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-account' });
  const tell = createAccountLetters({ config, i18n: createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } }) });
  const by = 'xinzhi account reset';
  try {
    const password = await knex.transaction(async (trx) => {
      const person: Found | undefined = await trx('person').where({ username, active: true }).first('id', 'username', 'name', 'name_en', 'mail', 'locale');
      if (!person) throw new CommandError(`There is no active user ${JSON.stringify(username)}.`);
      const made = await resetPassword(trx, person, { ip: '', sessionID: '' });
      const log = (kind: string, before: object, after: object) => trx('access_log').insert({ kind, subject_id: person.id, detail: JSON.stringify({ before, after, by }) });
      await log('passwordReset', { password: 'own' }, { password: 'oneTime' });
      const reader = { ...person, nameEn: person.name_en };
      await tell(trx, reader, 'passwordReset', by);
      if (!withSecondFactor) return made;
      await createSecondFactors(knex, config).reset(trx, person.id);
      await log('secondFactorReset', { secondFactor: true }, { secondFactor: false });
      await tell(trx, reader, 'secondFactorReset', by);
      return made;
    });
    process.stderr.write(`${username} can sign in with this password, once; it is shown this once:\n`);
    process.stdout.write(`${password}\n`);
  } finally {
    await knex.destroy();
  }
}

/**
 * Makes the account of an administrator, as a new installation has none who could make the first one. People of
 * the offices are added on the pages: by one administrator, and given their roles by another (三员分立).
 */
export const run: Run = async (args) => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { user: { type: 'string' }, name: { type: 'string' }, 'name-en': { type: 'string' }, mail: { type: 'string' }, role: { type: 'string' }, city: { type: 'string' }, 'second-factor': { type: 'boolean', default: false } },
  });
  const { user, name, mail, role, city } = values;
  if (positionals.join(' ') === 'reset' && user !== undefined) return reset(user.toLowerCase(), values['second-factor']);
  if (positionals.join(' ') !== 'create' || user === undefined || name === undefined || mail === undefined || !isAdministratorRole(role)) throw new CommandError(USAGE);
  const read = newPersonForm.safeParse({ username: user, name, nameEn: values['name-en'] ?? name, mail, locale: 'zh-CN' });
  if (!read.success) throw new CommandError(`Not well-formed: ${[...new Set(read.error.issues.map(({ path }) => String(path[0])))].join(', ')}.`);

  const knex = createDatabase(commandConfig(['databaseUrl']).databaseUrl, { applicationName: 'xinzhi-account' });
  try {
    const { username } = read.data;
    const password = await knex.transaction(async (trx) => {
      const unit = await cityOf(trx, city);
      const person = await addPerson(trx, read.data);
      if (person === null) throw new CommandError(`The user name ${JSON.stringify(username)} is taken.`);
      await giveRole(trx, person.id, unit, role);
      await trx('access_log').insert({ kind: 'personAdded', subject_id: person.id, detail: JSON.stringify({ username, role, by: 'xinzhi account create' }) });
      return person.password;
    });
    process.stderr.write(`${username} can sign in with this password, once; it is shown this once:\n`);
    process.stdout.write(`${password}\n`);
  } finally {
    await knex.destroy();
  }
};
