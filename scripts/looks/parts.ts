import { readFileSync } from 'node:fs';
import type {
  Badge, ButtonRow, DeadlineChip, DecisionDocument, Facts, Heading, MailPreview, Masked, Notice, Page, Progress, When,
} from '../../src/platform/http/view-models.ts';
import { LONG_UNIT, NOW, deadlines, reason, type Sample } from './sample.ts';
import { listPage } from './list.ts';

const SPRITE = new URL('../../views/assets/icons.svg', import.meta.url);

/** Everything small, in all its states. */
export function partsPage(s: Sample) {
  const { say, moments } = s;
  const notices: Notice[] = [
    { tone: 'done', text: say('已签收。请在10月12日（周一）前报送处置情况。', 'Acknowledged. Please report by Mon 12 Oct.'), link: { href: '#', label: 'SX-2026-000128' } },
    { tone: 'info', text: say('本事件与 SX-2026-000091 主体相同。', 'Same subject as SX-2026-000091.') },
    { tone: 'soon', title: say('登录将在 2 分钟后失效', 'Your session ends in 2 minutes'), text: say('填写的内容会保留。', 'What you typed is kept.') },
    { tone: 'late', title: say('本次提交没有记录', 'This was not recorded'), text: say('办理服务暂时联系不上，您填写的内容仍在下面，可以再次提交。', 'The casework service is away. What you typed is still below; you can send it again.') },
  ];
  return {
    page: { title: say('样式一览', 'Specimens') } satisfies Page,
    heading: { title: say('样式一览', 'Specimens') } satisfies Heading,
    titles: { deadlines: say('期限', 'Deadlines'), words: say('状态与脱敏', 'States, masking'), notices: say('提示', 'Notices'), progress: say('进度', 'Progress'), mail: say('邮件', 'Mail'), buttons: say('按钮', 'Buttons'), icons: say('图标', 'Icons') },
    deadlines: deadlines(s),
    openDeadline: { state: 'late', amount: { count: 3, unit: 'workday' }, due: moments.shortTime(new Date('2026-09-21T17:30:00+08:00'), NOW), provisional: true, why: reason(s) } satisfies DeadlineChip,
    badges: (['plain', 'accent', 'done', 'soon', 'late'] as const).map((tone, i): Badge => ({ tone, label: [say('一般', 'General'), say('较大', 'Large'), say('已办结', 'Closed'), say('待补正', 'To be completed'), say('特别重大', 'Extraordinary')][i] ?? tone })),
    masked: { text: '欧阳**', reason: say('自然人姓名依法脱敏', 'names of natural persons are masked by law') } satisfies Masked,
    ago: moments.ago(new Date(Date.now() - 3 * 3_600_000)) satisfies When,
    notices,
    progresses: [
      { label: say('正在导入事件', 'Importing incidents'), done: 1840, total: 12_000, note: say('可以离开本页，稍后在“导入记录”中查看。', 'You may leave; find it again under “Imports”.'), again: { href: '/parts', seconds: 30 } },
      { label: say('正在生成报告', 'Writing the report') },
    ] satisfies Progress[],
    mail: {
      subject: say('〔SX-2026-000128〕请在10月12日前报送处置情况', '[SX-2026-000128] Report due by 12 October'),
      from: 'xinzhi@example.cn',
      to: ['scjg@example.cn', `${say(LONG_UNIT.zh, LONG_UNIT.en)} <kfq-shipin@example.cn>`],
      state: { tone: 'late', label: say('退信', 'Bounced') },
      when: moments.tableTime(NOW),
      text: say('市市场监督管理局：\n\n您单位牵头的事件已交办，请在10月12日（周一）17:30前报送处置情况。\n\n此邮件由系统自动发出。', 'Market Regulation Bureau,\n\nan incident has been assigned to you. Please report by Mon 12 Oct, 17:30.\n\nThis mail was sent automatically.'),
      htmlHref: '#',
    } satisfies MailPreview,
    buttons: {
      primary: { label: say('批准', 'Approve'), icon: 'check' },
      others: [{ label: say('退回', 'Send back') }, { label: say('撤回公开', 'Withdraw'), danger: true }, { label: say('办结', 'Close'), disabled: say('尚有会办单位未完成处置。', 'A co-handling unit has not finished.') }],
      cancel: { href: '#', label: s.t('ui:form.cancel') },
    } satisfies ButtonRow,
    icons: [...readFileSync(SPRITE, 'utf8').matchAll(/symbol id="([^"]+)"/g)].map((m) => m[1]),
  };
}

