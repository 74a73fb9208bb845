import type { Knex } from 'knex';
import { z } from 'zod';
import { mailStatuses, type MailStatus } from '../../platform/mail/types.ts';

/** What the log is narrowed down to; null where it is not. */
export interface MailFilter {
  status: MailStatus | null;
  /** A whole case number. */
  caseNo: string | null;
  /** How the address begins, or how the name of the person or unit does. */
  recipient: string | null;
  /** Days in Asia/Shanghai, both inclusive. */
  from: string | null;
  to: string | null;
}

/** A line of the log. */
export interface LoggedMail {
  id: string;
  caseNo: string | null;
  template: string;
  subject: string;
  /** Address; a reporter's is masked. */
  recipient: string;
  person: { name: string; nameEn: string } | null;
  unit: { name: string; nameEn: string } | null;
  reporter: boolean;
  status: MailStatus;
  /** Taken up so long ago that nobody can be sending it any more. */
  stale: boolean;
  attempts: number;
  lastError: string | null;
  queuedAt: Date;
  sentAt: Date | null;
}

/** A mail with all that was sent and all that is known of its sending. */
export interface WholeMail extends LoggedMail {
  locale: string;
  html: string;
  text: string;
  messageId: string;
  threadId: string | null;
  requestId: string | null;
  serverReply: string | null;
}

/** Where a page of the log begins or ends. */
export const position = z.object({ at: z.iso.datetime(), id: z.uuid(), before: z.boolean() });
export type Position = z.infer<typeof position>;

export interface MailPage {
  mails: LoggedMail[];
  previous: Position | null;
  next: Position | null;
  total: number;
}

export const pageSize = 50;
/** Beyond this a total is said as "more than". */
export const countedTo = 1000;
/** As many as an administrator can look over, and a delivery sends within minutes. */
export const mostAtOnce = 500;

interface Row {
  id: string;
  case_no: string | null;
  template: string;
  subject: string;
  recipient: string;
  person_name: string | null;
  person_name_en: string | null;
  unit_name: string | null;
  unit_name_en: string | null;
  reporter_id: string | null;
  status: MailStatus;
  stale: boolean;
  attempts: number;
  last_error: string | null;
  queued_at: Date;
  sent_at: Date | null;
}

interface WholeRow extends Row {
  locale: string;
  html: string;
  text: string;
  message_id: string;
  thread_id: string | null;
  request_id: string | null;
  server_reply: string | null;
}

const logged = (row: Row): LoggedMail => ({
  id: row.id,
  caseNo: row.case_no,
  template: row.template,
  subject: row.subject,
  recipient: row.recipient,
  person: row.person_name === null ? null : { name: row.person_name, nameEn: row.person_name_en ?? row.person_name },
  unit: row.unit_name === null ? null : { name: row.unit_name, nameEn: row.unit_name_en ?? row.unit_name },
  reporter: row.reporter_id !== null,
  status: row.status,
  stale: row.stale,
  attempts: row.attempts,
  lastError: row.last_error,
  queuedAt: row.queued_at,
  sentAt: row.sent_at,
});

