import { createServer, type Server } from 'node:http';
import { createInboxPages } from './pages.ts';
import { createSmtpServer } from './smtp.ts';
import { openMailStore } from './store.ts';

/** Where the inbox keeps mails and listens, always on 127.0.0.1. */
export interface InboxOptions {
  readonly folder: string;
  readonly smtpPort: number;
  readonly httpPort: number;
  readonly onError: (error: Error) => void;
}

const HOST = '127.0.0.1';

function listen(server: Pick<Server, 'once' | 'listen'>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve());
  });
}

/** Starts the local inbox: SMTP for the application, pages for people. */
export async function startInbox({ folder, smtpPort, httpPort, onError }: InboxOptions): Promise<{ close(): Promise<void> }> {
  const store = await openMailStore(folder);
  const smtp = createSmtpServer(store, onError);
  const http = createServer(createInboxPages(store));
  await Promise.all([
    new Promise<void>((resolve) => { smtp.listen(smtpPort, HOST, resolve); }),
    listen(http, httpPort),
  ]);
  return {
    async close() {
      http.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => { smtp.close(resolve); }),
        new Promise<void>((resolve) => { http.close(() => resolve()); }),
      ]);
    },
  };
}
