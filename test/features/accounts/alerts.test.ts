import { expect } from 'chai';
import type { Knex } from 'knex';
import { createAlerting } from '../../../src/features/accounts/alerts.ts';
import { seedRules } from '../../../src/features/rules/index.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { createRules } from '../../../src/platform/rules.ts';
import { plain } from '../incidents/bureau.ts';
import { testConfig } from '../../support/stack.ts';
import { createTestWeb, type TestBrowser, type TestWeb } from '../../support/web.ts';

describe('what the security administrator is alerted to', () => {
  let web: TestWeb;
  let look: () => Promise<string[]>;
  let delivered: string[];
  beforeEach(async () => {
    web = await createTestWeb();
    await seedRules(web.knex);
    delivered = [];
    const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });
    look = createAlerting({ knex: web.knex, config: testConfig(), i18n, rules: createRules(web.knex), deliver: async (mails) => void delivered.push(...mails) });
  });
  afterEach(() => web.close());

  const signedIn = async (username: string): Promise<TestBrowser> => {
    const browser = web.browser();
    await browser.signIn(username);
    return browser;
  };
  const letters = (): Promise<{ id: string; subject: string; text: string; person_id: string }[]> => web.knex('mail').where({ template: 'securityAlert' }).orderBy('queued_at').select('id', 'subject', 'text', 'person_id');
  const idOf = async (username: string): Promise<string> => (await web.knex('person').where({ username }).first<{ id: string }>('id')).id;
  const page = async (query = ''): Promise<string> => plain((await (await signedIn('secadmin')).get(`/admin/alerts${query}`).expect(200)).text);
  /** As if it had been written so long ago. */
  const age = (table: string, column: string, by: string): Knex.Raw => web.knex.raw(`update ${table} set ${column} = ${column} - interval '${by}'`);

  it('an account that is locked after wrong passwords: who, how often, from where, by mail and on the page', async () => {
    for (let n = 0; n < 7; n += 1) await web.browser().signIn('scjg.handler', 'Falsch-123');
    const mails = await look();
    expect(delivered).to.deep.equal(mails);
    const [letter, ...others] = await letters();
    expect(others).to.deep.equal([]);
    expect(letter!.person_id).to.equal(await idOf('secadmin'));
    expect(letter!.subject).to.contain('安全告警：账号锁定（1 项）');
    expect(letter!.text).to.contain('账号 scjg.handler').and.to.contain('3 次被拒').and.to.contain('/admin/alerts');
    expect(await page()).to.contain('账号 scjg.handler').and.to.contain('账号锁定');
  });

  it('refusals of one account beyond the rule within an hour, 403 as well as 404; as many as the rule allows are none', async () => {
    const [knocking, straying] = [await signedIn('scjg.handler'), await signedIn('hbj.handler')];
    for (let n = 0; n < 20; n += 1) await straying.get('/admin/people').expect(404);
    for (let n = 0; n < 21; n += 1) await knocking.get('/admin/people').expect(404);
    await look();
    const [letter, ...others] = await letters();
    expect(others).to.deep.equal([]);
    expect(letter!.text).to.contain('scjg.handler 一小时内 21 次').and.to.contain('/admin/people').and.not.to.contain('hbj.handler');
    expect(await page('?kind=refusals')).to.contain('scjg.handler').and.not.to.contain('hbj.handler');
  });

  it('a 403 is a refusal too, and stands in the access log', async () => {
    const system = await signedIn('sysadmin');
    const proposal = await web.knex('admin_proposal').insert({ act: 'passwordReset', person_id: await idOf('audit'), before: '{}', after: '{}', reason: 'x', proposed_by: await idOf('sysadmin'), proposer_role: 'systemAdmin' }).returning('id') as [{ id: string }];
    const path = `/admin/proposals/${proposal[0].id}`;
    expect((await system.submit(path, { verdict: 'granted' }, `${path}/decide`)).status).to.equal(403);
    expect(await web.knex('access_log').where({ kind: 'refused', username: 'sysadmin' })).to.have.length(1);
  });

  it('resets, whoever makes them', async () => {
    const id = await idOf('rsj.handler');
    await (await signedIn('sysadmin')).submit(`/admin/people/${id}/password`, {});
    await look();
    expect((await letters())[0]!.text).to.contain('sysadmin 重置了 rsj.handler 的密码或动态验证码');
  });

  it('exports beyond the rule\'s number of rows', async () => {
    const line = (rows: number) => ({ kind: 'exported', username: 'xyb.handler', path: '/records/export/file', detail: JSON.stringify({ rows }) });
    await web.knex('access_log').insert([line(5000), line(5001)]);
    await look();
    const [letter] = await letters();
    expect(letter!.text).to.contain('xyb.handler 一次导出 5001 行（/records/export/file）').and.not.to.contain('5000 行');
  });

  it('comes as one mail of each kind an hour, with all that was collected meanwhile, each once', async () => {
    const insert = (...rows: number[]) => web.knex('access_log').insert(rows.map((n) => ({ kind: 'exported', username: `clerk${n}`, path: '/records/export/file', detail: JSON.stringify({ rows: 10_000 + n }) })));
    await insert(1);
    expect(await look()).to.have.length(1);
    await insert(2);
    await web.knex('access_log').insert({ kind: 'passwordReset', username: 'sysadmin', subject_id: await idOf('rsj.handler') });
    expect(await look(), 'only the other kind').to.have.length(1);
    await insert(3);
    expect(await look()).to.deep.equal([]);
    expect(await page()).to.contain('10002 行').and.to.contain('待合并发送');
    await age('security_alert', 'mailed_at', '61 minutes');
    expect(await look()).to.have.length(1);
    const last = (await letters()).at(-1)!;
    expect(last.text).to.contain('10002').and.to.contain('10003').and.not.to.contain('10001');
    await age('security_alert', 'mailed_at', '61 minutes');
    expect(await look(), 'nothing new').to.deep.equal([]);
    await Promise.all([look(), look()]);
    expect(await web.knex('security_alert').where({ kind: 'export' })).to.have.length(3);
  });

  it('looks no further back than it must, and never twice at what it told of', async () => {
    await web.knex('access_log').insert({ kind: 'exported', username: 'clerk', detail: JSON.stringify({ rows: 9000 }), at: new Date(Date.now() - 3 * 3_600_000), written_at: new Date(Date.now() - 3 * 3_600_000) });
    await look();
    const { line } = await web.knex('security_watch').first<{ line: number }>('line');
    expect(Number(line)).to.be.greaterThan(0);
    await web.knex('security_alert').delete();
    expect(await look()).to.deep.equal([]);
  });

  it('is shown to nobody else; in English to whoever reads it so', async () => {
    for (const username of ['sysadmin', 'audit', 'xyb.leader']) await (await signedIn(username)).get('/admin/alerts').expect(404);
    await web.knex('person').where({ username: 'secadmin' }).update({ locale: 'en' });
    await web.knex('access_log').insert({ kind: 'exported', username: 'clerk', path: '/x', detail: JSON.stringify({ rows: 9000 }) });
    await look();
    expect((await letters())[0]!.subject).to.contain('Security alert: Large exports (1)');
    expect(await page()).to.contain('clerk exported 9000 rows at once');
  });

  it('sends the letters of the command line, which has nobody to send them', async () => {
    await web.knex('mail').insert({ business_key: 'x', template: 'passwordReset', recipient: 'x@suqian.example', locale: 'zh-CN', subject: 'x', html: 'x', text: 'x', message_id: '<x@x>', status: 'queued', request_id: 'xinzhi account reset' });
    await look();
    expect(delivered).to.have.length(1);
  });
});
