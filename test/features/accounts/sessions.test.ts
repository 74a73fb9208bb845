import { expect } from 'chai';
import { defaultSignInRules } from '../../../src/platform/http/feature.ts';
import { createTestWeb, hidden, TestBrowser, type TestWeb } from '../../support/web.ts';

const WHO = 'scjg.handler';

describe('the sessions of one person', () => {
  let web: TestWeb;
  before(async () => { web = await createTestWeb({ signInRules: () => Promise.resolve(defaultSignInRules) }, { trustProxy: 1 }); });
  after(() => web.close());
  beforeEach(() => web.knex('sign_in').delete());
  const at = (address: string, app = web.app): TestBrowser => {
    const browser = new TestBrowser(app);
    browser.agent.set('X-Forwarded-For', address).set('User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36');
    return browser;
  };

  it('are one: a new sign-in ends the older one, whose next page says when and from where', async () => {
    const [older, newer] = [at('10.0.0.1'), at('198.51.100.7')];
    await older.signIn(WHO);
    await newer.signIn(WHO);
    const { headers } = await older.get('/settings').expect(303);
    const { text } = await older.get(headers['location']!).expect(200);
    expect(text).to.contain('在另一处（198.51.100.7）登录，此处已自动退出').and.to.match(/\d+月\d+日（周.）\d\d:\d\d/);
    await newer.get('/settings').expect(200);
    expect((await older.get('/login?lang=en')).text).to.contain('This account signed in elsewhere (198.51.100.7)');
  });

  it('keep the words of a form that was open when the session was ended', async () => {
    const [older, newer] = [at('10.0.0.1'), at('10.0.0.2')];
    await older.signIn(WHO);
    const token = hidden((await older.get('/settings')).text, '_csrf');
    await newer.signIn(WHO);
    const { headers } = await older.post('/settings', token, { mail: 'kept@suqian.example', locale: 'zh-CN' });
    const { text } = await older.get(headers['location']!);
    expect(text).to.contain('在另一处（10.0.0.2）登录').and.to.contain('文字保留 30 分钟').and.not.to.contain('20 分钟没有操作');
  });

  it('are as many as the rule says, and the oldest goes', async () => {
    const app = web.another({ signInRules: () => Promise.resolve({ ...defaultSignInRules, sessionsAPerson: 2 }) });
    const [first, second, third] = [at('10.0.0.1', app), at('10.0.0.2', app), at('10.0.0.3', app)];
    for (const browser of [first, second, third]) await browser.signIn(WHO);
    await first.get('/settings').expect(303);
    await second.get('/settings').expect(200);
    await third.get('/settings').expect(200);
  });

  it('of two sign-ins at the same moment leave one', async () => {
    for (let n = 0; n < 5; n += 1) {
      const browsers = Array.from({ length: 4 }, (_, i) => at(`10.0.1.${i}`));
      await Promise.all(browsers.map((browser) => browser.signIn(WHO)));
      const open = await Promise.all(browsers.map(async (browser) => (await browser.get('/settings')).status));
      expect(open.filter((status) => status === 200)).to.have.length(1);
    }
  });

  it('end with a reset password and with a closed account, and say so', async () => {
    const { id } = await web.knex('person').where({ username: 'hbj.handler' }).first<{ id: string }>('id');
    const administrator = at('10.0.0.9');
    await administrator.signIn('sysadmin');
    for (const [act, said] of [['deactivate', '该账号已于'], ['password', '密码已于']] as const) {
      await web.knex('person').where({ id }).update({ active: true, must_change_password: false });
      await web.knex('sign_in_failure').delete();
      const person = at('10.0.0.1');
      await person.signIn('hbj.handler');
      await administrator.submit(`/admin/people/${id}/${act}`, {});
      const { headers } = await person.get('/settings').expect(303);
      expect((await person.get(headers['location']!)).text).to.contain(said);
    }
  });

  it('do not come back by what a request of theirs writes afterwards', async () => {
    const [older, newer] = [at('10.0.0.1'), at('10.0.0.2')];
    await older.signIn(WHO);
    const [row] = (await web.knex('session').whereNotNull('person_id').orderBy('expire', 'desc').limit(1)) as { sid: string; sess: object }[];
    await newer.signIn(WHO);
    const { SessionStore } = await import('../../../src/platform/http/session-store.ts');
    const store = new SessionStore(web.knex, () => Promise.resolve({ idleMinutes: 20, longestHours: 12 }));
    await web.knex('session').where({ sid: row!.sid }).update({ sess: JSON.stringify(row!.sess) });
    const loaded = await new Promise<Parameters<typeof store.set>[1]>((resolve, reject) => store.get(row!.sid, (error, data) => (data ? resolve(data) : reject(error as Error))));
    await web.knex('session').where({ sid: row!.sid }).update({ sess: JSON.stringify({ cookie: {} }) });
    await new Promise((resolve) => store.set(row!.sid, loaded, resolve));
    expect(await web.knex('session').where({ sid: row!.sid }).first('person_id')).to.deep.equal({ person_id: null });
  });
});
