import { expect } from 'chai';
import request from 'supertest';
import { api } from '../../../src/features/api/index.ts';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { createTestWeb, DEMO_PASSWORD, type TestBrowser, type TestWeb } from '../../support/web.ts';

const PURPOSE = '市场监管业务系统';
const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + 8 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10);

describe('tokens of the API', () => {
  let web: TestWeb;
  let browser: TestBrowser;
  before(async () => {
    const unused = {} as Parameters<typeof api>[0];
    web = await createTestWeb({ features: [createAccounts, (ground) => api(unused)(ground)] });
  });
  after(() => web.close());
  beforeEach(async () => {
    await web.knex('api_token').delete();
    await web.knex('person').update({ active: true });
    browser = web.browser();
    await browser.signIn('scjg.handler');
  });

  const make = (fields: Record<string, string> = {}) =>
    browser.submit('/settings/tokens/new', { purpose: PURPOSE, lastDay: dayIn(30), currentPassword: DEMO_PASSWORD, ...fields });
  const made = async (): Promise<string> => /one-time-password">(xz_[^<]+)</.exec((await make()).text)![1]!;
  /** 404 is what a token that is good gets for a case that is none. */
  const isGood = async (token: string): Promise<boolean> => (await request(web.app).get('/api/v1/nothing').set('Authorization', `Bearer ${token}`)).status !== 401;

  it('are shown once, stored hashed, and good until the end of their last day', async () => {
    const answer = await make();
    const token = /one-time-password">(xz_[^<]+)</.exec(answer.text)![1]!;
    expect(answer.headers['cache-control']).to.equal('no-store');
    expect(await isGood(token)).to.equal(true);
    const [row] = (await web.knex('api_token')) as { expires_at: Date; token_hash: string }[];
    expect(row!.expires_at.toISOString()).to.equal(new Date(Date.parse(`${dayIn(31)}T00:00:00+08:00`)).toISOString());
    expect(row!.token_hash).not.to.contain(token);
    expect(await web.knex('mail').where({ template: 'tokenMade' })).not.to.have.length(0);
    const { text } = await browser.get('/settings/tokens');
    expect(text).to.contain(PURPOSE).and.to.contain('有效').and.not.to.contain(token);
  });

  for (const [what, fields, sentence] of [
    ['without a purpose', { purpose: '' }, '请填写'],
    ['without a last day', { lastDay: '' }, '请填写'],
    ['that ended yesterday', { lastDay: dayIn(-1) }, dayIn(-1)],
    ['of more days than the rule allows', { lastDay: dayIn(400) }, dayIn(400)],
    ['with a wrong password', { currentPassword: 'Falsch-123' }, '当前密码不正确'],
  ] as const) {
    it(`are not made ${what}`, async () => {
      const { status, text } = await make(fields);
      expect(status).to.equal(422);
      expect(text).to.contain(sentence);
      expect(await web.knex('api_token')).to.have.length(0);
    });
  }

  it('are revoked by their person, and by no other', async () => {
    const token = await made();
    const { id } = await web.knex('api_token').first<{ id: string }>('id');
    const other = web.browser();
    await other.signIn('rsj.handler');
    expect((await other.submit('/settings/tokens', {}, `/settings/tokens/${id}/revoke`).catch(() => ({ status: 404 }))).status).to.equal(404);
    expect(await isGood(token)).to.equal(true);
    expect((await browser.submit('/settings/tokens', {}, `/settings/tokens/${id}/revoke`)).headers['location']).to.equal('/settings/tokens');
    expect(await isGood(token)).to.equal(false);
    expect((await browser.get('/settings/tokens')).text).to.contain('已撤销');
  });

  it('are seen by administrators, and revoked by the system or the security administrator', async () => {
    const token = await made();
    const { id } = await web.knex('api_token').first<{ id: string }>('id');
    const person = await web.knex('person').where({ username: 'scjg.handler' }).first<{ id: string }>('id');
    const path = `/admin/people/${person.id}`;
    for (const [username, may] of [['audit', false], ['secadmin', true]] as const) {
      const administrator = web.browser();
      await administrator.signIn(username);
      expect((await administrator.get(path)).text).to.contain(PURPOSE);
      expect((await administrator.submit(path, {}, `${path}/tokens/${id}/revoke`)).status).to.equal(may ? 303 : 404);
      expect(await isGood(token)).to.equal(!may);
    }
    expect(await web.knex('access_log').where({ kind: 'tokenRevoked', subject_id: person.id })).not.to.have.length(0);
  });

  it('end with a new password, with a reset one, and with the account', async () => {
    const person = await web.knex('person').where({ username: 'scjg.handler' }).first<{ id: string }>('id');
    const administrator = web.browser();
    await administrator.signIn('sysadmin');
    const first = await made();
    await administrator.submit(`/admin/people/${person.id}/deactivate`, {});
    await administrator.submit(`/admin/people/${person.id}/activate`, {});
    expect(await isGood(first)).to.equal(false);
    await browser.signIn('scjg.handler');
    const second = await made();
    expect(await isGood(second)).to.equal(true);
    await browser.submit('/settings/password', { currentPassword: DEMO_PASSWORD, newPassword: 'Neu-Passwort-7', repeatedPassword: 'Neu-Passwort-7' });
    expect(await isGood(second)).to.equal(false);
  });
});

describe('my sign-ins', () => {
  let web: TestWeb;
  before(async () => { web = await createTestWeb({}, { trustProxy: 1 }); });
  after(() => web.close());
  const at = (address: string, agent: string): TestBrowser => {
    const browser = web.browser();
    browser.agent.set('X-Forwarded-For', address).set('User-Agent', agent);
    return browser;
  };

  it('show day, address, browser and way; each that is open is ended by its person alone', async () => {
    const here = at('10.0.0.1', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0');
    const there = at('198.51.100.7', 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36 MicroMessenger/8.0');
    await there.signIn('scjg.handler');
    await here.signIn('scjg.handler');
    const { text } = await here.get('/settings/sign-ins').expect(200);
    expect(text).to.contain('198.51.100.7').and.to.contain('WeChat · Android').and.to.contain('Edge · Windows').and.to.contain('本次登录').and.to.contain('仍在登录');
    expect(text).not.to.contain('<script>');
    const action = /action="(\/settings\/sign-ins\/[^"]+\/end)"/.exec(text)![1]!;
    const other = at('10.0.0.2', '<script>');
    await other.signIn('rsj.handler');
    expect((await other.submit('/settings/password', {}, action)).status).to.equal(404);
    await there.get('/settings').expect(200);
    expect((await here.submit('/settings/sign-ins', {}, action)).headers['location']).to.equal('/settings/sign-ins');
    const { headers } = await there.get('/settings').expect(303);
    expect((await there.get(headers['location']!)).text).to.contain('在另一处（10.0.0.1）结束了此处的登录');
    expect((await here.get('/settings/sign-ins')).text).to.contain('由本人结束');
  });
});
