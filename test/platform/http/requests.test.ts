import { expect } from 'chai';
import { pino } from 'pino';
import request from 'supertest';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import type { AnsweredRequest } from '../../../src/platform/http/request-log.ts';
import { createNotes } from '../../support/notes.ts';
import { createTestWeb, type TestWeb } from '../../support/web.ts';

describe('every request', () => {
  let web: TestWeb;
  const lines: Record<string, unknown>[] = [];
  const answered: AnsweredRequest[] = [];
  before(async () => {
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    web = await createTestWeb({ features: [createAccounts, createNotes().feature], logger, onAnswered: (one) => answered.push(one) });
  });
  after(() => web.close());

  it('keeps the id that a proxy gave it', async () => {
    const { headers } = await request(web.app).get('/login').set('X-Request-Id', 'proxy-7f3a.01');
    expect(headers['x-request-id']).to.equal('proxy-7f3a.01');
  });

  for (const forged of ['short', 'has space in it', '<script>alert(1)</script>', 'a'.repeat(65), '../../etc/passwd']) {
    it(`gets an id of its own instead of ${forged.slice(0, 20)}`, async () => {
      const { headers } = await request(web.app).get('/login').set('X-Request-Id', forged);
      expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
    });
  }

  it('writes one line with its id, time and status, and without what was searched for', async () => {
    lines.length = 0;
    await request(web.app).get('/public/plain?q=张三').set('X-Request-Id', 'line-of-its-own');
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ requestId: 'line-of-its-own', method: 'GET', path: '/public/plain', status: 200, msg: 'request' });
    expect(lines[0]!['ms']).to.be.a('number');
    expect(answered.at(-1)).to.include({ method: 'GET', route: '/public/plain', status: 200 });
  });

  it('writes no token of a one-time link, wherever it stands in the address', async () => {
    lines.length = 0;
    const token = 'Zk3-9_'.padEnd(43, 'q');
    for (const path of [`/public/portal/sign-in/${token}`, `/public/portal/sign-in/${token}/again?code=${token}`, `/login?next=/${token}`]) await request(web.app).get(path);
    expect(lines).to.have.length(3);
    expect(JSON.stringify(lines)).to.contain('/public/portal/sign-in/[token]').and.not.to.contain(token);
    expect(JSON.stringify(await web.knex('access_log'))).not.to.contain(token);
  });

  it('is counted under its pattern, so that ids do not make a series each', async () => {
    const browser = web.browser();
    await browser.signIn('sysadmin');
    const { id } = await web.knex('person').where({ username: 'rsj.handler' }).first<{ id: string }>('id');
    await browser.get(`/admin/people/${id}`).expect(200);
    expect(answered.at(-1)?.route).to.equal('/admin/people/:id');
    await browser.get('/no/such/page').expect(404);
    expect(answered.at(-1)?.route).to.equal('none');
  });

  it('is answered with a policy that allows nothing inline and no frame', async () => {
    const { headers } = await request(web.app).get('/login');
    const policy = headers['content-security-policy']!;
    expect(policy).to.contain(`default-src 'self'`).and.to.contain(`script-src 'self';`).and.to.contain(`style-src 'self';`)
      .and.to.contain(`frame-ancestors 'none'`).and.to.contain(`form-action 'self'`);
    expect(policy).not.to.contain('unsafe');
    expect(headers['x-content-type-options']).to.equal('nosniff');
    expect(headers).not.to.have.property('x-powered-by');
  });

  it('of a page is not kept by anything between', async () => {
    expect((await request(web.app).get('/login')).headers['cache-control']).to.equal('private, no-cache');
  });
});

describe('styles, scripts and pictures', () => {
  let web: TestWeb;
  before(async () => { web = await createTestWeb(); });
  after(() => web.close());

  it('asked for with their version may be kept for a year, and without it for an hour', async () => {
    const { text } = await request(web.app).get('/login');
    const address = /href="(\/assets\/xinzhi\.css\?v=[^"]+)"/.exec(text)![1]!;
    expect((await request(web.app).get(address).expect(200)).headers['cache-control']).to.equal('public, max-age=31536000, immutable');
    expect((await request(web.app).get('/assets/xinzhi.css').expect(200)).headers['cache-control']).to.equal('public, max-age=3600');
    expect((await request(web.app).get('/assets/xinzhi.css?v=old').expect(200)).headers['cache-control']).to.equal('public, max-age=3600');
  });

  it('of other packages come from there, those named and no others', async () => {
    await request(web.app).get('/assets/vendor/tabler.min.css').expect(200).expect('Content-Type', /text\/css/);
    await request(web.app).get('/assets/vendor/package.json').expect(404);
    for (const path of ['/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json', '/assets/.hidden']) {
      expect((await request(web.app).get(path)).text, path).not.to.contain('"dependencies"');
    }
  });

  it('make no session', async () => {
    expect((await request(web.app).get('/assets/xinzhi.js')).headers).not.to.have.property('set-cookie');
  });
});

describe('the language of a page', () => {
  let web: TestWeb;
  before(async () => { web = await createTestWeb(); });
  after(() => web.close());
  const titleOf = (text: string) => /<html lang="([^"]+)"/.exec(text)![1];

  it('is Chinese unless something else is asked for, whatever the browser says', async () => {
    expect(titleOf((await request(web.app).get('/login').set('Accept-Language', 'de,en')).text)).to.equal('zh-CN');
  });

  it('changes by the switch, which comes back to the page and stays', async () => {
    const browser = web.browser();
    await browser.get('/language?to=en&back=/login').expect(303).expect('Location', '/login');
    expect(titleOf((await browser.get('/login')).text)).to.equal('en');
  });

  it('changes by a link that names it', async () => {
    const browser = web.browser();
    expect(titleOf((await browser.get('/login?lang=en')).text)).to.equal('en');
    expect(titleOf((await browser.get('/login')).text)).to.equal('en');
    expect(titleOf((await browser.get('/login?lang=xx')).text)).to.equal('en');
  });

  it('is the person\'s own once he is signed in, and the switch is for the moment only', async () => {
    await web.knex('person').where({ username: 'hbj.handler' }).update({ locale: 'en' });
    const browser = web.browser();
    await browser.signIn('hbj.handler');
    expect(titleOf((await browser.get('/settings')).text)).to.equal('en');
    await browser.get('/language?to=zh-CN&back=/settings').expect(303);
    expect(titleOf((await browser.get('/settings')).text)).to.equal('zh-CN');
  });

  for (const foreign of ['https://evil.example', '//evil.example', '/\\evil.example']) {
    it(`never leads away to ${foreign}`, async () => {
      await request(web.app).get('/language').query({ to: 'en', back: foreign }).expect(303).expect('Location', '/');
    });
  }
});