/** A published opinion, and the list it stands in. */
export function publicPage(s: Sample) {
  const { say, moments } = s;
  const list = listPage(s, 6);
  return {
    page: { title: say('处理意见公开', 'Published opinion'), printNumber: say('宿市监处〔2026〕第 41 号', 'SSJC [2026] 41'), crumbs: [{ label: say('处理意见', 'Opinions'), href: '#' }, { label: say('第 41 号', 'No. 41') }] } satisfies Page,
    heading: { title: say('关于某批发市场销售农药残留超标叶菜的处理意见', 'Opinion on leaf vegetables over the pesticide limit sold at a wholesale market'), number: say('宿市监处〔2026〕第 41 号', 'SSJC [2026] 41'), badges: [{ label: say('公示中', 'Published'), tone: 'accent' }] } satisfies Heading,
    notice: { tone: 'info', text: say('公示至2027年10月12日。如认为内容有误，可以提出异议。', 'Published until 12 October 2027. If you think something is wrong, you may object.'), link: { href: '#', label: say('提出异议', 'Object') } } satisfies Notice,
    facts: { items: [
      { term: say('信用主体', 'Subject'), value: say('宿迁市某某农产品批发市场有限责任公司', 'Suqian Moumou Wholesale Market Co., Ltd') },
      { term: say('依据', 'Basis'), value: say('《中华人民共和国食品安全法》第一百二十三条', 'Food Safety Law, article 123') },
      { term: say('作出单位', 'Issued by'), value: { kind: 'link', href: '#', label: say('宿迁市市场监督管理局', 'Suqian Market Regulation Bureau') } },
      { term: say('公示期', 'Term'), value: say('一年', 'one year') },
    ] } satisfies Facts,
    decision: {
      agency: say('宿迁市市场监督管理局', 'Suqian Market Regulation Bureau'),
      number: say('宿市监处〔2026〕第 41 号', 'SSJC [2026] 41'),
      title: say('关于某批发市场销售农药残留超标叶菜的处理意见', 'Opinion on leaf vegetables over the pesticide limit sold at a wholesale market'),
      addressee: say('宿迁市某某农产品批发市场有限责任公司', 'Suqian Moumou Wholesale Market Co., Ltd'),
      paragraphs: [
        { heading: say('一、事实', '1. Facts'), text: [{ text: say('经查，经营者', 'The operator ') }, { text: '张**', mark: 'masked', reason: say('自然人姓名', 'name of a natural person') }, { text: say('自2026年3月起销售农药残留超标的叶菜，并出示伪造的检验报告。', ' had sold leaf vegetables over the pesticide limit since March 2026 and shown forged test reports.') }] },
        { heading: say('二、依据', '2. Basis'), text: [{ text: say('《中华人民共和国食品安全法》第一百二十三条。', 'Food Safety Law of the People’s Republic of China, article 123.') }] },
        { heading: say('三、处理意见', '3. Decision'), text: [{ text: say('责令停止销售，没收违法所得，并处罚款 20,000 元（2 万元）。', 'To stop the sale, give up the gains, and pay a fine of 20,000 yuan.') }] },
      ],
      signature: say('宿迁市市场监督管理局', 'Suqian Market Regulation Bureau'),
      date: moments.day('2026-10-12'),
      attachments: [say('整改要求', 'What must be put right')],
      copies: [say('市信用办', 'City credit office'), say('宿豫区人民政府', 'Suyu District')],
      status: { label: say('样稿', 'Specimen'), tone: 'soon' },
    } satisfies DecisionDocument,
    titles: { list: say('其他公开内容', 'Other publications') },
    filter: { ...list.filter, more: [], applied: [] },
    table: { ...list.table, select: undefined, columns: list.table.columns.filter((c) => c.key !== 'acts' && c.key !== 'amount') },
    pager: list.pager,
  };
}
