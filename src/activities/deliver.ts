import { ApplicationFailure, Context } from '@temporalio/activity';
import { createDelivery, type DeliveryOptions } from '../platform/mail/delivery.ts';

/** How many mails of a delivery ended in which way. */
export interface Delivered {
  sent: number;
  failed: number;
  uncertain: number;
}

/** A heartbeat timeout of half a minute leaves room for some lost ones. */
const HEARTBEAT_MS = 5_000;

/**
 * The activity that sends what an act queued. Mails that the server refused or that may have arrived are settled and
 * shown to the administrator; while some still wait it fails retryably, and the next attempt takes up only these.
 * Once the schedule-to-close time is over they stay queued, and can be sent again from the mail log.
 */
export function createDeliver(options: DeliveryOptions): (mailIds: string[]) => Promise<Delivered> {
  const delivery = createDelivery(options);
  return async function deliver(mailIds) {
    const context = Context.current();
    const { workflowExecution, activityId, attempt } = context.info;
    const name = `${workflowExecution?.workflowId ?? ''}/${workflowExecution?.runId ?? ''}/${activityId}`;
    // One mail may take minutes where a server is slow; a killed worker must be noticed sooner.
    const alive = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    const report = await delivery
      .run(mailIds, { name, attempt }, () => !context.cancellationSignal.aborted)
      .finally(() => clearInterval(alive));
    if (report.waiting.length > 0) {
      throw ApplicationFailure.retryable(`${report.waiting.length} of ${mailIds.length} mails wait`, 'MailWaiting');
    }
    return { sent: report.sent.length, failed: report.failed.length, uncertain: report.uncertain.length };
  };
}
