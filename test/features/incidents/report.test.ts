import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { text } from 'node:stream/consumers';
import { createFolderStorage } from '../../../src/platform/storage.ts';
import { openingOf } from '../../../src/rules/incident/facts.ts';
import { hidden } from '../../support/web.ts';
import { errorsIn, formOf, goodCode, goodId, noticesIn, openBureau, plain, report, wrongCode, type Bureau, type Clerk } from './bureau.ts';

const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF');
const exe = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200), Buffer.from('PE\0\0')]);

describe('reporting an incident', function () {
  this.timeout(40_000);
  let bureau: Bureau;
  let clerk: Clerk;
  before(async () => {
    bureau = await openBureau({ workers: true });
    clerk = await bureau.clerk('xyb.handler');
  });
  after(() => bureau.close());

  const cases = async (): Promise<number> => Number((await bureau.knex('case_file').count<{ n: string }[]>('* as n').first())?.n);
  /** A place of its own, so that no report is like another test's. */
  const apart = (n: number) => ({ region: ['suyu', 'shuyang', 'siyang', 'sihong', 'sucheng'][n % 5]!, area: ['foodHygiene', 'ecology', 'wages', 'workSafety'][n % 4]!, 'subjects[0][name]': '', 'subjects[0][code]': '' });

  it('becomes a case that waits to be verified, and the page says by whom and by when', async () => {
    const answer = await clerk.send({ ...apart(1), 'reporter[name]': '赵六', 'reporter[mail]': 'zhao@example.cn', sourceUrl: 'https://news.example.cn/1' });
    expect(answer.status, errorsIn(answer.text).join()).to.equal(303);
    const html = await clerk.page(String(answer.headers['location']));
    expect(noticesIn(html).join()).to.match(/已登记为 XZ-\d{4}-\d{6}。接下来请在\d+月\d+日（周.）17:30前核实。 去核实/);
    expect(html).to.match(/href="\/tasks\/XZ-\d{4}-\d{6}-1"/);
    const state = await bureau.state(String(answer.headers['location']).split('/').at(-1)!);
    expect(openingOf(state)).to.deep.include({
      channel: 'form', region: 'shuyang', sourceUrl: 'https://news.example.cn/1', offices: { creditOffice: 'xyb', legal: 'fz', publicity: 'zx' }, subjects: [],
      reporter: { sealed: state.id, masked: '赵* z***@example.cn' },
    });
    expect(JSON.stringify(state)).to.not.include('zhao@').and.not.include('赵六');
    expect([...(await bureau.seal.unsealReporters(bureau.knex, [state.id]))]).to.deep.equal([[state.id, 'zhao@example.cn']]);
  });

  it('by a department, it goes to the credit office, and the department sees what becomes of it', async () => {
    const department = await bureau.clerk('hbj.handler');
    const caseNo = await department.reportNevertheless(apart(2));
    expect(noticesIn(await department.page(`/incidents/${caseNo}`)).join()).to.match(/接下来由宿迁市社会信用体系建设领导小组办公室在.*前核实/);
    expect((await bureau.state(caseNo)).openedBy?.unit).to.equal('hbj');
  });

  it('left empty says what is missing, each with a link to its field, and keeps the rest', async () => {
    const answer = await clerk.send({ title: '', occurredOn: '', field: '', place: ' ' });
    expect(answer.status).to.equal(422);
    expect(errorsIn(answer.text)).to.have.length(4);
    for (const id of ['title', 'occurredOn', 'field', 'place']) expect(answer.text).to.include(`href="#${id}"`).and.include(`id="${id}"`);
    expect(answer.text).to.include(report['what']!).and.include(`value="${goodCode}"`);
  });

  it('a wrong code says which character, at its row', async () => {
    const answer = await clerk.send({ 'subjects[1][kind]': 'organisation', 'subjects[1][name]': '乙公司', 'subjects[1][code]': wrongCode });
    expect(answer.status).to.equal(422);
    expect(errorsIn(answer.text)).to.deep.equal(['第 2 个主体 统一社会信用代码或公民身份号码：统一社会信用代码第 18 位应为 T，现为 U。请对照营业执照核对。']);
    expect(answer.text).to.include('href="#subjects-1-code"').and.include('id="subjects-1-code"');
  });

  it('another subject is added without script, with everything typed in its place', async () => {
    const answer = await clerk.send({ do: 'addSubject', title: '半张表' });
    expect(answer.status).to.equal(200);
    expect(answer.text).to.include('id="subjects-1-code"').and.include('value="半张表"').and.not.include('error-summary');
    expect(answer.text).to.include('formaction="/incidents#subjects-2-kind"');
  });

  it('a person is sealed: the number stands in no table, event or page, and the same person is known again', async () => {
    const named = { 'subjects[0][kind]': 'person', 'subjects[0][name]': '张三丰', 'subjects[0][code]': goodId.toLowerCase() };
    const first = await clerk.reportNevertheless({ ...apart(3), ...named });
    const second = await clerk.reportNevertheless({ ...apart(4), ...named });
    const [a, b] = [openingOf(await bureau.state(first)).subjects[0], openingOf(await bureau.state(second)).subjects[0]];
    expect(a).to.deep.equal(b);
    expect(a).to.deep.include({ kind: 'person', masked: '张** 1101**********2X' });
    const html = await clerk.page(`/incidents/${first}`);
    expect(plain(html)).to.include('张** 1101**********2X').and.include('自然人的姓名和证件号码依法脱敏');
    for (const table of ['case_event', 'case_file', 'case_subject', 'incident', 'mail']) {
      const { rows }: { rows: { text: string }[] } = await bureau.knex.raw(`select t::text as text from ${table} t`);
      expect(rows.some(({ text: row }) => row.includes('110105194912310') || row.includes('张三丰')), table).to.equal(false);
    }
    expect(html).to.not.include(goodId).and.not.include('张三丰');
  });

  it('HTML and script in every text are shown as they were typed', async () => {
    const evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>';
    const caseNo = await clerk.reportNevertheless({ ...apart(5), title: evil, what: `${evil}\n{{what}} <%= what %>`, place: evil, 'subjects[0][name]': evil, 'subjects[0][code]': '91320100134775688Y' });
    for (const path of [`/incidents/${caseNo}`, '/incidents', `/incidents?q=${encodeURIComponent(evil)}`, `/tasks/${caseNo}-1`]) {
      const html = await clerk.page(path);
      expect(html, path).to.not.include('<script>alert').and.not.include('<img src=x');
    }
    expect(plain(await clerk.page(`/incidents/${caseNo}`))).to.include('{{what}} <%= what %>');
    const refused = await clerk.send({ title: '', what: evil, place: evil, 'subjects[0][name]': evil, 'reporter[name]': evil, sourceUrl: evil });
    expect(refused.text).to.not.include('<script>alert').and.not.include('<img src=x');
  });

  describe('like one that is open already', () => {
    const like = { region: 'yhxq', area: 'financialFraud', 'subjects[0][code]': '91320100134775688Y', 'subjects[0][name]': '某置业' };

    it('is first shown that one; nothing is recorded, and everything typed goes along', async () => {
      const known = await clerk.reportNevertheless({ ...like, title: '先前的一起' });
      const before = await cases();
      const answer = await clerk.send({ ...like, title: '又是这一家', area: 'wages', sourceUrl: 'https://news.example.cn/2' });
      expect(answer.status).to.equal(200);
      expect(plain(answer.text)).to.include('可能已经有人报告过').and.include('先前的一起').and.include('同一主体');
      expect(answer.text).to.include(`href="/incidents/${known}"`);
      expect(await cases()).to.equal(before);

      const fields = formOf(answer.text, '/incidents');
      const back = await clerk.post('/incidents', { ...fields, do: 'edit' });
      expect(back.text).to.include('value="又是这一家"').and.include('value="https://news.example.cn/2"').and.include(`value="${like['subjects[0][code]']}"`);
      expect(hidden(back.text, 'commandId')).to.equal(fields['commandId']);

      const sent = await clerk.post('/incidents', { ...fields, do: 'nevertheless' });
      const state = await bureau.state(String(sent.headers['location']).split('/').at(-1)!);
      expect(openingOf(state).similar.map((one) => one.caseNo)).to.include(known);
      expect(state.id).to.equal(fields['commandId']);
    });

    it('one in the same area and region is shown too, unless its area is "other" or it lies elsewhere', async () => {
      const alone = { 'subjects[0][name]': '', 'subjects[0][code]': '' };
      expect(plain((await clerk.send({ ...like, ...alone })).text)).to.include('12 个月内同一地区、同一类别');
      for (const elsewhere of [{ region: 'hbxq' }, { area: 'other' }]) {
        const answer = await clerk.send({ ...like, ...alone, ...elsewhere });
        expect(answer.status).to.equal(303);
      }
    });

    it('one that came up while the first were looked at is shown before it is sent', async () => {
      const first = await clerk.send({ ...like, title: '看过的' });
      const another = await (await bureau.clerk('xyb.leader')).reportNevertheless({ ...like, title: '其间登记的' });
      const answer = await clerk.post('/incidents', { ...formOf(first.text, '/incidents'), do: 'nevertheless' });
      expect(answer.status).to.equal(200);
      expect(answer.text).to.include(`href="/incidents/${another}"`);
    });

    it('what the reader may not see is not shown to him', async () => {
      const stranger = await bureau.clerk('rsj.handler');
      expect((await stranger.send({ ...like, title: '别的单位' })).status).to.equal(303);
    });
  });

  describe('sent twice', () => {
    it('is one case, and the second says so', async () => {
      const fields = { ...(await clerk.blank()), ...report, ...apart(6), title: '点了两次' };
      const [first, second] = await Promise.all([clerk.post('/incidents', fields), clerk.post('/incidents', fields)]);
      expect(first.status).to.equal(303);
      expect(second.headers['location']).to.equal(first.headers['location']);
      const third = await clerk.post('/incidents', fields);
      expect(third.headers['location']).to.equal(first.headers['location']);
      expect(noticesIn(await clerk.page(String(third.headers['location']))).join()).to.include('没有重复登记');
      expect(await bureau.knex('incident').where({ title: '点了两次' })).to.have.length(1);
    });

    it('with something changed, from the page before, says that the change was not taken', async () => {
      const fields = { ...(await clerk.blank()), ...report, ...apart(7), title: '第一次', region: 'jkq' };
      const first = await clerk.post('/incidents', fields);
      const second = await clerk.post('/incidents', { ...fields, title: '第二次' });
      expect(second.headers['location']).to.equal(first.headers['location']);
      expect(noticesIn(await clerk.page(String(second.headers['location']))).join()).to.include('这次的改动没有保存');
    });
  });

  describe('with files', () => {
    it('keeps them through a mistake in the form, and the case has them for good', async () => {
      const answer = await clerk.send({ ...apart(8), title: '' }, [{ name: '检验报告.pdf', content: pdf }]);
      expect(answer.status).to.equal(422);
      expect(plain(answer.text)).to.include('已收到的材料').and.include('检验报告.pdf');
      const [, ticket = ''] = /name="arrived" value="([^"]+)"/.exec(answer.text) ?? [];
      const sent = await clerk.post('/incidents', { _csrf: hidden(answer.text, '_csrf'), commandId: hidden(answer.text, 'commandId'), ...report, ...apart(8), region: 'ssy', arrived: ticket });
      expect(sent.status, errorsIn(sent.text).join()).to.equal(303);
      const caseNo = String(sent.headers['location']).split('/').at(-1)!;
      const [file] = (await bureau.state(caseNo)).files;
      expect(file).to.include({ name: '检验报告.pdf', mime: 'application/pdf', bytes: pdf.length });
      expect(await text((await createFolderStorage(`${bureau.dataFolder}/files`).open(file!.hash)).content)).to.equal(pdf.toString());
    });

    it('a file that was unticked does not go along', async () => {
      const answer = await clerk.send({ title: '' }, [{ name: 'a.pdf', content: pdf }]);
      const sent = await clerk.post('/incidents', { _csrf: hidden(answer.text, '_csrf'), commandId: hidden(answer.text, 'commandId'), ...report, ...apart(9), region: 'hbxq', area: 'wages' });
      expect((await bureau.state(String(sent.headers['location']).split('/').at(-1)!)).files).to.deep.equal([]);
    });

    it('an exe named .pdf is refused beside the field, and nothing is recorded', async () => {
      const before = await cases();
      const answer = await clerk.send(apart(10), [{ name: '通知.pdf', content: exe }, { name: '检验报告.pdf', content: pdf }]);
      expect(answer.status).to.equal(422);
      expect(errorsIn(answer.text)).to.deep.equal(['材料：“通知.pdf”的内容与扩展名不符，实际为 EXE 文件，没有收下。请用原来的程序打开后另存，再重新选择。']);
      expect(plain(answer.text)).to.include('检验报告.pdf');
      expect(await cases()).to.equal(before);
    });

    it('a file of 30 MB is refused with its size and the limit, and the form is not lost', async () => {
      const answer = await clerk.send({ ...apart(11), title: '大文件' }, [{ name: '录像.mp4', content: Buffer.alloc(30 * 1024 ** 2) }]);
      expect(answer.status).to.equal(422);
      expect(errorsIn(answer.text)).to.deep.equal(['材料：“录像.mp4”约 30 MB，超过单个文件 20 MB 的上限，没有收下。请压缩或拆分后重新选择。']);
      expect(answer.text).to.include('value="大文件"');
    });

    it('a ticket that was made up, or is another\'s, brings no file', async () => {
      const other = await (await bureau.clerk('xyb.leader')).send({ title: '' }, [{ name: 'a.pdf', content: pdf }]);
      const [, ticket = ''] = /name="arrived" value="([^"]+)"/.exec(other.text) ?? [];
      const sent = await clerk.send({ ...apart(12), region: 'jkq', area: 'ecology', arrived: [ticket, 'made-up', `${ticket}x`] });
      expect(sent.status).to.equal(303);
      expect((await bureau.state(String(sent.headers['location']).split('/').at(-1)!)).files).to.deep.equal([]);
    });
  });

  it('with a foreign form token is not taken', async () => {
    const before = await cases();
    const answer = await clerk.post('/incidents', { ...report, ...apart(13), _csrf: 'made-up', commandId: randomUUID() });
    expect(answer.status).to.equal(403);
    expect(await cases()).to.equal(before);
  });

  describe('a code, as soon as its field is left', () => {
    const check = async (query: string) => (await clerk.get(`/api/check/code?${query}`).expect(200)).body as { ok: boolean; verdict: string; message: string };

    it('is checked in the reader\'s language', async () => {
      expect(await check(`kind=uscc&value=${goodCode}`)).to.deep.equal({ ok: true, verdict: 'ok', message: '统一社会信用代码校验相符。' });
      expect(await check(`kind=uscc&value=${wrongCode}`)).to.deep.equal({ ok: false, verdict: 'bad', message: '统一社会信用代码第 18 位应为 T，现为 U。请对照营业执照核对。' });
      const english = await bureau.clerk('scjg.handler');
      expect((await english.get(`/api/check/code?kind=uscc&value=${wrongCode}&lang=en`)).body.message).to.match(/18/).and.not.match(/[\u4e00-\u9fff]/);
    });

    it('is known for what it is where that was not said', async () => {
      expect(await check(`value=${goodId}`)).to.deep.include({ ok: true, message: '公民身份号码校验相符。' });
      expect((await check('kind=any&value=110105194912310021')).message).to.match(/^公民身份号码第 18 位/);
      expect((await check('kind=any&value=abc')).message).to.match(/^统一社会信用代码/);
      expect((await check('')).ok).to.equal(false);
    });

    it('is checked for an applicant too, who has no account here, and stays in no cache', async () => {
      expect((await bureau.agent().get(`/api/check/code?kind=uscc&value=${wrongCode}`).expect(200)).body).to.deep.include({ ok: false });
      await clerk.get(`/api/check/code?value=${goodId}`).expect('cache-control', 'no-store');
    });
  });
});

