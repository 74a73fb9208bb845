import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { isMailAddress } from './address.ts';
import type { Compose } from './compose.ts';
import type { UnitName } from './content.ts';
import { lookUp, type Recipient, type UnsealReporters } from './recipients.ts';
import type { Letter, MailStatus, MailTo } from './types.ts';

/** Beside the letters, what the act brought along. */
export interface QueueContext {
  /** Of the web request that led to it; goes into the mail's header. */
  requestId: string | null;
}

export interface Outbox {
  /**
   * Writes the letters of one act into the outbox, inside the transaction that records the act: one look-up, one insert.
   * Returns the ids of the mails that are new and wait to be sent; a letter whose business key is there already adds
   * nothing. A letter for which there is no address is kept as failed, where the administrator sees it.
   */
  queueMails(trx: Knex.Transaction, letters: readonly Letter[], context: QueueContext): Promise<string[]>;
}

export interface OutboxOptions {
  compose: Compose;
  /** Domain in which our message ids are unique: that of the sender's address. */
  domain: string;
  unsealReporters: UnsealReporters;
}

interface NewMail {
  business_key: string;
  case_id: string;
  case_no: string;
  event_seq: number;
  person_id: string | null;
  unit_id: string | null;
  reporter_id: string | null;
  recipient: string;
  locale: string;
  template: string;
  subject: string;
  html: string;
  text: string;
  message_id: string;
  thread_id: string;
  status: MailStatus;
  last_error: string | null;
  request_id: string | null;
}

/** Writes rendered mails: what is kept is what is sent, however often it is tried. */
export function createOutbox({ compose, domain, unsealReporters }: OutboxOptions): Outbox {
  function rowOf(letter: Letter, key: string, to: Recipient, unitName: UnitName, requestId: string | null): NewMail {
    return {
      business_key: key,
      case_id: letter.caseId,
      case_no: letter.params.caseNo,
      event_seq: letter.eventSeq,
      person_id: to.personId,
      unit_id: to.unitId,
      reporter_id: to.reporterId,
      recipient: to.reporterId !== null && to.address !== null ? maskAddress(to.address) : (to.address ?? ''),
      locale: to.reader.locale,
      template: letter.template,
      ...compose(letter, to.reader, unitName),
      message_id: `<${letter.caseId}.${letter.eventSeq}.${shortHash(key)}@${domain}>`,
      thread_id: `<case-${letter.caseId}@${domain}>`,
      status: to.address === null ? 'failed' : 'queued',
      last_error: to.address === null ? 'noAddress' : null,
      request_id: requestId,
    };
  }

  return {
    async queueMails(trx, letters, { requestId }) {
      const targets = letters.map(({ to }) => to);
      if (targets.length === 0) return [];
      const directory = await lookUp(trx, targets, letters.flatMap(unitsNamed));
      const reporters = targets.flatMap((to) => ('reporter' in to ? [to.reporter] : []));
      const contacts = reporters.length === 0 ? new Map<string, string>() : await unsealReporters(trx, reporters);

      const rows = new Map<string, NewMail>();
      const told = new Set<string>();
      for (const letter of letters) {
        for (const found of directory.recipients(letter.to, withoutIn(letter))) {
          const contact = found.reporterId === null ? undefined : contacts.get(found.reporterId);
          // A reporter who left no mail address expects no mail.
          if (found.reporterId !== null && contact === undefined) continue;
          const to = contact !== undefined && isMailAddress(contact) ? { ...found, address: contact } : found;
          // Two persons may have the same mailbox behind them: it hears of one event once.
          const hearing = [letter.caseId, letter.eventSeq, letter.template, to.address?.toLowerCase()].join('\n');
          const key = byRole(letter.to) && to.personId !== null ? `${letter.key}:${to.personId}` : letter.key;
          if (rows.has(key) || (to.address !== null && told.has(hearing))) continue;
          told.add(hearing);
          rows.set(key, rowOf(letter, key, to, directory.unitName(to.reader.locale), requestId));
        }
      }
      if (rows.size === 0) return [];
      const added: Pick<NewMail & { id: string }, 'id' | 'status'>[] = await trx<NewMail & { id: string }>('mail')
        .insert([...rows.values()])
        .onConflict('business_key')
        .ignore()
        .returning(['id', 'status']);
      return added.filter(({ status }) => status === 'queued').map(({ id }) => id);
    },
  };
}

function withoutIn({ exceptPerson, notTo = [] }: Letter): string[] {
  return exceptPerson === undefined ? [...notTo] : [exceptPerson, ...notTo];
}

const byRole = (to: MailTo): boolean => 'role' in to && to.role !== undefined;

/** Enough to recognise it by, too little to write to. */
function maskAddress(address: string): string {
  return address.replace(/^(.).*@/u, '$1***@');
}

/** Mails of a case that are not sent yet and may still be, oldest first: what a process that starts again must deliver. */
export async function pendingMails(db: Knex, caseId: string): Promise<string[]> {
  return db('mail')
    .where({ case_id: caseId })
    .whereIn('status', ['queued', 'sending'])
    .orderBy(['queued_at', 'event_seq', 'id'])
    .pluck<string[]>('id');
}

interface Resendable {
  id: string;
  person_id: string | null;
  unit_id: string | null;
  recipient: string;
}

/**
 * Puts mails back into the queue because an administrator decided so; the caller starts their delivery.
 * The wording stays; the address is looked up anew, as it may have been corrected. Sent mails, those on their way and
 * those without any address are left alone. Returns the ids that are queued now.
 *
 * @param staleClaimMs a mail taken up longer ago than this and still not settled is nobody's.
 */
export async function requeueMails(db: Knex, ids: readonly string[], staleClaimMs: number): Promise<string[]> {
  return db.transaction(async (trx) => {
    const { rows: mails } = await trx.raw<{ rows: Resendable[] }>(
      `select id, person_id, unit_id, recipient from mail
       where id = any(?::uuid[])
         and (status in ('queued', 'failed', 'uncertain')
              or (status = 'sending' and claimed_at < now() - ? * interval '1 millisecond'))
       order by queued_at, id for update`,
      [[...ids], staleClaimMs],
    );
    const directory = await lookUp(trx, mails.flatMap((mail) => addressee(mail) ?? []));
    const queued: string[] = [];
    for (const mail of mails) {
      const to = addressee(mail);
      const recipient = (to && directory.recipients(to)[0]?.address) ?? mail.recipient;
      if (recipient === '') continue;
      await trx('mail')
        .where({ id: mail.id })
        .update({ status: 'queued', recipient, claimed_by: null, claimed_at: null, handed_at: null });
      queued.push(mail.id);
    }
    return queued;
  });
}

function addressee({ person_id, unit_id }: Resendable): MailTo | null {
  if (person_id !== null) return unit_id === null ? { person: person_id } : { person: person_id, unit: unit_id };
  return unit_id === null ? null : { unit: unit_id };
}

/** Units whose names stand in a letter. */
function unitsNamed({ params }: Letter): string[] {
  const named = 'unit' in params ? [params.unit] : [];
  if ('by' in params && params.by) named.push(params.by.unit);
  if ('of' in params) named.push(params.of.unit);
  return named;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
