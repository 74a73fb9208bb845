import { expect } from 'chai';
import type { Draft } from '../../../src/rules/casefile/events.ts';
import { errorsIn, goodId, openBureau, plain, type Bureau } from '../incidents/bureau.ts';

const listPath = '/public/opinions';

const published = (n: number, of: Partial<Extract<Draft, { type: 'disclosure.published' }>> = {}): Draft => ({
  type: 'disclosure.published', disclosure: `release#${n}`, unit: 'scjg', title: `关于第${n}起的处理意见`, text: '责令停产整改。', basis: '政府信息公开条例第二十条', channel: 'creditPortal', months: 12, ...of,
});
const withdrawn = (n: number, reason: string): Draft => ({ type: 'disclosure.withdrawn', disclosure: `release#${n}`, reason });

/** The numbers in a list, in its order. */
const numbersIn = (html: string): string[] => [...html.matchAll(/href="\/public\/opinions\/(XZ-\d{4}-\d{6}-P\d+)"/g)].map(([, number]) => number!);
const link = (html: string, rel: string): string | undefined => new RegExp(`rel="${rel}" href="([^"]+)"`).exec(html)?.[1]?.replaceAll('&amp;', '&');

describe('the public pages', () => {
  let bureau: Bureau;
  let now = new Date('2026-03-02T02:00:00Z');
  const numbers: Record<string, string> = {};

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    const file = async (key: string, at: string, ...more: Draft[]): Promise<void> => {
      numbers[key] = `${await bureau.file({ title: `办案时的标题${key}`, at, opening: { what: '举报人赵六称其邻居张三在此工作。' }, more })}-P1`;
    };
    await file('over', '2025-02-03T02:00:00.000Z', published(1, { title: '期满的处理意见', text: '期满的内容' }));
    await file('food', '2026-02-02T02:00:00.000Z', published(1, { title: '关于宿迁恒泽食品有限公司的处理意见', text: '没收过期原料。\n停产整改。' }));
    await file('taken', '2026-02-03T02:00:00.000Z', published(1, { title: '关于某建筑公司的处理意见', text: '列入欠薪名单，承办人另案处理。' }), withdrawn(1, '行政复议撤销了原处罚决定'));
    await file('evil', '2026-02-04T02:00:00.000Z', published(1, { unit: 'hbj', title: '<script>alert(1)</script>"><img src=x onerror=alert(1)>', text: '<b>粗</b>\n{{text}} <%= text %>', basis: '<i>依据</i>' }));
    await file('ended', '2026-02-05T02:00:00.000Z', published(1, { title: '提前结束的处理意见' }), { type: 'disclosure.ended', disclosure: 'release#1' });
  });
  after(() => bureau.close());

  const page = async (path: string, status = 200): Promise<string> => (await bureau.agent().get(path).expect(status)).text;
  const found = async (typed: string): Promise<string[]> => numbersIn(await page(`${listPath}?q=${encodeURIComponent(typed)}`));

  it('are read without signing in, and leave nothing in the browser', async () => {
    await bureau.agent().get('/public').expect(200);
    for (const path of [listPath, `${listPath}/${numbers['food']}`]) {
      const { headers, text } = await bureau.agent().get(path).expect(200);
      expect(headers, path).to.not.have.property('set-cookie');
      expect(text, path).to.not.include('/login').and.not.include('_csrf');
    }
  });

  it('list what is public now, newest first, with who decided and until when', async () => {
    const html = await page(listPath);
    expect(numbersIn(html)).to.deep.equal([numbers['evil'], numbers['taken'], numbers['food']]);
    const [, row] = plain(html).split(numbers['taken']!);
    expect(row).to.include('宿迁市市场监督管理局').and.include('2026-02-02').and.include('2027-02-0').and.include('公开中');
    expect(plain(html)).to.include('共 3 件');
  });

  it('show one as a document, with its basis, its term and how to object', async () => {
    const html = await page(`${listPath}/${numbers['food']}`);
    expect(plain(html)).to.include('关于宿迁恒泽食品有限公司的处理意见').and.include('没收过期原料。').and.include('政府信息公开条例第二十条')
      .and.include('2026年2月2日').and.include('行政复议').and.include('宿迁市市场监督管理局')
      .and.include('宿迁市市场监督管理局（邮箱 scjg@suqian.example）').and.include('（邮箱 xyb@suqian.example）');
    expect(html).to.match(/<p[^>]*>\s*没收过期原料。\s*<\/p>/).and.match(/<p[^>]*>\s*停产整改。\s*<\/p>/);
  });

  it('tell nothing of the case but what was released', async () => {
    for (const path of [listPath, `${listPath}/${numbers['food']}`, `${listPath}/${numbers['taken']}`]) {
      expect(await page(path, path.endsWith(numbers['taken']!) ? 410 : 200)).to.not.match(/赵六|张三|邻居|办案时的标题|江山大道|陈思远|91321300MA1TE8T08T/);
    }
  });

  it('find by the words of title and text, by number, and say what was searched where nothing is', async () => {
    expect(await found('恒泽食品')).to.deep.equal([numbers['food']]);
    expect(await found('过期原料')).to.deep.equal([numbers['food']]);
    expect(await found(numbers['food']!.toLowerCase())).to.deep.equal([numbers['food']]);
    const none = await page(`${listPath}?q=${encodeURIComponent('<b>不存在的公司')}`);
    expect(numbersIn(none)).to.deep.equal([]);
    expect(plain(none)).to.include('没有找到相符的处理意见').and.include('<b>不存在的公司').and.include('查看全部处理意见');
    for (const typed of ["' | '恒", '恒泽:* & !食品', '%', '\\', '！？', 'x'.repeat(3000)]) expect(await found(typed), typed.slice(0, 20)).to.have.length.at.most(1);
    await bureau.agent().get(`${listPath}?q[]=a&q[]=b&from=`).expect(200);
  });

  it('say of a withdrawn one that it is, since when and why, and nothing of what it said', async () => {
    expect(plain(await page(listPath))).to.match(new RegExp(`关于某建筑公司的处理意见 ${numbers['taken']}.*?已撤回`));
    const html = await page(`${listPath}/${numbers['taken']}`, 410);
    expect(plain(html)).to.include('本件已于2026年2月3日（周二）撤回').and.include('撤回原因：行政复议撤销了原处罚决定');
    expect(html).to.not.include('欠薪名单');
    expect(await found('某建筑公司')).to.deep.equal([numbers['taken']]);
    expect(await found('欠薪名单'), 'what it said is no way to it').to.deep.equal([]);
  });

  it('have nothing where the term is over, was ended, or never was; its words find nothing either', async () => {
    for (const number of [numbers['over'], numbers['ended'], 'XZ-2026-999999-P1', 'XZ-2026-000001', 'nothing', "XZ-2026-000001-P1'--"]) {
      const { text } = await bureau.agent().get(`${listPath}/${number}`).expect(404);
      expect(text, number).to.not.include('期满的内容').and.not.include('提前结束');
      expect(plain(text)).to.include('公开期已满');
    }
    expect(await found('期满的处理意见')).to.deep.equal([]);
  });

  it('are gone at the end of the last day, though the clock has not rung yet', async () => {
    const { until }: { until: Date } = await bureau.knex('disclosure').where({ number: numbers['food'] }).first('until');
    const before = now;
    try {
      now = new Date(until.getTime() - 1);
      await page(`${listPath}/${numbers['food']}`);
      expect(numbersIn(await page(listPath))).to.include(numbers['food']);
      now = until;
      await bureau.agent().get(`${listPath}/${numbers['food']}`).expect(404);
      expect(numbersIn(await page(listPath))).to.not.include(numbers['food']);
    } finally {
      now = before;
    }
  });

  it('show HTML and script as they were written', async () => {
    for (const path of [listPath, `${listPath}/${numbers['evil']}`, `${listPath}?q=${encodeURIComponent('<script>alert(1)</script>')}`]) {
      expect(await page(path), path).to.not.include('<script>alert').and.not.include('<img src=x').and.not.include('<i>依据');
    }
    expect(plain(await page(`${listPath}/${numbers['evil']}`))).to.include('<b>粗</b>').and.include('{{text}} <%= text %>');
  });

  it('are kept by no cache that would show them longer than they may be', async () => {
    for (const number of [numbers['food'], numbers['taken']]) await bureau.agent().get(`${listPath}/${number}`).expect('cache-control', 'no-store');
    const { headers } = await bureau.agent().get(listPath);
    expect(headers['cache-control']).to.equal('private, no-cache');
    const gone = await bureau.agent().get(`${listPath}/${numbers['over']}`);
    expect(gone.headers['cache-control']).to.not.match(/public|max-age=[1-9]/);
  });

  it('take an address in small letters, and speak English', async () => {
    await page(`${listPath}/${numbers['food']!.toLowerCase()}`);
    const text = plain(await page(`${listPath}/${numbers['taken']}?lang=en`, 410));
    expect(text).to.include('Market Supervision Bureau').and.include('行政复议撤销了原处罚决定');
    expect(text.replace(/关于某建筑公司的处理意见|行政复议撤销了原处罚决定|政府信息公开条例第二十条|中文|信治/g, '')).to.not.match(/[\u4e00-\u9fff]{6,}/);
  });

  describe('of more than one page', () => {
    before(async () => {
      // All of one instant, so that the second half of the position decides.
      await bureau.file({ at: '2026-01-05T02:00:00.000Z', more: Array.from({ length: 103 }, (_, n) => published(n + 1)) });
    });

    it('are read through by cursor and back, each row once', async () => {
      const pages = [await page(listPath)];
      for (let next = link(pages[0]!, 'next'); next; next = link(pages.at(-1)!, 'next')) pages.push(await page(next));
      expect(pages.map((html) => numbersIn(html).length)).to.deep.equal([50, 50, 6]);
      expect(new Set(pages.flatMap(numbersIn)).size).to.equal(106);
      expect(numbersIn(await page(link(pages[2]!, 'prev')!))).to.deep.equal(numbersIn(pages[1]!));
    });

    it('take no cursor that was made up, cut short, or made for another list', async () => {
      const first = await page(listPath);
      const cursor = new URL(link(first, 'next')!, 'http://x').searchParams.get('from')!;
      const forged = `${Buffer.from(JSON.stringify({ at: '2030-01-01T00:00:00.000Z', number: 'X', before: false })).toString('base64url')}.${cursor.split('.')[1]}`;
      const clerk = await bureau.clerk('xyb.handler');
      for (let n = 0; n < 51; n += 1) await bureau.file({ at: '2026-01-06T02:00:00.000Z' });
      const foreign = new URL(link(await clerk.page('/incidents'), 'next')!, 'http://x').searchParams.get('page')!;
      for (const wrong of ['abc', cursor.slice(0, -2), forged, foreign]) {
        const { text } = await bureau.agent().get(`${listPath}?from=${encodeURIComponent(wrong)}`).expect(400);
        expect(plain(text)).to.include('翻页地址不完整或已被改动');
        expect(text).to.include(`href="${listPath}"`);
      }
    });

    it('asked for too often are put off', async () => {
      await bureau.knex('rate_limit').where('key', 'like', 'public-search:%').update({ hits: 120, reset_at: new Date(Date.now() + 60_000) });
      const { headers, text } = await bureau.agent().get(listPath).expect(429);
      expect(Number(headers['retry-after'])).to.be.within(1, 60);
      expect(plain(text)).to.include('操作过于频繁');
    });
  });
});

