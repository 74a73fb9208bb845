import { expect } from 'chai';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { axeFindings, overflow } from '../../scripts/looks/page-checks.ts';
import { startCity, type TestCity } from '../support/city.ts';
import { testInbox, testStack } from '../support/stack.ts';
import { DEMO_PASSWORD } from '../support/web.ts';

const title = '宿迁恒泽食品有限公司使用过期原料加工熟食';
const phone = { viewport: { width: 390, height: 844 } };

/** One person at his desk, in a browser of his own. */
class Desk {
  readonly page: Page;
  readonly #url: string;

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  static async of(browser: Browser, url: string, username: string): Promise<Desk> {
    const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN' });
    context.setDefaultTimeout(8_000);
    const desk = new Desk(await context.newPage(), url);
    await desk.open('/login');
    await desk.page.fill('#username', username);
    await desk.page.fill('#password', DEMO_PASSWORD);
    await desk.send('登录');
    return desk;
  }

  async open(path: string): Promise<void> {
    const answer = await this.page.goto(`${this.#url}${path}`);
    expect(answer?.status(), path).to.equal(200);
    await this.sound();
  }

  /** Every page that is passed on the way fits its screen and passes axe. */
  async sound(): Promise<void> {
    expect(await overflow(this.page), `${this.page.url()} is wider than the screen`).to.equal(0);
    expect(await axeFindings(this.page), this.page.url()).to.deep.equal([]);
  }

  async fill(fields: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.page.locator(`main [name="${name}"]`);
      const kind = await field.first().evaluate((e) => `${e.tagName} ${e.getAttribute('type') ?? ''}`);
      if (kind.startsWith('SELECT')) await field.selectOption(value);
      else if (kind.endsWith('radio') || kind.endsWith('checkbox')) await this.page.check(`main [name="${name}"][value="${value}"]`);
      else await field.first().fill(value);
    }
  }

  async send(button?: string): Promise<void> {
    const place = button === undefined ? this.page.locator('main button.btn-primary') : this.page.getByRole('button', { name: button, exact: true });
    await Promise.all([this.page.waitForNavigation(), place.last().click()]);
    await this.sound();
  }

  /** Opens the task of the case and stage that waits for him, from his own list of work. */
  async take(stage: string): Promise<void> {
    await this.open('/');
    const row = this.page.locator('main tr', { hasText: title }).filter({ hasText: stage });
    await Promise.all([this.page.waitForNavigation(), row.first().getByRole('link').first().click()]);
    await this.sound();
  }

  /** Does the task of the stage with this form. */
  async finish(stage: string, fields: Record<string, string>): Promise<void> {
    await this.take(stage);
    await this.fill(fields);
    await this.send();
    expect(await this.page.locator('.field-error, .error-summary').count(), `${stage}: ${await this.page.locator('main').innerText()}`).to.equal(0);
  }

  text(): Promise<string> {
    return this.page.locator('main').innerText();
  }
}

