import { expect } from 'chai';
import type {
  ButtonRow, ConfirmBlock, DataTable, DeadlineChip, DeadlineReason, ErrorSummary, Field, FormShell, StageBar, TextComparison, Timeline,
} from '../../src/platform/http/view-models.ts';
import { partial, textOf } from './views-render.ts';

const due = { iso: '2026-10-12T17:30:00+08:00', text: '10月12日（周一）17:30' };
const day = (iso: string, text: string) => ({ iso, text });
const NASTY = '<script>alert(1)</script>"\'&';

describe('the deadline chip', () => {
  const chip = (it: DeadlineChip, locale: 'zh-CN' | 'en' = 'zh-CN') => partial('deadline', it, locale);

  it('says how long is left and until when', () => {
    expect(textOf(chip({ state: 'soon', amount: { count: 2, unit: 'workday' }, due }))).to.equal('还剩 2 个工作日10月12日（周一）17:30前');
  });

  it('says lateness with the word and an icon, not by colour alone', () => {
    const html = chip({ state: 'late', amount: { count: 3, unit: 'workday' }, due });
    expect(textOf(html)).to.contain('已逾期 3 个工作日');
    expect(html).to.contain('icons.svg#alert');
  });

  it('says "today" when less than a day is left', () => {
    expect(textOf(chip({ state: 'soon', amount: { count: 0, unit: 'workday' }, due }))).to.contain('今日到期');
  });

  it('says that a date in a year without calendar is provisional', () => {
    expect(textOf(chip({ state: 'running', amount: { count: 70, unit: 'workday' }, due, provisional: true }))).to.contain('暂定');
  });

  it('says so when there is no limit', () => {
    expect(textOf(chip({ state: 'none' }))).to.equal('无时限');
  });

  it('has the English singular', () => {
    expect(textOf(chip({ state: 'late', amount: { count: 1, unit: 'workday' }, due }, 'en'))).to.contain('1 working day late');
  });

  it('opens the rule, the skipped days, the calendar and the former deadline', () => {
    const why: DeadlineReason = {
      rule: '处理意见：10 个工作日', basis: '规程第十二条', start: day('2026-09-21', '9月21日（周一）'), counted: 'workday',
      skipped: [{ date: day('2026-10-01', '10月1日（周四）'), reason: '国庆节' }],
      makeUp: [{ date: day('2026-10-10', '10月10日（周六）'), reason: '国庆节调休' }],
      calendar: '日历第 3 版',
      earlier: [{ due: day('2026-10-09', '10月9日（周五）'), changed: day('2026-09-23', '9月23日（周三）'), reason: '复检', by: '李敏' }],
    };
    const html = chip({ state: 'running', amount: { count: 9, unit: 'workday' }, due, why });
    expect(textOf(chip({ state: 'running', amount: { count: 9, unit: 'hour' }, due, why: { ...why, counted: 'hour', skipped: [] } })))
      .to.contain('自此刻起连续计算').and.not.contain('当日不计').and.not.contain('不计入的休息日');
    expect(html).to.contain('<details');
    const text = textOf(html);
    for (const part of ['为何是这一天', '规程第十二条', '10月1日（周四） 国庆节', '10月10日（周六） 国庆节调休', '日历第 3 版', '10月9日（周五） 9月23日（周三）由李敏变更']) expect(text).to.contain(part);
  });
});

