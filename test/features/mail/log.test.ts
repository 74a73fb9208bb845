import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { mailLog, mailsOfCase } from '../../../src/features/mail/index.ts';
import { createTestWeb, hidden, type TestBrowser, type TestWeb } from '../../support/web.ts';

describe('the mail log', () => {
  let web: TestWeb;
  let knex: Knex;
  let unit: { id: string; name: string; name_en: string };
  const browsers = new Map<string, TestBrowser>();
  const redelivered: string[][] = [];
  let away = false;

  before(async () => {
    const log = mailLog({
      redeliver: async (ids) => {
        if (away) throw new Error('no server');
        redelivered.push([...ids]);
      },
    });
    web = await createTestWeb({ features: [createAccounts, log] });
    ({ knex } = web);
    await knex('unit').where({ id: 'scjg' }).update({ mailbox: 'scjg@example.cn' });
    unit = (await knex<typeof unit>('unit').where({ id: 'scjg' }).first())!;
  });
  after(() => web.close());
  beforeEach(async () => {
    await knex('mail').delete();
    redelivered.length = 0;
    away = false;
  });

  async function as(username: string): Promise<TestBrowser> {
    const known = browsers.get(username);
    if (known) return known;
    const browser = web.browser();
    await browser.signIn(username);
    browsers.set(username, browser);
    return browser;
  }
  async function mail(more: object = {}): Promise<string> {
    const key = randomUUID();
    const [row]: { id: string }[] = await knex('mail')
      .insert({
        business_key: key,
        case_no: 'XZ-2026-000123',
        recipient: 'a@example.cn',
        locale: 'zh-CN',
        template: 'urged',
        subject: '[XZ-2026-000123] 催办，请核实：某公司',
        html: '<p>信的<strong>版式</strong></p>',
        text: '信的正文\n第二行\n',
        message_id: `<${key}@xinzhi.example>`,
        request_id: 'req-42',
        ...more,
      })
      .returning('id');
    return row!.id;
  }

  it('strangers are sent to the sign-in page, other people find nothing here', async () => {
    await web.browser().get('/admin/mail').expect(303);
    for (const username of ['scjg.handler', 'secadmin']) {
      const browser = await as(username);
      const id = await mail();
      for (const path of ['/admin/mail', `/admin/mail/${id}`, `/admin/mail/${id}/html`, '/admin/mail/resend']) await browser.get(path).expect(404);
    }
    const refused = await knex('access_log').where({ kind: 'refused' });
    expect(refused.length).to.be.greaterThan(0);
  });

  it('an empty log says so', async () => {
    const { text } = await (await as('sysadmin')).get('/admin/mail').expect(200);
    expect(text).to.contain('还没有邮件');
  });

  it('shows what is stuck on top, each count a link to just these', async () => {
    await mail({ status: 'failed', last_error: '550 no' });
    await mail({ status: 'uncertain' });
    await mail({ status: 'uncertain' });
    await mail({ status: 'sent', sent_at: new Date() });
    await mail({ status: 'sent', sent_at: new Date(Date.now() - 3 * 86_400_000) });
    const { text } = await (await as('sysadmin')).get('/admin/mail').expect(200);
    const tile = (status: string): string => new RegExp(`href="/admin/mail\\?status=${status}[^"]*"><span class="tile-count">(\\d+)<`).exec(text)?.[1] ?? '';
    expect([tile('failed'), tile('uncertain'), tile('queued'), tile('sent')]).to.deep.equal(['1', '2', '0', '1']);
  });

  it('is narrowed down by state, case, recipient and day', async () => {
    const person = (await knex<{ id: string; username: string; name: string }>('person').where({ username: 'scjg.handler' }).first())!;
    await mail({ subject: 'one', status: 'failed', recipient: 'Bureau_1@example.cn' });
    await mail({ subject: 'two', person_id: person.id, recipient: 'w@example.cn', case_no: 'XZ-2026-000777' });
    await mail({ subject: 'three', unit_id: 'scjg', recipient: 'x@example.cn', queued_at: '2026-01-05T23:30:00+08:00' });
    const browser = await as('sysadmin');
    const found = async (query: string): Promise<string[]> => {
      const { text } = await browser.get(`/admin/mail?${query}`).expect(200);
      return ['one', 'two', 'three'].filter((subject) => text.includes(`>${subject}<`));
    };
    expect(await found('')).to.deep.equal(['one', 'two', 'three']);
    expect(await found('status=failed')).to.deep.equal(['one']);
    expect(await found('caseNo=xz-2026-000777')).to.deep.equal(['two']);
    expect(await found('recipient=BUREAU_')).to.deep.equal(['one']);
    expect(await found('recipient=b%25')).to.deep.equal([]);
    expect(await found(`recipient=${encodeURIComponent(person.name)}`)).to.deep.equal(['two']);
    expect(await found(`recipient=${encodeURIComponent(unit.name)}`)).to.deep.equal(['three']);
    expect(await found('from=2026-01-05&to=2026-01-05')).to.deep.equal(['three']);
    expect(await found('to=2026-01-04')).to.deep.equal([]);
  });

  it('a filter that makes no sense is shown again with what is wrong', async () => {
    await mail();
    const { text } = await (await as('sysadmin')).get('/admin/mail?from=2026-02-30&status=lost').expect(422);
    expect(text).to.contain('2026-02-30').and.to.contain('筛选条件有误');
  });

  it('fifty a page, forth and back without a gap; a forged cursor is refused', async () => {
    for (let i = 0; i < 120; i += 1) await mail({ subject: `number-${i}`, queued_at: new Date(Date.UTC(2026, 8, 1, 0, 0, Math.floor(i / 7))) });
    const browser = await as('sysadmin');
    const subjectsOf = (text: string): string[] => [...text.matchAll(/>(number-\d+)</g)].map((match) => match[1]!);
    const hrefOf = (text: string, rel: string): string | undefined =>
      new RegExp(`<a[^>]*(?:rel="${rel}"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*rel="${rel}")`).exec(text)?.slice(1).find(Boolean)?.replaceAll('&amp;', '&');
    const pages: string[][] = [];
    let href: string | undefined = '/admin/mail';
    let last = '';
    while (href !== undefined && pages.length < 5) {
      const { text }: { text: string } = await browser.get(href).expect(200);
      pages.push(subjectsOf(text));
      last = text;
      href = hrefOf(text, 'next');
    }
    expect(pages.map(({ length }) => length)).to.deep.equal([50, 50, 20]);
    expect(new Set(pages.flat()).size).to.equal(120);
    const back = await browser.get(hrefOf(last, 'prev')!).expect(200);
    expect(subjectsOf(back.text)).to.deep.equal(pages[1]);
    await browser.get('/admin/mail?at=forged.cursor').expect(400);
  });

  it('one mail shows what was sent and how, and that somebody looked stays on record', async () => {
    const id = await mail({ status: 'failed', attempts: 1, last_error: '550 5.1.1 No such mailbox', unit_id: 'scjg' });
    const browser = await as('audit');
    const { text } = await browser.get(`/admin/mail/${id}`).expect(200);
    expect(text).to.contain('信的正文\n第二行').and.to.contain('550 5.1.1 No such mailbox').and.to.contain('req-42').and.to.contain(`${unit.name}（单位邮箱）`);
    expect(text).to.not.contain('/admin/mail/resend');
    const lines: { subject_id: string; username: string; path: string }[] = await knex('access_log').where({ kind: 'mailViewed', subject_id: id });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ username: 'audit', path: `/admin/mail/${id}` });
  });

  it('our own problems are told in words, with what to do', async () => {
    const id = await mail({ status: 'failed', recipient: '', last_error: 'noAddress' });
    const { text } = await (await as('sysadmin')).get(`/admin/mail/${id}`).expect(200);
    expect(text).to.contain('没有可用的收件地址。');
  });

  it('the letter stands alone under a policy of its own, and looking at it is on record', async () => {
    const id = await mail({ html: '<p>x</p><script>alert(1)</script>' });
    const answer = await (await as('sysadmin')).get(`/admin/mail/${id}/html`).expect(200);
    expect(answer.headers['content-security-policy']).to.contain("default-src 'none'").and.to.contain('sandbox').and.to.contain("frame-ancestors 'none'");
    expect(answer.headers['content-type']).to.match(/^text\/html/);
    expect(answer.headers['cache-control']).to.equal('no-store');
    expect(await knex('access_log').where({ kind: 'mailViewed', subject_id: id })).to.have.length(1);
  });

  it('an address that is no mail is not found', async () => {
    const browser = await as('sysadmin');
    await browser.get(`/admin/mail/${randomUUID()}`).expect(404);
    await browser.get('/admin/mail/not-an-id').expect(404);
    await browser.get("/admin/mail/1'%20or%20'1'='1/html").expect(404);
  });

  it('sending again asks first, says whom it reaches and that it cannot be undone, and then starts a delivery', async () => {
    const failed = await mail({ status: 'failed', unit_id: 'scjg', recipient: 'old@example.cn' });
    const uncertain = await mail({ status: 'uncertain' });
    const sent = await mail({ status: 'sent', sent_at: new Date() });
    const browser = await as('sysadmin');
    const page = await browser.get(`/admin/mail/resend?id=${failed}&id=${uncertain}&id=${sent}`).expect(200);
    expect(page.text).to.contain('重新发送2封邮件').and.to.contain(`${unit.name}（单位邮箱）`).and.to.contain('其中1封结果不明').and.to.contain('不能收回');
    expect(redelivered).to.deep.equal([]);
    const ids = hidden(page.text, 'ids');
    expect(ids.split(',')).to.have.members([failed, uncertain]);
    await browser.agent.post('/admin/mail/resend').type('form').send({ _csrf: hidden(page.text, '_csrf'), ids: `${ids},${sent}` }).expect(303).expect('Location', '/admin/mail');
    expect(redelivered).to.have.length(1);
    expect(redelivered[0]).to.have.members([failed, uncertain]);
    const row: { status: string; recipient: string } | undefined = await knex('mail').where({ id: failed }).first();
    expect(row).to.include({ status: 'queued', recipient: 'scjg@example.cn' });
    const { text } = await browser.get('/admin/mail').expect(200);
    expect(text).to.contain('2封邮件已放入待发队列').and.to.contain('另有1封未处理');
    const lines: { person_id: string }[] = await knex('access_log').where({ kind: 'mailResent' }).whereIn('subject_id', [failed, uncertain]);
    const sysadmin = (await knex<{ id: string; username: string }>('person').where({ username: 'sysadmin' }).first())!;
    expect(lines.map(({ person_id }) => person_id)).to.deep.equal([sysadmin.id, sysadmin.id]);
  });

  it('all failed ones can be taken at once', async () => {
    for (let i = 0; i < 3; i += 1) await mail({ status: 'failed' });
    const browser = await as('sysadmin');
    const { text } = await browser.get('/admin/mail?status=failed').expect(200);
    expect(text).to.contain('/admin/mail/resend?status=failed');
    expect((await browser.get('/admin/mail/resend?status=failed').expect(200)).text).to.contain('重新发送3封邮件');
    expect((await browser.get('/admin/mail/resend?status=sent').expect(200)).text).to.contain('没有可以重新发送的邮件');
  });

  it('when no delivery can be started the mails wait, and the page says so', async () => {
    away = true;
    const id = await mail({ status: 'failed' });
    const browser = await as('sysadmin');
    const page = await browser.get(`/admin/mail/resend?id=${id}`).expect(200);
    await browser.agent.post('/admin/mail/resend').type('form').send({ _csrf: hidden(page.text, '_csrf'), ids: id }).expect(303).expect('Location', `/admin/mail/${id}`);
    expect((await browser.get(`/admin/mail/${id}`).expect(200)).text).to.contain('发送服务暂时无法使用');
    expect(await knex('mail').where({ id }).first('status')).to.deep.equal({ status: 'queued' });
  });

  it('the audit administrator looks on; a form without a token does nothing', async () => {
    const id = await mail({ status: 'failed' });
    const audit = await as('audit');
    await audit.get(`/admin/mail/resend?id=${id}`).expect(404);
    expect((await audit.get('/admin/mail').expect(200)).text).to.not.contain('type="checkbox"');
    await (await as('sysadmin')).agent.post('/admin/mail/resend').type('form').send({ ids: id }).expect(403);
    expect(redelivered).to.deep.equal([]);
  });

  it('ids that are none, and none at all, do no harm', async () => {
    const browser = await as('sysadmin');
    const id = await mail({ status: 'failed' });
    const page = await browser.get(`/admin/mail/resend?id=${id}`).expect(200);
    await browser.agent.post('/admin/mail/resend').type('form').send({ _csrf: hidden(page.text, '_csrf'), ids: "1';drop table mail" }).expect(303);
    await browser.agent.post('/admin/mail/resend').type('form').send({ _csrf: hidden(page.text, '_csrf') }).expect(303);
    expect(redelivered).to.deep.equal([]);
  });

  it('reads in English too', async () => {
    const browser = web.browser();
    await browser.signIn('sysadmin');
    await browser.get('/language?to=en&back=/admin/mail');
    const id = await mail({ status: 'failed', recipient: '', last_error: 'noAddress', template: 'overdue', unit_id: 'scjg' });
    expect((await browser.get('/admin/mail').expect(200)).text).to.contain('Mail log').and.to.contain(`${unit.name_en} (mailbox)`);
    expect((await browser.get(`/admin/mail/${id}`).expect(200)).text).to.contain('There is no address');
    expect((await browser.get(`/admin/mail/resend?id=${id}`).expect(200)).text).to.contain('Send 1 mail again');
  });

  it("a case's own page learns whom was written to, and no address", async () => {
    const caseId = randomUUID();
    await mail({ case_id: caseId, unit_id: 'scjg' });
    const [line, ...more] = await mailsOfCase(knex, caseId);
    expect(more).to.deep.equal([]);
    expect(line).to.deep.include({ template: 'urged', unit: { name: unit.name, nameEn: unit.name_en }, reporter: false, status: 'queued' });
    expect(JSON.stringify(line)).to.not.contain('@');
  });
});
