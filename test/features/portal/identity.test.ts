import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import type { Response } from 'supertest';
import { openBureau, plain, goodId, type Bureau } from '../incidents/bureau.ts';
import { startIdentityProvider, type Claims, type OwnIdentityProvider } from '../../support/identity-provider.ts';
import { Register } from '../public-records/records.ts';
import { Applicant, home, pdf, signIn } from './visitor.ts';

const site = 'http://127.0.0.1:3000';
const identity = `${home}/identity`;
const foods = { kind: 'organisation', uscc: '91321300MA1TE8T08T', name: '宿迁恒泽食品有限公司' } as const;
const corporate: Claims = { name: '王建国', corp_name: foods.name, corp_code: foods.uscc, assurance: 'L3', email: 'wang@hengze.example', email_verified: true };

describe('signing in to the portal with an identity provider', function suite() {
  this.timeout(60_000);
  let bureau: Bureau;
  let provider: OwnIdentityProvider;
  let now = new Date();

  before(async () => {
    provider = await startIdentityProvider({ returnTo: `${site}${identity}/return`, signedOut: `${site}/public` });
    bureau = await openBureau({
      clock: () => now,
      settings: {
        publicUrl: site,
        identity: {
          issuer: provider.issuer, clientId: provider.clientId, clientSecret: createSecretKey(Buffer.from(provider.clientSecret)), scopes: 'openid',
          claims: { name: 'name', uscc: 'corp_code', firmName: 'corp_name', idNumber: 'id_number', level: 'assurance' }, levels: ['L3', 'L4'],
        },
      },
    });
  });
  after(async () => {
    await bureau.close();
    await provider.close();
  });
  beforeEach(async () => {
    now = new Date();
    await bureau.knex('rate_limit').delete();
  });

  /** The provider's address that the portal sends this browser to. */
  async function begin(by: Applicant, next = ''): Promise<string> {
    const { status, headers } = await by.agent.get(next === '' ? identity : `${identity}?next=${encodeURIComponent(next)}`);
    expect(status).to.equal(303);
    return String(headers['location']);
  }
  async function enter(by: Applicant, sub: string, claims: Claims, next = ''): Promise<Response> {
    provider.account(sub, claims);
    return by.agent.get(await provider.signIn(await begin(by, next)));
  }
  const isOut = async (by: Applicant): Promise<boolean> => (await by.agent.get(home)).status === 303;
  const offersMail = ({ text }: Response): boolean => text.includes('name="mail"');

  it('goes there and back to the page that was wanted, and no token, name or number stands in the clear', async () => {
    const wang = new Applicant(bureau);
    expect(plain(await wang.page(signIn))).to.include('统一身份认证登录');
    const answer = await enter(wang, 'wang', corporate, `${home}/firms/new`);
    expect([answer.status, answer.headers['location']]).to.deep.equal([303, `${home}/firms/new`]);
    expect(plain(await wang.page(home))).to.include('w***@hengze.example');
    const tables = await Promise.all(['portal_account', 'portal_session', 'portal_binding', 'identity_attempt', 'mail'].map((table) => bureau.knex(table)));
    expect(JSON.stringify(tables)).to.not.match(/wang@hengze|王建国|eyJ/);
  });

  it('binds the firm that a token of sufficient level names, without staff, and writes down what it rests on', async () => {
    const wang = new Applicant(bureau);
    await enter(wang, 'wang', corporate);
    expect(plain(await wang.page(home))).to.include(foods.name).and.include('由统一身份认证平台确认');
    const row: object = await bureau.knex('portal_binding').where({ uscc: foods.uscc }).first('state', 'source', 'decided_by');
    expect(row).to.deep.equal({ state: 'confirmed', source: 'identity', decided_by: null });
    const office = await bureau.clerk('xyb.handler');
    expect(plain(await office.page('/portal-bindings?state=confirmed'))).to.include(foods.name).and.include('统一身份认证');
    await wang.agent.get(home).expect(200);
    const [{ count }] = (await bureau.knex('mail').where({ template: 'bindingConfirmed' }).count('* as count')) as [{ count: number }];
    expect(Number(count), 'signed in twice, told once').to.equal(1);
  });

  it('ends the binding when the provider names the firm no longer, and says so', async () => {
    const wang = new Applicant(bureau);
    await enter(wang, 'wang', { name: '王建国', assurance: 'L3' });
    expect(plain(await wang.page(home))).to.include('已解除').and.include('统一身份认证平台不再确认');
    const mail: { text: string } = await bureau.knex('mail').where({ template: 'bindingEnded' }).first('text');
    expect(mail.text).to.include('已解除').and.include('不再确认');
  });

  it('binds nobody by a level that proves nothing, and ends nothing by it', async () => {
    const li = new Applicant(bureau);
    await enter(li, 'li', { ...corporate, assurance: 'L1' });
    expect(plain(await li.page(home))).to.include('还没有绑定');
    await enter(new Applicant(bureau), 'li2', corporate);
    const again = new Applicant(bureau);
    await enter(again, 'li2', { name: '李', assurance: 'L1' });
    expect(plain(await again.page(home))).to.include('已绑定');
  });

  it('leaves a code that the house knows under another name to an officer', async () => {
    const renamed = new Applicant(bureau);
    await enter(renamed, 'renamed', { ...corporate, corp_name: '宿迁恒泽食品集团有限公司' });
    expect(plain(await renamed.page(home))).to.include('待核对');
    const office = await bureau.clerk('xyb.handler');
    expect(plain(await office.page('/portal-bindings'))).to.include('宿迁恒泽食品集团有限公司').and.include('统一身份认证');
  });

  it('shows a person his own record, and to nobody his number', async () => {
    const register = new Register(bureau.knex, bureau.seal);
    const record = await register.store({ kind: 'person', name: '张三', idNumber: goodId });
    const zhang = new Applicant(bureau);
    await enter(zhang, 'zhang', { name: '张三', id_number: goodId, assurance: 'L4' });
    const text = plain(await zhang.page(`${home}/self`));
    expect(text).to.include(record.facts.documentNo).and.include('张*').and.not.include(goodId);
    const rows = await Promise.all(['portal_binding', 'portal_account', 'subject'].map((table) => bureau.knex(table)));
    expect(JSON.stringify(rows)).to.not.include(goodId).and.not.include('张三');
    const stranger = new Applicant(bureau);
    await enter(stranger, 'stranger', { name: '张三', assurance: 'L4' });
    await stranger.agent.get(`${home}/self`).expect(404);
  });

  it('takes an answer once, and in the browser alone that began', async () => {
    const first = new Applicant(bureau);
    provider.account('once', { name: '一' });
    const answer = await provider.signIn(await begin(first));
    const other = new Applicant(bureau);
    expect(plain((await other.agent.get(answer).expect(410)).text)).to.include('请在同一浏览器中完成登录');
    await first.agent.get(answer).expect(303).expect('location', home);
    await first.agent.get(answer).expect(303).expect('location', home);
    await first.send(home, `${home}/sign-out`, {});
    const replayed = await first.agent.get(answer);
    expect([replayed.status, plain(replayed.text).includes('这次登录已经失效'), offersMail(replayed)]).to.deep.equal([410, true, true]);
  });

  it('takes no code under another sign-in’s state, no wrong nonce, and no token that is over, for another house or of another hand', async () => {
    const refused = async (answer: string, by: Applicant): Promise<void> => {
      const response = await by.agent.get(answer);
      expect([response.status, plain(response.text).includes('答复无法核实'), offersMail(response)], answer).to.deep.equal([422, true, true]);
      expect(await isOut(by)).to.equal(true);
    };
    provider.account('mallory', corporate);
    const swapped = new Applicant(bureau);
    const stolen = new URL(await provider.signIn(await begin(new Applicant(bureau))), site).searchParams.get('code') ?? '';
    const own = new URL(await provider.signIn(await begin(swapped)), site);
    own.searchParams.set('code', stolen);
    await refused(`${own.pathname}${own.search}`, swapped);

    const nonce = new Applicant(bureau);
    const url = new URL(await begin(nonce));
    url.searchParams.set('nonce', 'another-sign-in');
    await refused(await provider.signIn(url.href), nonce);

    const minute = 60;
    const forgeries: Parameters<OwnIdentityProvider['forge']>[0][] = [
      { claims: { iat: Math.floor(Date.now() / 1000) - 20 * minute, exp: Math.floor(Date.now() / 1000) - 10 * minute } },
      { claims: { aud: 'another-house' } },
      { claims: { iss: 'https://another.example' } },
      { otherKey: true },
    ];
    for (const forgery of forgeries) {
      const visitor = new Applicant(bureau);
      provider.forge(forgery);
      await refused(await provider.signIn(await begin(visitor)), visitor);
    }
    provider.forge({});
    await enter(new Applicant(bureau), 'mallory', { name: '马' }).then(({ status }) => expect(status, 'signed anew without a change it is taken').to.equal(303));
    provider.forge(null);
    await bureau.agent().get(`${identity}/return?code=x&state=made-up`).expect(410);
  });

  it('takes too long, or is given up by the person: both are told, and a mail may be asked for', async () => {
    const slow = new Applicant(bureau);
    provider.account('slow', { name: '慢' });
    const answer = await provider.signIn(await begin(slow));
    now = new Date(now.getTime() + 21 * 60_000);
    expect(plain((await slow.agent.get(answer).expect(410)).text)).to.include('登录时间过长');
    provider.refuses(true);
    const back = await slow.agent.get(await provider.signIn(await begin(slow)));
    provider.refuses(false);
    expect([back.status, plain(back.text).includes('取消了登录'), offersMail(back)]).to.deep.equal([200, true, true]);
  });

  it('has a new session with each sign-in: one that was planted, or left by another, opens nothing', async () => {
    const visitor = new Applicant(bureau);
    const cookies = (response: Response): string[] => [String(response.headers['set-cookie'])].flatMap((all) => all.split(',')).filter((one) => one.startsWith('xinzhi.portal=') || one.startsWith('xinzhi.sid='));
    await visitor.page(signIn);
    const one = cookies(await enter(visitor, 'first', { name: '甲' }));
    const portalCookie = one.find((cookie) => cookie.startsWith('xinzhi.portal='))!.split(';')[0]!;
    await visitor.agent.get(home).expect(200);
    await visitor.send(home, `${home}/sign-out`, {});
    const two = cookies(await enter(visitor, 'second', { name: '乙' }));
    expect(two.join()).to.not.include(portalCookie);
    await bureau.agent().get(home).set('Cookie', portalCookie).expect(303);
  });

  it('signs out here, and offers the way out there', async () => {
    const visitor = new Applicant(bureau);
    await enter(visitor, 'leaver', { name: '丙' });
    await visitor.send(home, `${home}/sign-out`, {});
    expect(await isOut(visitor)).to.equal(true);
    const page = await visitor.page('/public');
    expect(plain(page)).to.include('同时退出统一身份认证平台');
    expect(page).to.include(`${provider.issuer}/session/end?`);
  });

  it('says that the provider is away, whichever step it leaves out, and signs in by mail all the same', async () => {
    const visitor = new Applicant(bureau);
    provider.account('away', { name: '丁' });
    const answer = await provider.signIn(await begin(visitor));
    await provider.away();
    const gone = await visitor.agent.get(answer);
    expect([gone.status, plain(gone.text).includes('统一身份认证暂时不可用'), offersMail(gone)]).to.deep.equal([503, true, true]);
    await provider.back();
    await enter(visitor, 'away', { name: '丁' });
    await visitor.agent.get(home).expect(200);
  });

  it('lets no paper that a person has to send be sent without his own consent', async () => {
    const visitor = new Applicant(bureau);
    await enter(visitor, 'consents', { name: '戊' });
    const path = `${home}/self/new`;
    const { status, text } = await visitor.send(path, path, { name: '戊某', idNumber: goodId }, [{ field: 'proof', name: '身份证.pdf', content: pdf }]);
    expect([status, plain(text).includes('同意市信用办为核对身份处理以上信息')]).to.deep.equal([422, true]);
  });
});

describe('an identity provider that is away from the beginning', function suite() {
  this.timeout(30_000);
  it('keeps nobody from signing in by mail', async () => {
    const provider = await startIdentityProvider({ returnTo: `${site}${identity}/return`, signedOut: `${site}/public` });
    await provider.close();
    const { issuer, clientId, clientSecret } = provider;
    const bureau = await openBureau({
      settings: {
        identity: {
          issuer, clientId, clientSecret: createSecretKey(Buffer.from(clientSecret)), scopes: 'openid',
          claims: { name: 'name', uscc: undefined, firmName: undefined, idNumber: undefined, level: 'acr' }, levels: [],
        },
      },
    });
    try {
      const response = await bureau.agent().get(identity);
      expect([response.status, plain(response.text).includes('请稍后再试，或者在下面用邮箱登录')]).to.deep.equal([503, true]);
    } finally {
      await bureau.close();
    }
  });
});