describe('a form field', () => {
  const field = (it: Field) => partial('field', it);

  it('ties label, hint and error to its input', () => {
    const html = field({ kind: 'text', name: 'uscc', label: '代码', hint: '十八位', error: '第 18 位应为 T', required: true, value: 'X' });
    expect(html).to.contain('<label class="field-label" for="uscc">');
    expect(html).to.match(/<input[^>]* id="uscc"[^>]* aria-describedby="uscc-hint uscc-error" aria-invalid="true" required/);
    expect(html).to.contain('id="uscc-error"');
  });

  it('that is not required says so', () => {
    expect(textOf(field({ kind: 'text', name: 'a', label: '电话' }))).to.contain('（选填）');
    expect(textOf(field({ kind: 'text', name: 'a', label: '电话', required: true }))).not.to.contain('选填');
  });

  it('gives back what was typed, with its first empty line and its markup', () => {
    const html = field({ kind: 'textarea', name: 'facts', label: '经过', value: `\n${NASTY}` });
    expect(html).to.contain('>\n\n&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;</textarea>');
    expect(html).not.to.contain('<script');
  });

  it('never cuts a long text off', () => {
    expect(field({ kind: 'textarea', name: 'facts', label: '经过', limit: 2000 })).not.to.contain('maxlength');
  });

  it('carries the unit in the field', () => {
    expect(textOf(field({ kind: 'number', name: 'amount', label: '金额', unit: '元' }))).to.match(/元$/);
  });

  it('gives the first choice the id that the error summary links to', () => {
    const html = field({ kind: 'radios', name: 'outcome', label: '结论', error: '请选择', options: [{ value: 'a', label: '甲' }, { value: 'b', label: '乙' }] });
    expect(html).to.contain('id="outcome" name="outcome" value="a"').and.contain('id="outcome-2"');
    expect(html).to.contain('<fieldset').and.contain('<legend');
  });

  it('that is locked still sends its value, and says why it is locked', () => {
    const html = field({ kind: 'select', name: 'field', label: '领域', value: 'b', locked: '定级后不能更改', options: [{ value: 'b', label: '商务' }] });
    expect(html).to.contain('disabled').and.contain('<input type="hidden" name="field" value="b">');
    expect(textOf(html)).to.contain('定级后不能更改');
  });

  it('keeps options of one group together', () => {
    const option = (value: string, group: string) => ({ value, label: value, group });
    const html = field({ kind: 'select', name: 'u', label: '单位', options: [option('a', '市级'), option('b', '市级'), option('c', '县区')] });
    expect(html.match(/<optgroup/g)).to.have.length(2);
    expect(html.match(/<\/optgroup>/g)).to.have.length(2);
  });

  it('is checked against the list of codes when it says so', () => {
    expect(field({ kind: 'text', name: 'uscc', label: '代码', check: 'uscc' })).to.contain('data-check="/api/check/code?kind=uscc&amp;value="').and.contain('role="status"');
  });
});

describe('a form', () => {
  it('carries the token, the command and the version that the person saw', () => {
    const html = partial('form-open', { action: '/tasks/1', commandId: 'c-1', seenVersion: 0, upload: true } satisfies FormShell);
    expect(html).to.contain('name="_csrf" value="token-of-the-session"').and.contain('name="commandId" value="c-1"');
    expect(html).to.contain('name="seenVersion" value="0"').and.contain('multipart/form-data').and.contain('novalidate');
  });

  it('sent by GET shows no token in the address', () => {
    expect(partial('form-open', { action: '/list', method: 'get' } satisfies FormShell)).not.to.contain('_csrf');
  });

  it('with errors lists each with a link to its field', () => {
    const html = partial('error-summary', { errors: [{ field: 'uscc', message: '代码有误' }, { message: '事件已有新进展' }] } satisfies ErrorSummary);
    expect(html).to.contain('<a href="#uscc">代码有误</a>');
    expect(textOf(html)).to.equal('有 2 处需要改正 代码有误 事件已有新进展');
  });

  it('without errors shows no summary', () => {
    expect(partial('error-summary', { errors: [] } satisfies ErrorSummary).trim()).to.equal('');
  });

  it('shows a button that cannot be pressed with the reason beside it', () => {
    const html = partial('button-row', { primary: { label: '批准', disabled: '您起草了本意见' } } satisfies ButtonRow);
    expect(html).to.match(/<button[^>]* disabled>/);
    expect(textOf(html)).to.contain('批准：您起草了本意见');
  });

  it('before a dangerous act says what happens, who is written to, and whether it can be undone', () => {
    const text = textOf(partial('confirm', { title: '撤回', consequences: ['公开页面只显示理由'], mailTo: [], undo: { possible: false, text: '须重新提出' } } satisfies ConfirmBlock));
    expect(text).to.contain('公开页面只显示理由').and.contain('不发邮件').and.contain('不能撤回：须重新提出');
  });
});

