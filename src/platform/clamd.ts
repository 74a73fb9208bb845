import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Where clamd listens: its socket, or a port of this machine, as what is sent is not encrypted. */
export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

export type ScanResult = { readonly kind: 'clean' } | { readonly kind: 'infected'; readonly signature: string };

/** Looks into contents for viruses. */
export interface Scanner {
  /** @throws ScannerAway when no answer is to be had; the content is neither good nor bad then. */
  scan(content: Readable): Promise<ScanResult>;
  /** @throws ScannerAway */
  ping(): Promise<void>;
}

export class ScannerAway extends Error {
  /** It is there, and said no more than that it could not. */
  readonly answered: boolean;
  constructor(why: string, { answered = false, cause }: { answered?: boolean; cause?: unknown } = {}) {
    super(`the scanner gave no result: ${why}`, { cause });
    this.name = 'ScannerAway';
    this.answered = answered;
  }
}

/** Longest silence; clamd reads a large archive for some seconds. Somebody waits for the answer to his form meanwhile. */
const PATIENCE_MS = 15_000;
const PING_MS = 2000;

/** All that it says until it closes. */
async function answerOf(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of socket as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8').replaceAll('\0', '').trim();
}

async function talk(address: ClamdAddress, patienceMs: number, say: (socket: Socket) => Promise<void>): Promise<string> {
  const socket = createConnection({ ...address, timeout: patienceMs });
  socket.on('timeout', () => socket.destroy(new Error(`silent for ${patienceMs} ms`)));
  try {
    await once(socket, 'connect');
    // It may answer, and close, before all is said: of what is too long, for one. Nothing more is said then.
    const [answer] = await Promise.all([answerOf(socket).finally(() => socket.destroy()), say(socket).catch((error: unknown) => {
      if (!socket.readableEnded && socket.bytesRead === 0) throw error;
    })]);
    return answer;
  } catch (error) {
    throw new ScannerAway('no connection', { cause: error });
  } finally {
    socket.destroy();
  }
}

async function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (!socket.writable) throw new Error('the connection is closed');
  if (socket.write(bytes)) return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    // What is closed never drains.
    await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]);
  } finally {
    settled.abort();
  }
}

const length = (bytes: number): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes);
  return head;
};

/** clamd(8), command INSTREAM: pieces, each after its length in four bytes, ended by a piece of none. */
async function stream(socket: Socket, content: Readable): Promise<void> {
  await write(socket, Buffer.from('zINSTREAM\0'));
  for await (const piece of content as AsyncIterable<Buffer>) {
    if (piece.length === 0) continue;
    await write(socket, length(piece.length));
    await write(socket, piece);
  }
  await write(socket, length(0));
}

export function createClamd(address: ClamdAddress): Scanner {
  return {
    async scan(content) {
      let broken: Error | undefined;
      content.on('error', (error: Error) => { broken = error; });
      const answer = await talk(address, PATIENCE_MS, (socket) => stream(socket, content))
        .catch((error: unknown) => { throw broken ?? error; }).finally(() => content.destroy());
      // The content, and not the scanner.
      if (broken !== undefined) throw broken;
      if (answer === 'stream: OK') return { kind: 'clean' };
      const [, signature] = /^stream: (.+) FOUND$/su.exec(answer) ?? [];
      if (signature !== undefined) return { kind: 'infected', signature };
      throw new ScannerAway(answer === '' ? 'the connection was closed' : answer, { answered: answer !== '' });
    },
    async ping() {
      const answer = await talk(address, PING_MS, (socket) => write(socket, Buffer.from('zPING\0')));
      if (answer !== 'PONG') throw new ScannerAway(answer, { answered: true });
    },
  };
}
