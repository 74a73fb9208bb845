import { expect } from 'chai';
import type { Draft } from '../../../src/rules/casefile/events.ts';
import { searchCondition } from '../../../src/features/cases/search.ts';
import { cellText, plainText } from '../../../src/platform/sheets/cells.ts';
import { asBytes, workbookRows } from '../../support/downloads.ts';
import { goodCode, goodId, openBureau, plain, type Bureau } from './bureau.ts';

/** The case numbers in a list, in its order. */
const numbersIn = (html: string): string[] => [...html.matchAll(/<a href="\/incidents\/(XZ-\d{4}-\d{6})"/g)].map(([, number]) => number!);

const verify = (unit: string): Draft => ({
  type: 'task.opened', task: 'verify#1', stage: 'verify', key: null, round: 1, audience: { unit, role: 'handler' }, assignee: null, excluded: [], brief: {}, limit: { rule: 'incident.verify' },
});

describe('the list of incidents', () => {
  let bureau: Bureau;
  const numbers: Record<string, string> = {};
  const now = new Date('2026-03-02T02:00:00Z');

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    const at = (day: string): string => `2026-02-${day}T02:00:00.000Z`;
    numbers['food'] = await bureau.file({ title: '宿迁恒泽食品有限公司使用过期原料', at: at('02'), more: [verify('xyb')] });
    numbers['name'] = await bureau.file({ title: '张建华与王国强合谋骗取补贴', at: at('03'), opening: { area: 'financialFraud', subjects: [{ kind: 'organisation', uscc: '91320100134775688M', name: '江苏伟业置业有限公司' }] } });
    numbers['trap'] = await bureau.file({ title: '张建材城销售建国牌不合格钢材', at: at('04'), opening: { area: 'workSafety', region: 'shuyang', subjects: [] } });
    numbers['full'] = await bureau.file({ title: '张建国拖欠工资', at: at('05'), opening: { area: 'wages', subjects: [] } });
    numbers['suyu'] = await bureau.file({ title: '=1+1 宿豫区某企业偷排废水', at: at('06'), opening: { area: 'ecology', subjects: [] }, more: [verify('suyu')] });
  });
  after(() => bureau.close());

  const found = async (query: string, username = 'xyb.handler'): Promise<string[]> => numbersIn(await (await bureau.clerk(username)).page(`/incidents?${query}`));

  describe('finds', () => {
    it('a name of three characters where they stand together, and not where their pairs stand apart', async () => {
      expect(await found(`q=${encodeURIComponent('张建国')}`)).to.deep.equal([numbers['full']]);
    });

    it('a name of two characters, and of one', async () => {
      expect(await found(`q=${encodeURIComponent('恒泽')}`)).to.deep.equal([numbers['food']]);
      expect(await found(`q=${encodeURIComponent('伟')}`), 'in the name of a subject').to.deep.equal([numbers['name']]);
      expect(await found(`q=${encodeURIComponent('张')}`)).to.have.members([numbers['name'], numbers['trap'], numbers['full']]);
    });

    it('what has all of several words', async () => {
      expect(await found(`q=${encodeURIComponent('补贴 王国强')}`)).to.deep.equal([numbers['name']]);
      expect(await found(`q=${encodeURIComponent('补贴 恒泽')}`)).to.deep.equal([]);
    });

    it('a code, its beginning, in small letters and full width', async () => {
      for (const typed of [goodCode, goodCode.slice(0, 9), goodCode.toLowerCase(), '９１３２１３００ＭＡ１ＴＥ８Ｔ０８Ｔ']) {
        expect(await found(`q=${encodeURIComponent(typed)}`), typed).to.deep.equal([numbers['food']]);
      }
    });

    it('a number, its beginning, and the number of one of its tasks', async () => {
      for (const typed of [numbers['full']!, numbers['full']!.toLowerCase(), `${numbers['full']}-3`, numbers['full']!.slice(8)]) {
        expect(await found(`q=${encodeURIComponent(typed)}`), typed).to.deep.equal([numbers['full']]);
      }
      expect(await found('q=XZ-2026-00')).to.have.length(5);
    });

    it('nothing for signs alone, for what nobody wrote, and for the language of its index', async () => {
      for (const typed of ['！？', "' | '张", '张建国:* & !王', '%', '_', '\\']) {
        const html = await (await bureau.clerk('xyb.handler')).page(`/incidents?q=${encodeURIComponent(typed)}`);
        expect(numbersIn(html).length, typed).to.be.lessThan(4);
      }
      expect(await found(`q=${encodeURIComponent('不存在的公司')}`)).to.deep.equal([]);
    });

    it('a person by the ID number, which does not stay in the address', async () => {
      const clerk = await bureau.clerk('xyb.handler');
      await clerk.get(`/incidents?q=${goodId}`).expect(200);
      const sealed = await bureau.seal.subject(bureau.knex, { name: '张三', idNumber: goodId });
      await clerk.get(`/incidents?q=${goodId}`).expect(200);
      numbers['person'] = await bureau.file({ title: '某人虚开发票', at: '2026-02-01T02:00:00.000Z', opening: { area: 'other', subjects: [{ kind: 'person', sealed, masked: '张* 1101**********2X' }] } });
      const answer = await clerk.get(`/incidents?q=${goodId}`).expect(303);
      expect(answer.headers['location']).to.equal(`/incidents?person=${sealed}`);
      const html = await clerk.page(answer.headers['location']!);
      expect(numbersIn(html)).to.deep.equal([numbers['person']]);
      expect(plain(html)).to.include('主体：张* 1101**********2X');

      const stranger = await bureau.clerk('scjg.handler');
      await stranger.get(`/incidents?q=${goodId}`).expect(200);
      expect(plain(await stranger.page(`/incidents?person=${sealed}`))).to.not.include('张*');
      await bureau.knex('incident').where({ case_no: numbers['person'] }).delete();
    });
  });

  it('is narrowed by each of its filters, and says so', async () => {
    expect(await found('area=wages')).to.deep.equal([numbers['full']]);
    expect(await found('step=verify')).to.have.length(5);
    expect(await found('step=closed')).to.deep.equal([]);
    expect(await found('level=major')).to.deep.equal([]);
    expect(await found('unit=scjg')).to.deep.equal([]);
    expect(await found('late=1')).to.have.members([numbers['food'], numbers['suyu']]);
    expect(await found('from=2026-02-03&to=2026-02-04')).to.deep.equal([numbers['trap'], numbers['name']]);
    const html = await (await bureau.clerk('xyb.handler')).page('/incidents?area=wages&q=%E5%BC%A0');
    expect(plain(html)).to.include('当前条件').and.include('搜索“张”').and.include('工资社保');
    expect(html).to.include('href="/incidents?q=%E5%BC%A0"');
  });

  it('a filter that makes no sense is no filter, as of an old link', async () => {
    expect(await found('area=weather&step=dancing&from=2026-02-30&late=perhaps&unit=%27%3B--&sort=backwards&person=me')).to.have.length(5);
  });

  it('sorts by registration in both directions, and by deadline, what has none last', async () => {
    const all = ['food', 'name', 'trap', 'full', 'suyu'].map((key) => numbers[key]);
    expect(await found('')).to.deep.equal(all.toReversed());
    expect(await found('sort=oldest')).to.deep.equal(all);
    const due = await found('sort=due');
    expect(due.slice(0, 2)).to.deep.equal([numbers['food'], numbers['suyu']]);
    expect(due).to.have.members(all);
  });

  it('shows each unit the incidents in which it has a part, and says what is searched where nothing is', async () => {
    expect(await found('', 'suyu.handler')).to.deep.equal([numbers['suyu']]);
    expect(await found('', 'scjg.handler')).to.deep.equal([]);
    expect(await found(`q=${encodeURIComponent('张建国')}`, 'scjg.handler')).to.deep.equal([]);
    expect(plain(await (await bureau.clerk('scjg.handler')).page('/incidents'))).to.include('还没有失信事件');
    expect(plain(await (await bureau.clerk('scjg.handler')).page('/incidents?q=%E5%BC%A0'))).to.include('没有符合条件的事件').and.include('搜索“张”');
  });

  it('is none of an administrator\'s business', async () => {
    for (const username of ['audit', 'sysadmin', 'secadmin']) {
      const clerk = await bureau.clerk(username);
      for (const path of ['/incidents', '/incidents/export.xlsx', '/incidents/new', '/incidents/import', `/incidents/${numbers['food']}`]) await clerk.get(path).expect(403);
    }
  });

  it('neither shows nor exports the cases of which the reader is kept out', async () => {
    const { id }: { id: string } = await bureau.knex('person').where({ username: 'xyb.handler' }).first('id');
    const { id: caseId }: { id: string } = await bureau.knex('case_file').where({ case_no: numbers['full']! }).first('id');
    await bureau.knex('case_recusal').insert({ person: id, case_id: caseId });
    try {
      expect(await found('')).to.not.include(numbers['full']);
      expect(await rowsOf('/incidents/export.xlsx')).to.have.length(5);
      await (await bureau.clerk('xyb.handler')).get(`/incidents/${numbers['full']}`).expect(404);
    } finally {
      await bureau.knex('case_recusal').where({ person: id }).delete();
    }
  });

  async function rowsOf(path: string): Promise<string[][]> {
    const clerk = await bureau.clerk('xyb.handler');
    const { body } = await asBytes(clerk.get(path)).expect(200).expect('content-disposition', /^attachment; .*filename\*=UTF-8''/);
    return workbookRows(body);
  }

  it('is exported as it is seen: the same rows, in the same order, with names', async () => {
    const [head, ...rows] = await rowsOf('/incidents/export.xlsx?sort=oldest&from=2026-02-02&to=2026-02-03');
    expect(head).to.include.members(['编号', '标题', '信用主体', '统一社会信用代码', '环节', '时限']);
    expect(rows.map(([number]) => number)).to.deep.equal([numbers['food'], numbers['name']]);
    expect(rows[0]).to.include.members(['宿迁恒泽食品有限公司使用过期原料', goodCode, '食品卫生', '已逾期', '宿豫区', '2026-02-02 10:00']);
  });

  it('an exported cell that looks like a formula is plain text', async () => {
    const [, row] = await rowsOf('/incidents/export.xlsx?area=ecology');
    expect(row?.[1]).to.equal("'=1+1 宿豫区某企业偷排废水");
  });

  it('every sign that a spreadsheet would run is taken its force, and comes back as it was', () => {
    for (const text of ['=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '＝1+1', ' =HYPERLINK("x")', '－1＋1']) {
      expect(cellText(text), text).to.equal(`'${text}`);
      expect(plainText(cellText(text)), text).to.equal(text);
    }
    for (const text of ['-12.5', '+3', '食品', '2026-01-01', "'quoted", '']) expect(cellText(text), text).to.equal(text);
  });

  describe('of more than one page', () => {
    let many: Bureau;
    before(async function () {
      this.timeout(60_000);
      many = await openBureau({ clock: () => now });
      // Several of one instant, so that the second half of the position decides.
      for (let n = 0; n < 104; n += 1) await many.file({ title: `第${n}起`, at: `2026-01-0${1 + (n % 3)}T02:00:00.000Z`, opening: { subjects: [] } });
    });
    after(() => many.close());

    const link = (html: string, rel: string): string | undefined => new RegExp(`rel="${rel}" href="([^"]+)"`).exec(html)?.[1]?.replaceAll('&amp;', '&');

    it('is read through by cursor and back, each row once', async () => {
      const clerk = await many.clerk('xyb.handler');
      const pages: string[] = [await clerk.page('/incidents')];
      for (let next = link(pages.at(-1)!, 'next'); next; next = link(pages.at(-1)!, 'next')) pages.push(await clerk.page(next));
      const all = pages.flatMap(numbersIn);
      expect(pages.map((page) => numbersIn(page).length)).to.deep.equal([50, 50, 4]);
      expect(new Set(all).size).to.equal(104);
      expect(pages.map((page) => /第 [\d,–]+ 条，共 [\d,]+ 条/.exec(plain(page))?.[0])).to.deep.equal(['第 1–50 条，共 104 条', '第 51–100 条，共 104 条', '第 101–104 条，共 104 条']);

      const back: string[] = [];
      for (let previous = link(pages[2]!, 'prev'); previous; previous = link(back.at(-1)!, 'prev')) back.push(await clerk.page(previous));
      expect(back.map(numbersIn)).to.deep.equal([numbersIn(pages[1]!), numbersIn(pages[0]!)]);
      expect(back.map((page) => /第 [\d,–]+ 条/.exec(plain(page))?.[0])).to.deep.equal(['第 51–100 条', '第 1–50 条']);
    });

    it('keeps its filter and sort from page to page', async () => {
      const clerk = await many.clerk('xyb.handler');
      const next = link(await clerk.page('/incidents?sort=oldest&area=foodHygiene'), 'next');
      expect(next).to.include('sort=oldest').and.include('area=foodHygiene');
    });

    it('a cursor that was made up, cut short, or made for another sort is refused', async () => {
      const clerk = await many.clerk('xyb.handler');
      const cursor = new URL(link(await clerk.page('/incidents'), 'next')!, 'http://x').searchParams.get('page')!;
      const forged = `${Buffer.from(JSON.stringify({ at: '2026-01-01T00:00:00.000Z', id: '00000000-0000-4000-8000-000000000000', before: false, n: 0 })).toString('base64url')}.${cursor.split('.')[1]}`;
      for (const wrong of ['abc', cursor.slice(0, -2), forged]) await clerk.get(`/incidents?page=${encodeURIComponent(wrong)}`).expect(400);
      await clerk.get(`/incidents?sort=oldest&page=${encodeURIComponent(cursor)}`).expect(400);
      await clerk.get(`/incidents?page=${encodeURIComponent(cursor)}`).expect(200);
    });

    it('is exported whole', async () => {
      const clerk = await many.clerk('xyb.handler');
      const { body } = await asBytes(clerk.get('/incidents/export.xlsx'));
      expect(await workbookRows(body)).to.have.length(105);
    });
  });
});