describe('a table', () => {
  const table: DataTable = {
    caption: '事件',
    columns: [{ key: 'title', label: '标题', line: 1 }, { key: 'amount', label: '金额', align: 'end', line: 2, named: true }, { key: 'who', label: '经办人' }],
    rows: [{ cells: { title: { kind: 'link', href: '/incidents/1', label: NASTY }, amount: { kind: 'number', text: '20,000' }, who: { kind: 'masked', masked: { text: '张*', reason: '依法脱敏' } } }, tone: 'late' }],
    empty: { title: '没有事件', searched: [{ label: '单位', value: '生态环境局' }], links: [{ href: '/incidents', label: '全部事件' }] },
  };

  it('keeps its meaning for screen readers when rows are shown as cards', () => {
    const html = partial('table', table);
    for (const role of ['table', 'rowgroup', 'row', 'columnheader', 'rowheader', 'cell']) expect(html).to.contain(`role="${role}"`);
    expect(html).to.contain('class="end line-2 named" data-label="金额"').and.contain('class="line-none"');
  });

  it('says the reason of a masked name', () => {
    expect(textOf(partial('table', table))).to.contain('张*（依法脱敏）');
  });

  it('shows markup in a title as text', () => {
    expect(partial('table', table)).not.to.contain('<script');
  });

  it('in which nothing can be pressed can itself be reached by keyboard, to be scrolled', () => {
    expect(partial('table', { ...table, rows: [{ cells: { title: 'SX-1' } }] } satisfies DataTable)).to.contain('tabindex="0"');
    expect(partial('table', table)).not.to.contain('tabindex');
  });

  it('without rows says what was searched, and the way back', () => {
    const html = partial('table', { ...table, rows: [] });
    expect(html).to.contain('<a href="/incidents">').and.not.contain('<table');
    expect(textOf(html)).to.contain('没有事件 查询条件：单位 生态环境局');
  });

  it('has a box for each row that belongs to a form elsewhere on the page', () => {
    const html = partial('table', { ...table, select: { form: 'urge', name: 'cases' }, rows: [{ ...table.rows[0], cells: table.rows[0]?.cells ?? {}, select: { value: '1', label: 'SX-1' } }] } satisfies DataTable);
    expect(html).to.contain('form="urge" name="cases" value="1"');
    expect(textOf(html)).to.contain('选择 SX-1');
  });
});

describe('the case', () => {
  it('says each stage\'s state in words', () => {
    const bar: StageBar = { label: '阶段', stages: [{ label: '核实', state: 'done' }, { label: '定级', state: 'current' }, { label: '交办', state: 'toCome' }] };
    const html = partial('stage-bar', bar);
    expect(textOf(html)).to.contain('定级 第 2 步，共 3 步').and.contain('核实 （已完成）').and.contain('交办 （未开始）');
    expect(html).to.contain('aria-current="step"');
  });

  it('tells who did what, for whom, and what was before', () => {
    const timeline: Timeline = {
      order: 'newest', switchHref: '?order=oldest',
      groups: [{ stage: '处置', open: true, entries: [{
        id: 'e1', by: 'person', who: '王建国', office: '市监局', onBehalfOf: '陈立新', what: '签收', when: day('2026-09-21', '2026-09-21 14:10'),
        said: NASTY, changes: [{ label: '期限', before: '', after: '2026-10-12' }],
      }] }],
    };
    const html = partial('timeline', timeline);
    expect(textOf(html)).to.contain('王建国 市监局 代 陈立新 签收').and.contain('期限原：（空）现：2026-10-12');
    expect(html).to.contain('href="?order=oldest"').and.not.contain('<script');
  });

  it('marks masked places for those who do not see colours', () => {
    const it: TextComparison = {
      left: { label: '原文', paragraphs: [[{ text: '经营者' }, { text: '张军', mark: 'original', reason: '姓名' }]] },
      right: { label: '公开', paragraphs: [[{ text: '经营者' }, { text: '张*', mark: 'masked' }]] },
    };
    expect(textOf(partial('text-comparison', it))).to.contain('经营者［姓名：张军］').and.contain('经营者［已脱敏：张*］');
  });
});

describe('the filter bar', () => {
  it('can be pressed with any of its fields empty, and calls none of them optional', () => {
    const field: Field = { kind: 'select', name: 'unit', label: '单位', required: true, options: [{ value: 'a', label: '甲' }] };
    const html = partial('filter-bar', { action: '/records', search: { kind: 'text', name: 'q', label: '名称' }, fields: [field], more: [{ kind: 'date', name: 'from', label: '自' }] });
    expect(html).to.contain('name="q"').and.contain('name="from"').and.not.contain(' required').and.not.contain('选填');
  });
});
