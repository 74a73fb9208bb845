import { setTimeout as wait } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { ATTEMPT_LIMIT_MS, type Attempt, type MailTransport } from './transport.ts';
import type { OutgoingMail } from './message.ts';
import type { UnsealReporters } from './recipients.ts';

/** Longer than any attempt lasts, with time for the database to come back meanwhile. */
export const STALE_CLAIM_MS = 3 * ATTEMPT_LIMIT_MS;

/** Which run of which job sends: a later attempt of the same job knows that the earlier one is dead. */
export interface Job {
  name: string;
  attempt: number;
}

/** What became of each mail of a delivery. Mails that were settled before are in none of them. */
export interface DeliveryReport {
  sent: string[];
  failed: string[];
  uncertain: string[];
  /** Not sent, to be tried again. */
  waiting: string[];
}

const endOf = { accepted: 'sent', refused: 'failed', unknown: 'uncertain' } as const;

/** Told of each attempt, for the metrics. `seconds` from the claim to the answer. */
export type OnAttempt = (outcome: Attempt['outcome'], seconds: number) => void;

export interface DeliveryOptions {
  knex: Knex;
  transport: MailTransport;
  logger: Logger;
  unsealReporters: UnsealReporters;
  onAttempt?: OnAttempt;
  /** After how long a claim belongs to nobody; default `STALE_CLAIM_MS`. */
  staleClaimMs?: number;
}

export interface Delivery {
  /**
   * Sends queued mails one after the other. `between` is called before each, and stops the run by returning false.
   * Never sends a mail of which it cannot be known that it has not arrived.
   */
  run(ids: readonly string[], job: Job, between?: () => boolean): Promise<DeliveryReport>;
}

interface Claimed {
  id: string;
  reporter_id: string | null;
  recipient: string;
  locale: string;
  template: string;
  subject: string;
  html: string;
  text: string;
  message_id: string;
  thread_id: string | null;
  case_no: string | null;
  request_id: string | null;
  queued_at: Date;
  attempts: number;
}

/** The database may be starting again just when a mail was sent; its state is worth some patience. */
const SETTLE_AGAIN_MS = [200, 500, 1_000, 2_000, 4_000];

/**
 * Delivery of the outbox. A mail is claimed, marked again when the server is ready for its text, and settled:
 * what a dead attempt leaves behind tells by these marks whether anything can have arrived.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { knex, transport, logger, unsealReporters, onAttempt, staleClaimMs = STALE_CLAIM_MS } = options;

  /**
   * Takes the mails away from attempts that died with them. Without a word sent they are queued again; where the
   * server may have the mail, an administrator must look.
   */
  async function reap(ids: readonly string[], { name, attempt }: Job): Promise<string[]> {
    const { rows } = await knex.raw<{ rows: { id: string; status: string }[] }>(
      `update mail set
         status = case when handed_at is null then 'queued' else 'uncertain' end,
         last_error = 'workerDied'
       where id = any(?::uuid[]) and status = 'sending'
         and (claimed_at < now() - ? * interval '1 millisecond' or (claimed_by = ? and claim_attempt < ?))
       returning id, status`,
      [[...ids], staleClaimMs, name, attempt],
    );
    return rows.filter(({ status }) => status === 'uncertain').map(({ id }) => id);
  }

  async function claim(id: string, job: Job): Promise<Claimed | undefined> {
    const { rows } = await knex.raw<{ rows: Claimed[] }>(
      `update mail set status = 'sending', claimed_by = ?, claim_attempt = ?, claimed_at = now(), handed_at = null,
                       attempts = attempts + 1
       where id = ? and status = 'queued' returning *`,
      [job.name, job.attempt, id],
    );
    return rows[0];
  }

  const held = (id: string, job: Job): Knex.QueryBuilder =>
    knex('mail').where({ id, claimed_by: job.name, claim_attempt: job.attempt });

  async function markHanded(id: string, job: Job): Promise<void> {
    const marked = await held(id, job).where({ status: 'sending' }).update({ handed_at: knex.fn.now() });
    if (marked !== 1) throw new Error('The mail was taken from this attempt.');
  }

  /** A reaped attempt that lives after all knows better than the one that reaped it. */
  async function settle(id: string, job: Job, attempt: Attempt): Promise<void> {
    const values = settled(knex, attempt);
    for (const pause of [...SETTLE_AGAIN_MS, undefined]) {
      try {
        await held(id, job).whereIn('status', ['sending', 'uncertain']).update(values);
        return;
      } catch (error) {
        if (pause === undefined) throw error;
        logger.warn({ mail: id, err: error }, 'mail not settled yet');
        await wait(pause);
      }
    }
  }

  /** A reporter's address is not kept in the outbox; it is gone when he was erased meanwhile. */
  async function addressOf({ reporter_id, recipient }: Claimed): Promise<string | undefined> {
    return reporter_id === null ? recipient : (await unsealReporters(knex, [reporter_id])).get(reporter_id);
  }

  function note({ id, template, request_id, attempts }: Claimed, attempt: Attempt): void {
    const about = { mail: id, template, requestId: request_id, attempts };
    switch (attempt.outcome) {
      case 'accepted':
        return logger.info(about, 'mail sent');
      case 'refused':
        return logger.warn({ ...about, reply: attempt.error }, 'mail refused');
      case 'later':
        return logger.warn({ ...about, reason: attempt.error }, 'mail to be tried again');
      case 'unknown':
        return logger.error({ ...about, reason: attempt.error }, 'mail uncertain');
    }
  }

  return {
    async run(ids, job, between = () => true) {
      const report: DeliveryReport = { sent: [], failed: [], uncertain: await reap(ids, job), waiting: [] };
      let away = false;
      for (const id of ids) {
        if (away || !between()) break;
        const started = performance.now();
        const mail = await claim(id, job);
        if (!mail) continue;
        const recipient = await addressOf(mail);
        const attempt: Attempt =
          recipient === undefined
            ? { outcome: 'refused', error: 'noAddress' }
            : await transport.send(outgoing(mail, recipient), () => markHanded(id, job));
        await settle(id, job, attempt);
        onAttempt?.(attempt.outcome, (performance.now() - started) / 1_000);
        note(mail, attempt);
        if (attempt.outcome === 'later') away = attempt.away;
        else report[endOf[attempt.outcome]].push(id);
      }
      const unsettled = new Set(await knex('mail').whereIn('id', [...ids]).whereIn('status', ['queued', 'sending']).pluck<string[]>('id'));
      report.waiting = ids.filter((id) => unsettled.has(id));
      return report;
    },
  };
}

function outgoing(mail: Claimed, recipient: string): OutgoingMail {
  return {
    recipient,
    locale: mail.locale,
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    messageId: mail.message_id,
    threadId: mail.thread_id,
    caseNo: mail.case_no,
    requestId: mail.request_id,
    queuedAt: mail.queued_at,
  };
}

function settled(knex: Knex, attempt: Attempt): Record<string, unknown> {
  switch (attempt.outcome) {
    case 'accepted':
      return { status: 'sent', sent_at: knex.fn.now(), server_reply: attempt.reply, last_error: null };
    case 'refused':
      return { status: 'failed', last_error: attempt.error };
    case 'unknown':
      return { status: 'uncertain', last_error: attempt.error };
    case 'later':
      return { status: 'queued', claimed_by: null, claimed_at: null, handed_at: null, last_error: attempt.error };
  }
}