describe('the condition of a search', () => {
  it('is a number, or its beginning', () => {
    expect(searchCondition(' xz-2026-0001 ')).to.deep.equal({ sql: 'i.case_no like ?', bindings: ['XZ-2026-0001%'] });
    expect(searchCondition('XZ-2026-000123-4')?.bindings).to.deep.equal(['XZ-2026-000123%']);
    expect(searchCondition('XZ-2026-000123-P1')?.bindings).to.deep.equal(['XZ-2026-000123%']);
  });

  it('looks again only where pairs can stand apart', () => {
    expect(searchCondition('张三')?.bindings).to.deep.equal(["'张三'"]);
    expect(searchCondition('张三丰')?.bindings).to.deep.equal(["'张三' & '三丰'", '%张三丰%', '%张三丰%']);
  });

  it('lets the last word be a beginning, if it is long enough to mean something', () => {
    expect(searchCondition('91321300MA')?.bindings).to.deep.equal(["'91321300ma':*"]);
    expect(searchCondition('公司 9')?.bindings).to.deep.equal(["'公司' & '9'"]);
  });

  it('is none where only signs were typed', () => {
    for (const typed of ['', '  ', '！？', "'&|!()", '%_\\']) expect(searchCondition(typed), typed).to.equal(null);
  });
});
