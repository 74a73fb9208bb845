import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from './files.ts';
import { claim } from './lock.ts';
import { removeRecord } from './processes.ts';

/** From here up, Linux hands out ports to outgoing connections: such a one is soon taken by chance. */
const EPHEMERAL_FROM = 32_768;

/** Can something listen on this port now? */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Ports of this machine that a start has chosen; everybody's, as ports are. */
const CLAIMS = join(tmpdir(), 'xinzhi-ports');
const claimed = new Set<string>();

function openClaims(): void {
  if (mkdirSync(CLAIMS, { recursive: true }) !== undefined) chmodSync(CLAIMS, 0o1777);
  if (claimed.size === 0) process.once('exit', () => { for (const file of claimed) removeRecord(file); });
}

/**
 * Takes a port for as long as this process lives: between the choice and the server that listens, seconds pass in which
 * another start would find it free.
 */
function take(port: number): boolean {
  openClaims();
  const file = join(CLAIMS, `${port}.json`);
  try {
    const holder = claim(file);
    if (holder !== undefined) return holder.pid === process.pid;
    claimed.add(file);
    return true;
  } catch {
    return false; // another account's, left behind
  }
}

/** Those of a local stack, each where its people look for it first. */
export const usualPorts = { web: 3000, postgres: 5432, temporal: 7233, 'temporal-pages': 8233, smtp: 2525, inbox: 8025 } as const;

export type PortName = keyof typeof usualPorts;

/** Ports given out by name; a name gets the port that it had, as long as that is free. */
export interface Ports {
  /**
   * The remembered port, the preferred one, or the next free one above it.
   * @param host where it will be listened on.
   */
  choose(name: PortName, host?: string): Promise<number>;
}

function remembered(file: string | undefined): Record<string, unknown> {
  try {
    return file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Remembers in `file`, or not at all. `preferred` stands before the usual ports. */
export function createPorts(file: string | undefined, preferred: Partial<Record<PortName, number>> = {}): Ports {
  const known = remembered(file);
  const given = new Set<number>();

  async function usable(port: number, host: string): Promise<boolean> {
    // A port that another interface or IPv6 holds would serve the wrong page to a browser that asks for localhost.
    return !given.has(port) && await isFree(port, host) && (host !== '127.0.0.1' || await isFree(port, '0.0.0.0')) && take(port);
  }

  async function find(before: unknown, from: number, host: string): Promise<number> {
    if (typeof before === 'number' && await usable(before, host)) return before;
    for (let port = from; port < EPHEMERAL_FROM; port += 1) {
      if (await usable(port, host)) return port;
    }
    throw new Error(`No port from ${from} to ${EPHEMERAL_FROM - 1} is free.`);
  }

  return {
    async choose(name, host = '127.0.0.1') {
      const port = await find(known[name], preferred[name] ?? usualPorts[name], host);
      given.add(port);
      known[name] = port;
      if (file !== undefined) writeFileAtomically(file, JSON.stringify(known, undefined, 2));
      return port;
    },
  };
}
