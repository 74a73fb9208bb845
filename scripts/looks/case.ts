import type {
  Facts, FileList, Heading, Page, StageBar, Tabs, TextComparison, Timeline,
} from '../../src/platform/http/view-models.ts';
import { LONG_TITLE, LONG_UNIT, NOW, reason, type Sample } from './sample.ts';

function timeline(s: Sample): Timeline {
  const { moments, say } = s;
  const at = (day: string, time: string): Date => new Date(`2026-09-${day}T${time}:00+08:00`);
  return {
    order: 'newest',
    switchHref: '/case?order=oldest',
    groups: [
      {
        stage: say('处理意见', 'Handling opinion'),
        span: moments.span('2026-09-23', '2026-09-24', NOW),
        open: true,
        entries: [
          { id: 'e14', by: 'person', who: say('王建国', 'Wang Jianguo'), office: say('市市场监督管理局', 'Market Regulation Bureau'), onBehalfOf: say('陈立新', 'Chen Lixin'), what: say('起草处理意见并送法制审核', 'drafted the opinion and sent it to legal review'), when: moments.ago(at('24', '09:20')), files: [{ name: say('处理意见（送审稿）.docx', 'opinion-draft.docx'), href: '#', description: say('DOCX，82 KB', 'DOCX, 82 KB') }] },
          { id: 'e13', by: 'system', what: say('提醒邮件已发送至市市场监督管理局邮箱', 'Reminder mailed to the Market Regulation Bureau'), when: moments.tableTime(at('24', '09:00')) },
          { id: 'e12', by: 'person', who: say('李敏', 'Li Min'), office: say('市信用办', 'City credit office'), what: say('同意延期', 'granted more time'), when: moments.tableTime(at('23', '15:41')), said: say('检验机构复检需要时间，准予延期一次。\n请在节后第一周报送。', 'The laboratory needs time for a second test; extended once.\nPlease report in the first week after the holiday.'), changes: [
            { label: say('处理意见期限', 'Opinion due'), before: moments.table('2026-10-09').text, after: moments.table('2026-10-12').text },
            { label: say('延期理由', 'Reason'), before: '', after: say('复检', 'second test') },
          ] },
        ],
      },
      {
        stage: say('处置', 'Handling'),
        span: moments.span('2026-09-21', '2026-09-23', NOW),
        open: true,
        entries: [
          { id: 'e11', by: 'person', who: say('欧阳慧敏', 'Ouyang Huimin'), office: say(LONG_UNIT.zh, LONG_UNIT.en), what: say('报送首次处置情况', 'sent the first report'), when: moments.tableTime(at('23', '11:02')), recorded: moments.tableTime(at('24', '08:31')), said: say('已封存涉案批次叶菜 1,240 公斤，责令停止销售；对检验报告出具机构立案调查。', 'Sealed 1,240 kg of the batch and stopped its sale; opened a case against the laboratory named in the reports.') },
          { id: 'e10', by: 'person', who: say('陈立新', 'Chen Lixin'), office: say('市市场监督管理局', 'Market Regulation Bureau'), what: say('签收', 'acknowledged'), when: moments.tableTime(at('21', '14:10')) },
        ],
      },
      { stage: say('核实、定级、交办', 'Verification, grading, assignment'), span: moments.span('2026-09-20', '2026-09-21', NOW), open: false, entries: [
        { id: 'e3', by: 'person', who: say('李敏', 'Li Min'), office: say('市信用办', 'City credit office'), what: say('定级：重大', 'graded it major'), when: moments.tableTime(at('20', '16:45')) },
      ] },
    ],
  };
}

function comparison(s: Sample): TextComparison {
  const { say } = s;
  const who = say('自然人姓名', 'name of a natural person');
  return {
    summary: say('已脱敏 3 处：姓名 1 处，公民身份号码 1 处，手机号码 1 处。', '3 places masked: 1 name, 1 ID number, 1 mobile number.'),
    left: { label: say('原文', 'Original'), paragraphs: [[
      { text: say('经查，经营者', 'The operator ') }, { text: say('张建军', 'Zhang Jianjun'), mark: 'original', reason: who }, { text: say('（公民身份号码 ', ' (ID ') },
      { text: '11010519491231002X', mark: 'original', reason: say('公民身份号码', 'ID number') }, { text: say('，联系电话 ', ', telephone ') },
      { text: '13800001234', mark: 'original', reason: say('手机号码', 'mobile number') }, { text: say('）自2026年3月起销售农药残留超标的叶菜。', ') had sold leaf vegetables over the pesticide limit since March 2026.') },
    ]] },
    right: { label: say('公开文本', 'Text to be published'), paragraphs: [[
      { text: say('经查，经营者', 'The operator ') }, { text: '张**', mark: 'masked', reason: who }, { text: say('（公民身份号码 ', ' (ID ') },
      { text: '1101**********002X', mark: 'masked', reason: say('公民身份号码', 'ID number') }, { text: say('，联系电话 ', ', telephone ') },
      { text: '138****1234', mark: 'masked', reason: say('手机号码', 'mobile number') }, { text: say('）自2026年3月起销售农药残留超标的叶菜。', ') had sold leaf vegetables over the pesticide limit since March 2026.') },
    ]] },
  };
}

