import { expect } from 'chai';
import type { Response } from 'supertest';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { defaultSignInRules } from '../../../src/platform/http/feature.ts';
import { SoftAuthenticator } from '../../support/authenticator.ts';
import { createTestWeb, DEMO_PASSWORD, hidden, type TestBrowser, type TestWeb } from '../../support/web.ts';
import { plain } from '../incidents/bureau.ts';

const site = { origin: 'http://localhost:3000', rpId: 'localhost' };
const home = '/settings/security';
const CLERK = 'scjg.handler';
const HEAD = 'scjg.leader';

interface Asked {
  challenge: string;
  userVerification: string;
  allowCredentials?: unknown[];
}

interface ToMake {
  challenge: string;
  attestation: string;
  user: { id: string };
  authenticatorSelection: { residentKey: string; userVerification: string };
  excludeCredentials: unknown[];
}

describe('passkeys', function suite() {
  this.timeout(60_000);
  let web: TestWeb;
  let now = Date.now();
  before(async () => {
    const rules = { ...defaultSignInRules, sessionsAPerson: 10 };
    web = await createTestWeb({ features: [createAccounts], clock: () => new Date(now), signInRules: () => Promise.resolve(rules) }, { publicUrl: site.origin, demoSecondFactor: true });
  });
  after(() => web.close());
  beforeEach(async () => {
    await web.knex('passkey').delete();
    await web.knex('rate_limit').delete();
    await web.knex('person').update({ has_second_factor: false });
  });

  const isIn = async (by: TestBrowser): Promise<boolean> => ![303, 401].includes((await by.get('/settings/sign-ins')).status);
  const idOf = async (username: string): Promise<string> => (await web.knex('person').where({ username }).first<{ id: string }>('id')).id;
  async function signedIn(username = CLERK): Promise<TestBrowser> {
    const browser = web.browser();
    await browser.signIn(username);
    return browser;
  }
  /** What a signed-in browser is asked, to make a passkey. */
  async function toMake(by: TestBrowser, name = '办公电脑'): Promise<ToMake> {
    expect((await by.submit(`${home}/passkeys/new`, { name, currentPassword: DEMO_PASSWORD })).headers['location']).to.equal(`${home}/passkeys/make`);
    const { text } = await by.get(`${home}/passkeys/make`).expect(200);
    return JSON.parse(/data-options="([^"]*)"/.exec(text)![1]!.replaceAll('&#34;', '"')) as ToMake;
  }
  async function add(by: TestBrowser, device = new SoftAuthenticator(site), name = '办公电脑'): Promise<SoftAuthenticator> {
    const options = await toMake(by, name);
    expect((await by.submit(`${home}/passkeys/make`, { answer: device.make(options) })).headers['location']).to.equal(home);
    expect(await web.knex('passkey').where({ name }), 'it is kept').to.not.have.length(0);
    return device;
  }
  async function begin(by: TestBrowser): Promise<{ token: string; options: Asked }> {
    const token = hidden((await by.get('/login').expect(200)).text, '_csrf');
    const { body } = await by.post('/login/passkey/options', token);
    return { token, options: body as Asked };
  }
  async function signIn(by: TestBrowser, device: SoftAuthenticator, next = '/settings', bent: Parameters<SoftAuthenticator['show']>[1] = {}): Promise<Response> {
    const { token, options } = await begin(by);
    return by.post('/login/passkey', token, { next, answer: device.show(options, bent) });
  }
  async function isRefused(answer: Response, by: TestBrowser, saying: string): Promise<void> {
    expect(String(answer.headers['location'])).to.match(/^\/login\?next=/);
    expect(plain((await by.get(answer.headers['location'] as string)).text)).to.include(saying);
    expect(await isIn(by)).to.equal(false);
  }

  it('are offered where browsers have them: at an address with a name, and not at one of figures', async () => {
    expect((await web.browser().get('/login')).text).to.include('data-passkey="get"').and.include('用通行密钥登录');
    const elsewhere = await createTestWeb();
    try {
      const browser = elsewhere.browser();
      expect((await browser.get('/login')).text).to.not.include('data-passkey');
      await browser.signIn(CLERK);
      expect((await browser.get(home)).text).to.not.include('通行密钥');
      await browser.get(`${home}/passkeys/new`).expect(404);
    } finally {
      await elsewhere.close();
    }
  });

  it('are added with a name and the present password, which is asked for; the owner is told by mail', async () => {
    const clerk = await signedIn();
    const refused = await clerk.submit(`${home}/passkeys/new`, { name: '我的手机', currentPassword: 'a wrong one' });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('value="我的手机"');
    expect((await clerk.submit(`${home}/passkeys/new`, { name: '', currentPassword: DEMO_PASSWORD })).status).to.equal(422);
    const options = await toMake(clerk, '我的手机');
    expect(options).to.deep.include({ attestation: 'none' });
    expect(options.authenticatorSelection).to.include({ residentKey: 'required', userVerification: 'required' });
    await add(clerk, new SoftAuthenticator(site), '我的手机');
    expect(plain((await clerk.get(home)).text)).to.include('我的手机').and.include('从未');
    expect((await toMake(clerk)).excludeCredentials, 'no device makes a second one').to.have.length(1);
    const id = await idOf(CLERK);
    expect(await web.knex('mail').where({ template: 'passkeyAdded', person_id: id })).to.have.length(1);
    expect(await web.knex('access_log').where({ kind: 'passkeyAdded', subject_id: id })).to.have.length(1);
  });

  it('are not kept when the device did not check who it was, on another site\'s word, or twice', async () => {
    const clerk = await signedIn();
    const device = new SoftAuthenticator(site);
    for (const bent of [{ isVerified: false }, { origin: 'http://localhost.evil.example' }, { rpId: 'evil.example' }, { challenge: 'AAAA' }]) {
      const options = await toMake(clerk);
      expect((await clerk.submit(`${home}/passkeys/make`, { answer: device.make(options, bent) })).headers['location']).to.equal(`${home}/passkeys/new`);
    }
    expect((await clerk.get(`${home}/passkeys/new`)).text).to.include('通行密钥未能添加');
    const options = await toMake(clerk);
    const { text } = await clerk.get(`${home}/passkeys/make`);
    await clerk.post(`${home}/passkeys/make`, hidden(text, '_csrf'), { answer: device.make(options) });
    expect((await clerk.post(`${home}/passkeys/make`, hidden(text, '_csrf'), { answer: device.make(options) })).headers['location']).to.equal(`${home}/passkeys/new`);
    expect(await web.knex('passkey')).to.have.length(1);
    const other = await signedIn('xyb.handler');
    await other.submit(`${home}/passkeys/make`, { answer: device.make(await toMake(other)) });
    expect(await web.knex('passkey'), 'one passkey is one person\'s').to.have.length(1);
  });

  it('let their owner in where he wanted to go, without name, password or code', async () => {
    const device = await add(await signedIn());
    await web.knex('person').where({ username: CLERK }).update({ has_second_factor: true });
    const clerk = web.browser();
    const { options } = await begin(clerk);
    expect(options.userVerification).to.equal('required');
    expect(options.allowCredentials ?? []).to.deep.equal([]);
    expect((await signIn(clerk, device, '/settings/sign-ins')).headers['location']).to.equal('/settings/sign-ins');
    expect(plain((await clerk.get('/settings/sign-ins')).text)).to.include('通行密钥');
    expect(plain((await clerk.get(home)).text)).to.not.include('从未');
    const last = await web.knex('access_log').where({ kind: 'signIn', username: CLERK }).orderBy('id', 'desc').first<{ detail: object }>('detail');
    expect(last.detail).to.deep.equal({ way: 'passkey', second: null });
  });

  it('lead nobody off this site', async () => {
    const device = await add(await signedIn());
    expect((await signIn(web.browser(), device, '//evil.example/')).headers['location']).to.equal('/');
  });

  it('are refused with an answer to another challenge, from another site, for another person, or unverified', async () => {
    const device = await add(await signedIn());
    const other = Buffer.from((await idOf(HEAD)).replaceAll('-', ''), 'hex').toString('base64url');
    for (const bent of [{ challenge: 'AAAA' }, { origin: 'http://localhost:3001' }, { origin: 'https://evil.example' }, { rpId: 'evil.example' }, { isVerified: false }, { userHandle: other }]) {
      const browser = web.browser();
      await isRefused(await signIn(browser, device, '/', bent), browser, '通行密钥未通过验证');
    }
    const browser = web.browser();
    const { token } = await begin(browser);
    await isRefused(await browser.post('/login/passkey', token, { next: '/', answer: '{"id":1}' }), browser, '通行密钥未通过验证');
    const failed = await web.knex('access_log').where({ kind: 'signInFailed', username: CLERK });
    expect(failed, 'each is in the log with the name').to.have.length(6);
  });

  it('are refused when the key is not the one that was kept', async () => {
    const device = await add(await signedIn());
    const forger = new SoftAuthenticator(site);
    const browser = web.browser();
    const { token, options } = await begin(browser);
    const [honest, forged] = [device.show(options), forger.show(options)].map((one) => JSON.parse(one) as { response: { signature: string } });
    honest!.response.signature = forged!.response.signature;
    await isRefused(await browser.post('/login/passkey', token, { next: '/', answer: JSON.stringify(honest) }), browser, '通行密钥未通过验证');
  });

  it('answer a challenge once, in the browser that was asked, within five minutes', async () => {
    const device = await add(await signedIn());
    const [browser, other] = [web.browser(), web.browser()];
    const { token, options } = await begin(browser);
    const answer = device.show(options);
    const theirs = await begin(other);
    await isRefused(await other.post('/login/passkey', theirs.token, { next: '/', answer }), other, '通行密钥未通过验证');
    await isRefused(await other.post('/login/passkey', theirs.token, { next: '/', answer: device.show(theirs.options) }), other, '这次操作已失效');
    const both = await Promise.all([1, 2].map(() => browser.post('/login/passkey', token, { next: '/settings', answer })));
    expect(both.map((one) => String(one.headers['location'])).toSorted()).to.deep.equal(['/login?next=%2Fsettings', '/settings']);
    const late = web.browser();
    const begun = await begin(late);
    now += 5 * 60_000;
    await isRefused(await late.post('/login/passkey', begun.token, { next: '/', answer: device.show(begun.options) }), late, '这次操作已失效');
  });

  it('are refused when their count went back, as a copy\'s does', async () => {
    const device = await add(await signedIn());
    expect((await signIn(web.browser(), device)).headers['location']).to.equal('/settings');
    expect((await signIn(web.browser(), device)).headers['location']).to.equal('/settings');
    device.counter -= 1;
    const browser = web.browser();
    await isRefused(await signIn(browser, device), browser, '通行密钥未通过验证');
  });

  it('go on with a count that stays at nought, as that of devices that share them', async () => {
    const device = await add(await signedIn());
    for (const _ of [1, 2]) {
      device.counter = -1;
      expect((await signIn(web.browser(), device)).headers['location']).to.equal('/settings');
    }
  });

  it('let nobody in whose account is closed, or whose passkey was removed', async () => {
    const owner = await signedIn();
    const device = await add(owner);
    await web.knex('person').where({ username: CLERK }).update({ active: false });
    try {
      const browser = web.browser();
      await isRefused(await signIn(browser, device), browser, '没有账号使用这个通行密钥');
    } finally {
      await web.knex('person').where({ username: CLERK }).update({ active: true });
    }
    const [row] = await web.knex('passkey').select<{ id: string }[]>('id');
    const page = `${home}/passkeys/${row!.id}/remove`;
    await (await signedIn('xyb.handler')).get(page).expect(404);
    expect((await owner.submit(page, { currentPassword: 'a wrong one' })).status).to.equal(422);
    expect((await owner.submit(page, { currentPassword: DEMO_PASSWORD })).headers['location']).to.equal(home);
    expect(await web.knex('mail').where({ template: 'passkeyRemoved' })).to.have.length(1);
    expect(await web.knex('access_log').where({ kind: 'passkeyRemoved', username: CLERK })).to.have.length(1);
    const browser = web.browser();
    await isRefused(await signIn(browser, device), browser, '没有账号使用这个通行密钥');
  });

  it('are what the rules ask for of a head: nothing opens before, and his password alone opens nothing after', async () => {
    const head = await signedIn(HEAD);
    await head.get('/settings').expect(303).expect('Location', home);
    expect((await head.get(home)).text).to.include('请先设置动态验证码或通行密钥');
    const device = await add(head);
    await head.get('/settings').expect(200);
    const byPassword = web.browser();
    await isRefused(await byPassword.signIn(HEAD), byPassword, '您还须用通行密钥登录');
    const byPasskey = web.browser();
    expect((await signIn(byPasskey, device)).headers['location']).to.equal('/settings');
    expect(await isIn(byPasskey)).to.equal(true);
  });

  it('of whom the rules do not ask leave his password as it was', async () => {
    await add(await signedIn());
    expect((await web.browser().signIn(CLERK)).headers['location']).to.equal('/settings');
  });

  it('of a head are not removed when one is the last, unless he has an app', async () => {
    const head = await signedIn(HEAD);
    await add(head);
    const [row] = await web.knex('passkey').select<{ id: string }[]>('id');
    const page = `${home}/passkeys/${row!.id}/remove`;
    expect((await head.get(page).expect(303)).headers['location']).to.equal(home);
    expect((await head.get(home)).text).to.include('最后一个通行密钥不能删除');
    await web.knex('person').where({ username: HEAD }).update({ has_second_factor: true });
    await head.submit(page, { currentPassword: DEMO_PASSWORD });
    expect(await web.knex('passkey')).to.have.length(0);
  });

  it('let a head who has one turn his app off, and his password alone opens nothing after', async () => {
    const head = await signedIn(HEAD);
    await add(head);
    await web.knex('second_factor').insert({ person_id: await idOf(HEAD), confirmed_at: new Date(now) });
    await web.knex('person').where({ username: HEAD }).update({ has_second_factor: true });
    expect((await web.browser().signIn(HEAD)).headers['location'], 'with an app its code is asked for').to.equal('/login/code');
    expect((await head.submit(`${home}/remove`, { currentPassword: DEMO_PASSWORD })).headers['location']).to.equal(home);
    const browser = web.browser();
    await isRefused(await browser.signIn(HEAD), browser, '您还须用通行密钥登录');
  });

  it('that were lost are reset by the security administrator, and go on after a new password', async () => {
    const head = await signedIn(HEAD);
    const device = await add(head);
    const password = 'Gelbes-Fahrrad-37-am-See';
    expect((await head.submit('/settings/password', { currentPassword: DEMO_PASSWORD, newPassword: password, repeatedPassword: password })).headers['location']).to.equal('/settings');
    expect((await signIn(web.browser(), device)).headers['location']).to.equal('/settings');
    const security = await signedIn('secadmin');
    await add(security, new SoftAuthenticator(site), '安全管理员');
    const page = `/admin/people/${await idOf(HEAD)}`;
    expect(plain((await security.get(page)).text)).to.include('通行密钥 1 个');
    await security.submit(`${page}/second-factor`, {});
    const browser = web.browser();
    await isRefused(await signIn(browser, device), browser, '没有账号使用这个通行密钥');
    expect((await browser.signIn(HEAD, password)).headers['location']).to.equal('/settings');
    await browser.get('/settings').expect(303).expect('Location', home);
  });
});
