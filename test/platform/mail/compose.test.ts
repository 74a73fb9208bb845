import { expect } from 'chai';
import { createCompose, type Reader } from '../../../src/platform/mail/compose.ts';
import type { Letter, MailParams, MailTemplate } from '../../../src/platform/mail/types.ts';
import { testCompose } from './support.ts';

const compose = testCompose();
const chinese: Reader = { kind: 'person', name: '王芳', locale: 'zh-CN' };
const english: Reader = { kind: 'person', name: 'Wang Fang', locale: 'en' };
const office: Reader = { kind: 'unit', name: '市市场监督管理局', locale: 'zh-CN' };
const citizen: Reader = { kind: 'reporter', name: null, locale: 'zh-CN' };
const names: Record<string, string> = { scjg: '市市场监督管理局', xyb: '市信用办' };
const unitName = (id: string): string => names[id] ?? id;

const about = { caseNo: 'XZ-2026-000123', title: '某食品公司使用过期原料' };
const task: MailParams['reminder'] = {
  ...about,
  taskId: 'XZ-2026-000123-verify-1',
  stage: 'verify',
  unit: 'scjg',
  deadline: { at: '2026-10-12T09:30:00.000Z', provisional: false, basis: '宿政办发〔2018〕43号' },
};
const by = { name: '李强', unit: 'xyb' };

const examples: { [T in MailTemplate]: MailParams[T] } = {
  assigned: { ...task, by, note: null },
  returned: { ...task, by, reason: '事实不清，请补充检验报告。' },
  reminder: task,
  due: task,
  overdue: task,
  extensionAsked: { ...task, stage: 'extension', by, of: { stage: 'handle', unit: 'scjg', deadline: task.deadline }, days: 1, reason: '等待检验结果' },
  extensionDecided: { ...task, by, granted: true, days: 3, reason: '同意' },
  urged: { ...task, by, text: '请于今日内报送核实情况。' },
  supervised: { ...task, stage: 'supervision', by, text: '请说明逾期原因。' },
  opinionToApprove: { ...task, stage: 'approve', by },
  published: { ...about, until: '2027-10-11T16:00:00.000Z', publicPath: '/public/opinions/1' },
  disclosureWithdrawn: { ...about, reason: '处理意见被复议机关撤销', publicPath: '/public/opinions/1' },
  closed: { ...about, outcome: 'handled' },
  reportReceived: { ...about, unit: 'xyb' },
  reporterAnswered: { ...about, unit: 'xyb', reply: '已责令停产整改。', at: '2026-10-12T02:00:00.000Z', publicPath: null },
  reporterClosed: { ...about, unit: 'xyb', publicPath: '/public/opinions/1' },
  unfounded: { ...about, unit: 'xyb', reason: '现场检查未发现过期原料。' },
  duplicate: { ...about, unit: 'xyb' },
  applicationReceived: { ...about, kind: 'repair', account: true, unit: 'scjg' },
  supplementAsked: { ...about, kind: 'repair', account: true, unit: 'scjg', missing: ['缴款凭证', '授权委托书'], reason: '凭证不清晰', deadline: task.deadline },
  applicationAccepted: { ...about, kind: 'repair', account: true, unit: 'scjg' },
  applicationRefused: { ...about, kind: 'repair', account: true, unit: 'scjg', reason: '尚在最短公示期内' },
  applicationHandedOver: { ...about, kind: 'repair', account: true, unit: 'scjg', reason: '非本机关作出' },
  applicationExtended: { ...about, kind: 'repair', account: true, unit: 'scjg', deadline: task.deadline, reason: '需现场核查' },
  repairDecided: { ...about, kind: 'repair', account: true, unit: 'scjg', granted: false, reason: '罚款未缴清' },
  repairRevoked: { ...about, kind: 'repair', account: true, unit: 'scjg', reason: '缴款凭证系伪造', again: '2029-01-06', record: '宿市监撤修〔2026〕1号' },
  revocationProposed: { ...about, kind: 'repair', account: true, unit: 'scjg', finding: '缴款凭证系伪造', act: '以伪造的缴款凭证取得信用修复', legalBasis: '信用修复管理办法', deadline: task.deadline },
  repairKept: { ...about, kind: 'repair', account: true, unit: 'scjg', reason: '凭证属实' },
  objectionRefused: { ...about, kind: 'objection', account: true, unit: 'xyb', ground: 'notEntitled', reason: '没有授权委托书' },
  objectionJoined: { ...about, kind: 'objection', account: true, unit: 'scjg', result: null, reason: null },
  objectionDecided: { ...about, kind: 'objection', account: true, unit: 'scjg', result: 'rejected', reason: '处罚决定仍然有效' },
};
const templates = Object.keys(examples) as MailTemplate[];

