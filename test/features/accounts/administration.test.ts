import { expect } from 'chai';
import { asOwner } from '../../support/stack.ts';
import { createTestWeb, DEMO_PASSWORD, hidden, type TestBrowser, type TestWeb } from '../../support/web.ts';

describe('administration', () => {
  let web: TestWeb;
  let system: TestBrowser;
  let security: TestBrowser;
  let audit: TestBrowser;
  const signedIn = async (username: string) => {
    const browser = web.browser();
    await browser.signIn(username);
    return browser;
  };
  before(async () => {
    web = await createTestWeb();
    [system, security, audit] = await Promise.all([signedIn('sysadmin'), signedIn('secadmin'), signedIn('audit')]);
  });
  after(() => web.close());

  const idOf = async (username: string) => (await web.knex('person').where({ username }).first<{ id: string }>('id')).id;
  const rolesOf = async (username: string) => {
    const held = await web.knex('person_role').where({ person_id: await idOf(username) }).select<{ unit_id: string; role: string }[]>('unit_id', 'role');
    return held.map(({ unit_id, role }) => `${unit_id} ${role}`).toSorted();
  };
  const lastLog = async (kind: string) => (await web.knex('access_log').where({ kind }).orderBy('id', 'desc').first<{ subject_id: string; detail: unknown; person_id: string }>());
  const newPerson = { name: '赵新', nameEn: 'Zhao Xin', mail: 'zhao.xin@suqian.example', locale: 'zh-CN' };

  describe('is opened by whom it belongs to', () => {
    const pages = { '/admin/people': 'ssa', '/admin/people/new': 's', '/admin/units': 'ssa', '/admin/units/new': 's', '/admin/units/scjg': 's', '/admin/access-log': 'a' };
    const may: Record<string, Record<string, boolean>> = Object.fromEntries(Object.entries(pages).map(([path, who]) => [path, {
      sysadmin: who.startsWith('s'), secadmin: who.startsWith('ss'), audit: who.endsWith('a'),
      'xyb.leader': false, 'scjg.handler': false, 'fz.reviewer': false,
    }]));
    for (const [path, who] of Object.entries(may)) {
      for (const [username, opens] of Object.entries(who)) {
        it(`${path}: ${username} ${opens ? 'sees it' : 'finds nothing, and that is logged'}`, async () => {
          const before = await web.knex('access_log').where({ kind: 'refused', username }).count({ n: '*' }).first<{ n: number | string }>();
          await (await signedIn(username)).get(path).expect(opens ? 200 : 404);
          const after = await web.knex('access_log').where({ kind: 'refused', username }).count({ n: '*' }).first<{ n: number | string }>();
          expect(Number(after.n) - Number(before.n)).to.equal(opens ? 0 : 1);
        });
      }
    }

    it('the side bar offers just what opens', async () => {
      const links = async (browser: TestBrowser) => [...new Set([...(await browser.get('/settings')).text.matchAll(/<li><a href="([^"]+)"/g)].map((match) => match[1]!))];
      expect(await links(system)).to.deep.equal(['/admin/people', '/admin/units', '/admin/proposals', '/settings']);
      expect(await links(audit)).to.deep.equal(['/admin/people', '/admin/units', '/admin/proposals', '/admin/access-log', '/settings']);
      expect(await links(await signedIn('scjg.handler'))).to.deep.equal(['/settings']);
    });

    it('acts are refused like pages, with a good token too', async () => {
      const token = hidden((await security.get('/settings')).text, '_csrf');
      const id = await idOf('rsj.handler');
      expect((await security.post(`/admin/people/${id}/deactivate`, token)).status).to.equal(404);
      expect((await security.post(`/admin/people/${id}/password`, token)).status).to.equal(404);
      const own = hidden((await system.get('/settings')).text, '_csrf');
      expect((await system.post(`/admin/people/${id}/roles`, own, { unit: 'rsj', role: 'head' })).status).to.equal(404);
      expect(await rolesOf('rsj.handler')).to.deep.equal(['rsj handler']);
    });
  });

  describe('of people', () => {
    it('lists the active ones; search finds name, English name, user name and mail', async () => {
      expect((await system.get('/admin/people')).text).to.contain('共 23 人').and.to.contain('欧阳慧');
      for (const search of ['欧阳', 'ouyang', 'SUYU.lea', 'suyu.leader@']) {
        const { text } = await system.get('/admin/people').query({ search });
        expect(text, search).to.contain('欧阳慧').and.to.contain('共 1 人');
      }
      expect((await system.get('/admin/people?unit=scjg')).text).to.contain('共 2 人');
      const none = (await system.get('/admin/people').query({ search: '100%_"<b>' })).text;
      expect(none).to.contain('没有符合条件的人员').and.to.contain('100%_&#34;&lt;b&gt;').and.not.to.contain('"<b>');
    });

    it('turns pages of 50 by a cursor', async () => {
      await web.knex('person').insert(Array.from({ length: 60 }, (_, n) => ({
        username: `mass.${String(n).padStart(3, '0')}`, name: `群众${n}`, name_en: 'Mass', mail: 'm@suqian.example', password_hash: 'x',
      })));
      const first = (await system.get('/admin/people?search=mass')).text;
      expect(first).to.contain('mass.049').and.not.to.contain('mass.050');
      const next = /rel="next" href="([^"]+)"/.exec(first)![1]!.replaceAll('&amp;', '&');
      const second = (await system.get(next)).text;
      expect(second).to.contain('mass.050').and.to.contain('mass.059').and.not.to.contain('mass.049').and.not.to.contain('rel="next"');
      expect(second).to.contain('第一页').and.not.to.contain('上一页');
      await web.knex('person').where('username', 'like', 'mass.%').delete();
    });

    it('adds one, whose one-time password is shown once and has to be changed', async () => {
      const answer = await system.submit('/admin/people/new', { username: 'New.Person', ...newPerson });
      expect(answer.status).to.equal(200);
      expect(answer.headers['cache-control']).to.equal('no-store');
      const password = /one-time-password">([^<]+)</.exec(answer.text)![1]!;
      expect(await lastLog('personAdded')).to.deep.include({ subject_id: await idOf('new.person'), detail: { username: 'new.person' } });
      expect(JSON.stringify(await web.knex('access_log'))).not.to.contain(password);
      const person = web.browser();
      expect((await person.signIn('new.person', password)).status).to.equal(303);
      await person.get('/settings').expect(303).expect('Location', '/settings/password');
    });

    it('says which field is wrong, a taken user name too, and keeps what was typed', async () => {
      const wrong = await system.submit('/admin/people/new', { ...newPerson, username: 'Ä', name: '', nameEn: 'x'.repeat(81) });
      expect(wrong.status).to.equal(422);
      expect(wrong.text).to.contain('“Ä”不能作为用户名').and.to.contain('不超过 80 字，现为 81 字。').and.to.contain('value="zhao.xin@suqian.example"');
      const taken = await system.submit('/admin/people/new', { ...newPerson, username: 'audit' });
      expect(taken.text).to.contain('用户名“audit”已被使用，请换一个。').and.to.contain('value="赵新"');
    });

    it('HTML in a name is shown as the text it is, on every page', async () => {
      await system.submit('/admin/people/new', { ...newPerson, username: 'html.name', name: '<img src=x onerror=1>', nameEn: '"><script>x</script>' });
      const id = await idOf('html.name');
      for (const path of ['/admin/people?search=html', `/admin/people/${id}`, `/admin/people/${id}/edit`, `/admin/people/${id}/deactivate`]) {
        const { text } = await system.get(path).expect(200);
        expect(text, path).not.to.contain('<img src=x').and.not.to.contain('<script>x');
      }
    });

    it('changes one; of two who do so at once the second is told and loses nothing', async () => {
      const path = `/admin/people/${await idOf('fz.reviewer')}/edit`;
      const first = (await system.get(path)).text;
      const [token, version] = [hidden(first, '_csrf'), hidden(first, 'version')];
      expect((await system.post(path, token, { ...newPerson, version, name: '丁一' })).status).to.equal(303);
      const second = await system.post(path, token, { ...newPerson, version, name: '丁二' });
      expect(second.status).to.equal(409);
      expect(second.text).to.contain('其他管理员修改了该人员的资料');
      const back = /href="([^"]+kept=[^"]+)"/.exec(second.text)![1]!;
      const again = (await system.get(back)).text;
      expect(again).to.contain('value="丁二"');
      expect(hidden(again, 'version')).to.equal('2');
      expect((await lastLog('personChanged')).detail).to.have.nested.property('after.name', '丁一');
    });

    it('makes one inactive: signed out at once, not to be signed in, and back again', async () => {
      const person = await signedIn('shuyang.handler');
      const path = `/admin/people/${await idOf('shuyang.handler')}`;
      expect((await system.get(`${path}/deactivate`)).text).to.contain('本人立即退出').and.to.contain('可以撤回');
      expect((await system.submit(`${path}/deactivate`, {})).status).to.equal(303);
      await person.get('/settings').expect(303);
      expect((await person.signIn('shuyang.handler')).status).to.equal(422);
      expect(await lastLog('personDeactivated')).to.deep.include({ subject_id: await idOf('shuyang.handler'), person_id: await idOf('sysadmin') });
      expect((await system.get('/admin/people?state=inactive')).text).to.contain('仲伟');
      await system.submit(`${path}/activate`, {});
      expect((await person.signIn('shuyang.handler')).status).to.equal(303);
    });

    it('lets nobody make himself inactive', async () => {
      const path = `/admin/people/${await idOf('sysadmin')}`;
      expect((await system.get(path)).text).not.to.contain('/deactivate');
      expect((await system.post(`${path}/deactivate`, hidden((await system.get('/settings')).text, '_csrf'))).status).to.equal(404);
    });

    it('resets a password: the old one, the sessions and a lock end, the new one is shown once', async () => {
      const person = await signedIn('shuyang.leader');
      await web.knex('sign_in_failure').insert({ what: 'password', username: 'shuyang.leader', source: '127.0.0.1', usual: true, tries: 5, last_at: new Date(), locked_until: new Date(Date.now() + 60_000) });
      const path = `/admin/people/${await idOf('shuyang.leader')}/password`;
      expect((await system.get(path)).text).to.contain('不能撤回');
      const password = /one-time-password">([^<]+)</.exec((await system.submit(path, {})).text)![1]!;
      await person.get('/settings').expect(303);
      expect((await person.signIn('shuyang.leader')).status).to.equal(422);
      expect((await person.signIn('shuyang.leader', password)).status).to.equal(303);
    });

    for (const id of ['nothing', '00000000-0000-0000-0000-000000000000', `' or 1=1`]) {
      it(`knows nobody called ${id}`, async () => {
        await system.get(`/admin/people/${encodeURIComponent(id)}`).expect(404);
      });
    }
  });

  describe('of roles', () => {
    const give = async (username: string, unit: string, role: string, by = security) => by.submit(`/admin/people/${await idOf(username)}`, { unit, role }, `/admin/people/${await idOf(username)}/roles`);

    it('gives one, which holds from the next request, and takes it back', async () => {
      const person = await signedIn('rsj.leader');
      expect((await give('rsj.leader', 'suyu', 'handler')).status).to.equal(303);
      expect((await person.get('/settings')).text).to.contain('宿豫区 · 经办人');
      expect((await lastLog('rolesChanged')).detail).to.deep.equal({ before: { roles: ['rsj head'] }, after: { roles: ['rsj head', 'suyu handler'] }, given: { unit: 'suyu', role: 'handler' } });
      const path = `/admin/people/${await idOf('rsj.leader')}`;
      await security.submit(path, { unit: 'suyu', role: 'handler' }, `${path}/roles/take`);
      expect(await rolesOf('rsj.leader')).to.deep.equal(['rsj head']);
    });

    for (const [username, unit, role, sentence] of [
      ['scjg.handler', 'suqian', 'auditAdmin', '“审计管理员”不得兼任“经办人”等业务角色（三员分立）'],
      ['audit', 'suqian', 'systemAdmin', '“审计管理员”与“系统管理员”不能由同一人担任（三员分立）'],
      ['audit', 'xyb', 'handler', '“审计管理员”不得兼任“经办人”'],
      ['scjg.handler', 'scjg', 'creditOfficeHead', '该角色不能设在这个机构'],
      ['scjg.handler', 'nowhere', 'handler', '“nowhere”不在可选范围内'],
      ['scjg.handler', 'scjg', 'emperor', '“emperor”不在可选范围内'],
    ] as const) {
      it(`refuses ${username} as ${role} in ${unit}, and says why`, async () => {
        const { status, text } = await give(username, unit, role);
        expect(status).to.equal(422);
        expect(text).to.contain(sentence);
        expect(await rolesOf(username)).to.have.length(1);
      });
    }

    it('lets nobody give roles to himself', async () => {
      const path = `/admin/people/${await idOf('secadmin')}`;
      expect((await security.get(path)).text).not.to.contain(`${path}/roles`);
      const token = hidden((await security.get('/settings')).text, '_csrf');
      const { status, text } = await security.post(`${path}/roles`, token, { unit: 'suqian', role: 'securityAdmin' });
      expect(status).to.equal(422);
      expect(text).to.contain('不能给自己授予角色');
    });

    it('is guarded by the database as well, against two grants at once too', async () => {
      const id = await idOf('scjg.handler');
      const refusal = await web.knex('person_role').insert({ person_id: id, unit_id: 'suqian', role: 'systemAdmin' }).then(() => null, (error: unknown) => error as { constraint: string });
      expect(refusal?.constraint).to.equal('person_role_separation');

      const [{ id: fresh }] = await web.knex('person').insert({ username: 'two.grants', name: 'x', name_en: 'x', mail: 'x@x.example', password_hash: 'x' }).returning('id') as [{ id: string }];
      const results = await Promise.allSettled([
        web.knex('person_role').insert({ person_id: fresh, unit_id: 'suqian', role: 'systemAdmin' }),
        web.knex('person_role').insert({ person_id: fresh, unit_id: 'suqian', role: 'auditAdmin' }),
      ]);
      expect(results.map(({ status }) => status).toSorted()).to.deep.equal(['fulfilled', 'rejected']);
    });
  });

  describe('of units', () => {
    const unit = { name: '宿迁市公安局', shortName: '市公安局', nameEn: 'Public Security Bureau', kind: 'department', parent: 'suqian', regionCode: '', mailbox: 'gaj@suqian.example', position: '200', active: 'on' };

    it('shows the tree with its codes, mailboxes and people', async () => {
      const { text } = await audit.get('/admin/units');
      expect(text).to.contain('— 宿迁市宿豫区人民政府').and.to.contain('321311').and.to.contain('SQ-HB').and.to.contain('scjg@suqian.example');
      expect(text).not.to.contain('href="/admin/units/new"');
    });

    it('adds one and changes it; a second change on the old state is refused', async () => {
      expect((await system.submit('/admin/units/new', { id: 'gaj', ...unit })).status).to.equal(303);
      const page = (await system.get('/admin/units/gaj')).text;
      const [token, version] = [hidden(page, '_csrf'), hidden(page, 'version')];
      expect((await system.post('/admin/units/gaj', token, { ...unit, version, name: '宿迁市公安局（新）', misspelt: 'on' })).status).to.equal(303);
      expect((await system.post('/admin/units/gaj', token, { ...unit, version })).status).to.equal(409);
      expect((await system.get('/admin/units')).text).to.contain('宿迁市公安局（新）');
    });

    for (const [what, fields, sentence] of [
      ['a taken identifier', { id: 'scjg' }, '标识“scjg”已被使用'],
      ['a bad identifier', { id: '公安' }, '“公安”不能作为标识'],
      ['a region code of five figures', { id: 'one', regionCode: '32130' }, '“32130”不是有效代码'],
      ['a parent that is none', { id: 'two', parent: 'nowhere' }, '“nowhere”不在可选范围内'],
      ['a mailbox that is none', { id: 'three', mailbox: 'x' }, '“x”不是有效的邮箱地址。'],
      ['a kind that is none', { id: 'four', kind: 'ministry' }, '“ministry”不在可选范围内'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const { status, text } = await system.submit('/admin/units/new', { ...unit, ...fields });
        expect(status).to.equal(422);
        expect(text).to.contain(sentence);
      });
    }

    it('warns of what documents of a unit still lack, says what is wrong with a sign, and that another has it', async () => {
      const lacking = (await system.get('/admin/units/suyu')).text;
      expect(lacking).to.contain('尚未填写：发文代字、行政复议机关、行政诉讼管辖法院');
      expect((await system.get('/admin/units/zx')).text).not.to.contain('尚未填写');
      const path = '/admin/units/suyu';
      const fields = { name: '宿迁市宿豫区人民政府', shortName: '宿豫区', nameEn: 'Suyu District', kind: 'region', parent: 'suqian', regionCode: '321311', mailbox: '', position: '120', active: 'on', version: hidden(lacking, 'version') };
      const send = (more: Record<string, string>) => system.post(path, hidden(lacking, '_csrf'), { ...fields, ...more });
      const wrong = await send({ documentPrefix: '宿豫〔2026〕' });
      expect(wrong.status).to.equal(422);
      expect(wrong.text).to.contain('“宿豫〔2026〕”不能作为发文代字').and.to.contain('id="documentPrefix-error"');
      expect((await send({ documentPrefix: '宿市监信' })).text).to.contain('发文代字“宿市监信”已由宿迁市市场监督管理局使用');
      expect((await send({ documentPrefix: '宿豫信', reviewBody: '宿迁市人民政府', court: '宿迁市宿豫区人民法院' })).status).to.equal(303);
      expect((await system.get(path)).text).to.contain('value="宿迁市宿豫区人民法院"').and.not.to.contain('尚未填写');
    });

    it('lets no unit stand below itself', async () => {
      const page = (await system.get('/admin/units/suqian')).text;
      const fields = { name: '宿迁市', shortName: '宿迁市', nameEn: 'Suqian', kind: 'city', parent: 'scjg', regionCode: '321300', mailbox: '', position: '10', active: 'on', version: hidden(page, 'version') };
      expect((await system.post('/admin/units/suqian', hidden(page, '_csrf'), fields)).status).to.equal(422);
    });
  });

  describe('of the access log', () => {
    it('shows sign-ins, refusals and changes, by kind, name and day', async () => {
      await web.browser().signIn('scjg.handler', 'Falsch-123');
      const { text } = await audit.get('/admin/access-log?kind=signInFailed&username=scjg.handler');
      expect(text).to.contain('登录失败').and.to.contain('scjg.handler').and.to.contain('POST /login');
      expect(text).not.to.contain('越权访问被拒</span>');
      expect((await audit.get('/admin/access-log?from=2099-01-01')).text).to.contain('没有符合条件的记录').and.to.contain('2099-01-01');
      expect((await audit.get('/admin/access-log?kind=nonsense&from=2026-02-30&username=%3Cb%3E')).status).to.equal(200);
    });

    it('counts days by the clock of Shanghai, the last one to its end', async () => {
      const entry = (username: string, at: string) => ({ kind: 'signIn', username, at, method: 'POST', path: '/login', request_id: 'x' });
      await web.knex('access_log').insert([
        entry('day.before', '2026-09-23T15:59:59Z'), entry('day.first', '2026-09-23T16:00:00Z'),
        entry('day.last', '2026-09-24T15:59:59Z'), entry('day.after', '2026-09-24T16:00:00Z'),
      ]);
      const { text } = await audit.get('/admin/access-log?from=2026-09-24&to=2026-09-24');
      expect(text).to.contain('day.first').and.to.contain('day.last').and.not.to.contain('day.before').and.not.to.contain('day.after');
    });

    it('turns pages, and refuses a cursor of another list', async () => {
      await web.knex('access_log').insert(Array.from({ length: 60 }, () => ({ kind: 'signIn', username: 'many', method: 'POST', path: '/login', request_id: 'x' })));
      const first = (await audit.get('/admin/access-log?username=many')).text;
      const next = /rel="next" href="([^"]+)"/.exec(first)![1]!.replaceAll('&amp;', '&');
      expect((await audit.get(next)).text).to.contain('本页 10 条').and.to.contain('第一页').and.not.to.contain('上一页');
      await audit.get(next.replace('/admin/access-log', '/admin/people')).expect(400);
    });

    it('cannot be changed or thinned out within six months, by nobody', async () => {
      const refusal = (query: PromiseLike<unknown>) => Promise.resolve(query).then(() => null, (error: unknown) => (error as Error).message);
      expect(await refusal(asOwner(web.knex, (owner) => owner('access_log').update({ username: 'x' })))).to.contain('append-only');
      expect(await refusal(web.knex('access_log').delete())).to.contain('append-only');
      expect(await refusal(asOwner(web.knex, (owner) => owner.raw('truncate access_log')))).to.contain('append-only');
      await web.knex('access_log').insert({ kind: 'caseViewed', at: new Date('2020-01-01') });
      expect(await refusal(web.knex('access_log').where('at', '<', '2021-01-01').delete()), 'written only now').to.contain('append-only');
      await web.knex('access_log').insert({ kind: 'signIn', at: new Date('2020-01-01'), written_at: new Date('2020-01-01') });
      expect(await refusal(web.knex('access_log').where('written_at', '<', '2021-01-01').delete())).to.equal(null);
    });
  });
});

describe('the demo city', () => {
  it('is put in place as often as one likes, and its passwords hold each time', async () => {
    const web = await createTestWeb();
    try {
      const { seedPeople } = await import('../../../src/features/demo/people.ts');
      const count = async () => [await web.knex('unit').count({ n: '*' }), await web.knex('person').count({ n: '*' }), await web.knex('person_role').count({ n: '*' })];
      const before = await count();
      await web.knex('person').where({ username: 'audit' }).update({ name: '改过的名字', password_hash: 'x', must_change_password: true });
      await seedPeople(web.knex, DEMO_PASSWORD);
      expect(await count()).to.deep.equal(before);
      expect((await web.browser().signIn('audit')).status).to.equal(303);
      expect(await web.knex('person').where({ username: 'audit' }).first('name')).to.deep.equal({ name: '改过的名字' });
    } finally {
      await web.close();
    }
  });
});