describe('a food-safety incident from report to feedback, in the browser, by the people of five units', function walk() {
  this.timeout(180_000);
  // Each step stands on the one before.
  this.bail(true);
  let city: TestCity;
  let browser: Browser;
  const desks = new Map<string, Desk>();
  const at = async (username: string): Promise<Desk> => {
    const known = desks.get(username) ?? (await Desk.of(browser, city.url, username));
    desks.set(username, known);
    return known;
  };
  let caseNo: string;

  before(async () => {
    city = await startCity();
    browser = await chromium.launch({ executablePath: testStack().chromium ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  });
  after(async () => {
    await browser?.close();
    await city?.close();
  });

  it('the credit office reports it; a wrong check digit is named beside the field and nothing typed is lost', async () => {
    const desk = await at('xyb.handler');
    await desk.open('/incidents/new');
    await desk.fill({
      title, field: 'commerce', area: 'foodHygiene', occurredOn: '2026-09-20', region: 'suyu', place: '江山大道 12 号',
      what: '市民反映该单位将过期冷冻禽肉解冻后继续加工熟食销售，联系人李明，电话13812345678。',
      'subjects[0][kind]': 'organisation', 'subjects[0][name]': '宿迁恒泽食品有限公司', 'subjects[0][code]': '91321300MA1TE8T08U',
      'reporter[name]': '李明', 'reporter[mail]': 'liming@citizen.example',
    });
    await desk.send();
    expect(await desk.text()).to.contain('第 18 位应为 T，现为 U');
    expect(await desk.page.inputValue('#title')).to.equal(title);
    await desk.fill({ 'subjects[0][code]': '91321300MA1TE8T08T' });
    await desk.send();
    const row: { case_no: string } = await city.knex('incident').where({ title }).first('case_no');
    caseNo = row.case_no;
    expect(await desk.text()).to.contain(caseNo);
  });

  it('verifies, grades and assigns it, each task leading on to the next', async () => {
    const desk = await at('xyb.handler');
    await desk.finish('核实', { outcome: 'founded', finding: '现场抽检确认 3 批次原料超过保质期。' });
    await desk.finish('定级', { base: 'large', reason: '影响范围较大，有网络传播。' });
    await desk.finish('交办', {
      accountable: 'scjg', instruction: '请按分工办理。',
      'parts[0][unit]': 'scjg', 'parts[0][measure]': 'penalise', 'parts[0][text]': '查处违法行为。',
      'parts[1][unit]': 'hbj', 'parts[1][measure]': 'investigate', 'parts[1][text]': '核查废弃物处置。',
    });
  });

  it('the publicity department states publicly within its clock hours, with link and date', async () => {
    const desk = await at('zx.handler');
    await desk.finish('公开回应', { outcome: 'published', url: 'https://www.suqian.example/notice/1', at: '2026-09-21T09:30', where: '市政府网站', text: '已介入调查。' });
  });

  it('both departments acknowledge and do their parts', async () => {
    const market = await at('scjg.handler');
    const ecology = await at('hbj.handler');
    await market.finish('签收', { outcome: 'acknowledged' });
    await ecology.finish('签收', { outcome: 'acknowledged' });
    await market.finish('首次报告', { report: '已成立工作组。' });
    await market.finish('处置', { result: '已立案查处。' });
    await ecology.finish('处置', { result: '废弃物已规范处置。' });
  });

  it('the opinion is drafted, reviewed and approved; who drafted it is not offered the approval', async () => {
    const market = await at('scjg.handler');
    await market.finish('处理意见', { facts: '抽检 3 批次原料过期，当事人负责人李某（身份证号 11010519491231002X）承认。', basis: '《中华人民共和国食品安全法》', decision: '没收并罚款 50,000 元。', measures: '原料扫码登记。' });
    const reviewer = await at('fz.reviewer');
    await reviewer.finish('法制审核', { outcome: 'agreed' });
    const head = await at('scjg.leader');
    await head.finish('审批', { outcome: 'approved' });
  });

  it('personal data is masked before the second person releases it', async () => {
    const desk = await at('xyb.handler');
    await desk.take('公开');
    const masked = await desk.page.locator('main .comparison section').last().innerText();
    expect(masked).to.contain('没收并罚款').and.not.contain('11010519491231002X');
    // What the rules leave is selected in the original and masked by hand.
    await desk.page.locator('main .comparison section').first().getByText('扫码登记').first().selectText();
    await desk.page.click('main [data-mark] button');
    expect(await desk.page.inputValue('main [name="more"]')).to.contain('扫码登记');
    await desk.page.fill('main [name="more"]', '');
    await desk.fill({ outcome: 'proposed', basis: '《政府信息公开条例》第二十条', channel: 'creditPortal', months: '12' });
    await desk.send();
    const head = await at('xyb.leader');
    await head.finish('审核公开', { outcome: 'released' });
  });

  it('the public reads it, masked, on a telephone, in Chinese and in English', async () => {
    const context = await browser.newContext({ ...phone, locale: 'zh-CN' });
    const page = await context.newPage();
    for (const language of ['zh-CN', 'en']) {
      await page.goto(`${city.url}/language?to=${language}&back=/public/opinions/${caseNo}-P1`);
      expect(page.url()).to.contain(`${caseNo}-P1`);
      const text = await page.locator('main').innerText();
      expect(text).to.contain('没收并罚款').and.not.contain('11010519491231002X').and.not.contain('13812345678');
      expect(await overflow(page)).to.equal(0);
      expect(await axeFindings(page)).to.deep.equal([]);
    }
    await context.close();
  });

  it('feedback, prevention, its check and the closing end the case', async () => {
    const desk = await at('xyb.handler');
    await desk.finish('反馈', { toReporter: '已依法处理并公开。', toSuperior: '已报送。' });
    const market = await at('scjg.handler');
    const tomorrow = new Date(Date.now() + 8 * 3_600_000 + 86_400_000).toISOString().slice(0, 10);
    await market.finish('防范措施', { measures: '每季度抽查。', unit: 'scjg', date: tomorrow });
    const supervisor = await at('xyb.supervisor');
    await supervisor.finish('检查防范措施', { outcome: 'effective', finding: '已落实。' });
    await desk.finish('办结', { summary: '已依法处置并公开，防范措施已落实。' });
    const row: { status: string; answered: boolean } = await city.knex('incident').where({ case_no: caseNo }).first('status', 'answered');
    expect(row).to.deep.equal({ status: 'closed', answered: true });
    await desk.open(`/incidents/${caseNo}`);
    expect(await desk.text()).to.contain('已办结');
  });

  it('a unit that has no part in it finds nothing there', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${city.url}/login`);
    await page.fill('#username', 'rsj.handler');
    await page.fill('#password', DEMO_PASSWORD);
    await Promise.all([page.waitForNavigation(), page.press('#password', 'Enter')]);
    const answer = await page.goto(`${city.url}/incidents/${caseNo}`);
    expect(answer?.status()).to.equal(404);
    await context.close();
  });

  it('each department got its mail and the reporter his answer, and no mail names a third person', async () => {
    const deadline = Date.now() + 20_000;
    const ours = async () => (await testInbox().messages()).filter((mail) => mail.subject.includes(caseNo));
    const to = (mails: Awaited<ReturnType<typeof ours>>) => mails.map((mail) => JSON.stringify(mail.to)).join(' ');
    let mails = await ours();
    while (!(to(mails).includes('liming@citizen.example') && to(mails).includes('hbj@')) && Date.now() < deadline) {
      await new Promise((resolve) => { setTimeout(resolve, 200); });
      mails = await ours();
    }
    for (const address of ['scjg@', 'hbj@', 'zx@', 'xyb@', 'liming@citizen.example']) expect(to(mails)).to.contain(address);
    for (const mail of mails) expect(JSON.stringify(mail)).to.not.contain('李某').and.not.contain('11010519491231002X');
  });

  it('no word was missing in either language', () => {
    expect([...city.missingWords]).to.deep.equal([]);
  });
});
