import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import type { Response } from 'supertest';
import { createTestWeb, DEMO_PASSWORD, hidden, type TestBrowser, type TestWeb } from '../../support/web.ts';
import { startIdentityProvider, type OwnIdentityProvider } from '../../support/identity-provider.ts';
import { plain } from '../incidents/bureau.ts';

const site = 'http://127.0.0.1:3000';
const home = '/settings/security';

describe('signing in with the identity service of the house', function suite() {
  this.timeout(60_000);
  let provider: OwnIdentityProvider;
  let web: TestWeb;

  before(async () => {
    provider = await startIdentityProvider({ returnTo: `${site}/login/identity/return`, signedOut: `${site}/login` });
    web = await createTestWeb({}, {
      publicUrl: site,
      staffIdentity: {
        issuer: provider.issuer, clientId: provider.clientId, clientSecret: createSecretKey(Buffer.from(provider.clientSecret)), scopes: 'openid',
        claims: { name: 'name', uscc: undefined, firmName: undefined, idNumber: undefined, level: 'acr' }, levels: [],
      },
    });
  });
  after(async () => {
    await web.close();
    await provider.close();
  });

  const goes = async (by: TestBrowser, path: string): Promise<string> => String((await by.get(path).expect(303)).headers['location']);
  async function comeBack(by: TestBrowser, to: string, sub: string): Promise<Response> {
    provider.account(sub, { name: '某人' });
    return by.get(await provider.signIn(to));
  }
  const signIn = async (by: TestBrowser, sub: string, next = '/settings'): Promise<Response> => comeBack(by, await goes(by, `/login/identity?next=${encodeURIComponent(next)}`), sub);
  async function link(by: TestBrowser, sub: string, password = DEMO_PASSWORD): Promise<Response> {
    const page = await by.get(`${home}/link`).expect(200);
    const asked = await by.agent.post(`${home}/link`).type('form').send({ _csrf: hidden(page.text, '_csrf'), currentPassword: password });
    return asked.status === 303 ? comeBack(by, String(asked.headers['location']), sub) : asked;
  }
  const kinds = async (username: string): Promise<string[]> => web.knex('access_log').where({ username }).orderBy('id').pluck('kind');
  const isIn = async (by: TestBrowser): Promise<boolean> => (await by.get('/settings')).status === 200;

  it('lets nobody in whom nobody here has linked, and says how that is done', async () => {
    const stranger = web.browser();
    expect((await stranger.get('/login')).text).to.include('href="/login/identity?next=%2F"');
    expect((await signIn(stranger, 'unknown')).headers['location']).to.equal('/login');
    expect(plain((await stranger.get('/login')).text)).to.include('尚未与本系统的账号关联');
    expect(await isIn(stranger)).to.equal(false);
  });

  it('is linked by who has signed in here and there, with the password; he is told by mail', async () => {
    const clerk = web.browser();
    await clerk.signIn('xyb.handler');
    const refused = await link(clerk, 'li', 'a wrong one');
    expect(refused.status).to.equal(422);
    expect((await link(clerk, 'li')).headers['location']).to.equal(home);
    expect(plain((await clerk.get(home)).text)).to.include('已关联');
    expect(await web.knex('mail').where({ template: 'identityLinked' })).to.have.length(1);
    expect(await kinds('xyb.handler')).to.include('identityLinked');
    const stored = JSON.stringify(await web.knex('person_identity'));
    expect(stored, 'what the provider calls him is not kept in the clear').to.not.include('"li"');
  });

  it('lets him in from then on, to the page that he wanted, with the rights that stand here', async () => {
    const clerk = web.browser();
    const answer = await signIn(clerk, 'li', '/settings/sign-ins');
    expect(answer.headers['location']).to.equal('/settings/sign-ins');
    expect(plain((await clerk.get('/settings/sign-ins')).text)).to.include('统一身份认证');
    await clerk.get('/admin/people').expect(404);
  });

  it('never leads off this site', async () => {
    const clerk = web.browser();
    expect((await signIn(clerk, 'li', '//evil.example/')).headers['location']).to.equal('/');
  });

  it('is not linked with two accounts here', async () => {
    const other = web.browser();
    await other.signIn('scjg.handler');
    expect((await link(other, 'li')).headers['location']).to.equal(home);
    expect(plain((await other.get(home)).text)).to.include('另一个账号').and.include('未关联');
  });

  it('is of no use in another browser, a second time, or with a forged token', async () => {
    const [one, two] = [web.browser(), web.browser()];
    provider.account('li', {});
    const back = await provider.signIn(await goes(one, '/login/identity'));
    expect((await two.get(back)).headers['location']).to.equal('/login');
    expect(await isIn(two)).to.equal(false);
    expect((await one.get(back)).headers['location']).to.equal('/');
    expect(await isIn(one)).to.equal(true);
    await one.get(back).expect(303);
    const forged = web.browser();
    provider.forge({ claims: { sub: 'li' }, otherKey: true });
    try {
      expect((await signIn(forged, 'somebody')).headers['location']).to.equal('/login');
    } finally {
      provider.forge(null);
    }
    expect(await isIn(forged)).to.equal(false);
  });

  it('asks for the second factor of who has one', async () => {
    await web.knex('person').where({ username: 'xyb.handler' }).update({ has_second_factor: true });
    try {
      const clerk = web.browser();
      expect((await signIn(clerk, 'li')).headers['location']).to.equal('/login/code');
      expect(await isIn(clerk)).to.equal(false);
    } finally {
      await web.knex('person').where({ username: 'xyb.handler' }).update({ has_second_factor: false });
    }
  });

  it('lets nobody in whose account here is closed', async () => {
    await web.knex('person').where({ username: 'xyb.handler' }).update({ active: false });
    try {
      const clerk = web.browser();
      expect((await signIn(clerk, 'li')).headers['location']).to.equal('/login');
    } finally {
      await web.knex('person').where({ username: 'xyb.handler' }).update({ active: true });
    }
  });

  it('while it is away the page says so, and the password goes on', async () => {
    await provider.away();
    try {
      const clerk = web.browser();
      const answer = await clerk.get('/login/identity');
      // Its description was read before: then the browser is sent there, and the provider's own absence is what it meets.
      expect([302, 303]).to.include(answer.status);
      await clerk.signIn('xyb.handler');
      expect(await isIn(clerk)).to.equal(true);
    } finally {
      await provider.back();
    }
  });

  it('is unlinked with the password', async () => {
    const clerk = web.browser();
    await clerk.signIn('xyb.handler');
    const page = await clerk.get(`${home}/unlink`).expect(200);
    await clerk.agent.post(`${home}/unlink`).type('form').send({ _csrf: hidden(page.text, '_csrf'), currentPassword: DEMO_PASSWORD }).expect(303);
    const gone = web.browser();
    expect((await signIn(gone, 'li')).headers['location']).to.equal('/login');
  });
});
