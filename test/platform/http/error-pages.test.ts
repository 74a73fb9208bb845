import { expect } from 'chai';
import { pino } from 'pino';
import request from 'supertest';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { createApiToken } from '../../../src/platform/api-tokens.ts';
import { createDatabase } from '../../../src/platform/database.ts';
import { isDatabaseAway } from '../../../src/platform/http/errors.ts';
import { createNotes } from '../../support/notes.ts';
import { testStack } from '../../support/stack.ts';
import { createTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { createTestWeb, hidden, TestBrowser, type TestWeb } from '../../support/web.ts';

const typed = { title: '李记 <b>火锅</b>', commandId: 'c-1' };

describe('when something goes wrong', () => {
  let web: TestWeb;
  let browser: TestBrowser;
  const logged: string[] = [];
  before(async () => {
    const logger = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
    web = await createTestWeb({ features: [createAccounts, createNotes().feature], logger });
    browser = web.browser();
    await browser.signIn('scjg.handler');
  });
  after(() => web.close());
  beforeEach(() => { logged.length = 0; });
  const token = async () => hidden((await browser.get('/notes/new')).text, '_csrf');

  for (const path of ['/notes/boom', '/notes/later', '/notes/bad-view']) {
    it(`${path} tells the reader nothing of the fault and the log all of it`, async () => {
      const { status, text, headers } = await browser.get(path);
      expect(status).to.equal(500);
      expect(text).to.contain('系统遇到意外错误').and.to.contain(headers['x-request-id']);
      expect(text).not.to.match(/secret detail|at .*\.ts|node_modules|Failed to lookup/);
      expect(logged.join()).to.match(/secret detail|Failed to lookup/);
    });
  }

  it('a fault that passes gives the same form once more, ready to send', async () => {
    const answer = await browser.post('/notes/boom', await token(), typed);
    expect(answer.status).to.equal(500);
    expect(answer.text).to.contain('<form method="post" action="/notes/boom">');
    expect(hidden(answer.text, 'commandId')).to.equal('c-1');
    expect(answer.text).to.contain('name="title" value="李记 &lt;b&gt;火锅&lt;/b&gt;"');
    const again = await browser.agent.post('/notes/send').type('form').send({ _csrf: hidden(answer.text.slice(answer.text.indexOf('action="/notes/boom"')), '_csrf'), title: typed.title });
    expect(again.status).to.equal(303);
  });

  it('a password is not written into the page', async () => {
    const answer = await browser.post('/notes/boom', await token(), { ...typed, newPassword: 'geheim' });
    expect(answer.text).not.to.contain('geheim').and.not.to.contain('action="/notes/boom"');
    expect(answer.text).to.contain('回到表单，已填写的内容仍在');
  });

  it('a conflict leads back to the form with what was typed', async () => {
    const answer = await browser.post('/notes/conflict', await token(), typed);
    expect(answer.status).to.equal(409);
    const back = /href="(\/notes\/new\?kept=[^"]+)"/.exec(answer.text)![1]!;
    expect((await browser.get(back)).text).to.contain('李记 &lt;b&gt;火锅&lt;/b&gt;');
  });

  it('a refusal says why', async () => {
    const answer = await browser.post('/notes/forbidden', await token(), typed);
    expect(answer.status).to.equal(403);
    expect(answer.text).to.contain('您没有办理此事项的权限。');
  });

  it('a part that is away is told as it is: not known, and to be looked at first', async () => {
    const answer = await browser.post('/notes/away', await token(), typed);
    expect(answer.status).to.equal(503);
    expect(answer.headers['retry-after']).to.equal('10');
    expect(answer.text).to.contain('是否已被记录尚不能确定');
  });

  it('an address that leads nowhere has a page with a way back', async () => {
    const { status, text } = await browser.get('/no/such/page');
    expect(status).to.equal(404);
    expect(text).to.contain('没有找到').and.to.contain('回到首页');
    expect((await request(web.app).get('/public/nothing').expect(404)).text).to.contain('href="/public"');
  });

  it('what one may not see looks the same as what is not there, and the attempt is logged', async () => {
    const hiddenPage = await browser.get('/notes/hidden').expect(404);
    const nothing = await browser.get('/notes/nothing').expect(404);
    const strip = (text: string) => text.replace(/[0-9a-f-]{36}|notes(\/|%2F)\w+|value="[^"]*"/g, '');
    expect(strip(hiddenPage.text)).to.equal(strip(nothing.text));
    const [line] = await web.knex('access_log').where({ kind: 'refused' }) as { path: string; username: string }[];
    expect(line).to.include({ path: '/notes/hidden', username: 'scjg.handler' });
  });

  it('a broken address or body is the sender\'s fault, and no trace of the code is shown', async () => {
    const bad = await browser.get('/admin/people/%E0%A4%A');
    expect(bad.status).to.equal(400);
    expect(bad.text).to.contain('无法识别这个请求').and.not.to.contain('URIError');
    const broken = await browser.agent.post('/notes/send').set('Content-Type', 'multipart/form-data; boundary=x').send('--x\r\nContent-Disp');
    expect(broken.status).to.equal(400);
    expect(broken.text).not.to.contain('node_modules');
  });

  it('a forged cursor gets a page that leads to the beginning of the list', async () => {
    const admin = web.browser();
    await admin.signIn('sysadmin');
    const { status, text } = await admin.get('/admin/people?search=a&after=forged.cursor');
    expect(status).to.equal(400);
    expect(text).to.contain('href="/admin/people"').and.to.contain('从头查看');
  });

  it('too many requests of one visitor are told how long to wait, in every process', async () => {
    const apps = [web.app, web.another()];
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const visitor = new TestBrowser(apps[n % 2]!);
      const answer = await visitor.submit('/public/form', { title: 'x' });
      statuses.push(answer.status);
      if (answer.status === 429) {
        expect(Number(answer.headers['retry-after'])).to.be.within(1, 60);
        expect(answer.text).to.contain('操作过于频繁').and.to.contain('action="/public/form"');
      }
    }
    expect(statuses).to.deep.equal([200, 200, 200, 429, 429]);
  });
});

