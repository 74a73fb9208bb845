import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where things are below the data folder. */
export interface DataFolder {
  readonly path: string;
  /** Secrets made in development. */
  readonly secrets: string;
  /** Passwords of the local PostgreSQL that no process of the application reads. */
  readonly databaseSecrets: string;
  readonly ports: string;
  /** Where PostgreSQL's files are, when not here. */
  readonly postgresPlace: string;
  readonly postgres: string;
  readonly temporal: string;
  readonly mails: string;
  /** Process records. */
  readonly run: string;
  /** The launcher's process. */
  readonly launcher: string;
  /** Where what the launcher started can be reached. */
  readonly running: string;
  readonly logs: string;
}

/**
 * Makes the folder and those below it that the launcher needs. A new data folder can be listed by its
 * owner alone; entering is allowed to all, as PostgreSQL refuses to run as root and must get to its
 * own files below.
 */
export function openDataFolder(path: string): DataFolder {
  const folder = describeDataFolder(path);
  const made = mkdirSync(path, { recursive: true });
  if (made !== undefined) chmodSync(path, 0o711);
  for (const below of [folder.run, folder.logs, folder.mails, join(path, 'temporal')]) mkdirSync(below, { recursive: true, mode: 0o700 });
  return folder;
}

/** The same names without touching the disk. */
export function describeDataFolder(path: string): DataFolder {
  const run = join(path, 'run');
  return {
    path,
    secrets: join(path, 'secrets.json'),
    databaseSecrets: join(path, 'database-secrets.json'),
    ports: join(path, 'ports.json'),
    postgresPlace: join(path, 'postgres.json'),
    postgres: join(path, 'postgres'),
    temporal: join(path, 'temporal', 'temporal.db'),
    mails: join(path, 'mails'),
    run,
    launcher: join(run, 'launcher.json'),
    running: join(run, 'running.json'),
    logs: join(path, 'logs'),
  };
}
