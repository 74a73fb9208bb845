import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** `CommandComplete` of a commit, as PostgreSQL answers it: tag `C`, length 11, `COMMIT` and a zero byte. */
const COMMITTED = Buffer.from([0x43, 0, 0, 0, 11, ...Buffer.from('COMMIT'), 0]);

/**
 * Stands between a process and PostgreSQL and can keep back the answer to one commit: what was committed is then in
 * the database for good, and the process does not know.
 */
export interface CommitTrap {
  /** The database's address through the trap. */
  readonly url: string;
  /** Springs at the next commit on a connection on which `marker` was sent before; resolves when it has been committed. */
  spring(marker: string): Promise<void>;
  close(): Promise<void>;
}

export async function createCommitTrap(databaseUrl: string): Promise<CommitTrap> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let armed: { marker: string; sprung: () => void } | null = null;

  const server = createServer((inside) => {
    const outside = connect(Number(target.port), target.hostname);
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        sockets.delete(socket);
        inside.destroy();
        outside.destroy();
      });
    }
    let marked = false;
    let held = false;
    let tail = Buffer.alloc(0);
    inside.on('data', (chunk) => {
      marked ||= armed !== null && chunk.includes(armed.marker);
      outside.write(chunk);
    });
    outside.on('data', (chunk) => {
      const seen = Buffer.concat([tail, chunk]);
      tail = seen.subarray(-COMMITTED.length + 1);
      if (armed !== null && marked && !held && seen.includes(COMMITTED)) {
        held = true;
        armed.sprung();
        armed = null;
      }
      if (!held) inside.write(chunk);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);

  return {
    url: url.href,
    spring: (marker) => new Promise((resolve) => { armed = { marker, sprung: resolve }; }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
