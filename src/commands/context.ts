import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { completeConfig, DEFAULT_PORT, readSettings, type Addresses, type Config, type Settings } from '../config.ts';
import { describeDataFolder, openDataFolder } from '../launcher/data-folder.ts';
import { ownerOf } from '../launcher/postgres.ts';
import { readRunning } from '../launcher/running.ts';
import { localDatabaseSecrets, localSecrets } from '../launcher/secrets.ts';
import { CommandError } from './running.ts';

/** The work tree. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const VARIABLES: Readonly<Record<keyof Addresses, string>> = {
  databaseUrl: 'DATABASE_URL',
  temporalAddress: 'TEMPORAL_ADDRESS',
  smtpUrl: 'SMTP_URL',
};

const NOWHERE: Addresses = { databaseUrl: '', temporalAddress: '', smtpUrl: '' };

function completeSecrets(settings: Settings): Config['secrets'] {
  const { session, payload, chain, seal } = settings.secrets;
  if (session !== undefined && payload !== undefined && chain !== undefined && seal !== undefined) return { session, payload, chain, seal };
  return localSecrets(openDataFolder(settings.dataFolder).secrets);
}

/**
 * The configuration of a command: from the environment; what it leaves open from what `npm start` runs now.
 * @param needed addresses without which the command can't work.
 * @throws CommandError when one of them is neither set nor running.
 */
export function commandConfig(needed: readonly (keyof Addresses)[] = ['databaseUrl', 'temporalAddress', 'smtpUrl'], env: NodeJS.ProcessEnv = process.env): Config {
  const settings = readSettings(env, ROOT);
  const running = readRunning(describeDataFolder(settings.dataFolder));
  const missing = needed.filter((name) => settings.addresses[name] === undefined && running === undefined);
  if (missing.length > 0) {
    throw new CommandError(`Nothing runs from ${settings.dataFolder}, and ${missing.map((name) => VARIABLES[name]).join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set. Start it by \`npm start\` in another terminal, or set ${missing.length === 1 ? 'it' : 'them'}.`);
  }
  const port = settings.port ?? DEFAULT_PORT;
  return completeConfig(settings, {
    addresses: running ?? NOWHERE,
    secrets: completeSecrets(settings),
    port,
    publicUrl: running?.publicUrl ?? `http://127.0.0.1:${port}`,
  });
}

/** Who changes the schema, and whom he gives rights in it. */
export interface SchemaAccess {
  readonly ownerUrl: string;
  /** The application's role; undefined where it is the owner itself. */
  readonly application: string | undefined;
}

/** @param ownerUrl undefined where the application's role owns the schema. */
export function schemaAccess(databaseUrl: string, ownerUrl: string | undefined): SchemaAccess {
  if (ownerUrl === undefined) return { ownerUrl: databaseUrl, application: undefined };
  return { ownerUrl, application: decodeURIComponent(new URL(databaseUrl).username) };
}

/** By DATABASE_OWNER_URL; of what `npm start` runs now, by its owner; else by DATABASE_URL alone. */
export function commandSchemaAccess(env: NodeJS.ProcessEnv = process.env): SchemaAccess {
  const { databaseUrl } = commandConfig(['databaseUrl'], env);
  const { addresses, administration, dataFolder } = readSettings(env, ROOT);
  if (addresses.databaseUrl !== undefined) return schemaAccess(databaseUrl, administration.ownerUrl);
  const { databaseSecrets } = describeDataFolder(dataFolder);
  // What runs may be of before there were two roles.
  return schemaAccess(databaseUrl, existsSync(databaseSecrets) ? ownerOf(databaseUrl, localDatabaseSecrets(databaseSecrets).owner) : undefined);
}