describe('the interface for machines', () => {
  let web: TestWeb;
  let bearer: string;
  before(async () => {
    web = await createTestWeb({ features: [createAccounts, createNotes().feature] });
    const { id } = await web.knex('person').where({ username: 'xyb.handler' }).first<{ id: string }>('id');
    bearer = `Bearer ${await createApiToken(web.knex, id)}`;
  });
  after(() => web.close());
  const problem = (response: request.Response) => JSON.parse(response.text) as Record<string, unknown>;

  it('knows the person of a token', async () => {
    const { body } = await request(web.app).get('/api/v1/me').set('Authorization', bearer).expect(200);
    expect(body).to.deep.equal({ username: 'xyb.handler' });
  });

  it('stores no token, only its hash', async () => {
    const [row] = await web.knex('api_token').select<{ token_hash: string }[]>('token_hash');
    expect(bearer).not.to.contain(row!.token_hash);
  });

  for (const [what, header] of [['no token', undefined], ['a made-up one', 'Bearer xz_made-up'], ['another scheme', 'Basic eHg6eHg='], ['nothing after the word', 'Bearer ']] as const) {
    it(`refuses ${what} as problem+json`, async () => {
      const test = request(web.app).get('/api/v1/me');
      if (header !== undefined) void test.set('Authorization', header);
      const response = await test.expect(401).expect('Content-Type', /application\/problem\+json/).expect('WWW-Authenticate', 'Bearer');
      expect(problem(response)).to.include({ status: 401, type: 'about:blank' }).and.to.have.property('requestId');
    });
  }

  it('logs a refused token, without the token', async () => {
    const [line] = await web.knex('access_log').where({ kind: 'tokenRefused' });
    expect(line).to.include({ path: '/api/v1/me' });
    expect(JSON.stringify(line)).not.to.contain('made-up');
  });

  it('refuses the token of a person made inactive, one withdrawn, and one that is over', async () => {
    const { id } = await web.knex('person').where({ username: 'zx.handler' }).first<{ id: string }>('id');
    const over = await createApiToken(web.knex, id, { expiresAt: new Date(Date.now() - 1000) });
    const good = await createApiToken(web.knex, id, { expiresAt: new Date(Date.now() + 60_000) });
    const status = async (token: string) => (await request(web.app).get('/api/v1/me').set('Authorization', `Bearer ${token}`)).status;
    expect(await status(over)).to.equal(401);
    expect(await status(good)).to.equal(200);
    await web.knex('person').where({ id }).update({ active: false });
    expect(await status(good)).to.equal(401);
    await web.knex('person').where({ id }).update({ active: true });
    await web.knex('api_token').where({ person_id: id }).update({ revoked_at: new Date() });
    expect(await status(good)).to.equal(401);
  });

  it('asks a token of whoever changes something: a browser\'s session does for reading only', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    expect((await browser.get('/api/v1/me').expect(200)).body).to.deep.equal({ username: 'scjg.handler' });
    await browser.agent.post('/api/v1/notes').send({ title: 'x' }).expect(401);
    await request(web.app).post('/api/v1/notes').set('Authorization', bearer).send({ title: 'x' }).expect(201);
  });

  it('names each wrong field', async () => {
    const response = await request(web.app).post('/api/v1/notes').set('Authorization', bearer).send({ title: 'x'.repeat(51) }).expect(422);
    expect(problem(response)['errors']).to.deep.equal({ title: '不超过 50 字，现为 51 字。' });
  });

  it('answers broken JSON, an unknown address and a fault as problem+json too', async () => {
    const send = (path: string) => request(web.app).post(path).set('Authorization', bearer).set('Content-Type', 'application/json');
    expect(problem(await send('/api/v1/notes').send('{"title":').expect(400))).to.include({ status: 400 });
    expect(problem(await send('/api/v1/nothing').send('{}').expect(404))).to.include({ status: 404 });
    const fault = await request(web.app).get('/api/v1/boom').set('Authorization', bearer).expect(500);
    expect(fault.text).not.to.contain('secret detail');
  });
});

