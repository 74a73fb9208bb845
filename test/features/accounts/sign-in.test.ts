import { expect } from 'chai';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { defaultSignInRules } from '../../../src/platform/http/feature.ts';
import { createTestWeb, DEMO_PASSWORD, hidden, TestBrowser, type TestWeb } from '../../support/web.ts';

describe('signing in', () => {
  let web: TestWeb;
  before(async () => { web = await createTestWeb(); });
  after(() => web.close());
  afterEach(() => web.knex('sign_in_failure').delete());

  const wrong = (browser: TestBrowser, username: string, password = 'Falsch-123') => browser.submit('/login', { username, password });
  const logOf = async (kind: string) => (await web.knex('access_log').where({ kind }).orderBy('id', 'desc').first()) as Record<string, unknown> | undefined;

  it('needs name and password, and says which is missing beside its field', async () => {
    const { status, text } = await web.browser().submit('/login', { username: '', password: '' });
    expect(status).to.equal(422);
    expect(text.match(/class="field-error"/g)).to.have.length(2);
  });

  it('leads to the page that was asked for, and is logged with where from', async () => {
    const browser = web.browser();
    const { headers } = await browser.get('/settings?x=1').expect(303);
    expect(headers['location']).to.equal('/login?next=%2Fsettings%3Fx%3D1&cause=needed');
    const next = hidden((await browser.get(headers['location']!)).text, 'next');
    const answer = await browser.submit('/login', { username: 'scjg.handler', password: DEMO_PASSWORD, next });
    expect(answer.headers['location']).to.equal('/settings?x=1');
    expect(await logOf('signIn')).to.include({ username: 'scjg.handler', path: '/login', method: 'POST' });
  });

  for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', '/login', '/logout', '/login?next=/login', 'javascript:alert(1)', '']) {
    it(`never leads to ${JSON.stringify(next)}`, async () => {
      expect((await web.browser().signIn('scjg.handler', DEMO_PASSWORD, next)).headers['location']).to.equal('/');
    });
  }

  it('takes the user name in capitals and with blanks, as a telephone types it', async () => {
    expect((await web.browser().signIn(' SCJG.Handler ')).status).to.equal(303);
  });

  it('with a wrong password says how many tries are left, keeps the name and not the password', async () => {
    const { status, text } = await wrong(web.browser(), 'scjg.handler', 'Geheim-123');
    expect(status).to.equal(422);
    expect(text).to.contain('用户名或密码不正确。再错 4 次，该账号将在此处锁定 30 分钟。').and.to.contain('value="scjg.handler"').and.not.to.contain('Geheim-123');
    expect(await logOf('signInFailed')).to.include({ username: 'scjg.handler', person_id: null });
    expect(JSON.stringify(await web.knex('access_log'))).not.to.contain('Geheim-123');
  });

  it('five wrong times locks for half an hour, and the page says until when; the right password helps no more', async () => {
    const browser = web.browser();
    const texts: string[] = [];
    for (let n = 0; n < 5; n += 1) texts.push((await wrong(browser, 'rsj.handler')).text);
    expect(texts.slice(0, 4).every((text) => text.includes('用户名或密码不正确'))).to.equal(true);
    expect(texts[4]).to.match(/该账号已在此处锁定，(\d+年)?\d+月\d+日（周.）\d\d:\d\d后可再次登录/);
    const locked = await browser.signIn('rsj.handler');
    expect(locked.status).to.equal(429);
    expect(locked.text).to.contain('该账号已在此处锁定');
    expect(await logOf('signInLocked')).to.include({ username: 'rsj.handler' });
    const { left } = await web.knex('sign_in_failure').where({ username: 'rsj.handler' })
      .first<{ left: number }>(web.knex.raw('extract(epoch from locked_until - now())::float8 / 60 as left'));
    expect(left).to.be.within(29.5, 30);
  });

  it('works again when the half hour is over, with five new tries', async () => {
    const browser = web.browser();
    for (let n = 0; n < 5; n += 1) await wrong(browser, 'rsj.handler');
    await web.knex('sign_in_failure').update({ locked_until: new Date(Date.now() - 1000) });
    expect((await wrong(browser, 'rsj.handler')).text).to.contain('再错 4 次');
    expect((await browser.signIn('rsj.handler')).status).to.equal(303);
    expect(await web.knex('sign_in_failure').where({ username: 'rsj.handler' })).to.have.length(0);
  });

  it('wrong four times and then right starts the count again', async () => {
    const browser = web.browser();
    for (let n = 0; n < 4; n += 1) await wrong(browser, 'hbj.leader');
    expect((await browser.signIn('hbj.leader')).status).to.equal(303);
    expect((await wrong(web.browser(), 'hbj.leader')).text).to.contain('再错 4 次');
  });

  it('does not tell which names there are: one that is none answers and locks just the same', async () => {
    const browser = web.browser();
    const strip = (text: string) => text.replace(/value="[^"]*"|[0-9a-f-]{36}|nobody|yjj\.handler/g, '');
    for (let n = 0; n < 6; n += 1) {
      const known = await wrong(browser, 'yjj.handler');
      const unknown = await wrong(browser, 'nobody');
      expect(unknown.status).to.equal(known.status);
      expect(strip(unknown.text).replace(/\d\d:\d\d/, '')).to.equal(strip(known.text).replace(/\d\d:\d\d/, ''));
    }
  });

  it('takes as long for a name that is none', async function () {
    this.timeout(20_000);
    const app = web.another({ signInRules: () => Promise.resolve({ ...defaultSignInRules, attempts: 1000 }) });
    const browser = new TestBrowser(app);
    const token = hidden((await browser.get('/login')).text, '_csrf');
    const times: Record<string, number[]> = { known: [], unknown: [] };
    for (let n = 0; n < 12; n += 1) {
      for (const [kind, username] of [['known', 'zx.leader'], ['unknown', 'no.such.one']] as const) {
        const began = performance.now();
        await browser.post('/login', token, { username, password: 'Falsch-123' });
        times[kind]!.push(performance.now() - began);
      }
    }
    const fastest = (list: number[]) => list.toSorted((a, b) => a - b)[1]!;
    expect(fastest(times['unknown']!) / fastest(times['known']!)).to.be.within(0.5, 2);
  });

  it('at once from many sides gives no more than five tries', async () => {
    const browser = web.browser();
    const token = hidden((await browser.get('/login')).text, '_csrf');
    const answers = await Promise.all(Array.from({ length: 15 }, () => browser.post('/login', token, { username: 'suyu.handler', password: 'Falsch-123' })));
    expect(answers.filter(({ status }) => status === 422)).to.have.length(4);
    expect(answers.filter(({ status }) => status === 429)).to.have.length(11);
  });

  it('is not possible for an inactive account, which answers as one that is none', async () => {
    await web.knex('person').where({ username: 'zx.handler' }).update({ active: false });
    const { status, text } = await web.browser().signIn('zx.handler');
    expect(status).to.equal(422);
    expect(text).to.contain('用户名或密码不正确');
    await web.knex('person').where({ username: 'zx.handler' }).update({ active: true });
  });

  it('answers a balancer that asks for the head of the page alone', async () => {
    await web.browser().agent.head('/login').expect(200);
  });

  it('twice leads from the sign-in page straight on', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    await browser.get('/login?next=/settings').expect(303).expect('Location', '/settings');
  });

  it('by a name with SQL or HTML in it is a wrong name', async () => {
    for (const username of [`' or 1=1 --`, '<script>alert(1)</script>', 'x'.repeat(100)]) {
      const { status, text } = await web.browser().signIn(username);
      expect(status).to.equal(422);
      expect(text).not.to.contain('<script>alert');
    }
  });

  it('too often from one address is stopped before any password is looked at', async () => {
    const app = web.another();
    await web.knex('rate_limit').where('key', 'like', 'sign-in:%').update({ hits: 100, reset_at: new Date(Date.now() + 60_000) });
    const { status, text } = await new TestBrowser(app).signIn('scjg.handler');
    expect(status).to.equal(429);
    expect(text).to.contain('操作过于频繁').and.not.to.contain(`name="password" value="${DEMO_PASSWORD}"`);
    await web.knex('rate_limit').delete();
  });

  it('leads administrators to what they administer, as they have no business', async () => {
    for (const [username, start] of [['sysadmin', '/admin/people'], ['secadmin', '/admin/people'], ['audit', '/admin/access-log']] as const) {
      const browser = web.browser();
      await browser.signIn(username, DEMO_PASSWORD, '/');
      await browser.get('/').expect(303).expect('Location', start);
    }
  });

  it('ends by signing out: the old pages are not to be had any more, the browser is told to forget them', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    const token = hidden((await browser.get('/settings')).text, '_csrf');
    const answer = await browser.post('/logout', token);
    expect(answer.status).to.equal(303);
    expect(answer.headers['clear-site-data']).to.equal('"cache"');
    expect((await browser.get('/login')).text).to.contain('已退出。');
    await browser.get('/settings').expect(303);
    expect(await logOf('signOut')).to.include({ username: 'scjg.handler' });
    expect((await browser.post('/logout', token)).headers['location']).to.equal('/login');
  });

  it('cannot be ended by another site', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    expect((await browser.post('/logout', '')).status).to.equal(403);
    await browser.get('/settings').expect(200);
  });
});

