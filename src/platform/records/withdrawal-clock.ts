import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { dayNumber, dueAfter, type Calendar } from '../../rules/calendar/index.ts';
import type { RuleBook } from '../../rules/casefile/deadline.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { termOf } from '../../rules/limits/index.ts';
import { createMoments } from '../http/moments.ts';
import type { Ground } from '../http/feature.ts';
import type { ReadLaw } from '../law.ts';
import { lookUp } from '../mail/recipients.ts';
import { createStaffLetters } from '../mail/staff-letters.ts';
import type { MailTo } from '../mail/types.ts';
import { repeat } from '../repeat.ts';

const everyMs = 60_000;
/** As the overdue board counts what is soon late, in working days. */
const soonWorkdays = 1;
const most = 200;

/** Until when a withdrawal whose ground became known on a day is decided: rule `record.withdraw`, from the midnight that ends the day. */
export function withdrawalDue(rules: RuleBook, calendar: Calendar, knownOn: CivilDate): Date {
  const term = termOf(rules.on('record.withdraw', knownOn));
  if (term === null) throw new Error('record.withdraw has no term');
  return new Date(dueAfter(calendar, calendar.beginOf(dayNumber(knownOn)), term.n, term.unit).at);
}

interface Waiting {
  id: string;
  record_id: string;
  due_at: Date;
  proposed_by: string;
  unit: string;
  document_no: string;
  subject: string;
}

export interface ClockParts extends Pick<Ground, 'config' | 'i18n'> {
  readonly knex: Knex;
  readonly readLaw: ReadLaw;
  /** Has queued mails sent. */
  readonly deliver: (mails: readonly string[]) => Promise<void>;
  readonly now?: () => Date;
}

/**
 * Reminds those who decide of withdrawals that are due within a working day, and tells them and the supervisors of those
 * that are late: each once, whoever runs it and however often.
 * @returns the ids of the mails that are new.
 */
export function createWithdrawalClock({ knex, readLaw, deliver, now = () => new Date(), ...ground }: ClockParts): () => Promise<string[]> {
  const queue = createStaffLetters(ground);
  return async () => {
    const at = now();
    const { calendar } = await readLaw();
    const soon = new Date(dueAfter(calendar, at.getTime(), soonWorkdays, 'workday').at);
    const rows = (await knex('record_proposal as p').join('record as r', 'r.id', 'p.record_id').join('subject as s', 's.id', 'r.subject_id')
      .whereNull('p.decided_at').where('p.due_at', '<', soon).orderBy(['p.due_at', 'p.id']).limit(most)
      .select('p.id', 'p.record_id', 'p.due_at', 'p.proposed_by', 'r.unit', 'r.document_no', 's.name as subject')) as Waiting[];
    const office: { id: string } | undefined = await knex('unit').where({ kind: 'creditOffice', active: true }).orderBy('id').first('id');
    const mails = await knex.transaction(async (trx) => {
      const made: string[][] = [];
      for (const row of rows) {
        const late = row.due_at <= at;
        const to: MailTo[] = [{ unit: row.unit, role: 'head' }, ...(office ? [{ unit: office.id, role: late ? 'supervisor' as const : 'creditOfficeHead' as const }] : [])];
        const directory = await lookUp(trx, to, [row.unit]);
        made.push(await queue(trx, to.flatMap((one) => directory.recipients(one, [row.proposed_by])), {
          key: `proposal:${row.id}:${late ? 'late' : 'due'}`, template: late ? 'withdrawalLate' : 'withdrawalDue', requestId: '',
          write(t) {
            const params = { subject: row.subject, documentNo: row.document_no, when: createMoments(t).dayTime(row.due_at).text };
            const say = `records:mail.${late ? 'late' : 'due'}`;
            return { subject: t(`${say}.subject`, params), paragraphs: [t(`${say}.say`, params)], link: { label: t('records:mail.link'), path: `/records/${row.record_id}` } };
          },
        }));
      }
      return made.flat();
    });
    if (mails.length > 0) await deliver(mails);
    return mails;
  };
}

/** Looks now and every minute, until the returned function is called. */
export function startWithdrawalClock(parts: ClockParts, logger: Logger): () => Promise<void> {
  const look = createWithdrawalClock(parts);
  return repeat(everyMs, async () => void (await look()), (error) => logger.warn({ err: error }, 'letters about withdrawals were not written; it is tried again in a minute'));
}
