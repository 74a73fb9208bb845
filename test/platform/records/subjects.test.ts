import { expect } from 'chai';
import type { Knex } from 'knex';
import { correctSubject, lockSubject, mergeSubject, subjectsNamed, type FoundSubject, type NamedSubject, type SubjectRow } from '../../../src/platform/records/subjects.ts';
import { storeRecords } from '../../../src/platform/records/append.ts';
import { verifyRecords } from '../../../src/platform/records/verify.ts';
import { matching } from '../../../src/platform/search.ts';
import { createSeal, type Seal } from '../../../src/platform/seal.ts';
import { publicRecords } from '../../../src/platform/visibility.ts';
import type { RecordSubject } from '../../../src/rules/records/facts.ts';
import { fine, recordLaw } from '../../support/record-law.ts';
import { createTestDatabase, testConfig, type TestDatabase } from '../../support/stack.ts';

const code = '91321300MA1TE8T08T';
const otherCode = '91320100134775688Y';
const idNumber = '11010519491231002X';

describe('subjects', () => {
  let database: TestDatabase;
  let knex: Knex;
  let seal: Seal;
  const law = recordLaw();
  const { hash, cipher, secrets } = testConfig();
  const chain = { hash, key: secrets.chain };
  const acting = { person: null, reason: '依据登记机关通知。' };

  beforeEach(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    seal = createSeal({ key: secrets.seal, cipher, hash });
  });
  afterEach(() => database.drop());

  const named = (...list: NamedSubject[]): Promise<FoundSubject[]> => knex.transaction((trx) => subjectsNamed(trx, seal, list, acting));
  const firm = (name: string, uscc = code, difference: 'renamed' | 'another' | null = null): NamedSubject => ({ kind: 'organisation', uscc, name, difference });
  const subjectOf = (found: FoundSubject | undefined): RecordSubject => (found && 'subject' in found ? found.subject : expect.fail(JSON.stringify(found)));
  const rows = (): Promise<SubjectRow[]> => knex('subject').orderBy('created_at');
  const search = (typed: string): Promise<string[]> => {
    const { sql, bindings } = matching('search', typed);
    return knex('subject').whereRaw(sql, bindings).orderBy('name').pluck('name');
  };

  it('a firm is found by its code, whatever spaces and brackets its name is written with; named together it is made once', async () => {
    const found = await named(firm('宿迁某食品（集团）有限公司'), firm('宿迁某食品(集团)有限公司 '), firm('江苏伟业置业有限公司', otherCode));
    expect(found.map((one) => subjectOf(one).id)[0]).to.equal(subjectOf(found[1]).id);
    expect(await rows()).to.have.length(2);
    expect(subjectOf((await named(firm('宿迁某食品（集团）有限公司')))[0]).id).to.equal(subjectOf(found[0]).id);
  });

  it('two who name a new firm at once make one', async () => {
    const both = await Promise.all([named(firm('宿迁某食品有限公司')), named(firm('宿迁某食品有限公司'))]);
    expect(new Set(both.flat().map((one) => subjectOf(one).id)).size).to.equal(1);
  });

  it('a person is made once whoever names him, shown masked, and not found by his name', async () => {
    const found = [...(await named({ kind: 'person', name: '张三', idNumber })), ...(await named({ kind: 'person', name: '张三', idNumber }))];
    expect(subjectOf(found[0])).to.deep.equal(subjectOf(found[1]));
    expect(subjectOf(found[0])).to.deep.include({ kind: 'person', masked: '张* 1101**********2X' });
    expect(JSON.stringify(await rows())).to.not.include(idNumber).and.not.include('张三');
    expect(await search('张')).to.deep.equal([]);
  });

  it('two hundred persons of one spreadsheet are five statements, and who stands in it twice is one subject', async () => {
    const numbers = Array.from({ length: 200 }, (_, n) => `11010519491231${String(n).padStart(4, '0')}`);
    await named({ kind: 'person', name: '张三', idNumber: numbers[7]! });
    const statements: string[] = [];
    const found = await knex.transaction(async (trx) => {
      trx.on('query', ({ sql }: { sql: string }) => statements.push(sql));
      return subjectsNamed(trx, seal, [...numbers, numbers[3]!].map((number) => ({ kind: 'person', name: '李四', idNumber: number })), acting);
    });
    expect(statements.filter((sql) => !/^(begin|commit)/i.test(sql))).to.have.length(5);
    expect(new Set(found.map((one) => subjectOf(one).id)).size).to.equal(200);
    expect(subjectOf(found[200])).to.deep.equal(subjectOf(found[3]));
    expect(subjectOf(found[7])).to.deep.include({ masked: '张* 1101**********07' });
  });

  describe('situation 23', () => {
    it('another name under a known code is asked about; renamed, the history follows the code, and both names find it', async () => {
      await named(firm('宿迁旧名商贸有限公司'));
      const [asked] = await named(firm('宿迁新名商贸有限公司'));
      expect(asked).to.have.nested.property('otherName.name', '宿迁旧名商贸有限公司');
      const [renamed] = await named(firm('宿迁新名商贸有限公司', code, 'renamed'));
      expect(await rows()).to.have.length(1);
      expect(await knex('subject_change').first('before', 'after', 'reason')).to.deep.equal({ before: { name: '宿迁旧名商贸有限公司' }, after: { name: '宿迁新名商贸有限公司' }, reason: acting.reason });
      expect(await search('旧名')).to.deep.equal(['宿迁新名商贸有限公司']);
      expect(await search('新名')).to.deep.equal(['宿迁新名商贸有限公司']);
      // A document of the time before names it as it was called then.
      const [old] = await named(firm('宿迁旧名商贸有限公司'));
      expect(subjectOf(old)).to.deep.equal({ ...subjectOf(renamed), name: '宿迁旧名商贸有限公司' });
    });

    it('merged into another the two are related, and no record is copied', async () => {
      const [one, other] = (await named(firm('宿迁甲有限公司'), firm('宿迁乙有限公司', otherCode))).map(subjectOf);
      await knex.transaction((trx) => storeRecords(trx, [{ id: one!.id, source: 'form', facts: fine(one!) }], { law, chain, at: '2026-06-01T02:00:00.000Z', actor: null, requestId: null }));
      await knex.transaction(async (trx) => mergeSubject(trx, (await lockSubject(trx, one!.id))!, (await lockSubject(trx, other!.id))!, acting));
      expect(await knex('subject_relation').first('subject_id', 'other', 'relation')).to.deep.equal({ subject_id: one!.id, other: other!.id, relation: 'mergedInto' });
      expect(await knex('record').where({ subject_id: other!.id })).to.deep.equal([]);
      expect(await knex('subject').where({ id: one!.id }).first('standing')).to.deep.equal({ standing: 'merged' });
    });
  });

  describe('situation 24: one code on two living firms', () => {
    let first: RecordSubject;
    let second: RecordSubject;

    beforeEach(async () => {
      first = subjectOf((await named(firm('宿迁甲有限公司')))[0]);
      await knex.transaction((trx) => storeRecords(trx, [{ id: first.id, source: 'form', facts: fine(first) }], { law, chain, at: '2026-06-01T02:00:00.000Z', actor: null, requestId: null }));
      second = subjectOf((await named(firm('宿迁乙有限公司', code, 'another')))[0]);
    });

    const shown = async (): Promise<string[]> => {
      const { sql, bindings } = publicRecords('r', '2026-06-02');
      return knex('record as r').whereRaw(sql, bindings).pluck('subject_id');
    };
    const sound = async (): Promise<number> => {
      let found = 0;
      for await (const { findings } of verifyRecords(knex, chain)) found += findings.length;
      return found;
    };

    it('both are frozen, and nothing of them is public, not even what is stored afterwards', async () => {
      expect((await rows()).map(({ frozen }) => frozen)).to.deep.equal([true, true]);
      await knex.transaction((trx) => storeRecords(trx, [{ id: second.id, source: 'form', facts: fine(second) }], { law, chain, at: '2026-06-02T02:00:00.000Z', actor: null, requestId: null }));
      expect(await shown()).to.deep.equal([]);
      expect(await sound()).to.equal(0);
    });

    const due = async (): Promise<string[]> => (await knex('case_due').where({ kind: 'codeCorrection' }).select('title', 'opening')).map(
      ({ title, opening }: { title: string; opening: { holders: { name: string }[] } }) => `${title}: ${opening.holders.map(({ name }) => name).toSorted().join('、')}`,
    );

    it('a case of its correction is called for in the transaction that made it double, once', async () => {
      const both = [`统一社会信用代码 ${code} 重码更正: 宿迁乙有限公司、宿迁甲有限公司`];
      expect(await due()).to.deep.equal(both);
      await named(firm('宿迁丙有限公司', code, 'another'));
      expect(await due(), 'one code, one case').to.deep.equal(both);
      await named(firm('宿迁丁有限公司', otherCode));
      await knex.transaction(async (trx) => {
        await subjectsNamed(trx, seal, [firm('宿迁戊有限公司', otherCode, 'another')], acting);
        throw new Error('the connection is gone');
      }).catch(() => undefined);
      expect(await due()).to.deep.equal(both);
    });

    it('a record names the one that has its name', async () => {
      expect(subjectOf((await named(firm('宿迁甲有限公司')))[0]).id).to.equal(first.id);
      expect(subjectOf((await named(firm('宿迁乙有限公司')))[0]).id).to.equal(second.id);
    });

    it('another code for one of them frees both, and the record is shown again', async () => {
      await knex.transaction(async (trx) => correctSubject(trx, (await lockSubject(trx, second.id))!, { uscc: otherCode }, acting));
      expect((await rows()).map(({ frozen }) => frozen)).to.deep.equal([false, false]);
      expect(await shown()).to.deep.equal([first.id]);
      expect(await sound()).to.equal(0);
    });

    it('so does the end of one of them', async () => {
      await knex.transaction(async (trx) => correctSubject(trx, (await lockSubject(trx, first.id))!, { standing: 'deregistered' }, acting));
      expect((await rows()).map(({ frozen }) => frozen)).to.deep.equal([false, false]);
    });
  });
});
