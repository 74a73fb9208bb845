import { expect } from 'chai';
import { verifyCase } from '../../src/platform/casefile/verify.ts';
import type { RecordState } from '../../src/rules/records/file.ts';
import { newObjection, secondApplicant } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { openObjection, publicFine } from './applications.ts';
import { objectionPaths } from './objection-paths.ts';
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

  it('not accepted: by two persons; the mark is gone, the applicant hears why and what he can do', async () => {
    const id = gone.objectionRefused;
    expect((await recordOf(id)).marks).to.deep.equal({});
    const { tasks, closings } = await cases.state(id);
    expect(closings[0]).to.deep.include({ outcome: 'notAccepted', summary: '委托书与当事人不符。' });
    expect(tasks['screen-decide#2']!.excluded).to.deep.equal([{ person: people.handler.id, because: 'screen' }]);
    const [letter] = (await cases.knex('mail').where({ case_id: id, template: 'objectionRefused' }).select('text')) as { text: string }[];
    expect(letter!.text).to.include('委托书与当事人不符。').and.include('不能证明是当事人').and.include('带身份证明重新提出').and.include('行政复议');
    expect(await cases.knex('objection').where({ case_id: id }).first('fault_of')).to.deep.equal({ fault_of: null });
  });

  it('not accepted, while others object to the same: not possible, as they may be entitled', async () => {
    const id = await openObjection(cases);
    await cases.act(id, secondApplicant, { type: 'join', form: { channel: 'portal', applicant: { account: secondApplicant.id, masked: '某', agent: false }, statement: '同上。', papers: [] }, files: [] });
    const act = { type: 'complete', task: 'screen#1', outcome: 'refused', form: { reason: '无委托书', refusal: { ground: 'notEntitled', earlier: null } } } as const;
    await cases.opened(id, 'screen#1');
    expect(await cases.refused(id, people.handler, act)).to.deep.equal({ key: 'refused.othersObject' });
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

  const heard = async (id: string): Promise<Record<string, string[]>> => {
    const rows: { template: string; recipient: string }[] = await cases.knex('mail').where({ case_id: id }).whereNotNull('reporter_id').orderBy('event_seq').select('template', 'recipient');
    return Object.fromEntries([...new Set(rows.map(({ recipient }) => recipient))].map((to) => [to, rows.filter(({ recipient }) => recipient === to).map(({ template }) => template)]));
  };

  it('joined: the second objector hears what the first hears; everybody is told what was corrected (situations 19, 20)', async () => {
    const id = gone.objectionJoined;
    expect(await heard(id)).to.deep.equal({ 'f***@applicant.example': ['objectionDecided'], 's***@applicant.example': ['objectionJoined', 'objectionDecided'] });
    expect(await cases.knex('case_joiner').where({ case_id: id }).pluck('applicant')).to.deep.equal([secondApplicant.id]);
    expect(await cases.knex('correction').where({ case_id: id }).select('what', 'text', 'reason')).to.deep.equal([{ what: 'corrected', text: '罚款金额更正为 2000 元。', reason: '录入时多写了一个零。' }]);
  });

  it('joined after a rejection: he is told the result and his remedy at once, and no case is opened (situation 20)', async () => {
    const id = gone.objectionJoinedAfterRejection;
    expect(await heard(id)).to.deep.include({ 's***@applicant.example': ['objectionJoined'] });
    const { text }: { text: string } = await cases.knex('mail').where({ case_id: id, template: 'objectionJoined' }).first('text');
    expect(text).to.include('您的异议不成立').and.include('行政复议').and.include('新的证据');
    expect((await cases.state(id)).closings).to.have.length(1);
  });

  it('removed: nobody is told of a record that was not public when it was taken back', async () => {
    const of = async (id: string) => (await cases.state(id)).corrections?.map(({ what }) => what);
    expect(await of(gone.objectionRemoved)).to.deep.equal(['removed']);
    const fine = await publicFine(cases);
    await cases.knex('subject').where({ id: fine.subject.id }).update({ frozen: true });
    const id = await cases.open(newObjection(fine));
    await cases.done(id, people.handler, 'screen#1', 'own');
    await cases.done(id, people.handler, 'verify#1', 'upheldRemove');
    await cases.done(id, people.officeHead, 'decide#1', 'agreed');
    await cases.until(id, (state) => state.closings.length > 0);
    expect(await of(id)).to.equal(undefined);
  });
});
