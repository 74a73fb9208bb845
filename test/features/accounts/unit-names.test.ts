import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { errorsIn, formOf, goodCode, openBureau, plain, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';
import { csv, ImportDesk, numbered } from '../records/import-office.ts';
import { Register } from '../public-records/records.ts';

const old = '宿迁市市场监督管理局';
const renamed = '宿迁市市场监督综合管理局';
const path = '/admin/units/scjg';
const firm = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;

describe('a unit that is renamed', function () {
  this.timeout(120_000);
  let bureau: Bureau;
  let desk: ImportDesk;
  let admin: Clerk;
  let earlier: RecordState;
  let later: RecordState;
  const now = new Date('2026-11-20T02:00:00Z');

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    const register = new Register(bureau.knex, bureau.seal);
    earlier = await register.store(firm, { decidedOn: '2026-06-01' });
    later = await register.store(firm, { decidedOn: '2026-10-08' });
    admin = await bureau.clerk('sysadmin');
    desk = new ImportDesk(bureau, await bureau.clerk('scjg.handler'), () => now);
  });
  after(() => bureau.close());

  const names: Fields = { name: renamed, shortName: '市场监管综合局', nameEn: 'Market Regulation Bureau' };
  const rest: Fields = { kind: 'department', parent: 'suqian', regionCode: '', mailbox: 'scjg@suqian.example', position: '30', active: 'on' };
  const send = async (fields: Fields) => admin.post(path, { ...formOf(await admin.page(path), path), ...rest, ...fields });

  it('asks since when, beside the field, and keeps what was typed', async () => {
    const answer = await send(names);
    expect(answer.status).to.equal(422);
    expect(errorsIn(answer.text).join()).to.contain(`名称与原来的“${old}”不同。请填写改名之日`);
    expect(answer.text).to.contain(`value="${renamed}"`).and.to.contain('id="renamedOn-error"');
    expect(errorsIn((await send({ ...names, renamedOn: '2026-11-21' })).text)).to.have.length(1);
    expect(errorsIn((await send({ ...names, renamedOn: '2026-10-01', misspelt: 'on' })).text).join()).to.contain('只能选一项');
    const same = { name: old, shortName: '市市场监管局', nameEn: 'Market Supervision Bureau' };
    expect(errorsIn((await send({ ...same, renamedOn: '2026-10-01' })).text).join()).to.contain('都没有变动');
  });

  it('shows its former name with its days, and what was decided before keeps it, on every public surface', async () => {
    expect((await send({ ...names, renamedOn: '2026-10-01' })).status).to.equal(303);
    const page = plain(await admin.page(path));
    expect(page).to.contain('曾用名').and.to.contain(old).and.to.contain('2026-10-01');
    const log = await bureau.knex('access_log').where({ kind: 'unitChanged' }).orderBy('id', 'desc').first<{ detail: { before: Fields; renamedOn: string } }>('detail');
    expect(log.detail).to.deep.include({ renamedOn: '2026-10-01' });
    expect(log.detail.before['name']).to.equal(old);

    const read = async (address: string): Promise<string> => plain((await bureau.agent().get(address).expect(200)).text);
    expect(await read(`/public/records/${earlier.id}`)).to.contain(old).and.not.to.contain(renamed);
    expect(await read(`/public/records/${later.id}`)).to.contain(renamed).and.not.to.contain(old);
    const { records } = (await bureau.agent().get('/public/open-data/records.json').expect(200)).body as { records: Record<string, string>[] };
    const unitsIn = Object.fromEntries(records.map((record) => [record['decidedOn'], record['unit']]));
    expect(unitsIn).to.deep.equal({ '2026-06-01': old, '2026-10-08': renamed });
    const staff = plain(await desk.clerk.page(`/records/${earlier.id}`));
    expect(staff).to.contain(old);
    expect(plain(await desk.clerk.page(`/records/${later.id}`))).to.contain(renamed);
  });

  it('a sheet that bears the old name is taken for it, and one of another unit is not (case 15)', async () => {
    const sheet = readFileSync(new URL('../../fixtures/sheets/15-unit-renamed-old-name.xlsx', import.meta.url));
    expect(await desk.tiles(await desk.checked('旧名.xlsx', sheet))).to.include({ 可以入库: 1, 有误: 0 });
    const rows = [renamed, `${old}洋河新区分局`, '宿迁市生态环境局'].map((authority, n) => numbered(810 + n, { CF_XDR_MC: firm.name, CF_CFJG: authority }));
    expect(await desk.tiles(await desk.checked('三行.csv', csv(rows)))).to.include({ 可以入库: 2, 有误: 1 });
  });

  it('a program that calls it by the old name, the new one or its id means the same unit', async () => {
    const token = await bureau.token('scjg.handler');
    for (const [n, unit] of [old, renamed, 'scjg', '宿迁市某某局'].entries()) {
      const answer = await bureau.agent().post('/api/v1/records').set('Authorization', `Bearer ${token}`).set('Idempotency-Key', `unit-${n}`).send({
        unit, subjectKind: 'organisation', subjectName: firm.name, subjectCode: firm.uscc, kind: 'penalty', documentNo: `宿市监处罚〔2026〕${900 + n}号`, decidedOn: '2026-06-01', domain: 'food',
        penaltyKinds: ['fine'], fine: '2000', legalBasis: '《中华人民共和国食品安全法》第一百二十四条', act: '经营过期食品。', decision: '罚款2000元。',
      });
      expect(answer.status, unit).to.equal(n === 3 ? 422 : 201);
    }
    expect(await bureau.knex('record').where('document_no', 'like', '宿市监处罚〔2026〕90_号').distinct().pluck('unit')).to.deep.equal(['scjg']);
  });

  it('renamed again, it must be later; each day has the name of that day', async () => {
    const third = { name: '宿迁市市场局', shortName: '市场局', nameEn: 'Market Bureau' };
    expect(errorsIn((await send({ ...third, renamedOn: '2026-10-01' })).text).join()).to.contain('上一次改名在 2026-10-01');
    expect((await send({ ...third, renamedOn: '2026-11-01' })).status).to.equal(303);
    const { rows } = await bureau.knex.raw<{ rows: { day: string; name: string }[] }>(`
      select d.day::text, u.name from (values ('2026-09-30'::date), ('2026-10-01'), ('2026-10-31'), ('2026-11-01')) d (day)
      join unit_named u on u.unit_id = 'scjg' and d.day >= u.since and d.day < u.until order by d.day`);
    expect(rows.map(({ name }) => name)).to.deep.equal([old, renamed, renamed, third.name]);
  });
});
