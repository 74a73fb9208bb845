import { expect } from 'chai';
import { errorsIn, formOf, noticesIn, openBureau, plain, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';

const slugsIn = (html: string): string[] => [...html.matchAll(/href="\/tasks\/(XZ-\d{4}-\d{6}-\d+)"/g)].map(([, slug]) => slug!);
const tile = (html: string, label: string): string | undefined => new RegExp(`tile-count">(\\d+)</span><span class="tile-label">${label}<`).exec(html)?.[1];

describe('the overdue board', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  let supervisor: Clerk;
  const slugs: Record<string, string> = {};

  /** Moves the deadline of an open task by so many hours from now. */
  const due = async (slug: string, hours: number): Promise<void> => {
    await bureau.knex('case_task').where({ slug }).update({ deadline_at: new Date(Date.now() + hours * 3_600_000) });
  };
  const report = async (title: string, hours: number): Promise<string> => {
    const caseNo = await (await bureau.clerk('xyb.handler')).reportNevertheless({ title, 'subjects[0][name]': '', 'subjects[0][code]': '', area: 'other' });
    const slug = await bureau.task(caseNo, 'verify');
    await due(slug, hours);
    return slug;
  };
  const caseNoOf = (slug: string): string => slug.replace(/-\d+$/, '');

  before(async () => {
    bureau = await openBureau({ workers: true });
    supervisor = await bureau.clerk('xyb.supervisor');
    slugs['week'] = await report('逾期一周的一起', -7 * 24);
    slugs['day'] = await report('逾期一天的一起', -24);
    slugs['soon'] = await report('马上到期的一起', 1);
    slugs['far'] = await report('还早的一起', 60 * 24);
    // One that lies with a department: acknowledging is its first task.
    const other = await report('到了部门的一起', 24);
    await bureau.complete('xyb.handler', caseNoOf(other), 'verify', { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
    await bureau.complete('xyb.handler', caseNoOf(other), 'grade', { base: 'general', reason: '影响小。' });
    await bureau.complete('xyb.handler', caseNoOf(other), 'assign', { accountable: 'scjg', instruction: '请办理。', 'parts[0][unit]': 'scjg', 'parts[0][measure]': 'penalise', 'parts[0][text]': '依法处罚' });
    slugs['department'] = await bureau.task(caseNoOf(other), 'acknowledge');
    await due(slugs['department'], -3 * 24);
  });
  after(() => bureau.close());

  it('shows what is late first, the longest first, and counts by unit', async () => {
    const html = await supervisor.page('/supervision');
    expect(slugsIn(html)).to.deep.equal([slugs['week'], slugs['department'], slugs['day']]);
    expect(tile(html, '已逾期')).to.equal('3');
    expect(tile(html, '即将到期')).to.equal('1');
    const units = plain(/<table[\s\S]*?<\/table>/.exec(html)![0]);
    expect(units).to.match(/市信用办.*?2.*?1.*?市市场监管局.*?1.*?0/);
    expect(plain(html)).to.include('逾期一周的一起').and.include('待认领').and.include('签收').and.include('本页 3 项，共 3 项');
  });

  it('shows what is soon late, and not what has time', async () => {
    expect(slugsIn(await supervisor.page('/supervision?show=soon'))).to.deep.equal([slugs['soon']]);
  });

  it('is narrowed to a unit and a stage, and a filter that makes no sense finds nothing or all', async () => {
    expect(slugsIn(await supervisor.page('/supervision?unit=scjg'))).to.deep.equal([slugs['department']]);
    expect(slugsIn(await supervisor.page('/supervision?stage=verify'))).to.deep.equal([slugs['week'], slugs['day']]);
    const none = await supervisor.page('/supervision?unit=scjg&stage=verify');
    expect(plain(none)).to.include('没有已逾期的事项').and.include('取消筛选');
    expect(slugsIn(await supervisor.page('/supervision?show=dancing&unit[]=a'))).to.have.length(3);
    expect(slugsIn(await supervisor.page("/supervision?unit=%27%3B--"))).to.deep.equal([]);
  });

  it('has a bar chart beside the numbers, in words too', async () => {
    expect(await supervisor.page('/supervision')).to.include('src="/supervision/chart.svg"').and.match(/alt="各单位已逾期和即将到期事项数量的条形图/);
    const { headers, body } = await supervisor.get('/supervision/chart.svg').expect(200);
    expect(headers['content-type']).to.match(/^image\/svg\+xml/);
    const svg = String(body as Buffer);
    expect(svg).to.match(/^<svg /).and.include('市信用办').and.include('市市场监管局').and.include('已逾期').and.not.include('<script');
  });

  it('shows the head of a unit what is his unit\'s, and nobody else anything', async () => {
    const head = await bureau.clerk('scjg.leader');
    expect(slugsIn(await head.page('/supervision'))).to.deep.equal([slugs['department']]);
    expect(String((await head.get('/supervision/chart.svg').expect(200)).body as Buffer)).to.include('市市场监管局').and.not.include('市信用办');
    for (const username of ['xyb.handler', 'sysadmin', 'audit']) {
      const other = await bureau.clerk(username);
      for (const path of ['/supervision', '/supervision/chart.svg', '/supervision/urge']) await other.get(path).expect(403);
    }
    await bureau.agent().get('/supervision').expect(303);
  });

  it('does not show the cases of which the reader is kept out', async () => {
    const { id }: { id: string } = await bureau.knex('person').where({ username: 'xyb.supervisor' }).first('id');
    const { case_id: caseId }: { case_id: string } = await bureau.knex('case_task').where({ slug: slugs['week'] }).first('case_id');
    await bureau.knex('case_recusal').insert({ person: id, case_id: caseId });
    try {
      const html = await supervisor.page('/supervision');
      expect(slugsIn(html)).to.deep.equal([slugs['department'], slugs['day']]);
      expect(tile(html, '已逾期')).to.equal('2');
      expect(slugsIn(await supervisor.page(`/supervision/urge?task=${slugs['week']}&task=${slugs['day']}`))).to.deep.equal([slugs['day']]);
    } finally {
      await bureau.knex('case_recusal').where({ person: id }).delete();
    }
  });

  it('takes no cursor that was made up', async () => {
    for (const wrong of ['abc', `${Buffer.from('{"at":"2026-01-01T00:00:00.000Z","slug":"X"}').toString('base64url')}.x`]) {
      const { text } = await supervisor.get(`/supervision?from=${encodeURIComponent(wrong)}`).expect(400);
      expect(plain(text)).to.include('翻页地址不完整或已被改动');
    }
  });

  describe('urging', () => {
    const urge = async (clerk: Clerk, ...tasks: string[]): Promise<Fields> => {
      const html = await clerk.page(`/supervision/urge?${tasks.map((slug) => `task=${slug}`).join('&')}`);
      return formOf(html, '/supervision/urge');
    };
    const urged = async (slug: string): Promise<number> => (await bureau.knex('case_task').where({ slug }).first<{ urged: number }>('urged')).urged;
    const mails = async (slug: string): Promise<{ subject: string; text: string; recipient: string }[]> =>
      bureau.knex('mail').where({ template: 'urged' }).andWhere('subject', 'like', `%${caseNoOf(slug)}%`).select('*');

    it('shows beforehand what is urged, whom it reaches and the whole mail', async () => {
      const html = await supervisor.page(`/supervision/urge?task=${slugs['week']}&task=${slugs['department']}`);
      const text = plain(html);
      expect(slugsIn(html)).to.deep.equal([slugs['week'], slugs['department']]);
      expect(text).to.include('将对以下 2 项发出催办').and.include('宿迁市社会信用体系建设领导小组办公室邮箱').and.include('宿迁市市场监督管理局邮箱').and.include('催办发出后不能撤回');
      const preview = plain(/<article class="mail-preview">[\s\S]*?<\/article>/.exec(html)![0]);
      expect(preview).to.include(`[${caseNoOf(slugs['week']!)}] 催办，请核实：逾期一周的一起`).and.include('周文静').and.include('确有困难的，请说明原因并申请延期').and.include(`/tasks/${slugs['week']}`);
      expect(await urged(slugs['week']!)).to.equal(0);
    });

    it('one goes out with the text that was typed, as it was shown', async () => {
      const form = await urge(supervisor, slugs['week']!);
      const answer = await supervisor.post('/supervision/urge', { ...form, text: '请今天\n办结。<b>' });
      expect(answer.status).to.equal(303);
      const board = await supervisor.page(String(answer.headers['location']));
      expect(noticesIn(board).join()).to.include('已对 1 项发出催办');
      expect(await urged(slugs['week']!)).to.equal(1);
      const [mail, ...more] = await mails(slugs['week']!);
      expect(more).to.deep.equal([]);
      expect(mail).to.include({ recipient: 'xyb@suqian.example', subject: `[${caseNoOf(slugs['week']!)}] 催办，请核实：逾期一周的一起` });
      expect(mail!.text).to.include('请今天').and.include('办结。<b>');
      expect(plain(await supervisor.page(`/tasks/${slugs['week']}`))).to.include('请今天').and.include('办结。<b>');
    });

    it('opened on filtered rows, it comes back to them', async () => {
      const form = formOf(await supervisor.page(`/supervision/urge?task=${slugs['week']}&show=soon&unit=scjg`), '/supervision/urge');
      expect(form).to.include({ show: 'soon', unit: 'scjg' });
      const answer = await supervisor.post('/supervision/urge', { ...form, task: [], text: '请抓紧。' });
      expect(answer.headers['location']).to.equal('/supervision?show=soon&unit=scjg');
    });

    it('many go out with one form; sent twice, also at once, each is urged once', async () => {
      const form = { ...(await urge(supervisor, slugs['day']!, slugs['department']!)), text: '请抓紧。' };
      const both = await Promise.all([supervisor.post('/supervision/urge', form), supervisor.post('/supervision/urge', form)]);
      expect(both.map(({ status }) => status)).to.deep.equal([303, 303]);
      expect((await supervisor.post('/supervision/urge', form)).status).to.equal(303);
      for (const slug of [slugs['day']!, slugs['department']!]) {
        expect(await urged(slug), slug).to.equal(1);
        expect(await mails(slug), slug).to.have.length(1);
      }
    });

    it('left empty, or over its length, is shown again with what was chosen and typed', async () => {
      const form = await urge(supervisor, slugs['day']!, slugs['department']!);
      const empty = await supervisor.post('/supervision/urge', { ...form, text: ' ' });
      expect(empty.status).to.equal(422);
      expect(errorsIn(empty.text)).to.deep.equal(['催办内容：请填写此项。']);
      expect(formOf(empty.text, '/supervision/urge')['task']).to.deep.equal(form['task']);
      const long = await supervisor.post('/supervision/urge', { ...form, text: '长'.repeat(501) });
      expect(errorsIn(long.text)).to.deep.equal(['催办内容：不超过 500 字，现为 501 字。']);
      expect(long.text).to.include('长'.repeat(501));
      expect(await urged(slugs['day']!)).to.equal(1);
    });

    it('nothing, more than may be, or what was made up, leads back with a word about it', async () => {
      for (const query of ['', '?task=nonsense', `?${Array.from({ length: 51 }, () => `task=${slugs['day']}`).join('&')}`, '?task=XZ-2026-999999-1']) {
        const { headers } = await supervisor.get(`/supervision/urge${query}`).expect(303);
        expect(headers['location']).to.equal('/supervision');
        expect(noticesIn(await supervisor.page('/supervision')).join()).to.include('请先勾选要催办的事项，一次最多 50 项');
      }
    });

    it('what one may not see is not urged by its address', async () => {
      const head = await bureau.clerk('scjg.leader');
      const form = await urge(head, slugs['department']!);
      const answer = await head.post('/supervision/urge', { ...form, task: [slugs['week']!], text: '越权' });
      expect(noticesIn(await head.page(String(answer.headers['location']))).join()).to.include('有 1 项已办结或不在您的范围内，未催办');
      expect(await urged(slugs['week']!)).to.equal(1);
      await head.post('/supervision/urge', { ...form, text: '请本局今天签收。' });
      expect(await urged(slugs['department']!)).to.equal(2);
    });

    it('what was done meanwhile is left out, and so it says; the rest goes out', async () => {
      const [done, open] = [await report('催办前办完的一起', -24), await report('催办时未办的一起', -24)];
      const form = { ...(await urge(supervisor, done, open)), text: '请抓紧。' };
      await bureau.complete('xyb.handler', caseNoOf(done), 'verify', { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
      const answer = await supervisor.post('/supervision/urge', form);
      const notices = noticesIn(await supervisor.page(String(answer.headers['location']))).join();
      expect(notices).to.include('已对 1 项发出催办').and.include('有 1 项已办结或不在您的范围内');
      expect([await urged(done), await urged(open)]).to.deep.equal([0, 1]);
    });

    it('what the process refuses is told by case, in words and the time of the city', async () => {
      const slug = await report('列表落后的一起', -24);
      const form = { ...(await urge(supervisor, slug)), text: '请抓紧。' };
      await bureau.complete('xyb.handler', caseNoOf(slug), 'verify', { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
      // The list is behind the file for a moment: it still has the task open when the form arrives.
      await bureau.knex('case_task').where({ slug }).update({ status: 'open', done_at: null, done_by: null, outcome: null });
      const answer = await supervisor.post('/supervision/urge', form);
      const [notice] = noticesIn(await supervisor.page(String(answer.headers['location']))).filter((text) => text.includes('未催办'));
      expect(notice).to.match(new RegExp(`${caseNoOf(slug)}未催办：陈思远已于\\d+月\\d+日（周.）\\d\\d:\\d\\d办结此事项，结果为“属实”。`)).and.not.match(/\dT\d|\dZ|founded/);
      await bureau.knex('case_task').where({ slug }).update({ status: 'done' });
    });

    it('while nothing records it says so, with the text and the tasks in the page; sent again later, each is urged once', async () => {
      const two = [await report('没人记录时催的一起', -24), await report('没人记录时催的另一起', -24)];
      const form = { ...(await urge(supervisor, ...two)), text: '写好的催办内容' };
      await bureau.stopWorkers();
      let away = await supervisor.post('/supervision/urge', form);
      await bureau.startWorkers();
      expect(away.status).to.equal(503);
      expect(away.headers['retry-after']).to.equal('10');
      expect(noticesIn(away.text).join()).to.include('有 2 项没有催办').and.include('没有被记录，也不会再被记录');
      expect(slugsIn(away.text)).to.have.members(two);
      // Temporal may offer the case to the worker that is gone for some seconds more; each answer says so again.
      for (let tries = 0; away.status === 503 && tries < 6; tries += 1) {
        expect(away.text).to.include('写好的催办内容');
        away = await supervisor.post('/supervision/urge', { ...formOf(away.text, '/supervision/urge'), text: '写好的催办内容' });
      }
      expect(away.status).to.equal(303);
      for (const slug of two) expect([await urged(slug), (await mails(slug)).length], slug).to.deep.equal([1, 1]);
    });
  });
});