describe('the demo accounts on the sign-in page', () => {
  it('are there one click away, by unit, with name and role', async () => {
    const web = await createTestWeb();
    try {
      const browser = web.browser();
      const { text } = await browser.get('/login');
      const accounts = [...text.matchAll(/name="username" value="([^"]+)"/g)].map((match) => match[1]!);
      expect(accounts).to.have.members([
        'xyb.handler', 'xyb.supervisor', 'xyb.leader', 'scjg.handler', 'scjg.leader', 'rsj.handler', 'rsj.leader', 'hbj.handler', 'hbj.leader',
        'yjj.handler', 'yjj.leader', 'zx.handler', 'zx.leader', 'suyu.handler', 'suyu.leader', 'shuyang.handler', 'shuyang.leader',
        'zy.handler', 'zy.leader', 'fz.reviewer', 'audit', 'sysadmin', 'secadmin',
      ]);
      expect(text).to.contain('宿迁市市场监督管理局').and.to.contain('法制审核');
      for (const username of accounts) expect((await web.browser().signIn(username)).status, username).to.equal(303);
    } finally {
      await web.close();
    }
  });

  for (const settings of [{ seed: 'none' }, { seed: 'demo', mode: 'production' }] as const) {
    it(`are not there with ${JSON.stringify(settings)}`, async () => {
      const web = await createTestWeb({ features: [createAccounts] }, settings);
      try {
        expect((await web.browser().get('/login')).text).not.to.contain(DEMO_PASSWORD).and.not.to.contain('sysadmin');
      } finally {
        await web.close();
      }
    });
  }
});
