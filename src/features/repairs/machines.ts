import type { Request } from 'express';
import { z } from 'zod';
import { Conflict, Forbidden, Invalid, NotFound, Unavailable } from '../../platform/http/errors.ts';
import { choice, day, mailAddress, optional, text, uuid } from '../../platform/http/fields.ts';
import { readForm } from '../../platform/http/forms.ts';
import { unitCalled } from '../../platform/units.ts';
import { sightOf } from '../../platform/visibility.ts';
import { checkResidentId, checkUscc } from '../../rules/codes/index.ts';
import { hasRole } from '../../rules/people.ts';
import { documentKey } from '../../rules/text/alike.ts';
import { existsCase, findCase } from '../cases/index.ts';
import { barOf, enteredBy, sentenceOf, type IntakeParts } from '../intake/index.ts';
import { findOwnRecord, firstDay, longestStatement, maxMegabytes, openCaseOf, openRepair, papersFor, receivePapers, todayOf, type ArrivedPaper, type Bar, type OwnRecord } from '../portal/index.ts';
import { repairJson, type RepairJson } from './machine-json.ts';
import { findPush, giveBackNumber, pushesOf, takeNumber, type Push } from './pushes.ts';
import { staffOf } from './show.ts';

export const pushLengths = { number: 64, name: 60, documentNo: 100, unit: 100, statement: longestStatement } as const;

export interface PushAnswer {
  repair: RepairJson;
  /** An application about the record was open already; this one is noted on its page and opens none. */
  merged: boolean;
  /** The number was pushed before. */
  repeated: boolean;
}

/** Applications for repair between this office and the upstream platform (国家、省平台). */
export interface RepairMachines {
  /** @throws Forbidden unless the token is the upstream platform's, of a handler of the credit office. */
  pusherOf(req: Request): Promise<Express.User>;
  /**
   * An application that was made upstream. The moment of the push is that of the application: limits count from it.
   * @throws Invalid, NotFound for a record there is not, Conflict where none is taken, as on the portal; Unavailable.
   */
  push(req: Request): Promise<PushAnswer>;
  /** @throws NotFound for a number that does not exist or may not be seen; the latter is logged. */
  one(req: Request, caseNo: string): Promise<RepairJson>;
}

const yesOrNo = choice(['true', 'false']);

const schema = z.object({
  number: text({ max: pushLengths.number }),
  record: optional(uuid),
  documentNo: optional(text({ max: pushLengths.documentNo })),
  unit: optional(text({ max: pushLengths.unit })),
  decidedOn: optional(day()),
  subjectCode: text({ max: 40 }),
  name: text({ max: pushLengths.name }),
  mail: optional(mailAddress),
  agent: optional(yesOrNo),
  statement: text({ max: longestStatement, lines: true }),
});

type Fields = z.infer<typeof schema>;

const numberUsed = ({ number, record }: Push): Conflict => new Conflict('apiRepairs:error.numberUsed', { number }, { record });

