import { expect } from 'chai';
import fc from 'fast-check';
import type { Response } from 'supertest';
import { createSignInGuard } from '../../../src/features/accounts/sign-in-guard.ts';
import { defaultSignInRules } from '../../../src/platform/http/feature.ts';
import type { Place } from '../../../src/platform/http/sign-ins.ts';
import { createTestWeb, DEMO_PASSWORD, TestBrowser, type TestWeb } from '../../support/web.ts';

const OWNER = 'scjg.handler';

/** A browser at this address. */
class At extends TestBrowser {
  constructor(web: TestWeb, address: string) {
    super(web.app);
    this.agent.set('X-Forwarded-For', address);
  }

  wrong(username = OWNER): Promise<Response> {
    return this.submit('/login', { username, password: 'Falsch-123' });
  }
}

describe('the limit of sign-ins', () => {
  let web: TestWeb;
  before(async () => { web = await createTestWeb({}, { trustProxy: 1 }); });
  after(() => web.close());
  beforeEach(async () => {
    await web.knex('sign_in_failure').delete();
    await web.knex('sign_in').delete();
    await web.knex('rate_limit').delete();
  });
  const fail = async (browser: At, times: number, username = OWNER): Promise<number[]> => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) statuses.push((await browser.wrong(username)).status);
    return statuses;
  };

  it('locks an account for the address that guessed, and for no other', async () => {
    expect(await fail(new At(web, '203.0.113.9'), 6)).to.deep.equal([422, 422, 422, 422, 429, 429]);
    expect((await new At(web, '203.0.113.9').signIn(OWNER)).status).to.equal(429);
    expect((await new At(web, '198.51.100.7').signIn(OWNER)).status).to.equal(303);
  });

  it('takes a network of IPv6 for one address', async () => {
    for (let n = 0; n < 5; n += 1) await new At(web, `2001:db8:1:${n}::${n}`).wrong();
    expect((await new At(web, '2001:db8:1:9::9').signIn(OWNER)).status).to.equal(429);
    expect((await new At(web, '2001:db8:9:9::9').signIn(OWNER)).status).to.equal(303);
  });

  it('lets the owner in with a browser he has used before, also behind the address that is locked', async () => {
    const own = new At(web, '10.0.0.5');
    expect((await own.signIn(OWNER)).status).to.equal(303);
    expect(await fail(new At(web, '10.0.0.5'), 6)).to.contain(429);
    const { text } = await new At(web, '10.0.0.5').signIn(OWNER);
    expect(text).to.contain('该账号已在此处锁定');
    await own.agent.post('/logout').type('form').send({ _csrf: /name="_csrf" value="([^"]+)"/.exec((await own.get('/settings')).text)![1]! });
    expect((await own.signIn(OWNER)).status).to.equal(303);
  });

  it('slows an account down that is guessed at from many addresses, but not where its owner has signed in before', async () => {
    expect((await new At(web, '10.0.0.5').signIn(OWNER)).status).to.equal(303);
    for (let n = 0; n < 5; n += 1) await fail(new At(web, `203.0.113.${n}`), 4);
    const slowed = await new At(web, '203.0.113.200').wrong();
    expect(slowed.status).to.equal(429);
    expect(slowed.text).to.contain('您在常用的电脑上可照常登录');
    expect((await new At(web, '198.51.100.7').signIn(OWNER)).status, 'the owner at a new place').to.equal(429);
    expect((await new At(web, '10.0.0.5').signIn(OWNER)).status, 'the owner at his usual address').to.equal(303);
    await web.knex('sign_in_failure').update({ last_at: new Date(Date.now() - 61_000) });
    expect((await new At(web, '198.51.100.7').signIn(OWNER)).status, 'the owner at a new place, a minute later').to.equal(303);
  });

  it('counts for a name that is none just as for one that is', async () => {
    const guard = createSignInGuard(web.knex, () => Promise.resolve(defaultSignInRules));
    const answers = async (username: string) => {
      const kinds: string[] = [];
      for (let n = 0; n < 30; n += 1) kinds.push((await guard.admit('password', username, { address: `203.0.113.${n % 6}`, device: null })).kind);
      return kinds;
    };
    expect(await answers('nobody.at.all')).to.deep.equal(await answers('yjj.handler'));
  });

  it('is lifted by a reset of the password, everywhere', async () => {
    await fail(new At(web, '203.0.113.9'), 5, 'hbj.handler');
    const administrator = new At(web, '10.0.0.8');
    await administrator.signIn('sysadmin');
    const { id } = await web.knex('person').where({ username: 'hbj.handler' }).first<{ id: string }>('id');
    expect((await administrator.get(`/admin/people/${id}`)).text).to.contain('有地址锁定');
    const { text } = await administrator.submit(`/admin/people/${id}/password`, {});
    const password = /one-time-password">([^<]+)</.exec(text)![1]!;
    expect((await new At(web, '203.0.113.9').signIn('hbj.handler', password)).status).to.equal(303);
  });

  it('whatever strangers do, the owner is never locked in his own place, and they never have more tries than the rules say', async function () {
    this.timeout(60_000);
    const guard = createSignInGuard(web.knex, () => Promise.resolve(defaultSignInRules));
    const own: Place = { address: '10.9.9.9', device: Buffer.alloc(32, 7) };
    const { id } = await web.knex('person').where({ username: OWNER }).first<{ id: string }>('id');
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 }), async (addresses) => {
      await web.knex('sign_in_failure').delete();
      await web.knex('sign_in').delete();
      await web.knex('sign_in').insert({ person_id: id, address: own.address, user_agent: '', way: 'password', device: own.device });
      let admitted = 0;
      for (const n of addresses) {
        // Some of them sit behind the owner's own address.
        const { kind } = await guard.admit('password', OWNER, { address: n === 0 ? own.address : `203.0.113.${n}`, device: null });
        if (kind === 'admitted' && n !== 0) admitted += 1;
      }
      expect(admitted).to.be.at.most(defaultSignInRules.accountAttempts);
      expect((await guard.admit('password', OWNER, own)).kind).to.equal('admitted');
    }), { numRuns: 25 });
  });

  it('counts tries that come at once from many addresses one after the other', async () => {
    const guard = createSignInGuard(web.knex, () => Promise.resolve(defaultSignInRules));
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => guard.admit('password', OWNER, { address: `203.0.113.${n}`, device: null })));
    expect(answers.filter(({ kind }) => kind === 'admitted')).to.have.length(defaultSignInRules.accountAttempts);
  });

  it('still stops one address that tries many accounts', async () => {
    await web.knex('rate_limit').insert({ key: 'sign-in:203.0.113.77', hits: 100, reset_at: new Date(Date.now() + 60_000) });
    expect((await new At(web, '203.0.113.77').signIn('rsj.handler', DEMO_PASSWORD)).status).to.equal(429);
  });
});
