import { parseArgs } from 'node:util';
import { startInbox } from '../inbox/server.ts';
import { CommandError, runUntilStopped } from './running.ts';
import type { Run } from './index.ts';

function port(text: string | undefined): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new CommandError('--smtp-port and --http-port must be ports from 1 to 65535.');
  return value;
}

export const run: Run = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: { folder: { type: 'string' }, 'smtp-port': { type: 'string' }, 'http-port': { type: 'string' } },
  });
  if (values.folder === undefined) throw new CommandError('--folder must be given: where the mails are kept.');
  const inbox = await startInbox({
    folder: values.folder,
    smtpPort: port(values['smtp-port']),
    httpPort: port(values['http-port']),
    onError: (error) => process.stderr.write(`${error.stack ?? error.message}\n`),
  });
  await runUntilStopped(() => inbox.close());
};