export function createRepairMachines(parts: IntakeParts): RepairMachines {
  const { ground, readLaw, files, seal } = parts;
  const { knex, clock, units } = ground;

  async function pusherOf(req: Request): Promise<Express.User> {
    const person = req.user;
    const offices = (await units.all()).filter(({ kind, active }) => kind === 'creditOffice' && active);
    if (req.pushesRepairs !== true || !person || !offices.some(({ id }) => hasRole(person, 'handler', id))) throw new Forbidden('apiRepairs:error.notYours');
    return person;
  }

  /** The subject by its code: a firm's as it stands, a person's through his seal. */
  async function subjectsBy(code: string): Promise<string[]> {
    const firm = checkUscc(code);
    if (firm.verdict !== 'bad') return knex('subject').where({ uscc: firm.code }).pluck('id');
    const person = checkResidentId(code, todayOf(clock()));
    const sealed = person.verdict === 'bad' ? null : await seal.find(knex, person.code);
    return sealed === null ? [] : knex('subject').where({ sealed }).pluck('id');
  }

  /** By its id, or by what stands on the document; in both cases of the subject whose code is given. */
  async function recordOf({ record, documentNo, unit, decidedOn, subjectCode }: Fields): Promise<OwnRecord> {
    const subjects = await subjectsBy(subjectCode);
    const deciding = unit === null ? undefined : unitCalled(await units.all(), unit)?.id;
    const found: string[] = await knex('record').whereIn('subject_id', subjects).modify((query) => {
      if (record !== null) void query.where({ id: record });
      else void query.where({ document_key: documentKey(documentNo ?? ''), decided_on: decidedOn }).whereIn('unit', deciding === undefined ? [] : [deciding]);
    }).orderBy('stored_at').limit(1).pluck('id');
    const own = found[0] === undefined ? undefined : await findOwnRecord(knex, found[0], todayOf(clock()));
    if (!own) throw new NotFound({ reason: 'apiRepairs:error.noRecord' });
    return own;
  }

  function fieldsOf(req: Request): Fields {
    const { t } = req;
    const read = readForm(schema, req.body, t);
    if (!read.ok) throw new Invalid(read.form.errors);
    const byDocument = (['documentNo', 'unit', 'decidedOn'] as const).filter((name) => read.data[name] === null);
    if (read.data.record === null && byDocument.length > 0) throw new Invalid(Object.fromEntries(byDocument.map((name) => [name, t('apiRepairs:error.recordOrDocument')])));
    return read.data;
  }

  /** The papers, by the checks of the portal. @throws Invalid with each that is missing or not taken. */
  async function papersOf(req: Request, person: Express.User, agent: boolean): Promise<readonly ArrivedPaper[]> {
    const { kinds, required } = papersFor.repair;
    const arrived = await receivePapers(req, files, person.id, kinds, maxMegabytes(await readLaw(), clock()));
    const missing = required(agent).filter((kind) => !arrived.papers.some((paper) => paper.kind === kind));
    const errors = { ...Object.fromEntries(missing.map((kind) => [kind, req.t(`portal:papers.missing.${kind}`)])), ...arrived.errors };
    if (Object.keys(errors).length > 0) throw new Invalid(errors);
    return arrived.papers;
  }

  function refusal(req: Request, record: OwnRecord, bar: Bar): Conflict {
    const { why, params } = sentenceOf(req, record, bar);
    const days = { ...('day' in bar ? { day: bar.day } : {}), ...('other' in bar && bar.other !== null ? { otherDay: bar.other } : {}) };
    return new Conflict(`portal:barred.${why}.text`, params, { title: req.t(`portal:barred.${why}.title`, params), why: bar.why, record: record.id, ...days });
  }

  async function readCase(req: Request, caseNo: string): Promise<RepairJson> {
    const person = staffOf(req);
    const found = await findCase(knex, seal, sightOf(person, await units.all()), 'repair', caseNo.toUpperCase());
    if (!found) throw new NotFound({ refused: await existsCase(knex, caseNo.toUpperCase()) });
    return repairJson(found.state, await pushesOf(knex, found.state.id));
  }

  const numberOf = async (push: Push): Promise<string | undefined> =>
    (await knex<{ case_id: string; case_no: string }>('repair').where({ case_id: push.caseId }).first('case_no'))?.case_no;

  /** What is answered without a case being opened: it was pushed before, or one is open. Null for neither. */
  async function known(req: Request, person: Express.User, record: OwnRecord, number: string): Promise<PushAnswer | null> {
    const before = await findPush(knex, number);
    const caseNo = before && (await numberOf(before));
    if (before && before.record !== record.id) throw numberUsed(before);
    if (before && caseNo !== undefined) return { repair: await readCase(req, caseNo), merged: before.merged, repeated: true };
    const bar = await barOf('repair', record, { knex, readLaw, today: todayOf(clock()) });
    if (bar && bar.why !== 'own') throw refusal(req, record, bar);
    const open = bar && (await openCaseOf(knex, { kind: 'repair', record: record.id, ground: null }));
    if (!open) return null;
    // An earlier call took the number for a case that was never recorded.
    if (before) await giveBackNumber(knex, before);
    const push = await takeNumber(knex, { number, record: record.id, person: person.id, at: clock(), mergedInto: open.caseId });
    return { repair: await readCase(req, open.caseNo), merged: push.merged, repeated: false };
  }

  async function openNew(req: Request, person: Express.User, record: OwnRecord, { number, name, mail, agent, statement }: Fields): Promise<PushAnswer> {
    const papers = await papersOf(req, person, agent === 'true');
    const push = await takeNumber(knex, { number, record: record.id, person: person.id, at: clock(), mergedInto: null });
    if (push.record !== record.id) throw numberUsed(push);
    try {
      const caseNo = await openRepair(parts, {
        commandId: push.caseId, sender: enteredBy(person, 'push', { name, mail, agent: agent === 'true' }, record), record, statement, papers, requestId: req.requestId,
        first: firstDay(record, await readLaw(), todayOf(clock())),
      });
      return { repair: await readCase(req, caseNo), merged: false, repeated: false };
    } catch (error) {
      if (error instanceof Conflict || (error instanceof Unavailable && error.recorded === 'no')) await giveBackNumber(knex, push);
      if (!(error instanceof Conflict)) throw error;
      // Somebody opened one in the same moment.
      const answer = await known(req, person, record, number);
      if (!answer) throw error;
      return answer;
    }
  }

  return {
    pusherOf,
    async push(req) {
      const person = await pusherOf(req);
      const fields = fieldsOf(req);
      const record = await recordOf(fields);
      return (await known(req, person, record, fields.number)) ?? openNew(req, person, record, fields);
    },
    one: readCase,
  };
}
