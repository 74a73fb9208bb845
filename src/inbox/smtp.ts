import { SMTPServer, type SMTPServerAddress } from 'smtp-server';
import type { MailStore } from './store.ts';

const MOST_BYTES = 30 * 1024 ** 2;

interface SmtpError extends Error {
  responseCode: number;
}

function refusal(code: number, message: string): SmtpError {
  return Object.assign(new Error(message), { responseCode: code });
}

/**
 * So that one can see how the sender takes it: an address that begins with `refuse-` is refused for good,
 * one that begins with `busy-` for now.
 */
function judge({ address }: SMTPServerAddress): SmtpError | null {
  if (address.startsWith('refuse-')) return refusal(550, '5.1.1 No such mailbox');
  if (address.startsWith('busy-')) return refusal(451, '4.3.2 Try again later');
  return null;
}

/** Takes every mail for everybody and puts it into the store; nothing leaves the machine. */
export function createSmtpServer(store: MailStore, onError: (error: Error) => void): SMTPServer {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MOST_BYTES,
    banner: 'Xinzhi local inbox',
    onRcptTo(address, _session, done) {
      done(judge(address));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(refusal(552, '5.3.4 Message too big'));
        const { mailFrom, rcptTo } = session.envelope;
        store.add(Buffer.concat(chunks), { from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address) })
          .then((mail) => done(null, `kept as ${mail.id}`), (error: Error) => {
            onError(error);
            done(refusal(451, '4.3.0 Could not be kept'));
          });
      });
    },
  });
  server.on('error', onError);
  return server;
}
