import { expect } from 'chai';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { axeFindings, overflow, smallTargets } from '../../scripts/looks/page-checks.ts';
import { createSeal } from '../../src/platform/seal.ts';
import type { RecordState } from '../../src/rules/records/file.ts';
import { Register } from '../features/public-records/records.ts';
import { startCity, type TestCity } from '../support/city.ts';
import { testConfig, testInbox, testStack } from '../support/stack.ts';
import { DEMO_PASSWORD } from '../support/web.ts';

const foods = { kind: 'organisation', uscc: '91321300MA1TE8T08T', name: '宿迁恒泽食品有限公司' } as const;
const mail = 'boss@hengze.example';
const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n');
const paper = (name: string, mark: string) => ({ name, mimeType: 'application/pdf', buffer: Buffer.concat([pdf, Buffer.from(`%${mark}`)]) });
const daysAgo = (days: number): string => new Date(Date.now() + 8 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 10);

describe('a firm repairs its record by telephone, from the search to the progress of its application', function walk() {
  this.timeout(180_000);
  // Each step stands on the one before.
  this.bail(true);
  let city: TestCity;
  let browser: Browser;
  let phone: BrowserContext;
  let page: Page;
  let record: RecordState;
  let caseNo: string;
  let word: string;

  before(async () => {
    city = await startCity();
    const { secrets, cipher, hash } = testConfig();
    const register = new Register(city.knex, createSeal({ key: secrets.seal, cipher, hash }));
    record = await register.store(foods, { decidedOn: daysAgo(120) });
    await testInbox().clear();
    browser = await chromium.launch({ executablePath: testStack().chromium ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
    phone = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', hasTouch: true });
    phone.setDefaultTimeout(8_000);
    page = await phone.newPage();
  });
  after(async () => {
    await browser?.close();
    await city?.close();
  });

  const text = (): Promise<string> => page.locator('main').innerText();

  /** The page fits the telephone, passes axe and can be touched, in this language and in the other. */
  async function sound(): Promise<void> {
    const here = page.url();
    const look = async (): Promise<void> => {
      expect(await overflow(page), `${page.url()} is wider than the screen`).to.equal(0);
      expect(await axeFindings(page), page.url()).to.deep.equal([]);
      expect(await smallTargets(page, 44), `${page.url()}: too small to be touched`).to.deep.equal([]);
    };
    await look();
    await page.goto(`${here.split('#')[0]}${here.includes('?') ? '&' : '?'}lang=en`);
    await look();
    await page.goto(`${here}${here.includes('?') ? '&' : '?'}lang=zh-CN`);
  }

  async function press(name: string | RegExp): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name }).first().click()]);
  }

  async function follow(name: string | RegExp): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.locator('main').getByRole('link', { name }).first().click()]);
  }

  it('finds itself by two characters of its name', async () => {
    await page.goto(`${city.url}/public`);
    await sound();
    await page.fill('main input[name="q"]', '恒泽');
    await press('查询');
    await sound();
    expect(await text()).to.contain(foods.name);
    await follow(foods.name);
  });

  it('reads what was decided, until when it shows and that it may ask for repair', async () => {
    await sound();
    expect(await text()).to.contain(record.facts.documentNo).and.contain('现在可以申请');
    await follow('申请信用修复');
  });

  it('signs in by the link in its mailbox, in the same browser, and stands where it wanted to go', async () => {
    expect(page.url()).to.contain('/public/portal/sign-in');
    await sound();
    await page.fill('main input[name="mail"]', mail);
    await press('发送登录链接');
    await sound();
    const [letter] = await testInbox().waitFor(mail, 1, 20_000);
    const link = /http\S+\/public\/portal\/sign-in\/[\w-]+/.exec(letter!.text)![0];
    const stranger = await browser.newContext();
    const elsewhere = await stranger.newPage();
    expect((await elsewhere.goto(link))?.status()).to.equal(410);
    await stranger.close();
    await page.goto(link);
    expect(page.url()).to.contain(`/records/${record.id}/repair`);
    expect(await text()).to.contain('请先绑定单位');
    await sound();
  });

  it('links its firm with proof, which the credit office looks at', async () => {
    await follow('绑定单位');
    expect(await page.inputValue('main input[name="uscc"]')).to.equal(foods.uscc);
    await press('提交核对');
    expect(await text()).to.contain('请上传证明材料');
    expect(await overflow(page)).to.equal(0);
    expect(await axeFindings(page)).to.deep.equal([]);
    await page.setInputFiles('main input[name="proof"]', paper('营业执照.pdf', '1'));
    await press('提交核对');
    expect(await text()).to.contain('待核对');
    await sound();

    const office = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN' });
    office.setDefaultTimeout(8_000);
    const desk = await office.newPage();
    await desk.goto(`${city.url}/login`);
    await desk.fill('#username', 'xyb.leader');
    await desk.fill('#password', DEMO_PASSWORD);
    await Promise.all([desk.waitForNavigation(), desk.press('#password', 'Enter')]);
    await desk.goto(`${city.url}/portal-bindings`);
    expect(await axeFindings(desk)).to.deep.equal([]);
    await Promise.all([desk.waitForNavigation(), desk.getByRole('link', { name: foods.name }).click()]);
    expect(await axeFindings(desk)).to.deep.equal([]);
    expect(await desk.locator('main').innerText()).to.contain('营业执照.pdf').and.contain('b***@hengze.example');
    await desk.check('main input[value="confirmed"]');
    await Promise.all([desk.waitForNavigation(), desk.getByRole('button', { name: '提交' }).click()]);
    expect(await desk.locator('main').innerText()).to.contain('已通过');
    await office.close();
  });

  it('sees its own record', async () => {
    await page.goto(`${city.url}/public/portal`);
    await sound();
    await follow(foods.name);
    expect(await text()).to.contain('公示中').and.contain(record.facts.documentNo);
    await sound();
  });

  it('applies with proof and commitment', async () => {
    await follow('申请信用修复');
    await sound();
    await page.fill('main textarea[name="statement"]', '罚款已缴清，原料已销毁。');
    await page.setInputFiles('main input[name="proof"]', paper('缴款凭证.pdf', '2'));
    await page.setInputFiles('main input[name="commitment"]', paper('承诺书.pdf', '3'));
    await page.check('main input[name="truthful"]');
    await press('提交申请');
    const said = await text();
    [, caseNo = '', word = ''] = /编号 (XF-\d{4}-\d{6})，查询码 ([2-9A-Z]{8})/.exec(said) ?? [];
    expect(caseNo, said).to.not.equal('');
    await sound();
  });

  it('follows it without signing in, by number and code word', async () => {
    await phone.clearCookies();
    await page.goto(`${city.url}/public/progress`);
    await sound();
    await page.fill('main input[name="caseNo"]', caseNo);
    await page.fill('main input[name="word"]', word);
    await press('查询');
    expect(await text()).to.contain('收到申请').and.not.contain(foods.name);
    expect(await overflow(page)).to.equal(0);
    expect(await axeFindings(page)).to.deep.equal([]);
    expect([...city.missingWords]).to.deep.equal([]);
  });
});
