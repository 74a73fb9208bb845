import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { calendarFeature, seedCalendar, type ActivatedCalendar, type OpenDeadline } from '../../../src/features/calendar/index.ts';
import { readNotice, decodeNotice } from '../../../src/features/calendar/notice-file.ts';
import { seedRules } from '../../../src/features/rules/index.ts';
import { createCalendars, type Calendars } from '../../../src/platform/calendar.ts';
import type { FeatureFactory } from '../../../src/platform/http/feature.ts';
import { createRules } from '../../../src/platform/rules.ts';
import { deadlineFor } from '../../../src/rules/casefile/deadline.ts';
import { createTestWeb, hidden, type TestBrowser, type TestWeb } from '../../support/web.ts';

const NOW = new Date('2026-11-23T02:00:00Z');
const NOTICE = '国务院办公厅关于2027年部分节假日安排的通知（试验）';
const HEADER = 'date,isOffDay,name';

/** A notice for 2027 as it might come: invented, for the test alone. */
const days2027 = [
  '2027-01-01,true,元旦', '2027-01-02,true,元旦', '2027-01-03,true,元旦', '2026-12-31,true,元旦', '2027-01-09,false,元旦',
  ...[5, 6, 7, 8, 9, 10, 11, 12].map((day) => `2027-02-${String(day).padStart(2, '0')},true,春节`), '2027-02-20,false,春节',
  '2027-04-03,true,清明节', '2027-04-04,true,清明节', '2027-04-05,true,清明节',
  '2027-05-01,true,劳动节', '2027-05-02,true,劳动节', '2027-05-03,true,劳动节', '2027-06-09,true,端午节', '2027-09-15,true,中秋节',
  ...[1, 2, 3, 4, 5, 6, 7].map((day) => `2027-10-0${day},true,国庆节`), '2027-10-09,false,国庆节',
];
const csv = [HEADER, ...days2027].join('\n');

