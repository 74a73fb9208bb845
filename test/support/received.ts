import type { Knex } from 'knex';
import { eventually } from './eventually.ts';
import { createInboxClient, type InboxMessage } from './inbox.ts';

/** The mails of these cases that were delivered, by the case in their message id: an inbox is shared by many tests. */
export async function received(inboxUrl: string, ...caseIds: string[]): Promise<InboxMessage[]> {
  const all = await createInboxClient(inboxUrl).messages();
  return all.filter(({ messageId }) => caseIds.some((id) => messageId?.includes(id)));
}

/** Waits until every mail of the outbox is settled, whatever became of it. */
export async function mailSettled(knex: Knex, timeoutMs = 60_000): Promise<void> {
  await eventually('every mail settled', async () => (await knex('mail').whereIn('status', ['queued', 'sending'])).length === 0, timeoutMs, 200);
}
