import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { errorsIn, formOf, goodCode, openBureau, plain, report, wrongCode, type Bureau, type Clerk, type Fields } from './incidents/bureau.ts';

const script = `"><script>alert('xz')</script><img src=x onerror=alert(1)>{{text}}<%= text %>`;
/** Where HTML that came from outside would stand as HTML. */
const asHtml = /<script>alert|<img src=x|"><script/i;

describe('bad input', function () {
  this.timeout(90_000);
  let bureau: Bureau;
  let clerk: Clerk;
  before(async () => {
    bureau = await openBureau({ workers: true });
    clerk = await bureau.clerk('xyb.handler');
  });
  after(() => bureau.close());

  const count = async (table: string): Promise<number> => Number((await bureau.knex(table).count<{ n: string }[]>('* as n').first())?.n);
  /** Nothing was recorded by what happens in between. */
  async function recordsNothing(work: () => Promise<void>): Promise<void> {
    const before = [await count('case_file'), await count('case_event'), await count('command')];
    await work();
    expect([await count('case_file'), await count('case_event'), await count('command')]).to.deep.equal(before);
  }
  const alone = (title: string): Fields => ({ title, area: 'other', 'subjects[0][name]': '', 'subjects[0][code]': '' });

  it('empty: a form with nothing in it names every field that must be filled in', () =>
    recordsNothing(async () => {
      const { _csrf, commandId } = await clerk.blank();
      const answer = await clerk.post('/incidents', { _csrf: _csrf!, commandId: commandId! });
      expect(answer.status).to.equal(422);
      expect(errorsIn(answer.text)).to.have.length(7);
      for (const id of ['title', 'field', 'area', 'occurredOn', 'region', 'place', 'what']) expect(answer.text).to.include(`href="#${id}"`).and.include(`id="${id}-error"`);
    }));

  it('over-long: says how long it may be and is, and keeps every character', () =>
    recordsNothing(async () => {
      const long = '长'.repeat(5001);
      const answer = await clerk.send({ title: long, what: long, place: long, 'subjects[0][name]': long, 'subjects[0][code]': '9'.repeat(5000) });
      expect(answer.status).to.equal(422);
      for (const words of ['不超过 100 字，现为 5001 字。', '不超过 5000 字，现为 5001 字。', '不超过 200 字，现为 5001 字。']) expect(errorsIn(answer.text).join()).to.include(`：${words}`);
      expect(answer.text.split(long)).to.have.length(5);
      // More than a form may hold at all is not read to its end, and says so.
      expect((await clerk.send({ what: '长'.repeat(400_000) })).status).to.equal(413);
      await clerk.get(`/incidents?q=${'x'.repeat(5000)}`).expect(200);
    }));

  it('wrong type: lists, objects and empty names in place of texts are refused field by field, and break nothing', () =>
    recordsNothing(async () => {
      const { title: _title, what: _what, occurredOn: _day, ...rest } = report;
      const wrong = { ...(await clerk.blank()), ...rest, 'title[]': ['a', 'b'], 'what[a][b]': 'c', 'occurredOn[]': '2026-01-05', 'sourceUrl[x]': 'y', 'reporter[]': 'z', subjects: 'none', '': 'x', '__proto__[a]': 'b', 'constructor[prototype][a]': 'b' };
      const answer = await clerk.post('/incidents', wrong);
      expect(answer.status).to.equal(422);
      // A name with brackets is another name: `sourceUrl[x]` is no field of the form, and nothing is made of it.
      for (const id of ['title', 'what', 'occurredOn']) expect(answer.text, id).to.include(`id="${id}-error"`);
      expect(({} as Record<string, unknown>)['a']).to.equal(undefined);
      for (const change of [{ commandId: 'x' }, { commandId: ['a', 'b'] }] as Fields[]) expect((await clerk.send(change)).status).to.equal(400);
      expect((await clerk.send({ _csrf: ['a', 'b'] })).status).to.equal(403);
      const broken = await clerk.browser.agent.post('/incidents').set('Content-Type', 'multipart/form-data; boundary=x').send('--x\r\nnot a part');
      expect(broken.status).to.equal(400);
    }));

  it('wrong enum: a value that was not offered is named', () =>
    recordsNothing(async () => {
      const answer = await clerk.send({ field: 'sports', area: 'weather', region: '321311', 'subjects[0][kind]': 'animal', unit: 'scjg' });
      expect(answer.status).to.equal(422);
      for (const value of ['sports', 'weather', '321311', 'animal']) expect(errorsIn(answer.text).join()).to.include(`：“${value}”不在可选范围内，请重新选择。`);
    }));

  it('2026-02-30: is no day', () =>
    recordsNothing(async () => {
      const answer = await clerk.send({ occurredOn: '2026-02-30' });
      expect(errorsIn(answer.text)).to.deep.equal(['发生日期：没有“2026-02-30”这一天。日期按年-月-日填写，如 2026-09-24。']);
      expect(answer.text).to.include('value="2026-02-30"');
    }));

  it('a date in the future: has not come yet', () =>
    recordsNothing(async () => {
      const tomorrow = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 10);
      expect(errorsIn((await clerk.send({ occurredOn: tomorrow })).text).join()).to.match(new RegExp(`^发生日期：不晚于 \\d{4}-\\d\\d-\\d\\d，现为 ${tomorrow}。$`));
    }));

  it('a unified code with a wrong check digit: says which character, also for one that has two faults', () =>
    recordsNothing(async () => {
      expect(errorsIn((await clerk.send({ 'subjects[0][code]': wrongCode })).text)).to.deep.equal(['统一社会信用代码或公民身份号码：统一社会信用代码第 18 位应为 T，现为 U。请对照营业执照核对。']);
      const typed = `${goodCode.slice(0, 9)}O${goodCode.slice(10)}`;
      expect(errorsIn((await clerk.send({ 'subjects[0][code]': typed })).text).join()).to.include('第 10 位');
    }));

  it('an ID with a wrong check digit: says which character, and the number is in no log and no table', async () => {
    await recordsNothing(async () => {
      const answer = await clerk.send({ 'subjects[0][kind]': 'person', 'subjects[0][name]': '张三', 'subjects[0][code]': '110105194912310021' });
      expect(answer.status).to.equal(422);
      expect(errorsIn(answer.text)).to.deep.equal(['统一社会信用代码或公民身份号码：公民身份号码第 18 位应为 X，现为 1。请对照身份证核对。']);
    });
    const { rows }: { rows: { text: string }[] } = await bureau.knex.raw('select s::text as text from sealed_identity s union all select a::text from access_log a');
    expect(rows.some(({ text }) => text.includes('110105194912310021'))).to.equal(false);
  });

  it('a foreign CSRF token: another session\'s is not taken, and what was typed is kept for its owner alone', () =>
    recordsNothing(async () => {
      const other = await bureau.clerk('scjg.handler');
      const { _csrf } = await other.blank();
      const answer = await clerk.send({ ...alone('外来令牌'), _csrf: _csrf! });
      expect(answer.status).to.equal(403);
      expect(plain(answer.text)).to.include('页面已失效，未提交');
      expect(answer.text).to.not.include('外来令牌');
      const { _csrf: own } = await clerk.blank();
      const [secret, ...rest] = String(own).split('~');
      for (const forged of ['', 'made-up', ['x', ...rest].join('~'), String(secret).slice(1)]) expect((await clerk.send({ ...alone('伪造令牌'), _csrf: forged })).status, forged).to.equal(403);
    }));

  it('another unit\'s case number: finds nothing at any address, and each attempt is logged', async () => {
    const caseNo = await clerk.reportNevertheless({ ...alone('别的单位的一起'), area: 'wages' });
    const slug = await bureau.task(caseNo, 'verify');
    await recordsNothing(async () => {
      const stranger = await bureau.clerk('hbj.handler');
      const refusals = async (): Promise<number> => Number((await bureau.knex('access_log').where({ kind: 'refused', username: 'hbj.handler' }).count<{ n: string }[]>('* as n').first())?.n);
      const { _csrf } = await stranger.blank();
      const before = await refusals();
      const reads = [`/incidents/${caseNo}`, `/incidents/${caseNo}/files/${'0'.repeat(64)}`, `/tasks/${slug}`, `/acts/${randomUUID()}?task=${slug}`, `/api/v1/incidents/${caseNo}`];
      for (const path of reads) await stranger.get(path).expect(404);
      const writes = [
        ...['recusals', 'recusals/lift', 'reopen', 'withdrawals'].map((act) => `/incidents/${caseNo}/${act}`),
        ...['complete', 'claim', 'release', 'reassign', 'extension', 'urge', 'supervise', 'comment', 'attach'].map((act) => `/tasks/${slug}/${act}`),
      ];
      for (const path of writes) {
        const answer = await stranger.post(path, { _csrf: _csrf!, commandId: randomUUID(), seenVersion: '1', outcome: 'founded', finding: 'x', text: 'x', reason: 'x' });
        expect(answer.status, path).to.equal(404);
        expect(answer.text, path).to.not.include('别的单位的一起');
      }
      expect(await refusals()).to.equal(before + reads.length + writes.length);
    });
    const like = await (await bureau.clerk('hbj.handler')).send({ ...alone('像那一起的'), area: 'wages' });
    expect(like.status, 'not told by the search for similar ones either').to.equal(303);
    expect((await bureau.state(caseNo)).tasks['verify#1']).to.include({ status: 'open', comments: 0, urged: 0 });
  });

  describe('HTML and script in every text field', () => {
    let caseNo: string;
    const seen = new Map<string, string>();

    /** The case and every list it stands in, as each of these sees them. */
    async function lookAtAll(): Promise<void> {
      const tasks: { slug: string }[] = await bureau.knex('case_task').where({ case_no: caseNo }).select('slug');
      const mails: { id: string }[] = await bureau.knex('mail').where({ case_no: caseNo }).select('id');
      const lists = ['/', '/incidents', `/incidents?q=${encodeURIComponent(script)}`, '/public/opinions', `/public/opinions/${caseNo}-P1`];
      const whole = [`/incidents/${caseNo}`, `/incidents/${caseNo}?order=oldest`, ...tasks.map(({ slug }) => `/tasks/${slug}`)];
      const pages: Record<string, string[]> = {
        'xyb.handler': [...lists, ...whole],
        'xyb.supervisor': [...lists, ...whole, '/supervision', ...tasks.slice(-2).map(({ slug }) => `/supervision/urge?task=${slug}`)],
        'scjg.handler': [...lists, ...whole],
        'zx.handler': lists,
        sysadmin: ['/admin/mail', ...mails.flatMap(({ id }) => [`/admin/mail/${id}`, `/admin/mail/${id}/html`])],
      };
      for (const [username, paths] of Object.entries(pages)) {
        const reader = await bureau.clerk(username);
        for (const path of paths) {
          const { status, text } = await reader.get(path);
          expect(status, `${path} for ${username}`).to.be.oneOf([200, 303, 404, 410]);
          expect(text, `${path} for ${username}`).to.not.match(asHtml);
          if (status === 200) seen.set(path, (seen.get(path) ?? '') + plain(text));
        }
      }
    }
    const act = async (username: string, stage: string, name: string, fields: Fields): Promise<void> => {
      const by = await bureau.clerk(username);
      const path = `/tasks/${await bureau.task(caseNo, stage)}`;
      const answer = await by.post(`${path}/${name}`, { ...(await by.form(path, `${path}/${name}`)), ...fields });
      expect(answer.status, `${name}: ${errorsIn(answer.text).join()}`).to.equal(303);
    };

    it('is taken as text from the report to the closing, and no page that anybody reads makes HTML of it', async () => {
      const say = (field: string): string => `${field} ${script}`;
      caseNo = await clerk.reportNevertheless({
        title: say('标题'), what: say('经过'), place: say('地点'), 'subjects[0][name]': say('主体'), 'reporter[name]': say('举报人'), 'reporter[mail]': 'zhao@example.cn', sourceUrl: `https://example.cn/?a=${script.replaceAll(/[\s"<>%{}=]/g, '')}`,
      });
      await act('xyb.handler', 'verify', 'comment', { text: say('留言') });
      await act('xyb.supervisor', 'verify', 'urge', { text: say('催办') });
      await act('xyb.supervisor', 'verify', 'supervise', { text: say('督办') });
      await bureau.complete('xyb.handler', caseNo, 'supervision', { answer: say('答复') });
      await act('xyb.handler', 'verify', 'extension', { days: '2', reason: say('延期理由') });
      await bureau.complete('xyb.supervisor', caseNo, 'extension', { outcome: 'granted', comment: say('延期意见') });
      await act('xyb.handler', 'verify', 'claim', {});
      await act('xyb.handler', 'verify', 'release', { reason: say('退回认领') });
      await lookAtAll();

      await bureau.complete('xyb.handler', caseNo, 'verify', { outcome: 'founded', finding: say('核实'), apart: '是另一事件。' });
      await bureau.complete('xyb.handler', caseNo, 'grade', { base: 'large', reason: say('定级') });
      const parts = { accountable: 'scjg', instruction: say('要求'), 'parts[0][unit]': 'scjg', 'parts[0][measure]': 'penalise', 'parts[0][text]': say('分工') };
      await bureau.complete('xyb.handler', caseNo, 'assign', parts);
      await bureau.complete('zx.handler', caseNo, 'statement', { outcome: 'published', url: 'https://www.suqian.example/1', at: '2026-01-06T09:30', where: '市政府网站', text: say('回应') });
      await bureau.complete('scjg.handler', caseNo, 'acknowledge', { outcome: 'returned', reason: say('退办') });
      await bureau.complete('xyb.handler', caseNo, 'assign', parts);
      await bureau.complete('scjg.handler', caseNo, 'acknowledge', { outcome: 'acknowledged' });
      await bureau.complete('scjg.handler', caseNo, 'first-report', { report: say('首报') });
      await bureau.complete('scjg.handler', caseNo, 'handle', { result: say('办理') });
      const opinion = { facts: say('事实'), basis: say('依据'), decision: say('决定'), measures: say('措施') };
      await bureau.complete('scjg.handler', caseNo, 'opinion', opinion);
      await bureau.complete('fz.reviewer', caseNo, 'legal-review', { outcome: 'sentBack', comment: say('审核') });
      await bureau.complete('scjg.handler', caseNo, 'opinion', opinion);
      await bureau.complete('fz.reviewer', caseNo, 'legal-review', { outcome: 'agreed', comment: say('再审') });
      await bureau.complete('scjg.leader', caseNo, 'approve', { outcome: 'approved', comment: say('批准') });

      await bureau.complete('xyb.handler', caseNo, 'disclose', { outcome: 'proposed', title: `公开标题 ${script}`, text: say('公开内容'), basis: say('公开依据'), channel: 'creditPortal', months: '12' });
      await bureau.complete('xyb.leader', caseNo, 'release', { outcome: 'released', comment: say('放行') });
      const anybody = (await bureau.agent().get(`/public/opinions/${caseNo}-P1`).expect(200)).text;
      expect(anybody).to.not.match(asHtml);
      expect(plain(anybody)).to.include(say('公开内容')).and.include(say('公开依据')).and.include(`公开标题 ${script}`);
      await bureau.complete('xyb.handler', caseNo, 'feedback', { url: 'https://www.suqian.example/1', date: '2026-01-06', toReporter: say('告知'), toSuperior: say('报送') });
      const soon = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
      await bureau.complete('scjg.handler', caseNo, 'prevention', { measures: say('防范'), unit: 'scjg', date: soon });
      await bureau.complete('xyb.supervisor', caseNo, 'prevention-check', { outcome: 'effective', finding: say('落实') });
      await bureau.complete('xyb.handler', caseNo, 'close', { summary: say('总结') });
      const supervisor = await bureau.clerk('xyb.supervisor');
      for (const [path, fields] of [['withdrawals', { disclosure: 'release#1', reason: say('撤回') }], ['reopen', { reason: say('重办') }]] as const) {
        const action = `/incidents/${caseNo}/${path}`;
        const answer = await supervisor.post(action, { ...(await supervisor.form(`/incidents/${caseNo}`, action)), ...fields });
        expect(answer.status, `${path}: ${errorsIn(answer.text).join()}`).to.equal(303);
      }
      await bureau.complete('xyb.leader', caseNo, 'withdrawal', { outcome: 'withdrawn', comment: say('同意撤回') });
      await lookAtAll();

      // What was typed is somewhere to be read, as it was typed.
      const everything = [...seen.values()].join('\n');
      for (const field of ['标题', '经过', '地点', '主体', '留言', '催办', '督办', '答复', '延期理由', '延期意见', '退回认领', '核实', '定级', '要求', '分工', '回应', '退办', '首报', '办理', '事实', '依据', '决定', '措施', '审核', '再审', '批准', '公开内容', '公开依据', '放行', '告知', '报送', '防范', '落实', '总结', '撤回', '重办', '同意撤回']) {
        expect(everything.includes(say(field)), field).to.equal(true);
      }
    });

    it('nor does a mail, or the page of a form that is refused', async () => {
      const mails: { html: string; subject: string }[] = await bureau.knex('mail').where({ case_no: caseNo }).select('html', 'subject');
      expect(mails.length).to.be.greaterThan(20);
      for (const { html, subject } of mails) {
        expect(html, subject).to.not.match(asHtml);
        expect(subject).to.not.match(/[\r\n]/);
      }
      const form = await clerk.blank();
      const everywhere: Fields = { ...form, ...Object.fromEntries(Object.keys(report).map((name) => [name, script])), 'reporter[name]': script, 'reporter[mail]': script, sourceUrl: script };
      const refused = await clerk.post('/incidents', everywhere);
      expect(refused.status).to.equal(422);
      expect(refused.text).to.not.match(asHtml);
      expect(formOf(refused.text, '/incidents')['commandId']).to.equal(form['commandId']);
    });
  });
});