describe('an opinion on its way to the public', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  before(async () => {
    bureau = await openBureau({ workers: true });
  });
  after(() => bureau.close());

  it('is masked before it is released, is there at once, and says so when it is withdrawn', async () => {
    const credit = await bureau.clerk('xyb.handler');
    const caseNo = await credit.reportNevertheless({ area: 'other' });
    await bureau.complete('xyb.handler', caseNo, 'verify', { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
    await bureau.complete('xyb.handler', caseNo, 'grade', { base: 'general', reason: '影响小。' });
    await bureau.complete('xyb.handler', caseNo, 'assign', { accountable: 'scjg', instruction: '请办理。', 'parts[0][unit]': 'scjg', 'parts[0][measure]': 'penalise', 'parts[0][text]': '依法处罚' });
    await bureau.complete('scjg.handler', caseNo, 'acknowledge', { outcome: 'acknowledged' });
    await bureau.complete('scjg.handler', caseNo, 'first-report', { report: '已到场。' });
    await bureau.complete('scjg.handler', caseNo, 'handle', { result: '已查明。' });
    await bureau.complete('scjg.handler', caseNo, 'opinion', {
      facts: `联系人张三丰（身份证号${goodId}，手机13812345678，家住宿豫区江山大道12号3幢502室）承认使用过期原料。`, basis: '食品安全法第一百二十四条', decision: '罚款二万元', measures: '停产整改',
    });
    await bureau.complete('fz.reviewer', caseNo, 'legal-review', { outcome: 'agreed', comment: '' });
    await bureau.complete('scjg.leader', caseNo, 'approve', { outcome: 'approved', comment: '' });
    const number = `${caseNo}-P1`;
    await bureau.agent().get(`${listPath}/${number}`).expect(404);

    const task = await credit.page(`/tasks/${await bureau.task(caseNo, 'disclose')}`);
    const text = plain(/<textarea[^>]*name="text"[^>]*>([\s\S]*?)<\/textarea>/.exec(task)![1]!);
    await bureau.complete('xyb.handler', caseNo, 'disclose', { outcome: 'proposed', title: '关于某食品有限公司的处理意见', text, basis: '政府信息公开条例第二十条', channel: 'creditPortal', months: '12' });
    await bureau.agent().get(`${listPath}/${number}`).expect(404);
    await bureau.complete('xyb.leader', caseNo, 'release', { outcome: 'released', comment: '' });

    const shown = (await bureau.agent().get(`${listPath}/${number}`).expect(200)).text;
    expect(plain(shown)).to.include('罚款二万元').and.include('张**').and.include('1101**********2X').and.include('138****5678').and.include('承认使用过期原料');
    expect(shown).to.not.match(/张三丰|11010519491231002X|13812345678|502室/);
    expect(plain(shown)).to.include('以 * 代替的文字');

    const supervisor = await bureau.clerk('xyb.supervisor');
    const action = `/incidents/${caseNo}/withdrawals`;
    const proposed = await supervisor.post(action, { ...(await supervisor.form(`/incidents/${caseNo}`, action)), disclosure: (await bureau.state(caseNo)).disclosures[0]!.id, reason: '处罚决定已被撤销' });
    expect(proposed.status, errorsIn(proposed.text).join()).to.equal(303);
    expect((await bureau.agent().get(`${listPath}/${number}`).expect(200)).text, 'as long as nobody has decided').to.include('罚款二万元');
    await bureau.complete('xyb.leader', caseNo, 'withdrawal', { outcome: 'withdrawn', comment: '' });
    const after = (await bureau.agent().get(`${listPath}/${number}`).expect(410)).text;
    expect(plain(after)).to.include('撤回原因：处罚决定已被撤销');
    expect(after).to.not.include('罚款二万元').and.not.include('以 * 代替的文字');
  });
});
