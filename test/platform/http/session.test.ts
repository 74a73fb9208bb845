import { expect } from 'chai';
import type { Express } from 'express';
import request from 'supertest';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { defaultSignInRules } from '../../../src/platform/http/feature.ts';
import { tidyWeb } from '../../../src/platform/http/tidy.ts';
import { createNotes } from '../../support/notes.ts';
import { createTestWeb, hidden, sessionCookie, TestBrowser, type TestWeb } from '../../support/web.ts';

describe('sessions', () => {
  let web: TestWeb;
  let acquired = 0;
  before(async () => {
    web = await createTestWeb({ features: [createAccounts, createNotes().feature] });
    const client = web.knex.client as { acquireConnection(): Promise<unknown> };
    const acquire = client.acquireConnection.bind(client);
    client.acquireConnection = () => { acquired += 1; return acquire(); };
  });
  after(() => web.close());

  const sessions = () => web.knex('session').whereNotNull('person_id');
  const age = (minutes: number) => web.knex('session').update({ expire: web.knex.raw(`expire - ? * interval '1 minute'`, [minutes]) });
  beforeEach(() => web.knex('session').delete());

  it('are not made for a visitor who gets no form', async () => {
    expect((await request(web.app).get('/public/plain')).headers).not.to.have.property('set-cookie');
    expect(await web.knex('session')).to.have.length(0);
  });

  it('have a cookie that script cannot read and other sites do not send', async () => {
    expect(sessionCookie(await request(web.app).get('/login'))).to.match(/^xinzhi\.sid=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('have a secure cookie of this host alone behind a trusted proxy that speaks https, and not otherwise', async () => {
    const behind = await createTestWeb({}, { trustProxy: 1 });
    try {
      const cookiesFrom = async (app: Express, protocol: string) => {
        const { headers } = await request(app).get('/login?lang=en').set('X-Forwarded-Proto', protocol);
        return headers['set-cookie'] as unknown as string[];
      };
      const secure = await cookiesFrom(behind.app, 'https');
      expect(secure.map((cookie) => cookie.split('=')[0])).to.have.members(['__Host-xinzhi.sid', '__Host-xinzhi.lang']);
      for (const cookie of secure) expect(cookie).to.match(/; Path=\/; /).and.to.contain('; Secure').and.to.contain('; HttpOnly').and.to.contain('; SameSite=Lax').and.not.to.contain('Domain');
      for (const cookie of [...await cookiesFrom(behind.app, 'http'), ...await cookiesFrom(web.app, 'https')]) expect(cookie).not.to.contain('Secure').and.not.to.contain('__Host-');
    } finally {
      await behind.close();
    }
  });

  it('over https are carried by the cookie of this host alone: one without the prefix, as a neighbouring site may plant it, is nobody', async () => {
    const behind = await createTestWeb({}, { trustProxy: 1 });
    try {
      const agent = request.agent(behind.app).set('X-Forwarded-Proto', 'https');
      const page = await agent.get('/login').set('Host', 'xinzhi.example');
      const cookie = (page.headers['set-cookie'] as unknown as string[])[0]!.split(';')[0]!;
      const signedIn = await request(behind.app).post('/login').set('X-Forwarded-Proto', 'https').set('Cookie', cookie).type('form')
        .send({ _csrf: hidden(page.text, '_csrf'), username: 'scjg.handler', password: 'Xinzhi-demo-2026', next: '/settings' });
      const own = (signedIn.headers['set-cookie'] as unknown as string[]).map((one) => one.split(';')[0]!).find((one) => one.startsWith('__Host-xinzhi.sid='))!;
      const open = (sent: string) => request(behind.app).get('/settings').set('X-Forwarded-Proto', 'https').set('Cookie', sent);
      await open(own).expect(200).expect('Cache-Control', 'no-store');
      await open(own.replace('__Host-', '')).expect(303);
    } finally {
      await behind.close();
    }
  });

  it('get a new id when somebody signs in, so that a planted one is worth nothing', async () => {
    const browser = web.browser();
    const before = sessionCookie(await browser.get('/login'));
    const after = sessionCookie(await browser.signIn('scjg.handler'));
    expect(after).not.to.equal(before);
    await request(web.app).get('/settings').set('Cookie', before).expect(303);
    await request(web.app).get('/settings').set('Cookie', after).expect(200);
  });

  it('are over some hours after the sign-in, however busy their person is', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    const begun = (hours: number) => sessions().update({ sess: web.knex.raw(`(jsonb_set(sess::jsonb, '{begunAt}', to_jsonb(((sess->>'begunAt')::float8 - ?)::bigint)))::json`, [hours * 3_600_000]) });
    await begun(11.9);
    await age(10);
    await browser.get('/settings').expect(200);
    const [left] = await sessions().select(web.knex.raw(`extract(epoch from expire - now()) / 60 as minutes`)) as unknown as { minutes: string }[];
    expect(Number(left!.minutes)).to.be.within(5, 6.1);
    await begun(0.2);
    await age(1);
    await browser.get('/settings').expect(200);
    await browser.get('/settings').expect(303);
  });

  it('let the forms of all pages be sent that a browser opens at once after a sign-in', async () => {
    const browser = web.browser();
    const cookie = sessionCookie(await browser.signIn('scjg.handler'));
    const tab = () => request(web.app).get('/settings').set('Cookie', cookie).expect(200);
    const tokens = (await Promise.all([tab(), tab(), tab()])).map(({ text }) => hidden(text, '_csrf'));
    for (const token of tokens) {
      await request(web.app).post('/settings').set('Cookie', cookie).type('form').send({ _csrf: token, mail: 'scjg.handler@suqian.example', locale: 'zh-CN' }).expect(303);
    }
  });

  it('cost a signed-in page one statement, person and roles included', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    await browser.get('/settings').expect(200);
    acquired = 0;
    await browser.get('/settings').expect(200);
    expect(acquired).to.equal(1);
  });

  it('are renewed by use, but written at most once a minute', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    await browser.get('/settings').expect(200);
    const expiry = async () => (await sessions().first<{ expire: Date }>('expire')).expire.getTime();
    const first = await expiry();
    await browser.get('/settings').expect(200);
    expect(await expiry()).to.equal(first);
    await age(2);
    await browser.get('/settings').expect(200);
    expect(await expiry()).to.be.greaterThan(first - 60_000);
  });

  it('end after 20 minutes without a request, and not before', async () => {
    const browser = web.browser();
    await browser.signIn('scjg.handler');
    await age(19);
    await browser.get('/settings').expect(200);
    await age(20.1);
    await browser.get('/settings').expect(303).expect('Location', '/login?next=%2Fsettings&cause=expired');
    expect((await browser.get('/login?next=%2Fsettings&cause=expired')).text).to.contain('登录已失效，请重新登录。20 分钟没有操作，或者登录已满最长时间，会自动退出。');
  });

  it('follow the rule when it gives another number of minutes', async () => {
    const app = web.another({ signInRules: () => Promise.resolve({ ...defaultSignInRules, idleMinutes: 5 }) });
    await new TestBrowser(app).signIn('scjg.handler');
    const row = await sessions().first<{ left: number }>(web.knex.raw('extract(epoch from expire - now())::float8 as left'));
    expect(row.left).to.be.within(290, 300);
  });

  it('are the same for every web process', async () => {
    const cookie = sessionCookie(await web.browser().signIn('scjg.handler'));
    await request(web.another()).get('/settings').set('Cookie', cookie).expect(200);
  });

  it('end at once when the person is made inactive, whoever does it and how', async () => {
    const browser = web.browser();
    await browser.signIn('rsj.handler');
    await web.knex('person').where({ username: 'rsj.handler' }).update({ active: false });
    await browser.get('/settings').expect(303);
    await web.knex('person').where({ username: 'rsj.handler' }).update({ active: true });
  });

  it('know of a role from the request after it was given or taken', async () => {
    const browser = web.browser();
    await browser.signIn('yjj.handler');
    await browser.get('/admin/people').expect(404);
    const { id } = await web.knex('person').where({ username: 'yjj.handler' }).first<{ id: string }>('id');
    await web.knex('person_role').where({ person_id: id }).delete();
    await web.knex('person_role').insert({ person_id: id, unit_id: 'suqian', role: 'systemAdmin' });
    await browser.get('/admin/people').expect(200);
    await web.knex('person_role').where({ person_id: id }).delete();
    await browser.get('/admin/people').expect(404);
  });

  it('with a forged or foreign cookie are nobody\'s', async () => {
    for (const forged of ['xinzhi.sid=s%3Aabc.def', 'xinzhi.sid=abc', 'xinzhi.sid=%00', 'xinzhi.sid=']) {
      await request(web.app).get('/settings').set('Cookie', forged).expect(303);
    }
  });

  it('that are over are tidied away, with what else has had its time', async () => {
    await web.browser().signIn('scjg.handler');
    await web.knex('rate_limit').insert({ key: 'old', hits: 1, reset_at: new Date(0) });
    await age(21);
    await tidyWeb(web.knex);
    expect(await sessions()).to.have.length(0);
    expect(await web.knex('rate_limit').where({ key: 'old' })).to.have.length(0);
  });
});
