import type { Request } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { commandIdFor } from '../../platform/casefile/acting.ts';
import { Conflict, Forbidden, Invalid, NotFound } from '../../platform/http/errors.ts';
import { choice, day, fault, field, integer, optional, text, uuid } from '../../platform/http/fields.ts';
import { readForm } from '../../platform/http/forms.ts';
import { position } from '../../platform/paging.ts';
import { changeRecords } from '../../platform/records/append.ts';
import { maskRecords } from '../../platform/records/masking.ts';
import { checkResidentId } from '../../rules/codes/index.ts';
import { recordClasses, recordDomains, recordKinds } from '../../rules/records/facts.ts';
import { recordStandings } from './list/filter.ts';
import { listRecords } from './list/queries.ts';
import { recordJson, wholeRecordJson, type RecordJson, type WholeRecordJson } from './machine-json.ts';
import { storeBatch, type BatchRow } from './machine-batch.ts';
import { storeByMachine, type StoredByMachine } from './machine-store.ts';
import { enteringUnits, readingOf, readsAll, writingOf, type Reading, type Records } from './parts.ts';
import { findRecord, type FoundRecord } from './queries.ts';
import { actForms } from './show/forms.ts';
import { mayAct } from './show/may.ts';

/** Rows of one answer. */
export const machinePages = { usual: 50, most: 100 } as const;

export interface RecordListJson {
  records: RecordJson[];
  previous: string | null;
  next: string | null;
}

export interface RecordAnswer {
  outcome: StoredByMachine['outcome'];
  /** An earlier call with the same key did it. */
  repeated: boolean;
  record: WholeRecordJson;
}

/** Records for other programs: the same schema, sight and masking as the pages. */
export interface RecordMachines {
  /** Stores or corrects one record. @throws Invalid with every wrong field, Conflict with what is known instead. */
  store(req: Request, key: string): Promise<RecordAnswer>;
  /** Stores the good rows of many. @throws Invalid when it is no list, or too long a one. */
  storeMany(req: Request, key: string): Promise<{ rows: BatchRow[] }>;
  /** @throws Invalid for a query that makes no sense, BadRequest for a cursor that was made up. */
  list(req: Request): Promise<RecordListJson>;
  /** @throws NotFound for one that does not exist or may not be seen; the latter is logged. */
  one(req: Request, id: string): Promise<WholeRecordJson>;
  /** A unit applied a measure because of the record: it is told when that has to be lifted. @throws Invalid, Conflict, Forbidden, NotFound */
  use(req: Request, id: string, key: string): Promise<RecordAnswer>;
}

const querySchema = (today: string) => z.object({
  // An ID number would stand in the logs of every machine on the way.
  q: optional(field((typed) => (checkResidentId(typed, today).verdict !== 'ok' ? typed.normalize('NFKC').slice(0, 100) : fault('apiRecords:error.noIdNumber')))),
  kind: optional(choice(recordKinds)),
  class: optional(choice(recordClasses)),
  standing: optional(choice(recordStandings)),
  domain: optional(choice(recordDomains)),
  unit: optional(text({ max: 31 })),
  from: optional(day()),
  to: optional(day()),
  subject: optional(uuid),
  limit: optional(integer({ min: 1, max: machinePages.most })),
});

const useSchema = actForms.use.extend({ unit: optional(actForms.use.shape.unit) });

export function createRecordMachines(records: Records): RecordMachines {
  const { knex, cursors } = records.ground;

  async function find(reading: Reading, id: string): Promise<FoundRecord> {
    const record = await findRecord(knex, reading, id);
    if (!record) throw new NotFound({ refused: true });
    return record;
  }

  async function whole(req: Request, reading: Reading, record: FoundRecord): Promise<WholeRecordJson> {
    const [masked] = readsAll(reading, record.state) ? [null] : await maskRecords(knex, records.seal, [record]);
    return wholeRecordJson(req, record, reading, masked ?? null);
  }

  return {
    async store(req, key) {
      const reading = await readingOf(req, records);
      const { id, outcome, repeated } = await storeByMachine(req, records, reading, key);
      return { outcome, repeated, record: await whole(req, reading, await find(reading, id)) };
    },

    async storeMany(req, key) {
      return { rows: await storeBatch(req, records, await readingOf(req, records), key) };
    },

    async list(req) {
      const reading = await readingOf(req, records);
      const read = readForm(querySchema(reading.today), req.query, req.t);
      if (!read.ok) throw new Invalid(read.form.errors);
      const { limit, q, ...narrowed } = read.data;
      const cursor = 'api-records';
      const from = cursors.decode(cursor, req.query['cursor'], position) ?? null;
      const found = await listRecords(knex, reading, { ...narrowed, q: q ?? '', proposed: false, unserved: false, ends: null, sort: 'decided' }, from, { size: limit ?? machinePages.usual, counted: false });
      return {
        records: found.rows.map((record) => recordJson(req, record, reading)),
        previous: found.previous && cursors.encode(cursor, found.previous),
        next: found.next && cursors.encode(cursor, found.next),
      };
    },

    async one(req, id) {
      const reading = await readingOf(req, records);
      return whole(req, reading, await find(reading, id));
    },

    async use(req, id, key) {
      const reading = await readingOf(req, records);
      const record = await find(reading, id);
      const units = enteringUnits(reading.person);
      if (units.length === 0) throw new Forbidden('records:no.notYours');
      const read = readForm(useSchema, req.body, req.t);
      if (!read.ok) throw new Invalid(read.form.errors);
      const { unit: named, measure, legalBasis } = read.data;
      const unit = named ?? units[0]!;
      if (!units.includes(unit)) throw new Invalid({ unit: req.t('common:form.notOffered', { value: unit }) });
      const command = commandIdFor(`api:${reading.person.id}`, key);
      const before = await useOf(knex, record.id, command);
      if (before) {
        if (before.unit !== unit || before.measure !== measure || before.legalBasis !== legalBasis) throw new Conflict('apiRecords:error.keyReused', { documentNo: record.state.facts.documentNo }, { record: record.id });
        return { outcome: 'same', repeated: true, record: await whole(req, reading, record) };
      }
      if (record.state.status !== 'published') throw new Conflict('apiRecords:error.notPublic', {}, { record: record.id, standing: record.state.status });
      const may = mayAct('use', { state: record.state, proposals: [], reading, reasons: [] });
      if (may?.ok !== true || record.state.uses[unit] !== undefined) throw new Conflict('records:no.usedAlready', {}, { record: record.id });
      await knex.transaction((trx) => changeRecords(trx, {
        ...writingOf(req, records, reading, unit), key: command, changes: [{ record: record.id, draft: { type: 'record.used', unit, measure, legalBasis } }],
      }));
      return { outcome: 'stored', repeated: false, record: await whole(req, reading, await find(reading, id)) };
    },
  };
}

/** What an earlier call with the same key wrote. */
async function useOf(knex: Knex, record: string, key: string): Promise<{ unit: string; measure: string; legalBasis: string } | null> {
  const row: { what: { unit: string; measure: string; legalBasis: string } } | undefined = await knex('record_event').where({ record_id: record, key, type: 'record.used' }).first('what');
  return row?.what ?? null;
}
