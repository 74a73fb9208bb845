import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { createReadLaw } from '../../../src/platform/law.ts';
import { changeRecords, storeRecords } from '../../../src/platform/records/append.ts';
import { subjectOn, subjectsNamed, type NamedSubject } from '../../../src/platform/records/subjects.ts';
import type { Seal } from '../../../src/platform/seal.ts';
import type { RecordDraft } from '../../../src/rules/records/changes.ts';
import type { RecordFacts } from '../../../src/rules/records/facts.ts';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { testConfig } from '../../support/stack.ts';


/** A penalty of a department as it is entered: a general one, three months at least and a year at most. */
export const penalty: Omit<RecordFacts, 'subject' | 'documentNo'> = {
  kind: 'penalty',
  unit: 'scjg',
  decidedOn: '2026-05-31',
  publishedOn: null,
  penaltyKinds: ['fine'],
  summaryProcedure: false,
  fine: 20_000,
  confiscated: 0,
  domain: 'otherDomain',
  legalBasis: '《中华人民共和国产品质量法》第五十条',
  act: '销售不合格产品。',
  decision: '罚款 20,000 元。',
  performed: false,
};

/** Writes records as the registry does: by the same functions, under the law in the database. */
export class Register {
  readonly #knex: Knex;
  readonly #seal: Seal;
  #count = 0;

  constructor(knex: Knex, seal: Seal) {
    this.#knex = knex;
    this.#seal = seal;
  }

  async #writing(at: string) {
    const { secrets, hash } = testConfig();
    return { law: await createReadLaw(this.#knex)(true), chain: { hash, key: secrets.chain }, at, actor: null, requestId: null };
  }

  async subject(named: NamedSubject): Promise<RecordFacts['subject']> {
    const [found] = await this.#knex.transaction((trx) => subjectsNamed(trx, this.#seal, [named], { person: null, reason: '测试' }));
    if (!found || !('subject' in found)) throw new Error('the code belongs to another name');
    return found.subject;
  }

  /** Stores a record on a day at noon in Suqian; one that the rule shows is public at once. */
  async store(named: NamedSubject, facts: Partial<RecordFacts> = {}, on = facts.decidedOn ?? penalty.decidedOn): Promise<RecordState> {
    const { decidedOn } = { ...penalty, ...facts };
    const subject = subjectOn(await this.subject(named), named, decidedOn);
    const names = named.kind === 'person' ? [named.name] : [];
    this.#count += 1;
    const documentNo = `宿市监罚〔2026〕${this.#count}号`;
    const writing = await this.#writing(`${on}T04:00:00.000Z`);
    const [stored] = await this.#knex.transaction((trx) => storeRecords(trx, [{ id: randomUUID(), facts: { ...penalty, documentNo, ...facts, subject }, source: 'form', names }], writing));
    return stored!.state;
  }

  async change(record: string, draft: RecordDraft, on: string): Promise<void> {
    const writing = await this.#writing(`${on}T05:00:00.000Z`);
    await this.#knex.transaction((trx) => changeRecords(trx, { ...writing, key: randomUUID(), changes: [{ record, draft }] }));
  }
}
