import { expect } from 'chai';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { totpAt } from '../../../src/features/accounts/totp.ts';
import { defaultSignInRules } from '../../../src/platform/http/feature.ts';
import { createTestWeb, hidden, TestBrowser, type TestWeb } from '../../support/web.ts';

const HEAD = 'scjg.leader';
const STEP_MS = 30_000;

/** Secret and recovery codes of somebody who has set his app up. */
interface Enrolled {
  readonly secret: string;
  readonly codes: string[];
}

describe('the second factor', () => {
  let web: TestWeb;
  let now = Date.now();
  before(async () => {
    web = await createTestWeb({ features: [createAccounts], clock: () => new Date(now), signInRules: () => Promise.resolve(defaultSignInRules) }, { demoSecondFactor: true });
  });
  after(() => web.close());
  beforeEach(async () => {
    now += 10 * STEP_MS;
    await web.knex('sign_in_failure').delete();
    await web.knex('rate_limit').delete();
    await web.knex('second_factor').delete();
    await web.knex('person').update({ has_second_factor: false });
  });

  const codeOf = (secret: string): string => totpAt(secret, new Date(now));
  async function enrol(browser: TestBrowser): Promise<Enrolled> {
    expect((await browser.submit('/settings/security/begin', {})).headers['location']).to.equal('/settings/security/authenticator');
    const { text } = await browser.get('/settings/security/authenticator').expect(200);
    const secret = /one-time-password">([A-Z2-7 ]+)</.exec(text)![1]!.replaceAll(' ', '');
    const shown = await browser.submit('/settings/security/authenticator', { code: codeOf(secret) });
    expect(shown.status).to.equal(200);
    now += STEP_MS;
    return { secret, codes: [...shown.text.matchAll(/one-time-password">([0-9A-Z-]{19})</g)].map((found) => found[1]!) };
  }
  async function enrolled(username = HEAD): Promise<Enrolled & { browser: TestBrowser }> {
    const browser = web.browser();
    await browser.signIn(username);
    return { browser, ...await enrol(browser) };
  }
  /** A browser that has given the right password, and stands before the second step. */
  async function halfway(username = HEAD): Promise<TestBrowser> {
    const browser = web.browser();
    expect((await browser.signIn(username)).headers['location']).to.equal('/login/code');
    return browser;
  }

  for (const username of ['scjg.leader', 'xyb.leader', 'sysadmin', 'secadmin', 'audit']) {
    it(`is asked of ${username}: nothing else opens until it is set up`, async () => {
      const browser = web.browser();
      await browser.signIn(username);
      for (const path of ['/', '/settings', '/settings/tokens', '/admin/people', '/anything']) await browser.get(path).expect(303).expect('Location', '/settings/security');
      expect((await browser.get('/settings/security')).text).to.contain('请先设置动态验证码');
      await enrol(browser);
      await browser.get('/settings').expect(200);
    });
  }

  it('is not asked of a handler, who may set it up all the same and turn it off', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    await browser.get('/settings').expect(200);
    const { secret } = await enrol(browser);
    const again = await halfway('scjg.handler');
    await again.submit('/login/code', { code: codeOf(secret) });
    expect((await again.submit('/settings/security/remove', { currentPassword: 'Falsch-123' })).status).to.equal(422);
    expect((await again.submit('/settings/security/remove', { currentPassword: 'Xinzhi-demo-2026' })).headers['location']).to.equal('/settings/security');
    expect((await web.browser().signIn('scjg.handler')).headers['location']).to.equal('/settings');
  });

  it('is asked of whom the rules name', async () => {
    const rules = { ...defaultSignInRules, secondFactor: { administrators: false, heads: false, others: true } };
    const app = web.another({ signInRules: () => Promise.resolve(rules) });
    const [head, handler] = [new TestBrowser(app), new TestBrowser(app)];
    await head.signIn(HEAD);
    await head.get('/settings').expect(200);
    await handler.signIn('scjg.handler');
    await handler.get('/settings').expect(303).expect('Location', '/settings/security');
  });

  it('is asked for after the password, and leads where one wanted to go', async () => {
    const { secret } = await enrolled();
    const browser = await halfway();
    await browser.get('/settings').expect(303);
    const { text } = await browser.get('/login/code').expect(200);
    expect(text).to.contain('autocomplete="one-time-code"');
    expect((await browser.submit('/login/code', { code: codeOf(secret).replace(/^.../, '$& ') })).headers['location']).to.equal('/settings');
    await browser.get('/settings').expect(200);
    const last = await web.knex('sign_in').orderBy('at', 'desc').first<{ way: string; second: string }>('way', 'second');
    expect(last).to.deep.equal({ way: 'password', second: 'code' });
  });

  it('takes a code once, also when it comes twice at the same moment', async () => {
    const { secret } = await enrolled();
    const code = codeOf(secret);
    const [one, other] = [await halfway(), await halfway()];
    const answers = await Promise.all([one.submit('/login/code', { code }), other.submit('/login/code', { code })]);
    expect(answers.map(({ status }) => status)).to.have.members([303, 422]);
    expect((await (await halfway()).submit('/login/code', { code })).text).to.contain('验证码不正确或已使用过');
    now += STEP_MS;
    expect((await (await halfway()).submit('/login/code', { code: codeOf(secret) })).headers['location']).to.equal('/settings');
  });

  it('is locked after five wrong codes, and the right one helps no more', async () => {
    const { secret } = await enrolled();
    const browser = await halfway();
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await browser.submit('/login/code', { code: '000000' })).status);
    expect(statuses).to.deep.equal([422, 422, 422, 422, 429]);
    expect((await browser.submit('/login/code', { code: codeOf(secret) })).status).to.equal(429);
    await browser.get('/settings').expect(303);
  });

  it('cannot be walked around: the second step needs the first, for ten minutes, and dies with a new password', async () => {
    const { secret } = await enrolled();
    await web.browser().get('/login/code').expect(303).expect('Location', '/login');
    const late = await halfway();
    const token = hidden((await late.get('/login/code')).text, '_csrf');
    now += 11 * 60_000;
    expect((await late.post('/login/code', token, { code: codeOf(secret) })).headers['location']).to.equal('/login');
    const reset = await halfway();
    const other = hidden((await reset.get('/login/code')).text, '_csrf');
    const { id, password_hash: before } = await web.knex('person').where({ username: HEAD }).first<{ id: string; password_hash: string }>('id', 'password_hash');
    await web.knex('person').where({ id }).update({ password_hash: `${before} ` });
    expect((await reset.post('/login/code', other, { code: codeOf(secret) })).headers['location']).to.equal('/login');
    await web.knex('person').where({ id }).update({ password_hash: before });
  });

  it('gives ten recovery codes, shown once and stored hashed, each of which signs in once and is told by mail', async () => {
    const { codes } = await enrolled();
    expect(codes).to.have.length(10);
    const stored = JSON.stringify(await web.knex('recovery_code'));
    for (const code of codes) expect(stored).not.to.contain(code).and.not.to.contain(Buffer.from(code).toString('hex'));
    const browser = await halfway();
    expect((await browser.submit('/login/code', { code: codes[3]!.toLowerCase().replaceAll('-', ' ') })).headers['location']).to.equal('/settings');
    expect((await browser.get('/settings/security')).text).to.contain('还剩 9 个');
    expect(await web.knex('mail').where({ template: 'recoveryCodeUsed' })).to.have.length(1);
    expect((await (await halfway()).submit('/login/code', { code: codes[3]! })).status).to.equal(422);
  });

  it('gives new recovery codes for the password, which make the old ones void', async () => {
    const { browser, codes, secret } = await enrolled();
    const shown = await browser.submit('/settings/security/recovery', { currentPassword: 'Xinzhi-demo-2026' });
    expect(shown.headers['cache-control']).to.equal('no-store');
    expect([...shown.text.matchAll(/one-time-password">([0-9A-Z-]{19})</g)]).to.have.length(10);
    const next = await halfway();
    expect((await next.submit('/login/code', { code: codes[0]! })).status).to.equal(422);
    expect((await next.submit('/login/code', { code: codeOf(secret) })).status).to.equal(303);
  });

  it('is sealed at rest, and its secret goes with it', async () => {
    await web.knex('sealed_identity').where({ purpose: 'secondFactor' }).delete();
    const { secret, browser } = await enrolled('scjg.handler');
    const rows = await web.knex('sealed_identity').where({ purpose: 'secondFactor' });
    for (const row of rows as { sealed: Buffer; wrapped_key: Buffer }[]) expect(row.sealed.includes(secret)).to.equal(false);
    expect(JSON.stringify(await web.knex('second_factor'))).not.to.contain(secret);
    expect(JSON.stringify(await web.knex('session'))).not.to.contain(secret);
    await browser.submit('/settings/security/remove', { currentPassword: 'Xinzhi-demo-2026' });
    expect(await web.knex('sealed_identity').where({ purpose: 'secondFactor' })).to.have.length(0);
  });

  it('of somebody who lost it is reset by the security administrator alone, who is no other\'s helper, with a mail', async () => {
    const { browser } = await enrolled();
    const { id } = await web.knex('person').where({ username: HEAD }).first<{ id: string }>('id');
    const path = `/admin/people/${id}/second-factor`;
    for (const username of ['sysadmin', 'audit', 'scjg.handler']) {
      const other = new TestBrowser(web.another({ signInRules: () => Promise.resolve({ ...defaultSignInRules, secondFactor: { administrators: false, heads: false, others: false } }) }));
      await other.signIn(username);
      await other.get(path).expect(404);
    }
    const { browser: security } = await enrolled('secadmin');
    expect((await security.get(path)).text).to.contain('不能撤回');
    expect((await security.submit(path, {})).headers['location']).to.equal(`/admin/people/${id}`);
    await browser.get('/settings').expect(303);
    expect(await web.knex('mail').where({ template: 'secondFactorReset', person_id: id })).to.have.length(1);
    expect(await web.knex('access_log').where({ kind: 'secondFactorReset', subject_id: id })).to.have.length(1);
    const again = web.browser();
    expect((await again.signIn(HEAD)).headers['location']).to.equal('/settings');
    await again.get('/settings').expect(303).expect('Location', '/settings/security');
  });

  it('is not asked for in the demo city unless its settings say so', async () => {
    const demo = await createTestWeb();
    try {
      const browser = demo.browser();
      await browser.signIn(HEAD);
      await browser.get('/settings').expect(200);
    } finally {
      await demo.close();
    }
  });
});