describe('reporting while nothing can record it', function () {
  this.timeout(40_000);
  let bureau: Bureau;
  before(async () => {
    bureau = await openBureau({ workers: false, timeoutMs: 1500 });
  });
  after(() => bureau.close());

  it('says that it was not recorded, with everything in the form; sent again later it is one case', async () => {
    const clerk = await bureau.clerk('xyb.handler');
    const answer = await clerk.send({ title: '工人歇着', 'reporter[mail]': 'zhao@example.cn' }, [{ name: 'a.pdf', content: pdf }]);
    expect(answer.status).to.equal(503);
    expect(noticesIn(answer.text).join()).to.include('这份报告没有被登记');
    expect(answer.text).to.include('value="工人歇着"').and.include('name="arrived"').and.include('value="zhao@example.cn"');
    expect(await bureau.knex('case_file')).to.have.length(0);
    expect(await bureau.knex('sealed_identity'), 'the informant of a case that never was').to.have.length(0);

    await bureau.startWorkers();
    const [, ticket = ''] = /name="arrived" value="([^"]+)"/.exec(answer.text) ?? [];
    const again = { _csrf: hidden(answer.text, '_csrf'), commandId: hidden(answer.text, 'commandId'), ...report, title: '工人歇着', arrived: ticket };
    const sent = await clerk.post('/incidents', again);
    expect(sent.status, errorsIn(sent.text).join()).to.equal(303);
    expect(await bureau.knex('case_file')).to.have.length(1);
  });
});

describe('reporting in a city that is not set up', () => {
  let bureau: Bureau;
  before(async () => {
    bureau = await openBureau();
    await bureau.knex('unit').where({ kind: 'legal' }).update({ active: false });
  });
  after(() => bureau.close());

  it('says which office is missing, and records nothing', async () => {
    const answer = await (await bureau.clerk('xyb.handler')).send();
    expect(answer.status).to.equal(409);
    expect(plain(answer.text)).to.include('尚未设置法制审核机构');
    expect(await bureau.knex('case_file')).to.have.length(0);
  });
});