describe('while PostgreSQL is away', () => {
  let web: TestWeb;
  let proxy: TcpProxy;
  let browser: TestBrowser;
  let through: ReturnType<typeof createDatabase>;
  before(async () => {
    web = await createTestWeb();
    const { hostname, port } = new URL(testStack().databaseUrl);
    proxy = await createTcpProxy(hostname, Number(port || 5432));
    const url = new URL(((web.knex.client as { config: { connection: { connectionString: string } } }).config.connection).connectionString);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    through = createDatabase(url.href);
    browser = new TestBrowser(web.another({ knex: through, features: [createAccounts, createNotes().feature] }));
    await browser.signIn('scjg.handler');
  });
  after(async () => {
    await through.destroy();
    await proxy.close();
    await web.close();
  });
  afterEach(() => proxy.comeBack().catch(() => undefined));

  it('a page says so, soon, and is itself again when the database is back', async () => {
    await browser.get('/notes/database').expect(200);
    await proxy.leave();
    const began = Date.now();
    const { status, text } = await browser.get('/notes/database');
    expect(status).to.equal(503);
    expect(text).to.contain('数据库暂时无法连接').and.not.to.match(/ECONNREFUSED|node_modules/);
    expect(Date.now() - began).to.be.lessThan(3000);
    await proxy.comeBack();
    await browser.get('/notes/database').expect(200);
  });

  it('a form that was sent is held on the page, ready to send again', async () => {
    const token = hidden((await browser.get('/notes/new')).text, '_csrf');
    await proxy.leave();
    const answer = await browser.post('/notes/send', token, typed);
    expect(answer.status).to.equal(503);
    expect(answer.text).to.contain('action="/notes/send"').and.to.contain('value="李记 &lt;b&gt;火锅&lt;/b&gt;"');
    await proxy.comeBack();
    expect((await browser.post('/notes/send', hidden(answer.text, '_csrf'), { title: hidden(answer.text, 'title') })).status).to.equal(303);
  });

  it('the sign-in page and the interface for machines say so, too', async () => {
    await proxy.leave();
    expect((await browser.get('/login')).status).to.equal(503);
    const machine = await browser.get('/api/v1/me').set('Authorization', 'Bearer xz_x').expect(503);
    expect(JSON.parse(machine.text)).to.include({ status: 503, part: 'database' });
  });

  it('styles are served as ever', async () => {
    await proxy.leave();
    await browser.get('/assets/xinzhi.css').expect(200);
  });
});

describe('an error of the database driver', () => {
  const withCode = (code: string) => Object.assign(new Error('x'), { code });
  it('means that the database is away when the connection is at fault', () => {
    for (const code of ['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', '53300']) expect(isDatabaseAway(withCode(code)), code).to.equal(true);
    const messages = ['Connection terminated unexpectedly', 'Query read timeout', 'select "slug" from "case_task" where "slug" = $1 - Connection terminated unexpectedly', 'Client was closed and is not queryable'];
    for (const message of messages) expect(isDatabaseAway(new Error(message)), message).to.equal(true);
  });
  it('means something else when the statement is', () => {
    for (const code of ['23505', '42P01', '40001']) expect(isDatabaseAway(withCode(code)), code).to.equal(false);
    expect(isDatabaseAway(new Error('x'))).to.equal(false);
    expect(isDatabaseAway('x')).to.equal(false);
  });
});
