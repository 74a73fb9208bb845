import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Stands between a client and a server of the tests, and can be away, as the server itself would be. */
export interface TcpProxy {
  readonly port: number;
  /** Cuts every connection and refuses new ones. */
  leave(): Promise<void>;
  /** Takes connections and says nothing on any of them, as a server that hangs. */
  hang(): void;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export async function createTcpProxy(host: string, port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  let hangs = false;
  const server = createServer((inside) => {
    if (hangs) {
      keep(inside);
      return;
    }
    const outside = connect(port, host);
    keep(inside);
    keep(outside);
    inside.pipe(outside).pipe(inside);
    inside.once('close', () => outside.destroy());
    outside.once('close', () => inside.destroy());
  });
  const listen = (at: number): Promise<number> => new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  const leave = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
  const own = await listen(0);
  return {
    port: own,
    leave,
    hang() {
      hangs = true;
      for (const socket of sockets) socket.unpipe();
    },
    async comeBack() {
      if (!hangs) return void await listen(own);
      hangs = false;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      if (server.listening) await leave();
    },
  };
}
