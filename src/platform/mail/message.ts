import MailComposer from 'nodemailer/lib/mail-composer';
import type { Sender } from './address.ts';

/** A mail out of the outbox, as it is sent. */
export interface OutgoingMail {
  recipient: string;
  locale: string;
  subject: string;
  html: string;
  text: string;
  /** With its angle brackets; the same for every attempt. */
  messageId: string;
  /** Id of the thread's root, with its angle brackets; no message carries it itself. */
  threadId: string | null;
  caseNo: string | null;
  requestId: string | null;
  /** When it was written; its `Date`, the same for every attempt. */
  queuedAt: Date;
}

/**
 * The message as it goes over the wire (RFC 5322, MIME), plain text first and HTML as its alternative.
 *
 * It says by `Auto-Submitted` (RFC 3834) and, for Exchange, `X-Auto-Response-Suppress` that no machine should answer.
 * `Precedence: bulk` would say it a third time to old programs, but makes the large mail houses put official letters
 * among the advertisements; it is left out. `to` is the address as SMTP takes it (domain in ASCII). No file and no address is ever read while the message is built.
 */
export async function buildMessage(mail: OutgoingMail, sender: Sender): Promise<{ to: string[]; raw: Buffer }> {
  const message = new MailComposer({
    from: sender,
    to: { name: '', address: mail.recipient },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    date: mail.queuedAt,
    messageId: mail.messageId,
    ...(mail.threadId === null ? {} : { inReplyTo: mail.threadId, references: [mail.threadId] }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': mail.locale,
      ...(mail.caseNo === null ? {} : { 'X-Xinzhi-Case': mail.caseNo }),
      ...(mail.requestId === null ? {} : { 'X-Request-ID': mail.requestId }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const compiled = message.compile();
  return { to: compiled.getEnvelope().to, raw: await compiled.build() };
}
