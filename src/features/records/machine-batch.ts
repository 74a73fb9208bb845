import type { Request } from 'express';
import type { Knex } from 'knex';
import { commandIdFor } from '../../platform/casefile/acting.ts';
import { Invalid } from '../../platform/http/errors.ts';
import { readForm } from '../../platform/http/forms.ts';
import { storeRecords, type NewRecord, type Stored } from '../../platform/records/append.ts';
import { subjectOn, subjectsNamed } from '../../platform/records/subjects.ts';
import { NoRuleValid } from '../../rules/limits/index.ts';
import type { RecordFacts } from '../../rules/records/facts.ts';
import { publicityOf } from '../../rules/records/publicity.ts';
import { recordSchema, type Entered } from './enter/forms.ts';
import { bodyOf, unitsOf } from './machine-store.ts';
import { courtsAmong, writingOf, type Reading, type Records } from './parts.ts';

/** Rows of one batch. */
export const mostRows = 500;

/** What became of a row; rows that are wrong keep none of the others out. */
export type BatchRow =
  | { row: number; outcome: 'stored' | 'same'; record: string }
  /** The document is known with other content: a correction is sent by itself. */
  | { row: number; outcome: 'other'; record: string; version: number; detail: string }
  | { row: number; outcome: 'otherName'; names: { sent: string; known: string }; detail: string }
  | { row: number; outcome: 'invalid'; errors: Readonly<Record<string, string>> };

interface Good {
  readonly row: number;
  readonly entered: Entered;
}

interface Reader {
  readonly req: Request;
  readonly reading: Reading;
  readonly units: readonly string[];
}

/** What a row by itself is not taken with: a decision about one subject or one record is a person's, and sent alone. */
const alone = ['difference', 'corrects'] as const;

function readRow({ req: { t }, reading, units }: Reader, json: unknown, row: number): Good | BatchRow {
  const { body, errors } = bodyOf(json, reading, t);
  const read = readForm(recordSchema({ today: reading.today, units, courts: courtsAmong(units, reading.units) }), body, t);
  const wrong: Record<string, string> = { ...(read.ok ? {} : read.form.errors), ...errors };
  for (const name of alone) if (body[name] !== undefined && body[name] !== null) wrong[name] = t('apiRecords:error.alone');
  if (read.ok && Object.keys(wrong).length === 0) {
    try {
      // A day without a rule would cost the whole batch its transaction.
      publicityOf(read.data.facts, reading.law.rules, reading.law.calendar);
      return { row, entered: read.data };
    } catch (error) {
      if (!(error instanceof NoRuleValid)) throw error;
      wrong['decidedOn'] = t('records:enter.noRule', { date: error.date });
    }
  }
  return { row, outcome: 'invalid', errors: wrong };
}

const isGood = (one: Good | BatchRow): one is Good => 'entered' in one;

function answerOf({ row, entered }: Good, { id, outcome, state }: Stored, t: Request['t']): BatchRow {
  if (outcome !== 'other') return { row, outcome, record: id };
  const { version } = state;
  return { row, outcome, record: id, version, detail: t('apiRecords:error.other', { documentNo: entered.facts.documentNo, id, version }) };
}

async function storeGood(trx: Knex.Transaction, { req, reading }: Reader, records: Records, good: readonly Good[], key: string): Promise<BatchRow[]> {
  const { t } = req;
  const found = await subjectsNamed(trx, records.seal, good.map(({ entered }) => entered.subject), { person: reading.person.id, reason: t('apiRecords:error.batchReason') });
  const answers: BatchRow[] = [];
  const news = new Map<string, { good: Good; record: NewRecord }[]>();
  for (const [n, one] of good.entries()) {
    const { entered: { subject, facts }, row } = one;
    const known = found[n]!;
    if ('otherName' in known) {
      const names = { sent: subject.name, known: known.otherName.name };
      answers.push({ row, outcome: 'otherName', names, detail: t('apiRecords:error.otherName', { known: names.known, name: names.sent }) });
      continue;
    }
    const whole: RecordFacts = { ...facts, subject: subjectOn(known.subject, subject, facts.decidedOn) };
    const record: NewRecord = { id: commandIdFor(`api:${reading.person.id}`, `${key}.${row}`), facts: whole, source: 'api', names: subject.kind === 'person' ? [subject.name] : [] };
    news.set(facts.unit, [...(news.get(facts.unit) ?? []), { good: one, record }]);
  }
  // Whoever enters for several units does so for each of them.
  for (const [unit, own] of news) {
    const stored = await storeRecords(trx, own.map(({ record }) => record), writingOf(req, records, reading, unit));
    answers.push(...own.map((one, n) => answerOf(one.good, stored[n]!, t)));
  }
  return answers;
}

/**
 * Stores the good rows of a batch in one transaction, each with its class and publicity, and says what is wrong with the
 * others. Sent again, every row that went in is the same as what is there.
 * @throws Invalid when it is no list of up to `mostRows` rows.
 */
export async function storeBatch(req: Request, records: Records, reading: Reading, key: string): Promise<BatchRow[]> {
  const { t } = req;
  const units = unitsOf(reading);
  const rows: unknown = (req.body as { records?: unknown } | null | undefined)?.records;
  if (!Array.isArray(rows) || rows.length === 0) throw new Invalid({ records: t('apiRecords:error.noRows') });
  if (rows.length > mostRows) throw new Invalid({ records: t('common:form.tooMany', { count: mostRows }) });
  const reader: Reader = { req, reading, units };
  const read = rows.map((json, row) => readRow(reader, json, row));
  const good = read.filter(isGood);
  const stored = good.length === 0 ? [] : await records.ground.knex.transaction((trx) => storeGood(trx, reader, records, good, key));
  return [...read.filter((one): one is BatchRow => !isGood(one)), ...stored].toSorted((a, b) => a.row - b.row);
}
