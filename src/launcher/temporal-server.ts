import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { rotate } from './log-file.ts';

/** How the server is run. */
export interface TemporalServerOptions {
  /** The `temporal` command. */
  readonly executable: string;
  readonly port: number;
  /** Temporal's own pages; none when undefined. */
  readonly uiPort: number | undefined;
  /** SQLite; undefined: everything is forgotten when the server ends. */
  readonly databaseFile: string | undefined;
  readonly namespace: string;
  readonly logFile: string;
}

/**
 * `history.maxInFlightUpdates`: ten by default, which a case that many people act on at once would reach;
 * the eleventh would be told that the server is overloaded.
 */
const DYNAMIC_CONFIG = ['history.maxInFlightUpdates=100'];

/** Starts the server in a process group of its own, so that Ctrl-C in a terminal reaches the launcher alone. */
export function spawnTemporal(options: TemporalServerOptions): ChildProcess {
  if (options.databaseFile !== undefined) mkdirSync(dirname(options.databaseFile), { recursive: true });
  rotate(options.logFile);
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    return spawn(options.executable, [
      'server', 'start-dev',
      '--ip', '127.0.0.1',
      '--port', String(options.port),
      ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      ...(options.databaseFile === undefined ? [] : ['--db-filename', options.databaseFile]),
      '--namespace', options.namespace,
      '--log-level', 'error', '--log-format', 'json',
      ...DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]),
    ], { detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}
