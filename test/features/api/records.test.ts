import { expect } from 'chai';
import type { Response } from 'supertest';
import { exampleRecord } from '../../../src/features/api/openapi/records.ts';
import type { OpenApi } from '../../../src/features/api/openapi/types.ts';
import { verifyRecords } from '../../../src/platform/records/verify.ts';
import { settled } from '../../support/settled.ts';
import { asOwner, testConfig } from '../../support/stack.ts';
import { goodId, openBureau, wrongCode, type Bureau } from '../incidents/bureau.ts';
import { Register } from '../public-records/records.ts';
import { keepsToIts, problem } from './contract.ts';

const otherFirm = { subjectName: '宿迁某餐饮有限公司', subjectCode: '91321302MA1XK5YG9T' };

describe('records by the interface', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  let register: Register;
  let document: OpenApi;
  let now = new Date('2026-10-15T02:00:00Z');
  let keys = 0;
  const tokens = new Map<string, string>();
  before(async () => {
    bureau = await openBureau({ clock: () => now });
    register = new Register(bureau.knex, bureau.seal);
    document = (await bureau.agent().get('/api/docs/openapi.json').expect(200)).body as OpenApi;
    for (const username of ['scjg.handler', 'hbj.handler', 'xyb.handler', 'sysadmin']) tokens.set(username, await bureau.token(username));
  });
  after(() => bureau.close());

  const key = (): string => `penalty-${(keys += 1)}`;
  let documents = 0;
  /** A record that no other one of this file is. */
  const fresh = (change: object = {}) => {
    documents += 1;
    return { ...exampleRecord, documentNo: `宿市监罚〔2026〕接${documents}号`, ...change };
  };

  /** Every answer of this file is held against the description of the interface. */
  async function post(path: string, body: object, { by = 'scjg.handler', idempotency = key(), at = path }: { by?: string; idempotency?: string; at?: string } = {}): Promise<Response> {
    const answer = await bureau.agent().post(`/api/v1${at}`).set('Authorization', `Bearer ${tokens.get(by)!}`).set('Idempotency-Key', idempotency).send(body);
    keepsToIts(document, 'post', path, answer);
    return answer;
  }
  async function get(path: string, at: string = path, by = 'scjg.handler'): Promise<Response> {
    const answer = await bureau.agent().get(`/api/v1${at}`).set('Authorization', `Bearer ${tokens.get(by)!}`);
    keepsToIts(document, 'get', path, answer);
    return answer;
  }
  const store = (body: object, of: { by?: string; idempotency?: string } = {}): Promise<Response> => post('/records', body, of);
  const read = async (id: string, by?: string): Promise<Response> => get('/records/{id}', `/records/${id}`, by);
  const stored = async (body: object = fresh()): Promise<string> => {
    const answer = await store(body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return String(answer.body.record.id);
  };
  const records = async (): Promise<number> => Number((await bureau.knex('record').count<{ n: string }[]>('* as n').first())?.n);

  describe('a record that is sent', () => {
    it('is stored and public at once, with its class, its terms and why; the example of the description is one', async () => {
      const example = document.paths['/records']!['post']!.requestBody!.content['application/json']!.example as object;
      const answer = await store(example);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      const { outcome, repeated, record } = answer.body as { outcome: string; repeated: boolean; record: Record<string, unknown> };
      expect([outcome, repeated, answer.headers['location']]).to.deep.equal(['stored', false, `/api/v1/records/${String(record['id'])}`]);
      expect(record).to.include({ class: 'GENERAL', standing: 'published', public: true, until: '2027-05-31', repairableFrom: '2026-09-01', version: 1, masked: false, performed: false });
      expect(record['coming']).to.deep.include({ what: 'ends', on: '2027-05-31' });
      expect(JSON.stringify(record['publicity'])).to.include('最短公示期').and.include('3 个月');
      const event = await bureau.knex('record_event').where({ record_id: String(record['id']), seq: 1 }).first<{ what: { source: string }; actor: { unit: string } }>('what', 'actor');
      expect([event.what.source, event.actor.unit]).to.deep.equal(['api', 'scjg']);
    });

    it('sent again with the same key is one record, and says so; also when it was corrected since', async () => {
      const [body, idempotency] = [fresh(), key()];
      const first = await store(body, { idempotency });
      const again = await store(body, { idempotency });
      expect([again.status, again.body.repeated, again.body.record.id]).to.deep.equal([200, true, first.body.record.id]);
      await store({ ...body, fine: 25000, corrects: first.body.record.id, version: 1, reason: '金额录入有误' });
      const late = await store(body, { idempotency });
      expect([late.status, late.body.repeated, late.body.record.version, late.body.record.fine]).to.deep.equal([200, true, 2, 25000]);
    });

    it('sent twice at the same moment is one record', async () => {
      const [body, idempotency, before] = [fresh(), key(), await records()];
      const both = await Promise.all([store(body, { idempotency }), store(body, { idempotency }), store(body)]);
      expect(new Set(both.map((answer) => answer.body.record.id)).size).to.equal(1);
      expect(both.every(({ status }) => status === 200 || status === 201)).to.equal(true);
      expect(await records()).to.equal(before + 1);
    });

    it('with a key that was used for another one is refused; a key is the sender\'s own', async () => {
      const idempotency = key();
      const first = await store(fresh(), { idempotency });
      expect(problem(await store(fresh(), { idempotency }), 409)['record']).to.equal(first.body.record.id);
      expect((await store(fresh(), { idempotency, by: 'hbj.handler' })).status).to.equal(201);
    });

    it('without a key, or as something else than JSON, is not taken', async () => {
      const bare = bureau.agent().post('/api/v1/records').set('Authorization', `Bearer ${tokens.get('scjg.handler')!}`);
      problem(await bare.send(fresh()), 400);
      const form = bureau.agent().post('/api/v1/records').set('Authorization', `Bearer ${tokens.get('scjg.handler')!}`).set('Idempotency-Key', key());
      problem(await form.type('form').send('kind=penalty'), 400);
    });

    it('with wrong fields names each of them in the words of the form, and nothing is stored', async () => {
      const before = await records();
      const { errors = {} } = problem(await store({
        ...fresh(), subjectCode: wrongCode, decidedOn: '2026-02-30', domain: 'sports', penaltyKinds: ['fine'], fine: 'much', performed: 'no', act: '',
      }), 422);
      expect(Object.keys(errors)).to.have.members(['subjectCode', 'decidedOn', 'domain', 'fine', 'performed', 'act']);
      expect(errors['subjectCode']).to.equal('统一社会信用代码第 18 位应为 T，现为 U。请对照营业执照核对。');
      expect(Object.keys(problem(await store({ ...fresh(), fine: 0 }), 422).errors ?? {})).to.deep.equal(['fine']);
      expect(Object.keys(problem(await store({ ...fresh(), unit: 'hbj' }), 422).errors ?? {})).to.deep.equal(['unit']);
      expect(await records()).to.equal(before);
    });

    it('of a person seals him: neither name nor number come back', async () => {
      const body = fresh({ subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId, act: '张三丰无证经营。' });
      const id = await stored(body);
      const { text } = await read(id, 'hbj.handler');
      expect(text).to.include('张**').and.not.include('张三丰').and.not.include(goodId);
      expect((await read(id)).body.act).to.equal('张三丰无证经营。');
    });

    it('by one who enters no records, or an administrator, is refused', async () => {
      problem(await store(fresh(), { by: 'sysadmin' }), 403);
      tokens.set('xyb.supervisor', await bureau.token('xyb.supervisor'));
      problem(await store(fresh(), { by: 'xyb.supervisor' }), 403);
    });
  });

  describe('a document that is known', () => {
    it('with the same content is the same record, whatever the key', async () => {
      const body = fresh();
      const id = await stored(body);
      const again = await store({ ...body, performed: true });
      expect([again.status, again.body.outcome, again.body.record.id]).to.deep.equal([200, 'same', id]);
    });

    it('with other content is a conflict that names the record and how to correct it; corrected so, it is', async () => {
      const body = fresh();
      const id = await stored(body);
      const refused = problem(await store({ ...body, fine: 30000 }), 409);
      expect(refused).to.include({ record: id, version: 1 });
      expect(refused.detail).to.include(id).and.include('corrects').and.include('version').and.include('reason');
      expect((await read(id)).body).to.include({ fine: 20000, version: 1 });

      const idempotency = key();
      const correction = { ...body, fine: 30000, corrects: id, version: 1, reason: '金额录入有误' };
      expect(Object.keys(problem(await store({ ...body, fine: 30000, corrects: id }), 422).errors ?? {})).to.have.members(['version', 'reason']);
      const corrected = await store(correction, { idempotency });
      expect([corrected.status, corrected.body.outcome, corrected.body.record.version, corrected.body.record.fine]).to.deep.equal([200, 'corrected', 2, 30000]);
      expect((await store(correction, { idempotency })).body).to.include({ outcome: 'corrected', repeated: true });
      problem(await store({ ...correction, fine: 31000 }, { idempotency }), 409);
      // Somebody saw version 1 and comes late.
      expect(problem(await store({ ...correction, fine: 32000 }), 409)).to.include({ record: id, version: 2 });
    });

    it('two who correct the same version at once are one correction and one who is told', async () => {
      const body = fresh();
      const id = await stored(body);
      const both = await Promise.all([21000, 22000].map((fine) => store({ ...body, fine, corrects: id, version: 1, reason: '金额录入有误' })));
      expect(both.map(({ status }) => status)).to.have.members([200, 409]);
      expect((await read(id)).body.version).to.equal(2);
    });

    it('of another unit is not corrected', async () => {
      const body = fresh();
      const id = await stored(body);
      problem(await store({ ...body, fine: 1, corrects: id, version: 1, reason: '无权更正' }, { by: 'hbj.handler' }), 403);
      problem(await store({ ...body, corrects: '00000000-0000-4000-8000-000000000000', version: 1, reason: '没有' }), 404);
    });
  });

  describe('a code that belongs to another name', () => {
    it('is a conflict with both names; said to be renamed, with the basis, it is one subject', async () => {
      await stored(fresh(otherFirm));
      const renamed = fresh({ ...otherFirm, subjectName: '宿迁某酒店管理有限公司' });
      const refused = problem(await store(renamed), 409);
      expect(refused).to.deep.include({ names: { sent: '宿迁某酒店管理有限公司', known: otherFirm.subjectName }, difference: ['renamed', 'another'] });
      expect(Object.keys(problem(await store({ ...renamed, difference: 'renamed' }), 422).errors ?? {})).to.deep.equal(['reason']);
      const answer = await store({ ...renamed, difference: 'renamed', reason: '市监局变更登记通知' });
      expect([answer.status, answer.body.record.subject.name]).to.deep.equal([201, '宿迁某酒店管理有限公司']);
    });

    it('said to be another firm, nothing of either is public, and whoever keeps a copy is told so', async () => {
      await settled(bureau.knex);
      const { next } = (await get('/record-changes', '/record-changes?after=latest')).body as { next: string };
      const answer = await store(fresh({ ...otherFirm, subjectName: '宿迁另一家贸易有限公司', difference: 'another', reason: '重码，已告登记机关' }));
      expect(answer.body.record).to.include({ frozen: true, public: false, until: null });
      await settled(bureau.knex);
      const { changes } = (await get('/record-changes', `/record-changes?after=${encodeURIComponent(next)}`)).body as { changes: { what: string; form: object | null }[] };
      expect(changes.filter(({ what }) => what === 'subject')).to.have.length(2);
      expect(changes.map(({ form }) => form)).to.deep.equal(changes.map(() => null));
    });
  });

  describe('a batch', () => {
    const batch = (rows: (object | string)[], of: { by?: string; idempotency?: string } = {}): Promise<Response> => post('/record-batches', { records: rows }, of);

    it('takes the good rows and says of each other one what is wrong', async () => {
      const known = fresh();
      const id = await stored(known);
      const good = fresh();
      const answer = await batch([
        good,
        { ...fresh(), subjectCode: wrongCode },
        known,
        { ...known, fine: 99000 },
        fresh({ subjectName: '名称不同的公司' }),
        { ...fresh(), difference: 'renamed', reason: '更名' },
        'no record',
        good,
      ]);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
      const rows = answer.body.rows as { row: number; outcome: string; record?: string; errors?: object; names?: object; version?: number }[];
      expect(rows.map(({ outcome }) => outcome)).to.deep.equal(['stored', 'invalid', 'same', 'other', 'otherName', 'invalid', 'invalid', 'same']);
      expect(rows.map(({ row }) => row)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(rows[2]).to.include({ record: id });
      expect(rows[3]).to.include({ record: id, version: 1 });
      expect(rows[4]!.names).to.deep.equal({ sent: '名称不同的公司', known: exampleRecord.subjectName });
      expect(rows[7]!.record).to.equal(rows[0]!.record);
    });

    it('sent again puts nothing in twice', async () => {
      const [rows, idempotency] = [[fresh(), fresh()], key()];
      const first = await batch(rows, { idempotency });
      const before = await records();
      const again = await batch(rows, { idempotency });
      expect(again.body.rows.map((row: { outcome: string }) => row.outcome)).to.deep.equal(['same', 'same']);
      expect(again.body.rows.map((row: { record: string }) => row.record)).to.deep.equal(first.body.rows.map((row: { record: string }) => row.record));
      expect(await records()).to.equal(before);
    });

    it('that is empty, too long or no list is refused; its example is taken', async () => {
      for (const rows of [[], Array.from({ length: 501 }, () => ({}))]) expect(problem(await batch(rows), 422).errors).to.have.keys('records');
      problem(await post('/record-batches', { records: { 0: {} } }), 422);
      const example = document.paths['/record-batches']!['post']!.requestBody!.content['application/json']!.example as object;
      expect((await post('/record-batches', example)).body.rows).to.have.length(1);
    });
  });

  describe('reading', () => {
    it('others see what is public, masked as the public reads it; what is not public is not there, and the attempt is logged', async () => {
      const shown = await stored(fresh({ act: '联系人电话 13812345678，销售不合格产品。' }));
      const hidden = await stored(fresh({ penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 }));
      expect((await read(shown)).body).to.include({ masked: false }).and.to.have.property('act').that.includes('13812345678');
      const other = await read(shown, 'hbj.handler');
      expect(other.body).to.include({ masked: true });
      expect(other.text).to.not.include('13812345678');
      const before = await bureau.knex('access_log').where({ kind: 'refused' });
      problem(await read(hidden, 'hbj.handler'), 404);
      problem(await read('nonsense'), 404);
      expect(await bureau.knex('access_log').where({ kind: 'refused' })).to.have.length(before.length + 2);
      expect((await get('/records', '/records?limit=100', 'hbj.handler')).text).to.not.include(hidden);
      expect((await get('/records', '/records?standing=stored')).body.records.map(({ id }: { id: string }) => id)).to.include(hidden);
    });

    it('the list is read through by cursor, each record once', async () => {
      const ids: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const answer = await get('/records', `/records?limit=5&cursor=${encodeURIComponent(next)}`);
        ids.push(...(answer.body.records as { id: string }[]).map(({ id }) => id));
        next = answer.body.next as string | null;
      }
      expect(new Set(ids).size).to.equal(ids.length);
      expect(ids.length).to.equal(await bureau.knex('record').where({ unit: 'scjg' }).orWhere({ public: true, frozen: false }).then((rows: unknown[]) => rows.length));
    });

    it('takes no question that makes no sense, no cursor that was made up, and no ID number in an address', async () => {
      const { errors = {} } = problem(await get('/records', `/records?kind=rumour&from=2026-02-30&limit=1000&subject=x&q=${goodId}`), 422);
      expect(Object.keys(errors)).to.have.members(['kind', 'from', 'limit', 'subject', 'q']);
      problem(await get('/records', '/records?cursor=abc'), 400);
    });

    it('who asks for one subject of which his unit has no part says why, once a day, and the subject may read it', async () => {
      const firm = { subjectName: '宿迁某运输有限公司', subjectCode: '91321311MA1Y7RTB6W' };
      const id = await stored(fresh(firm));
      const subject = (await read(id)).body.subject.id as string;
      const asked = async (): Promise<unknown[]> => bureau.knex('subject_query').where({ subject_id: subject }).select('reason', 'unit');
      for (const query of [`subject=${subject}`, `q=${firm.subjectCode}`]) expect(problem(await get('/records', `/records?${query}`, 'hbj.handler'), 422).errors).to.have.keys('reason');
      expect(await asked()).to.deep.equal([]);
      const answer = await get('/records', `/records?subject=${subject}&reason=${encodeURIComponent('审核补贴申请资格')}`, 'hbj.handler');
      expect(answer.body.records.map((one: { id: string }) => one.id)).to.deep.equal([id]);
      expect((await get('/records', `/records?q=${firm.subjectCode}`, 'hbj.handler')).status).to.equal(200);
      expect(await asked()).to.deep.equal([{ reason: '审核补贴申请资格', unit: 'hbj' }]);
      // The unit that made the record, and the credit office, have a part.
      expect((await get('/records', `/records?subject=${subject}`)).status).to.equal(200);
      expect((await get('/records', `/records?subject=${subject}`, 'xyb.handler')).status).to.equal(200);
      expect(await asked()).to.have.length(1);
    });
  });

  describe('a measure taken because of a record', () => {
    const use = (id: string, body: object, of: { by?: string; idempotency?: string } = {}): Promise<Response> => post('/records/{id}/uses', body, { ...of, at: `/records/${id}/uses` });
    const example = (): object => document.paths['/records/{id}/uses']!['post']!.requestBody!.content['application/json']!.example as object;

    it('is registered once, by whichever unit took it', async () => {
      const [id, idempotency] = [await stored(), key()];
      const first = await use(id, example(), { by: 'hbj.handler', idempotency });
      expect([first.status, first.body.outcome]).to.deep.equal([201, 'stored']);
      expect(first.body.record.uses).to.have.length(1);
      expect(first.body.record.uses[0]).to.include({ unit: 'hbj', measure: '列为重点监管对象' });
      expect((await use(id, example(), { by: 'hbj.handler', idempotency })).body).to.include({ repeated: true });
      problem(await use(id, { ...example(), measure: '别的措施' }, { by: 'hbj.handler', idempotency }), 409);
      problem(await use(id, example(), { by: 'hbj.handler' }), 409);
      expect(await bureau.knex('record_use').where({ record_id: id })).to.have.length(1);
      expect(problem(await use(id, { unit: 'scjg', measure: '' }, { by: 'hbj.handler' }), 422).errors).to.have.keys('measure', 'legalBasis');
      expect(problem(await use(id, { ...example(), unit: 'scjg' }, { by: 'hbj.handler' }), 422).errors).to.have.keys('unit');
    });

    it('is not registered on a record that is not public, or not there', async () => {
      const hidden = await stored(fresh({ penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 }));
      expect(problem(await use(hidden, example()), 409)).to.include({ standing: 'stored' });
      problem(await use('00000000-0000-4000-8000-000000000000', example()), 404);
    });
  });

  describe('the changes for those who keep a copy', () => {
    interface Change { record: string; what: string; at: string; form: Record<string, string> | null }
    const follow = async (after = ''): Promise<{ changes: Change[]; next: string; more: boolean }> => {
      await settled(bureau.knex);
      return (await get('/record-changes', `/record-changes?after=${encodeURIComponent(after)}`, 'hbj.handler')).body as { changes: Change[]; next: string; more: boolean };
    };

    it('carry the form that the open data has now; what was taken back is to be deleted', async () => {
      const from = (await follow('latest')).next;
      const body = fresh();
      const id = await stored(body);
      const first = await follow(from);
      expect(first.changes.map(({ record, what }) => [record, what])).to.deep.equal([[id, 'published']]);
      const whole = (await bureau.agent().get('/public/open-data/records.json').expect(200)).body as { records: Record<string, string>[] };
      expect(first.changes[0]!.form).to.deep.equal(whole.records.find(({ address }) => address!.endsWith(id)));

      await store({ ...body, fine: 26000, corrects: id, version: 1, reason: '金额录入有误' });
      await register.change(id, { type: 'record.marked', mark: 'lawsuit', because: '（2026）苏13行初15号' }, '2026-10-15');
      const second = await follow(first.next);
      expect(second.changes.map(({ what }) => what)).to.deep.equal(['corrected', 'marked']);
      expect(second.changes.map(({ form }) => form?.['disputed'])).to.deep.equal(['是', '是']);

      await register.change(id, { type: 'record.withdrawn', because: null, reason: '决定被撤销' }, '2026-10-15');
      const third = await follow(second.next);
      expect(third.changes.map(({ what, form }) => [what, form])).to.deep.equal([['withdrawn', null]]);
      expect(await follow(third.next)).to.deep.equal({ changes: [], next: third.next, more: false });
      // Who begins at the beginning finds it taken back at its first appearance already.
      const again = (await follow(from)).changes.filter(({ record }) => record === id);
      expect(again.map(({ form }) => form)).to.deep.equal([null, null, null, null]);
    });

    it('after its midnight a form is gone, though its end is not written yet', async () => {
      const from = (await follow('latest')).next;
      const id = await stored();
      expect((await follow(from)).changes[0]!.form).to.include({ until: '2027-05-31' });
      const before = now;
      now = new Date('2027-05-31T16:00:00Z');
      const over = (await follow(from)).changes;
      now = before;
      expect(over.map(({ record, what, form }) => [record, what, form])).to.deep.equal([[id, 'published', null]]);
    });

    it('come page by page', async () => {
      const from = (await follow('latest')).next;
      const ids = [await stored(), await stored(), await stored()];
      const seen: string[] = [];
      let page = { next: from, more: true } as { next: string; more: boolean };
      await settled(bureau.knex);
      while (page.more) {
        const answer = await get('/record-changes', `/record-changes?limit=2&after=${encodeURIComponent(page.next)}`, 'hbj.handler');
        seen.push(...(answer.body.changes as Change[]).map(({ record }) => record));
        page = answer.body as typeof page;
      }
      expect(seen).to.deep.equal(ids);
    });

    it('take no cursor that was made up; one of a history that is no more is told so', async () => {
      problem(await get('/record-changes', '/record-changes?after=abc'), 400);
      problem(await get('/record-changes', '/record-changes?limit=5000'), 422);
      problem(await get('/record-changes', '/record-changes', 'sysadmin'), 403);
      const { next } = await follow('latest');
      await asOwner(bureau.knex, (owner) => owner('record_era').update({ cluster: 'another server' }));
      expect(problem(await get('/record-changes', `/record-changes?after=${encodeURIComponent(next)}`), 410).detail).to.include('重新下载全部公开数据');
    });
  });

  it('every file that was written proves itself', async () => {
    const { hash, secrets } = testConfig();
    for await (const { findings } of verifyRecords(bureau.knex, { hash, key: secrets.chain })) expect(findings).to.deep.equal([]);
  });
});
