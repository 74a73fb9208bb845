import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClamd } from '../../src/platform/clamd.ts';
import { eventually } from './eventually.ts';

/** What the test's own signatures know as a virus; harmless, and written so that no scanner of this machine finds it here. */
export const virus = Buffer.from(['XINZHI', 'STANDARD', 'TEST', 'VIRUS', 'FILE'].join('-') + '!$H+H*'.repeat(4));
export const signature = 'Xinzhi.Test.Virus';

/** A scanner on a socket of its own, that can be stopped and started again. */
export interface TestClamd {
  readonly path: string;
  /** Whether it is the real clamd, and not what speaks its protocol. */
  readonly real: boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

const program = ['/usr/sbin/clamd', '/usr/local/sbin/clamd'].find((path) => existsSync(path));

/** The real clamd with one signature, in a folder of its own. */
function realClamd(executable: string, folder: string): Pick<TestClamd, 'start' | 'stop'> {
  const socket = join(folder, 'clamd.sock');
  // A database of MD5 of whole files, clamscan's `.hdb`: hash, size, name.
  writeFileSync(join(folder, 'test.hdb'), `${createHash('md5').update(virus).digest('hex')}:${virus.length}:${signature}\n`);
  writeFileSync(join(folder, 'clamd.conf'), [`LocalSocket ${socket}`, `DatabaseDirectory ${folder}`, 'Foreground yes', 'StreamMaxLength 1M', `LogFile ${join(folder, 'clamd.log')}`, `TemporaryDirectory ${folder}`].join('\n'));
  let child: ChildProcess | null = null;
  return {
    async start() {
      child = spawn(executable, ['--config-file', join(folder, 'clamd.conf')], { stdio: 'ignore' });
      await eventually('clamd answers', async () => createClamd({ path: socket }).ping().then(() => true), 60_000, 100);
    },
    async stop() {
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child?.kill('SIGTERM');
      await ended;
      child = null;
      rmSync(socket, { force: true });
    },
  };
}

/** What clamd says to INSTREAM and PING, by clamd(8), for machines that have none. */
function spokenClamd(folder: string): Pick<TestClamd, 'start' | 'stop'> {
  const path = join(folder, 'clamd.sock');
  let server: Server | null = null;
  const sockets = new Set<Socket>();
  const answer = (said: Buffer): string | null => {
    if (said.toString('latin1').startsWith('zPING\0')) return 'PONG\0';
    let at = 'zINSTREAM\0'.length;
    const pieces: Buffer[] = [];
    for (;;) {
      if (said.length < at + 4) return null;
      const size = said.readUInt32BE(at);
      if (size === 0) break;
      pieces.push(said.subarray(at + 4, at + 4 + size));
      at += 4 + size;
    }
    const content = Buffer.concat(pieces);
    if (content.length > 1024 ** 2) return 'INSTREAM size limit exceeded. ERROR\0';
    return content.equals(virus) ? `stream: ${signature} FOUND\0` : 'stream: OK\0';
  };
  return {
    async start() {
      server = createServer((socket) => {
        sockets.add(socket);
        let said = Buffer.alloc(0);
        socket.on('data', (piece: Buffer) => {
          said = Buffer.concat([said, piece]);
          const reply = answer(said);
          if (reply !== null) socket.end(reply);
        });
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', () => undefined);
      });
      await new Promise<void>((resolve) => server!.listen(path, resolve));
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server?.close(resolve));
    },
  };
}

export function createTestClamd({ spoken = false }: { spoken?: boolean } = {}): TestClamd {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-clamd-'));
  const real = program !== undefined && !spoken;
  const own = real ? realClamd(program, folder) : spokenClamd(folder);
  let up = false;
  const stop = async (): Promise<void> => {
    if (up) await own.stop();
    up = false;
  };
  return {
    path: join(folder, 'clamd.sock'),
    real,
    async start() {
      await own.start();
      up = true;
    },
    stop,
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
