import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { answeredAt, lastOf } from '../../../src/rules/incident/facts.ts';
import { errorsIn, openOffice, plain, type Desk, type Fields, type Office } from './office.ts';

const otherFirm = { subjects: [{ kind: 'organisation' as const, uscc: '91321300MA1TE8T16L', name: '宿迁另一家公司' }], region: 'sucheng' };

describe('the forms of the stages', function () {
  this.timeout(90_000);
  let office: Office;
  let credit: Desk;
  before(async () => {
    office = await openOffice();
    credit = await office.desk('xyb.handler');
  });
  after(() => office.close());

  const to = async (caseNo: string, user: string, stage: string, fields: Fields, unit?: string): Promise<void> => {
    await (await office.desk(user)).complete(await office.slug(caseNo, stage, unit), fields);
  };
  const founded = (caseNo: string) => to(caseNo, 'xyb.handler', 'verify', { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
  const oneUnit: Fields = { accountable: 'scjg', instruction: '请办理。', 'parts[0][unit]': 'scjg', 'parts[0][measure]': 'penalise', 'parts[0][text]': '依法处罚' };

  /** Brings a general incident with one unit to the disclosure. */
  async function toDisclosure(decision = '罚款'): Promise<string> {
    const caseNo = await office.open({ ...otherFirm, area: 'other' });
    await founded(caseNo);
    await to(caseNo, 'xyb.handler', 'grade', { base: 'general', reason: '影响小。' });
    await to(caseNo, 'xyb.handler', 'assign', oneUnit);
    await to(caseNo, 'scjg.handler', 'acknowledge', { outcome: 'acknowledged' });
    await to(caseNo, 'scjg.handler', 'first-report', { report: '已到场。' });
    await to(caseNo, 'scjg.handler', 'handle', { result: '已查明。' });
    await to(caseNo, 'scjg.handler', 'opinion', { facts: '属实。', basis: '某法第一条', decision, measures: '整改' });
    await to(caseNo, 'fz.reviewer', 'legal-review', { outcome: 'agreed', comment: '' });
    await to(caseNo, 'scjg.leader', 'approve', { outcome: 'approved', comment: '' });
    await office.slug(caseNo, 'disclose');
    return caseNo;
  }

  it('verification: a duplicate must name another incident that one may see', async () => {
    const caseNo = await office.open();
    const duplicate = (of: string) => credit.send(`${caseNo}-1`, 'complete', { outcome: 'duplicate', finding: '与前一件相同。', of });
    for (const [of, message] of [
      ['', '请填写此项'],
      ['就是那件', '“就是那件”不是案件编号'],
      ['XZ-2026-999999', '没有找到编号为 XZ-2026-999999 的事件'],
      [caseNo, `${caseNo} 就是本案`],
    ] as const) {
      const response = await duplicate(of);
      expect(response.status, of).to.equal(422);
      expect(errorsIn(response.text)[0]).to.contain(message);
      expect(response.text).to.contain('id="of-error"').and.to.contain('与前一件相同。');
    }
    const other = await office.open();
    await to(other, 'xyb.handler', 'verify', { outcome: 'duplicate', finding: '相同。', of: caseNo });
    expect(errorsIn((await duplicate(other)).text)[0]).to.contain('已登记为与本案重复');
  });

  it('grading: a recurrence of the same firm is shown with the measures of then, is not ticked beforehand, and raises the level by one', async () => {
    const firm = { subjects: [{ kind: 'organisation' as const, uscc: '91321300MA1TE8T24G', name: '宿迁屡犯公司' }], area: 'wages' as const, region: 'shuyang' };
    const earlier = await office.open(firm);
    await founded(earlier);
    await to(earlier, 'xyb.handler', 'grade', { base: 'general', reason: '初犯。' });
    const caseNo = await office.open(firm);
    await founded(caseNo);
    const page = await credit.read(`/tasks/${await office.slug(caseNo, 'grade')}`);
    expect(plain(page)).to.contain('12 个月之内有 1 起同类事件').and.to.contain(earlier).and.to.contain('同一主体').and.to.contain('确认为复发的定为“重大”');
    const { case_id: id } = await office.knex('incident').where({ case_no: earlier }).first<{ case_id: string }>('case_id');
    expect(page).to.match(new RegExp(`name="recurrences"[^>]*value="${id}"`, 'u')).and.not.to.match(new RegExp(`value="${id}"[^>]* checked`, 'u'));
    await to(caseNo, 'xyb.handler', 'grade', { base: 'large', recurrences: id, reason: '再犯。' });
    expect(lastOf(await office.state(caseNo), 'grade')?.form).to.deep.include({ base: 'large', level: 'major' });

    const third = await office.open(firm);
    await founded(third);
    await to(third, 'xyb.handler', 'grade', { base: 'large', reason: '与前两起无关，不计入。' });
    expect(lastOf(await office.state(third), 'grade')?.form).to.deep.include({ base: 'large', level: 'large', recurrences: [] });
  });

  it('grading: what happened more than a year before, or is of another type, is related; it is linked, by hand too, and raises nothing', async () => {
    const firm = { subjects: [{ kind: 'organisation' as const, uscc: '91321300MA1TE8T40X', name: '宿迁旧案公司' }], region: 'sihong' };
    const [old, otherType, far] = [
      await office.open({ ...firm, area: 'wages', occurredOn: '2024-12-31' }),
      await office.open({ ...firm, area: 'ecology', occurredOn: '2025-12-30' }),
      await office.open({ ...otherFirm, area: 'financialFraud' }),
    ];
    for (const one of [old, otherType]) {
      await founded(one);
      await to(one, 'xyb.handler', 'grade', { base: 'general', reason: '初犯。' });
    }
    const caseNo = await office.open({ ...firm, area: 'wages', occurredOn: '2026-01-01' });
    await founded(caseNo);
    const slug = await office.slug(caseNo, 'grade');
    const page = await credit.read(`/tasks/${slug}`);
    expect(plain(page)).to.contain('12 个月之内没有同类事件').and.to.contain('只作关联，不提高级别');
    const idOf = async (number: string): Promise<string> => (await office.knex('incident').where({ case_no: number }).first<{ case_id: string }>('case_id')).case_id;
    for (const one of [old, otherType]) expect(page).to.contain(`name="related" value="${await idOf(one)}"`);

    const wrong = await credit.send(slug, 'complete', { base: 'large', reason: '理由', linked: '那一件' });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain('“那一件”不是案件编号').and.to.contain('id="linked-error"');
    await to(caseNo, 'xyb.handler', 'grade', { base: 'large', reason: '并非复发。', related: await idOf(otherType), linked: `${far}，${otherType}` });
    const form = lastOf(await office.state(caseNo), 'grade')!.form;
    expect(form).to.deep.include({ base: 'large', level: 'large', recurrences: [] });
    expect(form.related?.map((one) => one.caseNo)).to.deep.equal([otherType, far]);
    const links = await office.knex('case_link').where({ case_id: await idOf(caseNo) }).whereNot({ relation: 'apart' }).orderBy('relation').select('relation', 'other');
    expect(links.map(({ relation }) => String(relation))).to.deep.equal(['related', 'related']);
  });

  it('grading: a recurrence that turned up since the page was opened is looked at first', async () => {
    const firm = { subjects: [{ kind: 'organisation' as const, uscc: '91321300MA1TE8T32B', name: '宿迁并发公司' }], area: 'ecology' as const, region: 'siyang' };
    const [earlier, caseNo] = [await office.open(firm), await office.open(firm)];
    await founded(caseNo);
    const slug = await office.slug(caseNo, 'grade');
    const action = `/tasks/${slug}/complete`;
    const old = credit.hiddenOf(await credit.read(`/tasks/${slug}`), action);
    await founded(earlier);
    await to(earlier, 'xyb.handler', 'grade', { base: 'general', reason: '初犯。' });
    const response = await credit.post(action, { ...old, base: 'large', reason: '已想好的理由' });
    expect(response.status).to.equal(422);
    expect(errorsIn(response.text)[0]).to.contain('又发现同类事件');
    expect(response.text).to.contain('已想好的理由').and.to.contain(earlier);
  });

  it('grading: one that was ticked and counts no longer is said in words, and looked at first', async () => {
    const caseNo = await office.open({ ...otherFirm, area: 'other' });
    await founded(caseNo);
    const response = await credit.send(await office.slug(caseNo, 'grade'), 'complete', { base: 'large', recurrences: randomUUID(), reason: '已想好的理由' });
    expect(response.status).to.equal(422);
    expect(errorsIn(response.text)[0]).to.contain('您打开本页之后同类事件有变动').and.not.to.match(/[0-9a-f]{8}-/u);
    expect(response.text).to.contain('已想好的理由');
  });

  it('statement: when and where it was really published is recorded, never a time to come; the clock is judged by it', async () => {
    const caseNo = await office.open(otherFirm);
    await founded(caseNo);
    await to(caseNo, 'xyb.handler', 'grade', { base: 'large', reason: '传播较广。' });
    const publicity = await office.desk('zx.handler');
    const slug = await office.slug(caseNo, 'statement');
    const said = { outcome: 'published', url: 'https://www.suqian.example/notice/7', text: '已介入调查。' };
    const tomorrow = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 16);
    for (const [fields, message] of [[{ ...said, where: '市政府网站' }, 'at-error'], [{ ...said, at: '2026-01-06T09:30' }, 'where-error'], [{ ...said, where: '市政府网站', at: tomorrow }, 'at-error']] as const) {
      const response = await publicity.send(slug, 'complete', fields);
      expect(response.status).to.equal(422);
      expect(response.text).to.contain(`id="${message}"`).and.to.contain('已介入调查。');
    }
    await to(caseNo, 'zx.handler', 'statement', { ...said, where: '“宿迁发布”', at: '2026-01-06T09:30' });
    const state = await office.state(caseNo);
    expect(lastOf(state, 'statement')?.form).to.deep.include({ at: '2026-01-06T01:30:00.000Z', date: '2026-01-06', where: '“宿迁发布”' });
    expect(answeredAt(state)).to.deep.include({ at: '2026-01-06T01:30:00.000Z', inTime: true });
  });

  it('statement: that none is needed takes a second person, within the same hours', async () => {
    const caseNo = await office.open(otherFirm);
    await founded(caseNo);
    await to(caseNo, 'xyb.handler', 'grade', { base: 'large', reason: '传播较广。' });
    await to(caseNo, 'zx.handler', 'statement', { outcome: 'notNeeded', text: '无人关注。' });
    const confirm = await office.slug(caseNo, 'statement-confirm');
    const head = await office.desk('xyb.leader');
    expect(plain(await head.read(`/tasks/${confirm}`))).to.contain('无人关注。').and.to.contain('公开回应的时限照常计算');
    expect((await head.send(confirm, 'complete', { outcome: 'sentBack', comment: '' })).status).to.equal(422);
    await to(caseNo, 'xyb.leader', 'statement-confirm', { outcome: 'sentBack', comment: '媒体已有报道。' });
    const again = await office.slug(caseNo, 'statement');
    expect(plain(await (await office.desk('zx.handler')).read(`/tasks/${again}`))).to.contain('媒体已有报道。');
    const { tasks } = await office.state(caseNo);
    expect(tasks['statement#2']?.deadline?.at).to.equal(tasks['statement#1']?.deadline?.at);
  });

  it('assignment: one more row keeps what was typed; a row half filled in is said at its place', async () => {
    const caseNo = await office.open(otherFirm);
    await founded(caseNo);
    await to(caseNo, 'xyb.handler', 'grade', { base: 'general', reason: '影响小。' });
    const slug = await office.slug(caseNo, 'assign');
    const more = await credit.send(slug, 'complete', { ...oneUnit, step: 'addPart', 'parts[1][unit]': 'hbj', 'parts[1][text]': '只写了内容' });
    expect(more.status).to.equal(200);
    expect(more.text).to.contain('只写了内容').and.to.contain('请办理。').and.to.contain('name="parts[2][unit]"').and.not.to.contain('error-summary');
    expect((await office.state(caseNo)).tasks['assign#1']).to.include({ status: 'open' });

    const wrong = await credit.send(slug, 'complete', { ...oneUnit, 'parts[1][unit]': 'hbj', 'parts[1][text]': '只写了内容', 'parts[1][date]': '2026-02-30' });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain('href="#parts-1-measure"').and.to.contain('id="parts-1-date-error"').and.to.contain('没有“2026-02-30”这一天');
    const nobody = await credit.send(slug, 'complete', { ...oneUnit, accountable: 'sucheng' });
    expect(nobody.status).to.equal(422);
    const none = await credit.send(slug, 'complete', { accountable: 'scjg', instruction: '请办理。' });
    expect(errorsIn(none.text)[0]).to.contain('至少填写一项分工');
    const past = await credit.send(slug, 'complete', { ...oneUnit, 'parts[0][date]': '2020-01-01' });
    expect(errorsIn(past.text)[0]).to.contain('现为 2020-01-01');
  });

  it('disclosure: the text stays as it was written, personal data is masked by rule and by hand, and the second person sees both', async () => {
    const caseNo = await toDisclosure('罚款。联系人张三，电话 0527-84356789，身份证号 11010519491231002X，住所为北门大杂院。');
    const slug = await office.slug(caseNo, 'disclose');
    const page = await credit.read(`/tasks/${slug}`);
    expect(page).to.contain('mark-original').and.to.contain('mark-masked').and.to.contain('1101**********2X').and.to.contain('data-mark-into="more"').and.to.contain('遮盖选中的文字');
    const written = /<textarea[^>]*name="text"[^>]*>([\s\S]*?)<\/textarea>/u.exec(page)![1]!.trim();
    expect(written).to.contain('11010519491231002X').and.to.contain('北门大杂院');
    const proposal: Fields = { outcome: 'proposed', title: '关于 13812345678 的处理意见', text: written, basis: '政府信息公开条例第十九条', channel: 'creditPortal', months: '12' };
    const tooLong = await credit.send(slug, 'complete', { ...proposal, months: '37' });
    expect(errorsIn(tooLong.text)[0]).to.contain('应在 1 至 36 个月之间，现为 37。');
    const elsewhere = await credit.send(slug, 'complete', { ...proposal, more: '南门大杂院' });
    expect(elsewhere.status).to.equal(422);
    expect(errorsIn(elsewhere.text)[0]).to.contain('原文中没有“南门大杂院”');

    const looked = await credit.send(slug, 'complete', { ...proposal, more: '北门大杂院', step: 'look' });
    expect(looked.status).to.equal(200);
    expect(looked.text).to.match(/<mark class="mark-masked"[^>]*>(?:(?!<\/mark>)[\s\S])*北\*{4}/u);
    expect((await office.state(caseNo)).tasks['disclose#1']).to.include({ status: 'open' });

    await to(caseNo, 'xyb.handler', 'disclose', { ...proposal, more: '北门大杂院' });
    const form = lastOf(await office.state(caseNo), 'disclose')!.form;
    expect(form.passages).to.deep.equal([{ text: '北门大杂院', as: 'masked' }]);
    expect(form.written).to.deep.equal({ title: '关于 13812345678 的处理意见', text: form.written!.text, basis: '政府信息公开条例第十九条' });
    expect(form.written!.text).to.contain('11010519491231002X').and.to.contain('北门大杂院');
    expect(`${form.title}${form.text}`).to.contain('138****5678').and.to.contain('张*').and.to.contain('1101**********2X').and.to.contain('住所为北****').and.not.to.match(/北门大杂院|11010519491231002X|13812345678/u);

    const leader = await office.desk('xyb.leader');
    const release = await leader.read(`/tasks/${await office.slug(caseNo, 'release')}`);
    expect(release).to.contain('class="decision"').and.to.contain('公众立即可以在公开页面看到').and.to.match(/<mark class="mark-original"[^>]*>(?:(?!<\/mark>)[\s\S])*北门大杂院/u).and.to.contain('遮盖：北门大杂院').and.not.to.contain('公开的文字与之不同');
    await to(caseNo, 'xyb.leader', 'release', { outcome: 'sentBack', comment: '请删去电话。' });
    const again = await credit.read(`/tasks/${await office.slug(caseNo, 'disclose')}`);
    expect(plain(again)).to.contain('请删去电话。');
    expect(again).to.match(/name="doubts" value="北门大杂院"[^>]* checked/u);
    await to(caseNo, 'xyb.handler', 'disclose', { ...proposal, doubts: '北门大杂院' });
    await to(caseNo, 'xyb.leader', 'release', { outcome: 'released', comment: '' });
    expect((await office.knex('disclosure').where({ case_id: (await office.state(caseNo)).id }).first<{ text: string }>('text')).text).to.equal(form.text);
  });

  it('disclosure: a passage that no rule can tell apart waits for a person, who masks it or lets it stand', async () => {
    const caseNo = await toDisclosure();
    const slug = await office.slug(caseNo, 'disclose');
    const proposal: Fields = { outcome: 'proposed', title: '处理意见', text: '经查，欧阳建国向该公司供应原料。', basis: '政府信息公开条例第十九条', channel: 'creditPortal', months: '12' };
    const asked = await credit.send(slug, 'complete', proposal);
    expect(asked.status).to.equal(422);
    expect(errorsIn(asked.text)[0]).to.contain('有 1 处可能是个人信息，还没有核对');
    expect(asked.text).to.match(/name="doubts" value="欧阳建国"[^>]* checked/u);
    expect(plain(asked.text)).to.contain('有 1 处待核对').and.not.to.contain('已脱敏');
    const offered = JSON.stringify(['欧阳建国']);
    const changed = await credit.send(slug, 'complete', { ...proposal, text: '经查，欧阳建民向该公司供应原料。', offered, doubts: '欧阳建国' });
    expect(changed.status, 'what was looked at is another name').to.equal(422);
    await to(caseNo, 'xyb.handler', 'disclose', { ...proposal, offered });
    expect(lastOf(await office.state(caseNo), 'disclose')!.form).to.deep.include({ text: proposal['text'], passages: [{ text: '欧阳建国', as: 'kept' }] });
    const leader = await office.desk('xyb.leader');
    expect(plain(await leader.read(`/tasks/${await office.slug(caseNo, 'release')}`))).to.contain('保留：欧阳建国').and.to.contain('公开的文字与之不同').and.not.to.contain('已脱敏');
    await to(caseNo, 'xyb.leader', 'release', { outcome: 'sentBack', comment: '请遮盖姓名。' });
    await to(caseNo, 'xyb.handler', 'disclose', { ...proposal, offered, doubts: '欧阳建国' });
    expect(lastOf(await office.state(caseNo), 'disclose')!.form.text).to.equal('经查，欧阳**向该公司供应原料。');
  });

  it('disclosure withheld: the reason is reviewed, and nothing is published; feedback wants link and date together', async () => {
    const caseNo = await toDisclosure();
    await to(caseNo, 'xyb.handler', 'disclose', { outcome: 'withheld', reason: '涉及商业秘密。' });
    const leader = await office.desk('xyb.leader');
    const page = plain(await leader.read(`/tasks/${await office.slug(caseNo, 'release')}`));
    expect(page).to.contain('涉及商业秘密。').and.to.contain('同意不公开').and.not.to.contain('公众立即可以');
    await to(caseNo, 'xyb.leader', 'release', { outcome: 'confirmedWithheld', comment: '' });
    expect((await office.state(caseNo)).disclosures).to.have.length(0);

    const slug = await office.slug(caseNo, 'feedback');
    expect(plain(await credit.read(`/tasks/${slug}`))).to.contain('不计为已回应');
    const texts: Fields = { toReporter: '已处理。', toSuperior: '已报送。' };
    const noDate = await credit.send(slug, 'complete', { ...texts, url: 'https://www.suqian.example/1' });
    expect(noDate.text).to.contain('id="date-error"');
    const noLink = await credit.send(slug, 'complete', { ...texts, date: '2026-01-02' });
    expect(noLink.text).to.contain('id="url-error"');
    const script = await credit.send(slug, 'complete', { ...texts, url: 'javascript:alert(1)', date: '2026-01-02' });
    expect(errorsIn(script.text)[0]).to.contain('不是有效的网址');
    const future = await credit.send(slug, 'complete', { ...texts, url: 'https://www.suqian.example/1', date: '2099-01-01' });
    expect(future.text).to.contain('id="date-error"');
    await to(caseNo, 'xyb.handler', 'feedback', texts);
    expect(lastOf(await office.state(caseNo), 'feedback')?.form).to.include({ url: null, date: null });
  });

  it('withdrawal: whoever proposed it can’t decide it; granted, the public page loses the text and keeps the reason', async () => {
    const caseNo = await toDisclosure();
    await to(caseNo, 'xyb.handler', 'disclose', { outcome: 'proposed', title: '处理意见', text: '罚款。', basis: '政府信息公开条例第十九条', channel: 'creditPortal', months: '12' });
    await to(caseNo, 'xyb.leader', 'release', { outcome: 'released', comment: '' });
    const state = await office.state(caseNo);
    const supervisor = await office.knex('person').where({ username: 'xyb.supervisor' }).first<{ id: string; name: string }>('id', 'name');
    await office.gateway.act('incident', state.id, {
      id: randomUUID(), requestId: 'test', seen: null, at: null,
      by: { ...supervisor, unit: 'xyb', roles: [{ unit: 'xyb', role: 'supervisor' }] },
      act: { type: 'proposeWithdrawal', disclosure: state.disclosures[0]!.id, reason: '处罚决定已被撤销。' },
    });
    const slug = await office.slug(caseNo, 'withdrawal');
    const leader = await office.desk('xyb.leader');
    expect(plain(await leader.read(`/tasks/${slug}`))).to.contain('处罚决定已被撤销。').and.to.contain(`${caseNo}-P1`).and.to.contain('同意撤回后');
    expect((await leader.send(slug, 'complete', { outcome: 'kept', comment: '' })).status).to.equal(422);
    await leader.complete(slug, { outcome: 'withdrawn', comment: '' });
    expect((await office.state(caseNo)).disclosures[0]).to.include({ status: 'withdrawn', reason: '处罚决定已被撤销。' });
  });
});
