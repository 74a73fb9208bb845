import { expect } from 'chai';
import { toGb18030 } from '../../support/gb18030.ts';
import { seedRecordRules } from '../../support/record-law.ts';
import { behindTheTriggers } from '../../support/stack.ts';
import { errorsIn, goodCode, goodId, noticesIn, openBureau, plain, wrongCode, type Bureau, type Clerk } from '../incidents/bureau.ts';
import { csv, ImportDesk, numbered, penalty, xlsx, type Cells } from './import-office.ts';

describe('records by spreadsheet', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  let handler: Clerk;
  let desk: ImportDesk;
  let now = new Date('2026-06-01T02:00:00Z');

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    await seedRecordRules(bureau.knex);
    handler = await bureau.clerk('scjg.handler');
    desk = new ImportDesk(bureau, handler, () => now);
  });
  after(() => bureau.close());
  beforeEach(async () => {
    now = new Date('2026-06-01T02:00:00Z');
    await behindTheTriggers(bureau.knex, ['record_event'], (owner) => owner.raw('truncate record_import_row, record_import, record_event, record_use, record_proposal, record, subject_relation, subject_change, subject_query, subject_report, subject cascade'));
  });

  const row = async (documentNo: string) => bureau.knex('record').where({ document_no: documentNo }).first();

  describe('is read', () => {
    it('as .xlsx with titles above, days as days, amounts as numbers of 万元', async () => {
      const address = await desk.checked('五月.xlsx', await xlsx([
        numbered(1, { CF_JDRQ: new Date('2026-05-20T00:00:00Z'), CF_NR_FK: 2 }), numbered(2, { CF_JDRQ: '2026年5月21日', CF_NR_FK: 0.35, CF_NR: '罚款人民币叁仟伍佰元整。' }), numbered(3, { CF_JDRQ: '20260522', CF_NR_FK: '0.000001', CF_NR: '罚款 0.01 元。' }),
      ], [['2026 年 5 月行政处罚信息'], []]));
      expect(await desk.tiles(address)).to.include({ 可以入库: 3, 更正: 0, 有误: 0 });
      expect(await desk.records(), 'nothing is stored by the check').to.equal(0);
      expect(await bureau.knex('subject')).to.deep.equal([]);
      await desk.confirmed(address);
      for (const [n, decidedOn, fine] of [[1, '2026-05-20', 20_000], [2, '2026-05-21', 3500], [3, '2026-05-22', 0.01]] as const) {
        const { state } = await row(`宿市监处罚〔2026〕${n}号`);
        expect(state.facts).to.deep.include({ decidedOn, fine, domain: 'food', unit: 'scjg', kind: 'penalty', publishedOn: null, summaryProcedure: false });
        // A fine of a fen is minor, and the rule keeps it back.
        expect(state.status).to.equal(n === 3 ? 'stored' : 'published');
      }
      expect(noticesIn(await handler.page(address)).join()).to.include('已入库 3 行');
      const { rows: [event] } = await bureau.knex.raw(`select actor, what from record_event where type = 'record.stored' limit 1`);
      expect(event.actor).to.include({ name: '王海燕', unit: 'scjg' });
      expect(event.what.source).to.equal('spreadsheet');
    });

    it('as CSV in GB 18030 with the columns of 2015 to 2018, the amount taken from the words', async () => {
      const old = csv([{
        CF_WSH: '宿市监处罚〔2026〕9号', CF_CFMC: '经营过期食品案', CF_CFLB1: '没收违法所得', CF_CFLB2: '罚款', CF_SY: '经营过期食品。', CF_YJ: '《食品安全法》第一百二十四条', CF_XDR_MC: '宿迁某食品有限公司',
        CF_XDR_SHXYM: goodCode, CF_XDR_ZDM: '', CF_JG: '没收违法所得120.5元，罚款人民币贰万元整。', CF_SXQ: '2026/04/09', CF_XZJG: '市市场监管局', DFBM: '321300', SJC: '2026/04/10',
      }], ['CF_WSH', 'CF_CFMC', 'CF_CFLB1', 'CF_CFLB2', 'CF_SY', 'CF_YJ', 'CF_XDR_MC', 'CF_XDR_SHXYM', 'CF_XDR_ZDM', 'CF_JG', 'CF_SXQ', 'CF_XZJG', 'DFBM', 'SJC']);
      await desk.imported('旧表.csv', toGb18030(old.toString('utf8')));
      const { state } = await row('宿市监处罚〔2026〕9号');
      expect(state.facts).to.deep.include({ fine: 20_000, confiscated: 120.5, penaltyKinds: ['fine', 'confiscateIncome'], decidedOn: '2026-04-09', decision: '没收违法所得120.5元，罚款人民币贰万元整。' });
    });

    it('by Chinese names with a second row of names, and by its own template', async () => {
      const [codes, names] = await desk.workbook('/records/import/template.xlsx');
      const body = csv([numbered(4, { 领域: '药品', 适用简易程序: '否', 首次公示日期: '2026-05-31', 义务是否履行: '是' })], codes!);
      const both = Buffer.from(body.toString('utf8').replace('\r\n', `\r\n${names!.join(',')}\r\n`));
      const address = await desk.imported('模板.csv', both, { domain: '' });
      expect(await desk.tiles(address)).to.include({ 已入库: 1, 有误: 0 });
      expect((await row('宿市监处罚〔2026〕4号')).state.facts).to.deep.include({ domain: 'drug', publishedOn: '2026-05-31', performed: true });
      const inWords = csv([numbered(5)], Object.keys(penalty), names!.slice(0, 0).concat(Object.keys(penalty).map((code) => names![codes!.indexOf(code)]!)));
      expect(await desk.tiles(await desk.imported('名称.csv', inWords))).to.include({ 已入库: 1 });
    });

    it('persons too: sealed, and nowhere in a file of events', async () => {
      await desk.imported('个人.csv', csv([numbered(6, { CF_XDR_MC: '张三', CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_ZJLX: '身份证', CF_XDR_ZJHM: goodId })]));
      expect((await row('宿市监处罚〔2026〕6号')).state.facts.subject.masked).to.equal('张* 1101**********2X');
      for (const table of ['record_event', 'record_import', 'record_import_row', 'subject']) {
        const { rows } = await bureau.knex.raw(`select t::text as text from ${table} t`);
        expect(rows.some(({ text }: { text: string }) => text.includes(goodId)), table).to.equal(false);
      }
    });
  });

  describe('is refused as a whole, with the reason beside the field', () => {
    const refused = async (name: string, content: Buffer, message: RegExp, fields?: Record<string, string>): Promise<void> => {
      const answer = await desk.upload(name, content, fields);
      expect(answer.status, name).to.equal(422);
      expect(errorsIn(answer.text).join(), name).to.match(message);
      expect(await bureau.knex('record_import')).to.deep.equal([]);
    };

    it('when a required column is missing: it says which, and which were found', async () => {
      await refused('缺列.csv', csv([penalty], ['CF_XDR_MC', 'CF_XDR_SHXYM', 'CF_WSH', 'CF_SY']), /缺少必填的列：处罚决定日期、处罚依据、处罚类别、处罚内容。已识别的列：行政相对人名称、统一社会信用代码、行政处罚决定书文号、违法事实/);
    });

    it('when it has two encodings, with the line where they meet; when no domain is known; when it is no table', async () => {
      const many = Array.from({ length: 40 }, (_, n) => numbered(n + 1));
      const [first, second] = [csv(many.slice(0, 20)), csv(many.slice(20)).toString('utf8').split('\r\n').slice(1).join('\r\n')];
      await refused('混用.csv', Buffer.concat([first, Buffer.from('\r\n'), toGb18030(second)]), /从第 22 行起换了一种文字编码/);
      await refused('混用.csv', Buffer.concat([toGb18030(`${first.toString('utf8')}\r\n`), Buffer.from(second)]), /从第 22 行起换了一种文字编码/);
      await refused('坏字.csv', Buffer.concat([first, Buffer.from([0x0d, 0x0a, 0xff, 0xff])]), /第 22 行的文字编码无法识别/);
      await refused('领域.csv', csv([penalty]), /请选择各行所属的领域/, { domain: '' });
      await refused('甲.csv', csv([{ a: '一' }], ['a', 'b', 'c', 'd']), /没有找到列名/);
      await refused('表.pdf', Buffer.from('%PDF-1.4\n%%EOF'), /不是表格文件/);
    });

    it('for a person who enters no records; and an import is of its unit alone', async () => {
      for (const name of ['audit', 'fz.reviewer']) await (await bureau.clerk(name)).get('/records/import').expect(403);
      const address = await desk.checked('五月.csv', csv([penalty]));
      await (await bureau.clerk('hbj.handler')).get(address).expect(404);
      await (await bureau.clerk('scjg.leader')).get(address).expect(200);
      for (const path of ['/records/import/nothing', `${address.slice(0, -1)}0x`]) await handler.get(path).expect(404);
    });
  });

  describe('with amounts in yuan where 万元 is meant', () => {
    const inYuan = csv([numbered(1, { CF_NR_FK: '20000' }), numbered(2, { CF_NR_FK: '3000', CF_NR: '罚款3000元' }), numbered(3, { CF_NR_FK: '0.5', CF_NR: '罚款5000元' })]);

    it('asks before anything is stored, with the amounts side by side; the answer is kept, and the row that speaks against it is faulty', async () => {
      const address = await desk.checked('元.csv', inYuan);
      const html = await handler.page(address);
      expect(noticesIn(html).join()).to.include('看上去以元为单位');
      expect(plain(html)).to.include('200,000,000 元').and.include('20,000 元').and.include('罚款3000元');
      expect(html).to.not.include(`${address}/confirm`);
      expect((await desk.send(address, 'answer', {})).status).to.equal(422);
      await desk.send(address, 'answer', { amountUnit: 'yuan' });
      await desk.work();
      expect(await desk.tiles(address)).to.include({ 可以入库: 2, 有误: 1 });
      expect(plain(await handler.page(address))).to.include('金额按元读取').and.include('罚款金额：按所选单位为 0.5 元，而处罚内容写的是 5000 元');
      await desk.confirmed(address);
      expect((await row('宿市监处罚〔2026〕2号')).state.facts.fine).to.equal(3000);
      expect((await bureau.knex('record_import').first('answers')).answers).to.include({ amountUnit: 'yuan', domain: 'food' });
    });

    it('answered with 万元, the rows of yuan are the faulty ones', async () => {
      const address = await desk.checked('元.csv', inYuan);
      await desk.send(address, 'answer', { amountUnit: 'tenThousand' });
      await desk.work();
      expect(await desk.tiles(address)).to.include({ 可以入库: 1, 有误: 2 });
    });

    it('asks for an amount beyond the rule\'s threshold that no words explain, and not for one that they do', async () => {
      expect(plain(await handler.page(await desk.checked('巨额.csv', csv([numbered(1, { CF_NR_FK: '30000', CF_NR: '罚款。' })]))))).to.include('待回答');
      expect(plain(await handler.page(await desk.checked('巨额.csv', csv([numbered(1, { CF_NR_FK: '30000', CF_NR: '罚款3亿元。' })]))))).to.include('待确认');
    });
  });

  describe('with wrong rows', () => {
    const wrong: [Cells, RegExp][] = [
      [{ CF_XDR_MC: '' }, /行政相对人名称：请填写此项/],
      [{ CF_XDR_LB: '外星人' }, /行政相对人类别：不认识“外星人”/],
      [{ CF_XDR_SHXYM: wrongCode }, /统一社会信用代码：统一社会信用代码第 18 位应为 T/],
      [{ CF_XDR_SHXYM: '00000000000000000X' }, /占位代码/],
      [{ CF_XDR_SHXYM: '' }, /统一社会信用代码：请填写此项/],
      [{ CF_XDR_SHXYM: '', CF_XDR_ZZJG: 'MA1TE8T08' }, /只有组织机构代码/],
      [{ CF_XDR_SHXYM: '9.13213E+17' }, /末几位已丢失/],
      [{ CF_XDR_SHXYM: goodId }, /类别为单位，却填写了公民身份号码/],
      [{ CF_XDR_ZJHM: goodId }, /证件号码：类别为单位，却填写了公民身份号码/],
      [{ CF_XDR_LB: '自然人', CF_XDR_MC: '张三' }, /类别为自然人，却填写了统一社会信用代码/],
      [{ CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_ZJHM: goodCode }, /类别为自然人，却填写了统一社会信用代码/],
      [{ CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_ZJHM: goodId, CF_XDR_GSZC: '320000000000001' }, /工商注册号：类别为自然人，此列应为空/],
      [{ CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_ZJHM: '110105194912310021' }, /公民身份号码第 18 位应为 X/],
      [{ CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_ZJHM: '1101**********2X' }, /号码已被遮盖/],
      [{ CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_ZJLX: '护照', CF_XDR_ZJHM: goodId }, /证件类型为“护照”/],
      [{ CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_MC: '李四', CF_XDR_ZJHM: '110105201212310021' }, /未满 18 周岁|第 18 位/],
      [{ CF_XDR_LB: '', CF_XDR_ZJHM: goodId }, /同时填写了统一社会信用代码和证件号码/],
      [{ CF_WSH: '' }, /行政处罚决定书文号：请填写此项/],
      [{ CF_JDRQ: '2026/02/30' }, /没有“2026-02-30”这一天/],
      [{ CF_JDRQ: '2099/12/31' }, /处罚决定日期：不晚于/],
      [{ CF_JDRQ: '去年' }, /没有“去年”这一天/],
      [{ CF_SY: '', CF_WFXW: '/' }, /违法事实：请填写此项/],
      [{ CF_YJ: '无' }, /处罚依据：请填写此项/],
      [{ CF_CFLB: '口头教育' }, /不认识处罚类别“口头教育”/],
      [{ CF_CFLB: '暂扣或者吊销许可证', CF_NR: '罚款20000元' }, /不认识处罚类别/],
      [{ CF_CFLB: '警告' }, /请勾选“罚款”/],
      [{ CF_NR_FK: '' }, /罚款金额：处罚种类含罚款，请填写金额/],
      [{ CF_NR_FK: '2万左右' }, /不是以万元为单位的金额/],
      [{ CF_NR_FK: '0.0000001', CF_NR: '罚款' }, /不是以万元为单位的金额，小数不超过 6 位/],
      [{ CF_CFJG: '宿迁市生态环境局' }, /不是本单位（宿迁市市场监督管理局）/],
      [{ 领域: '月球' }, /领域：“月球”不在可选范围内/],
      [{ 首次公示日期: '2026-05-01' }, /首次公示日期：不早于 2026-05-31/],
    ];
    const table = csv([numbered(1), ...wrong.map(([change], n) => numbered(100 + n, { CF_WSH: `宿市监错〔2026〕${n}号`, ...change })), numbered(2), numbered(2), numbered(2, { CF_SY: '不同的事实。' })]);

    it('says of each what is wrong, without a whole ID number; good ones go in; the bad, mended, go in later', async () => {
      const address = await desk.checked('有误.csv', table);
      expect(await desk.tiles(address)).to.include({ 可以入库: 2, 此前已有: 1, 有误: wrong.length + 1 });
      const page = plain(await handler.page(address));
      for (const reason of [/占位代码/, /未满 18 周岁|第 18 位/, /不是本单位/, /与第 \d+ 行是同一份决定书，而内容不同/]) expect(page).to.match(reason);
      expect(page).to.not.include(goodId);
      await desk.confirmed(address);
      expect(await desk.records()).to.equal(2);

      const [names, ...bad] = await desk.workbook(`${address}/faults.xlsx`);
      expect(bad).to.have.length(wrong.length + 1);
      expect(names!.slice(-2)).to.deep.equal(['行号', '原因']);
      wrong.forEach(([, reason], n) => expect(bad[n]!.at(-1), String(n)).to.match(reason).and.not.include(goodId));
      const mended = bad.map((cells, n) => {
        const fields = Object.fromEntries(names!.map((name, place) => [name, cells[place] ?? '']));
        return numbered(200 + n, { 行号: fields['行号']!, 原因: fields['原因']! });
      });
      const again = await desk.imported('改正.csv', csv(mended, names!));
      expect(await desk.tiles(again)).to.include({ 已入库: wrong.length + 1, 有误: 0 });
    });

    it('downloads are re-uploadable as they are, and no cell of them runs', async () => {
      const evil = ['=HYPERLINK("http://evil.example","点")', '+cmd|calc', '@SUM(A1)', '-2+3|x', '＝1+1'];
      const address = await desk.checked('公式.csv', csv(evil.map((text, n) => numbered(n + 1, { CF_SY: text, CF_JDRQ: '2026-02-30' }))));
      const [names, ...bad] = await desk.workbook(`${address}/faults.xlsx`);
      expect(bad.map((cells) => cells[names!.indexOf('CF_SY')])).to.deep.equal(evil.map((text) => `'${text}`));
      const back = bad.map((cells) => Object.fromEntries(names!.map((name, place) => [name, cells[place] ?? ''])));
      await desk.imported('公式.csv', csv(back.map((fields) => ({ ...fields, CF_JDRQ: '2026-05-30' })), names!));
      for (const [n, text] of evil.entries()) expect((await row(`宿市监处罚〔2026〕${n + 1}号`)).state.facts.act).to.equal(text);
    });

    it('after a day the file is gone: its faults stay listed, the download says why there is none', async () => {
      const address = await desk.checked('五月.csv', csv([numbered(1, { CF_YJ: '' })]));
      await bureau.knex('record_import').update({ file: bureau.knex.raw(`jsonb_set(file, '{hash}', ?::jsonb)`, [JSON.stringify('0'.repeat(64))]) });
      expect(plain((await handler.get(`${address}/faults.xlsx`).expect(404)).text)).to.include('只保留一天');
      expect(plain(await handler.page(address))).to.include('处罚依据：请填写此项');
    });
  });

  it('names of columns without a row are said at once, and nothing waits for a confirmation', async () => {
    const address = await desk.checked('空表.csv', csv([]));
    const page = await handler.page(address);
    expect(noticesIn(page).join()).to.include('只有列名，没有数据行');
    expect(page).to.not.include('/confirm"');
    expect(plain(await handler.page('/records/import'))).to.include('空表.csv').and.not.include('待确认');
  });

  describe('of documents that are known', () => {
    it('twice the same file: the second finds everything there', async () => {
      const file = csv([1, 2, 3].map((n) => numbered(n)));
      await desk.imported('五月.csv', file);
      const again = await desk.checked('五月.csv', file);
      expect(await desk.tiles(again)).to.include({ 已入库: 0, 此前已有: 3, 已更正: 0, 有误: 0 });
      expect(noticesIn(await handler.page(again)).join()).to.include('3 行都已入库');
      expect(await bureau.knex('record_event').where({ type: 'record.stored' })).to.have.length(3);
      const past = plain(await handler.page('/records/import'));
      expect(past).to.include('入库 3，更正 0，已有 0，有误 0').and.include('王海燕').and.include('五月.csv');
    });

    it('with other content they are corrections: shown before, made when ticked, with the version before kept', async () => {
      await desk.imported('五月.csv', csv([1, 2].map((n) => numbered(n))));
      const changed = csv([numbered(1, { CF_NR_FK: '3', CF_NR: '罚款30000元。' }), numbered(2, { CF_SY: '另一事实。' })]);
      const left = await desk.checked('更正.csv', changed);
      expect(plain(await handler.page(left))).to.include('罚款金额：20,000 元 → 30,000 元').and.include('违法事实有改动').and.not.include('另一事实');
      await desk.confirmed(left);
      expect(await desk.tiles(left)).to.include({ 已更正: 0, 未选更正: 2 });
      expect((await row('宿市监处罚〔2026〕1号')).version).to.equal(1);

      const address = await desk.checked('更正.csv', changed);
      await desk.confirmed(address, { corrects: '1' });
      expect(await desk.tiles(address)).to.include({ 已更正: 2, 已入库: 0 });
      const record = await row('宿市监处罚〔2026〕1号');
      expect([record.version, record.state.facts.fine, record.state.status]).to.deep.equal([2, 30_000, 'published']);
      expect(plain(await handler.page(`/records/${record.id}`))).to.include('表格导入：更正.csv').and.include('第 2 版');
    });

    it('what the table has no column for stays as the record has it', async () => {
      await desk.imported('五月.csv', csv([numbered(1, { 首次公示日期: '2026-05-31', 适用简易程序: '是', 领域: '药品' })]));
      const again = await desk.checked('五月.csv', csv([numbered(1)]));
      expect(await desk.tiles(again)).to.include({ 此前已有: 1, 已更正: 0 });
    });

    it('one that changed after the check is not overwritten', async () => {
      const address = await desk.checked('五月.csv', csv([numbered(1), numbered(2)]));
      await desk.imported('别的.csv', csv([numbered(1, { CF_SY: '同事录入的事实。' })]));
      await desk.confirmed(address, { corrects: '1' });
      expect(await desk.tiles(address)).to.include({ 已入库: 1, 有误: 1 });
      expect((await desk.workbook(`${address}/faults.xlsx`))[1]!.at(-1)).to.include('已由他人录入，内容不同');
    });
  });

  describe('of a firm that is known under another name', () => {
    const renamed = numbered(2, { CF_XDR_MC: '宿迁新名食品有限公司' });
    beforeEach(() => desk.imported('五月.csv', csv([numbered(1)])));

    it('reports the row', async () => {
      const address = await desk.checked('更名.csv', csv([renamed]));
      expect(plain(await handler.page(address))).to.include('此统一代码已登记为“宿迁某食品有限公司”');
      expect(await desk.tiles(address)).to.include({ 有误: 1, 可以入库: 0 });
    });

    it('takes it as renamed when a column says so, or the person for the whole file, with the reason', async () => {
      await desk.imported('列.csv', csv([{ ...renamed, 名称差异: '更名', 名称差异的理由: '2026-05-20 变更登记。' }]));
      expect(await bureau.knex('subject_change').pluck('reason')).to.deep.equal(['2026-05-20 变更登记。']);
      const address = await desk.checked('全部.csv', csv([numbered(3, { CF_XDR_MC: '宿迁再更名食品有限公司' })]));
      expect((await desk.send(address, 'rename', { reason: '' })).status).to.equal(422);
      await desk.send(address, 'rename', { reason: '已逐户核对登记信息。' });
      await desk.work();
      expect(await desk.tiles(address)).to.include({ 有误: 0, 可以入库: 1 });
      await desk.confirmed(address);
      expect(await bureau.knex('subject').pluck('name')).to.deep.equal(['宿迁再更名食品有限公司']);
      expect(await bureau.knex('subject_change').orderBy('id').pluck('reason')).to.deep.equal(['2026-05-20 变更登记。', '已逐户核对登记信息。']);
    });
  });

  it('of more than one batch may be left and found again, and says how far it is', async () => {
    const rows = 620;
    const address = await desk.checked('大.csv', csv(Array.from({ length: rows }, (_, n) => numbered(n + 1))));
    expect((await desk.send(address, 'confirm')).status).to.equal(303);
    let looks = 0;
    await desk.work(() => (looks += 1) > 3);
    expect(plain(await handler.page(address))).to.match(/正在入库 (?:已完成 )?500/);
    expect(plain(await handler.page('/records/import'))).to.include('入库中');
    expect(await desk.records()).to.equal(500);
    await desk.work();
    expect(await desk.tiles(address)).to.include({ 已入库: rows });
    const en = await bureau.clerk('scjg.leader');
    await en.browser.get('/language?to=en&back=/records');
    for (const path of ['/records/import', address, '/records/export', '/records']) expect(plain(await en.page(path)), path).to.match(/Record|import/);
  });

  it('that can not be read any more says so; one that fails again and again stops, and is gone on with', async () => {
    const gone = await desk.checked('五月.csv', csv([numbered(1)]));
    await bureau.knex('record_import').update({ file: bureau.knex.raw(`jsonb_set(file, '{hash}', ?::jsonb)`, [JSON.stringify('0'.repeat(64))]) });
    await desk.confirmed(gone);
    expect(noticesIn(await handler.page(gone)).join()).to.include('只保留一天');

    const address = await desk.checked('六月.csv', csv([numbered(2)]));
    await desk.send(address, 'confirm');
    const [, , id] = address.slice(1).split('/');
    // A fault that has nothing to do with the file.
    await bureau.knex('record_import').where({ id }).update({ unit: 'nowhere' });
    await desk.work();
    await bureau.knex('record_import').where({ id }).update({ unit: 'scjg' });
    const html = await handler.page(address);
    expect(noticesIn(html).join()).to.include('已经停下');
    await desk.send(address, 'continue');
    await desk.work();
    expect(await desk.tiles(address)).to.include({ 已入库: 1 });
  });

  it('what another person of the unit confirms is recorded in his name', async () => {
    const address = await desk.checked('五月.csv', csv([numbered(1)]));
    await new ImportDesk(bureau, await bureau.clerk('scjg.leader'), () => now).confirmed(address);
    const { rows: [event] } = await bureau.knex.raw(`select actor from record_event where type = 'record.stored'`);
    expect(event.actor.name).to.equal('刘志强');
  });

  it('two names for one new code in a file: the second is reported', async () => {
    const address = await desk.checked('两名.csv', csv([numbered(1), numbered(2, { CF_XDR_MC: '另一名称' })]));
    expect(await desk.tiles(address)).to.include({ 可以入库: 1, 有误: 1 });
    expect(plain(await handler.page(address))).to.include('第 2 行的同一统一代码名为');
  });
});
