import { expect } from 'chai';
import type { Response } from 'supertest';
import { examplePush } from '../../../src/features/api/openapi/repairs.ts';
import { exampleRecord } from '../../../src/features/api/openapi/records.ts';
import type { OpenApi } from '../../../src/features/api/openapi/types.ts';
import { createApiToken } from '../../../src/platform/api-tokens.ts';
import { dateOf, dayNumber } from '../../../src/rules/calendar/index.ts';
import type { RecordFacts } from '../../../src/rules/records/facts.ts';
import { repairOpeningOf } from '../../../src/rules/repair/facts.ts';
import { goodId, openBureau, type Bureau } from '../incidents/bureau.ts';
import { pdf } from '../portal/visitor.ts';
import { Register } from '../public-records/records.ts';
import { eventually } from '../../support/eventually.ts';
import { keepsToIts, problem } from './contract.ts';

const firm = { kind: 'organisation', uscc: exampleRecord.subjectCode, name: exampleRecord.subjectName } as const;
const today = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const daysAgo = (days: number): string => dateOf(dayNumber(today()) - days);

interface Sent {
  fields?: Record<string, string | undefined>;
  papers?: readonly string[];
  by?: string;
  content?: Buffer;
}

describe('applications for repair pushed by the upstream platform', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  let register: Register;
  let document: OpenApi;
  let upstream: string;
  let numbers = 0;
  before(async () => {
    bureau = await openBureau({ workers: true });
    register = new Register(bureau.knex, bureau.seal);
    document = (await bureau.agent().get('/api/docs/openapi.json').expect(200)).body as OpenApi;
    upstream = await tokenOf('xyb.handler');
  });
  after(() => bureau.close());

  async function tokenOf(username: string, pushesRepairs = true): Promise<string> {
    const { id }: { id: string } = await bureau.knex('person').where({ username }).first('id');
    return createApiToken(bureau.knex, id, { pushesRepairs });
  }
  /** A fine of that day, public and with nothing open about it. */
  const fine = async (facts: Partial<RecordFacts> = {}, on?: string): Promise<string> => (await register.store(firm, { decidedOn: '2026-05-31', ...facts }, on)).id;

  async function push(record: string | null, { fields = {}, papers = ['proof', 'commitment'], by = upstream, content = pdf }: Sent = {}): Promise<Response> {
    numbers += 1;
    const whole = { ...examplePush, number: `SXY-${numbers}`, ...(record === null ? {} : { record }), ...fields };
    let request = bureau.agent().post('/api/v1/repairs').set('Authorization', `Bearer ${by}`);
    for (const [name, value] of Object.entries(whole)) if (value !== undefined) request = request.field(name, value);
    for (const kind of papers) request = request.attach(kind, content, `${kind}.pdf`);
    const answer = await request;
    keepsToIts(document, 'post', '/repairs', answer);
    return answer;
  }
  async function read(caseNo: string, by = upstream): Promise<Response> {
    const answer = await bureau.agent().get(`/api/v1/repairs/${caseNo}`).set('Authorization', `Bearer ${by}`);
    keepsToIts(document, 'get', '/repairs/{number}', answer);
    return answer;
  }
  const cases = async (record: string): Promise<number> => (await bureau.knex('repair').where({ record_id: record })).length;

  it('the example of the description becomes a case like one of a window, and its channel and number stand on its page', async () => {
    await fine({ documentNo: examplePush.documentNo });
    const answer = await push(null, { fields: { number: examplePush.number } });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    const { repair, merged, repeated } = answer.body as { repair: { number: string; pushes: object[]; waitsFor: object | null }; merged: boolean; repeated: boolean };
    expect([merged, repeated, answer.headers['location']]).to.deep.equal([false, false, `/api/v1/repairs/${repair.number}`]);
    const accept = await bureau.task(repair.number, 'accept');
    expect((await read(repair.number)).body).to.deep.include({ status: 'open', step: 'accept', channel: 'push', unit: 'scjg', result: null });
    expect((await read(repair.number)).body.waitsFor).to.include({ unit: 'scjg' }).and.to.have.property('dueAt').that.matches(/T17:30:00\+08:00$/);

    const opening = repairOpeningOf(await bureau.state(repair.number));
    expect(opening).to.deep.include({ channel: 'push', applicant: { account: null, masked: '赵* z***@example.cn', agent: false } });
    expect(opening.papers.map(({ kind }) => kind)).to.deep.equal(['proof', 'commitment']);
    const page = await (await bureau.clerk('scjg.handler')).page(`/repairs/${repair.number}`);
    expect(page).to.include('上级平台推送').and.include(examplePush.number);
    expect(accept).to.match(/^XF-/);
  });

  it('pushed twice is answered with the same case; in the same moment too, and after it was closed', async () => {
    const record = await fine();
    const fields = { number: 'SXY-twice' };
    const both = await Promise.all([push(record, { fields }), push(record, { fields })]);
    expect(both.map(({ status }) => status).every((status) => status === 200 || status === 201), JSON.stringify(both.map(({ body }) => body as object))).to.equal(true);
    const number = String(both[0]!.body.repair.number);
    expect(both[1]!.body.repair.number).to.equal(number);
    await bureau.complete('scjg.handler', number, 'accept', { outcome: 'refused', why: '证明材料不是本案的。' });
    await eventually('the case closes', async () => (await bureau.knex('repair').where({ case_no: number, status: 'closed' })).length === 1);
    expect((await read(number)).body).to.deep.include({ status: 'closed', waitsFor: null }).and.to.have.nested.property('result.what', 'notAccepted');
    const again = await push(record, { fields });
    expect([again.status, again.body.repeated, again.body.repair.number]).to.deep.equal([200, true, number]);
    expect(await cases(record)).to.equal(1);
    problem(await push(await fine(), { fields }), 409);
  });

  it('one about a record whose repair is asked for already is noted on that case, and says so', async () => {
    const record = await fine();
    const first = await push(record);
    const number = String(first.body.repair.number);
    const second = await push(record, { fields: { number: 'SXY-merged' } });
    expect([second.status, second.body.merged, second.body.repair.number]).to.deep.equal([200, true, number]);
    expect((await push(record, { fields: { number: 'SXY-merged' } })).body).to.include({ merged: true, repeated: true });
    expect(await cases(record)).to.equal(1);
    expect((await read(number)).body.pushes.map((one: { merged: boolean }) => one.merged)).to.deep.equal([false, true]);
    expect(await (await bureau.clerk('scjg.handler')).page(`/repairs/${number}`)).to.include('SXY-merged').and.include('再次推送，并入本件');
  });

  it('before the shortest term is over, it is told the first possible day, which costs nothing', async () => {
    const decidedOn = daysAgo(10);
    const record = await fine({ decidedOn }, decidedOn);
    const refused = problem(await push(record, { fields: { number: 'SXY-early' } }), 409);
    expect(refused['why']).to.equal('early');
    const day = String(refused['day']);
    expect(day > today()).to.equal(true);
    expect(refused.detail).to.include(`${Number(day.slice(0, 4))}年${Number(day.slice(5, 7))}月${Number(day.slice(8))}日`);
    expect([await cases(record), (await bureau.knex('repair_push').where({ number: 'SXY-early' })).length]).to.deep.equal([0, 0]);
  });

  it('what the portal would not take is not taken', async () => {
    const repaired = await fine();
    await register.change(repaired, { type: 'record.repaired', because: '11111111-1111-4111-8111-111111111111' }, '2026-10-01');
    expect(problem(await push(repaired), 409)['why']).to.equal('repaired');
    const never = await fine({ domain: 'marketSupervision', penaltyKinds: ['revokePermit'], fine: 0 });
    expect(problem(await push(never), 409)['why']).to.equal('never');
  });

  it('needs the record that is named to be this subject\'s', async () => {
    const record = await fine();
    problem(await push(record, { fields: { subjectCode: goodId } }), 404);
    problem(await push(null, { fields: { documentNo: '宿市监罚〔2026〕无此号' } }), 404);
    const { errors = {} } = problem(await push(null, { fields: { documentNo: undefined, decidedOn: '2026-02-30' } }), 422);
    expect(Object.keys(errors)).to.include('decidedOn');
    expect(Object.keys(problem(await push(null, { fields: { documentNo: undefined } }), 422).errors ?? {})).to.deep.equal(['documentNo']);
  });

  it('a person is found by his number', async () => {
    const person = { kind: 'person', name: '张三丰', idNumber: goodId } as const;
    const { id } = await register.store(person, { decidedOn: '2026-05-31' });
    const answer = await push(id, { fields: { subjectCode: goodId, name: '张三丰' } });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    expect(answer.text).to.include('张**').and.not.include('张三丰').and.not.include(goodId);
  });

  it('papers are asked for and checked as on the portal', async () => {
    const record = await fine();
    expect(Object.keys(problem(await push(record, { papers: ['proof'] }), 422).errors ?? {})).to.deep.equal(['commitment']);
    expect(Object.keys(problem(await push(record, { fields: { agent: 'true' } }), 422).errors ?? {})).to.deep.equal(['authorisation']);
    const disguised = problem(await push(record, { content: Buffer.from('MZ\u0090 this program cannot be run') }), 422);
    expect(Object.keys(disguised.errors ?? {})).to.have.members(['proof', 'commitment']);
    expect(await cases(record)).to.equal(0);
  });

  it('by any other token, a browser, or in any other form is refused', async () => {
    const record = await fine();
    for (const [username, pushes] of [['xyb.handler', false], ['scjg.handler', true], ['xyb.leader', true], ['sysadmin', true]] as const) {
      problem(await push(record, { by: await tokenOf(username, pushes), papers: [] }), 403);
    }
    const clerk = await bureau.clerk('xyb.handler');
    problem(await clerk.browser.agent.post('/api/v1/repairs').field('number', 'x'), 401);
    problem(await bureau.agent().post('/api/v1/repairs').set('Authorization', `Bearer ${upstream}`).send({ number: 'x' }), 400);
    expect(await cases(record)).to.equal(0);
  });

  it('is read by those who have a part in it alone', async () => {
    const number = String((await push(await fine())).body.repair.number);
    expect((await read(number, await tokenOf('scjg.handler', false))).status).to.equal(200);
    problem(await read(number, await tokenOf('rsj.handler', false)), 404);
    problem(await read('XF-2026-999999'), 404);
  });
});