/** The page of one case, as an accountable handler sees it. */
export function casePage(s: Sample) {
  const { say, moments } = s;
  return {
    page: { title: say(LONG_TITLE.zh, LONG_TITLE.en), printNumber: 'SX-2026-000128', crumbs: [{ label: say('失信事件', 'Incidents'), href: '/list' }, { label: 'SX-2026-000128' }] } satisfies Page,
    titles: {
      facts: say('事件', 'The incident'), comparison: say('公开文本对照', 'What will be public'), timeline: say('办理经过', 'What happened'),
      files: say('材料', 'Files'), noFiles: say('公开附件', 'Published files'),
    },
    heading: {
      title: say(LONG_TITLE.zh, LONG_TITLE.en),
      number: 'SX-2026-000128',
      badges: [{ label: say('重大', 'Major'), tone: 'late' }, { label: say('食品卫生', 'Food safety'), tone: 'plain' }, { label: say('复发', 'Recurring'), tone: 'soon' }],
      turn: say('轮到：法制审核 · 赵启明', 'With: legal review · Zhao Qiming'),
      deadline: { state: 'soon', amount: { count: 2, unit: 'workday' }, due: moments.shortTime(new Date('2026-10-12T17:30:00+08:00'), NOW), why: reason(s) },
      links: [{ href: '#', label: say('打印', 'Print'), icon: 'print' }],
    } satisfies Heading,
    stages: {
      label: say('办理阶段', 'Stages'),
      stages: [
        { label: say('核实', 'Verify'), state: 'done', note: '9-20' }, { label: say('定级', 'Grade'), state: 'done', note: '9-20' },
        { label: say('交办', 'Assign'), state: 'done', note: '9-21' }, { label: say('处置', 'Handle'), state: 'done', note: '9-23' },
        { label: say('处理意见', 'Opinion'), state: 'current' }, { label: say('公开', 'Publish'), state: 'toCome' },
        { label: say('反馈', 'Feed back'), state: 'toCome' }, { label: say('防范措施', 'Prevent'), state: 'skipped' }, { label: say('办结', 'Close'), state: 'toCome' },
      ],
    } satisfies StageBar,
    tabs: {
      label: say('事件各部分', 'Parts of the case'),
      items: [
        { href: '#', label: say('概况', 'Overview'), current: true }, { href: '#', label: say('任务', 'Tasks'), count: 4, current: false },
        { href: '#', label: say('材料', 'Files'), count: 12, current: false }, { href: '#', label: say('处理意见', 'Opinion'), current: false },
        { href: '#', label: say('公开', 'Disclosure'), current: false }, { href: '#', label: say('邮件', 'Mail'), count: 23, current: false },
      ],
    } satisfies Tabs,
    facts: {
      items: [
        { term: say('信用主体', 'Subject'), value: { kind: 'link', href: '#', label: say('宿迁市某某农产品批发市场有限责任公司', 'Suqian Moumou Wholesale Market Co., Ltd') } },
        { term: say('统一社会信用代码', 'Unified social credit code'), value: { kind: 'number', text: '91321300MA1TE8T08Y' } },
        { term: say('相关人员', 'Person'), value: { kind: 'masked', masked: { text: '张**', reason: say('自然人姓名依法脱敏', 'names of natural persons are masked by law') } } },
        { term: say('牵头单位', 'Accountable unit'), value: say('宿迁市市场监督管理局（市市场监管局）', 'Suqian Market Regulation Bureau') },
        { term: say('会办单位', 'Co-handling units'), value: { kind: 'lines', lines: [say('宿豫区人民政府', 'Suyu District'), say(LONG_UNIT.zh, LONG_UNIT.en)] } },
        { term: say('涉及金额', 'Amount'), value: { kind: 'number', text: say('20,000 元（2 万元）', '20,000 yuan') } },
        { term: say('经过', 'What happened'), wide: true, value: say('9月19日起，本地和省级媒体先后报道该市场叶菜农药残留超标。\n市场方出示的检验报告经出具机构确认系伪造。', 'From 19 September local and provincial media reported leaf vegetables over the pesticide limit at this market.\nThe laboratory named in the test reports says that they are forged.') },
      ],
    } satisfies Facts,
    comparison: comparison(s),
    timeline: timeline(s),
    files: { label: say('材料', 'Files'), none: '', files: [
      { name: say('现场检查笔录（含照片二十四张、询问笔录三份及当事人签字确认的封存物品清单）.pdf', 'site-inspection-record-with-24-photographs-and-3-statements.pdf'), href: '#', description: say('PDF，4.8 MB', 'PDF, 4.8 MB'), by: say('陈立新', 'Chen Lixin'), when: moments.table('2026-09-22') },
      { name: say('检验报告.pdf', 'test-report.pdf'), href: '#', description: say('PDF，1.2 MB', 'PDF, 1.2 MB'), by: say('欧阳慧敏', 'Ouyang Huimin'), when: moments.table('2026-09-23') },
      { name: say('说明.docx', 'note.docx'), description: say('DOCX，18 KB', 'DOCX, 18 KB'), note: say('内容与扩展名不符，已拒收', 'refused: the content is not what its name says') },
    ] } satisfies FileList,
    noFiles: { label: say('公开附件', 'Published files'), files: [], none: say('尚无公开附件。', 'Nothing is published yet.') } satisfies FileList,
  };
}