function letter<T extends MailTemplate>(template: T, params: MailParams[T]): Letter {
  return {
    key: `key-${template}`,
    caseId: '3f0c2f2e-7d5e-4c0e-9a51-0d8f5a1c0a11',
    eventSeq: 3,
    template,
    to: { unit: 'scjg' },
    params,
  } as Letter;
}
const example = (template: MailTemplate): Letter => letter(template, examples[template]);

/** The words of an HTML letter, one line for each of its blocks. */
function wordsOf(html: string): string {
  return html
    .replace(/^[\s\S]*<body[^>]*>/, '')
    .replace(/<br>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&#34;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

describe('the wording of letters', () => {
  for (const reader of [chinese, english, office, citizen]) {
    for (const template of templates) {
      it(`${template}, read by a ${reader.kind} in ${reader.locale}, has words for everything, and the same in both parts`, () => {
        const { subject, html, text } = compose(example(template), reader, unitName);
        expect(subject).to.match(/^\[XZ-2026-000123\] .+某食品公司使用过期原料$/);
        expect(subject + html + text).to.not.match(/\{\{|\}\}|undefined|null|\[object/);
        expect(inOneLine(wordsOf(html))).to.equal(inOneLine(text));
        expect(html).to.match(new RegExp(`^<!doctype html>\\n<html lang="${reader.locale}">`));
        expect(html).to.not.match(/<table|<script|<img|<link|class=|\son\w+=/);
      });
    }
  }

  it('a Chinese letter says what is to be done, by when, why, and where', () => {
    const { subject, text } = compose(example('assigned'), chinese, unitName);
    expect(subject).to.equal('[XZ-2026-000123] 请核实：某食品公司使用过期原料');
    expect(text).to.equal(
      [
        '王芳，您好：',
        '',
        '此件现由您办理：核实。',
        '',
        '案件编号：XZ-2026-000123',
        '事项：某食品公司使用过期原料',
        '环节：核实',
        '承办单位：市市场监督管理局',
        '办理时限：2026年10月12日（周一）17:30前',
        '时限依据：宿政办发〔2018〕43号',
        '交办：市信用办李强',
        '',
        '打开任务：',
        'https://xinzhi.example/tasks/XZ-2026-000123-verify-1',
        '',
        '您收到此信，是因为您或者您所在单位承办、监督此件。',
        '此信由信治自动发出，请勿直接回复。链接登录后打开。',
        '',
      ].join('\n'),
    );
  });

  it('an extended deadline shows the old one, a provisional one says so', () => {
    const deadline = { at: '2027-03-01T09:30:00.000Z', provisional: true, was: { at: '2026-10-12T09:30:00.000Z' } };
    const { text } = compose(letter('extensionDecided', { ...examples.extensionDecided, deadline }), chinese, unitName);
    expect(text).to.contain('办理时限：2027年3月1日（周一）17:30前（当年放假安排尚未公布，日期为暂定）');
    expect(text).to.contain('原时限：2026年10月12日（周一）17:30前');
  });

  it('one day more is singular in English', () => {
    expect(compose(example('extensionAsked'), english, unitName).text).to.contain('asks for 1 more working day for');
    expect(compose(example('extensionDecided'), english, unitName).text).to.contain('granted 3 more working days for');
  });

  it('a stage that has no words yet is called a task, an outcome closed', () => {
    const strange = compose(letter('reminder', { ...task, stage: 'third-reading' }), chinese, unitName);
    expect(strange.subject).to.equal('[XZ-2026-000123] 临近时限，请办理：某食品公司使用过期原料');
    expect(compose(letter('closed', { ...about, outcome: 'vanished' }), english, unitName).text).to.contain('Outcome: Closed');
  });

  it('personal data of third persons is masked in title and quoted words', () => {
    const title = '群众举报：身份证11010519491231002X，电话13812345678';
    const { subject, html, text } = compose(
      letter('urged', { ...task, title, by, text: '请联系13987654321核实' }),
      chinese,
      unitName,
    );
    expect(subject + html + text).to.not.match(/11010519491231002X|13812345678|13987654321/);
    expect(text).to.contain('138****5678');
  });

  it('a title with line breaks, invisible signs and reversed writing is one plain line', () => {
    const title = '甲公司\r\nBcc: all@example.com\u202e\u200b乙\u2028丙\u0000';
    const { subject } = compose(letter('reminder', { ...task, title }), chinese, unitName);
    // oxlint-disable-next-line no-control-regex
    expect(subject).to.not.match(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b]/);
    expect(subject).to.contain('甲公司 Bcc:');
  });

  it('a title of 500 characters is shortened in the subject, not in the letter', () => {
    const title = '长'.repeat(500);
    const { subject, text } = compose(letter('reminder', { ...task, title }), chinese, unitName);
    expect([...subject].length).to.be.below(100);
    expect(subject).to.match(/…$/);
    expect(text).to.contain(title);
  });

  it('HTML and template signs in what people wrote stay text', () => {
    const title = '<script>alert(1)</script>{{caseNo}} $t(mail:colon) <%= 1 %>';
    const { html, text } = compose(letter('urged', { ...task, title, by, text: '</blockquote><img src=x onerror=alert(1)>' }), chinese, unitName);
    expect(html).to.not.match(/<script|<img/);
    expect(html).to.contain('&lt;script&gt;');
    expect(text).to.contain(title);
    expect(text).to.contain('<img src=x onerror=alert(1)>');
  });

  it('what was written over several lines keeps them, and an over-long text is cut', () => {
    const { text } = compose(letter('urged', { ...task, by, text: `一\r\n\r\n\r\n\r\n二\n${'三'.repeat(2000)}` }), chinese, unitName);
    expect(text).to.contain('一\n\n二\n三三');
    expect(text).to.contain('三…');
    expect(text).to.not.contain('三'.repeat(1001));
  });

  it('a reply is sent whole, and its reader asks for more by his number and code word', () => {
    const reply = '答'.repeat(2000);
    const own = { ...letter('reporterAnswered', { ...examples.reporterAnswered, reply }), to: { reporter: 'abcdefgh-1' } } as Letter;
    const { text } = compose(own, citizen, unitName);
    expect(text).to.contain(reply).and.to.contain('查询码：WABCDEFG').and.to.contain('答复日期：2026年10月12日');
    expect(compose(own, chinese, unitName).text).to.not.contain('查询码');
  });

  it('a reporter is not led to pages that he cannot open', () => {
    const { text } = compose(example('reporterClosed'), citizen, unitName);
    expect(text).to.contain('https://xinzhi.example/public/opinions/1');
    expect(text).to.not.match(/\/tasks\/|\/incidents\/|登录/);
    expect(compose(letter('reporterClosed', { ...about, unit: 'xyb', publicPath: null }), citizen, unitName).text).to.contain('https://xinzhi.example/public/progress?caseNo=XZ-2026-000123\n');
  });

  it('each letter to an applicant leads to his case: with an account to its own page, without to the public one with its number', () => {
    const toApplicant = templates.filter((template) => 'account' in examples[template]);
    expect(toApplicant).to.have.length(13);
    for (const template of toApplicant) {
      expect(compose(example(template), citizen, unitName).text, template).to.contain('https://xinzhi.example/public/portal/cases/XZ-2026-000123\n');
      const { text } = compose(letter(template, { ...examples[template], account: false }), citizen, unitName);
      expect(text, template).to.contain('https://xinzhi.example/public/progress?caseNo=XZ-2026-000123\n').and.not.contain('/portal/');
    }
  });

  it('an id in a link cannot leave its place', () => {
    const { html } = compose(letter('reminder', { ...task, taskId: '../admin?x="><b>' }), chinese, unitName);
    expect(html).to.contain('https://xinzhi.example/tasks/..%2Fadmin%3Fx%3D%22%3E%3Cb%3E');
  });

  it('the address of the site may have a path', () => {
    const { text } = testCompose('https://city.example/xinzhi')(example('reminder'), chinese, unitName);
    expect(text).to.contain('https://city.example/xinzhi/tasks/');
  });

  it('a folder without the templates is found at the start, not with the first letter', () => {
    const start = (): unknown =>
      createCompose({
        i18n: { translator: () => (key) => key, has: () => true },
        publicUrl: 'https://xinzhi.example',
        codeWord: (id) => id,
        views: new URL('file:///nowhere/'),
      });
    expect(start).to.throw(/ENOENT/);
  });
});
