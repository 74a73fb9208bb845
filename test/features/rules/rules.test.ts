import { expect } from 'chai';
import type { Express } from 'express';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { seedCalendar } from '../../../src/features/calendar/index.ts';
import { rulesFeature, seedRules, type ConfirmedRule } from '../../../src/features/rules/index.ts';
import { createCalendars } from '../../../src/platform/calendar.ts';
import type { FeatureFactory } from '../../../src/platform/http/feature.ts';
import { createRules, type Rules } from '../../../src/platform/rules.ts';
import { createTestWeb, hidden, TestBrowser, type TestWeb } from '../../support/web.ts';

const NOW = new Date('2026-11-23T02:00:00Z');
const proposal = { value: '2', unit: 'workday', legalBasis: '市信用办会议纪要〔2026〕3号', effectiveFrom: '2027-03-01', reason: '核实需要跨部门调取资料。' };

describe('the administration of rules', () => {
  let web: TestWeb;
  let rules: Rules;
  const confirmed: ConfirmedRule[] = [];
  let recomputing: () => Promise<void> = () => Promise.resolve();

  const feature: FeatureFactory = (ground) => {
    rules = createRules(ground.knex);
    return rulesFeature({
      rules,
      calendars: createCalendars(ground.knex),
      onRuleConfirmed: (rule) => { confirmed.push(rule); return recomputing(); },
    })(ground);
  };
  const as = async (username: string, app: Express = web.app): Promise<TestBrowser> => {
    const browser = new TestBrowser(app);
    await browser.signIn(username);
    return browser;
  };

  before(async () => {
    web = await createTestWeb({ features: [createAccounts, feature], clock: () => NOW });
    await seedRules(web.knex);
    await seedCalendar(web.knex);
  });
  after(() => web.close());
  beforeEach(() => { confirmed.length = 0; recomputing = () => Promise.resolve(); });

  const propose = async (browser: TestBrowser, code: string, fields: Record<string, string>) =>
    browser.submit(`/admin/rules/${code}/propose`, fields);
  const decide = async (browser: TestBrowser, code: string, fields: Record<string, string>) => {
    const { text } = await browser.get(`/admin/rules/${code}`).expect(200);
    return browser.post(`/admin/rules/${code}/decide`, hidden(text, '_csrf'), { id: hidden(text, 'id'), ...fields });
  };

  it('all staff read the limits of the business, administrators those of sign-in as well', async () => {
    const handler = await as('scjg.handler');
    const page = await handler.get('/admin/rules').expect(200);
    expect(page.text).to.include('首次报告').and.include('3 个工作日').and.not.include('登录失败次数');
    await handler.get('/admin/rules/sign-in.attempts').expect(404);
    const security = await as('secadmin');
    expect((await security.get('/admin/rules').expect(200)).text).to.include('登录失败次数').and.include('5 次');
  });

  it('a version proposed by one is confirmed by another and takes the place of the former from its date', async () => {
    const supervisor = await as('xyb.supervisor');
    const answer = await propose(supervisor, 'incident.verify', proposal);
    expect(answer.status).to.equal(303);
    const before = await rules.current(0);
    expect(before.on('incident.verify', '2027-03-01').value, 'not in force before it is confirmed').to.equal(1);

    const leader = await as('xyb.leader');
    const shown = await leader.get('/admin/rules/incident.verify').expect(200);
    expect(shown.text).to.include('2 个工作日').and.include(proposal.reason).and.include('现行版本的有效期至 2027-02-28 止');
    expect((await decide(leader, 'incident.verify', { decision: 'confirm' })).status).to.equal(303);

    const after = await rules.current(0);
    expect(after.on('incident.verify', '2027-02-28')).to.include({ value: 1, effectiveTo: '2027-02-28' });
    expect(after.on('incident.verify', '2027-03-01')).to.include({ value: 2, effectiveTo: null });
    expect(confirmed.map(({ code, effectiveFrom }) => ({ code, effectiveFrom }))).to.deep.equal([{ code: 'incident.verify', effectiveFrom: '2027-03-01' }]);
    expect((await leader.get('/admin/rules/incident.verify')).text).to.include('已确认').and.include('尚未生效');
  });

  it('nobody confirms his own proposal, not by a forged form either', async () => {
    const leader = await as('xyb.leader');
    await propose(leader, 'incident.grade', proposal);
    const page = await leader.get('/admin/rules/incident.grade').expect(200);
    expect(page.text).to.include('您提出了这一版本，不能再由您确认');
    const row = await web.knex('rule_version').where({ code: 'incident.grade', status: 'proposed' }).first<{ id: number }>('id');
    const { text } = await leader.get('/admin/rules/incident.assign/propose');
    const forged = await leader.post('/admin/rules/incident.grade/decide', hidden(text, '_csrf'), { id: String(row.id), decision: 'confirm' });
    expect(forged.status).to.equal(403);
    expect((await rules.current(0)).on('incident.grade', '2027-03-02').value).to.equal(1);
  });

  it('a rejection needs its reason and leaves everything as it was', async () => {
    const supervisor = await as('xyb.supervisor');
    const without = await decide(supervisor, 'incident.grade', { decision: 'reject' });
    expect(without.status).to.equal(422);
    expect(without.text).to.include('请写明不采纳的原因');
    expect((await decide(supervisor, 'incident.grade', { decision: 'reject', note: '依据不足。' })).status).to.equal(303);
    expect((await supervisor.get('/admin/rules/incident.grade')).text).to.include('依据不足。').and.include('未采纳');
    expect(confirmed).to.deep.equal([]);
  });

  it('a second proposal has to wait for the first, and the later of two decisions reads who was first', async () => {
    const supervisor = await as('xyb.supervisor');
    const leader = await as('xyb.leader');
    await propose(supervisor, 'incident.close', proposal);
    const second = await propose(leader, 'incident.close', { ...proposal, value: '4' });
    expect(second.status).to.equal(422);
    expect(second.text).to.include('已有一个版本待确认').and.include('value="4"');

    const { text } = await leader.get('/admin/rules/incident.close').expect(200);
    const form = { id: hidden(text, 'id'), decision: 'confirm' };
    await leader.post('/admin/rules/incident.close/decide', hidden(text, '_csrf'), form);
    await leader.post('/admin/rules/incident.close/decide', hidden(text, '_csrf'), form);
    expect(confirmed).to.have.length(1);
    expect((await leader.get('/admin/rules/incident.close')).text).to.include('已经确认了这一版本');
  });

  it('wrong input is named beside its field and what was typed stays', async () => {
    const leader = await as('xyb.leader');
    const wrong = [
      [{ value: '' }, '请填写限值'],
      [{ value: '-1' }, '应在 0 至'],
      [{ value: '1.5' }, '不是整数'],
      [{ value: '9999' }, '限值应在 1 至 250 个工作日之间，现为 9999。'],
      [{ unit: 'hour' }, '不能用此单位'],
      [{ unit: 'fortnight' }, '不在可选范围内'],
      [{ effectiveFrom: '2026-02-30' }, '没有“2026-02-30”这一天'],
      [{ effectiveFrom: '2018-05-16' }, '生效日期须晚于该日'],
      [{ reason: '' }, '请填写此项'],
      [{ legalBasis: '长'.repeat(1001) }, '不超过 1000 字'],
    ] as const;
    for (const [change, sentence] of wrong) {
      const answer = await propose(leader, 'incident.opinion', { ...proposal, ...change });
      expect(answer.status, sentence).to.equal(422);
      expect(answer.text).to.include(sentence);
    }
    const script = await propose(leader, 'incident.opinion', { ...proposal, value: '', reason: '<script>alert(1)</script>' });
    expect(script.text).to.include('&lt;script&gt;').and.not.include('<script>alert');
  });

  it('"no limit" is proposed by leaving the value empty', async () => {
    const leader = await as('xyb.leader');
    const both = await propose(leader, 'incident.public-reply.large', { ...proposal, value: '5', unit: 'none' });
    expect(both.text).to.include('限值留空');
    expect((await propose(leader, 'incident.public-reply.large', { ...proposal, value: '', unit: 'none' })).status).to.equal(303);
    expect((await leader.get('/admin/rules/incident.public-reply.large')).text).to.include('不设时限');
  });

  it('only the keepers of a rule propose and decide', async () => {
    const handler = await as('scjg.handler');
    await handler.get('/admin/rules/incident.verify/propose').expect(403);
    const security = await as('secadmin');
    await security.get('/admin/rules/incident.verify/propose').expect(403);
    await security.get('/admin/rules/sign-in.attempts/propose').expect(200);
    await security.get('/admin/rules/no.such-rule').expect(404);

    expect((await propose(security, 'sign-in.attempts', { ...proposal, value: '99', unit: 'none' })).text).to.match(/限值应在 \d+ 至 \d+ 次之间，现为 99。/u);
    await propose(security, 'sign-in.attempts', { ...proposal, value: '6', unit: 'none' });
    await (await as('xyb.leader')).get('/admin/rules/sign-in.attempts').expect(404);
    const administrator = await as('sysadmin');
    await administrator.get('/admin/rules/sign-in.attempts/propose').expect(403);
    expect((await decide(administrator, 'sign-in.attempts', { decision: 'confirm' })).status).to.equal(303);
    expect((await rules.current(0)).numberOn('sign-in.attempts', '2027-03-01')).to.equal(6);
  });

  it('when open deadlines cannot be computed again the confirmation stands, and the page says so', async () => {
    recomputing = () => Promise.reject(new Error('away'));
    const supervisor = await as('xyb.supervisor');
    await propose(supervisor, 'incident.feedback', { ...proposal, effectiveFrom: '2026-11-01' });
    const leader = await as('xyb.leader');
    expect((await leader.get('/admin/rules/incident.feedback')).text).to.include('2026-11-01 以来开始、尚未到期的环节重新计算期限');
    await decide(leader, 'incident.feedback', { decision: 'confirm' });
    expect((await leader.get('/admin/rules')).text).to.include('期限未能立即重新计算');
    expect((await rules.current(0)).on('incident.feedback', '2026-11-23').value).to.equal(2);
  });

  describe('of one field', () => {
    const own = { value: '6', unit: 'month', legalBasis: '市生态环境局会议纪要〔2026〕5号', effectiveFrom: '2026-12-01', reason: '本领域整改周期较长。' };

    it('the list names the fields that have a version in force, with the value of each', async () => {
      const { text } = await (await as('scjg.handler')).get('/admin/rules').expect(200);
      expect(text).to.include('公示期起算日').and.include('自认定之日起算');
      expect(text).to.include('公示期起算日（市场监督管理）').and.include('自公示之日起算');
      expect(text).to.include('严重失信的罚没金额').and.include('500,000 元').and.include('不按金额认定');
      expect(text, 'ended with Order 58').to.not.include('一般失信信息最短公示期（食品）');
    });

    it("the rule's page shows every field that has or had a version, with its state and days", async () => {
      const { text } = await (await as('scjg.handler')).get('/admin/rules/publicity.general.min').expect(200);
      expect(text).to.include('各领域的规则').and.include('特种设备').and.include('已失效').and.include('2023-05-01 至 2026-03-31');
      const food = await (await as('scjg.handler')).get('/admin/rules/publicity.general.min?domain=food').expect(200);
      expect(food.text).to.include('一般失信信息最短公示期（食品）').and.include('适用通用规则：3 个月').and.include('12 个月');
      expect(food.text, 'versions of the general rule are on its own page').to.not.include('待市信用办确认。最短公示期3个月');
    });

    it('a field that no rule knows, or of a rule that is the same for all, is not found', async () => {
      const leader = await as('xyb.leader');
      await leader.get('/admin/rules/publicity.general.min?domain=fishery').expect(404);
      await leader.get('/admin/rules/publicity.general.min?domain=food&domain=drug').expect(404);
      await leader.get('/admin/rules/incident.verify?domain=food').expect(404);
    });

    it('its first version goes before the general one from its day to its end, and leaves the others as they are', async () => {
      const leader = await as('xyb.leader');
      const code = 'publicity.general.min';
      const sent = await leader.submit(`/admin/rules/${code}/propose?domain=ecology`, { ...own, domain: 'ecology', effectiveTo: '2027-11-30' }, `/admin/rules/${code}/propose`);
      expect(sent.status).to.equal(303);
      expect(sent.headers['location']).to.equal(`/admin/rules/${code}?domain=ecology`);

      const supervisor = await as('xyb.supervisor');
      expect((await supervisor.get(`/admin/rules/${code}`)).text, 'the general page says that one waits').to.include('待确认');
      const page = await supervisor.get(`/admin/rules/${code}?domain=ecology`).expect(200);
      expect(page.text).to.include('自 2026-12-01 起，生态环境领域执行 6 个月，不再适用通用规则').and.include('至 2027-11-30 止；此后该领域适用通用规则');
      const form = { id: hidden(page.text, 'id'), decision: 'confirm' };
      expect((await leader.post(`/admin/rules/${code}/decide?domain=ecology`, hidden(page.text, '_csrf'), form)).status, 'never his own').to.equal(403);
      const done = await supervisor.post(`/admin/rules/${code}/decide?domain=ecology`, hidden(page.text, '_csrf'), form);
      expect(done.headers['location']).to.equal(`/admin/rules/${code}?domain=ecology`);

      const book = await rules.current(0);
      const months = (day: string, domain: string | null) => book.on(code, day, domain).value;
      expect(['2026-11-30', '2026-12-01', '2027-11-30', '2027-12-01'].map((day) => months(day, 'ecology'))).to.deep.equal([3, 6, 6, 3]);
      expect(months('2026-12-01', 'food')).to.equal(3);
      expect(months('2026-12-01', null)).to.equal(3);
      expect((await supervisor.get('/admin/rules')).text).to.include('一般失信信息最短公示期（生态环境）').and.include('尚未生效');
    });

    it('versions of one field follow each other: none begins while one with an end is valid', async () => {
      const leader = await as('xyb.leader');
      const again = async (fields: Record<string, string>) =>
        propose(leader, 'publicity.general.min', { ...own, domain: 'ecology', ...fields });
      expect((await again({ effectiveFrom: '2027-11-30' })).text).to.include('现行版本的有效期至 2027-11-30 止');
      expect((await again({ effectiveFrom: '2026-12-01' })).text).to.include('现行版本自 2026-12-01 生效');
      expect((await again({ effectiveFrom: '2027-12-01' })).status).to.equal(303);
    });

    it('a general version and one of a field may wait at the same time, and a wrong form keeps the field', async () => {
      const leader = await as('xyb.leader');
      const code = 'publicity.general.max';
      expect((await propose(leader, code, { ...own, domain: 'general', value: '10' })).status).to.equal(303);
      const wrong = [
        [{ domain: 'general', effectiveTo: '2027-11-30' }, '通用规则不设终止日期'],
        [{ domain: 'tax', effectiveTo: '2026-11-30' }, '早于生效日期'],
        [{ domain: 'fishery' }, '不在可选范围内'],
        [{ domain: '' }, '请选择'],
      ] as const;
      for (const [change, sentence] of wrong) {
        const answer = await propose(leader, code, { ...own, ...change });
        expect(answer.status, sentence).to.equal(422);
        expect(answer.text).to.include(sentence);
      }
      const kept = await propose(leader, code, { ...own, domain: 'tax', value: '' });
      expect(kept.text).to.match(/<option value="tax"[^>]* selected/).and.include('一般失信信息最长公示期（税务）：提出新版本');
      expect((await propose(leader, code, { ...own, domain: 'tax' })).status).to.equal(303);
      const again = await propose(leader, code, { ...own, domain: 'tax' });
      expect(again.text).to.include('已有一个版本待确认');

      const general = await (await as('xyb.supervisor')).get(`/admin/rules/${code}`).expect(200);
      expect(general.text).to.include('另有规则的领域不受影响：市场监督管理');
    });

    it('publicity beyond the longest term is offered in words, and refused without a field', async () => {
      const leader = await as('xyb.leader');
      const code = 'publicity.keep-uncorrected';
      expect((await leader.get(`/admin/rules/${code}/propose`)).text).to.include('停止公示').and.include('继续公示');
      const fields = { ...own, value: '1', unit: 'none' };
      expect((await propose(leader, code, { ...fields, domain: 'general' })).text).to.include('请选定一个领域');
      expect((await propose(leader, code, { ...fields, domain: 'wages' })).status).to.equal(303);
      expect((await leader.get(`/admin/rules/${code}?domain=wages`)).text).to.include('继续公示');
    });

    it('a field in the form of a rule that is the same for all changes nothing', async () => {
      const leader = await as('xyb.leader');
      expect((await propose(leader, 'repair.accept', { ...proposal, domain: 'food', effectiveTo: '2027-12-31' })).status).to.equal(303);
      const row = await web.knex('rule_version').where({ code: 'repair.accept', status: 'proposed' }).first<{ domain: unknown; effective_to: unknown }>();
      expect(row).to.include({ domain: null, effective_to: null });
    });
  });

  it('reads in English as well', async () => {
    const browser = await as('xyb.leader');
    await browser.get('/language?to=en&back=/admin/rules').expect(303);
    for (const path of ['/admin/rules', '/admin/rules/incident.verify', '/admin/rules/incident.opinion/propose', '/admin/rules/incident.public-reply.large', '/admin/rules/publicity.general.min',
      '/admin/rules/publicity.general.min?domain=ecology', '/admin/rules/record.fine.serious/propose', '/admin/rules/repair.transition/propose']) {
      const { text } = await browser.get(path).expect(200);
      expect(text, path).to.include('lang="en"').and.not.match(/rules:[a-z]/);
    }
  });
});
