import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createCompose, type Compose } from '../../../src/platform/mail/compose.ts';
import type { OutgoingMail } from '../../../src/platform/mail/message.ts';
import { createI18n } from '../../../src/platform/i18n.ts';

export const sender = { name: '信治', address: 'noreply@xinzhi.example' };

export function testCompose(publicUrl = 'https://xinzhi.example/'): Compose {
  return createCompose({
    i18n: createI18n({
      onMissing: (locale, key) => {
        throw new Error(`no words in ${locale} for ${key}`);
      },
    }),
    publicUrl,
    codeWord: (id) => `W${id.slice(0, 7).toUpperCase()}`,
  });
}

export const outgoing: OutgoingMail = {
  recipient: 'handler@scjg.example',
  locale: 'zh-CN',
  subject: '[XZ-2026-000123] 请核实：某食品公司使用过期原料',
  html: '<p>您好：</p>',
  text: '您好：\n',
  messageId: '<3f0c2f2e-7d5e-4c0e-9a51-0d8f5a1c0a11.3.abc@xinzhi.example>',
  threadId: '<case-3f0c2f2e-7d5e-4c0e-9a51-0d8f5a1c0a11@xinzhi.example>',
  caseNo: 'XZ-2026-000123',
  requestId: 'req-1',
  queuedAt: new Date('2026-09-24T02:00:00Z'),
};

export interface Received {
  from: string;
  to: string[];
  raw: Buffer;
  parsed: ParsedMail;
}

export interface Mailbox {
  url: string;
  received: Received[];
  /** Connections that were made. */
  connections(): number;
  close(): Promise<void>;
}

/** A real SMTP server that keeps what it takes; `options` make it refuse. */
export async function startMailbox(options: Partial<SMTPServerOptions> = {}, port = 0): Promise<Mailbox> {
  const received: Received[] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        simpleParser(raw).then((parsed) => {
          received.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address), raw, parsed });
          done(null, 'taken');
        }, done);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const { port: bound } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${bound}`,
    received,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/**
 * A server that speaks just enough SMTP to be cut off at a given point: `greeting`, `MAIL`, `RCPT`, `DATA` instead of
 * the answer to it, `text` while the text comes, `end` after the last dot and before the answer.
 */
export async function startCutOff(point: 'greeting' | 'MAIL' | 'RCPT' | 'DATA' | 'text' | 'end') {
  const state = { texts: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (point === 'greeting') return socket.destroy();
    let inText = false;
    let text = '';
    socket.setEncoding('utf8');
    socket.write('220 ready\r\n');
    let rest = '';
    socket.on('data', (chunk) => {
      if (inText) {
        text += String(chunk);
        if (point === 'text') return socket.destroy();
        if (text.endsWith('\r\n.\r\n')) {
          state.texts += 1;
          if (point === 'end') return socket.destroy();
        }
        return;
      }
      rest += String(chunk);
      const lines = rest.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const verb = line.slice(0, 4).toUpperCase().trim();
        if (verb === point) return socket.destroy();
        if (verb === 'EHLO') socket.write('250 hello\r\n');
        else if (verb === 'DATA') {
          inText = true;
          socket.write('354 go on\r\n');
        } else socket.write('250 ok\r\n');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    state,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which nobody listens. */
export async function deadUrl(): Promise<{ url: string; port: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return { url: `smtp://127.0.0.1:${port}`, port };
}
