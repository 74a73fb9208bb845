import type { Request } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { commandIdFor } from '../../platform/casefile/acting.ts';
import { Conflict, Forbidden, Invalid, NotFound } from '../../platform/http/errors.ts';
import { integer, optional, uuid } from '../../platform/http/fields.ts';
import { readForm } from '../../platform/http/forms.ts';
import { sameFacts } from '../../platform/records/append.ts';
import { maskedPerson } from '../../platform/records/subjects.ts';
import { unitCalled } from '../../platform/units.ts';
import { NoRuleValid } from '../../rules/limits/index.ts';
import type { RecordFacts } from '../../rules/records/facts.ts';
import type { RecordHappening, RecordState } from '../../rules/records/file.ts';
import { recordSchema, type Entered } from './enter/forms.ts';
import { registerRecord, type Registered } from './enter/register.ts';
import { courtsAmong, enteringUnits, writingOf, type Reading, type Records } from './parts.ts';
import { findRecord } from './queries.ts';

export interface StoredByMachine {
  readonly id: string;
  readonly outcome: 'stored' | 'same' | 'corrected';
  readonly repeated: boolean;
}

const beside = z.object({ corrects: optional(uuid), version: optional(integer({ min: 1, max: 1_000_000 })) });

/** Boxes of the form: JSON says true and false, where a form sends something or nothing. */
const boxes = ['summaryProcedure', 'performed'] as const;

/** A JSON body as the form's schema reads it, a unit that is called by its name by its id, with an error for a box that is neither true nor false. */
export function bodyOf(json: unknown, { units }: Pick<Reading, 'units'>, t: Request['t']): { body: Record<string, unknown>; errors: Record<string, string> } {
  const body: Record<string, unknown> = typeof json === 'object' && json !== null ? { ...json } : {};
  const errors: Record<string, string> = {};
  const { unit } = body;
  if (typeof unit === 'string') body['unit'] = unitCalled(units, unit.trim())?.id ?? unit;
  for (const box of boxes) {
    const value = body[box];
    if (value === false) delete body[box];
    else if (value !== undefined && value !== null && value !== true) errors[box] = t('common:form.malformed');
  }
  return { body, errors };
}

/** The units a caller may enter records for. @throws Forbidden for one who enters none. */
export function unitsOf({ person }: Reading): string[] {
  const units = enteringUnits(person);
  if (units.length === 0) throw new Forbidden('records:enter.notYours');
  return units;
}

/** The record that is to be corrected, of the caller's own units. @throws NotFound, Forbidden */
async function checkCorrectable(knex: Knex, reading: Reading, id: string): Promise<void> {
  const record = await findRecord(knex, reading, id);
  if (!record) throw new NotFound({ refused: true });
  if (!unitsOf(reading).includes(record.state.facts.unit)) throw new Forbidden('records:correct.notYours');
}

/** What an earlier call with the same key wrote into a record's file. */
async function writtenBefore(trx: Knex.Transaction, record: string, key: string): Promise<RecordFacts | null> {
  const row: { what: Extract<RecordHappening, { facts: RecordFacts }> } | undefined = await trx('record_event')
    .where({ record_id: record, key }).whereIn('type', ['record.stored', 'record.corrected']).first('what');
  return row?.what.facts ?? null;
}

/** The one that holds the document with other content, and how a correction is sent. */
const otherContent = ({ id, version, facts }: RecordState): Conflict =>
  new Conflict('apiRecords:error.other', { documentNo: facts.documentNo, id, version }, { record: id, version });

/** Whether an earlier call said the same; of a person the number is not kept, so his masked form is compared. */
function saidBefore(before: RecordFacts, { subject, facts }: Entered): boolean {
  const isSame = before.subject.kind === 'organisation'
    ? subject.kind === 'organisation' && subject.uscc === before.subject.uscc
    : subject.kind === 'person' && maskedPerson(subject.name, subject.idNumber) === before.subject.masked;
  return isSame && sameFacts(before, { ...facts, ...(before.insideOnly ? { insideOnly: before.insideOnly } : {}), subject: before.subject });
}

const keyReused = (id: string, documentNo: string): Conflict => new Conflict('apiRecords:error.keyReused', { documentNo }, { record: id });

