import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import type { Sender } from './address.ts';
import { buildMessage, type OutgoingMail } from './message.ts';

/**
 * How one attempt ended. Whether a mail may be sent again depends on it alone:
 * - `accepted`: the server answers for it now;
 * - `refused`: it will never take this mail (5xx to the sender, the recipient or the text);
 * - `later`: it certainly did not take it, and may another time; `away` when the server itself could not be used, so
 *   that the next mail needs no try;
 * - `unknown`: the connection ended after the text began to flow and before an answer came.
 */
export type Attempt =
  | { outcome: 'accepted'; reply: string }
  | { outcome: 'refused'; error: string }
  | { outcome: 'later'; error: string; away: boolean }
  | { outcome: 'unknown'; error: string };

export interface MailTransport {
  /**
   * Sends one mail over a connection of its own. `beforeText` runs when the server is ready for the text and before
   * the first byte of it; if it throws, the connection ends and nothing was sent. Never throws for what the server does.
   */
  send(mail: OutgoingMail, beforeText: () => Promise<void>): Promise<Attempt>;
}

export interface TransportOptions {
  /** `smtp://user:password@host:587`, `smtps://…`; options in the query, e.g. `?requireTLS=true`. */
  url: string;
  sender: Sender;
  /** Where bounces go; `null` for the empty return path, where the server allows it. Default: the sender. */
  returnPath?: string | null;
  /** All of one attempt, from the first packet to the last answer; default 5 minutes. */
  limitMs?: number;
}

/** No attempt lasts longer than this, unless told otherwise. A claim that is older belongs to nobody. */
export const ATTEMPT_LIMIT_MS = 5 * 60_000;

/** Far below nodemailer's own two and ten minutes: a server in the same house answers at once or is away. */
const patience = { dnsTimeout: 10_000, connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 120_000 };

/** Mail over SMTP. One connection a mail: the rate is bound elsewhere, and no state is shared between mails. */
export function createMailTransport({ url, sender, returnPath, limitMs = ATTEMPT_LIMIT_MS }: TransportOptions): MailTransport {
  const { auth, ...server } = parseConnectionUrl(url);
  const options: SMTPConnectionOptions = { ...patience, ...server, logger: false };
  const from = returnPath === null ? false : (returnPath ?? sender.address);

  /** Connects and signs in; what goes wrong at any time comes to `fail`. */
  function open(ready: (connection: SMTPConnection) => void, fail: (error: Error) => void): SMTPConnection {
    const connection = new SMTPConnection(options);
    connection.on('error', fail);
    connection.once('end', () => fail(new Error('Connection closed')));
    connection.connect((refusal) => {
      if (refusal) return fail(refusal);
      if (!auth || !connection.allowsAuth) return ready(connection);
      connection.login(auth, (error) => (error ? fail(error) : ready(connection)));
    });
    return connection;
  }

  return {
    async send(mail, beforeText) {
      const { to, raw } = await buildMessage(mail, sender);
      return new Promise<Attempt>((resolve) => {
        let over = false;
        let handed = false;
        const end = (attempt: Attempt): void => {
          if (over) return;
          over = true;
          clearTimeout(limit);
          text.destroy();
          if (attempt.outcome === 'accepted') connection.quit();
          else connection.close();
          resolve(attempt);
        };
        const fail = (error: Error): void => end(judge(error, handed));
        const text = readWhenAsked(async () => {
          await beforeText();
          if (over) throw new Error('The attempt is over.');
          handed = true;
          return raw;
        });
        const limit = setTimeout(() => fail(new Error(`No answer within ${limitMs} ms`)), limitMs);
        const connection = open((ready) => {
          ready.send({ from, to, size: raw.length }, text, (error, info) => {
            if (error) fail(error);
            else end({ outcome: 'accepted', reply: info?.response ?? '' });
          });
        }, fail);
      });
    },
  };
}

/** A stream that makes its only chunk when it is first read: SMTP reads it once the server has said 354. */
function readWhenAsked(make: () => Promise<Buffer>): Readable {
  let asked = false;
  return new Readable({
    read() {
      if (asked) return;
      asked = true;
      make().then(
        (chunk) => {
          this.push(chunk);
          this.push(null);
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
}

/** What nodemailer adds to an error. */
interface SmtpError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/** Replies that speak of our settings (RFC 4954: sign-in needed or wrong), not of the mail. */
const settingsReplies = new Set([530, 534, 535, 538]);
const aboutThisMail = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

function judge(error: SmtpError, handed: boolean): Attempt {
  const { responseCode, command = '', code } = error;
  const words = (error.response ?? error.message).trim();
  if (responseCode !== undefined && responseCode >= 400) {
    const ofMail = aboutThisMail.has(command);
    // 503 is a confusion of the session, not a judgement on the mail (RFC 5321, 4.2.4).
    const final = ofMail && responseCode >= 500 && responseCode !== 503 && !settingsReplies.has(responseCode);
    return final
      ? { outcome: 'refused', error: words }
      : { outcome: 'later', error: words, away: !ofMail || responseCode === 421 || settingsReplies.has(responseCode) };
  }
  if (handed) return { outcome: 'unknown', error: words };
  // Found wrong before anything was asked of the server: an address no server can take, a text beyond its size.
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return { outcome: 'refused', error: words };
  return { outcome: 'later', error: words, away: code !== 'ESTREAM' };
}
