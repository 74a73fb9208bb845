import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { axeFindings, overflow, smallTargets } from '../../scripts/looks/page-checks.ts';
import { testStack } from '../support/stack.ts';
import { createTestWeb, DEMO_PASSWORD, type TestWeb } from '../support/web.ts';

/** What the browser's own device holds. */
interface Device {
  readonly session: CDPSession;
  readonly id: string;
}

describe('a clerk adds a passkey to his account by telephone and signs in with it', function walk() {
  this.timeout(180_000);
  // Each step stands on the one before.
  this.bail(true);
  let server: Server;
  let web: TestWeb;
  let browser: Browser;
  let page: Page;
  let device: Device;
  let url: string;
  const errors: string[] = [];

  before(async () => {
    server = createServer();
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    // Passkeys are bound to a name, which an address of figures is not.
    url = `http://localhost:${(server.address() as AddressInfo).port}`;
    web = await createTestWeb({}, { publicUrl: url });
    server.on('request', web.app);
    browser = await chromium.launch({ executablePath: testStack().chromium ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', hasTouch: true });
    phone.setDefaultTimeout(8_000);
    page = await phone.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
    const session = await phone.newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    device = { session, id: authenticatorId };
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
    await web?.close();
  });

  const text = (): Promise<string> => page.locator('main').innerText();
  const press = (name: string): Promise<unknown> => Promise.all([page.waitForNavigation(), page.getByRole('button', { name }).first().click()]);
  const follow = (name: string): Promise<unknown> => Promise.all([page.waitForNavigation(), page.locator('main').getByRole('link', { name }).first().click()]);
  const held = async (): Promise<number> => (await device.session.send('WebAuthn.getCredentials', { authenticatorId: device.id })).credentials.length;

  /** The page fits the telephone, passes axe and can be touched, in this language and in the other. */
  async function sound(): Promise<void> {
    const here = page.url();
    for (const lang of ['en', 'zh-CN']) {
      await page.goto(`${here}${here.includes('?') ? '&' : '?'}lang=${lang}`);
      expect(await overflow(page), `${page.url()} is wider than the screen`).to.equal(0);
      expect(await axeFindings(page), page.url()).to.deep.equal([]);
      expect(await smallTargets(page, 24), `${page.url()}: too small to be touched`).to.deep.equal([]);
    }
  }

  async function signOut(): Promise<void> {
    await page.context().clearCookies();
    await page.goto(`${url}/login?next=%2Fsettings`);
  }

  it('finds the way under the security of his account', async () => {
    await page.goto(`${url}/login?next=${encodeURIComponent('/settings/security')}`);
    await sound();
    await page.fill('#username', 'scjg.handler');
    await page.fill('#password', DEMO_PASSWORD);
    await press('登录');
    expect(await text()).to.contain('尚无通行密钥').and.not.contain('不支持通行密钥');
    await sound();
    await follow('添加通行密钥');
    await sound();
  });

  it('names the device, gives his password and makes the passkey on it', async () => {
    await page.fill('#name', '我的手机');
    await page.fill('#currentPassword', DEMO_PASSWORD);
    await press('下一步');
    expect(await text()).to.contain('我的手机');
    await sound();
    await press('建立通行密钥');
    expect(new URL(page.url()).pathname).to.equal('/settings/security');
    expect(await text()).to.contain('通行密钥“我的手机”已添加');
    expect(await held()).to.equal(1);
    await sound();
  });

  it('is told that the device has one already when he tries once more', async () => {
    await page.goto(`${url}/settings/security/passkeys/new`);
    await page.fill('#name', '再来一个');
    await page.fill('#currentPassword', DEMO_PASSWORD);
    await press('下一步');
    await page.getByRole('button', { name: '建立通行密钥' }).click();
    await page.getByText('这台设备上已有您的通行密钥').waitFor();
    expect(await held()).to.equal(1);
  });

  it('signs in with it, without name, password or code', async () => {
    await signOut();
    await page.goto(`${url}/settings/sign-ins`);
    await press('用通行密钥登录');
    expect(new URL(page.url()).pathname).to.equal('/settings/sign-ins');
    expect(await text()).to.contain('通行密钥');
  });

  it('is told when the device did not know him', async () => {
    await signOut();
    await device.session.send('WebAuthn.setUserVerified', { authenticatorId: device.id, isUserVerified: false });
    await page.getByRole('button', { name: '用通行密钥登录' }).click();
    await page.getByText('操作已取消或超时').waitFor();
    await device.session.send('WebAuthn.setUserVerified', { authenticatorId: device.id, isUserVerified: true });
    await press('用通行密钥登录');
    expect(new URL(page.url()).pathname).to.not.equal('/login');
  });

  it('removes it with his password, and it lets nobody in any more', async () => {
    await page.goto(`${url}/settings/security`);
    await follow('删除');
    await sound();
    await page.fill('#currentPassword', DEMO_PASSWORD);
    await press('删除');
    expect(await text()).to.contain('通行密钥“我的手机”已删除').and.contain('尚无通行密钥');
    await signOut();
    await press('用通行密钥登录');
    expect(new URL(page.url()).pathname).to.equal('/login');
    expect(await text()).to.contain('没有账号使用这个通行密钥');
    await sound();
    expect(errors).to.deep.equal([]);
  });

  it('sees no such button in a browser that has no passkeys', async () => {
    const old = await browser.newContext({ locale: 'zh-CN' });
    await old.addInitScript('delete window.PublicKeyCredential');
    const elsewhere = await old.newPage();
    await elsewhere.goto(`${url}/login`);
    expect(await elsewhere.getByRole('button', { name: '用通行密钥登录' }).count()).to.equal(0);
    await elsewhere.fill('#username', 'scjg.handler');
    await elsewhere.fill('#password', DEMO_PASSWORD);
    await elsewhere.keyboard.press('Enter');
    await elsewhere.waitForURL((address) => address.pathname !== '/login');
    await elsewhere.goto(`${url}/settings/security`);
    expect(await elsewhere.locator('main').innerText()).to.contain('不支持通行密钥');
    expect(await elsewhere.getByRole('link', { name: '添加通行密钥' }).count()).to.equal(0);
    await old.close();
  });
});