describe('a push while nothing can record it', function () {
  this.timeout(40_000);
  let bureau: Bureau;
  before(async () => {
    bureau = await openBureau({ timeoutMs: 1500 });
  });
  after(() => bureau.close());

  it('says that it was not recorded, and takes nothing; pushed again it is one case', async () => {
    const register = new Register(bureau.knex, bureau.seal);
    const { id } = await register.store(firm, { decidedOn: '2026-05-31' });
    const { id: person }: { id: string } = await bureau.knex('person').where({ username: 'xyb.handler' }).first('id');
    const token = await createApiToken(bureau.knex, person, { pushesRepairs: true });
    const push = (): Promise<Response> => {
      let request = bureau.agent().post('/api/v1/repairs').set('Authorization', `Bearer ${token}`);
      for (const [name, value] of Object.entries({ ...examplePush, record: id })) request = request.field(name, value);
      return request.attach('proof', pdf, '缴款凭证.pdf').attach('commitment', pdf, '承诺书.pdf').then((answer) => answer);
    };
    const away = await push();
    expect([away.status, away.body.recorded]).to.deep.equal([503, 'no']);
    expect(await bureau.knex('repair_push')).to.have.length(0);
    expect(await bureau.knex('sealed_identity').where({ purpose: 'reporter' })).to.have.length(0);
    await bureau.startWorkers();
    let answer = await push();
    for (let tries = 1; answer.status === 503 && tries < 4; tries += 1) answer = await push();
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    expect(await bureau.knex('repair')).to.have.length(1);
  });
});
