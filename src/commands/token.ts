import { parseArgs } from 'node:util';
import { createApiToken } from '../platform/api-tokens.ts';
import { createDatabase } from '../platform/database.ts';
import { commandConfig } from './context.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const USAGE = 'Usage: xinzhi token create --user NAME [--days N] [--push-repairs]';
const DAY_MS = 86_400_000;
const MOST_DAYS = 3650;
const USUAL_DAYS = '366';

function expiry(days: string): Date {
  const count = /^\d{1,4}$/.test(days) ? Number(days) : 0;
  if (count < 1 || count > MOST_DAYS) throw new CommandError(`--days must be a whole number from 1 to ${MOST_DAYS}; it is ${JSON.stringify(days)}.`);
  return new Date(Date.now() + count * DAY_MS);
}

/** Makes a token for the API; it acts with the rights of the person it is made for. That of the upstream platform may push applications for repair as well. */
export const run: Run = async (args) => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { user: { type: 'string' }, days: { type: 'string', default: USUAL_DAYS }, 'push-repairs': { type: 'boolean', default: false } },
  });
  if (positionals.join(' ') !== 'create' || values.user === undefined) throw new CommandError(USAGE);
  const username = values.user.toLowerCase();
  const expiresAt = expiry(values.days);
  const pushesRepairs = values['push-repairs'];

  const knex = createDatabase(commandConfig(['databaseUrl']).databaseUrl, { applicationName: 'xinzhi-token' });
  try {
    const token = await knex.transaction(async (trx) => {
      const person: { id: string } | undefined = await trx('person').where({ username, active: true }).first('id');
      if (!person) throw new CommandError(`There is no active user ${JSON.stringify(username)}.`);
      await trx('access_log').insert({ kind: 'tokenCreated', subject_id: person.id, detail: JSON.stringify({ expiresAt, ...(pushesRepairs ? { pushesRepairs } : {}) }) });
      return createApiToken(trx, person.id, { expiresAt, pushesRepairs });
    });
    process.stderr.write(`A token for ${username}, valid until ${expiresAt.toISOString()} or the next change of the password; it is shown this once:\n`);
    process.stdout.write(`${token}\n`);
  } finally {
    await knex.destroy();
  }
};
