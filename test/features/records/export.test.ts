import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { asBytes } from '../../support/downloads.ts';
import { seedRecordRules } from '../../support/record-law.ts';
import { goodCode, goodId, openBureau, plain, type Bureau, type Clerk } from '../incidents/bureau.ts';
import { csv, ImportDesk, numbered } from './import-office.ts';

describe('the list of records as a file', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  let handler: Clerk;
  let desk: ImportDesk;
  const now = new Date('2026-06-01T02:00:00Z');
  const person = { CF_XDR_MC: '张三丰', CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_ZJLX: '身份证', CF_XDR_ZJHM: goodId };

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    await seedRecordRules(bureau.knex);
    handler = await bureau.clerk('scjg.handler');
    desk = new ImportDesk(bureau, handler, () => now);
    await desk.imported('五月.csv', csv([
      numbered(1, { CF_NR_FK: '2.345678', CF_NR: '罚款23456.78元，\n"限期"缴纳。', CF_SY: '=HYPERLINK("http://evil.example")，联系人李四，手机13812345678。' }),
      numbered(2, { CF_CFLB: '罚款；没收违法所得、没收非法财物', CF_NR: '没收违法所得。', CF_NR_WFFF: '0.000001', 领域: '药品', 首次公示日期: '2026/05/31', 义务是否履行: '是' }),
      numbered(3, { CF_CFLB: '警告', CF_NR_FK: '', CF_NR: '警告。', 适用简易程序: '是' }),
      numbered(4, { CF_XDR_SHXYM: '91320100134775688Y', CF_XDR_MC: '江苏伟业置业有限公司', 信息类型: '严重失信主体名单', CF_CFLB: '', CF_NR_FK: '', CF_NR: '列入名单。' }),
      numbered(5, person),
    ]));
  });
  after(() => bureau.close());

  const textAt = async (path: string, by = handler): Promise<string> => {
    const { body } = await asBytes(by.get(path)).expect(200).expect('content-disposition', /^attachment; .*\.csv/).expect('cache-control', 'no-store');
    return (body as Buffer).toString('utf8');
  };

  it('in the columns of double publicity and imported again, every record of a firm is the same; persons can not be told by a masked number', async () => {
    const file = await textAt('/records/export/file?columns=standard&format=csv');
    expect(file.startsWith('\uFEFFCF_XDR_MC,')).to.equal(true);
    expect(file).to.include('2.345678').and.not.include(goodId).and.not.include('张三丰');
    const again = await desk.checked('导出.csv', Buffer.from(file), { domain: '' });
    expect(await desk.tiles(again)).to.include({ 已入库: 0, 已更正: 0, 此前已有: 4, 有误: 1 });
    expect(plain(await handler.page(again))).to.include('号码已被遮盖');
    await (await bureau.clerk('scjg.leader')).browser.get('/language?to=en&back=/records');
    const inEnglish = await textAt('/records/export/file?columns=standard&format=csv', await bureau.clerk('scjg.leader'));
    expect(await desk.tiles(await desk.checked('english.csv', Buffer.from(inEnglish), { domain: '' }))).to.include({ 此前已有: 4, 已更正: 0 });
  });

  it('as .xlsx too, and no cell of it runs', async () => {
    const [codes, names, ...rows] = await desk.workbook('/records/export/file?columns=standard&format=xlsx');
    expect([codes![0], names![0]]).to.deep.equal(['CF_XDR_MC', '行政相对人名称']);
    expect(rows.flat().filter((cell) => cell.includes('HYPERLINK'))).to.satisfy((cells: string[]) => cells.length === 1 && cells[0]!.startsWith("'="));
  });

  it('as the list has it: with its filter, in its order, in the words of the page', async () => {
    const rows = parse(await textAt('/records/export/file?format=csv&class=SERIOUS'), { bom: true }) as string[][];
    expect(rows.map((cells) => cells.slice(0, 7))).to.deep.equal([
      ['决定书文号', '类型', '信用主体', '统一社会信用代码', '认定单位', '分类', '状态'],
      ['宿市监处罚〔2026〕4号', '严重失信主体名单', '江苏伟业置业有限公司', '91320100134775688Y', '宿迁市市场监督管理局', '严重', '公示中'],
    ]);
    const page = await handler.page('/records/export?class=SERIOUS');
    expect(plain(page)).to.match(/范围：\s*严重/);
    expect(page).to.include('name="class" value="SERIOUS"');
  });

  it('another unit has what it sees, as the public reads it', async () => {
    const other = await bureau.clerk('hbj.handler');
    const file = await textAt('/records/export/file?format=csv', other);
    expect(file).to.include('138****5678').and.not.include('13812345678').and.not.include('宿市监处罚〔2026〕3号').and.not.include('张三丰');
    expect(file).to.include(goodCode).and.include('张** 1101**********2X');
    for (const name of ['audit']) await (await bureau.clerk(name)).get('/records/export').expect(403);
  });

  it('more than a batch goes out whole, each once', async () => {
    const { knex } = bureau;
    await knex.raw(`insert into record select gen_random_uuid(), subject_id, kind, unit, 'x' || n, date '2020-01-01' + n % 900, class, domain, standing, public, public_until, repairable_from, performed, frozen, version, stored_at,
      published_at, changed_at, head_seq, head_hash, jsonb_set(jsonb_set(state::jsonb, '{facts,documentNo}', to_jsonb('x' || n)), '{facts,decidedOn}', to_jsonb((date '2020-01-01' + n % 900)::text))::json, search
      from (select * from record where document_no like '%1号' limit 1) one, generate_series(1, 1203) n`);
    const rows = parse(await textAt('/records/export/file?format=csv&to=2025-01-01'), { bom: true }) as string[][];
    expect(new Set(rows.slice(1).map(([documentNo]) => documentNo)).size).to.equal(1203);
    expect(rows).to.have.length(1204);
  });
});