/** What stands instead of an answer: the record as it was known, or nothing that may be written. */
function refusalOf(registered: Registered, { subject, facts }: Entered, t: Request['t']): Error | null {
  switch (registered.outcome) {
    case 'otherName':
      return new Conflict('apiRecords:error.otherName', { known: registered.name, name: subject.name }, { names: { sent: subject.name, known: registered.name }, difference: ['renamed', 'another'] });
    case 'taken':
      return new Invalid({ documentNo: t('records:correct.taken') });
    case 'withdrawn':
      return new Conflict('apiRecords:error.withdrawn', { documentNo: facts.documentNo });
    default:
      return null;
  }
}

/** A new record. The same key again is the same record, also when it was corrected since. */
async function storeNew(trx: Knex.Transaction, entered: Entered, registering: Parameters<typeof registerRecord>[2], t: Request['t']): Promise<StoredByMachine> {
  const { commandId } = registering;
  const before = await writtenBefore(trx, commandId, `stored:${commandId}`);
  if (before) {
    if (!saidBefore(before, entered)) throw keyReused(commandId, before.documentNo);
    return { id: commandId, outcome: 'stored', repeated: true };
  }
  const registered = await registerRecord(trx, entered, registering);
  const refusal = refusalOf(registered, entered, t);
  if (refusal) throw refusal;
  if (!('state' in registered)) throw new Error(`nobody knows what to do with ${registered.outcome}`);
  const { outcome, state } = registered;
  if (outcome === 'corrected') throw otherContent(registered.before);
  return { id: state.id, outcome, repeated: false };
}

/** A correction of the version that the caller saw; whoever was quicker is told of. */
async function correct(trx: Knex.Transaction, entered: Entered, { registering, corrects, version, t }: { registering: Parameters<typeof registerRecord>[2]; corrects: string; version: number; t: Request['t'] }): Promise<StoredByMachine> {
  const row = await trx<{ id: string; state: RecordState }>('record').where({ id: corrects }).forUpdate().first('state');
  if (!row) throw new NotFound();
  const before = await writtenBefore(trx, corrects, `corrected:${registering.commandId}`);
  if (before) {
    if (!saidBefore(before, entered)) throw keyReused(corrects, before.documentNo);
    return { id: corrects, outcome: 'corrected', repeated: true };
  }
  if (row.state.version !== version) throw new Conflict('apiRecords:error.meanwhile', { seen: version, version: row.state.version }, { record: corrects, version: row.state.version });
  const registered = await registerRecord(trx, entered, registering);
  const refusal = refusalOf(registered, entered, t);
  if (refusal) throw refusal;
  return { id: corrects, outcome: registered.outcome === 'corrected' ? 'corrected' : 'same', repeated: false };
}

/**
 * Stores or corrects the record in a request's body, in one transaction that is kept only when there is an answer.
 * @throws Invalid with every wrong field, Conflict, Forbidden, NotFound
 */
export async function storeByMachine(req: Request, records: Records, reading: Reading, key: string): Promise<StoredByMachine> {
  const { t } = req;
  const { knex } = records.ground;
  const units = unitsOf(reading);
  const { body, errors } = bodyOf(req.body, reading, t);
  const own = readForm(beside, body, t);
  const read = readForm(recordSchema({ today: reading.today, units, courts: courtsAmong(units, reading.units) }), body, t);
  const wrong = { ...(read.ok ? {} : read.form.errors), ...(own.ok ? {} : own.form.errors), ...errors };
  const required = t('common:form.required');
  if (own.ok && own.data.corrects !== null && own.data.version === null) wrong['version'] = required;
  if (read.ok) {
    const { subject, reason } = read.data;
    const differs = subject.kind === 'organisation' && (subject.difference ?? null) !== null;
    // Another name or another firm is written down with its reason, as a correction is.
    if (reason === null && (differs || (own.ok && own.data.corrects !== null))) wrong['reason'] = required;
  }
  if (!read.ok || !own.ok || Object.keys(wrong).length > 0) throw new Invalid(wrong);
  const { corrects, version } = own.data;
  if (corrects !== null) await checkCorrectable(knex, reading, corrects);

  const { data } = read;
  const commandId = commandIdFor(`api:${reading.person.id}`, key);
  const registering = { seal: records.seal, writing: writingOf(req, records, reading, data.facts.unit), commandId, corrects, source: 'api' as const };
  try {
    return await knex.transaction((trx) => (corrects === null ? storeNew(trx, data, registering, t) : correct(trx, data, { registering, corrects, version: version ?? 0, t })));
  } catch (error) {
    if (error instanceof NoRuleValid) throw new Invalid({ decidedOn: t('records:enter.noRule', { date: error.date }) });
    throw error;
  }
}
