import type { Knex } from 'knex';
import { readEvents } from '../../platform/casefile/events.ts';
import { readerOf } from '../../platform/casefile/reading.ts';
import type { ChainedEvent } from '../../platform/chain.ts';
import type { MailStatus } from '../../platform/mail/types.ts';
import { ask } from '../../platform/prepared.ts';
import type { Seal } from '../../platform/seal.ts';
import { visibleCases, type Sight } from '../../platform/visibility.ts';
import { caseAsRead, happeningAsRead, type Reader } from '../../rules/casefile/as-read.ts';
import type { CaseKind, CaseState } from '../../rules/casefile/types.ts';
import type { Role } from '../../rules/people.ts';

const caseNoForm = /^[A-Z]{2,4}-\d{4}-\d{6,9}$/;

/** A case as the person reads it. */
export interface FoundCase {
  readonly state: CaseState;
  /** Null where he reads it as it was written. */
  readonly reader: Reader | null;
}

/** A case of this kind that the person may see. */
export async function findCase(knex: Knex, seal: Seal, sight: Sight, kind: CaseKind, caseNo: string): Promise<FoundCase | undefined> {
  if (!caseNoForm.test(caseNo)) return undefined;
  const visible = visibleCases(sight, 'f.id');
  const [row] = await ask<{ state: CaseState }>(knex, knex('case_file as f')
    .where({ 'f.case_no': caseNo, 'f.kind': kind })
    .whereRaw(visible.sql, visible.bindings)
    .select('f.state'));
  if (!row) return undefined;
  const reader = await readerOf(knex, seal, sight, row.state);
  return { state: reader ? caseAsRead(row.state, reader) : row.state, reader };
}

/** Whether there is such a case for anybody: an attempt to see it is then written to the log. */
export async function existsCase(knex: Knex, caseNo: string): Promise<boolean> {
  return caseNoForm.test(caseNo) && (await knex('case_file').where({ case_no: caseNo }).first('id')) !== undefined;
}

export interface SentMail {
  id: string;
  subject: string;
  /** Name of the person, or null. */
  person: { name: string; nameEn: string } | null;
  unit: string | null;
  /** As far as it may be shown: of a reporter, masked. */
  address: string;
  status: MailStatus;
  queuedAt: Date;
  sentAt: Date | null;
}

/** Mails of one case beyond this number are left to the mail log. */
export const mostMails = 100;

/** Everything a case's page shows beside its state. The caller has found the case by what the person may see. */
export interface CaseRecord {
  events: readonly ChainedEvent[];
  mails: readonly SentMail[];
}

interface MailRow {
  id: string;
  subject: string;
  name: string | null;
  name_en: string | null;
  unit_id: string | null;
  recipient: string;
  status: MailStatus;
  queued_at: Date;
  sent_at: Date | null;
}

async function readMails(knex: Knex, caseId: string): Promise<SentMail[]> {
  const rows = await ask<MailRow>(knex, knex('mail as m')
    .leftJoin('person as p', 'p.id', 'm.person_id')
    .where('m.case_id', caseId)
    .orderBy([{ column: 'm.queued_at', order: 'desc' }, { column: 'm.id', order: 'desc' }])
    .limit(mostMails + 1)
    .select('m.id', 'm.subject', 'p.name', 'p.name_en', 'm.unit_id', 'm.recipient', 'm.status', 'm.queued_at', 'm.sent_at'));
  return rows.map((row) => ({
    id: row.id,
    subject: row.subject,
    person: row.name === null ? null : { name: row.name, nameEn: row.name_en ?? row.name },
    unit: row.unit_id,
    address: row.recipient,
    status: row.status,
    queuedAt: row.queued_at,
    sentAt: row.sent_at,
  }));
}

/** Events and mails of a case, in two statements. */
export async function readRecord(knex: Knex, caseId: string, reader: Reader | null): Promise<CaseRecord> {
  const [events, mails] = await Promise.all([readEvents(knex, caseId), readMails(knex, caseId)]);
  return { events: reader ? events.map((event) => ({ ...event, what: happeningAsRead(event, reader) })) : events, mails };
}

/** Somebody who may have to be kept out of a case. */
export interface Relatable {
  id: string;
  name: string;
  nameEn: string;
  roles: { unit: string; role: Role }[];
}

/** Active people with business in these units. */
export async function peopleOf(knex: Knex, units: readonly string[]): Promise<Relatable[]> {
  const rows = await ask<{ id: string; name: string; name_en: string; roles: { unit: string; role: Role }[] }>(knex, knex.raw(
    `select p.id, p.name, p.name_en, json_agg(json_build_object('unit', r.unit_id, 'role', r.role) order by r.unit_id, r.role) as roles
     from person p join person_role r on r.person_id = p.id
     where p.active and r.unit_id = any(?::text[]) and r.role not in ('systemAdmin', 'securityAdmin', 'auditAdmin')
     group by p.id order by p.name, p.id limit 500`,
    [[...units]],
  ));
  return rows.map((row) => ({ id: row.id, name: row.name, nameEn: row.name_en, roles: row.roles }));
}
