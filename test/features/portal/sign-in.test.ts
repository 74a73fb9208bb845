import { expect } from 'chai';
import { tidyWeb } from '../../../src/platform/http/tidy.ts';
import { formOf, openBureau, plain, type Bureau } from '../incidents/bureau.ts';
import { Applicant, home, lastCode, lastLink, pdf, signIn } from './visitor.ts';

describe('signing in to the portal', function suite() {
  this.timeout(60_000);
  let bureau: Bureau;
  let now = new Date();
  before(async () => {
    bureau = await openBureau({ workers: true, clock: () => now });
  });
  after(() => bureau.close());
  beforeEach(async () => {
    await bureau.knex('rate_limit').delete();
  });
  afterEach(() => {
    now = new Date();
  });

  it('goes by a link that comes by mail to the address, and the address stands nowhere in the clear', async () => {
    const firm = new Applicant(bureau);
    const answer = await firm.signIn('Boss@Firm.example');
    expect([answer.status, answer.headers['location']]).to.deep.equal([303, home]);
    expect(plain(await firm.page(home))).to.include('b***@firm.example');
    const tables = await Promise.all(['portal_account', 'sign_in_link', 'portal_session'].map((table) => bureau.knex(table)));
    expect(JSON.stringify(tables)).to.not.match(/boss@firm/i);
    const mail: { recipient: string; status: string } = await bureau.knex('mail').where({ template: 'signInLink' }).first();
    expect(mail.recipient).to.equal('b***@firm.example');
  });

  it('says the same of an address that was here and of one that never was', async () => {
    const [known, unknown] = [new Applicant(bureau), new Applicant(bureau)];
    const answers = [await known.ask('boss@firm.example'), await unknown.ask('new@firm.example')];
    expect(answers.map(({ status, headers }) => [status, headers['location']])).to.deep.equal([[303, `${signIn}/sent`], [303, `${signIn}/sent`]]);
    const pages = await Promise.all([known, unknown].map((one) => one.page(`${signIn}/sent`)));
    expect(plain(pages[0]!).replace('boss@firm.example', 'new@firm.example')).to.equal(plain(pages[1]!));
  });

  it('names the address that the letter went to, to the browser that asked alone, and has it corrected without losing the way', async () => {
    const [firm, stranger] = [new Applicant(bureau), new Applicant(bureau)];
    await firm.ask('mistyped@firm.exampel', `${home}/firms/new`);
    expect(plain(await firm.page(`${signIn}/sent`))).to.include('mistyped@firm.exampel');
    expect(plain(await stranger.page(`${signIn}/sent`))).to.not.include('mistyped');
    const again = /href="([^"]+again[^"]*)"/.exec(await firm.page(`${signIn}/sent`))![1]!;
    const form = await firm.page(again);
    expect(form).to.match(/<input[^>]*name="mail"[^>]*value="mistyped@firm\.exampel"/);
    expect(formOf(form, signIn)).to.include({ next: `${home}/firms/new` });
    now = new Date(now.getTime() + 31 * 60_000);
    expect(plain(await firm.page(`${signIn}/sent`))).to.not.include('mistyped');
  });

  it('is the same account for an address in another case', async () => {
    await new Applicant(bureau).signIn('BOSS@firm.example');
    const [{ count }] = (await bureau.knex('portal_account').where({ masked: 'b***@firm.example' }).count('* as count')) as [{ count: number }];
    expect(Number(count)).to.equal(1);
  });

  it('every page of the portal says who is signed in and can be left there, also one that is not found; none before the sign-in does', async () => {
    const firm = new Applicant(bureau);
    expect(await firm.page(signIn)).to.not.include('/sign-out');
    await firm.signIn('leaves@firm.example');
    for (const path of [home, `${home}/firms/new`, `${home}/self/new`, `${home}/cases/XF-2026-999999`]) {
      const { text } = await firm.agent.get(path);
      expect([path, plain(text).includes('l***@firm.example'), text.split('action="/public/portal/sign-out"').length - 1]).to.deep.equal([path, true, 1]);
    }
    expect((await firm.send(`${home}/self/new`, `${home}/sign-out`, {})).headers['location']).to.equal('/public');
    expect((await firm.agent.get(home)).headers['location']).to.include('/sign-in');
  });

  it('takes a link once; who is in already is led home, who is not gets another offered', async () => {
    const firm = new Applicant(bureau);
    await firm.signIn('twice@firm.example');
    const link = await lastLink(bureau);
    expect((await firm.agent.get(link)).headers['location']).to.equal(home);
    const stranger = new Applicant(bureau);
    const { status, text } = await stranger.agent.get(link);
    expect([status, plain(text).includes('这个链接已使用过'), text.includes('name="mail"')]).to.deep.equal([410, true, true]);
  });

  it('takes no link in another browser, and keeps it good for the right one', async () => {
    const firm = new Applicant(bureau);
    await firm.ask('other@firm.example');
    const link = await lastLink(bureau);
    expect(plain((await new Applicant(bureau).agent.get(link).expect(410)).text)).to.include('请换用申请登录的浏览器打开');
    await firm.agent.get(link).expect(303);
  });

  it('stands in the access log, with the account and without its address or the link, and so does what failed and what ended', async () => {
    await bureau.knex('portal_session').delete();
    const [before] = (await bureau.knex('access_log').max('id as id')) as [{ id: string | null }];
    const firm = new Applicant(bureau);
    await firm.signIn('logged@firm.example');
    await firm.send(home, `${home}/sign-out`, {});
    await firm.agent.get(`${signIn}/${'x'.repeat(43)}`).expect(410);
    const lines: { kind: string; person_id: string | null; path: string; detail: object }[] = await bureau.knex('access_log')
      .where('id', '>', before.id ?? 0).whereLike('kind', 'portal%').orderBy('id').select('kind', 'person_id', 'path', 'detail');
    expect(lines.map(({ kind, person_id: person }) => [kind, person])).to.deep.equal([['portalSignIn', null], ['portalSignOut', null], ['portalSignInFailed', null]]);
    expect(lines.map(({ detail }) => Object.keys(detail))).to.deep.equal([['via', 'account'], ['account'], ['fate']]);
    expect(JSON.stringify(lines)).to.not.match(/logged@|x{43}/);
  });

  it('takes no link after half an hour, nor one that was never sent', async () => {
    const firm = new Applicant(bureau);
    await firm.ask('late@firm.example');
    const link = await lastLink(bureau);
    now = new Date(now.getTime() + 30 * 60_000);
    expect(plain((await firm.agent.get(link).expect(410)).text)).to.include('这个链接已过期');
    expect(plain((await firm.agent.get(`${signIn}/${'x'.repeat(43)}`).expect(410)).text)).to.include('链接不完整');
  });

  describe('by the code, where the mail opens elsewhere', () => {
    const type = (firm: Applicant, code: string) => firm.send(`${signIn}/sent`, `${signIn}/code`, { code });
    /** A code of six digits that is not this one. */
    const other = (code: string): string => String((Number(code.replace(' ', '')) + 1) % 1_000_000).padStart(6, '0');

    it('the code of the mail is typed on the page where one began, in whatever way, once; the link is used up with it', async () => {
      const firm = new Applicant(bureau);
      await firm.ask('phone@firm.example', `${home}/firms/new`);
      const [code, link] = [await lastCode(bureau), await lastLink(bureau)];
      const answer = await type(firm, code.replace(' ', '').replace(/\d/gu, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)));
      expect([answer.status, answer.headers['location']]).to.deep.equal([303, `${home}/firms/new`]);
      expect(plain(await firm.page(home))).to.include('p***@firm.example');
      expect(plain((await new Applicant(bureau).agent.get(link).expect(410)).text)).to.include('这个链接已使用过');
      expect((await type(firm, code)).status).to.equal(410);
      const rows = await bureau.knex('sign_in_link');
      expect(JSON.stringify(rows)).to.not.include(code.replace(' ', ''));
    });

    it('a wrong one is said beside the field with how often it may be tried; after five no code is taken, but the link is', async () => {
      const firm = new Applicant(bureau);
      await firm.ask('guess@firm.example');
      const code = await lastCode(bureau);
      const malformed = await type(firm, '12a4');
      expect([malformed.status, plain(malformed.text).includes('“12a4”不是六位数字'), malformed.text.includes('id="code-error"')]).to.deep.equal([422, true, true]);
      for (const left of [4, 3, 2, 1]) {
        const wrong = await type(firm, other(code));
        expect(wrong.status).to.equal(422);
        expect(plain(wrong.text)).to.include(`还可以再试 ${left} 次`);
      }
      for (const tried of [other(code), code]) {
        const dead = await type(firm, tried);
        expect([dead.status, plain(dead.text).includes('验证码已失效')]).to.deep.equal([410, true]);
      }
      await firm.agent.get(home).expect(303).expect('location', /sign-in/);
      await firm.agent.get(await lastLink(bureau)).expect(303);
    });

    it('no other browser can type it, nor anybody after half an hour, and the link that was opened takes it along', async () => {
      const firm = new Applicant(bureau);
      await firm.ask('bound@firm.example');
      const code = await lastCode(bureau);
      const stranger = new Applicant(bureau);
      expect((await type(stranger, code)).status).to.equal(410);
      await stranger.ask('stranger@firm.example');
      expect((await type(stranger, code)).status).to.equal(422);
      now = new Date(now.getTime() + 30 * 60_000);
      expect(plain((await type(firm, code)).text)).to.include('没有可以填写的验证码');
      now = new Date();
      await firm.ask('bound@firm.example');
      await firm.agent.get(await lastLink(bureau)).expect(303);
      expect((await type(firm, await lastCode(bureau))).status).to.equal(410);
    });

    it('whoever tries codes letter by letter comes to the end of them within a day, and the address still signs in by its link', async () => {
      const thief = new Applicant(bureau);
      for (let letter = 0; letter < 4; letter += 1) {
        await thief.ask('victim@firm.example');
        const code = await lastCode(bureau);
        for (let n = 0; n < 5; n += 1) await type(thief, other(code));
      }
      await thief.ask('victim@firm.example');
      expect((await type(thief, await lastCode(bureau))).status).to.equal(410);
      await bureau.knex('rate_limit').delete();
      expect((await new Applicant(bureau).signIn('victim@firm.example')).status).to.equal(303);
    });
  });

  it('leads on to the page that was wanted, and to no other site', async () => {
    expect((await new Applicant(bureau).signIn('next@firm.example', `${home}/firms/new`)).headers['location']).to.equal(`${home}/firms/new`);
    for (const next of ['https://evil.example', '//evil.example', '/incidents']) expect((await new Applicant(bureau).signIn('next@firm.example', next)).headers['location'], next).to.equal(home);
  });

  it('ends by itself after an hour, and by the button', async () => {
    const firm = new Applicant(bureau);
    await firm.signIn('leaves@firm.example');
    now = new Date(now.getTime() + 61 * 60_000);
    await firm.agent.get(home).expect(303).expect('location', /sign-in/);
    await firm.signIn('leaves@firm.example');
    await firm.send(home, `${home}/sign-out`, {});
    await firm.agent.get(home).expect(303);
  });

  it('opens nothing of the staff’s', async () => {
    const firm = new Applicant(bureau);
    await firm.signIn('boss@firm.example');
    for (const path of ['/', '/incidents', '/portal-bindings']) await firm.agent.get(path).expect(303).expect('location', /^\/login/);
  });

  it('is asked for by one address five times an hour, and by nobody with a wrong one', async () => {
    const firm = new Applicant(bureau);
    for (let n = 0; n < 5; n += 1) expect((await firm.ask('often@firm.example')).status).to.equal(303);
    expect((await firm.ask('often@firm.example')).status).to.equal(429);
    const wrong = await firm.ask('no address');
    expect(wrong.status).to.equal(422);
    expect(plain(wrong.text)).to.include('不是有效的邮箱地址').and.include('邮箱');
    expect(wrong.text).to.include('value="no address"');
  });

  it('leaves no address behind that nobody proved to be his', async () => {
    await new Applicant(bureau).ask('typo@firm.example');
    await bureau.knex('portal_account').update({ created_at: bureau.knex.raw(`now() - interval '2 days'`) });
    const unproved = () => bureau.knex('portal_account').whereNull('confirmed_at').pluck<string[]>('id');
    const ids = await unproved();
    expect(ids).to.not.deep.equal([]);
    await tidyWeb(bureau.knex);
    expect(await unproved()).to.deep.equal([]);
    expect(await bureau.knex('sealed_identity').whereIn('id', ids)).to.deep.equal([]);
    expect(await bureau.knex('portal_account').pluck('masked'), 'who has signed in stays').to.include('b***@firm.example');
  });

  it('is needed before a file is taken: a stranger’s is not stored', async () => {
    const stranger = new Applicant(bureau);
    const { status } = await stranger.agent.post(`${home}/firms/new`).attach('proof', pdf, 'a.pdf');
    expect(status).to.equal(403);
  });
});
