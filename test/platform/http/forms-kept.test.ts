import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import request from 'supertest';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { createNotes, type Notes } from '../../support/notes.ts';
import { createTestWeb, hidden, type TestBrowser, type TestWeb } from '../../support/web.ts';

describe('a form', () => {
  let web: TestWeb;
  let notes: Notes;
  let browser: TestBrowser;
  before(async () => {
    notes = createNotes();
    web = await createTestWeb({ features: [createAccounts, notes.feature] });
  });
  after(() => web.close());
  beforeEach(async () => {
    notes.taken.length = 0;
    await web.knex('kept_form').delete();
    browser = web.browser();
    await browser.signIn('scjg.handler');
  });

  const open = async () => hidden((await browser.get('/notes/new').expect(200)).text, '_csrf');
  const expire = () => web.knex('session').update({ expire: web.knex.raw(`now() - interval '1 second'`) });
  const typed = { title: '李记 <b>火锅</b> "店"', facts: '第一行\r\n第二行', units: ['b'], area: 'food', newPassword: 'geheim' };

  describe('with a token', () => {
    it('of this session is taken, and the next page says so once', async () => {
      const answer = await browser.post('/notes/send', await open(), { title: '标题' });
      expect(answer.status).to.equal(303);
      expect(notes.taken).to.deep.equal([{ person: 'scjg.handler', title: '标题', files: [] }]);
      const page = (await browser.get('/settings')).text;
      expect(page).to.contain('已记下 &lt;b&gt;一条&lt;/b&gt;');
      expect((await browser.get('/settings')).text).not.to.contain('已记下');
    });

    for (const [what, token] of [['missing', ''], ['made up', 'abc~def~ghi'], ['of another form of attack', '~~']] as const) {
      it(`${what} is refused`, async () => {
        const answer = await browser.post('/notes/send', token, typed);
        expect(answer.status).to.equal(403);
        expect(answer.text).to.contain('页面已失效，未提交');
        expect(notes.taken).to.deep.equal([]);
      });
    }

    it('of another person\'s session is refused', async () => {
      const other = web.browser();
      await other.signIn('rsj.handler');
      const foreign = hidden((await other.get('/notes/new')).text, '_csrf');
      expect((await browser.post('/notes/send', foreign, typed)).status).to.equal(403);
      expect(notes.taken).to.deep.equal([]);
      expect(await web.knex('kept_form')).to.have.length(0);
    });

    it('of an earlier session of the same person is refused, with what was typed one click away', async () => {
      const old = await open();
      await browser.agent.post('/logout').type('form').send({ _csrf: old });
      await browser.signIn('scjg.handler');
      const refused = await browser.post('/notes/send', old, typed);
      expect(refused.status).to.equal(403);
      const back = /href="(\/notes\/new\?kept=[^"]+)"/.exec(refused.text)![1]!;
      const page = (await browser.get(back).expect(200)).text;
      expect(page).to.contain('value="李记 &#60;b&#62;火锅&#60;/b&#62; &#34;店&#34;"');
      expect((await browser.post('/notes/send', hidden(page, '_csrf'), typed)).status).to.equal(303);
    });

    it('in the header is taken as well', async () => {
      const token = await open();
      await browser.agent.post('/notes/send').set('X-CSRF-Token', token).type('form').send({ title: 'x' }).expect(303);
    });

    it('is asked of every changing method', async () => {
      for (const method of ['put', 'patch', 'delete'] as const) await browser.agent[method]('/notes/send').expect(403);
    });
  });

  describe('that comes after its session ended', () => {
    it('is not acted on, and waits behind the sign-in page, filled in', async () => {
      const token = await open();
      await expire();
      const sent = await browser.post('/notes/send', token, typed);
      expect(sent.status).to.equal(303);
      expect(notes.taken).to.deep.equal([]);

      const login = sent.headers['location']!;
      const page = (await browser.get(login).expect(200)).text;
      expect(page).to.contain('您填写的文字保留 30 分钟');
      const next = hidden(page, 'next');
      expect(next).to.match(/^\/notes\/new\?kept=/);

      const signedIn = await browser.submit('/login', { username: 'scjg.handler', password: 'Xinzhi-demo-2026', next });
      expect(signedIn.headers['location']).to.equal(next);
      const again = (await browser.get(next).expect(200)).text;
      expect(again).to.contain('name="title" value="李记 &#60;b&#62;火锅&#60;/b&#62; &#34;店&#34;"');
      expect(again).to.contain('第一行\r\n第二行</textarea>');
      expect(again).to.contain('name="units" value="b" checked').and.to.contain('name="units" value="a">');
      expect(again).to.contain('<option value="food" selected>');
      expect(again).to.contain('name="commandId" value="fresh"');
      expect(again).not.to.contain('geheim');

      await browser.post('/notes/send', hidden(again, '_csrf'), { title: typed.title });
      expect(notes.taken.map(({ title }) => title)).to.deep.equal([typed.title]);
    });

    it('is kept sealed: neither row nor cookie alone tells what was typed', async () => {
      const token = await open();
      await expire();
      await browser.post('/notes/send', token, typed);
      const [row] = await web.knex('kept_form').select<{ sealed: Buffer }[]>('sealed');
      expect(row!.sealed.toString('utf8')).not.to.contain('火锅');
    });

    it('is nobody else\'s, at the same desk neither', async () => {
      const token = await open();
      await expire();
      const login = (await browser.post('/notes/send', token, typed)).headers['location']!;
      const next = hidden((await browser.get(login)).text, 'next');
      const other = await browser.submit('/login', { username: 'rsj.handler', password: 'Xinzhi-demo-2026', next });
      expect(other.headers['location']).to.equal('/');
      expect((await browser.get(next)).text).not.to.contain('火锅');
    });

    it('is no other browser\'s, though the same person signs in there', async () => {
      const token = await open();
      await expire();
      const login = (await browser.post('/notes/send', token, typed)).headers['location']!;
      const next = hidden((await browser.get(login)).text, 'next');
      const elsewhere = web.browser();
      await elsewhere.signIn('scjg.handler');
      expect((await elsewhere.get(next)).text).not.to.contain('火锅');
    });

    it('is gone after 30 minutes, and the page says so', async () => {
      const token = await open();
      await expire();
      const login = (await browser.post('/notes/send', token, typed)).headers['location']!;
      const next = hidden((await browser.get(login)).text, 'next');
      await web.knex('kept_form').update({ expires_at: web.knex.raw('now()') });
      await browser.signIn('scjg.handler');
      expect((await browser.get(next)).text).not.to.contain('火锅');
      expect((await browser.get(next.replace('/notes/new', '/settings'))).text).to.contain('现已无法恢复');
    });

    it('with files keeps its words and says that the files have to be chosen again', async () => {
      const token = hidden((await browser.get('/settings')).text, '_csrf');
      await expire();
      const sent = await browser.agent.post('/settings').field('_csrf', token).field('mail', 'neu@suqian.example').attach('files', Buffer.from('x'), '附件.txt');
      const next = hidden((await browser.get(sent.headers['location']!)).text, 'next');
      await browser.submit('/login', { username: 'scjg.handler', password: 'Xinzhi-demo-2026', next });
      const { text } = await browser.get(next);
      expect(text).to.contain('value="neu@suqian.example"');
      expect(text).to.contain('附件无法保留，请重新选择');
    });

    it('is listed for copying where the page has no such form any more', async () => {
      const token = await open();
      await expire();
      const login = (await browser.post('/notes/send', token, typed)).headers['location']!;
      const next = hidden((await browser.get(login)).text, 'next');
      await browser.signIn('scjg.handler');
      for (const page of ['/settings', '/no/such/page']) {
        const { text } = await browser.get(next.replace('/notes/new', page));
        expect(text.indexOf('先前的表单现已不在本页'), page).to.be.greaterThan(text.indexOf('<main'));
        expect(text, page).to.contain('先前的表单现已不在本页').and.to.contain('李记 &lt;b&gt;火锅&lt;/b&gt;').and.not.to.contain('geheim');
      }
    });

    it('says which words found no field', async () => {
      const token = await open();
      await expire();
      const login = (await browser.post('/notes/send', token, { title: '标题', withdrawnField: '旧版表单里的话' })).headers['location']!;
      const next = hidden((await browser.get(login)).text, 'next');
      await browser.signIn('scjg.handler');
      const { text } = await browser.get(next);
      expect(text).to.contain('value="标题"').and.to.contain('有一部分无法放回表单').and.to.contain('>旧版表单里的话<');
    });

    it('without words, as a single button is, is not kept but the person told', async () => {
      const token = await open();
      await expire();
      const sent = await browser.post('/notes/send', token, { commandId: 'c1', seenVersion: '3' });
      expect(sent.headers['location']).to.contain('cause=notKept').and.to.contain('next=%2Fnotes%2Fnew');
      expect(await web.knex('kept_form')).to.have.length(0);
    });

    it('from a stranger without a page is not kept', async () => {
      await request(web.app).post('/notes/send').type('form').send(typed).expect(303);
      await request(web.app).post('/notes/send').type('form').send({ ...typed, _csrf: 'a~b.c~d' }).expect(303);
      expect(await web.knex('kept_form')).to.have.length(0);
    });
  });

  describe('with files', () => {
    const send = async (attach: (test: request.Test) => request.Test) => attach(browser.agent.post('/notes/send').field('_csrf', await open()).field('title', '附件'));

    it('hands them on with their Chinese names, and takes them away after the answer', async () => {
      await send((test) => test.attach('files', Buffer.from('内容'), '处置报告（终稿）.txt')).then(({ status }) => expect(status).to.equal(303));
      expect(notes.taken[0]!.files).to.deep.equal([{ name: '处置报告（终稿）.txt', size: 6, tooLarge: false, text: '内容' }]);
      const left = () => readdirSync(join(web.dataFolder, 'uploads'));
      for (let n = 0; n < 100 && left().length > 0; n += 1) await sleep(10);
      expect(left()).to.deep.equal([]);
    });

    it('of which one is too large is still read as a whole', async () => {
      const answer = await send((test) => test.attach('files', Buffer.alloc(30 * 1024 ** 2), 'large.bin').attach('files', Buffer.from('small'), 'small.txt'));
      expect(answer.status).to.equal(303);
      expect(notes.taken[0]!.title).to.equal('附件');
      expect(notes.taken[0]!.files.map(({ name, size, tooLarge }) => ({ name, size, tooLarge }))).to.deep.equal([
        { name: 'large.bin', size: 30 * 1024 ** 2, tooLarge: true },
        { name: 'small.txt', size: 5, tooLarge: false },
      ]);
    });

    it('has an end to their number', async () => {
      const answer = await send((test) => {
        for (let n = 0; n < 21; n += 1) void test.attach('files', Buffer.from('x'), `${n}.txt`);
        return test;
      });
      expect(answer.status).to.equal(413);
      expect(answer.text).to.contain('内容过大，未提交');
    });

    it('does not need a token in its address to be refused without one', async () => {
      const answer = await browser.agent.post('/notes/send').field('title', 'x').attach('files', Buffer.from('x'), 'x.txt');
      expect(answer.status).to.equal(403);
    });

    it('of a visitor whose form takes none fills no disk', async () => {
      const visitor = web.browser();
      const token = hidden((await visitor.get('/public/form')).text, '_csrf');
      await visitor.agent.post('/public/form').field('_csrf', token).field('title', 'x').attach('files', Buffer.from('x'), 'x.txt').expect(200);
      expect(notes.taken[0]!.files).to.deep.equal([]);
    });
  });

  it('with more words than a form may have is refused, not cut', async () => {
    const answer = await browser.post('/notes/send', await open(), { title: 'x'.repeat(1024 ** 2) });
    expect(answer.status).to.equal(413);
    expect(notes.taken).to.deep.equal([]);
  });

  it('shown again with an error still knows the page it stood on', async () => {
    const wrong = await browser.post('/notes/send', await open(), { title: '' });
    expect(wrong.status).to.equal(422);
    await expire();
    const sent = await browser.post('/notes/send', hidden(wrong.text, '_csrf'), { title: 'x', facts: 'y' });
    expect(sent.headers['location']).to.contain('next=%2Fnotes%2Fnew%3Fkept%3D');
  });
});
