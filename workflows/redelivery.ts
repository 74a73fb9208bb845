import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import { mailQueueOf, type MailActivities } from '../src/rules/casefile/ports.ts';

/** Mails that the administrator put back into the queue. */
export async function redelivery(mails: string[]): Promise<void> {
  const { deliver } = proxyActivities<MailActivities>({
    taskQueue: mailQueueOf(workflowInfo().taskQueue),
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '30s',
    scheduleToCloseTimeout: '3 days',
    retry: { initialInterval: '5s', maximumInterval: '30 minutes' },
  });
  await deliver(mails);
}
