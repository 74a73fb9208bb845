import type { LayoutLocals, Cell, DeadlineChip, DeadlineReason, NavItem } from '../../src/platform/http/view-models.ts';
import type { Translate } from '../../src/platform/i18n.ts';
import { createMoments, type Moments } from '../../src/platform/http/moments.ts';

/** Thursday 24 September 2026, 10:05 in Asia/Shanghai: the day before the Mid-Autumn rest days. */
export const NOW = new Date('2026-09-24T10:05:00+08:00');

export interface Sample {
  t: Translate;
  locale: LayoutLocals['locale'];
  moments: Moments;
  /** Sample data in the reader's language. */
  say: (zh: string, en: string) => string;
}

export function createSample(t: Translate, locale: LayoutLocals['locale']): Sample {
  return { t, locale, moments: createMoments(t), say: (zh, en) => (locale === 'en' ? en : zh) };
}

export const LONG_UNIT = {
  zh: '宿迁市经济技术开发区市场监督管理局食品生产经营安全与质量协调监督管理办公室',
  en: 'Office for Coordinated Supervision of Food Production Safety and Quality, Market Regulation Bureau, Suqian Economic and Technological Development Zone',
};

export const LONG_TITLE = {
  zh: '关于宿迁市某某农产品批发市场有限责任公司（原某某蔬菜果品综合交易中心）销售农药残留超标叶菜并伪造检验检测报告引起多家媒体集中报道的情况',
  en: 'Leaf vegetables over the pesticide limit sold with forged test reports by a wholesale market company (formerly a general fruit and vegetable exchange), reported by several media at once',
};

export function nav(s: Sample): NavItem[] {
  return [
    { href: '/list', label: s.say('我的工作', 'My work'), icon: 'inbox', current: false, count: 12 },
    { href: '/case', label: s.say('失信事件', 'Incidents'), icon: 'flag', current: true },
    { href: '/empty', label: s.say('逾期督办', 'Overdue board'), icon: 'clock', current: false, count: 3 },
    { href: '/parts', label: s.say('信息公开', 'Disclosures'), icon: 'megaphone', current: false },
    { href: '/form', label: s.say('上报事件', 'Report an incident'), icon: 'plus', current: false },
    { href: '/people', label: s.say('人员与单位', 'People and units'), icon: 'people', current: false, group: s.say('管理', 'Administration') },
    { href: '/rules', label: s.say('规则与时限', 'Rules and limits'), icon: 'book', current: false },
    { href: '/calendar', label: s.say('工作日历', 'Calendar'), icon: 'calendar', current: false },
    { href: '/mail', label: s.say('邮件日志', 'Mail log'), icon: 'mail', current: false },
    { href: '/verify', label: s.say('链校验', 'Chain check'), icon: 'shield', current: false },
  ];
}

export function locals(s: Sample, path: string): LayoutLocals {
  return {
    t: s.t,
    locale: s.locale,
    path,
    now: NOW,
    csrfToken: 'sample-token',
    requestId: '01JD8K3V9W',
    person: {
      name: s.say('陈立新', 'Chen Lixin'),
      unitName: s.say('市市场监督管理局', 'Market Regulation Bureau'),
      roleName: s.say('经办人', 'Handler'),
    },
    nav: nav(s),
  };
}

export function reason(s: Sample): DeadlineReason {
  const rest = s.say('国庆节', 'National Day');
  const { moments } = s;
  return {
    rule: s.say('处理意见：10 个工作日', 'Handling opinion: 10 working days'),
    basis: s.say('《宿迁市重大失信事件处置工作规程》第十二条（2026年4月1日起施行）', 'Suqian rules on major dishonesty incidents, article 12 (in force since 1 April 2026)'),
    start: moments.short('2026-09-21', NOW),
    counted: 'workday',
    sentence: s.say('自9月21日（周一）交办次日起算第 10 个工作日，跳过中秋节和国庆节共 12 天休息日。', 'The tenth working day after the assignment of Mon 21 Sep, without the 12 rest days of Mid-Autumn and National Day.'),
    skipped: [
      { date: moments.short('2026-09-25', NOW), reason: s.say('中秋节', 'Mid-Autumn') },
      { date: moments.short('2026-09-26', NOW), reason: s.say('中秋节', 'Mid-Autumn') },
      { date: moments.short('2026-09-27', NOW), reason: s.say('中秋节', 'Mid-Autumn') },
      ...['01', '02', '03', '04', '05', '06', '07'].map((d) => ({ date: moments.short(`2026-10-${d}`, NOW), reason: rest })),
    ],
    makeUp: [{ date: moments.short('2026-10-10', NOW), reason: s.say('国庆节调休上班', 'made up for National Day') }],
    calendar: s.say('国办发明电〔2025〕7号，日历第 3 版', 'State Council notice of 4 November 2025, calendar version 3'),
    earlier: [{
      due: moments.shortTime(new Date('2026-10-09T17:30:00+08:00'), NOW),
      changed: moments.short('2026-09-23', NOW),
      by: s.say('李敏', 'Li Min'),
      reason: s.say('检验机构复检需要时间，准予延期一次。', 'The laboratory needs time for a second test; extended once.'),
    }],
  };
}

export function deadlines(s: Sample): DeadlineChip[] {
  const due = s.moments.shortTime(new Date('2026-10-12T17:30:00+08:00'), NOW);
  const past = s.moments.shortTime(new Date('2026-09-21T17:30:00+08:00'), NOW);
  return [
    { state: 'running', amount: { count: 8, unit: 'workday' }, due },
    { state: 'soon', amount: { count: 2, unit: 'workday' }, due },
    { state: 'soon', amount: { count: 1, unit: 'hour' }, due: s.moments.shortTime(new Date('2026-09-24T11:05:00+08:00'), NOW) },
    { state: 'soon', amount: { count: 0, unit: 'workday' }, due: s.moments.shortTime(new Date('2026-09-24T17:30:00+08:00'), NOW) },
    { state: 'late', amount: { count: 3, unit: 'workday' }, due: past },
    { state: 'running', amount: { count: 71, unit: 'workday' }, due: s.moments.shortTime(new Date('2027-01-08T17:30:00+08:00'), NOW), provisional: true },
    { state: 'paused', due },
    { state: 'met', due: past },
    { state: 'metLate', amount: { count: 1, unit: 'workday' }, due: past },
    { state: 'none' },
  ];
}

/** The nth sample deadline as a table cell. */
export function deadlineCell(s: Sample, n: number): Cell {
  const all = deadlines(s);
  const deadline = all[n % all.length];
  return deadline ? { kind: 'deadline', deadline } : { kind: 'none' };
}