/** Reads the log; `staleClaimMs` as the delivery has it. */
export function createMailQueries(knex: Knex, staleClaimMs: number) {
  const columns = [
    'm.id', 'm.case_no', 'm.template', 'm.subject', 'm.recipient', 'm.reporter_id', 'm.status', 'm.attempts',
    'm.last_error', 'm.queued_at', 'm.sent_at',
    'p.name as person_name', 'p.name_en as person_name_en', 'u.name as unit_name', 'u.name_en as unit_name_en',
  ];
  const stale = knex.raw(
    "(m.status = 'sending' and m.claimed_at < now() - ? * interval '1 millisecond') as stale", [staleClaimMs],
  );
  const withNames = (query: Knex.QueryBuilder): Knex.QueryBuilder =>
    query.leftJoin('person as p', 'p.id', 'm.person_id').leftJoin('unit as u', 'u.id', 'm.unit_id').select(...columns, stale);

  return {
    /** One page, newest first. */
    async list(filter: MailFilter, from: Position | null): Promise<MailPage> {
      const found = narrowed(knex('mail as m'), filter);
      const counting: Promise<{ total: number } | undefined> = knex
        .select(knex.raw('count(*)::int as total'))
        .from(found.clone().select('m.id').limit(countedTo + 1).as('counted'))
        .first();
      const query = withNames(found.clone()).limit(pageSize + 1);
      if (from) void query.whereRaw(`(m.queued_at, m.id) ${from.before ? '>' : '<'} (?::timestamptz, ?::uuid)`, [from.at, from.id]);
      const order = from?.before ? 'asc' : 'desc';
      const reading: Promise<Row[]> = query.orderBy([{ column: 'm.queued_at', order }, { column: 'm.id', order }]);
      const [rows, count] = await Promise.all([reading, counting]);
      const more = rows.length > pageSize;
      const mails = rows.slice(0, pageSize).map(logged);
      if (from?.before) mails.reverse();
      const edge = (mail: LoggedMail | undefined, before: boolean): Position | null =>
        mail ? { at: mail.queuedAt.toISOString(), id: mail.id, before } : null;
      return {
        mails,
        previous: from && (!from.before || more) ? edge(mails[0], true) : null,
        next: from?.before || more ? edge(mails.at(-1), false) : null,
        total: count?.total ?? 0,
      };
    },

    /** How many are in each state; of the sent ones only those of the day that began at `dayStart`. */
    async counts(dayStart: Date): Promise<Record<MailStatus, number>> {
      const counting: Promise<{ status: MailStatus; total: number }[]> = knex('mail')
        .whereNot({ status: 'sent' })
        .groupBy('status')
        .select('status', knex.raw('count(*)::int as total'));
      const countingSent: Promise<{ total: number } | undefined> = knex('mail')
        .where('sent_at', '>=', dayStart)
        .first(knex.raw('count(*)::int as total'));
      const [unsent, sent] = await Promise.all([counting, countingSent]);
      const of = (status: MailStatus): number => unsent.find((row) => row.status === status)?.total ?? 0;
      return {
        queued: of('queued'), sending: of('sending'), failed: of('failed'), uncertain: of('uncertain'), sent: sent?.total ?? 0,
      };
    },

    /** One mail with its texts. */
    async find(id: string): Promise<WholeMail | undefined> {
      const reading: Promise<WholeRow | undefined> = withNames(knex('mail as m'))
        .select('m.locale', 'm.html', 'm.text', 'm.message_id', 'm.thread_id', 'm.request_id', 'm.server_reply')
        .where('m.id', id)
        .first();
      const row = await reading;
      if (!row) return undefined;
      return {
        ...logged(row),
        locale: row.locale,
        html: row.html,
        text: row.text,
        messageId: row.message_id,
        threadId: row.thread_id,
        requestId: row.request_id,
        serverReply: row.server_reply,
      };
    },

    /** Those of the ids that could be sent again, oldest first. */
    async resendable(ids: readonly string[]): Promise<LoggedMail[]> {
      const reading: Promise<Row[]> = withNames(knex('mail as m'))
        .whereIn('m.id', [...ids])
        .where(canBeSentAgain(staleClaimMs))
        .orderBy(['m.queued_at', 'm.id'])
        .limit(mostAtOnce);
      return (await reading).map(logged);
    },

    /** The oldest in a state, for sending all of them again. */
    async oldest(status: 'queued' | 'failed'): Promise<LoggedMail[]> {
      const reading: Promise<Row[]> = withNames(knex('mail as m'))
        .where('m.status', status)
        .orderBy(['m.queued_at', 'm.id'])
        .limit(mostAtOnce);
      return (await reading).map(logged);
    },
  };
}

export type MailQueries = ReturnType<typeof createMailQueries>;

/** A mail of a case, as the case's own page lists it: to whom, about what, how far. */
export interface MailOfCase {
  id: string;
  template: string;
  person: { name: string; nameEn: string } | null;
  unit: { name: string; nameEn: string } | null;
  reporter: boolean;
  status: MailStatus;
  queuedAt: Date;
  sentAt: Date | null;
}

/** The mails about a case, newest first; without addresses and texts, which only administrators see. */
export async function mailsOfCase(knex: Knex, caseId: string, limit = 100): Promise<MailOfCase[]> {
  const rows: Omit<Row, 'stale'>[] = await knex('mail as m')
    .leftJoin('person as p', 'p.id', 'm.person_id')
    .leftJoin('unit as u', 'u.id', 'm.unit_id')
    .select('m.id', 'm.template', 'm.reporter_id', 'm.status', 'm.queued_at', 'm.sent_at',
      'p.name as person_name', 'p.name_en as person_name_en', 'u.name as unit_name', 'u.name_en as unit_name_en')
    .where('m.case_id', caseId)
    .orderBy([{ column: 'm.queued_at', order: 'desc' }, { column: 'm.id', order: 'desc' }])
    .limit(limit);
  return rows.map((row) => {
    const { id, template, person, unit, reporter, status, queuedAt, sentAt } = logged({ ...row, stale: false });
    return { id, template, person, unit, reporter, status, queuedAt, sentAt };
  });
}

function canBeSentAgain(staleClaimMs: number): Knex.QueryCallback {
  return (open) => {
    void open
      .whereIn('m.status', ['queued', 'failed', 'uncertain'])
      .orWhereRaw("(m.status = 'sending' and m.claimed_at < now() - ? * interval '1 millisecond')", [staleClaimMs]);
  };
}

function narrowed(query: Knex.QueryBuilder, { status, caseNo, recipient, from, to }: MailFilter): Knex.QueryBuilder {
  if (status !== null) void query.where('m.status', status);
  if (caseNo !== null) void query.where('m.case_no', caseNo);
  if (from !== null) void query.where('m.queued_at', '>=', `${from}T00:00:00+08:00`);
  if (to !== null) void query.whereRaw("m.queued_at < ?::timestamptz + interval '1 day'", [`${to}T00:00:00+08:00`]);
  if (recipient !== null) {
    const begins = `${recipient.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    void query.whereRaw(
      `(lower(m.recipient) like ?
        or m.person_id in (select id from person where lower(name) like ? or lower(name_en) like ?)
        or m.unit_id in (select id from unit where lower(name) like ? or lower(short_name) like ? or lower(name_en) like ?))`,
      Array.from({ length: 6 }, () => begins),
    );
  }
  return query;
}

/** Whether a text is one of the states. */
export function isMailStatus(text: unknown): text is MailStatus {
  return mailStatuses.some((status) => status === text);
}
