import { expect } from 'chai';
import { verifyCase } from '../../src/platform/casefile/verify.ts';
import type { RecordState } from '../../src/rules/records/file.ts';
import { people } from '../support/people.ts';
import { objectionPaths, openObjection } from './application-paths.ts';
import { startCases, type RunningCases } from './running.ts';

describe('objection: the procedure on the real servers', () => {
  let cases: RunningCases;
  let gone: Record<keyof typeof objectionPaths, string>;
  before(async function () {
    this.timeout(90_000);
    cases = await startCases();
    const ends = await Promise.all(Object.entries(objectionPaths).map(async ([name, path]) => [name, await path(cases)]));
    gone = Object.fromEntries(ends) as typeof gone;
  });
  after(() => cases.close());

  const recordOf = async (id: string): Promise<RecordState> => {
    const row: { state: RecordState } = await cases.knex('objection as a').join('record as r', 'r.id', 'a.record_id').where('a.case_id', id).first('r.state');
    return row.state;
  };

  it('the mark is on the record as soon as the objection is open', async () => {
    const id = await openObjection(cases);
    expect((await recordOf(id)).marks).to.deep.equal({ objection: [id] });
    const row: unknown = await cases.knex('record').where({ id: (await recordOf(id)).id }).first('standing', 'public');
    expect(row).to.deep.equal({ standing: 'marked', public: true });
  });

  it('rejected: the mark is gone, and no error is counted; reopened, it is marked again', async () => {
    const id = gone.objectionRejected;
    expect((await recordOf(id)).marks).to.deep.equal({});
    expect(await cases.knex('objection').where({ case_id: id }).first('fault_of')).to.deep.equal({ fault_of: null });
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '有新证据' });
    await cases.opened(id, 'screen#2');
    expect((await recordOf(id)).marks).to.deep.equal({ objection: [id] });
  });

  it('to be corrected: every unit that used the record acknowledges, and the error is the source unit\'s', async () => {
    const id = gone.objectionCorrected;
    const { tasks, closings } = await cases.state(id);
    expect(Object.keys(tasks)).to.include.members(['acknowledge-correction:hbj#1', 'acknowledge-correction:zx#1']);
    expect(closings[0]).to.deep.include({ outcome: 'upheldCorrect' });
    const record = await recordOf(id);
    expect(record.status).to.equal('published');
    expect(record.marks).to.deep.equal({});
    expect(await cases.knex('objection').where({ case_id: id }).first('fault_of')).to.deep.equal({ fault_of: 'scjg' });
  });

  it('to be removed: the record is withdrawn with the reason, and the unit is released', async () => {
    const record = await recordOf(gone.objectionRemoved);
    expect(record).to.deep.include({ status: 'withdrawn', because: gone.objectionRemoved, uses: {} });
    expect(record.reason).to.equal('经核对案卷，公示金额有误。');
  });

  it('taken back: the mark is gone with it', async () => {
    expect((await recordOf(gone.objectionWithdrawn)).marks).to.deep.equal({});
    await cases.handle(gone.objectionWithdrawn).result();
  });

  it('every case proves itself', async () => {
    const { hash, secrets } = cases.config;
    for (const [name, id] of Object.entries(gone)) {
      expect(await verifyCase(cases.knex, { hash, key: secrets.chain }, (await cases.state(id)).caseNo), name).to.deep.equal([]);
    }
  });
});