describe('the administration of the calendar', () => {
  let web: TestWeb;
  let calendars: Calendars;
  let open: OpenDeadline[] = [];
  const activated: ActivatedCalendar[] = [];

  const feature: FeatureFactory = (ground) => {
    calendars = createCalendars(ground.knex);
    return calendarFeature({
      calendars,
      rules: createRules(ground.knex),
      openDeadlines: () => Promise.resolve(open),
      onCalendarActivated: (calendar) => { activated.push(calendar); return Promise.resolve(); },
    })(ground);
  };
  const as = async (username: string): Promise<TestBrowser> => {
    const browser = web.browser();
    await browser.signIn(username);
    return browser;
  };
  const load = async (browser: TestBrowser, fields: Record<string, string>) => browser.submit('/admin/calendar/import', fields);
  const valid = { year: '2027', notice: NOTICE, days: csv, note: '' };

  before(async () => {
    web = await createTestWeb({ features: [createAccounts, feature], clock: () => NOW });
    await seedRules(web.knex);
    await seedCalendar(web.knex);
    const rules = await createRules(web.knex).current();
    const deadline = deadlineFor({ rule: 'incident.total' }, '2026-11-30T02:00:00.000Z', rules, await calendars.current());
    if (!deadline) throw new Error('the rule has a term');
    open = [{ caseNo: 'SX-2026-000123', title: '某食品厂使用过期原料', deadline }];
  });
  after(() => web.close());

  it('shows the calendar in force and warns that 2027 is not loaded, with the deadlines it leaves open', async () => {
    const page = await (await as('xyb.leader')).get('/admin/calendar').expect(200);
    expect(page.text).to.include('2007—2026 年').and.include('2027 年放假安排尚未导入').and.include('目前有 1 项');
    expect(page.text).to.include('10月1日（周四）至10月7日（周三）').and.include('9月20日（周日）、10月10日（周六）').and.include('全年 248 个工作日');
    const next = await (await as('xyb.leader')).get('/admin/calendar?year=2027').expect(200);
    expect(next.text).to.include('按法定节日推算').and.include('2月5日（周五）至2月8日（周一）');
  });

  it('a deadline can be tried out, with the reason', async () => {
    const browser = await as('scjg.handler');
    const page = await browser.get('/admin/calendar?from=2026-09-24&n=7&unit=workday').expect(200);
    expect(page.text).to.include('到期：2026年10月12日（周一）17:30').and.include('调休上班日计入：10月10日（周六）');
    const wrong = await browser.get('/admin/calendar?from=2026-02-30&n=7&unit=workday').expect(200);
    expect(wrong.text).to.include('没有“2026-02-30”这一天');
  });

  it('a notice is loaded by the system administrator, previewed, and activated by the credit office', async () => {
    const administrator = await as('sysadmin');
    const loaded = await load(administrator, valid);
    expect(loaded.status).to.equal(303);
    expect(loaded.headers['location']).to.equal('/admin/calendar/versions/2');
    expect((await load(administrator, valid)).headers['location'], 'the same sent twice is one version').to.equal('/admin/calendar/versions/2');
    expect((await calendars.current(0)).version, 'nothing is in force yet').to.equal(1);

    const preview = await administrator.get('/admin/calendar/versions/2').expect(200);
    expect(preview.text).to.include('日历由信用办负责人或督查启用');
    const leader = await as('xyb.leader');
    const { text } = await leader.get('/admin/calendar/versions/2').expect(200);
    expect(text).to.include('2026年12月31日（周四）').and.include('2027年1月9日（周六）');
    expect(text).to.include('SX-2026-000123').and.include('（暂定）').and.include('1 项在办期限重新计算');

    const refused = await leader.post('/admin/calendar/versions/2/activate', hidden(text, '_csrf'), { reason: '' });
    expect(refused.status).to.equal(422);
    const done = await leader.post('/admin/calendar/versions/2/activate', hidden(text, '_csrf'), { reason: '已与通知逐日核对。' });
    expect(done.status).to.equal(303);
    const calendar = await calendars.current(0);
    expect(calendar).to.include({ version: 2 });
    expect(calendar.publishedYears.at(-1)).to.equal(2027);
    expect(calendar.isWorkday('2026-12-31')).to.equal(false);
    expect(calendar.isWorkday('2027-01-09')).to.equal(true);
    expect(calendar.isWorkday('2026-10-10'), 'other years stay').to.equal(true);
    expect(activated.map(({ version }) => version)).to.deep.equal([2]);

    const again = await leader.post('/admin/calendar/versions/2/activate', hidden(text, '_csrf'), { reason: '再次启用。' });
    expect(again.status).to.equal(303);
    expect((await leader.get('/admin/calendar')).text).to.include('已经启用了第 2 版');
    expect(activated).to.have.length(1);
  });

  it('a later notice for a year takes the place of the former one; a version made before it is outdated', async () => {
    const administrator = await as('sysadmin');
    await load(administrator, { ...valid, notice: `${NOTICE}的补充` });
    await load(administrator, { ...valid, notice: `${NOTICE}的更正`, days: csv.replace('2027-01-09,false', '2027-01-10,false') });
    const supervisor = await as('xyb.supervisor');
    const { text } = await supervisor.get('/admin/calendar/versions/4').expect(200);
    await supervisor.post('/admin/calendar/versions/4/activate', hidden(text, '_csrf'), { reason: '更正通知已核对。' });
    const calendar = await calendars.current(0);
    expect(calendar.version).to.equal(4);
    expect(calendar.isWorkday('2027-01-09')).to.equal(false);
    expect(calendar.isWorkday('2027-01-10')).to.equal(true);
    const outdated = await supervisor.get('/admin/calendar/versions/3').expect(200);
    expect(outdated.text).to.include('另一版本已经启用');
    const { text: other } = await supervisor.get('/admin/calendar');
    expect(other).to.include('第 4 版');
  });

  it('wrong files are refused with the line that is wrong, and nothing is written', async () => {
    const administrator = await as('sysadmin');
    const count = await web.knex('calendar').count<{ n: string }[]>('* as n').first();
    const wrong = [
      [{ days: '' }, '请选择文件，或在下方粘贴'],
      [{ days: '{"days": 3}' }, '不是有效的 JSON'],
      [{ days: 'a,b\n1,2' }, '第 1 行应为列名'],
      [{ days: `${HEADER}\n2027-01-01,maybe,元旦` }, '第 2 行不完整'],
      [{ days: `${HEADER}\n2027-02-30,true,春节` }, '“2027-02-30”不存在'],
      [{ days: `${csv}\n2027-10-01,true,国庆节` }, '重复'],
      [{ days: `${csv}\n2025-05-01,true,劳动节` }, '不属于 2027 年'],
      [{ year: '1999' }, '应在 2007 至 2099 之间'],
      [{ notice: '' }, '请填写此项'],
    ] as const;
    for (const [change, sentence] of wrong) {
      const answer = await load(administrator, { ...valid, ...change });
      expect(answer.status, sentence).to.equal(422);
      expect(answer.text).to.include(sentence);
    }
    expect((await web.knex('calendar').count<{ n: string }[]>('* as n').first())?.n).to.equal(count?.n);
  });

  it('a file is taken as well as pasted text', async () => {
    const administrator = await as('sysadmin');
    const page = await administrator.get('/admin/calendar/import').expect(200);
    const fixture = readFileSync(new URL('../../fixtures/holiday-cn/2026.json', import.meta.url));
    const answer = await administrator.agent.post('/admin/calendar/import')
      .field('_csrf', hidden(page.text, '_csrf')).field('year', '2026').field('notice', '国务院办公厅关于2026年部分节假日安排的通知')
      .attach('file', fixture, '2026.json');
    expect(answer.status).to.equal(303);
    open = [];
    const shown = await administrator.get(String(answer.headers['location'])).expect(200);
    expect(shown.text).to.include('与现行日历没有不同').and.include('没有期限因此变化');
  });

  it('only the system administrator loads, and only the credit office activates', async () => {
    for (const username of ['xyb.leader', 'secadmin', 'scjg.handler']) await (await as(username)).get('/admin/calendar/import').expect(403);
    const administrator = await as('sysadmin');
    const page = await administrator.get('/admin/calendar/import');
    const refused = await administrator.post('/admin/calendar/versions/5/activate', hidden(page.text, '_csrf'), { reason: '自行启用。' });
    expect(refused.status).to.equal(403);
    await administrator.get('/admin/calendar/versions/99').expect(404);
  });

  it('reads in English as well', async () => {
    const browser = await as('sysadmin');
    await browser.get('/language?to=en&back=/admin/calendar').expect(303);
    for (const path of ['/admin/calendar?year=2027&from=2026-09-24&n=3&unit=month', '/admin/calendar/import', '/admin/calendar/versions/4', '/admin/calendar/versions/5']) {
      const { text } = await browser.get(path).expect(200);
      expect(text, path).to.include('lang="en"').and.not.match(/calendar:[a-z]/);
    }
  });
});

describe('a file of days', () => {
  it('is read from JSON and CSV, with Chinese headers and dates, in UTF-8 and GB 18030', () => {
    const expected = [{ date: '2027-01-01', isOffDay: true, name: '元旦' }, { date: '2027-01-09', isOffDay: false, name: '元旦' }];
    const same = [
      JSON.stringify(expected), JSON.stringify({ year: 2027, days: expected }),
      '\uFEFFdate,isOffDay,name\r\n2027-01-01,true,元旦\r\n2027-01-09,false,元旦\r\n',
      '日期,是否放假,节日\n2027年1月1日,是,元旦\n2027/1/9,否,元旦',
    ];
    for (const text of same) expect(readNotice(text)).to.deep.equal({ ok: true, days: expected });
    // 日期,是否放假,节日 \n 2027-01-01,是,元旦 in GB 18030, as a spreadsheet saves it.
    const bytes = Buffer.from('c8d5c6da2ccac7b7f1b7c5bcd92cbddac8d50a323032372d30312d30312ccac72cd4aab5a9', 'hex');
    expect(readNotice(decodeNotice(bytes))).to.deep.equal({ ok: true, days: expected.slice(0, 1) });
  });
});
