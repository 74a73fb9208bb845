import { expect } from 'chai';
import { createReadLaw } from '../../../src/platform/law.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { createWithdrawalClock } from '../../../src/platform/records/withdrawal-clock.ts';
import { testConfig } from '../../support/stack.ts';
import { seedRecordRules } from '../../support/record-law.ts';
import { Applicant } from '../portal/visitor.ts';
import { formOf, goodCode, openBureau, plain, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';

const entered: Fields = {
  subjectKind: 'organisation', subjectName: '宿迁某食品有限公司', subjectCode: goodCode, kind: 'penalty', documentNo: '宿市监处罚〔2026〕12号', decidedOn: '2026-05-31',
  domain: 'food', legalBasis: '《中华人民共和国食品安全法》第一百二十四条', act: '使用过期原料生产糕点。', decision: '罚款20000元。', penaltyKinds: ['fine'], fine: '20000',
};

describe('a decision that was revoked is withdrawn within three working days of the day that became known', () => {
  let bureau: Bureau;
  let handler: Clerk;
  let head: Clerk;
  let record: string;
  // A Monday: known that day, it is due at midnight after Thursday.
  let now = new Date('2026-06-01T02:00:00Z');
  const sent: string[] = [];

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    await seedRecordRules(bureau.knex);
    [handler, head] = await Promise.all(['scjg.handler', 'scjg.leader'].map((name) => bureau.clerk(name))) as [Clerk, Clerk];
    const preview = await handler.post('/records', { ...(await handler.form('/records/new', '/records')), ...entered, do: 'preview' });
    const answer = await handler.post('/records', { ...formOf(preview.text, '/records'), do: 'send' });
    record = String(answer.headers['location']).split('/').at(-1)!;
  });
  after(() => bureau.close());

  const act = async (by: Clerk, name: string, fields: Fields) => by.post(`/records/${record}/${name}`, { ...(await by.form(`/records/${record}`, `/records/${record}/${name}`)), ...fields });
  const tick = (): Promise<string[]> =>
    createWithdrawalClock({ knex: bureau.knex, config: testConfig(), i18n: createI18n(), readLaw: createReadLaw(bureau.knex), deliver: async (mails) => void sent.push(...mails), now: () => now })();
  const lettersOf = async (template: string): Promise<string[]> =>
    (await bureau.knex('mail as m').leftJoin('person as p', 'p.id', 'm.person_id').where({ template }).orderBy('p.username').pluck<(string | null)[]>('p.username')).map((name) => name ?? 'nobody');

  it('the proposal says when it became known; those who decide find it in their work with its deadline, before what has none', async () => {
    expect((await act(handler, 'withdraw', { reason: '复议决定撤销原处罚。', knownOn: '2026-06-01', do: 'send' })).status).to.equal(303);
    expect(plain(await head.page('/'))).to.include('宿迁某食品有限公司').and.include('6月4日（周四）17:30前');
    expect(plain(await handler.page('/')), 'who proposed does not decide').to.not.include('宿市监处罚〔2026〕12号');
  });

  it('nobody is reminded while there is time', async () => {
    now = new Date('2026-06-02T02:00:00Z');
    expect(await tick()).to.deep.equal([]);
  });

  it('a working day before, those who decide are reminded once, not him who proposed', async () => {
    now = new Date('2026-06-04T02:00:00Z');
    await tick();
    const reminded = await lettersOf('withdrawalDue');
    expect(reminded).to.include('scjg.leader').and.not.include('scjg.handler');
    expect(await tick(), 'a second look').to.deep.equal([]);
    expect(await lettersOf('withdrawalDue')).to.deep.equal(reminded);
  });

  it('late, the supervisors hear of it too, and the desk says by how much', async () => {
    now = new Date('2026-06-08T02:00:00Z');
    await tick();
    expect(await lettersOf('withdrawalLate')).to.include('scjg.leader').and.include('xyb.supervisor');
    expect(sent).to.have.length((await bureau.knex('mail').whereIn('template', ['withdrawalDue', 'withdrawalLate'])).length);
    expect(plain(await head.page('/'))).to.include('已逾期 2 个工作日');
    expect(plain(await (await bureau.clerk('xyb.supervisor')).page('/supervision'))).to.include('宿市监处罚〔2026〕12号');
  });

  it('decided, it is gone everywhere with its reason, and the firm has a letter', async () => {
    const firm = new Applicant(bureau);
    await firm.signIn('boss@firm.example');
    await firm.bind(goodCode, '宿迁某食品有限公司');
    expect((await act(head, 'decide', { verdict: 'granted' })).status).to.equal(303);
    const gone = await bureau.agent().get(`/public/records/${record}`).expect(410);
    expect(plain(gone.text)).to.include('复议决定撤销原处罚。');
    expect(plain(await head.page('/'))).to.not.include('宿市监处罚〔2026〕12号');
    const letter: { text: string; recipient: string } = await bureau.knex('mail').where({ template: 'recordWithdrawn' }).first('text', 'recipient');
    expect(letter.recipient).to.equal('b***@firm.example');
    expect(letter.text).to.include('复议决定撤销原处罚。');
    expect(await tick(), 'nothing is due any more').to.deep.equal([]);
  });
});
