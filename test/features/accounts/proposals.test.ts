import { expect } from 'chai';
import { plain } from '../incidents/bureau.ts';
import { createTestWeb, hidden, type TestBrowser, type TestWeb } from '../../support/web.ts';

const HOME = '/admin/proposals';

describe('three administrators are not one', () => {
  let web: TestWeb;
  let system: TestBrowser;
  let security: TestBrowser;
  let audit: TestBrowser;
  const signedIn = async (username: string, password?: string) => {
    const browser = web.browser();
    await browser.signIn(username, password);
    return browser;
  };
  beforeEach(async () => {
    web = await createTestWeb();
    [system, security, audit] = await Promise.all([signedIn('sysadmin'), signedIn('secadmin'), signedIn('audit')]);
  });
  afterEach(() => web.close());

  const idOf = async (username: string) => (await web.knex('person').where({ username }).first<{ id: string }>('id')).id;
  const log = (kind: string): Promise<{ subject_id: string | null; detail: Record<string, unknown> } | undefined> => web.knex('access_log').where({ kind }).orderBy('id', 'desc').first('subject_id', 'detail');
  const mails = (template: string) => web.knex('mail').where({ template }).orderBy('queued_at').select<{ person_id: string; subject: string; text: string }[]>('*');
  /** Proposes an act; the address of the proposal. */
  const propose = async (by: TestBrowser, query: Record<string, string>, fields: Record<string, string> = {}): Promise<string> => {
    const answer = await by.submit(`${HOME}/new?${new URLSearchParams(query).toString()}`, { ...query, reason: '本人遗失，已当面核实。', ...fields }, `${HOME}/new`);
    expect(answer.status, plain(answer.text)).to.equal(303);
    return String(answer.headers['location']);
  };
  const decide = (by: TestBrowser, path: string, verdict: string, note = '') => by.submit(path, { verdict, note }, `${path}/decide`);

  it('a password of an administrator is proposed, agreed to by another kind, fetched once by whoever proposed it, and he is told', async () => {
    const id = await idOf('secadmin');
    for (const [method, path] of [['get', `/admin/people/${id}/password`], ['post', `/admin/people/${id}/password`]] as const) {
      const answer = method === 'get' ? await system.get(path) : await system.post(path, hidden((await system.get('/settings')).text, '_csrf'));
      expect(answer.headers['location'], method).to.equal(`${HOME}/new?act=passwordReset&person=${id}`);
    }
    await security.get('/settings').expect(200);
    const path = await propose(system, { act: 'passwordReset', person: id });
    expect(await log('adminProposed')).to.deep.include({ subject_id: id });
    expect((await mails('proposalWaiting')).map(({ person_id: to }) => to), 'neither he himself nor his proposer').to.deep.equal([await idOf('audit')]);

    const page = plain((await audit.get(path)).text);
    expect(page).to.contain('变动前').and.to.contain('本人设置的密码').and.to.contain('一次性密码').and.to.contain('本人遗失，已当面核实。');
    expect((await decide(audit, path, 'granted')).status).to.equal(303);
    await security.get('/settings').expect(200);

    const token = hidden((await audit.get('/settings')).text, '_csrf');
    expect((await audit.post(`${path}/password`, token)).status, 'who decided does not see it').to.equal(404);
    const shown = await system.submit(path, {}, `${path}/password`);
    const password = /one-time-password">([^<]+)</.exec(shown.text)![1]!;
    expect((await system.post(`${path}/password`, hidden((await system.get('/settings')).text, '_csrf'))).status, 'once').to.equal(303);
    await security.get('/settings').expect(303);
    expect((await web.browser().signIn('secadmin', password)).status).to.equal(303);

    const [told] = await mails('administratorChanged');
    expect(told!.person_id).to.equal(id);
    const names = Object.fromEntries((await web.knex('person').whereIn('username', ['sysadmin', 'audit']).select<{ username: string; name: string }[]>('username', 'name')).map(({ username, name }) => [username, name]));
    expect(told!.text).to.contain(`由 ${names['sysadmin']} 提出，${names['audit']} 决定`).and.to.contain('如有异议').and.not.to.contain(password);
    expect((await log('passwordReset'))!.detail).to.deep.include({ before: { password: 'own' }, after: { password: 'oneTime' }, proposedBy: 'sysadmin', decidedBy: 'audit' });
    expect(plain((await audit.get('/admin/access-log?kind=passwordReset')).text)).to.contain('密码：本人设置的密码 → 一次性密码').and.to.contain('理由：本人遗失');
  });

  it('a role of an administrator is given and taken by two, with before and after in the log', async () => {
    const [{ id }] = await web.knex('person').insert({ username: 'second.audit', name: '审二', name_en: 'Second', mail: 'second@suqian.example', password_hash: 'x' }).returning('id') as [{ id: string }];
    const give = await security.submit(`/admin/people/${id}`, { unit: 'suqian', role: 'auditAdmin' }, `/admin/people/${id}/roles`);
    const to = String(give.headers['location']);
    expect(to).to.equal(`${HOME}/new?act=roleGiven&person=${id}&unit=suqian&role=auditAdmin`);
    expect(await web.knex('person_role').where({ person_id: id })).to.deep.equal([]);
    const path = await propose(security, { act: 'roleGiven', person: id, unit: 'suqian', role: 'auditAdmin' });
    await decide(system, path, 'granted');
    expect(await web.knex('person_role').where({ person_id: id }).pluck('role')).to.deep.equal(['auditAdmin']);
    expect((await log('rolesChanged'))!.detail).to.deep.include({ before: { roles: [] }, after: { roles: ['suqian auditAdmin'] }, proposedBy: 'secadmin' });

    const taken = await propose(security, { act: 'roleTaken', person: id, unit: 'suqian', role: 'auditAdmin' });
    expect((await decide(audit, taken, 'granted')).status).to.equal(303);
    expect(await web.knex('person_role').where({ person_id: id })).to.deep.equal([]);
    expect((await mails('administratorChanged')).map(({ person_id: told }) => told)).to.deep.equal([id, id]);
  });

  it('the kind of a unit is changed by two; the form of the unit alone changes nothing of it', async () => {
    const page = (await system.get('/admin/units/rsj')).text;
    expect(page).to.contain(`${HOME}/new?act=unitKind&amp;unit=rsj`).and.not.to.contain('name="kind"');
    const fields = Object.fromEntries([...page.matchAll(/<input[^>]*name="(name|shortName|nameEn|mailbox|position|version)"[^>]*value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
    await system.post('/admin/units/rsj', hidden(page, '_csrf'), { ...fields, parent: 'suqian', active: 'on', kind: 'creditOffice' });
    expect((await web.knex('unit').where({ id: 'rsj' }).first<{ kind: string }>('kind')).kind).to.equal('department');

    const path = await propose(system, { act: 'unitKind', unit: 'rsj' }, { kind: 'creditOffice' });
    expect(plain((await security.get(path)).text)).to.contain('市级部门').and.to.contain('信用办');
    await decide(security, path, 'granted');
    expect((await web.knex('unit').where({ id: 'rsj' }).first<{ kind: string }>('kind')).kind).to.equal('creditOffice');
    expect((await log('unitChanged'))!.detail).to.deep.include({ unit: 'rsj', before: { kind: 'department' }, after: { kind: 'creditOffice' } });
    expect((await mails('administratorChanged')).map(({ person_id: told }) => told)).to.deep.equal([await idOf('rsj.leader')]);
    expect((await system.submit(`${HOME}/new?act=unitKind&unit=xyb`, { act: 'unitKind', unit: 'xyb', kind: 'department', reason: '机构改革。' }, `${HOME}/new`)).text).to.contain('项角色不能设在新的类别中');
  });

  it('an account of an administrator is closed and opened again by two', async () => {
    const id = await idOf('audit');
    const token = hidden((await system.get('/settings')).text, '_csrf');
    expect((await system.post(`/admin/people/${id}/deactivate`, token)).headers['location']).to.contain('act=deactivated');
    await audit.get('/settings').expect(200);
    const path = await propose(system, { act: 'deactivated', person: id });
    await decide(security, path, 'granted');
    await audit.get('/settings').expect(303);
    await decide(security, await propose(system, { act: 'activated', person: id }), 'granted');
    expect((await web.browser().signIn('audit')).status).to.equal(303);
  });

  it('nobody decides his own proposal, one about himself, or one of his own kind; a refusal says why, and nothing happens', async () => {
    const id = await idOf('audit');
    const path = await propose(system, { act: 'passwordReset', person: id });
    const verdict = async (by: TestBrowser, fields: Record<string, string>) => by.post(`${path}/decide`, hidden((await by.get('/settings')).text, '_csrf'), fields);
    await web.knex('person').insert({ username: 'second.system', name: '系二', name_en: 'Second', mail: 's@suqian.example', password_hash: (await web.knex('person').where({ username: 'sysadmin' }).first<{ password_hash: string }>('password_hash')).password_hash });
    await web.knex('person_role').insert({ person_id: await idOf('second.system'), unit_id: 'suqian', role: 'systemAdmin' });
    const second = await signedIn('second.system');
    for (const [by, sentence] of [[system, '这是您提出的'], [audit, '这涉及您本人的账号'], [second, '与您属同一类管理员']] as const) {
      expect(plain((await by.get(path)).text)).to.contain(sentence);
      const answer = await verdict(by, { verdict: 'granted' });
      expect([answer.status, plain(answer.text)]).to.satisfy(([status, text]: [number, string]) => status === 403 && text.includes(sentence));
    }
    await (await signedIn('xyb.leader')).get(path).expect(404);
    const noReason = await verdict(security, { verdict: 'refused' });
    expect([noReason.status, plain(noReason.text)]).to.satisfy(([status, text]: [number, string]) => status === 422 && text.includes('不同意的，请写明原因'));
    expect((await verdict(security, { verdict: 'refused', note: '未见本人。' })).status).to.equal(303);
    expect(plain((await system.get(path)).text)).to.contain('未同意').and.to.contain('未见本人。');
    expect((await mails('proposalDecided')).map(({ text }) => text).join()).to.contain('未获同意').and.to.contain('未见本人。');
    expect(await mails('administratorChanged')).to.deep.equal([]);
    await audit.get('/settings').expect(200);
  });

  it('the table itself refuses a second who is none', async () => {
    const [by, about] = [await idOf('sysadmin'), await idOf('audit')];
    const row = { act: 'passwordReset', person_id: about, before: '{}', after: '{}', reason: 'x', proposed_by: by, proposer_role: 'systemAdmin' };
    const refusal = (change: object) => web.knex('admin_proposal').insert({ ...row, ...change }).then(() => null, (error: unknown) => (error as { constraint: string }).constraint);
    const decided = { status: 'granted', decided_at: new Date() };
    expect(await refusal({ proposed_by: about })).to.equal('admin_proposal_of_another');
    expect(await refusal({ ...decided, decided_by: by, decider_role: 'securityAdmin' })).to.equal('admin_proposal_second');
    expect(await refusal({ ...decided, decided_by: about, decider_role: 'auditAdmin' })).to.equal('admin_proposal_second');
    expect(await refusal({ ...decided, decided_by: await idOf('secadmin'), decider_role: 'systemAdmin' })).to.equal('admin_proposal_second');
    expect(await refusal({ ...decided, decided_by: await idOf('secadmin'), decider_role: 'securityAdmin' })).to.equal(null);
  });

  it('is not done where things have changed since, twice, or after it was withdrawn', async () => {
    const id = await idOf('audit');
    const [first, again] = [await propose(system, { act: 'deactivated', person: id }), `${HOME}/new?act=deactivated&person=${id}`];
    expect((await system.submit(again, { act: 'deactivated', person: id, reason: '再来一次。' }, `${HOME}/new`)).text).to.contain('相同的事项已经提出');
    await web.knex('person').where({ id }).update({ active: false });
    expect((await decide(security, first, 'granted')).status).to.equal(303);
    expect(plain((await security.get(first)).text)).to.contain('情况已变，未执行');
    await web.knex('person').where({ id }).update({ active: true });
    const second = await propose(system, { act: 'deactivated', person: id });
    expect((await security.post(`${second}/withdraw`, hidden((await security.get('/settings')).text, '_csrf'))).status).to.equal(404);
    await system.submit(second, {}, `${second}/withdraw`);
    await security.post(`${second}/decide`, hidden((await security.get('/settings')).text, '_csrf'), { verdict: 'granted' });
    expect((await web.knex('person').where({ id }).first<{ active: boolean }>('active')).active).to.equal(true);
    const third = await propose(system, { act: 'deactivated', person: id });
    const token = hidden((await security.get('/settings')).text, '_csrf');
    await Promise.all([1, 2].map(() => security.post(`${third}/decide`, token, { verdict: 'granted' })));
    expect(await web.knex('access_log').where({ kind: 'personDeactivated', subject_id: id })).to.have.length(1);
  });

  it('nobody else may propose, and what one may do alone is not proposed', async () => {
    const [admin, clerk] = [await idOf('audit'), await idOf('rsj.handler')];
    for (const [by, query] of [
      [security, { act: 'passwordReset', person: admin }], [system, { act: 'roleTaken', person: admin, unit: 'suqian', role: 'auditAdmin' }], [audit, { act: 'unitKind', unit: 'rsj' }],
      [system, { act: 'passwordReset', person: await idOf('sysadmin') }], [system, { act: 'passwordReset', person: clerk }], [system, { act: 'nonsense', person: admin }], [system, { act: 'passwordReset' }],
    ] as const) await by.get(`${HOME}/new?${new URLSearchParams(query).toString()}`).expect(404);
    await (await signedIn('scjg.handler')).get(HOME).expect(404);
    for (const by of [system, security, audit]) await by.get(HOME).expect(200);
  });

  it('a city with one administrator is told that nobody can decide, and by which command one is made; in English too', async () => {
    await web.knex('person').whereIn('username', ['audit', 'secadmin']).update({ active: false });
    const path = `${HOME}/new?act=activated&person=${await idOf('audit')}`;
    expect(plain((await system.get(path)).text)).to.contain('目前没有人能够决定').and.to.contain('npx xinzhi account create');
    await system.get(`/language?to=en&back=${encodeURIComponent(path)}`);
    expect(plain((await system.get(path)).text)).to.contain('Nobody can decide this now').and.to.contain('Open the account of');
  });

  it('an administrator whose mail address another changes hears of it at the old one', async () => {
    const id = await idOf('audit');
    const page = `/admin/people/${id}/edit`;
    await system.submit(page, { name: '邵敏', nameEn: 'Shao Min', mail: 'elsewhere@suqian.example', locale: 'zh-CN', version: hidden((await system.get(page)).text, 'version') }, page);
    const [told] = await web.knex('mail').where({ template: 'mailChanged' }).select<{ recipient: string; person_id: string }[]>('recipient', 'person_id');
    expect(told).to.deep.include({ person_id: id }).and.not.to.have.property('recipient', 'elsewhere@suqian.example');
  });
});
